import assert from 'node:assert/strict';
import {test} from 'node:test';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {remembered} from '../../source/components/remembered.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const heldBytes = (): number => {
	collectGarbage();
	return process.memoryUsage().heapUsed;
};

test('a remembered line does not keep the pane that it was cut out of', () => {
	let calls = 0;
	const measure = remembered(line => {
		calls++;
		return line.length;
	});
	const lineOf = (number: number) => `line ${number} of a pane that has many of them`;
	const pane = (number: number) => `${lineOf(number)}\n${`${number} `.repeat(10_000)}`;
	const before = heldBytes();
	for (let number = 0; number < 2000; number++) {
		const [line = ''] = pane(number).split('\n');
		assert.equal(measure(line), line.length);
	}
	const grown = heldBytes() - before;
	// The panes take 100 MB.
	assert.ok(grown < 10_000_000, `${grown} bytes`);
	assert.equal(measure(lineOf(1999)), lineOf(1999).length);
	assert.equal(calls, 2000);
});

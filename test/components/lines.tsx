import assert from 'node:assert/strict';
import {test} from 'node:test';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {render} from 'ink-testing-library';
import {Lines} from '../../source/components/lines.tsx';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const heldBytes = (): number => {
	collectGarbage();
	return process.memoryUsage().heapUsed;
};

/** The first line of a pane of a megabyte. */
const firstLine = (number: number): readonly string[] =>
	`pane ${number} has many lines\n${`${number} `.repeat(300_000)}`.split('\n').slice(0, 1);

test('what Ink remembers of a line does not keep the pane that the line was a part of', () => {
	const screen = render(<Lines lines={firstLine(0)} />);
	const before = heldBytes();
	for (let number = 1; number <= 60; number++) screen.rerender(<Lines lines={firstLine(number)} />);
	const grown = heldBytes() - before;
	assert.match(screen.lastFrame() ?? '', /^pane 60 has many lines/);
	screen.unmount();
	// The panes take 50 MB.
	assert.ok(grown < 15_000_000, `${grown} bytes`);
});

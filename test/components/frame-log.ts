import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createFrameLog} from '../../source/components/frame-log.ts';

/** A terminal that takes the next bytes only when the test says so. */
const openSlowTerminal = () => {
	const written: string[] = [];
	const taken: (() => void)[] = [];
	const output = {
		columns: 20,
		rows: 3,
		write(bytes: string, done?: () => void) {
			written.push(bytes.replaceAll('\u001b[', '^'));
			if (done) taken.push(done);
			return false;
		},
	};
	return {
		log: createFrameLog(output as unknown as NodeJS.WriteStream),
		take: () => taken.shift()?.(),
		written: () => written.splice(0),
	};
};

test('no frame is written while the one before has not left, and then only the latest', async () => {
	const {log, take, written} = openSlowTerminal();
	log('row 1');
	assert.deepEqual(written(), ['^?25l^H^J^Hrow 1']);
	for (let row = 2; row <= 40; row++) log(`row ${row}`);
	assert.deepEqual(written(), []);
	let settled = false;
	const settle = log.settled().then(() => {
		settled = true;
	});
	take();
	assert.deepEqual(written(), ['^1;5H40']);
	await Promise.resolve();
	assert.equal(settled, false, 'the latest frame has not left');
	take();
	await settle;
	assert.deepEqual(written(), []);
	log('row 41');
	assert.deepEqual(written(), ['^1;6H1']);
});

test('a frame that waits is not drawn over another program', () => {
	const {log, take, written} = openSlowTerminal();
	log('one');
	log('two');
	log.clear();
	log.done();
	written();
	take();
	assert.deepEqual(written(), []);
	log('two');
	assert.deepEqual(written(), ['^?25l^H^J^Htwo']);
});

test('the cursor is shown where text is typed, and stands hidden on the current row', () => {
	const {log, take, written} = openSlowTerminal();
	log('name\n\u001b[58;5;0;7m> row\u001b[0m');
	take();
	assert.deepEqual(written(), ['^?25l^H^J^Hname^2H^7m> row^m\r']);
	log('name: \u001b[58;5;1m_\u001b[0m\n> row');
	take();
	assert.deepEqual(written(), ['^1;5H: _^2H> row^1;7H^?25h']);
	log('name: a\u001b[58;5;1m_\u001b[0m\n> row');
	take();
	assert.deepEqual(written(), ['^1;7Ha_\b']);
	log('name: a\u001b[58;5;1m_\u001b[0m\n> \u001b[58;5;0mrow\u001b[0m');
	assert.deepEqual(written(), [], 'nothing moves');
	log('name: a_\n> \u001b[58;5;0mrow\u001b[0m');
	take();
	assert.deepEqual(written(), ['^?25l^2;3H']);
});

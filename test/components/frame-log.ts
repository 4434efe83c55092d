import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createFrameLog} from '../../source/components/frame-log.ts';
import {createLinePace, type LinePace} from '../../source/components/line-pace.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

/** Asks nothing and holds nothing back. */
const noPace: LinePace = {
	questionAfter: () => '',
	isBehind: () => false,
	whenFree: callback => callback(),
	answered: () => undefined,
	awaitsAnswer: () => false,
	close: () => Promise.resolve(),
	open: () => undefined,
};

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
		log: createFrameLog(output as unknown as NodeJS.WriteStream, noPace),
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

/** A terminal that takes all bytes at once, and answers when the test says so. */
const openDistantTerminal = () => {
	const {clock, advance} = createManualClock();
	const pace = createLinePace(clock);
	let frames = 0;
	let questions = 0;
	const output = {
		columns: 20,
		rows: 3,
		write(bytes: string, done?: () => void) {
			frames++;
			questions += bytes.split('\u001b[5n').length - 1;
			done?.();
			return true;
		},
	};
	const log = createFrameLog(output as unknown as NodeJS.WriteStream, pace);
	let key = 0;
	return {
		log,
		pace,
		advance,
		/** A key is held: so many frames, 33 ms apart. */
		async hold(repeats: number) {
			for (let repeat = 0; repeat < repeats; repeat++) {
				log(`row ${++key}`);
				await advance(33);
			}
		},
		counts: () => ({frames, questions}),
	};
};

test('frames wait for the answers of a terminal that is behind, and then only the latest is drawn', async () => {
	const {log, pace, advance, hold, counts} = openDistantTerminal();
	await hold(2);
	assert.deepEqual(counts(), {frames: 2, questions: 1}, 'the first frame after a pause asks nothing');
	pace.answered();
	await hold(30);
	const held = counts();
	assert.ok(held.frames < 10, `${held.frames} frames without an answer`);
	let settled = false;
	void log.settled().then(() => {
		settled = true;
	});
	await advance(0);
	assert.equal(settled, false);
	for (let answer = 1; answer < held.questions; answer++) pace.answered();
	await advance(0);
	assert.deepEqual(counts(), {frames: held.frames + 1, questions: held.questions + 1});
	assert.equal(settled, true);
	pace.answered();
	await advance(1000);
	assert.equal(counts().frames, held.frames + 1, 'nothing is left to draw');
});

test('a terminal that answers at once gets every frame', async () => {
	const {pace, hold, counts} = openDistantTerminal();
	for (let key = 0; key < 40; key++) {
		await hold(1);
		pace.answered();
	}
	assert.equal(counts().frames, 40);
});

test('a quiet screen asks nothing', async () => {
	const {advance, log, counts} = openDistantTerminal();
	for (let minute = 0; minute < 60; minute++) {
		log(`${minute}`);
		await advance(1000);
	}
	assert.deepEqual(counts(), {frames: 60, questions: 0});
});

test('a terminal that never answers is asked three times, and no frame waits for it', async () => {
	const {advance, hold, counts} = openDistantTerminal();
	for (let round = 0; round < 10; round++) {
		await hold(30);
		await advance(10_000);
	}
	assert.deepEqual(counts(), {frames: 300, questions: 3});
});

test('a terminal that stops answering is waited for only for a while', async () => {
	const {pace, advance, hold, counts} = openDistantTerminal();
	await hold(2);
	pace.answered();
	await hold(30);
	const {frames} = counts();
	await advance(6000);
	assert.equal(counts().frames, frames + 1);
});

test('the terminal is handed over when its answers have come, or after a while', async () => {
	const {pace, advance, hold} = openDistantTerminal();
	await hold(2);
	pace.answered();
	await hold(2);
	let closed = false;
	const close = () =>
		void pace.close().then(() => {
			closed = true;
		});
	close();
	await advance(500);
	assert.equal(closed, false);
	pace.answered();
	pace.answered();
	await advance(0);
	assert.equal(closed, true);
	pace.open();
	await hold(2);
	closed = false;
	close();
	await advance(1000);
	assert.equal(closed, true);
});

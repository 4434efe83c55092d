/*
What the screen asks its terminal, and that no answer is left for the next program.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createManualClock} from '../helpers/manual-clock.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile} from '../helpers/screen-facts.ts';

const question = '\u001b[5n';
const answer = '\u001b[0n';

test('the screen ends when the terminal has answered, and takes no key meanwhile', async context => {
	// Its time stands still: however busy the machine, the wait for the answer has no end but the answer.
	const {clock: lineClock} = createManualClock();
	const screen = await renderScreen(context, {answers: false, lineClock});
	await screen.receive(
		hello([profile('hpc')]),
		{type: 'health', health: health('hpc')},
		jobs(job('hpc/1'), job('hpc/2')),
	);
	assert.ok(screen.written().includes(question), 'a large frame asks');
	const before = screen.text();
	await screen.press(answer);
	assert.equal(screen.text(), before, 'the answer is no key');
	await screen.resize(100, 30);
	assert.ok(screen.written().includes(question));
	const drained = screen.drain();
	await screen.press('c', 'y', 'q');
	assert.deepEqual([screen.sent, screen.quits, screen.store.getState().screen.overlay], [[], [], undefined]);
	await screen.press(answer);
	await drained;
	await screen.resize(80, 24);
	assert.ok(!screen.written().includes(question), 'nothing is asked any more');
});

/*
What the demo opens with: the same with every seed, and in view at 80x24 without a key.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {startDemo} from '../../source/demo/index.ts';
import {openingPlans} from '../../source/demo/opening.ts';
import {createScenario} from '../../source/demo/scenario.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {program, skip} from '../helpers/program.ts';
import {openTerminal} from '../helpers/terminal.ts';

test('the first minute shows a failed job, an array, an overdue job and a batch', {skip}, async context => {
	const terminal = openTerminal(process.execPath, [program, 'demo'], {
		env: {HOME: temporaryDirectory(context)},
		longest: 60_000,
	});
	context.after(() => terminal.close());
	await terminal.until(screen =>
		[
			/FAILED +weaver/,
			/\+ 4 jobs +ionworks/,
			/RUNNING +ionworks .* overdue 5m/,
			/2 of 3 finished +1 overdue +2 cancelled/,
		].every(sight => sight.test(screen)),
	);
});

test('the earlier cancellations are those that the systems have received', async context => {
	const {clock} = createManualClock();
	const demo = await startDemo({clock, opening: true});
	context.after(demo.close);
	assert.equal(demo.earlier.length, 3);
	const phases = demo.earlier.map(({profile, id, createdAt, askedAt}) => {
		assert.equal(profile, 'ionworks');
		const {ionworks} = demo.servers;
		const job = ionworks.job(id);
		assert.equal(job?.createdAt, createdAt);
		assert.deepEqual(ionworks.history(id), [
			{at: askedAt, what: 'stop', before: 'running', effect: 'stopped'},
		]);
		assert.ok(createdAt < askedAt && askedAt < clock.now());
		return job.phase;
	});
	assert.deepEqual(phases.sort(), ['cancelled', 'cancelled', 'running']);
});

test('a chosen number of jobs has no opening, and no job of it changes another', () => {
	const seed = 'a ionworks';
	const alone = createScenario({seed, jobs: 40});
	const others = openingPlans.ionworks?.() ?? [];
	const opened = createScenario({seed, jobs: 40, others});
	assert.deepEqual(
		opened.initial.filter(plan => !others.includes(plan)),
		alone.initial,
	);
	assert.equal(opened.initial.length, 40 + others.length);
});

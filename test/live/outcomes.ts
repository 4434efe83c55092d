/* What the built program says of cancellations on a real Slurm, as an ordinary user. */
import assert from 'node:assert/strict';
import {resolve} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {runCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';
import {
	controller,
	environment,
	foreignJob,
	type Lab,
	missingSlurm,
	profiles,
	startStubborn,
	statesOf,
	submit,
	until,
	waitForState,
} from './helpers/slurm.ts';

const run = (context: TestContext, parameters: readonly string[], lab: Lab = 'full') =>
	runCli(parameters, {
		env: {...environment(lab), JOBTOP_STATE_DIR: temporaryDirectory(context), JOBTOP_CONFIG: '/dev/null'},
	});

type Result = {
	readonly ref: string;
	readonly outcome: string;
	readonly phase?: string;
	readonly attempts: number;
};

const cancel = async (context: TestContext, ids: readonly string[], lab: Lab = 'full') => {
	const refs = ids.map(id => `${profiles[lab]}/${id}`);
	const {stdout, stderr, code} = await run(
		context,
		['cancel', ...refs, '-y', '-o', 'json', '--timeout', '1m'],
		lab,
	);
	assert.notEqual(stdout, '', stderr);
	const {results} = JSON.parse(stdout) as {readonly results: readonly Result[]};
	return {code, results, only: results[0] as Result};
};

describe('cancelling on a real Slurm', {skip: missingSlurm ?? false}, () => {
	test('a running job is cancelled, and so it is', async context => {
		const id = await submit(context, 'sleep 600');
		await waitForState(id, 'RUNNING');
		const {only, code} = await cancel(context, [id]);
		assert.deepEqual([only.outcome, only.attempts, code], ['cancelled', 1, 0]);
		assert.deepEqual(await statesOf(id), ['CANCELLED']);
	});

	test('a pending job is cancelled', async context => {
		const id = await submit(context, 'true', ['--hold']);
		const {only, code} = await cancel(context, [id]);
		assert.deepEqual([only.outcome, code], ['cancelled', 0]);
	});

	test('a job that ignores SIGTERM is not called cancelled before it has ended', async context => {
		const id = await startStubborn(context);
		const {only, code} = await cancel(context, [id]);
		assert.deepEqual([only.outcome, code], ['cancelled', 0]);
		assert.deepEqual(await statesOf(id), ['CANCELLED']);
	});

	test('one task of an array is cancelled, and the others run on', async context => {
		const id = await submit(context, 'sleep 600', ['--array=1-3']);
		for (const task of [1, 2, 3]) await waitForState(`${id}_${task}`, 'RUNNING');
		const {only} = await cancel(context, [`${id}_2`]);
		assert.equal(only.outcome, 'cancelled');
		assert.deepEqual(await statesOf(`${id}_1`), ['RUNNING']);
		assert.deepEqual(await statesOf(`${id}_3`), ['RUNNING']);
	});

	test('a job that has ended had finished first, and nothing is claimed', async context => {
		const id = await submit(context, 'true');
		await waitForState(id, 'COMPLETED');
		const {only, code} = await cancel(context, [id]);
		assert.deepEqual([only.outcome, only.phase, only.attempts, code], ['finished-first', 'succeeded', 0, 6]);
	});

	test("somebody else's job is denied and runs on", async context => {
		const {only, code} = await cancel(context, [foreignJob]);
		assert.deepEqual([only.outcome, code], ['denied', 5]);
		assert.deepEqual(await statesOf(foreignJob), ['RUNNING']);
	});

	test('a job that nobody knows is not found', async context => {
		const {only, code} = await cancel(context, ['99999999']);
		assert.deepEqual([only.outcome, code], ['not-found', 7]);
	});

	test('of several each has its own outcome', async context => {
		const running = await submit(context, 'sleep 600');
		const ended = await submit(context, 'true');
		await waitForState(running, 'RUNNING');
		await waitForState(ended, 'COMPLETED');
		const {results, code} = await cancel(context, [running, ended, foreignJob]);
		assert.deepEqual(Object.fromEntries(results.map(({ref, outcome}) => [ref, outcome])), {
			[`${profiles.full}/${running}`]: 'cancelled',
			[`${profiles.full}/${ended}`]: 'finished-first',
			[`${profiles.full}/${foreignJob}`]: 'denied',
		});
		assert.equal(code, 5);
	});

	test('without accounts a job whose record goes after the request was removed', async context => {
		const id = await submit(context, 'true', ['--hold', '--array=1-2'], 'bare');
		const {only, code} = await cancel(context, [`${id}_1`], 'bare');
		assert.ok(['cancelled', 'removed'].includes(only.outcome), only.outcome);
		assert.equal(code, 0);
	});

	test('on the screen a dead controller is said in the words of Slurm, rows stay and grow stale, and it recovers', async context => {
		const id = await submit(context, 'sleep 600', ['--job-name=survivor']);
		await waitForState(id, 'RUNNING');
		const terminal = openTerminal(process.execPath, [resolve('dist/jobtop.js'), '--interval', '1s'], {
			columns: 120,
			rows: 36,
			env: {...environment(), JOBTOP_STATE_DIR: temporaryDirectory(context), JOBTOP_CONFIG: '/dev/null'},
		});
		context.after(() => terminal.close());
		await terminal.until('survivor');
		// What happened in its last seconds a controller that is killed forgets.
		const since = Date.now();
		await until(
			'its age',
			async () => Date.now() - since,
			age => age > 10_000,
		);
		await controller('kill-controller');
		try {
			await terminal.until(/UNREACHABLE|STALE/);
			await terminal.until(
				text => text.includes('Unable to contact slurm controller') && text.includes('survivor'),
			);
			await terminal.until(text => text.includes('STALE') && text.includes('survivor'));
		} finally {
			await controller('start-controller');
		}
		await terminal.until(`${profiles.full} ok`);
		terminal.press('c');
		await terminal.until('cancel this job?');
		assert.ok(terminal.text().includes(`${profiles.full}/${id}`));
		terminal.press('y');
		await until(
			'the end of the job',
			() => statesOf(id),
			states => !states.includes('RUNNING'),
		);
		await terminal.until('cancelled');
		terminal.press('q');
		assert.equal((await terminal.exited).code, 0);
	});
});

/* The Slurm backend against a real Slurm, as an ordinary user. */
import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import type {Backend, LogPage} from '../../source/backends/backend.ts';
import {slurm} from '../../source/backends/slurm/index.ts';
import {BackendError, type Failure} from '../../source/job/failure.ts';
import type {Job} from '../../source/job/job.ts';
import {failureOf} from '../helpers/failure-of.ts';
import {assertUnreachable} from './helpers/runs.ts';
import {
	controller,
	foreignJob,
	type Lab,
	labs,
	missingSlurm,
	outputFile,
	slurmProgram,
	startStubborn,
	statesOf,
	submit,
	until,
	waitForState,
} from './helpers/slurm.ts';

const {signal} = new AbortController();
const open = (lab: Lab) => slurm.connect('lab', {env: {SLURM_CONF: labs[lab]}}) as Required<Backend>;
const backend = open('full');

const listed = async (ended = false): Promise<readonly Job[]> =>
	(await backend.listPage({everyone: false, ended, signal})).jobs;
const find = async (id: string, ended = false) => (await listed(ended)).find(job => job.id === id);
const look = async (id: string): Promise<Job | undefined> =>
	(await backend.getMany([id], {signal})).jobs.get(id);
const waitFor = (id: string, phase: Job['phase'] | undefined, seconds = 120) =>
	until(
		`job ${id}`,
		() => look(id),
		job => job?.phase === phase,
		seconds,
	);
/** Waits until tasks that never started are no longer live. Whether the accounts have a record of them depends on how soon they were cancelled. */
const waitUntilRemoved = (id: string) =>
	until(
		`job ${id}`,
		() => look(id),
		job => job === undefined || job.phase === 'cancelled',
	);
const startRunning = async (t: TestContext, script = 'sleep 600', options: readonly string[] = []) => {
	const id = await submit(t, script, options);
	await waitForState(id, 'RUNNING');
	return id;
};

describe('a real Slurm', {skip: missingSlurm ?? false}, () => {
	test('lists jobs of any name, each once, and none that a name forges', async t => {
		const names = [
			'a|b "c" \'d\'',
			'tab\there',
			'two\nlines',
			'日本 ☃ naïve',
			'\u001e\u001f1\u001fRUNNING',
			'%i %T',
			'(null)',
		];
		const ids = await Promise.all(names.map(name => submit(t, 'true', ['--hold', `--job-name=${name}`])));
		const jobs = await listed();
		const shown = ids.map(id => jobs.filter(job => job.id === id).map(job => job.name));
		assert.deepEqual(shown, [
			['a|b "c" \'d\''],
			['tab here'],
			['two lines'],
			['日本 ☃ naïve'],
			['1RUNNING'],
			['%i %T'],
			[ids[6]],
		]);
		const [first] = jobs.filter(job => job.id === ids[0]);
		assert.deepEqual(
			[first?.phase, first?.status, first?.reason, first?.mine, first?.queue],
			['held', 'PENDING', 'JobHeldUser', true, 'debug'],
		);
		assert.ok(Math.abs((first?.createdAt ?? 0) - Date.now()) < 60_000);
	});

	test('shows somebody else’s job only when everyone is asked for', async () => {
		assert.equal(await find(foreignJob), undefined);
		const {jobs} = await backend.listPage({everyone: true, ended: false, signal});
		const job = jobs.find(({id}) => id === foreignJob);
		assert.deepEqual([job?.mine, job?.owner, job?.name], [false, 'labbob', 'bobs']);
	});

	test('tells one job in full', async t => {
		const id = await startRunning(t, 'sleep 600', ['--job-name=x=1 JobState=FAILED', '--comment=why not']);
		const {job, fields, timeline, raw} = await backend.get(id, {signal});
		assert.equal(job.name, 'x=1 JobState=FAILED');
		assert.equal(job.phase, 'running');
		const values = Object.fromEntries(fields);
		assert.equal(values.State, 'RUNNING');
		assert.equal(values.Comment, 'why not');
		assert.equal(values['Work dir'], '/tmp');
		assert.deepEqual(
			timeline.map(({what}) => what),
			['Submitted', 'Eligible', 'Started'],
		);
		assert.ok(raw.includes(`JobId=${id}`));
	});

	test('cancels a running job, and only that', async t => {
		const [id, other] = await Promise.all([startRunning(t), startRunning(t)]);
		assert.equal((await backend.cancel(id, {signal})).kind, 'accepted');
		const job = await waitFor(id, 'cancelled');
		assert.equal(job?.terminal, true);
		assert.ok(job?.endedAt !== undefined);
		assert.equal((await look(other))?.phase, 'running');
	});

	test('cancels a job that waits', async t => {
		const id = await submit(t, 'true', ['--begin=now+1hour']);
		assert.equal((await look(id))?.startedAt, undefined);
		assert.equal((await backend.cancel(id, {signal})).kind, 'accepted');
		assert.equal((await waitFor(id, 'cancelled'))?.startedAt, undefined);
	});

	test('says stopping of a job that does not mind SIGTERM, until SIGKILL ends it', async t => {
		const id = await startStubborn(t);
		assert.equal((await backend.cancel(id, {signal})).kind, 'accepted');
		const stopping = await look(id);
		assert.deepEqual([stopping?.phase, stopping?.terminal], ['stopping', false]);
		assert.equal((await backend.cancel(id, {signal})).kind, 'too-late');
		const ended = await waitFor(id, 'cancelled');
		assert.equal(ended?.endedAt, stopping?.endedAt);
	});

	test('has no force-cancel: it takes SIGKILL as an ordinary cancel, and as nothing after one', async t => {
		assert.equal(open('full').forceCancel, undefined);
		const kills = [['--signal=KILL'], ['--full', '--signal=KILL'], ['--batch', '--signal=KILL']] as const;
		const kill = (how: readonly string[], id: string) => slurmProgram('scancel', [...how, id]);

		// SIGKILL comes after KillWait here, too.
		const [cancelled, failed, asked] = [
			await startStubborn(t),
			await startStubborn(t),
			await startStubborn(t),
		];
		assert.equal((await kill(kills[1], cancelled)).code, 0);
		assert.equal((await look(cancelled))?.phase, 'stopping');
		assert.equal((await waitFor(cancelled, 'cancelled'))?.status, 'CANCELLED');

		// The batch shell alone dies at once, and Slurm calls that a failure.
		assert.equal((await kill(kills[2], failed)).code, 0);
		assert.equal((await waitFor(failed, 'failed'))?.status, 'FAILED');

		// After a cancel no form of it changes anything.
		assert.equal((await backend.cancel(asked, {signal})).kind, 'accepted');
		for (const how of kills) {
			const {stderr} = await kill(how, asked);
			assert.match(stderr, /Invalid job id specified|already completing or completed/, how.join(' '));
		}
		assert.equal((await look(asked))?.phase, 'stopping');
		await waitFor(asked, 'cancelled');
	});

	test('ends all of a het job where SIGKILL names one component, which a cancel does not', async t => {
		const script = await outputFile(t);
		await writeFile(script, '#!/bin/sh\nsleep 600\n');
		const start = async (state: string, options: readonly string[]) => {
			const args = ['--parsable', '--chdir=/tmp', '--output=/dev/null', ...options];
			const parts = ['-n1', ':', '-n1', ':', '-n1', script];
			const {code, stdout, stderr} = await slurmProgram('sbatch', [...args, ...parts]);
			assert.equal(code, 0, stderr);
			const id = stdout.trim();
			t.after(() => slurmProgram('scancel', [id]));
			await waitForStates(id, [state, state, state]);
			return id;
		};
		const waitForStates = (id: string, states: readonly string[]) =>
			until(
				`het job ${id}`,
				async () => (await statesOf(id)).sort().join(),
				found => found === states.join(),
			);

		const waiting = await start('PENDING', ['--hold']);
		assert.match((await slurmProgram('scancel', [`${waiting}+1`])).stderr, /individual component/);
		assert.deepEqual(await statesOf(waiting), ['PENDING', 'PENDING', 'PENDING']);
		await slurmProgram('scancel', ['--signal=KILL', `${waiting}+1`]);
		await waitForStates(waiting, ['CANCELLED', 'CANCELLED', 'CANCELLED']);

		const cancelled = await start('RUNNING', []);
		await slurmProgram('scancel', [`${cancelled}+1`]);
		await waitForStates(cancelled, ['CANCELLED', 'RUNNING', 'RUNNING']);

		const killed = await start('RUNNING', []);
		await slurmProgram('scancel', ['--signal=KILL', `${killed}+1`]);
		await waitForStates(killed, ['CANCELLED', 'CANCELLED', 'CANCELLED']);
	});

	test('cancels one task of an array, running or waiting', async t => {
		const id = await submit(t, 'sleep 600', ['--array=1-6%2']);
		await waitForState(`${id}_2`, 'RUNNING');
		const answers = await backend.cancelMany([`${id}_1`, `${id}_6`], {signal});
		assert.deepEqual(
			[...answers.values()].map(({kind}) => kind),
			['accepted', 'accepted'],
		);
		await waitFor(`${id}_1`, 'cancelled');
		const left = await waitUntilRemoved(`${id}_6`);
		if (left === undefined)
			assert.equal((await failureOf(backend.get(`${id}_6`, {signal}))).kind, 'not-found');
		assert.equal((await look(`${id}_2`))?.phase, 'running');
		assert.equal((await failureOf(backend.cancel(`${id}_6`, {signal}))).kind, 'not-found');
	});

	test('cancels what is left of an array to wait, exactly as it was shown', async t => {
		const id = await submit(t, 'sleep 600', ['--array=1-9%2']);
		await waitForState(`${id}_2`, 'RUNNING');
		const shown = await until(
			'the remainder',
			() => find(`${id}_[3-9]`),
			job => job !== undefined,
		);
		assert.deepEqual([shown?.phase, shown?.status], ['queued', 'PENDING']);
		assert.equal((await backend.cancel(`${id}_[3-9]`, {signal})).kind, 'accepted');
		await waitUntilRemoved(`${id}_[3-9]`);
		assert.deepEqual(
			(await listed())
				.filter(job => job.id.startsWith(`${id}_`))
				.map(({id, phase}) => [id, phase])
				.sort(),
			[
				[`${id}_1`, 'running'],
				[`${id}_2`, 'running'],
			],
		);
		assert.equal((await backend.cancel(id, {signal})).kind, 'accepted');
		assert.equal((await waitFor(id, 'cancelled'))?.terminal, true);
	});

	test('takes a remainder of many scattered tasks whole', async t => {
		const tasks = Array.from({length: 120}, (_, n) => n * 5 + (n % 3)).join(',');
		const id = await submit(t, 'true', ['--hold', `--array=${tasks}`]);
		const stepped = await submit(t, 'true', ['--hold', '--array=0-99:3']);
		const ids = (await listed()).map(job => job.id);
		const [scattered] = ids.filter(one => one.startsWith(`${id}_[`));
		assert.ok(scattered?.endsWith(']'), scattered);
		const [steps] = ids.filter(one => one.startsWith(`${stepped}_[`));
		assert.ok(steps);
		const answers = await backend.cancelMany([scattered as string, steps], {signal});
		assert.deepEqual(
			[...answers.values()].map(({kind}) => kind),
			['accepted', 'accepted'],
		);
		await until(
			'the tasks',
			() => listed(),
			jobs => !jobs.some(job => [id, stepped].includes(job.id.split('_')[0] ?? '')),
		);
	});

	test('calls a job that has ended too late, and not cancelled', async t => {
		const id = await submit(t, 'exit 3');
		await waitForState(id, 'FAILED');
		assert.equal((await backend.cancel(id, {signal})).kind, 'too-late');
		const {job, fields} = await backend.get(id, {signal});
		assert.equal(job.phase, 'failed');
		assert.ok(fields.some(([label, value]) => label === 'Exit code' && value === '3:0'));
	});

	test('does not let me cancel somebody else’s job', async () => {
		assert.equal((await failureOf(backend.cancel(foreignJob, {signal}))).kind, 'forbidden');
		assert.deepEqual(await statesOf(foreignJob), ['RUNNING']);
	});

	test('does not know a job that never was', async () => {
		assert.equal((await failureOf(backend.cancel('999999', {signal}))).kind, 'not-found');
		assert.equal((await failureOf(backend.get('999999', {signal}))).kind, 'not-found');
		assert.deepEqual(await backend.getMany(['999999', '999998'], {signal}), {
			jobs: new Map(),
			failures: new Map(),
		});
	});

	test('answers for each of many jobs in one request', async t => {
		const mine = await Promise.all([1, 2, 3].map(() => submit(t, 'true', ['--hold'])));
		const answers = await backend.cancelMany([...mine, foreignJob, '999999', '-u'], {signal});
		assert.deepEqual(
			[...mine, foreignJob, '999999', '-u'].map(id => answers.get(id)?.kind),
			['accepted', 'accepted', 'accepted', 'forbidden', 'not-found', 'rejected'],
		);
	});

	test('shows what a job prints', async t => {
		const output = await outputFile(t);
		const id = await startRunning(t, 'echo hello; sleep 600', [`--output=${output}`]);
		const text = await until(
			'its output',
			() =>
				backend.logs(id, {signal}).then(
					({text}) => text,
					() => '',
				),
			said => said !== '',
		);
		assert.equal(text, 'hello\n');
	});

	test('follows what a task of an array prints, until it has ended', async t => {
		const folder = dirname(await outputFile(t));
		const names = ['output', 'error'].map(kind => `--${kind}=${folder}/%A_%a.${kind}`);
		const script = 'echo one; until [ -e go ]; do sleep 0.2; done; echo two; echo three >&2';
		const base = await submit(t, script, ['--array=4', `--chdir=${folder}`, ...names]);
		const id = `${base}_4`;
		const read = (after?: string) =>
			backend.logs(id, {signal, ...(after !== undefined && {after})}).catch((error: unknown) => {
				if (error instanceof BackendError && error.failure.kind === 'not-found') return {text: ''};
				throw error;
			});
		const first: LogPage = await until(
			'its output',
			() => read(),
			({text}) => text !== '',
		);
		assert.deepEqual([first.text, first.ended], ['one\n', undefined]);
		const {fields} = await backend.get(id, {signal});
		assert.equal(new Map(fields).get('Errors'), `${folder}/${base}_4.error`);
		await writeFile(join(folder, 'go'), '');
		let {cursor} = first;
		let text = '';
		await until(
			'its end',
			async (): Promise<LogPage> => {
				const page: LogPage = await read(cursor);
				cursor = page.cursor ?? cursor;
				text += page.text;
				return page;
			},
			({ended}) => ended === true,
		);
		assert.equal(text, 'two\n');
	});

	test('that keeps no accounts forgets a job, and says so', async t => {
		const bare = open('bare');
		const id = await submit(t, 'sleep 600', [], 'bare');
		await waitForState(id, 'RUNNING', 'bare');
		assert.equal((await bare.cancel(id, {signal})).kind, 'accepted');
		await until(
			`job ${id}`,
			async () => (await bare.getMany([id], {signal})).jobs.get(id)?.phase,
			phase => phase === undefined,
			150,
		);
		assert.equal((await failureOf(bare.get(id, {signal}))).kind, 'not-found');
		assert.equal((await failureOf(bare.cancel(id, {signal}))).kind, 'not-found');
	});

	test('without a controller is unreachable, in the words of its own programs, and nothing is cancelled', async t => {
		const id = await startRunning(t);
		// What happened in its last seconds a controller that is killed forgets; with thousands of jobs it saves more seldom.
		await until(
			'its age',
			() => look(id),
			job => Date.now() - (job?.startedAt ?? Date.now()) > 40_000,
			60,
		);
		await controller('kill-controller');
		try {
			await assertUnreachable(backend, id, /^Unable to contact slurm controller/);
		} finally {
			await controller('start-controller');
		}
		assert.equal((await waitFor(id, 'running'))?.terminal, false);
	});

	test('whose controller hangs may have heard a cancel request: it is not called failed, and its end is seen', async t => {
		const id = await startRunning(t);
		await controller('pause-controller');
		let failures: readonly Failure[];
		try {
			failures = await Promise.all([
				failureOf(backend.listPage({everyone: false, ended: false, signal})),
				failureOf(backend.cancel(id, {signal})),
			]);
		} finally {
			await controller('start-controller');
		}
		const [listing, cancelling] = failures;
		assert.match(listing?.kind ?? '', /^(unreachable|timeout)$/);
		assert.equal(cancelling?.kind, 'timeout');
		// It was left in the controller's ears.
		await waitFor(id, 'cancelled');
	});
});

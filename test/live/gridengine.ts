/* The Grid Engine backend against a real Grid Engine, as an ordinary user. */
import assert from 'node:assert/strict';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {gridengine} from '../../source/backends/gridengine/index.ts';
import {failureOf} from '../helpers/failure-of.ts';
import {program} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';
import {
	control,
	foreignJob,
	gridProgram,
	missingGridEngine,
	startStubborn,
	stateOf,
	submit,
	waitForState,
} from './helpers/gridengine.ts';
import {
	assertCancelsOnlyMine,
	assertFollowsOutput,
	assertListsOthers,
	assertPassesDoctor,
	assertUnreachable,
	jobtop,
	openLooks,
	outcomesOf,
	twoLines,
	unconfigured,
	workFolder,
} from './helpers/runs.ts';
import {until} from './helpers/slurm.ts';

const {signal} = new AbortController();
const backend = gridengine.connect('lab', {}) as Required<Backend>;

const {listed, look, waitFor} = openLooks(backend, 60);
const startRunning = async (t: TestContext, options: readonly string[] = [], script?: string) => {
	const id = await submit(t, options, script);
	await waitForState(id, 'r');
	return id;
};
const killed = {kind: 'signal', signal: 9};

describe('a real Grid Engine', {skip: missingGridEngine ?? false}, () => {
	test('lists jobs of any name that it takes, each once', async t => {
		const names = [`a<b>&c'd"`, 'job_list', '%i', 'error', '&lt;state&gt;'];
		const ids = await Promise.all(names.map(name => submit(t, ['-h', '-N', name])));
		const jobs = await listed();
		assert.deepEqual(
			ids.map(id => jobs.filter(job => job.id === id).map(({name, phase, mine}) => [name, phase, mine])),
			names.map(name => [[name, 'held', true]]),
		);
		assert.ok(Math.abs((jobs.find(({id}) => id === ids[0])?.createdAt ?? 0) - Date.now()) < 60_000);
	});

	test('shows somebody else’s job only when everyone is asked for', () =>
		assertListsOthers(backend, foreignJob));

	test('has a qmaster, and says why a job waits', async t => {
		assert.equal((await backend.system({signal})).qmaster, 'lab');
		const first = await submit(t, ['-h']);
		const id = await submit(t, ['-hold_jid', first]);
		const {job, fields} = await backend.get(id, {signal});
		assert.deepEqual([job.phase, Object.fromEntries(fields)['Waits for']], ['held', first]);
		const other = await submit(t, ['-l', 'h_vmem=900000G', '-q', 'all.q@lab']);
		const waiting = await until(
			'the reason',
			async () => (await backend.get(other, {signal})).job,
			({phase, reason}) => phase !== 'queued' || reason !== undefined,
		);
		assert.ok(waiting.phase === 'running' || /\S/.test(waiting.reason ?? ''), JSON.stringify(waiting));
	});

	test('shows one job in full, with when it was submitted', async t => {
		const id = await startRunning(t, ['-N', 'mesh', '-l', 'h_rt=3600']);
		const {job, fields, timeline, raw} = await backend.get(id, {signal});
		assert.deepEqual([job.name, job.phase, job.queue, job.labels?.node], ['mesh', 'running', 'all.q', 'lab']);
		assert.match(Object.fromEntries(fields).Requests ?? '', /h_rt=3600/);
		assert.deepEqual(
			timeline.map(({what}) => what),
			['Submitted', 'Started'],
		);
		assert.ok(raw.includes(id) && !raw.includes('VA_variable'));
	});

	test('cancels a running job, and only that, and shows the deletion and the signal', async t => {
		const [id, other] = await Promise.all([startRunning(t), startRunning(t)]);
		assert.deepEqual(await backend.cancel(id, {signal}), {kind: 'accepted'});
		const job = await waitFor(id, 'failed');
		assert.deepEqual([job?.terminal, job?.endedBy], [true, killed]);
		assert.ok(job?.endedAt !== undefined && job.createdAt !== undefined);
		assert.equal((await look(other))?.phase, 'running');
	});

	test('removes a job that waits and a held one without a trace', async t => {
		const held = await submit(t, ['-h']);
		const waiting = await submit(t, ['-a', '203001010000']);
		const answers = await backend.cancelMany([held, waiting], {signal});
		assert.deepEqual(
			[...answers.values()].map(({kind}) => kind),
			['done', 'done'],
		);
		assert.deepEqual(await backend.getMany([held, waiting], {signal}), {
			jobs: new Map(),
			failures: new Map(),
		});
	});

	test('says stopping of a job that ignores the notice, until SIGKILL ends it', async t => {
		const id = await startStubborn(t);
		assert.equal((await backend.cancel(id, {signal})).kind, 'accepted');
		const stopping = await look(id);
		assert.deepEqual([stopping?.phase, stopping?.status, stopping?.terminal], ['stopping', 'dr', false]);
		const again = await backend.cancel(id, {signal});
		assert.deepEqual([again.kind, again.detail], ['accepted', `job ${id} is already in deletion`]);
		assert.deepEqual((await waitFor(id, 'failed'))?.endedBy, killed);
	});

	test('cancels tasks of an array, ranges of those that wait, and then the rest', async t => {
		const id = await submit(t, ['-t', '1-9', '-tc', '2']);
		await waitForState(`${id}.2`, 'r');
		assert.deepEqual(
			(await listed()).filter(({parent}) => parent === `lab/${id}`).map(job => [job.id, job.phase]),
			[
				[`${id}.1`, 'running'],
				[`${id}.2`, 'running'],
				[`${id}.3-9`, 'queued'],
			],
		);
		const some = [`${id}.1`, `${id}.5-7`, `${id}.9`];
		const answers = await backend.cancelMany(some, {signal});
		assert.deepEqual(
			[...answers.values()].map(({kind}) => kind),
			['accepted', 'done', 'done'],
		);
		const gone = await backend.cancelMany([`${id}.5-7`, `${id}.9`], {signal});
		assert.deepEqual(
			[...gone.values()].map(({kind}) => kind),
			['not-found', 'not-found'],
		);
		assert.deepEqual((await waitFor(`${id}.1`, 'failed'))?.endedBy, killed);
		await waitForState(`${id}.3`, 'r');
		const {job} = await backend.get(id, {signal});
		assert.deepEqual(job.set?.counts, {live: 4, cancelled: 0, ended: 1, lost: 4, signalled: 1});
		const {kind, removed} = await backend.cancel(id, {signal});
		assert.deepEqual([kind, removed], ['accepted', true]);
		await waitForState(id, undefined);
	});

	test('sends no id that Grid Engine would take for another job', async t => {
		const id = await submit(t, ['-h', '-N', 'precious', '-t', '1-9']);
		for (const wrong of [
			'precious',
			'*',
			`0${id}`,
			`${id}.5-1`,
			`${id}.4294967298`,
			`${2n ** 32n + BigInt(id)}`,
		])
			assert.equal((await failureOf(backend.cancel(wrong, {signal}))).kind, 'rejected', wrong);
		assert.equal(await stateOf(id), 'hqw');
		// Its own program deletes by what it makes of them.
		assert.match(
			(await gridProgram('qdel', [`${id}.4294967298`])).stdout,
			new RegExp(`deleted job-array task ${id}\\.2`),
		);
		assert.match((await gridProgram('qdel', ['prec*'])).stdout, new RegExp(`deleted job ${id}`));
	});

	test('knows how an ended job ended, and cancels none', async t => {
		const [good, bad, suicide] = await Promise.all([
			submit(t, [], 'exit 0'),
			submit(t, [], 'exit 3'),
			submit(t, [], 'kill -9 $$'),
		]);
		assert.equal((await waitFor(good, 'succeeded'))?.endedBy, undefined);
		assert.deepEqual((await waitFor(bad, 'failed'))?.endedBy, {kind: 'exit', code: 3});
		// The same record as that of a deleted job: nobody cancelled it.
		const killedItself = await waitFor(suicide, 'failed');
		assert.deepEqual([killedItself?.endedBy, killedItself?.phase], [killed, 'failed']);
		assert.equal((await failureOf(backend.cancel(good, {signal}))).kind, 'not-found');
		const jobs = await listed(true);
		assert.deepEqual(
			[good, bad].map(id => jobs.find(job => job.id === id)?.phase),
			['succeeded', 'failed'],
		);
	});

	test('holds a job that cannot start, which is no end, says why, and can be cancelled', async t => {
		const id = await submit(t, ['-o', '/nonexistent/dir/x']);
		await waitForState(id, 'Eqw');
		const {job} = await backend.get(id, {signal});
		assert.deepEqual([job.phase, job.terminal], ['held', false]);
		assert.match(job.reason ?? '', /can't open output file "\/nonexistent\/dir\/x"/);
		assert.equal((await backend.cancel(id, {signal})).kind, 'done');
		// The accounts have the run that never began.
		assert.equal((await failureOf(backend.get(id, {signal}))).kind, 'not-found');
	});

	test('does not let me cancel somebody else’s job, nor an unknown one', async () => {
		await assertCancelsOnlyMine(backend, foreignJob, '999999');
		await assertCancelsOnlyMine(backend, foreignJob, '999998.3');
		assert.equal(await stateOf(foreignJob), 'r');
	});

	test('answers for each of many jobs in one request', async t => {
		const mine = await Promise.all([submit(t, ['-h']), startRunning(t)]);
		const all = [...mine, foreignJob, '999999', '*'];
		const answers = await backend.cancelMany(all, {signal});
		assert.deepEqual(
			all.map(id => answers.get(id)?.kind),
			['done', 'accepted', 'forbidden', 'not-found', 'rejected'],
		);
	});

	test('follows what a job prints, until it has ended', async t => {
		const folder = await workFolder(t);
		const id = await startRunning(t, ['-o', `${folder}/out.$JOB_ID`], twoLines(folder));
		await assertFollowsOutput(backend, id, () => writeFile(join(folder, 'go'), ''));
	});

	test('finds what a job prints in the folder of -o', async t => {
		const id = await startRunning(t, ['-o', await workFolder(t)], 'echo one; exec sleep 600');
		const read = () => backend.logs(id, {signal}).catch(() => ({text: ''}));
		await until('its output', read, ({text}) => text === 'one\n');
	});

	test('is found without a configuration, and says of each job what became of it', async t => {
		const running = await startRunning(t);
		const held = await submit(t, ['-h']);
		const stubborn = await startStubborn(t);
		const ended = await submit(t, [], 'exit 0');
		await waitFor(ended, 'succeeded');
		const polite = await startRunning(t, ['-notify'], `trap 'exit 4' USR2\nwhile :; do sleep 0.2; done`);
		const outcomes = await outcomesOf(t, [running, held, stubborn, ended, polite, foreignJob]);
		assert.deepEqual(
			[running, held, stubborn, ended, polite, foreignJob].map(id => outcomes.get(id)?.outcome),
			['cancelled', 'removed', 'cancelled', 'finished-first', 'finished-first', 'denied'],
		);
		assert.match(outcomes.get(polite)?.detail ?? '', /exit code 4/);
	});

	test('cancels a whole array, of which some tasks run', async t => {
		const id = await submit(t, ['-t', '1-6', '-tc', '2']);
		await waitForState(`${id}.2`, 'r');
		const outcomes = await outcomesOf(t, [id]);
		assert.equal(outcomes.get(id)?.outcome, 'cancelled', JSON.stringify(outcomes.get(id)));
		assert.equal(await stateOf(id), undefined);
	});

	test('waits for accounts that come late, before it says how a job ended', async t => {
		await control('late-accounts');
		try {
			const [id, other] = await Promise.all([startRunning(t), startRunning(t, [], 'sleep 4; exit 5')]);
			const waiting = jobtop(t, ['wait', `gridengine/${other}`, '--timeout', '3m']);
			const outcomes = await outcomesOf(t, [id]);
			assert.equal(outcomes.get(id)?.outcome, 'cancelled');
			assert.match((await waiting).stdout, /is FAILED, exit code 5/);
		} finally {
			await control('prompt-accounts');
		}
	});

	test('ends hundreds of jobs in one request, each as it was', async t => {
		const count = 300;
		const array = await submit(t, ['-h', '-t', `1-${count}`, '-N', 'many']);
		// Submitting one by one takes a quarter of a second each: tasks are released from one array.
		const single = await Promise.all(Array.from({length: 12}, () => submit(t, ['-h', '-N', 'many'])));
		const running = await startRunning(t, ['-N', 'many']);
		const ids = [...Array.from({length: count}, (_, n) => `${array}.${n + 1}`), ...single, running];
		const answers = await backend.cancelMany(ids, {signal});
		const kinds = Object.groupBy([...answers.values()], ({kind}) => kind);
		assert.deepEqual([answers.size, kinds.done?.length, kinds.accepted?.length], [ids.length, count + 12, 1]);
		await waitFor(running, 'failed');
		assert.equal((await backend.getMany(ids, {signal})).jobs.size, 1);
	});

	test('passes the tests of its profile, and the checks of the doctor', t =>
		assertPassesDoctor(t, 'gridengine', 'SGE 8\\.1\\.9'));

	test('without a qmaster is unreachable, in the words of its own programs, and nothing is cancelled', async t => {
		const id = await startRunning(t);
		await control('stop-qmaster');
		try {
			await assertUnreachable(backend, id, /unable to send message to qmaster|Connection refused/);
		} finally {
			await control('start-qmaster');
		}
		assert.equal((await waitFor(id, 'running'))?.terminal, false);
	});

	test('that hangs while jobtop cancels: no word of an end, keys work, and then both ends are seen', async t => {
		const [dying, other] = await Promise.all([startStubborn(t, ['-N', 'dying']), startRunning(t)]);
		const env = unconfigured(t);
		const {file, parameters} = program(['--interval', '1s']);
		const terminal = openTerminal(file, parameters, {env, columns: 120, longest: 150_000});
		t.after(() => terminal.close());
		const journal = () => readFile(join(env.JOBTOP_STATE_DIR ?? '', 'batches', '1.jsonl'), 'utf8');
		await terminal.until('dying');
		terminal.press('/dying\r');
		await terminal.until('filter: dying');
		terminal.press('c');
		await terminal.until('cancel this job?');
		terminal.press('y');
		await waitForState(dying, 'dr');
		// The last list before the pause stays on the screen.
		await terminal.until(/STOPPING.*asked/);
		await control('pause-qmaster');
		try {
			const lost = failureOf(backend.cancel(other, {signal}));
			// What fails before it is awaited is told, not that it then worked.
			lost.catch(() => undefined);
			await terminal.until('qstat did not end within 60 s');
			terminal.press('?');
			await terminal.until('The table');
			terminal.press('\x1b');
			// The help covers the row.
			await terminal.until(screen => screen.includes(` ${dying} `) && !screen.includes('The table'));
			const row = terminal.lines().find(line => line.includes(` ${dying} `)) ?? assert.fail(terminal.text());
			assert.match(row, /STOPPING.*asked/);
			assert.doesNotMatch(row, /failed|cancelled/i);
			const {kind, detail} = await lost;
			assert.equal(kind, 'timeout', detail);
			assert.doesNotMatch(await journal(), /"type":"settled"/);
		} finally {
			await control('continue-qmaster');
		}
		await until('the last word', journal, text => text.includes('"type":"settled"'));
		assert.match(await journal(), /"type":"settled".*"cancelled"/);
		// Its own request may have been lost: nothing but a look can say so.
		await backend.cancel(other, {signal});
		assert.deepEqual((await waitFor(other, 'failed'))?.endedBy, killed);
	});
});

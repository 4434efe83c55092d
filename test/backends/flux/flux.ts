import assert from 'node:assert/strict';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {readId} from '../../../source/backends/flux/ids.ts';
import {flux} from '../../../source/backends/flux/index.ts';
import {resolveRefs} from '../../../source/command-line/listing/resolve-refs.ts';
import {BackendError, type Failure} from '../../../source/job/failure.ts';
import {openFakeFlux} from '../../fakes/flux.ts';
import {failureOf} from '../../helpers/failure-of.ts';
import {fc} from '../../helpers/fast-check.ts';
import {kindsOf, openedBackend} from '../../helpers/opened-backend.ts';

const {signal} = new AbortController();

const open = (t: TestContext, more: Parameters<typeof openFakeFlux>[0] = {}) =>
	openedBackend(t, openFakeFlux(more));

const list = {everyone: false, ended: false, signal};
const running = {state: 'RUN', status: 'RUN', t_run: 1_767_225_000.5, nodelist: 'fluke3'};
const completed = {
	...running,
	...{state: 'INACTIVE', status: 'COMPLETED', result: 'COMPLETED', returncode: 0, t_inactive: 1_767_225_100},
};
const bob = {username: 'bob', userid: 1002};

describe('a list', () => {
	test('is never cut: every call of flux jobs for live jobs asks for all', async t => {
		const {backend, put, calls} = await open(t);
		for (let n = 0; n < 1010; n++) await put(readId(String(1000 + n)) ?? '');
		assert.equal((await backend.listPage(list)).jobs.length, 1010);
		await backend.getMany(['fJE', 'fJF'], {signal});
		for (const call of await calls()) assert.match(call.join(' '), /^jobs --json -c 0\b/);
	});

	test('shows only my jobs unless everyone is asked for', async t => {
		const {backend, put} = await open(t);
		await put('fJE');
		await put('fJF', bob);
		assert.deepEqual(
			(await backend.listPage(list)).jobs.map(({id}) => id),
			['fJE'],
		);
		const {jobs} = await backend.listPage({...list, everyone: true});
		assert.deepEqual(jobs.map(({id, mine, owner}) => [id, mine, owner]).sort(), [
			['fJE', true, 'alice'],
			['fJF', false, 'bob'],
		]);
	});

	test('takes the newest ended jobs after the live ones, so that none is missed in between', async t => {
		const {backend, put, calls} = await open(t);
		await put('fJE', completed);
		await put('fJF', running);
		const {jobs} = await backend.listPage({...list, ended: true});
		assert.deepEqual(
			jobs.map(({id, phase}) => [id, phase]),
			[
				['fJE', 'succeeded'],
				['fJF', 'running'],
			],
		);
		assert.deepEqual(await calls(), [
			['jobs', '--json', '-c', '0'],
			['jobs', '--json', '-f', 'inactive', '-c', '1000'],
		]);
	});

	test('without the program is unreachable, and says what is missing', async t => {
		const {folder} = await open(t);
		const nowhere = flux.connect('far', {env: {PATH: join(folder, 'jobs')}});
		assert.deepEqual(await failureOf(nowhere.listPage(list)), {
			kind: 'unreachable',
			detail: 'flux is not on PATH',
			local: 'program',
		});
	});

	test('is not disturbed by what a wrapper prints around it, and shows what stands in its place', async t => {
		const {backend, put, wrap} = await open(t);
		await put('fJE');
		await wrap({before: 'Welcome\n', after: 'Goodbye\n'});
		assert.equal((await backend.listPage(list)).jobs.length, 1);
		await wrap({before: 'use the new cluster\n', code: 0});
		const failure = await failureOf(backend.listPage(list));
		assert.deepEqual(
			[failure.kind, failure.detail],
			['malformed', 'flux jobs printed only: use the new cluster'],
		);
	});
});

describe('a look', () => {
	test('takes an id in each of its three forms, and shows the one job', async t => {
		const {backend, put, connection} = await open(t);
		await put('f2Tv1sAX', running);
		for (const form of ['f2Tv1sAX', 'ƒ2Tv1sAX', '55733911552']) {
			assert.equal((await backend.get(form, {signal})).job.id, 'f2Tv1sAX');
			assert.equal((await backend.getMany([form, 'fJE'], {signal})).jobs.get(form)?.id, 'f2Tv1sAX');
			assert.match(backend.describeLook(form), /flux jobs --json -c 0 f2Tv1sAX$/);
			const [found] = await resolveRefs([connection], [`far/${form}`]);
			assert.equal(found?.kind === 'found' && found.ref, 'far/f2Tv1sAX');
		}
	});

	test('of unknown jobs alone, and of some among others, is not-found', async t => {
		const {backend, put} = await open(t);
		await put('fJE');
		assert.equal((await failureOf(backend.get('f999', {signal}))).kind, 'not-found');
		const {jobs, failures} = await backend.getMany(['f999', 'fJE', 'today-status'], {signal});
		assert.deepEqual([[...jobs.keys()], [...failures.keys()]], [['fJE'], ['today-status']]);
		assert.deepEqual(await backend.getMany(['f999', 'f998'], {signal}), {
			jobs: new Map(),
			failures: new Map(),
		});
	});

	test('of an unknown job is not-found, whatever else is printed on its way', async t => {
		const {backend, wrap} = await open(t);
		await wrap({complaint: 'Authorized uses only\n'});
		assert.equal((await failureOf(backend.get('f999', {signal}))).kind, 'not-found');
		const record = '{"jobid": "fJE", "status": "RUN"}';
		await wrap({complaint: 'JobID f999 unknown\n', before: `{"jobs": [${record}]}\n`, code: 1});
		const {jobs} = await backend.getMany(['f999', 'fJE'], {signal});
		assert.deepEqual([...jobs.keys()], ['fJE'], 'the exit code changes nothing of a whole answer');
		await wrap({complaint: 'JobID f999 unknown\n', code: 1});
		const {failures} = await backend.getMany(['f999', 'f998'], {signal}).catch(error => ({failures: error}));
		assert.ok(failures instanceof BackendError, 'nothing was said of one of them');
	});

	test('that says nothing of a job does not call it unknown', async t => {
		const {backend, put, wrap} = await open(t);
		await put('fJE');
		await wrap({before: '{"jobs": [{"jobid": "fJE", "status": "RUN"}]}\n', code: 0});
		const {jobs, failures} = await backend.getMany(['fJE', 'fJF'], {signal});
		assert.deepEqual([[...jobs.keys()], failures.get('fJF')?.kind], [['fJE'], 'malformed']);
	});

	test('shows the events of a job, and who cancelled it', async t => {
		const {backend, put} = await open(t);
		const submit = {timestamp: 1_767_222_000.25, name: 'submit', context: {userid: 1001, urgency: 16}};
		const events = [
			submit,
			{timestamp: 1_767_222_000.5, name: 'validate'},
			{timestamp: 1_767_225_000.5, name: 'start'},
			// A word of its own, although every object has it.
			{timestamp: 1_767_225_000.75, name: 'constructor'},
		];
		await put('fJE', running, {events});
		await backend.cancel('fJE', {signal});
		await backend.look('fJE', {signal});
		const {job, fields, timeline, raw} = await backend.get('fJE', {signal});
		assert.deepEqual(job.endedBy, {kind: 'cancelled', by: 'alice'});
		assert.deepEqual(
			timeline.map(({what, detail}) => [what, detail]),
			[
				['Submitted', undefined],
				['Started', undefined],
				['constructor', undefined],
				['Exception', 'cancel, by alice'],
			],
		);
		const values = Object.fromEntries(fields);
		assert.deepEqual([values.State, values['Return code'], values['Flux id']], ['CANCELED', '143', 'ƒJE']);
		assert.match(raw, /"name":"exception"/);
	});

	test("at another person's job is complete without its events, which Flux does not show", async t => {
		const {backend, put} = await open(t);
		await put('fJE', {...completed, ...bob});
		const {job, timeline} = await backend.get('fJE', {signal});
		assert.deepEqual([job.phase, job.mine], ['succeeded', false]);
		assert.deepEqual(
			timeline.map(({what}) => what),
			['Submitted', 'Started', 'Ended'],
		);
	});

	test('without a broker is unreachable, and never takes a job for gone', async t => {
		const {backend, put, stopBroker} = await open(t);
		await put('fJE', running);
		await stopBroker();
		for (const ask of [
			() => backend.listPage(list),
			() => backend.get('fJE', {signal}),
			() => backend.getMany(['fJE'], {signal}),
			() => backend.cancel('fJE', {signal}),
		]) {
			assert.deepEqual(await failureOf(ask()), {
				kind: 'unreachable',
				detail: 'Unable to connect to Flux: broker socket /run/flux/local was not found',
			});
		}
		assert.deepEqual(await backend.system({signal}), {kind: 'flux'});
	});
});

describe('a cancellation', () => {
	test('answers for each of many jobs, though flux names only those that it refuses', async t => {
		const {backend, put, calls} = await open(t);
		await put('f2bGzJKq', completed);
		await put('f39Xxfy1', {urgency: 0});
		await put('f2Tv1sAX', running);
		await put('fJF', {...running, ...bob});
		const answers = await backend.cancelMany(['f2bGzJKq', '999', 'ƒ39Xxfy1', 'f2Tv1sAX', 'fJF'], {signal});
		assert.deepEqual(kindsOf(answers), {
			f2bGzJKq: 'too-late',
			'999': 'not-found',
			ƒ39Xxfy1: 'accepted',
			f2Tv1sAX: 'accepted',
			fJF: 'forbidden',
		});
		assert.deepEqual(await calls(), [['cancel', 'f2bGzJKq', 'fJE', 'f39Xxfy1', 'f2Tv1sAX', 'fJF']]);
	});

	test('of a job that ignores SIGTERM is followed through CLEANUP to its end, and may be repeated', async t => {
		const {backend, put} = await open(t);
		await put('fJE', running, {stubborn: 1});
		assert.equal((await backend.cancel('fJE', {signal})).kind, 'accepted');
		assert.equal((await backend.cancel('fJE', {signal})).kind, 'accepted');
		const look = async () => {
			const {phase, endedBy} = await backend.look('fJE', {signal});
			return [phase, endedBy?.kind];
		};
		assert.deepEqual(
			[await look(), await look(), await look()],
			[
				['stopping', undefined],
				['stopping', undefined],
				['cancelled', 'cancelled'],
			],
		);
	});

	test('no text that is not the id of one job reaches flux cancel', async t => {
		const {backend, put, calls} = await open(t);
		await put('fJE');
		const hostile = fc.oneof(
			fc.constantFrom(
				...['', ' ', '--all', '-u', 'all', '--user=all', '-S', 'run', '*', 'ƒ', 'f', 'fJE fJF', 'fJE\nfJF'],
				...['-1', '0x3e7', 'f0', 'f1JE', '18446744073709551615', 'fJE\0', ' fJE', '٣', '１', 'any', '--'],
			),
			fc.string(),
			fc.string({unit: fc.constantFrom(...'fƒJE01-. *')}),
		);
		await fc.assert(
			fc.asyncProperty(hostile, fc.boolean(), async (id, many) => {
				// What is an id may be sent: another test says what becomes of it.
				fc.pre(!/^(?:[fƒ][1-9A-HJ-NP-Za-km-z]+|\d+)$/.test(id) || readId(id) === undefined);
				const answer = many
					? (await backend.cancelMany([id, id], {signal})).get(id)
					: await backend.cancel(id, {signal}).catch((error: unknown) => (error as BackendError).failure);
				assert.equal((answer as Failure).kind, 'rejected', JSON.stringify(id));
				assert.throws(() => backend.describeCancel([id]), BackendError);
				assert.throws(() => backend.describeLook(id), BackendError);
			}),
			{numRuns: 300},
		);
		assert.deepEqual(await backend.cancelMany([], {signal}), new Map());
		assert.deepEqual(await calls(), []);
	});

	test('in calls of a thousand ids', async t => {
		const {backend} = await open(t);
		const lines = backend.describeCancel(Array.from({length: 2500}, (_, n) => String(n + 1)));
		assert.deepEqual(
			lines.map(line => line.split(' ').length),
			[1002, 1002, 502],
		);
	});
});

describe('a log', () => {
	const data = (text: string, more = {}) => ({
		timestamp: 1_767_225_001.5,
		name: 'data',
		context: {stream: 'stdout', rank: '0', data: text, ...more},
	});

	test('is what Flux keeps of the output, in the order in which it came', async t => {
		const {backend, put, calls} = await open(t);
		const header = {timestamp: 1_767_225_000.75, name: 'header', context: {version: 1}};
		const eof = {...data(''), context: {stream: 'stdout', rank: '0', eof: true}};
		const output = [
			header,
			data('hello\n'),
			data('oops\n', {stream: 'stderr'}),
			data('d8O2cmxkCg==', {encoding: 'base64'}),
			eof,
		];
		await put('fJE', running, {output});
		await put('fJF', completed, {output: output.slice(0, 3)});
		const first = await backend.logs('fJE', {signal});
		assert.deepEqual([first.text, first.ended], ['hello\noops\nwörld\n', undefined]);
		const again = await backend.logs('fJE', {signal, after: first.cursor as string});
		assert.deepEqual([again.text, again.anew], ['', undefined]);
		const {text, ended} = await backend.logs('fJF', {signal});
		assert.deepEqual([text, ended], ['hello\noops\n', true]);
		assert.ok((await calls()).every(call => !call.includes('attach')));
	});

	test('is the file that the output was redirected to, below the folder of the job', async t => {
		const {backend, put, folder} = await open(t);
		await mkdir(join(folder, 'work'));
		await writeFile(join(folder, 'work', 'out.txt'), 'from the file\n');
		const redirect = (path: string) => ({
			timestamp: 1_767_225_001,
			name: 'redirect',
			context: {stream: 'stdout', rank: '0', path},
		});
		await put('fJE', {...running, cwd: join(folder, 'work')}, {output: [redirect('out.txt')]});
		await put('fJF', running, {output: [redirect(join(folder, 'work', 'out.txt'))]});
		for (const id of ['fJE', 'fJF']) assert.equal((await backend.logs(id, {signal})).text, 'from the file\n');
	});

	test('that is not there is refused in words', async t => {
		const {backend, put} = await open(t);
		await put('fJE');
		await put('fJF', running);
		await put('fJG', completed);
		await put('fJH', {...completed, t_run: undefined});
		await put('fJJ', {...running, ...bob}, {output: []});
		const words = await Promise.all(
			['fJE', 'fJF', 'fJG', 'fJH', 'fJJ'].map(async id => {
				const {kind, detail} = await failureOf(backend.logs(id, {signal}));
				return `${kind}: ${detail}`;
			}),
		);
		assert.deepEqual(words, [
			'not-found: no log yet: the job waits',
			'not-found: no log yet: the job is starting',
			'not-found: Flux has no output of this job',
			'not-found: this job never started',
			'forbidden: flux_job_eventlog_lookup_get: Operation not permitted',
		]);
	});
});

test('an instance is known by its first host and its socket, and may be named in the profile', async t => {
	const {backend, put} = await open(t, {uri: 'local:///run/flux/local'});
	assert.deepEqual(await backend.system({signal}), {
		kind: 'flux',
		leader: 'fluke1',
		socket: 'local:///run/flux/local',
	});
	await put('fJE');
	assert.equal((await backend.listPage(list)).jobs.length, 1);
});

test('over ssh, jobs are those of the user there, and the program gets the same arguments', async t => {
	const {backend, put, calls} = await open(t, {ssh: true});
	await put('fJE', running);
	await put('fJF', bob);
	assert.deepEqual(
		(await backend.listPage({...list, everyone: true})).jobs.map(({id, mine}) => [id, mine]).sort(),
		[
			['fJE', true],
			['fJF', false],
		],
	);
	assert.equal((await backend.cancel('fJE', {signal})).kind, 'accepted');
	assert.deepEqual((await calls()).at(-1), ['cancel', 'fJE']);
	assert.match(backend.describeCancel(['fJE'])[0] ?? '', /^ssh login1 '.*flux cancel fJE'$/);
	assert.deepEqual(await backend.system({signal}), {
		kind: 'flux',
		leader: 'fluke1',
		socket: 'local:///run/flux/local',
		host: 'login1',
	});
});

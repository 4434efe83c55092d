/*
What the Weaver backend makes of the answers of a real server (Weaver 6, recorded), and of answers that a server should not give.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {type TestContext, test} from 'node:test';
import {readTime} from '../source/backends/read-time.ts';
import {weaver} from '../source/backends/weaver/index.ts';
import {readJob, statuses} from '../source/backends/weaver/wire.ts';
import {BackendError, type FailureKind} from '../source/job/failure.ts';
import type {Job} from '../source/job/job.ts';

const {signal} = new AbortController();
const list = {everyone: true, ended: true, signal};

type Answer = {readonly status: number; readonly type?: string; readonly body: string};
const recorded: Readonly<Record<string, Answer>> = JSON.parse(
	readFileSync(new URL('fixtures/weaver/answers.json', import.meta.url), 'utf8'),
);

const runningId = 'f255b567-212a-4c1b-aa4d-b368174f2ee3';

const answer = (status: number, body: unknown): Answer => ({status, body: JSON.stringify(body)});

/** The backend before a server that gives these answers, one after the other. */
const answeredWith = async (t: TestContext, ...answers: readonly (Answer | string)[]) => {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		const next = answers[asked.length] ?? answers.at(-1) ?? '';
		asked.push(`${request.method} ${request.url}`);
		const {status, type = 'application/json', body} = typeof next === 'string' ? recordedAs(next) : next;
		response.writeHead(status, {'content-type': type}).end(body);
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const backend = weaver.connect('far', {url});
	t.after(async () => {
		await backend.close?.();
		server.closeAllConnections();
		server.close();
	});
	const {get, cancel, delete: remove, logs} = backend;
	assert.ok(get && cancel && remove && logs);
	return {listPage: backend.listPage, get, cancel, remove, logs, asked};
};

const recordedAs = (name: string): Answer => recorded[name] ?? assert.fail(`no answer ${name} is recorded`);

const failsAs = async (promise: Promise<unknown>, kind: FailureKind, words = /./): Promise<void> => {
	await assert.rejects(promise, (error: unknown) => {
		assert.ok(error instanceof BackendError, String(error));
		assert.equal(error.failure.kind, kind, error.message);
		assert.match(error.failure.detail, words);
		return true;
	});
};

test('a recorded page of the list becomes jobs', async t => {
	const {listPage, asked} = await answeredWith(t, 'detailed-list');
	const page = await listPage(list);
	assert.deepEqual(page, {
		jobs: [
			{
				ref: 'far/6aa6ba1e-b5a7-4644-8bf9-f41fa1dc7c79',
				profile: 'far',
				backend: 'weaver',
				id: '6aa6ba1e-b5a7-4644-8bf9-f41fa1dc7c79',
				mine: true,
				name: 'sleeper',
				kind: 'sleeper',
				phase: 'running',
				status: 'running',
				terminal: false,
				reason: 'working',
				createdAt: Date.UTC(2026, 10, 22, 7, 19, 38, 774),
				startedAt: Date.UTC(2026, 10, 22, 7, 19, 39, 279),
				progress: {percent: 5},
			},
		],
		unreadable: 0,
		cursor: '1/6',
		covers: 'everything',
	});
	assert.deepEqual(asked, ['GET /jobs?detail=true&limit=500&page=0&sort=created']);
});

test('a list of bare ids becomes jobs of which nothing else is known', async t => {
	const {listPage} = await answeredWith(t, 'bare-list');
	const {jobs, unreadable, cursor, covers} = await listPage(list);
	assert.equal(jobs.length, 6);
	assert.deepEqual([unreadable, cursor, covers], [0, undefined, 'everything']);
	for (const job of jobs) {
		assert.deepEqual([job.name, job.phase, job.status, job.terminal], [job.id, 'unknown', '', false]);
	}
});

const looks: readonly (readonly [name: string, expected: Partial<Job>])[] = [
	['running', {phase: 'running', terminal: false, reason: 'working', progress: {percent: 5}}],
	['successful', {phase: 'succeeded', terminal: true, endedAt: Date.UTC(2026, 10, 22, 7, 19, 40, 144)}],
	['failed', {phase: 'failed', terminal: true, error: {kind: 'failed', message: 'done'}}],
	['dismissed', {phase: 'cancelled', terminal: true, endedAt: Date.UTC(2026, 10, 22, 7, 19, 42, 765)}],
];

for (const [name, expected] of looks) {
	test(`a recorded ${name} job is read as it is`, async t => {
		const {id} = JSON.parse(recordedAs(name).body);
		const {get, asked} = await answeredWith(t, name);
		const {job, fields, timeline, raw} = await get(id, {signal});
		assert.deepEqual({...job, ...expected}, job);
		assert.deepEqual(asked, [`GET /jobs/${id}`]);
		assert.deepEqual(fields[0], ['Process', 'sleeper']);
		assert.equal(timeline[0]?.what, 'created');
		assert.deepEqual(JSON.parse(raw), JSON.parse(recordedAs(name).body));
	});
}

test('the recorded logs are lines', async t => {
	const {logs} = await answeredWith(t, 'logs');
	const lines = (await logs(runningId, {signal})).text.split('\n');
	assert.equal(lines.length, 2);
	assert.match(lines[1] ?? '', /running {4}Job started\.$/);
});

test('a 200 that says dismissed is done', async t => {
	const {cancel, asked} = await answeredWith(t, 'dismissal');
	assert.deepEqual(await cancel(runningId, {signal}), {kind: 'done', detail: 'Job dismissed.'});
	assert.deepEqual(asked, [`DELETE /jobs/${runningId}`]);
});

test('a 410 says that it had been dismissed before', async t => {
	const {cancel, remove, asked} = await answeredWith(t, 'second-dismissal');
	assert.equal((await cancel(runningId, {signal})).kind, 'already');
	await remove(runningId, {signal});
	assert.equal(asked.length, 2);
});

const receipts: readonly (readonly [what: string, answer: Answer, kind: string])[] = [
	['says that it still runs', answer(200, {jobID: runningId, status: 'running'}), 'accepted'],
	['says it in openEO words', answer(200, {id: runningId, status: 'CANCELLED'}), 'done'],
	['says nothing', {status: 200, body: ''}, 'accepted'],
	['says something else', answer(200, ['ok']), 'accepted'],
	['is a 202', answer(202, {jobID: runningId, status: 'dismissed'}), 'accepted'],
	['is a 204', {status: 204, body: ''}, 'accepted'],
];
for (const [what, given, kind] of receipts) {
	test(`a dismissal whose answer ${what} is ${kind}`, async t => {
		const {cancel, asked} = await answeredWith(t, given);
		assert.equal((await cancel(runningId, {signal})).kind, kind);
		assert.equal(asked.length, 1);
	});
}

const refusals: readonly (readonly [
	what: string,
	answer: Answer | string,
	kind: FailureKind,
	words: RegExp,
])[] = [
	['of an unknown job', 'unknown-job', 'not-found', /404/],
	['of an id that is no UUID', 'no-uuid', 'not-found', /UUID/],
	['that is not allowed', answer(405, {}), 'rejected', /cannot dismiss jobs \(405\)/],
	['that is not implemented', answer(501, {}), 'rejected', /cannot dismiss jobs \(501\)/],
	['that meets a login page', {status: 200, body: '<html><title>Login</title>'}, 'malformed', /Login/],
	['that names another job', answer(200, {jobID: 'other', status: 'dismissed'}), 'malformed', /other/],
];
for (const [what, given, kind, words] of refusals) {
	test(`a dismissal ${what} is ${kind}`, async t => {
		const {cancel, asked} = await answeredWith(t, given);
		await failsAs(cancel(runningId, {signal}), kind, words);
		assert.equal(asked.length, 1);
	});
}

test('a job that answers to another id is not believed', async t => {
	const {get} = await answeredWith(t, 'successful');
	await failsAs(get(runningId, {signal}), 'malformed', /asked for f255b567/);
});

test('a server that does not know the words of the filter is asked without it, once and for all', async t => {
	const ended = answer(200, {
		jobs: [
			{jobID: 'a', status: 'successful'},
			{jobID: 'b', status: 'running'},
		],
		page: 0,
		total: 2,
	});
	const {listPage, asked} = await answeredWith(t, 'unknown-status', ended);
	for (let time = 0; time < 2; time += 1) {
		const {jobs, covers} = await listPage({...list, ended: false});
		assert.deepEqual(
			jobs.map(job => job.id),
			['b'],
		);
		assert.equal(covers, 'everything');
	}
	assert.match(asked[0] ?? '', /status=created%2Caccepted%2Cqueued%2Cstarted%2Crunning%2Cpaused$/);
	assert.equal(asked.length, 3);
	for (const line of asked.slice(1)) assert.doesNotMatch(line, /status=/);
});

test('another refusal of the list is not taken for one of the filter', async t => {
	const {listPage, asked} = await answeredWith(
		t,
		answer(400, {status: 400, detail: 'no', value: {limit: 500}}),
	);
	await failsAs(listPage({...list, ended: false}), 'rejected');
	assert.equal(asked.length, 1);
});

test('a page past the end ends the list, and says that it was not all of it', async t => {
	const past = answer(400, {code: 'JobInvalidParameter', value: {page: 7}});
	const {listPage} = await answeredWith(t, past);
	assert.deepEqual(await listPage({...list, cursor: '7/4000'}), {jobs: [], unreadable: 0, covers: 'part'});
});

test('a list that changed its length between two pages was not all of it', async t => {
	const {listPage} = await answeredWith(t, answer(200, {jobs: ['a'], page: 1, total: 501}));
	assert.equal((await listPage({...list, cursor: '1/501'})).covers, 'everything');
	assert.equal((await listPage({...list, cursor: '1/502'})).covers, 'part');
});

test('a server that does not count its pages is read once', async t => {
	const jobs = Array.from({length: 500}, (_, n) => `job-${n}`);
	const {listPage} = await answeredWith(t, answer(200, {jobs}));
	const {cursor, covers} = await listPage(list);
	assert.deepEqual([cursor, covers], [undefined, 'part']);
});

test('an answer of another shape is malformed', async t => {
	const {listPage, get} = await answeredWith(t, answer(200, {groups: []}));
	await failsAs(listPage(list), 'malformed', /no list/);
	await failsAs(get(runningId, {signal}), 'malformed', /no job/);
});

test('records are read one by one, and lesser fields cost none of them its row', () => {
	assert.equal(readJob({jobID: 'a'}, 'far'), undefined);
	assert.equal(readJob({jobID: 7, status: 'running'}, 'far'), undefined);
	assert.equal(readJob(null, 'far'), undefined);
	assert.equal(readJob({jobID: 'a\u001b[2J', status: 'running'}, 'far'), undefined);
	const job = readJob(
		{jobID: 'a', status: 'running', title: 7, progress: 'half', created: 'today', links: 3},
		'far',
	);
	assert.deepEqual(
		{...job},
		{
			ref: 'far/a',
			profile: 'far',
			backend: 'weaver',
			id: 'a',
			mine: true,
			name: 'a',
			phase: 'running',
			status: 'running',
			terminal: false,
		},
	);
});

test('every word of the three vocabularies has its phase, in any spelling', () => {
	for (const [word, phase] of Object.entries(statuses)) {
		for (const status of [word, word.toUpperCase(), word.replace('canceled', 'cancelled')]) {
			const job = readJob({jobID: 'a', status}, 'far');
			assert.equal(job?.phase, phase, status);
			assert.equal(job?.status, status);
		}
	}
});

test('an end is told only of a job that has ended', () => {
	const finished = '2026-11-22T07:19:40+00:00';
	assert.equal(readJob({jobID: 'a', status: 'running', finished}, 'far')?.endedAt, undefined);
	assert.equal(readJob({jobID: 'a', status: 'failed', finished}, 'far')?.endedAt, Date.parse(finished));
});

test('a time without a zone is UTC, and a strange one is none', () => {
	const at = Date.UTC(2026, 7, 20, 10, 0, 0, 123);
	for (const time of [
		'2026-08-20T10:00:00.123456+00:00',
		'2026-08-20T10:00:00.123Z',
		'2026-08-20 10:00:00.123456',
		'2026-08-20T12:00:00.123+02:00',
		'2026-08-20T12:00:00.123+0200',
		'2026-08-20T12:00:00.123+02',
	]) {
		assert.equal(readTime(time), at, time);
	}
	assert.equal(readTime('2026-08-20'), Date.UTC(2026, 7, 20));
	for (const time of ['', 'today', '20 Aug 2026', '2026-13-45T10:00:00Z', null, undefined]) {
		assert.equal(readTime(time), undefined, String(time));
	}
});

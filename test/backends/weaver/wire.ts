/*
What the Weaver backend makes of the answers of a real server (Weaver 6, recorded), and of answers that a server should not give.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {type TestContext, test} from 'node:test';
import {statuses} from '../../../source/backends/ogc/common-traits.ts';
import {readJob} from '../../../source/backends/ogc/wire.ts';
import {readTime} from '../../../source/backends/read-time.ts';
import {weaver} from '../../../source/backends/weaver/index.ts';
import type {FailureKind} from '../../../source/job/failure.ts';
import type {Job} from '../../../source/job/job.ts';
import {type CannedAnswer as Answer, answer, startAnswering} from '../../helpers/answering-server.ts';
import {failsAs} from '../../helpers/backend.ts';

const {signal} = new AbortController();
const home = {profile: 'far', backend: 'weaver'} as const;
const list = {everyone: true, ended: true, signal};

const recorded: Readonly<Record<string, Answer>> = JSON.parse(
	readFileSync(new URL('../../fixtures/weaver/answers.json', import.meta.url), 'utf8'),
);

const runningId = 'f255b567-212a-4c1b-aa4d-b368174f2ee3';

/** The backend before a server that gives these answers, one after the other. */
const answeredWith = async (t: TestContext, ...answers: readonly (Answer | string)[]) => {
	const canned = answers.map(next => (typeof next === 'string' ? recordedAs(next) : next));
	const {asked, url} = await startAnswering(t, canned);
	const backend = weaver.connect('far', {url});
	t.after(() => backend.close?.());
	const {get, cancel, delete: remove, logs, results} = backend;
	assert.ok(get && cancel && remove && logs && results);
	return {listPage: backend.listPage, get, cancel, remove, logs, results, asked};
};

const recordedAs = (name: string): Answer => recorded[name] ?? assert.fail(`no answer ${name} is recorded`);

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

const looks: readonly (readonly [
	name: string,
	expected: {readonly [Field in keyof Job]?: Job[Field] | undefined},
])[] = [
	['running', {phase: 'running', terminal: false, reason: 'working', progress: {percent: 5}}],
	['successful', {phase: 'succeeded', terminal: true, endedAt: Date.UTC(2026, 10, 22, 7, 19, 40, 144)}],
	['failed', {phase: 'failed', terminal: true, error: {kind: 'failed', message: 'done'}}],
	// It had begun, and no worker has ended it: that proves no end, and has no time.
	['dismissed', {phase: 'cancelled', terminal: true, unproven: 'may-run', endedAt: undefined}],
];

for (const [name, expected] of looks) {
	test(`a recorded ${name} job is read unchanged`, async t => {
		const {id} = JSON.parse(recordedAs(name).body);
		const {get, asked} = await answeredWith(t, name);
		const {job, fields, timeline, raw} = await get(id, {signal});
		for (const [field, value] of Object.entries(expected)) {
			assert.deepEqual(job[field as keyof Job], value, field);
		}
		assert.deepEqual(asked, [`GET /jobs/${id}`]);
		assert.deepEqual(fields[0], ['Process', 'sleeper']);
		assert.equal(timeline[0]?.what, 'created');
		assert.deepEqual(JSON.parse(raw), JSON.parse(recordedAs(name).body));
	});
}

const dismissals = [
	['had begun', {started: '2026-11-22T07:19:40Z', finished: null}, 'may-run', 'may-run'],
	['had not begun', {started: null, finished: null}, 'may-start', 'may-start'],
	['has ended', {started: '2026-11-22T07:19:40Z', finished: '2026-11-22T07:19:42Z'}, undefined, undefined],
	// Of another server that tells no end of any job nothing can be concluded.
	['is told without them', {}, 'may-start', undefined],
] as const;

for (const [what, times, weaver, ogc] of dismissals) {
	test(`a dismissed job that ${what} proves its end or does not`, () => {
		const record = {jobID: 'a', status: 'dismissed', updated: '2026-11-22T07:19:42Z', ...times};
		for (const [backend, unproven] of [
			['weaver', weaver],
			['ogc', ogc],
		] as const) {
			const job = readJob(record, {profile: 'far', backend});
			assert.equal(job?.unproven, unproven);
			assert.equal(job?.endedAt === undefined, unproven !== undefined);
		}
		assert.equal(
			readJob({...record, status: 'running'}, {profile: 'far', backend: 'weaver'})?.unproven,
			undefined,
		);
	});
}

test('the recorded logs are lines', async t => {
	const {logs, asked} = await answeredWith(t, 'running', 'logs');
	const {id} = JSON.parse(recordedAs('running').body);
	const {text, ended} = await logs(id, {signal});
	const lines = text.split('\n');
	assert.equal(lines.length, 3);
	assert.match(lines[1] ?? '', /running {4}Job started\.$/);
	assert.equal(lines[2], '');
	assert.equal(ended, undefined, 'the job is at work');
	assert.deepEqual(asked, [`GET /jobs/${id}`, `GET /jobs/${id}/logs`]);
});

const status = (word: string) => answer(200, {jobID: 'a', status: word});

test('a later request for a log gives the new lines, and its end is reported', async t => {
	const {logs} = await answeredWith(
		t,
		...[status('running'), answer(200, ['one', 'two'])],
		...[status('running'), answer(200, ['one', 'two'])],
		...[status('successful'), {status: 200, type: 'text/plain', body: 'one\ntwo\nthree\n'}],
		...[status('successful'), answer(200, ['another', 'two', 'three'])],
	);
	const first = await logs('a', {signal});
	assert.deepEqual({...first, cursor: ''}, {text: 'one\ntwo\n', cursor: ''});
	assert.ok(first.cursor);
	const second = await logs('a', {signal, after: first.cursor});
	assert.deepEqual(second, {text: '', cursor: first.cursor});
	const third = await logs('a', {signal, after: first.cursor});
	assert.deepEqual({...third, cursor: ''}, {text: 'three\n', cursor: '', ended: true});
	const fourth = await logs('a', {signal, after: third.cursor ?? ''});
	assert.deepEqual(
		{...fourth, cursor: ''},
		{text: 'another\ntwo\nthree\n', cursor: '', anew: true, ended: true},
	);
});

test('a foreign place in a log gives the whole log', async t => {
	for (const after of ['', '9-x', '-1-x', '1', 'NaN']) {
		const {logs} = await answeredWith(t, status('running'), answer(200, ['one']));
		const {text, anew} = await logs('a', {signal, after});
		assert.deepEqual([text, anew], ['one\n', true], after);
	}
});

test('of a very long log the end is shown, and marked as cut', async t => {
	const lines = Array.from({length: 30_000}, (_, n) => `line ${n} of the log`);
	const {logs} = await answeredWith(t, status('running'), answer(200, lines));
	const {text, cut, anew} = await logs('a', {signal});
	assert.ok(text.length <= 200_000);
	assert.match(text, /^line \d+ of the log\n/);
	assert.match(text, /line 29999 of the log\n$/);
	assert.deepEqual([cut, anew], [true, undefined]);
	// More came at once than is told: what was told before does not stand right before it.
	const more = await answeredWith(
		t,
		status('running'),
		answer(200, ['one']),
		status('running'),
		answer(200, ['one', ...lines]),
	);
	const first = await more.logs('a', {signal});
	const second = await more.logs('a', {signal, after: first.cursor ?? ''});
	assert.deepEqual([second.cut, second.anew], [true, true]);
});

test('the exceptions of a failed job stand behind its log', async t => {
	const exceptions = answer(200, [{Code: 'NoApplicableCode', Locator: null, Text: 'No pixels.\n'}, 'Stop.']);
	const {logs, asked} = await answeredWith(t, status('failed'), answer(200, ['one']), exceptions);
	const {text, ended} = await logs('a', {signal});
	assert.equal(text, 'one\nNoApplicableCode: No pixels.\nStop.\n');
	assert.equal(ended, true);
	assert.equal(asked[2], 'GET /jobs/a/exceptions');
});

test('a log that was removed with the dismissal is reported as removed', async t => {
	const {logs} = await answeredWith(t, status('dismissed'), 'second-dismissal');
	await failsAs(logs('a', {signal}), 'not-found', /removed when it was dismissed/);
});

test('the outputs are listed by name, with their value or address', async t => {
	const signed = 'https://bucket.example.org/a.tif?X-Amz-Signature=abc';
	const {results, asked} = await answeredWith(
		t,
		answer(200, {
			outputs: {
				area: 12.5,
				note: {value: 'two\nlines', mediaType: 'text/plain'},
				tiles: [
					{href: 'https://example.org/a.tif', type: 'image/tiff'},
					{href: signed, type: 'image/tiff'},
				],
				large: 'x'.repeat(50_000),
				picture: {value: 'iVBORw0KGgo=', encoding: 'base64', mediaType: 'image/png'},
			},
			links: [],
		}),
	);
	assert.deepEqual(await results('a', {signal}), [
		{name: 'area', value: '12.5'},
		{name: 'note', value: 'two\nlines', kind: 'text/plain'},
		{name: 'tiles/0', url: 'https://example.org/a.tif', kind: 'image/tiff'},
		{name: 'tiles/1', kind: 'image/tiff'},
		{name: 'large', size: 50_000},
		{name: 'picture', size: 8, kind: 'image/png'},
	]);
	assert.deepEqual(asked, ['GET /jobs/a/outputs']);
});

test('an address that alone gives access is never shown', async t => {
	const signed = 'https://bucket.example.org/a.tif?X-Amz-Signature=abcdef0123';
	const outputs = {told: {value: `see ${signed}`}, bare: signed, here: {href: '/out/a.tif?sig=abcdef0123'}};
	const {get, results} = await answeredWith(
		t,
		answer(200, {
			jobID: 'a',
			status: 'running',
			message: 'working',
			links: [{rel: 'results', href: signed}],
		}),
		answer(200, {outputs, links: []}),
	);
	const {raw, fields} = await get('a', {signal});
	const left = await results('a', {signal});
	assert.doesNotMatch(JSON.stringify([raw, fields, left]), /abcdef0123/);
	assert.match(raw, /"https:\/\/bucket\.example\.org\/a\.tif"/);
	assert.deepEqual(left, [
		{name: 'told', value: 'see https://bucket.example.org/a.tif'},
		{name: 'bare', value: 'https://bucket.example.org/a.tif'},
		{name: 'here', url: '/out/a.tif'},
	]);
});

test('the outputs are read in their older form too', async t => {
	const {results} = await answeredWith(
		t,
		answer(200, {
			outputs: [
				{id: 'out', href: 'https://example.org/o', mimeType: 'text/csv'},
				{id: 'n', value: 3},
			],
		}),
	);
	assert.deepEqual(await results('a', {signal}), [
		{name: 'out', url: 'https://example.org/o', kind: 'text/csv'},
		{name: 'n', value: '3'},
	]);
});

const noResults: readonly (readonly [
	what: string,
	answer: Answer | string,
	kind: FailureKind,
	words: RegExp,
])[] = [
	[
		'has not ended',
		answer(404, {title: 'JobResultsNotReady', cause: {status: 'running'}}),
		'conflict',
		/not ended/,
	],
	['failed', answer(400, {title: 'JobResultsFailed', status: 400}), 'conflict', /failed job has no results/],
	['was dismissed', 'second-dismissal', 'not-found', /removed when it was dismissed/],
	['is unknown', 'unknown-job', 'not-found', /404/],
];
for (const [what, given, kind, words] of noResults) {
	test(`why a job that ${what} has no results is said in plain words`, async t => {
		const {results} = await answeredWith(t, given);
		await failsAs(results('a', {signal}), kind, words);
	});
}

test('a 200 that says dismissed is done', async t => {
	const {cancel, asked} = await answeredWith(t, 'dismissal');
	assert.deepEqual(await cancel(runningId, {signal}), {kind: 'done', detail: 'Job dismissed.'});
	assert.deepEqual(asked, [`DELETE /jobs/${runningId}`]);
});

test('a 410 says that it had been dismissed before', async t => {
	const {cancel, asked} = await answeredWith(t, 'second-dismissal');
	assert.equal((await cancel(runningId, {signal})).kind, 'already');
	assert.equal(asked.length, 1);
});

test('what is to be deleted is looked at first, and a job that a known word does not call ended is left alone', async t => {
	for (const word of ['running', 'accepted', 'created', 'rebalancing']) {
		const {remove, asked} = await answeredWith(t, status(word));
		await failsAs(remove('a', {signal}), 'conflict', /has not ended .*deleting never cancels/);
		assert.deepEqual(asked, ['GET /jobs/a']);
	}
	for (const word of ['successful', 'failed', 'dismissed']) {
		const {remove, asked} = await answeredWith(
			t,
			status(word),
			answer(200, {jobID: 'a', status: 'dismissed'}),
		);
		await remove('a', {signal});
		assert.deepEqual(asked, ['GET /jobs/a', 'DELETE /jobs/a']);
	}
	const {remove} = await answeredWith(t, status('successful'), 'second-dismissal');
	await remove('a', {signal});
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
	await failsAs(listPage(list), 'malformed', /not a list/);
	await failsAs(get(runningId, {signal}), 'malformed', /not a job/);
});

test('records are read one by one, and unreadable lesser fields cost no record its row', () => {
	assert.equal(readJob({jobID: 'a'}, home), undefined);
	assert.equal(readJob({jobID: 7, status: 'running'}, home), undefined);
	assert.equal(readJob(null, home), undefined);
	assert.equal(readJob({jobID: 'a\u001b[2J', status: 'running'}, home), undefined);
	const job = readJob(
		{jobID: 'a', status: 'running', title: 7, progress: 'half', created: 'today', links: 3},
		home,
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
			const job = readJob({jobID: 'a', status}, home);
			assert.equal(job?.phase, phase, status);
			assert.equal(job?.status, status);
		}
	}
});

test('only an ended job has an end', () => {
	const finished = '2026-11-22T07:19:40+00:00';
	assert.equal(readJob({jobID: 'a', status: 'running', finished}, home)?.endedAt, undefined);
	assert.equal(readJob({jobID: 'a', status: 'failed', finished}, home)?.endedAt, Date.parse(finished));
});

test('a time without a zone is UTC, and a strange one is absent', () => {
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

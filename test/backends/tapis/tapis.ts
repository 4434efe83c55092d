/*
What is particular about Tapis, against the embedded server and answers that its source rules in.
*/

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {type TestContext, test} from 'node:test';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import type {Backend} from '../../../source/backends/backend.ts';
import {statuses} from '../../../source/backends/tapis/facts.ts';
import {type TapisOptions, tapis} from '../../../source/backends/tapis/index.ts';
import {expiredWords, readClaims} from '../../../source/backends/tapis/token.ts';
import {liveWords, readJob} from '../../../source/backends/tapis/wire.ts';
import {type Answer, type FaultHandler, html, json, send} from '../../../source/demo/faults.ts';
import {createScenario} from '../../../source/demo/scenario.ts';
import {startTapisServer, tapisApps, tapisToken} from '../../../source/demo/tapis-server.ts';
import {createWorld} from '../../../source/demo/world.ts';
import {zip} from '../../../source/demo/zip.ts';
import {BackendError} from '../../../source/job/failure.ts';
import {isEnd, phaseOf} from '../../../source/job/phase.ts';
import {targetOf} from '../../../source/job/target.ts';
import {failsAs, readAll} from '../../helpers/backend.ts';
import {openEngine, temporaryDirectory} from '../../helpers/engine.ts';
import {fc} from '../../helpers/fast-check.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';

const year = 365 * 86_400_000;
const token = tapisToken('amara', Date.now() + year);
const {signal} = new AbortController();
const everything = {everyone: true, ended: true, signal};
const mesh = {name: 'mesh', process: 'openfoam'};
const unknown = '11111111-2222-4333-8444-555555555555-007';

type Settings = Partial<TapisOptions> & {
	readonly jobs?: number;
	readonly noticeMs?: number;
	readonly sent?: string;
	readonly path?: string;
	/** What stands before the host of the address. */
	readonly user?: string;
};

/** An embedded Tapis, and a backend before it. */
const open = async (t: TestContext, settings: Settings = {}) => {
	const {jobs = 0, noticeMs, sent = token, path = '', user = '', ...options} = settings;
	const time = createManualClock();
	const scenario = createScenario({seed: 'tapis', jobs, processes: tapisApps});
	const world = createWorld({scenario, clock: time.clock});
	const server = await startTapisServer({
		world,
		clock: time.clock,
		seed: 'test',
		token,
		user: 'amara',
		...(noticeMs !== undefined && {noticeMs}),
	});
	const backend = tapis.connect('w', {
		url: server.url.replace('//', `//${user}`) + path,
		headers: () => ({'X-Tapis-Token': sent}),
		pageSize: 3,
		...options,
	});
	t.after(async () => {
		await backend.close?.();
		await server.close();
	});
	const {listPage, get, cancel, hide, unhide, logs, results} = backend;
	assert.ok(get && cancel && hide && unhide && logs && results);
	return {time, world, server, backend, listPage, get, cancel, hide, unhide, logs, results};
};

const saying =
	(answer: Answer): FaultHandler =>
	response =>
		send(response, answer);

/** A refusal as Tapis words it. */
const refusal = (code: number, message: string, status = 'error'): FaultHandler =>
	saying(json(code, {result: null, status, message, version: '1.9.1', metadata: {}}));

test('every condition that Tapis gives to a job that failed has words', () => {
	// https://github.com/tapis-project/tapis-jobs, JobConditionCode of 1.7.1; without the two of jobs that did not fail.
	const conditions = [
		...['ARCHIVING_FAILED', 'DATABASE_ERROR', 'EXECUTION_MONITORING_ERROR', 'EXECUTION_MONITORING_TIMEOUT'],
		...['FILES_SERVICE_ERROR', 'INTERNAL_ERROR', 'INVALID_DEFINITION', 'LAUNCH_FAILURE'],
		...['QUEUE_MONITORING_ERROR', 'RECOVERY_FAILURE', 'RECOVERY_TIMEOUT', 'REMOTE_ACCESS_ERROR'],
		...['REMOTE_OUTCOME_ERROR', 'UNABLE_TO_STAGE_INPUTS', 'UNABLE_TO_STAGE_JOB'],
		...['TRANSFER_FAILED_OR_CANCELLED', 'TRANSFER_MONITORING_TIMEOUT'],
	].map(each => `JOB_${each}`);
	for (const condition of conditions) {
		const job = readJob({uuid: 'u-007', status: 'FAILED', name: 'n', owner: 'me', condition}, 'p', {});
		assert.equal(job?.error?.kind, condition);
		assert.match(job?.error?.message ?? '', /^[a-zA-Z', ]+$/, condition);
	}
});

test('a condition that names what ended a job is what ended it', () => {
	const endedBy = (status: string, condition: string) =>
		readJob({uuid: 'u-007', status, name: 'n', owner: 'me', condition}, 'p', {})?.endedBy;
	assert.deepEqual(endedBy('CANCELLED', 'CANCELLED_BY_USER'), {kind: 'cancelled'});
	assert.deepEqual(endedBy('FAILED', 'SCHEDULER_CANCELLED'), {kind: 'cancelled'});
	assert.deepEqual(endedBy('FAILED', 'SCHEDULER_DEADLINE'), {kind: 'deadline'});
	assert.deepEqual(endedBy('FAILED', 'SCHEDULER_OUT_OF_MEMORY'), {kind: 'memory'});
	assert.deepEqual(endedBy('FAILED', 'SCHEDULER_TIMEOUT'), {kind: 'time-limit'});
	assert.equal(endedBy('FAILED', 'JOB_REMOTE_OUTCOME_ERROR'), undefined);
	assert.equal(endedBy('FINISHED', 'NORMAL_COMPLETION'), undefined);
	assert.equal(endedBy('RUNNING', 'SCHEDULER_TIMEOUT'), undefined);
	assert.equal(endedBy('FAILED', 'constructor'), undefined);
});

test('the search asks for every word of a live job, and for no word of an ended one', () => {
	for (const word of liveWords) assert.equal(isEnd(phaseOf(statuses, word)), false, word);
	assert.deepEqual(
		Object.keys(statuses).filter(word => !liveWords.some(live => live.toLowerCase() === word)),
		['finished', 'failed', 'canceled'],
	);
	assert.equal(phaseOf(statuses, 'CANCELLED'), 'cancelled');
	assert.equal(phaseOf(statuses, 'BLOCKED'), 'held');
	assert.equal(phaseOf(statuses, 'ARCHIVING'), 'running');
});

test('the status of the envelope is never that of a job', async t => {
	const {server, get} = await open(t);
	const id = server.add('running', mesh);
	server.distort(id, record => ({...record, status: undefined}));
	await failsAs(get(id, {signal}), 'malformed');
	server.distort(id, record => ({...record, status: 'success'}));
	assert.equal((await get(id, {signal})).job.terminal, false);
});

test('live jobs are searched for by every live word, and a page counts on', async t => {
	const {server, backend} = await open(t, {jobs: 40});
	const {jobs, whole, pages} = await readAll(backend, {ended: false});
	assert.ok(whole);
	assert.ok(pages.length > 2);
	assert.ok([...jobs.values()].every(job => !job.terminal));
	const alive = server.ids().filter(id => !isEnd(server.job(id)?.phase ?? 'failed'));
	assert.deepEqual([...jobs.keys()].sort(), alive.sort());
	const path = server.requests()[0]?.path ?? '';
	assert.match(path, /^\/v3\/jobs\/search\?/);
	assert.match(decodeURIComponent(path), new RegExp(`status\\.in=${liveWords.join(',')}`));
});

test('where the search is refused, the list is read and the ended jobs are left out here', async t => {
	const {server, backend} = await open(t);
	const id = server.add('running', mesh);
	server.add('succeeded', mesh);
	server.failNext(saying({status: 400, headers: {'content-type': 'text/plain'}, body: 'No such search'}));
	const {jobs} = await readAll(backend, {ended: false});
	assert.deepEqual([...jobs.keys()], [id]);
	await readAll(backend, {ended: false});
	const paths = server.requests().map(({path}) => path.split('?')[0]);
	assert.deepEqual(paths, ['/v3/jobs/search', '/v3/jobs/list', '/v3/jobs/list']);
});

test("other people's jobs are listed for everyone only, and are known not to be ours", async t => {
	const {server, backend} = await open(t);
	const own = server.add('running', mesh);
	const shared = server.add('running', {...mesh, owner: 'freya'});
	assert.deepEqual([...(await readAll(backend, {everyone: false})).jobs.keys()], [own]);
	const {jobs} = await readAll(backend);
	assert.deepEqual([jobs.get(own)?.mine, jobs.get(shared)?.mine], [true, false]);
	assert.equal(jobs.get(shared)?.owner, 'freya');
});

test('a count that nobody made does not end the list early', async t => {
	const {server, backend} = await open(t);
	for (let n = 0; n < 7; n += 1) server.add('running', mesh);
	const record = (uuid: string) => ({uuid, status: 'RUNNING'});
	const page = (uuids: readonly string[], metadata: unknown) =>
		saying(json(200, {result: uuids.map(record), status: 'success', message: '', metadata}));
	server.failNext(page(['a', 'b', 'c'], {totalCount: -1}));
	server.failNext(page(['d'], {totalCount: -1, recordsSkipped: 3}));
	const {jobs, whole} = await readAll(backend);
	assert.deepEqual([...jobs.keys()], ['a', 'b', 'c', 'd']);
	assert.ok(whole);
});

test('a list that changed between two pages is not called complete', async t => {
	const {server, backend, listPage} = await open(t);
	const ids = Array.from({length: 5}, () => server.add('running', mesh));
	const first = await listPage(everything);
	server.add('running', mesh);
	assert.ok(first.cursor);
	assert.equal((await listPage({...everything, cursor: first.cursor})).covers, 'part');
	assert.equal((await readAll(backend)).jobs.size, ids.length + 1);
});

test('a server that passes over no jobs is not read for ever', async t => {
	const {server, backend} = await open(t);
	const result = ['a', 'b', 'c'].map(uuid => ({uuid, status: 'RUNNING'}));
	server.setFault(saying(json(200, {result, status: 'success', metadata: {recordsSkipped: 0}})));
	const {pages, whole} = await readAll(backend);
	assert.deepEqual([pages.length, whole], [2, false]);
});

for (const path of ['/v3', '/v3/jobs', '/v3/jobs/', '/']) {
	test(`an address that ends in ${path} is understood`, async t => {
		const {server, backend} = await open(t, {path});
		server.add('running', mesh);
		assert.equal((await readAll(backend)).jobs.size, 1);
	});
}

test('a job that is unknown to a cancel is not found, with the 400 that says so', async t => {
	const {cancel, server} = await open(t);
	await failsAs(cancel(unknown, {signal}), 'not-found', /JOBS_JOB_SELECT_UUID_ERROR/);
	assert.equal(server.count(), 1);
});

test('a job that is unknown to a look is not found once its status says so', async t => {
	const {get, server} = await open(t);
	await failsAs(get(unknown, {signal}), 'not-found', /TAPIS_NOT_FOUND/);
	assert.deepEqual(
		server.requests().map(({path}) => path),
		[`/v3/jobs/${unknown}`, `/v3/jobs/${unknown}/status`],
	);
});

test('a database that cannot be asked makes no job unknown', async t => {
	const {get, server} = await open(t);
	const id = server.add('running', mesh);
	const broken = refusal(500, `JOBS_JOB_SELECT_UUID_ERROR Job ${id} could not be selected: no connection.`);
	server.failNext(broken, 2);
	await failsAs(get(id, {signal}), 'broken');
	server.failNext(broken);
	await failsAs(get(id, {signal}), 'broken');
	assert.equal((await get(id, {signal})).job.id, id);
});

test('a 404 that calls itself a success is a 404', async t => {
	const {get, cancel, server} = await open(t);
	const id = server.add('running', mesh);
	server.failNext(refusal(404, `TAPIS_NOT_FOUND Job ${id}`, 'success'), 2);
	await failsAs(get(id, {signal}), 'not-found');
	await failsAs(cancel(id, {signal}), 'not-found');
});

test('a hidden job is there, whatever its status answers', async t => {
	const {get, hide, unhide, server, backend} = await open(t);
	const id = server.add('succeeded', mesh);
	await hide(id, {signal});
	assert.ok(server.isHidden(id));
	assert.equal((await readAll(backend)).jobs.size, 0);
	const {job, fields} = await get(id, {signal});
	assert.equal(job.phase, 'succeeded');
	assert.ok(fields.some(([label]) => label === 'Hidden'));
	server.failNext(refusal(500, `JOBS_JOB_SELECT_UUID_ERROR Job ${id}`));
	await failsAs(get(id, {signal}), 'broken');
	await hide(id, {signal});
	await unhide(id, {signal});
	assert.equal((await readAll(backend)).jobs.size, 1);
});

test('a live job is not hidden', async t => {
	const {hide, server} = await open(t);
	const id = server.add('running', mesh);
	await failsAs(hide(id, {signal}), 'conflict', /NOT_IN_TERM_STATE/);
	assert.equal(server.isHidden(id), false);
});

for (const phase of ['held', 'queued', 'running'] as const) {
	test(`a cancel of a ${phase} job is only accepted: its worker notices later`, async t => {
		const {server, cancel, get, time} = await open(t);
		const id = server.add(phase, mesh);
		const before = (await get(id, {signal})).job.status;
		const receipt = await cancel(id, {signal});
		assert.equal(receipt.kind, 'accepted');
		assert.match(receipt.detail ?? '', /JOBS_JOB_CANCEL_ACCEPTED.*may run for a while/);
		assert.equal((await get(id, {signal})).job.status, before);
		await time.advance(60_000);
		assert.equal((await get(id, {signal})).job.phase, 'cancelled');
	});
}

for (const phase of ['succeeded', 'failed', 'cancelled'] as const) {
	test(`a cancel of a job that is ${phase} comes too late`, async t => {
		const {server, cancel} = await open(t);
		const id = server.add(phase, mesh);
		assert.equal((await cancel(id, {signal})).kind, 'too-late');
	});
}

test("a 401 about somebody else's job concerns that job, not the token", async t => {
	const {server, cancel} = await open(t);
	const id = server.add('running', {...mesh, owner: 'freya'});
	await failsAs(cancel(id, {signal}), 'forbidden', /JOBS_MISMATCHED_OWNER/);
	for (const words of [' or JOBS_MISMATCHED_TENANT (a) (b)', 'Either JOBS_MISMATCHED_OWNER (a) (b)']) {
		server.failNext(refusal(401, words));
		await failsAs(cancel(id, {signal}), 'forbidden');
	}
	server.failNext(refusal(500, 'JOBS_MISMATCHED_TENANT (a) (b)'));
	await failsAs(cancel(id, {signal}), 'forbidden');
});

test('an expired token is said to be, with its time and without itself', async t => {
	const sent = tapisToken('amara', Date.UTC(2024, 1, 29, 12, 30));
	const {listPage, get, cancel} = await open(t, {sent});
	for (const asked of [listPage(everything), get(unknown, {signal}), cancel(unknown, {signal})]) {
		const error = await failsAs(asked, 'unauthorized', /^token expired at 2024-02-29 12:30:00 UTC: TAPIS_/);
		for (const part of sent.split('.')) assert.ok(!`${error.stack}`.includes(part));
	}
});

test('a token that is refused before its time is not called expired', async t => {
	const {listPage} = await open(t, {sent: tapisToken('amara', Date.now() + year / 2)});
	const error = await failsAs(listPage(everything), 'unauthorized', /TAPIS_SECURITY_JWT_INVALID/);
	assert.doesNotMatch(error.message, /expired/);
});

test('any text is read as a token without an error', () => {
	const hostile = fc.oneof(
		fc.string({unit: 'binary'}),
		fc
			.dictionary(fc.constantFrom('exp', 'tapis/username'), fc.jsonValue())
			.map(claims => `a.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.b`),
	);
	fc.assert(
		fc.property(hostile, fc.integer(), (text, now) => {
			const claims = readClaims(text);
			expiredWords(claims, now);
			assert.ok(claims.expiresAt === undefined || typeof claims.expiresAt === 'number');
		}),
	);
});

test('an order of which one half could not be queued may have arrived, and may be given again', async t => {
	const {server, cancel} = await open(t);
	const id = server.add('running', mesh);
	server.failNext(refusal(500, `JOBS_QMGR_POST_CANCEL Job ${id}`));
	await failsAs(cancel(id, {signal}), 'broken', /JOBS_QMGR_POST_CANCEL/);
	assert.equal(tapis.traits.resend, 'safe');
	assert.equal((await cancel(id, {signal})).kind, 'accepted');
});

test('a refusal in plain text is a refusal, with its words', async t => {
	const {server, cancel} = await open(t);
	const id = server.add('running', mesh);
	server.failNext(saying({status: 400, headers: {'content-type': 'text/plain'}, body: 'Bad query'}));
	await failsAs(cancel(id, {signal}), 'rejected', /Bad query/);
});

test('an answer without an envelope is refused, and an answer about another job is refused', async t => {
	const {server, cancel, get, listPage} = await open(t);
	const id = server.add('running', mesh);
	server.failNext(saying(json(200, 'ok')), 2);
	await failsAs(cancel(id, {signal}), 'malformed');
	await failsAs(listPage(everything), 'malformed');
	server.failNext(refusal(200, 'JOBS_ERROR'));
	await failsAs(cancel(id, {signal}), 'malformed');
	server.distort(id, record => ({...record, uuid: unknown}));
	await failsAs(get(id, {signal}), 'malformed', /asked for/);
});

test('a failed job shows its condition, and a cancelled one says that its remote job may still run', async t => {
	const {server, backend, cancel, get, time} = await open(t);
	const failed = server.add('failed', mesh);
	server.distort(failed, record => ({...record, condition: 'SCHEDULER_TIMEOUT', lastMessage: undefined}));
	const {jobs} = await readAll(backend);
	assert.deepEqual(jobs.get(failed)?.error, {
		kind: 'SCHEDULER_TIMEOUT',
		message: 'it reached its time limit',
	});
	const running = server.add('running', mesh);
	const before = new Map((await get(running, {signal})).fields);
	await cancel(running, {signal});
	await time.advance(120_000);
	const after = new Map((await get(running, {signal})).fields);
	assert.equal(after.get('Condition'), 'CANCELLED_BY_USER');
	assert.equal(after.get('Remote job'), `${before.get('Remote job')} (may still run on its system)`);
});

test('what happened to a job is its history, and a history that fails costs the job nothing', async t => {
	const {server, get} = await open(t);
	const id = server.add('failed', mesh);
	const {timeline} = await get(id, {signal});
	assert.deepEqual(
		timeline.map(({what}) => what),
		['PENDING', 'RUNNING', 'FAILED'],
	);
	let count = 0;
	server.setFault(async (response, work) => {
		count += 1;
		send(response, count === 1 ? await work() : json(500, {status: 'error', message: 'JOBS_ERROR'}));
	});
	const detail = await get(id, {signal});
	assert.equal(detail.job.phase, 'failed');
	assert.deepEqual(
		detail.timeline.map(({what}) => what),
		['created', 'started', 'FAILED'],
	);
});

test('the log of a running job is read without waiting for its end', async t => {
	const {server, logs} = await open(t);
	const id = server.add('running', mesh);
	const {text, ended} = await logs(id, {signal});
	assert.match(text, /^Starting openfoam\nstep 0 of 10\n/);
	assert.equal(ended, undefined);
	const waiting = server.add('queued', mesh);
	await failsAs(logs(waiting, {signal}), 'not-found', /^no log yet: the job waits$/);
});

const paths = ({requests}: {readonly requests: () => readonly {readonly path: string}[]}): string[] =>
	requests().map(({path}) => path.replace(/^\/v3\/jobs\/[^/]*/, '').replace(/\?.*/, ''));

test('a log is read once, and its file is not fetched again before it has grown', async t => {
	const {server, logs, cancel, time} = await open(t, {noticeMs: 1000});
	const id = server.add('running', mesh);
	server.putFile(id, 'tapisjob.out', Buffer.from('one\nhal'));
	const first = await logs(id, {signal});
	assert.equal(first.text, 'one\nhal');
	const quiet = await logs(id, {signal, after: first.cursor ?? ''});
	assert.deepEqual([quiet.text, quiet.cursor, quiet.ended], ['', first.cursor, undefined]);
	server.putFile(id, 'tapisjob.out', Buffer.from('one\nhalf\n'));
	const second = await logs(id, {signal, after: quiet.cursor ?? ''});
	assert.deepEqual([second.text, second.anew], ['f\n', undefined]);
	const list = '/output/list/tapisjob.out';
	const download = '/output/download/tapisjob.out';
	assert.deepEqual(paths(server), ['', download, '', list, '', list, download]);
	await cancel(id, {signal});
	await time.advance(2000);
	const last = await logs(id, {signal, after: second.cursor ?? ''});
	assert.deepEqual([last.text, last.ended], ['', true]);
});

test('a log that was cut short is read from its start', async t => {
	const {server, logs} = await open(t);
	const id = server.add('running', mesh);
	server.putFile(id, 'tapisjob.out', Buffer.from('the first run\n'.repeat(10)));
	const {cursor} = await logs(id, {signal});
	server.putFile(id, 'tapisjob.out', Buffer.from('again\n'));
	const page = await logs(id, {signal, after: cursor ?? ''});
	assert.deepEqual([page.text, page.anew], ['again\n', true]);
});

test('what a program prints cannot drive the terminal', async t => {
	const {server, logs} = await open(t);
	const id = server.add('running', mesh);
	server.putFile(id, 'tapisjob.out', Buffer.from('a\u001b[2J\u001b]0;owned\u0007b\u0000\u009b31m\u202ec\n'));
	assert.equal((await logs(id, {signal})).text, 'abc\n');
});

test('a log that comes packed is unpacked, and of a long one its end is kept', async t => {
	const {server, logs} = await open(t);
	const id = server.add('running', mesh);
	const line = `${'\u001b[2J'.repeat(10)}${'x'.repeat(59)}\n`;
	// 50 MB, which cross the line as a small archive.
	server.putFile(id, 'tapisjob.out', Buffer.alloc(50_000_000, line));
	const {text, cut, cursor} = await logs(id, {signal});
	assert.equal(cut, true);
	assert.ok(text.length < 256 * 1024);
	assert.match(text, /^(x{59}\n)+$/);
	server.putFile(id, 'tapisjob.out', Buffer.concat([Buffer.alloc(50_000_000, line), Buffer.from('more\n')]));
	const next = await logs(id, {signal, after: cursor ?? ''});
	assert.deepEqual([next.text, next.cut, next.anew], ['more\n', undefined, undefined]);
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('a long log that does not come packed is read with little memory', async t => {
	const {server, logs} = await open(t);
	const id = server.add('running', mesh);
	const megabyte = Buffer.alloc(1_000_000, `${'y'.repeat(99)}\n`);
	let most = 0;
	server.setFault(async (response, work) => {
		if (!response.req.url?.includes('/download/')) return send(response, await work());
		const rest = process.memoryUsage().arrayBuffers;
		response.writeHead(200, {'content-type': 'application/octet-stream'});
		for (let n = 0; n < 300; n += 1) {
			if (!response.write(megabyte)) await once(response, 'drain');
			if (n % 20 !== 19) continue;
			// Held memory counts, not garbage that a busy machine collects late.
			collectGarbage();
			most = Math.max(most, process.memoryUsage().arrayBuffers - rest);
		}
		response.end('the end\n');
	});
	const {text, cut} = await logs(id, {signal});
	assert.equal(cut, true);
	assert.match(text, /y\nthe end\n$/);
	// A third of the log at once would not be little.
	assert.ok(most < 100_000_000, `${most} bytes`);
});

test('a broken archive, a web page and an answer that is no file are not shown as a log', async t => {
	const {server, logs} = await open(t);
	const id = server.add('running', mesh);
	const fileSaying =
		(answer: Answer): FaultHandler =>
		async (response, work) =>
			send(response, response.req.url?.includes('/download/') ? answer : await work());
	const file = (content: string | Buffer): Answer => ({
		status: 200,
		headers: {'content-type': 'application/octet-stream'},
		body: '',
		bytes: Buffer.from(content),
	});
	server.setFault(fileSaying(file(Buffer.from('PK\u0003\u0004 this is none', 'latin1'))));
	await failsAs(logs(id, {signal}), 'malformed', /archive/);
	server.setFault(fileSaying(file(zip([['a', Buffer.alloc(5000, 'abc')]]).subarray(0, 40))));
	await failsAs(logs(id, {signal}), 'malformed', /archive/);
	server.setFault(fileSaying(html(200, 'Sign in', '')));
	await failsAs(logs(id, {signal}), 'malformed', /web page/);
	const notice = (token: string) =>
		JSON.stringify({status: 'success', message: `${token} Job ${id}`, result: {}});
	server.setFault(fileSaying(file(notice('JOBS_JOB_NOT_TERMINATED'))));
	await failsAs(logs(id, {signal}), 'conflict', /output of ended jobs only/);
	server.setFault(fileSaying(file(notice('JOBS_EMPTY_DIR_FOR_DOWNLOAD'))));
	await failsAs(logs(id, {signal}), 'not-found', /no output/);
	server.setFault(fileSaying(file('{"message": "mine"}\n')));
	assert.equal((await logs(id, {signal})).text, '{"message": "mine"}\n');
});

test('what a failed job said in a file of its own follows its log, once', async t => {
	const {server, logs} = await open(t);
	const id = server.add('failed', mesh);
	server.putFile(id, 'tapisjob.out', Buffer.from('working\n'));
	const first = await logs(id, {signal});
	assert.equal(first.text, 'working\n[tapisjob.err]\nSegmentation fault (core dumped)\n');
	assert.equal(first.ended, true);
	const again = await logs(id, {signal, after: first.cursor ?? ''});
	assert.deepEqual([again.text, again.cursor, again.ended], ['', first.cursor, true]);
	server.putFile(id, 'tapisjob.out', Buffer.from('no line break'));
	assert.match((await logs(id, {signal})).text, /^no line break\n\[tapisjob\.err\]\nSeg/);
	server.putFile(id, 'tapisjob.out', Buffer.from('working\n'));
	server.putFile(id, 'tapisjob.err');
	assert.equal((await logs(id, {signal})).text, 'working\n');
});

test('a job that prints to another file is read there', async t => {
	const {server, logs} = await open(t);
	const id = server.add('running', mesh);
	server.putFile(id, 'logs/run 1.txt', Buffer.from('here\n'));
	server.distort(id, record => ({...record, parameterSet: {logConfig: {stdoutFilename: 'logs/run 1.txt'}}}));
	assert.equal((await logs(id, {signal})).text, 'here\n');
	for (const parameterSet of ['{', '[]', {logConfig: {stdoutFilename: '../../etc/passwd'}}, 17, null]) {
		server.distort(id, record => ({...record, parameterSet}));
		assert.match((await logs(id, {signal})).text, /^Starting/);
	}
});

test('a log that is not wanted any more is let go of', async t => {
	const {server, logs} = await open(t);
	const id = server.add('running', mesh);
	const controller = new AbortController();
	const reason = new Error('changed my mind');
	server.setFault(async (response, work) => {
		if (!response.req.url?.includes('/download/')) return send(response, await work());
		response.writeHead(200, {'content-type': 'application/octet-stream'});
		response.write('half of', () => setImmediate(() => controller.abort(reason)));
	});
	await assert.rejects(logs(id, {signal: controller.signal}), reason);
	await assert.rejects(logs(id, {signal: AbortSignal.abort(reason)}), reason);
});

test('results are listed by name, with their addresses', async t => {
	const {server, results} = await open(t);
	const id = server.add('succeeded', mesh);
	for (const trap of ['\u202etrap.csv', '../trap', 'a\\..\\trap']) {
		server.putFile(id, `results/${trap}`, Buffer.from('x'));
	}
	const found = await results(id, {signal});
	assert.deepEqual(
		found.map(({name, size, kind}) => [name, size, kind]),
		[
			['results/summary.csv', 18, 'file'],
			['tapisjob.exitcode', 1, 'file'],
			['tapisjob.out', 162, 'file'],
			['tapisjob.sh', 33, 'application/x-shar'],
		],
	);
	assert.equal(found[0]?.url, `${server.url}/v3/jobs/${id}/output/download/results/summary.csv`);
	const secretive = await open(t, {user: 'alice:secret@'});
	const other = secretive.server.add('succeeded', mesh);
	// An address with a password in it is asked nothing, and nobody is told the password.
	await assert.rejects(secretive.results(other, {signal}), (error: unknown) => {
		assert.ok(error instanceof BackendError && error.failure.kind === 'unauthorized');
		assert.doesNotMatch(String(error.stack), /secret@/);
		return true;
	});
});

test('a running job shows its log so far, and a waiting job shows no log', async t => {
	const {server, results} = await open(t);
	const names = async (id: string) => (await results(id, {signal})).map(({name}) => name);
	assert.deepEqual(await names(server.add('running', mesh)), ['tapisjob.out', 'tapisjob.sh']);
	assert.deepEqual(await names(server.add('queued', mesh)), []);
	await failsAs(results(unknown, {signal}), 'not-found');
});

test('many files are read page by page, and the rest is said to be there', async t => {
	const {server, results} = await open(t);
	const id = server.add('running', mesh);
	for (let n = 0; n < 1500; n += 1) server.putFile(id, `frames/${n}.png`, Buffer.alloc(0));
	assert.equal((await results(id, {signal})).length, 1502);
	for (let n = 1500; n < 10_500; n += 1) server.putFile(id, `frames/${n}.png`, Buffer.alloc(0));
	const found = await results(id, {signal});
	assert.equal(found.at(-1)?.name, 'there are more files than jobtop lists');
});

test('the files of a hidden job are there once it is shown again', async t => {
	const {server, results, logs, hide, unhide} = await open(t);
	const id = server.add('succeeded', mesh);
	await hide(id, {signal});
	await failsAs(results(id, {signal}), 'conflict', /NOT_VISIBLE/);
	await failsAs(logs(id, {signal}), 'conflict', /NOT_VISIBLE/);
	await unhide(id, {signal});
	assert.ok((await results(id, {signal})).length > 0);
});

test("somebody else's job, hidden or not, is not ours to hide, and an unknown one is not found", async t => {
	const {server, hide, unhide} = await open(t);
	const id = server.add('succeeded', {...mesh, owner: 'freya'});
	for (const change of [hide, unhide]) {
		await failsAs(change(id, {signal}), 'forbidden', /JOBS_MISMATCHED_OWNER/);
		await failsAs(change(unknown, {signal}), 'not-found');
	}
});

/** An engine on an embedded Tapis. */
const openFollowing = async (t: TestContext, settings: Settings) => {
	const opened = await open(t, settings);
	const {server, backend} = opened;
	const connection = {profile: 'w', traits: tapis.traits, backend: withoutClose(backend)};
	const engine = openEngine(t, opened, temporaryDirectory(t), {connection});
	engine.engine.start();
	const cancelJob = async (id: string) => {
		await engine.engine.cancel([targetOf(await engine.listed(id))]);
		await engine.until(`${id} is asked to stop`, () => ordersFor(server, id) === 1);
	};
	return {...opened, ...engine, cancelJob};
};

// Who opened it closes it.
const withoutClose = ({close: _close, ...backend}: Backend): Backend => backend;

const ordersFor = (server: Awaited<ReturnType<typeof open>>['server'], id: string): number =>
	server.requests().filter(({path}) => path === `/v3/jobs/${id}/cancel`).length;

test('a cancellation is followed until the worker has noticed, and is ordered once', async t => {
	const {server, cancelJob, settled} = await openFollowing(t, {noticeMs: 45_000});
	const id = server.add('running', mesh);
	await cancelJob(id);
	assert.equal((await settled(id))?.kind, 'cancelled');
	assert.equal(ordersFor(server, id), 1);
});

test('an order that was lost between two queues is given once more after eleven minutes', async t => {
	const {server, cancelJob, settled, time, known, refTo} = await openFollowing(t, {noticeMs: 0});
	const id = server.add('running', {...mesh, quirk: 'stubborn'});
	await cancelJob(id);
	for (let second = 0; second < 600; second += 1) await time.advance(1000);
	assert.equal(known().cancellations.get(refTo(id))?.step, 'following');
	assert.equal(ordersFor(server, id), 1);
	assert.equal((await settled(id))?.kind, 'cancelled');
	assert.equal(ordersFor(server, id), 2);
});

test('a job that ends by itself before its worker notices is never called cancelled', async t => {
	const {server, cancelJob, settled} = await openFollowing(t, {noticeMs: 20_000});
	const id = server.add('running', {...mesh, quirk: 'late-write'});
	await cancelJob(id);
	assert.deepEqual(await settled(id), {kind: 'finished-first', phase: 'succeeded'});
});

test('half an order that failed is looked at, and given again', async t => {
	const {server, engine, listed, settled} = await openFollowing(t, {noticeMs: 0});
	const id = server.add('running', mesh);
	const target = targetOf(await listed(id));
	let refused = false;
	server.setFault(async (response, work) => {
		const first = !refused && response.req.method === 'POST';
		refused ||= first;
		send(response, first ? json(500, {status: 'error', message: 'JOBS_QMGR_POST_CANCEL'}) : await work());
	});
	await engine.cancel([target]);
	assert.equal((await settled(id))?.kind, 'cancelled');
	assert.equal(ordersFor(server, id), 2);
});

test("somebody else's job is denied and an unknown one not found, and the profile goes on", async t => {
	const {server, engine, get, listed, settled, refTo, known} = await openFollowing(t, {noticeMs: 1000});
	const own = server.add('running', mesh);
	const foreign = server.add('running', {...mesh, owner: 'freya'});
	const target = targetOf(await listed(own));
	const theirs = targetOf((await get(foreign, {signal})).job);
	// Nobody has ever seen it: it was asked for by its id.
	const unseen = {...target, ref: refTo(unknown), phase: 'unknown', status: ''} as const;
	await engine.cancel([theirs, unseen, target]);
	assert.equal((await settled(foreign))?.kind, 'denied');
	assert.equal((await settled(unknown))?.kind, 'not-found');
	assert.equal((await settled(own))?.kind, 'cancelled');
	assert.equal(ordersFor(server, foreign), 1);
	assert.equal([...known().cancellations.values()].filter(({step}) => step === 'settled').length, 3);
});

test('an order that is taken without a word is accepted', async t => {
	const {server, cancel} = await open(t);
	const id = server.add('running', mesh);
	server.failNext(saying({status: 204, headers: {}, body: ''}));
	assert.equal((await cancel(id, {signal})).kind, 'accepted');
});

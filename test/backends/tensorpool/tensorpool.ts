/*
What is particular about TensorPool, against the embedded server and answers that its documentation leaves open.
*/

import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {type TestContext, test} from 'node:test';
import type {Backend} from '../../../source/backends/backend.ts';
import {statuses} from '../../../source/backends/tensorpool/facts.ts';
import {
	type TensorpoolOptions,
	tensorpool,
	tensorpoolUrl,
} from '../../../source/backends/tensorpool/index.ts';
import {readDetail, readJob} from '../../../source/backends/tensorpool/wire.ts';
import {type Answer, type FaultHandler, json, send} from '../../../source/demo/faults.ts';
import {createScenario} from '../../../source/demo/scenario.ts';
import {type Conversation, serve} from '../../../source/demo/server.ts';
import {
	startTensorpoolServer,
	type TensorpoolServerOptions,
	tensorpoolTasks,
} from '../../../source/demo/tensorpool-server.ts';
import {createWorld} from '../../../source/demo/world.ts';
import type {FailureKind} from '../../../source/job/failure.ts';
import type {Job} from '../../../source/job/job.ts';
import {phaseOf} from '../../../source/job/phase.ts';
import {targetOf} from '../../../source/job/target.ts';
import {failsAs as fails} from '../../helpers/backend.ts';
import {openEngine, temporaryDirectory} from '../../helpers/engine.ts';
import {fc} from '../../helpers/fast-check.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';

const key = 'tpk-for-these-tests';
const {signal} = new AbortController();
const everything = {everyone: true, ended: true, signal};
const sft = {name: 'llama-sft', process: 'llama-sft'};

type Settings = Pick<TensorpoolServerOptions, 'cancelAnswer' | 'organization' | 'noticeMs'> & {
	readonly jobs?: number;
	readonly sent?: string;
	readonly listen?: TensorpoolOptions['listen'];
};

/** An embedded TensorPool, and a backend before it. */
const open = async (t: TestContext, {jobs = 0, sent = key, listen: limits, ...settings}: Settings = {}) => {
	const time = createManualClock();
	const scenario = createScenario({seed: 'tensorpool', jobs, processes: tensorpoolTasks});
	const world = createWorld({scenario, clock: time.clock});
	const server = await startTensorpoolServer({world, clock: time.clock, seed: 'test', key, ...settings});
	const backend = connectTo(server.url, {sent, time, ...(limits && {listen: limits})});
	t.after(async () => {
		await backend.close?.();
		await server.close();
	});
	const {listPage, get, cancel, logs, listen, results, delete: remove} = backend;
	assert.ok(get && cancel && logs && listen && results && remove);
	return {time, world, server, backend, listPage, get, cancel, logs, listen, results, remove};
};

const connectTo = (
	url: string,
	{
		sent = key,
		time,
		...options
	}: {
		readonly sent?: string;
		readonly time: ReturnType<typeof createManualClock>;
		readonly listen?: NonNullable<TensorpoolOptions['listen']>;
	},
): Backend => {
	const headers = () => ({authorization: `Bearer ${sent}`});
	return tensorpool.connect('t', {url, headers, clock: time.clock, ...options});
};

const saying =
	(answer: Answer): FaultHandler =>
	response =>
		send(response, answer);

const byId = (jobs: readonly Job[]): ReadonlyMap<string, Job> => new Map(jobs.map(job => [job.id, job]));

/** The failure, which never tells the key. */
const failsAs: typeof fails = async (...given) => {
	const caught = await fails(...given);
	assert.ok(!`${caught.stack} ${JSON.stringify(caught.failure)}`.includes(key));
	return caught;
};

test('its words are read in any case, and with both spellings', () => {
	for (const word of ['canceled', 'CANCELED', 'Cancelled'])
		assert.equal(phaseOf(statuses, word), 'cancelled');
	for (const word of ['canceling', 'CANCELING']) assert.equal(phaseOf(statuses, word), 'stopping');
	assert.equal(phaseOf(statuses, 'COMPLETED'), 'succeeded');
});

test('without another address it is asked at its public one', () => {
	assert.equal(tensorpoolUrl, 'https://engine.tensorpool.dev');
});

test('a failed program and failed machinery are shown differently', () => {
	const error = (record: unknown) => readJob(record, {profile: 't'})?.error;
	assert.deepEqual(error({id: 'j-1', status: 'ERROR', exit_code: 3}), {
		kind: 'user code',
		message: 'exit code 3',
	});
	assert.deepEqual(error({id: 'j-1', status: 'failed', message: 'The instance was lost'}), {
		kind: 'infrastructure',
		message: 'The instance was lost',
	});
	assert.equal(error({id: 'j-1', status: 'failed'})?.message, 'no reason given');
	const endedBy = (record: unknown) => readJob(record, {profile: 't'})?.endedBy;
	assert.deepEqual(endedBy({id: 'j-1', status: 'ERROR', exit_code: 3}), {kind: 'exit', code: 3});
	// The code of a program that had ended well does not explain why the machinery failed.
	assert.equal(endedBy({id: 'j-1', status: 'failed', exit_code: 0}), undefined);
	for (const status of ['canceled', 'running', 'completed'])
		assert.equal(endedBy({id: 'j-1', status, exit_code: 143}), undefined, status);
});

test('a job with only an id has an unknown phase', () => {
	assert.deepEqual(readJob({id: 'j-1'}, {profile: 't'}), {
		ref: 't/j-1',
		profile: 't',
		backend: 'tensorpool',
		id: 'j-1',
		name: 'j-1',
		mine: true,
		phase: 'unknown',
		status: '',
		terminal: false,
	});
	assert.equal(readJob({status: 'running'}, {profile: 't'}), undefined);
});

test('from any record, the job that is read is plain and has the id of the record', () => {
	const field = fc.oneof(fc.jsonValue(), fc.constantFrom('j-1', 'error', 'failed', 'running', '\u001b[2J'));
	const record = fc.record(
		{
			id: field,
			job_id: field,
			status: field,
			name: field,
			message: field,
			exit_code: field,
			created_at: field,
		},
		{requiredKeys: []},
	);
	fc.assert(
		fc.property(record, wire => {
			const job = readJob(wire, {profile: 't'});
			readDetail(wire, {profile: 't', id: 'j-9'});
			if (job === undefined) return;
			assert.deepStrictEqual(JSON.parse(JSON.stringify(job)), job);
			assert.equal(job.id, wire.id ?? wire.job_id);
			assert.doesNotMatch(JSON.stringify(job), /\\u001b/);
		}),
	);
});

for (const organization of ['all', 'others'] as const) {
	test(`for everyone both lists are read, where the organization's holds ${organization}`, async t => {
		const {server, listPage, get} = await open(t, {organization});
		const own = server.add('running', sft);
		const other = server.add('running', {...sft, owner: 'freya'});
		const jobs = byId((await listPage(everything)).jobs);
		assert.deepEqual([...jobs.keys()].sort(), [own, other].sort());
		assert.deepEqual([jobs.get(own)?.mine, jobs.get(other)?.mine], [true, false]);
		// A look does not say whose a job is, and must not make it one's own.
		assert.equal((await get(own, {signal})).job.mine, true);
		assert.equal((await get(other, {signal})).job.mine, false);
		assert.deepEqual(
			(await listPage({...everything, everyone: false})).jobs.map(({id}) => id),
			[own],
		);
	});
}

test('only live jobs are listed where ended ones are not requested', async t => {
	const {listPage, server} = await open(t, {jobs: 40});
	const {jobs, covers} = await listPage({...everything, ended: false});
	assert.equal(covers, 'everything');
	assert.ok(jobs.length > 0 && jobs.every(job => !job.terminal));
	assert.ok(jobs.length < server.ids().length);
});

test('an id of another form is not found, and so is an unknown one', async t => {
	const {get, cancel, server} = await open(t);
	await failsAs(get('nonsense!', {signal}), 'not-found', /Invalid job ID/);
	await failsAs(get('j-999', {signal}), 'not-found');
	await failsAs(cancel('j-999', {signal}), 'not-found');
	server.failNext(
		saying(json(422, {detail: [{loc: ['path', 'job_id'], msg: 'too long', type: 'string_too_long'}]})),
	);
	await failsAs(get('j-999', {signal}), 'not-found', /too long/);
});

test('a look at a job that does not say its id is about the one that was asked for', async t => {
	const {get, server} = await open(t);
	const id = server.add('running', sft);
	server.distort(id, ({id: _id, ...record}) => record);
	assert.equal((await get(id, {signal})).job.id, id);
	server.distort(id, record => ({...record, id: 'j-other'}));
	await failsAs(get(id, {signal}), 'malformed', /asked for/);
	server.failNext(saying(json(200, {message: 'Job info', job_info: null})));
	await failsAs(get(id, {signal}), 'malformed');
});

const receipts: readonly (readonly [
	what: string,
	code: number,
	body: unknown,
	kind: 'already' | 'accepted' | 'done' | 'too-late',
])[] = [
	['200 with canceled', 200, {status: 'canceled'}, 'already'],
	['200 with CANCELLED', 200, {status: 'CANCELLED'}, 'already'],
	['200 with canceling', 200, {status: 'canceling'}, 'accepted'],
	['200 without a status', 200, {message: 'ok'}, 'accepted'],
	['200 with completed', 200, {status: 'completed'}, 'too-late'],
	['202 with canceling', 202, {status: 'canceling'}, 'accepted'],
	['202 with canceled', 202, {status: 'canceled'}, 'done'],
	['202 with nothing', 202, undefined, 'accepted'],
	['202 with error', 202, {status: 'error'}, 'too-late'],
];

for (const [what, code, body, kind] of receipts) {
	test(`a cancel that is answered ${what} is ${kind}`, async t => {
		const {cancel, server} = await open(t);
		const id = server.add('running', sft);
		server.failNext(saying(body === undefined ? {status: code, headers: {}, body: ''} : json(code, body)));
		assert.equal((await cancel(id, {signal})).kind, kind);
	});
}

test('an answer that names another job proves nothing about this one', async t => {
	const {cancel, server} = await open(t);
	const id = server.add('running', sft);
	server.failNext(saying(json(202, {job_id: 'j-other', status: 'canceled'})));
	await failsAs(cancel(id, {signal}), 'malformed', /j-other/);
});

const refusals: readonly (readonly [code: number, body: unknown, kind: FailureKind, words: RegExp])[] = [
	[400, {detail: 'Job is not in a cancelable state'}, 'rejected', /not in a cancelable state/],
	[401, {message: 'Invalid API key'}, 'unauthorized', /Invalid API key/],
	[402, {external_message: 'Your balance is used up'}, 'rejected', /balance is used up/],
	[403, {error: 'Access denied'}, 'forbidden', /Access denied/],
	[404, {message: 'Job not found'}, 'not-found', /not found/],
	[409, {message: 'It is being launched'}, 'conflict', /launched/],
	[422, {detail: [{loc: ['body'], msg: 'Field required', type: 'missing'}]}, 'rejected', /Field required/],
	[429, {message: 'Slow down'}, 'rate-limited', /Slow down/],
	[500, {message: 'Internal error'}, 'broken', /Internal error/],
];

for (const [code, body, kind, words] of refusals) {
	test(`a cancel that is answered ${code} is ${kind}, in the server's words`, async t => {
		const {cancel, server} = await open(t);
		const id = server.add('running', sft);
		server.failNext(saying(json(code, body, {'retry-after': '7'})));
		const {failure} = await failsAs(cancel(id, {signal}), kind, words);
		assert.equal(
			'retryAfterMs' in failure ? failure.retryAfterMs : undefined,
			kind === 'rate-limited' || kind === 'broken' ? 7000 : undefined,
		);
		assert.equal(server.count(), 1);
	});
}

test('a job goes through canceling, and a second cancel does no harm', async t => {
	const {cancel, get, server, time} = await open(t);
	const id = server.add('running', sft);
	assert.equal((await cancel(id, {signal})).kind, 'accepted');
	assert.deepEqual(
		[(await get(id, {signal})).job.phase, (await get(id, {signal})).job.status],
		['stopping', 'canceling'],
	);
	assert.equal((await cancel(id, {signal})).kind, 'accepted');
	await time.advance(10_000);
	assert.equal((await get(id, {signal})).job.phase, 'cancelled');
	assert.equal((await cancel(id, {signal})).kind, 'already');
});

test('an ended job is deleted, and a live one never asked to be', async t => {
	const {remove, get, server} = await open(t);
	const alive = server.add('running', sft);
	await failsAs(remove(alive, {signal}), 'conflict', /running/);
	assert.ok(server.requests().every(({method}) => method === 'GET'));
	const ended = server.add('failed', sft);
	await remove(ended, {signal});
	await failsAs(get(ended, {signal}), 'not-found');
	assert.equal((await get(alive, {signal})).job.phase, 'running');
});

/** An engine on an embedded TensorPool. */
const openFollowing = async (t: TestContext, settings: Settings) => {
	const opened = await open(t, settings);
	const {close: _close, ...backend} = opened.backend;
	const connection = {profile: 't', traits: tensorpool.traits, backend};
	const engine = openEngine(t, opened, temporaryDirectory(t), {connection});
	engine.engine.start();
	return {...opened, ...engine};
};

test('the request_id contradiction: a cancel that only promises a request is followed at the job itself', async t => {
	const {server, cancel, engine, listed, settled} = await openFollowing(t, {cancelAnswer: 'request'});
	const other = server.add('running', sft);
	const receipt = await cancel(other, {signal});
	assert.equal(receipt.kind, 'accepted');
	assert.match(receipt.detail ?? '', /request [\da-f-]{36}; it asks for a retry after 5 s/);
	const id = server.add('running', sft);
	await engine.cancel([targetOf(await listed(id))]);
	assert.equal((await settled(id))?.kind, 'cancelled');
	assert.ok(server.requests().every(({path}) => !path.startsWith('/request/')));
});

test('a refusal of a job that has ended meanwhile is no refusal: the look decides', async t => {
	const {server, engine, listed, settled} = await openFollowing(t, {});
	const id = server.add('running', sft);
	const target = targetOf(await listed(id));
	server.setFault(async (response, work) => {
		if (response.req.method !== 'POST') return send(response, await work());
		server.distort(id, record => ({...record, status: 'completed'}));
		send(response, json(400, {detail: 'Invalid job ID or job not in a cancelable state'}));
	});
	await engine.cancel([target]);
	assert.deepEqual(await settled(id), {kind: 'finished-first', phase: 'succeeded'});
});

test('a refusal of a job that goes on is a refusal', async t => {
	const {server, engine, listed, settled} = await openFollowing(t, {});
	const id = server.add('running', sft);
	const target = targetOf(await listed(id));
	server.setFault(async (response, work) => {
		if (response.req.method !== 'POST') return send(response, await work());
		send(response, json(400, {detail: 'Job is not in a cancelable state'}));
	});
	await engine.cancel([target]);
	assert.equal((await settled(id))?.kind, 'refused');
});

test('the log of an ended job is read to its end', async t => {
	const {server, logs} = await open(t);
	const failed = server.add('failed', sft);
	const {text, ended} = await logs(failed, {signal});
	assert.equal(ended, true);
	assert.match(text, /^Starting llama-sft\nepoch 0: loss 1\n/);
	assert.match(text, /\n(The command exited with an error|The instance was lost)\n$/);
});

/** The look before a log, at a server of which only the log matters. */
const anyJob = (): Answer => json(200, {job_info: {status: 'running'}});

test('the key of a log is its first message, and stands in no address and no header', async t => {
	const time = createManualClock();
	let first = '';
	let headers = '';
	const converse: Conversation = (call, line) => {
		headers = ['authorization', 'sec-websocket-protocol', 'cookie'].map(call.header).join('');
		line.onMessage(text => {
			first ||= text;
			line.send(JSON.stringify({message: 'hello', command: 'rm -rf ~', status: 'success'}));
		});
	};
	const server = await serve(anyJob, time.clock, 0, converse);
	t.after(server.close);
	const {logs} = connectTo(server.url, {time});
	assert.equal((await logs?.('j-1', {signal}))?.text, 'hello\n');
	assert.deepEqual(JSON.parse(first), {TENSORPOOL_KEY: key});
	assert.equal(headers, '');
	assert.deepEqual(
		server.requests().map(({path}) => path),
		['/job/info/j-1', '/job/listen/j-1'],
	);
});

/** Lets time pass in small steps until the promise has settled. */
const whileTimePasses = async <Result>(
	time: ReturnType<typeof createManualClock>,
	promise: Promise<Result>,
): Promise<Result> => {
	let done = false;
	const finish = () => {
		done = true;
	};
	promise.then(finish, finish);
	for (let step = 0; !done && step < 10_000; step += 1) await time.advance(5);
	assert.ok(done, 'it never settled');
	return promise;
};

test('the log of a live job is read until it falls silent', async t => {
	const {server, logs, time} = await open(t);
	const id = server.add('running', sft);
	assert.deepEqual(await whileTimePasses(time, logs(id, {signal})), {
		text: 'Starting llama-sft\nepoch 0: loss 1\n',
	});
});

test('a log that never falls silent is read for its time, and its end is kept', async t => {
	const time = createManualClock();
	const converse: Conversation = (_, line) => {
		let n = 0;
		const say = () => {
			line.send(JSON.stringify({message: `line ${n++}`}));
			if (!ended) time.clock.after(1, say);
		};
		let ended = false;
		line.onEnd(() => {
			ended = true;
		});
		line.onMessage(say);
	};
	const server = await serve(anyJob, time.clock, 0, converse);
	t.after(server.close);
	const {logs} = connectTo(server.url, {time, listen: {wholeMs: 60_000, kept: 100, read: 5000}});
	assert.ok(logs);
	const {text, cut, ended} = await whileTimePasses(time, logs('j-1', {signal}));
	assert.match(text, /^(line \d+\n)+\[there is more; jobtop stopped reading here\]\n$/);
	assert.ok(text.length < 300);
	assert.deepEqual([cut, ended], [true, undefined]);
});

const conversations: readonly (readonly [
	what: string,
	converse: Conversation,
	kind: FailureKind,
	words: RegExp,
])[] = [
	[
		'that refuses the key',
		(_, line) => line.onMessage(text => line.close(1008, `Invalid key ${text}`.slice(0, 100))),
		'unauthorized',
		/Invalid key/,
	],
	[
		'that knows no such job',
		(_, line) => line.onMessage(() => line.send('{"status":"error","message":"Job not found"}')),
		'rejected',
		/Job not found/,
	],
	['that breaks off', (_, line) => line.onMessage(line.drop), 'cut-off', /./],
	['that says nothing', () => {}, 'timeout', /did not start/],
];

for (const [what, converse, kind, words] of conversations) {
	test(`a log ${what} fails in plain words`, async t => {
		const time = createManualClock();
		const server = await serve(anyJob, time.clock, 0, converse);
		t.after(server.close);
		const {logs} = connectTo(server.url, {time});
		assert.ok(logs);
		await failsAs(whileTimePasses(time, logs('j-1', {signal})), kind, words);
	});
}

test('a log of a server that is not there, or speaks no WebSocket, fails in plain words', async t => {
	const time = createManualClock();
	const server = await serve(anyJob, time.clock);
	t.after(server.close);
	const {logs} = connectTo(server.url, {time});
	assert.ok(logs);
	await failsAs(whileTimePasses(time, logs('j-1', {signal})), 'cut-off', /did not open the log/);
	await server.leave();
	await failsAs(whileTimePasses(time, logs('j-1', {signal})), 'unreachable', /ECONNREFUSED/);
});

test('a log of an unknown job, or with a wrong key, fails as every request does', async t => {
	const {logs} = await open(t);
	await failsAs(logs('j-999', {signal}), 'not-found');
	const stranger = await open(t, {sent: 'another-key'});
	await failsAs(stranger.logs('j-999', {signal}), 'unauthorized', /Invalid API key/);
});

test('a log without a key is not asked for', async t => {
	const time = createManualClock();
	const server = await serve(anyJob, time.clock, 0, () => assert.fail('it was opened'));
	t.after(server.close);
	const {logs} = tensorpool.connect('t', {url: server.url});
	const {failure} = await failsAs(logs?.('j-1', {signal}) ?? Promise.resolve(), 'unauthorized', /no key/);
	assert.ok(failure.kind === 'unauthorized' && failure.sent === false);
});

test('a key does not go over plain http to another machine for a log either', async () => {
	const headers = () => ({authorization: `Bearer ${key}`});
	const {logs} = tensorpool.connect('t', {url: 'http://engine.example', headers});
	await failsAs(logs?.('j-1', {signal}) ?? Promise.resolve(), 'unauthorized', /plain http/);
});

test('a log that is not wanted any more is hung up', async t => {
	const {server, logs} = await open(t);
	const id = server.add('running', sft);
	const controller = new AbortController();
	const reason = new Error('changed my mind');
	const log = logs(id, {signal: controller.signal});
	controller.abort(reason);
	await assert.rejects(log, reason);
	await assert.rejects(logs(id, {signal: AbortSignal.abort(reason)}), reason);
});

/** Listens, and gathers what comes. */
const startListening = (backend: Pick<Backend, 'listen'>, id: string, until = signal) => {
	let text = '';
	const onText = (piece: string) => {
		text += piece;
	};
	assert.ok(backend.listen);
	return {over: backend.listen(id, {signal: until, onText}), text: () => text};
};

/** A server of which only the log matters, and a backend before it. */
const openLog = async (t: TestContext, converse: Conversation, limits?: TensorpoolOptions['listen']) => {
	const time = createManualClock();
	const server = await serve(anyJob, time.clock, 0, converse);
	t.after(server.close);
	return {time, server, backend: connectTo(server.url, {time, ...(limits && {listen: limits})})};
};

test('a log is listened to while its job runs, until the job has ended', async t => {
	const {server, backend, cancel, time} = await open(t, {noticeMs: 30_000});
	const id = server.add('running', sft);
	const heard = startListening(backend, id);
	for (let step = 0; heard.text() === '' && step < 1000; step += 1) await time.advance(1);
	assert.equal(heard.text(), 'Starting llama-sft\nepoch 0: loss 1\n');
	await cancel(id, {signal});
	await whileTimePasses(time, heard.over);
	assert.equal(heard.text(), 'Starting llama-sft\nepoch 0: loss 1\nCanceled\n');
	assert.equal(server.requests().filter(({path}) => path.startsWith('/job/listen/')).length, 1);
});

test('the lines of a running job arrive as it prints them, each once', async t => {
	const {server, backend, time} = await open(t, {jobs: 40});
	const id = server.ids().find(each => {
		const job = server.job(each);
		return job?.phase === 'running' && job.percent < 50 && job.plan.end === 'succeeded';
	});
	assert.ok(id);
	const heard = startListening(backend, id);
	for (let step = 0; server.job(id)?.phase === 'running' && step < 20_000; step += 1)
		await time.advance(1000);
	await whileTimePasses(time, heard.over);
	const epochs = [...heard.text().matchAll(/^epoch (\d+):/gm)].map(([, epoch]) => Number(epoch));
	assert.deepEqual(epochs, [...Array(11).keys()]);
	assert.match(heard.text(), /\nFinished\n$/);
});

test('a log that breaks off has not ended, however much of it arrived', async t => {
	const {time, backend} = await openLog(t, (_, line) => {
		line.onMessage(() => {
			line.send('{"message":"half"}');
			setImmediate(line.drop);
		});
	});
	const heard = startListening(backend, 'j-1');
	await failsAs(whileTimePasses(time, heard.over), 'cut-off');
	assert.equal(heard.text(), 'half\n');
});

const goodbyes: readonly (readonly [code: number, kind: FailureKind])[] = [
	[1001, 'cut-off'],
	[1008, 'unauthorized'],
	[1011, 'broken'],
	[4403, 'forbidden'],
	[4404, 'not-found'],
	[4429, 'rate-limited'],
];
for (const [code, kind] of goodbyes) {
	test(`a log that is closed with ${code} fails as ${kind}, with the reason`, async t => {
		const {time, backend} = await openLog(t, (_, line) => {
			line.onMessage(() => line.close(code, `because \u001b[31mof ${key}`));
		});
		await failsAs(whileTimePasses(time, startListening(backend, 'j-1').over), kind, /because of \[secret\]/);
	});
}

test('a log that is closed as it should be has ended, with or without a last word', async t => {
	for (const last of [undefined, '{"status":"success"}', '{"status":"error","message":"exit code 1"}']) {
		const {time, backend} = await openLog(t, (_, line) => {
			line.onMessage(() => {
				line.send('{"message":"a line"}');
				if (last === undefined) line.close(1000);
				else line.send(last);
			});
		});
		const heard = startListening(backend, 'j-1');
		await whileTimePasses(time, heard.over);
		assert.equal(heard.text(), last?.includes('exit') ? 'a line\nexit code 1\n' : 'a line\n');
	}
});

test('a line that was cut without a word is noticed, for nothing answers a ping', async t => {
	const time = createManualClock();
	const deaf = createServer((_, response) => send(response, anyJob()));
	// It shakes hands, and then is not there any more.
	deaf.on('upgrade', (request, socket) => {
		const given = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
		const accept = createHash('sha1').update(given).digest('base64');
		socket.write(
			`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
		);
		socket.on('error', () => {});
		t.after(() => socket.destroy());
	});
	await new Promise<void>(resolve => deaf.listen(0, '127.0.0.1', resolve));
	t.after(() => deaf.close());
	const {port} = deaf.address() as AddressInfo;
	const backend = connectTo(`http://127.0.0.1:${port}`, {time});
	await failsAs(
		whileTimePasses(time, startListening(backend, 'j-1').over),
		'cut-off',
		/sent nothing for 15 s/,
	);
});

test('a job that prints nothing for long is listened to on, for pings are answered', async t => {
	let say = () => {};
	const {time, backend} = await openLog(t, (_, line) => {
		line.onMessage(() => {
			say = () => line.send('{"message":"at last","status":"success"}');
		});
	});
	const heard = startListening(backend, 'j-1');
	for (let step = 0; step < 4000; step += 1) await time.advance(20);
	say();
	await whileTimePasses(time, heard.over);
	assert.equal(heard.text(), 'at last\n');
});

test('a log of an ended job without new lines is complete', async t => {
	const time = createManualClock();
	const endedJob = (): Answer => json(200, {job_info: {status: 'error'}});
	let words: string[] = ['{"status":"error","message":"exit code 1"}'];
	const server = await serve(endedJob, time.clock, 0, (_, line) => {
		line.onMessage(() => words.forEach(line.send));
	});
	t.after(server.close);
	const backend = connectTo(server.url, {time});
	const first = startListening(backend, 'j-1');
	await whileTimePasses(time, first.over);
	assert.equal(first.text(), 'exit code 1\n');
	words = ['{"message":"a line"}'];
	const second = startListening(backend, 'j-1');
	await whileTimePasses(time, second.over);
	assert.equal(second.text(), 'a line\n');
	words = [];
	await failsAs(whileTimePasses(time, startListening(backend, 'j-1').over), 'timeout', /did not start/);
});

test('what a program prints cannot drive the terminal, in whatever frames it comes', async t => {
	const frames = [
		'{"message":"a\\u001b[2Jb\\u0000"}',
		'\u001b]0;owned\u0007c',
		'{"message":"\u009b31md\u202e"}',
		'[1]',
		'{}',
	];
	const converse: Conversation = (_, line) =>
		line.onMessage(() => {
			for (const frame of frames) line.send(frame);
			line.close(1000);
		});
	const {time, backend} = await openLog(t, converse);
	const heard = startListening(backend, 'j-1');
	await whileTimePasses(time, heard.over);
	assert.equal(heard.text(), 'ab\nc\nd\n[1]\n');
	assert.ok(backend.logs);
	assert.equal((await whileTimePasses(time, backend.logs('j-1', {signal}))).text, heard.text());
});

test('what is no UTF-8 in a log is replaced where it comes as bytes, and breaks it off where it calls itself text', async t => {
	const bytes = Buffer.concat([Buffer.from('caf'), Buffer.from([0xe9])]);
	const saying =
		(as: 'text' | 'binary'): Conversation =>
		(_, line) =>
			line.onMessage(() => {
				line.sendBytes(bytes, as);
				line.sendBytes(Buffer.from('{"message": "two", "status": "success"}'), as);
			});
	const binary = await openLog(t, saying('binary'));
	const heard = startListening(binary.backend, 'j-1');
	await whileTimePasses(binary.time, heard.over);
	assert.equal(heard.text(), 'caf\ufffd\ntwo\n');
	const text = await openLog(t, saying('text'));
	const refused = startListening(text.backend, 'j-1');
	await assert.rejects(whileTimePasses(text.time, refused.over), /the connection broke/);
});

test('a log of 50 MB passes through, and of a message that is too long its end is kept', async t => {
	const line = JSON.stringify({message: 'x'.repeat(10_000)});
	const converse: Conversation = (_, far) =>
		far.onMessage(() => {
			let sent = 0;
			const sendMore = () => {
				for (let n = 0; n < 50; n += 1) far.send(line);
				sent += 50;
				if (sent < 5000) return setImmediate(sendMore);
				far.send(JSON.stringify({message: `${'y'.repeat(1000)}the end`, status: 'success'}));
			};
			sendMore();
		});
	const {time, backend} = await openLog(t, converse, {message: 1000});
	let characters = 0;
	let last = '';
	let most = 0;
	const before = process.memoryUsage().rss;
	assert.ok(backend.listen && backend.logs);
	const onText = (text: string) => {
		characters += text.length;
		last = text;
		most = Math.max(most, process.memoryUsage().rss - before);
	};
	await whileTimePasses(time, backend.listen('j-1', {signal, onText}));
	assert.equal(characters, 5001 * 1001);
	assert.match(last, /^y+the end\n$/);
	assert.ok(most < 200_000_000, `${most} bytes`);
	const {text, cut} = await whileTimePasses(time, backend.logs('j-1', {signal}));
	assert.equal(cut, true);
	assert.ok(text.length <= 150_000);
});

test('an aborted listener closes the connection, and no text arrives after that', async t => {
	let left = false;
	const {time, backend} = await openLog(t, (_, line) => {
		line.onEnd(() => {
			left = true;
		});
		line.onMessage(() => line.send('{"message":"one"}'));
	});
	const controller = new AbortController();
	const reason = new Error('changed my mind');
	const heard = startListening(backend, 'j-1', controller.signal);
	for (let step = 0; heard.text() === '' && step < 1000; step += 1) await time.advance(1);
	controller.abort(reason);
	await assert.rejects(heard.over, reason);
	for (let step = 0; !left && step < 1000; step += 1) await time.advance(1);
	assert.ok(left);
	assert.equal(heard.text(), 'one\n');
	await assert.rejects(startListening(backend, 'j-1', AbortSignal.abort(reason)).over, reason);
});

test('results are listed by name; signed addresses are left out, and the command is shown and not run', async t => {
	const {server, results} = await open(t);
	const id = server.add('succeeded', sft);
	const found = await results(id, {signal});
	assert.deepEqual(found.slice(0, 2), [
		{name: 'outputs/model.safetensors', kind: 'file'},
		{name: 'outputs/train.log', kind: 'file, not stored'},
	]);
	assert.equal(found[2]?.name, "the server's command, not run");
	assert.match(found[2]?.value ?? '', /^echo '.* rsync -avz --dry-run /);
	assert.equal(found.length, 3);
	assert.match(server.requests().at(-1)?.path ?? '', /^\/job\/pull\/[^?]*\?dry_run=true$/);
	await failsAs(results('j-999', {signal}), 'not-found');
});

test('no signature and no escape code of an answer to a pull is shown', async t => {
	const {server, results} = await open(t);
	const id = server.add('succeeded', sft);
	const body = {
		download_map: {'a\u001b[2J.txt': 'https://s3/a?sig=abc', '\u0000': 'https://s3/b', c: 17},
		command: `curl 'https://s3/a?X-Amz-Signature=abc' -o a; \u001b]0;x\u0007curl https://al:abc@s3/b -H ${key}`,
	};
	server.failNext(saying(json(200, body)));
	const found = await results(id, {signal});
	assert.doesNotMatch(JSON.stringify(found), /abc|\\u001b/);
	assert.deepEqual(
		found.map(({name}) => name),
		['a.txt', 'c', "the server's command, not run"],
	);
	assert.equal(found[2]?.value, "curl 'https://s3/a' -o a; curl https://s3/b -H [secret]");
	server.failNext(saying(json(200, {message: 'nothing'})));
	assert.deepEqual(await results(id, {signal}), []);
	server.failNext(saying(json(200, {download_map: 'none'})));
	await failsAs(results(id, {signal}), 'malformed');
});

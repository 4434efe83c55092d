/*
What is evidence, and what is only a word: servers whose answers, lists and records tell different things. They are made for this here, so that each can say exactly what it shall.
*/

import assert from 'node:assert/strict';
import {rmSync, writeFileSync} from 'node:fs';
import {createServer, type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import type {Connection} from '../../source/backends/backend.ts';
import {flux} from '../../source/backends/flux/index.ts';
import {toJob as toFluxJob} from '../../source/backends/flux/wire.ts';
import {readRecord} from '../../source/backends/gridengine/accounts.ts';
import {gridengine} from '../../source/backends/gridengine/index.ts';
import {createMemory} from '../../source/backends/gridengine/memory.ts';
import {htcondor} from '../../source/backends/htcondor/index.ts';
import {toJob as toCondorJob} from '../../source/backends/htcondor/wire.ts';
import {kubernetes} from '../../source/backends/kubernetes/index.ts';
import {readWire as readKubernetesJob} from '../../source/backends/kubernetes/record.ts';
import {toJob as toKubernetesJob} from '../../source/backends/kubernetes/wire.ts';
import {lsf} from '../../source/backends/lsf/index.ts';
import {toJob as toLsfJob} from '../../source/backends/lsf/wire.ts';
import {ogc} from '../../source/backends/ogc/index.ts';
import {pbs} from '../../source/backends/pbs/index.ts';
import {toJob as toPbsJob} from '../../source/backends/pbs/wire.ts';
import {slurm} from '../../source/backends/slurm/index.ts';
import {jobOf, type Viewer} from '../../source/backends/slurm/records.ts';
import {tensorpool} from '../../source/backends/tensorpool/index.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import type {CancelEvent} from '../../source/cancellation/machine/events.ts';
import {transition} from '../../source/cancellation/machine/machine.ts';
import {ask} from '../../source/cancellation/machine/state.ts';
import {type Ref, refOf} from '../../source/job/ref.ts';
import {targetOf} from '../../source/job/target.ts';
import type {Known} from '../../source/state/known.ts';
import {diskIdle, openEngine, temporaryDirectory} from '../helpers/engine.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

/** A record as its system writes it; undefined where it knows the job no more. */
type Told = Readonly<Record<string, unknown>> | undefined;
type Answer = {
	readonly status: number;
	readonly body: unknown;
	readonly headers?: Readonly<Record<string, string>>;
};

type Dialect = {
	readonly connect: (url: string) => Omit<Connection, 'profile'>;
	readonly running: Told;
	readonly cancelled: Told;
	readonly succeeded: Told;
	/** What a list and a look say. */
	readonly list: (records: readonly Told[]) => unknown;
	readonly look: (record: NonNullable<Told>) => unknown;
	readonly accepted: (id: string) => Answer;
	/** What it says to a second request, in its own form. */
	readonly already: (id: string) => Answer;
	readonly unknown: Answer;
	readonly isCancel: (request: IncomingMessage) => boolean;
};

const hour = '2026-11-23T11:00:00Z';
const later = '2026-11-23T12:00:30Z';

const exception = (status: number, type: string, detail: string): Answer => ({
	status,
	body: {
		type: `http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/${type}`,
		title: type,
		code: type,
		status,
		detail,
		description: detail,
	},
});

const ogcLike = {
	running: {status: 'running', created: hour, started: hour, finished: null},
	cancelled: {status: 'dismissed', created: hour, started: hour, finished: later},
	succeeded: {status: 'successful', created: hour, started: hour, finished: later},
	list: records => ({jobs: records, page: 0, limit: 500, total: records.length, links: []}),
	look: record => record,
	accepted: id => ({status: 200, body: {jobID: id, status: 'dismissed', message: 'Job dismissed.'}}),
	already: () => exception(410, 'job-dismissed', 'Job was dismissed before.'),
	unknown: exception(404, 'no-such-job', 'Could not find job.'),
	isCancel: ({method}) => method === 'DELETE',
} as const satisfies Omit<Dialect, 'connect'>;

const dialects = {
	weaver: {
		...ogcLike,
		connect: url => ({traits: weaver.traits, backend: weaver.connect('far', {url})}),
	},
	ogc: {
		...ogcLike,
		connect: url => ({traits: ogc.traits, backend: ogc.connect('far', {url})}),
	},
	tensorpool: {
		running: {status: 'running', created_at: hour},
		cancelled: {status: 'canceled', created_at: hour},
		succeeded: {status: 'completed', created_at: hour},
		list: records => ({jobs: records}),
		look: record => ({job_info: record}),
		accepted: id => ({status: 202, body: {job_id: id, message: 'canceling', status: 'canceling'}}),
		already: id => ({status: 200, body: {job_id: id, message: 'canceled', status: 'canceled'}}),
		unknown: {status: 404, body: {detail: 'Job not found'}},
		isCancel: ({method}) => method === 'POST',
		connect: url => ({traits: tensorpool.traits, backend: tensorpool.connect('far', {url})}),
	},
} as const satisfies Readonly<Record<string, Dialect>>;

type DialectName = keyof typeof dialects;
const names = Object.keys(dialects) as DialectName[];

/** A server whose list and whose records are what they are set to, and an engine on it. */
const open = async (context: TestContext, name: DialectName, jobs: number, {park = true} = {}) => {
	const dialect: Dialect = dialects[name];
	const ids = Array.from(
		{length: jobs},
		(_, index) => `00000000-0000-4000-8000-00000000000${index.toString(36)}`,
	);
	const named = (id: string, record: Told): Told =>
		record && {jobID: id, id, title: `job ${id.at(-1)}`, ...record};
	const listed = new Map<string, Told>(ids.map(id => [id, dialect.running]));
	const own = new Map<string, Told>(listed);
	let looks = 0;
	let requests = 0;
	let onCancel = (id: string): Answer => dialect.accepted(id);
	let onLook = (id: string): Answer => {
		const record = named(id, own.get(id));
		return record ? {status: 200, body: dialect.look(record)} : dialect.unknown;
	};
	const answer = (request: IncomingMessage): Answer => {
		const id = ids.find(each => request.url?.includes(each));
		if (id === undefined) {
			const records = ids.map(each => named(each, listed.get(each))).filter(record => record !== undefined);
			return {status: 200, body: dialect.list(records)};
		}
		if (dialect.isCancel(request)) {
			requests++;
			return onCancel(id);
		}
		looks++;
		return onLook(id);
	};
	const server = createServer((request, response) => {
		const {status, body, headers} = answer(request);
		response.writeHead(status, {'content-type': 'application/json', ...headers}).end(JSON.stringify(body));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	context.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const time = createManualClock();
	let underWay = 0;
	const counted = <Method>(method: Method): Method =>
		typeof method !== 'function'
			? method
			: ((async (...parameters: unknown[]) => {
					underWay++;
					try {
						return await method(...parameters);
					} finally {
						underWay--;
					}
				}) as Method);
	const {traits, backend} = dialect.connect(url);
	const {system, listPage, get, cancel, close} = backend;
	const connection = {
		profile: 'far',
		traits,
		backend: {
			system,
			listPage: counted(listPage),
			...(get && {get: counted(get)}),
			...(cancel && {cancel: counted(cancel)}),
			...(close && {close}),
		},
	} satisfies Connection;
	const stateDirectory = temporaryDirectory(context);
	const opened = openEngine(context, {server: {url}, time}, stateDirectory, {connection, park});
	const {engine, known, refTo} = opened;
	/** The server is real: its answers take time that no clock of ours gives them. */
	const turn = () => new Promise<void>(resolve => setImmediate(resolve));
	const pass = async (ms: number) => {
		for (let left = ms; left > 0; left -= 50) {
			await time.advance(50);
			await diskIdle();
			while (underWay > 0) await turn();
		}
	};
	const until = async (what: string, holds: (state: Known) => boolean) => {
		for (let step = 0; step < 10_000; step++) {
			if (holds(known())) return;
			await pass(50);
		}
		assert.fail(
			`it never came to this: ${what}\n${JSON.stringify([...known().cancellations.values()], null, 1)}`,
		);
	};
	const all = (map: Map<string, Told>, record: Told) => {
		for (const id of ids) map.set(id, record);
	};
	return {
		...opened,
		...dialect,
		until,
		pass,
		stateDirectory,
		ids,
		setList: (record: Told) => all(listed, record),
		setOwn: (record: Told) => all(own, record),
		setRecord: (id: string, record: Told) => void own.set(id, record),
		answerCancel: (next: (id: string) => Answer) => {
			onCancel = next;
		},
		answerLook: (next: (usual: Answer, id: string) => Answer) => {
			const usual = onLook;
			onLook = id => next(usual(id), id);
		},
		counts: () => ({looks, requests}),
		/** Shows the jobs, and asks for all of them at once. */
		async cancel() {
			engine.start();
			await until('all are listed', ({jobs}) => jobs.byRef.size === ids.length);
			const targets = ids.map(id => targetOf(known().jobs.byRef.get(refTo(id)) as never));
			await engine.cancel(targets);
		},
		outcomes: () => {
			const counts: Record<string, number> = {};
			for (const {step, outcome} of known().cancellations.values()) {
				const kind = `${step === 'settled' ? '' : 'still '}${outcome?.kind ?? step}`;
				counts[kind] = (counts[kind] ?? 0) + 1;
			}
			return counts;
		},
		report: (id: string) => known().cancellations.get(refOf('far', id) as Ref),
		allSettled: () =>
			until(
				'all are settled',
				({cancellations}) =>
					cancellations.size === ids.length &&
					[...cancellations.values()].every(({step}) => step === 'settled'),
			),
	};
};

for (const name of names) {
	test(`${name}: a list that lags keeps no job alive that has ended`, async context => {
		const far = await open(context, name, 20);
		far.answerCancel(id => {
			far.setRecord(id, far.cancelled);
			return far.accepted(id);
		});
		await far.cancel();
		await far.allSettled();
		assert.deepEqual(far.outcomes(), {cancelled: 20});
	});

	test(`${name}: a list that calls jobs cancelled settles none that is alive`, async context => {
		const far = await open(context, name, 20);
		await far.cancel();
		await far.until('all are asked', () => far.counts().requests >= 20);
		far.setList(far.cancelled);
		const {looks} = far.counts();
		await far.pass(100_000);
		assert.deepEqual(
			Object.keys(far.outcomes()).filter(kind => !kind.startsWith('still ')),
			[],
		);
		// The jobs were asked, and no more often than they are where there is no list.
		assert.ok(far.counts().looks - looks >= 20);
		assert.ok(far.counts().looks - looks <= 20 * 25, `${far.counts().looks - looks} looks`);
	});

	test(`${name}: after the answer "already cancelled", the job's record decides`, async context => {
		const far = await open(context, name, 3);
		const [running = '', succeeded = '', cancelled = ''] = far.ids;
		far.answerCancel(id => {
			if (id === succeeded) far.setRecord(id, far.succeeded);
			if (id === cancelled) far.setRecord(id, far.cancelled);
			return far.already(id);
		});
		await far.cancel();
		await far.allSettled();
		assert.equal(far.report(running)?.outcome?.kind, 'refused');
		assert.match(far.report(running)?.outcome?.detail ?? '', /it is alive, but its system answered/);
		assert.equal(far.report(succeeded)?.outcome?.kind, 'finished-first');
		assert.equal(far.report(cancelled)?.outcome?.kind, 'already-cancelled');
	});

	test(`${name}: a job that its server does not know for a moment is not gone`, async context => {
		const far = await open(context, name, 1);
		const [id = ''] = far.ids;
		await far.cancel();
		await far.until('it is asked', () => far.counts().requests === 1);
		let forgotten = 0;
		far.answerLook(usual => (forgotten++ < 1 ? far.unknown : usual));
		await far.until('it was not found once', () => forgotten >= 1);
		await far.pass(30_000);
		assert.equal(far.report(id)?.step, 'following');
		far.setOwn(far.cancelled);
		await far.allSettled();
		assert.deepEqual(far.report(id)?.outcome, {kind: 'cancelled'});
	});

	test(`${name}: a batch whose jobs all vanish at once is doubted for longer`, async context => {
		const far = await open(context, name, 5);
		await far.cancel();
		await far.until('all are asked', () => far.counts().requests === 5);
		far.setOwn(undefined);
		far.setList(undefined);
		await far.pass(8000);
		assert.ok(!Object.keys(far.outcomes()).includes('removed'));
		await far.allSettled();
		for (const id of far.ids) {
			const {kind, detail} = far.report(id)?.outcome ?? {};
			assert.equal(kind, name === 'tensorpool' ? 'unknown' : 'removed');
			assert.match(detail ?? '', /all jobs of its batch vanished at once/);
		}
	});

	test(`${name}: jobs that vanish one after the other are not said to vanish at once`, async context => {
		const far = await open(context, name, 5);
		await far.cancel();
		await far.until('all are asked', () => far.counts().requests === 5);
		far.setList(undefined);
		const [last = '', ...first] = far.ids;
		for (const id of first) far.setRecord(id, undefined);
		await far.until('the first are settled', () => first.every(id => far.report(id)?.outcome));
		far.setRecord(last, undefined);
		await far.allSettled();
		const kind = name === 'tensorpool' ? 'unknown' : 'removed';
		assert.deepEqual(far.outcomes(), {[kind]: 5});
		assert.doesNotMatch(far.report(last)?.outcome?.detail ?? '', /at once/);
	});

	test(`${name}: what was never accepted is unknown, with the last failure`, async context => {
		const far = await open(context, name, 1, {park: false});
		const [id = ''] = far.ids;
		far.answerCancel(() => ({status: 500, body: {detail: 'the database is away'}}));
		await far.cancel();
		await far.until('it is followed', () => far.report(id)?.step === 'following');
		await far.pass(20_000);
		assert.match(far.report(id)?.why ?? '', /database is away/);
		far.engine.leave();
		await far.pass(100);
		const {kind, detail} = far.report(id)?.outcome ?? {};
		assert.equal(kind, 'unknown');
		assert.match(detail ?? '', /database is away/);
	});

	test(`${name}: endless rate limits make longer pauses, and the outcome says what was sent`, async context => {
		const far = await open(context, name, 1, {park: false});
		const [id = ''] = far.ids;
		far.answerCancel(() => ({status: 429, body: {detail: 'slow down'}, headers: {'retry-after': '1'}}));
		await far.cancel();
		await far.pass(600_000);
		// Of a request that is under way when somebody leaves, nobody knows.
		await far.until('it waits for its turn', () => far.report(id)?.step === 'throttled');
		const {requests} = far.counts();
		assert.ok(requests >= 5 && requests <= 20, `${requests} requests`);
		far.engine.leave();
		await far.pass(100);
		const {kind, detail} = far.report(id)?.outcome ?? {};
		assert.equal(kind, 'refused');
		assert.ok(detail?.startsWith(`${requests} requests were sent but not accepted`), detail);
	});

	test(`${name}: the details of a job tell its cancellation what they show`, async context => {
		const far = await open(context, name, 1);
		const [id = ''] = far.ids;
		far.answerCancel(each => {
			far.setOwn(far.cancelled);
			far.setList(undefined);
			return far.accepted(each);
		});
		await far.cancel();
		await far.allSettled();
		assert.equal(far.report(id)?.outcome?.kind, 'cancelled');
		far.setOwn(far.succeeded);
		far.engine.handle({type: 'inspect', ref: far.refTo(id)});
		await far.until('it is told', () => far.report(id)?.outcome?.kind === 'finished-first');
		assert.equal(far.known().jobs.byRef.get(far.refTo(id))?.phase, 'succeeded');
	});
}

for (const name of ['weaver', 'ogc'] as const) {
	for (const [began, started, words] of [
		['had begun', hour, 'the process may still run'],
		['waited', null, 'it may still start'],
	] as const) {
		test(`${name}: a dismissed job that ${began} is no plain cancelled before its worker has ended`, async context => {
			const far = await open(context, name, 1);
			const [id = ''] = far.ids;
			const dismissed = {status: 'dismissed', created: hour, started, finished: null};
			far.answerCancel(each => {
				far.setOwn(dismissed);
				far.setList(undefined);
				return far.accepted(each);
			});
			await far.cancel();
			await far.until('it is asked', () => far.counts().requests === 1);
			await far.pass(40_000);
			assert.equal(far.report(id)?.step, 'following');
			assert.equal(far.report(id)?.why, words);
			await far.allSettled();
			assert.deepEqual(far.report(id)?.outcome, {kind: 'cancelled', detail: words});
			assert.equal(far.counts().requests, 1);
			// It goes on, or begins, and that is told.
			far.setOwn(far.running);
			far.setList(far.running);
			await far.until('it came back', () => far.report(id)?.cameBack === true);
			far.setOwn(far.succeeded);
			far.setList(undefined);
			await far.allSettled();
			assert.equal(far.report(id)?.outcome?.kind, 'finished-first');
			assert.equal(far.counts().requests, 1);
		});
	}

	test(`${name}: a dismissed job whose worker has ended is plainly cancelled`, async context => {
		const far = await open(context, name, 1);
		const [id = ''] = far.ids;
		far.answerCancel(each => {
			far.setOwn({status: 'dismissed', created: hour, started: hour, finished: null});
			return far.accepted(each);
		});
		await far.cancel();
		await far.until('it is dismissed', () => far.report(id)?.seen?.unproven === 'may-run');
		far.setOwn(far.cancelled);
		await far.allSettled();
		assert.deepEqual(far.report(id)?.outcome, {kind: 'cancelled'});
	});
}

/** Ends that look as if a request had worked, in each dialect: numbers and words of a kill, but no word for cancelled. */
const killed: Readonly<Record<DialectName, readonly NonNullable<Told>[]>> = {
	weaver: [
		{status: 'failed', message: 'terminated by SIGTERM', created: hour, started: hour, finished: later},
		{status: 'failed', message: 'cancelled', created: hour, started: hour, finished: later},
	],
	ogc: [{status: 'failed', message: 'exit code 143', created: hour, started: hour, finished: later}],
	tensorpool: [
		{status: 'error', exit_code: 143, created_at: hour},
		{status: 'failed', exit_code: 137, message: 'canceled', created_at: hour},
	],
};

for (const name of names) {
	test(`${name}: after an accepted request, only the word of its system makes a job cancelled`, context =>
		fc.assert(
			fc.asyncProperty(
				fc.array(fc.constantFrom<'cancelled' | 'succeeded' | 0 | 1>('cancelled', 'succeeded', 0, 1), {
					minLength: 1,
					maxLength: 6,
				}),
				async ends => {
					const far = await open(context, name, ends.length);
					const recordOf = (end: (typeof ends)[number]) =>
						typeof end === 'number' ? killed[name][end % killed[name].length] : far[end];
					far.answerCancel(id => {
						far.setRecord(id, recordOf(ends[far.ids.indexOf(id)] ?? 0));
						return far.accepted(id);
					});
					await far.cancel();
					await far.allSettled();
					for (const [index, id] of far.ids.entries()) {
						const expected = ends[index] === 'cancelled' ? 'cancelled' : 'finished-first';
						const outcome = far.report(id)?.outcome;
						assert.equal(outcome?.kind, expected, JSON.stringify(ends));
						// What ended it is words, and never the outcome.
						const isExit = name === 'tensorpool' && typeof ends[index] === 'number';
						assert.equal(/^exit code 1\d\d$/.test(outcome?.detail ?? ''), isExit, outcome?.detail);
					}
				},
			),
			{numRuns: 4},
		));
}

test('slurm: after an accepted request, only the word CANCELLED makes a job cancelled', () => {
	const viewer: Viewer = {profile: 'far', backend: 'slurm', isMine: () => true};
	const policy = {...slurm.traits, operation: 'cancel', stageMs: 0, park: true} as const;
	const record = fc.record({
		state: fc.oneof(
			fc.constantFrom('CANCELLED', 'CANCELLED by 0', 'CANCELLED by 1001', 'COMPLETED', 'FAILED', 'TIMEOUT'),
			fc.constantFrom('PREEMPTED', 'NODE_FAIL', 'OUT_OF_MEMORY', 'DEADLINE', 'BOOT_FAIL', 'KILLED'),
		),
		exit: fc.constantFrom('0:0', '0:9', '0:15', '143:0', '137:0', undefined),
		reason: fc.constantFrom(
			'None',
			'JobHeldUser',
			'NonZeroExitCode',
			'RaisedSignal:15(Terminated)',
			'CANCELLED',
		),
		by: fc.constantFrom(undefined, '', 'root', 'alice'),
	});
	fc.assert(
		fc.property(record, ({state, exit, reason, by}) => {
			const {phase, status, terminal, endedBy} = jobOf(
				{
					...{id: '7', base: '7', tasks: undefined, task: undefined, uid: 1001, user: 'alice', name: 'mesh'},
					...{partition: '', nodes: 'n1', nodeCount: '', placed: true, limitMs: undefined},
					...{submit: 1, start: 2, end: 3, state, reason},
					...(exit !== undefined && {exit}),
					...(by !== undefined && {by}),
				},
				viewer,
			);
			assert.equal(endedBy?.kind === 'cancelled', phase === 'cancelled');
			const look = {type: 'looked', source: 'record', askedMoment: Number.POSITIVE_INFINITY} as const;
			const events: readonly CancelEvent[] = [
				{type: 'confirmed', at: 1},
				{...look, at: 2, phase: 'running', status: 'RUNNING', terminal: false},
				{type: 'answered', at: 3, attempt: 1, receipt: {kind: 'accepted'}},
				{...look, at: 4, phase, status, terminal},
			];
			const end = events.reduce((before, event) => transition(before, event, policy)[0], ask(true));
			const isCancelled = end.step === 'settled' && end.outcome.kind === 'cancelled';
			assert.equal(isCancelled, state.startsWith('CANCELLED'));
		}),
	);
});

test('htcondor: after an accepted request, only a removal that no expression made, in the history, makes a job cancelled', () => {
	const viewer = {profile: 'far', isMine: () => true};
	const policy = {...htcondor.traits, operation: 'cancel', stageMs: 0, park: true} as const;
	const expression = "The job attribute PeriodicRemove expression 'x == 1' evaluated to TRUE";
	const record = fc.record({
		source: fc.constantFrom('queue', 'history'),
		JobStatus: fc.integer({min: 0, max: 9}),
		ExitBySignal: fc.constantFrom(true, false, undefined),
		ExitSignal: fc.constantFrom(9, 15, undefined),
		ExitCode: fc.constantFrom(0, 1, 137, 143, undefined),
		RemoveReason: fc.constantFrom(
			'via condor_rm (by user alice)',
			'expression evaluated to TRUE (by user alice)',
			expression,
			'The system macro SYSTEM_PERIODIC_REMOVE expression evaluated to TRUE',
			undefined,
		),
		HoldReason: fc.constantFrom('via condor_hold (by user alice)', undefined),
	});
	fc.assert(
		fc.property(record, ({source, ...ad}) => {
			const job = toCondorJob({ClusterId: 7, ProcId: 0, Owner: 'alice', ...ad}, source, viewer);
			assert.ok(job);
			const {phase, status, terminal, endedBy} = job;
			assert.equal(endedBy?.kind === 'cancelled', phase === 'cancelled');
			const look = {type: 'looked', source: 'record', askedMoment: Number.POSITIVE_INFINITY} as const;
			const events: readonly CancelEvent[] = [
				{type: 'confirmed', at: 1},
				{...look, at: 2, phase: 'running', status: 'Running', terminal: false},
				{type: 'answered', at: 3, attempt: 1, receipt: {kind: 'accepted'}},
				{...look, at: 4, phase, status, terminal},
			];
			const end = events.reduce((before, event) => transition(before, event, policy)[0], ask(true));
			const isRemoved = source === 'history' && ad.JobStatus === 3;
			const byPolicy = /^The .* evaluated to TRUE$/.test(ad.RemoveReason ?? '');
			const isCancelled = end.step === 'settled' && end.outcome.kind === 'cancelled';
			assert.equal(isCancelled, isRemoved && !byPolicy, JSON.stringify({source, ...ad}));
		}),
	);
});

test('lsf: after an accepted request, only a kill by a person, or a signal of bkill without a reason, makes a job cancelled', () => {
	const viewer = {profile: 'far', isMine: () => true, now: () => 0};
	const policy = {...lsf.traits, operation: 'cancel', stageMs: 0, park: true} as const;
	const record = fc.record({
		STAT: fc.constantFrom('RUN', 'ZOMBI', 'UNKWN', 'DONE', 'EXIT', 'LOST'),
		EXIT_CODE: fc.constantFrom('', '0', '1', '129', '130', '137', '143'),
		term: fc.constantFrom(
			...['', 'TERM_OWNER', 'TERM_ADMIN', 'TERM_FORCE_OWNER', 'TERM_BUCKET_KILL', 'TERM_RUNLIMIT'],
			...['TERM_EXTERNAL_SIGNAL', 'TERM_MEMLIMIT', 'TERM_REMOVE_HUNG_JOB', 'TERM_PREEMPT'],
		),
	});
	fc.assert(
		fc.property(record, ({term, ...told}) => {
			const fields = {JOBID: '7', JOBINDEX: '0', USER: 'alice', EXIT_REASON: term === '' ? '' : `${term}: x`};
			const job = toLsfJob({...fields, ...told}, viewer);
			assert.ok(job);
			const {phase, status, terminal, endedBy} = job;
			const look = {type: 'looked', source: 'record', askedMoment: Number.POSITIVE_INFINITY} as const;
			const events: readonly CancelEvent[] = [
				{type: 'confirmed', at: 1},
				{...look, at: 2, phase: 'running', status: 'RUN', terminal: false},
				{type: 'answered', at: 3, attempt: 1, receipt: {kind: 'accepted'}},
				{...look, at: 4, phase, status, terminal, ...(endedBy && {endedBy})},
			];
			const end = events.reduce((before, event) => transition(before, event, policy)[0], ask(true));
			const isKilled = /^TERM_(?:OWNER|ADMIN|FORCE_OWNER|BUCKET_KILL)$/.test(term);
			const isSignalled = term === '' && ['130', '137', '143'].includes(told.EXIT_CODE);
			// What was killed by force may run on: it is followed further.
			const isCancelled =
				term === 'TERM_FORCE_OWNER'
					? phase === 'cancelled'
					: end.step === 'settled' && end.outcome.kind === 'cancelled';
			assert.equal(
				isCancelled,
				told.STAT === 'EXIT' && (isKilled || isSignalled),
				JSON.stringify({term, ...told}),
			);
		}),
	);
});

test('flux: after an accepted request, only the result CANCELED makes a job cancelled', () => {
	const viewer = {profile: 'far', isMine: () => true};
	const policy = {...flux.traits, operation: 'cancel', stageMs: 0, park: true} as const;
	const record = fc.record({
		status: fc.constantFrom(
			'RUN',
			'CLEANUP',
			'COMPLETED',
			'FAILED',
			'CANCELED',
			'TIMEOUT',
			'INACTIVE',
			'LOST',
		),
		type: fc.constantFrom('cancel', 'timeout', 'dependency', 'exec', undefined),
		returncode: fc.constantFrom(0, 1, 137, 143, -15, -128, undefined),
		note: fc.constantFrom('canceled by alice', '', undefined),
	});
	fc.assert(
		fc.property(record, ({status, type, note, returncode}) => {
			const exception = {occurred: type !== undefined, severity: 0, type, note};
			const told = {jobid: 'ƒJE', userid: 1, status, result: status, returncode, exception};
			const job = toFluxJob(told, viewer);
			assert.ok(job);
			const {phase, terminal, endedBy} = job;
			assert.equal(endedBy?.kind === 'cancelled', phase === 'cancelled');
			const look = {type: 'looked', source: 'record', askedMoment: Number.POSITIVE_INFINITY} as const;
			const events: readonly CancelEvent[] = [
				{type: 'confirmed', at: 1},
				{...look, at: 2, phase: 'running', status: 'RUN', terminal: false},
				{type: 'answered', at: 3, attempt: 1, receipt: {kind: 'accepted'}},
				{...look, at: 4, phase, status, terminal},
			];
			const end = events.reduce((before, event) => transition(before, event, policy)[0], ask(true));
			const isCancelled = end.step === 'settled' && end.outcome.kind === 'cancelled';
			assert.equal(isCancelled, status === 'CANCELED', JSON.stringify(told));
		}),
	);
});

test('gridengine: after a registered request, only the failure 100 with a signal of a deletion makes a job cancelled', () => {
	const viewer = {profile: 'far', memory: createMemory(), isMine: () => true};
	const policy = {...gridengine.traits, operation: 'cancel', stageMs: 0, park: true} as const;
	const record = fc.record({
		failed: fc.constantFrom('0', '100 : assumedly after job', '37  : qmaster enforced h_rt limit', '21'),
		exit: fc.constantFrom(0, 1, 9, 15, 128, 129, 137, 139, 140, 143, 152, 255),
		deletedBy: fc.constantFrom(undefined, 'NONE', 'alice'),
		receipt: fc.constantFrom('accepted', 'already', undefined),
	});
	fc.assert(
		fc.property(record, ({failed, exit, deletedBy, receipt}) => {
			const lines = [
				`jobnumber 7`,
				'owner alice',
				'taskid undefined',
				`failed ${failed}`,
				`exit_status ${exit} (x)`,
			];
			const times = ['start_time', 'end_time', 'qsub_time'].map(name => `${name} Sun Nov 22 07:00:46 2026`);
			const by = deletedBy === undefined ? [] : [`deleted_by ${deletedBy}`];
			const read = readRecord([...lines, ...times, ...by].join('\n'), viewer);
			assert.ok(read !== undefined && read !== 'unreadable');
			const {phase, status, terminal, endedBy} = read.job;
			const isProven = deletedBy === 'alice' && !(failed === '0' && exit === 0);
			assert.equal(phase === 'cancelled', isProven);
			assert.equal(endedBy?.kind === 'cancelled', isProven);
			const look = {type: 'looked', source: 'record', askedMoment: Number.POSITIVE_INFINITY} as const;
			const answer: CancelEvent =
				receipt === undefined
					? {type: 'failed', at: 3, attempt: 1, failure: {kind: 'cut-off', detail: 'cut off'}}
					: {type: 'answered', at: 3, attempt: 1, receipt: {kind: receipt}};
			const events: readonly CancelEvent[] = [
				{type: 'confirmed', at: 1},
				{...look, at: 2, phase: 'running', status: 'r', terminal: false},
				answer,
				{...look, at: 4, phase, status, terminal, ...(endedBy && {endedBy})},
			];
			const end = events.reduce((before, event) => transition(before, event, policy)[0], ask(true));
			const isCancelled = end.step === 'settled' && /cancelled$/.test(end.outcome.kind);
			const isKilled = failed.startsWith('100') && [137, 140, 143].includes(exit);
			assert.equal(isCancelled, isProven || (receipt === 'accepted' && isKilled));
		}),
	);
});

test('pbs: after an accepted request, only substate 91 without the exit code 0, or SIGTERM where that is missing, makes a job cancelled', () => {
	const viewer = {profile: 'far', isMine: () => true};
	const policy = {...pbs.traits, operation: 'cancel', stageMs: 0, park: true} as const;
	const record = fc.record({
		job_state: fc.constantFrom('Q', 'R', 'E', 'H', 'B', 'M', 'F', 'X', 'Z'),
		substate: fc.constantFrom(42, 69, 70, 91, 92, 93, 94, undefined),
		Exit_status: fc.constantFrom(0, 1, 15, 143, 137, 265, 271, -29, undefined),
		comment: fc.constantFrom(
			'Job run at Sat Nov 28 at 07:51 on (n1:ncpus=1)',
			'Job run at Sat Nov 28 at 07:51 on (n1:ncpus=1) and terminated by alice@pbs',
			'Job run at Sat Nov 28 at 07:51 on (n1:ncpus=1) and terminated',
			'Subjob terminated',
			undefined,
		),
	});
	fc.assert(
		fc.property(record, fc.boolean(), (ad, isAccepted) => {
			const job = toPbsJob({Job_Id: '7.pbs', Job_Owner: 'alice@login1', ...ad}, viewer);
			assert.ok(job);
			const {phase, status, terminal, endedBy} = job;
			assert.equal(endedBy?.kind === 'cancelled', phase === 'cancelled');
			const look = {type: 'looked', source: 'record', askedMoment: Number.POSITIVE_INFINITY} as const;
			const answer: CancelEvent = isAccepted
				? {type: 'answered', at: 3, attempt: 1, receipt: {kind: 'accepted'}}
				: {type: 'answered', at: 3, attempt: 1, receipt: {kind: 'too-late'}};
			const events: readonly CancelEvent[] = [
				{type: 'confirmed', at: 1},
				{...look, at: 2, phase: 'running', status: 'Running', terminal: false},
				answer,
				{...look, at: 4, phase, status, terminal, ...(endedBy && {endedBy})},
			];
			const end = events.reduce((before, event) => transition(before, event, policy)[0], ask(true));
			const outcome = end.step === 'settled' ? end.outcome : undefined;
			const hasEnded = ad.job_state === 'F' || ad.job_state === 'X';
			const isDeleted = hasEnded && ad.substate === 91 && ad.Exit_status !== 0;
			const isKilled = hasEnded && phase === 'failed' && ad.Exit_status === 271;
			assert.equal(outcome?.kind === 'cancelled', isAccepted && (isDeleted || isKilled), JSON.stringify(ad));
			if (isAccepted && isKilled) assert.equal(outcome?.detail, 'ended by SIGTERM');
		}),
	);
});

test('kubernetes: after an accepted request, no record makes a job cancelled; only its absence makes it removed', () => {
	const policy = {...kubernetes.traits, operation: 'cancel', stageMs: 0, park: true} as const;
	const [before, after] = ['2026-11-28T07:59:00Z', '2026-11-28T08:01:00Z'];
	const condition = fc.record({
		type: fc.constantFrom(
			'Complete',
			'Failed',
			'FailureTarget',
			'SuccessCriteriaMet',
			'Suspended',
			'Cancelled',
		),
		status: fc.constantFrom('True', 'False', 'Unknown'),
		reason: fc.constantFrom('DeadlineExceeded', 'BackoffLimitExceeded', 'Cancelled', undefined),
		lastTransitionTime: fc.constantFrom(before, after),
	});
	const record = fc.record({
		deletionTimestamp: fc.constantFrom('2026-11-28T08:00:00Z', undefined),
		suspend: fc.boolean(),
		conditions: fc.array(condition, {maxLength: 3}),
		active: fc.constantFrom(0, 1),
		ready: fc.constantFrom(0, 1, undefined),
		terminating: fc.constantFrom(0, 1),
	});
	fc.assert(
		fc.property(record, ({deletionTimestamp, suspend, ...status}) => {
			const metadata = {namespace: 'lab', name: 'a', uid: 'u', resourceVersion: '7', deletionTimestamp};
			const wire = readKubernetesJob({metadata, spec: {suspend}, status}) ?? assert.fail();
			const {phase, status: word, terminal} = toKubernetesJob(wire, 'far');
			const look = {askedMoment: Number.POSITIVE_INFINITY} as const;
			const events: readonly CancelEvent[] = [
				{type: 'confirmed', at: 1},
				{...look, type: 'looked', source: 'record', at: 2, phase: 'running', status: 'x', terminal: false},
				{type: 'answered', at: 3, attempt: 1, receipt: {kind: 'accepted'}},
				{...look, type: 'looked', source: 'record', at: 4, phase, status: word, terminal},
			];
			const play = (...more: readonly CancelEvent[]) =>
				[...events, ...more].reduce((state, event) => transition(state, event, policy)[0], ask(true));
			const end = play();
			assert.equal(end.step, terminal ? 'settled' : 'following');
			if (end.step === 'settled') return assert.equal(end.outcome.kind, 'finished-first');
			const gone = {...look, type: 'missing', doubted: false} as const;
			const removed = play({...gone, at: 5}, {type: 'timer', timer: 'poll', at: 6}, {...gone, at: 7});
			assert.ok(removed.step === 'settled' && removed.outcome.kind === 'removed');
		}),
	);
});

test('a cancellation is reported as asked once its journal is on disk, and not if that fails', async context => {
	const far = await open(context, 'weaver', 1);
	const [id = ''] = far.ids;
	const ref = far.refTo(id);
	far.engine.start();
	await far.until('it is listed', ({jobs}) => jobs.byRef.has(ref));
	const targets = [targetOf(far.known().jobs.byRef.get(ref) as never)];
	const answers = () => far.patches.filter(({type}) => type === 'asked' || type === 'batch');
	// A file stands where the folder of the journals should be.
	const journals = join(far.stateDirectory, 'batches');
	writeFileSync(journals, '');
	far.engine.handle({type: 'cancel', targets});
	await far.until('it is answered', () => answers().length > 0);
	assert.deepEqual(answers(), [{type: 'asked', kind: 'cancel', refs: [ref], taken: false}]);
	assert.equal(far.counts().requests, 0);
	rmSync(journals);
	far.engine.handle({type: 'cancel', targets});
	await far.until('it is answered again', () => answers().length >= 3);
	assert.deepEqual(
		answers().map(patch => (patch.type === 'asked' ? patch.taken : patch.type)),
		[false, 'batch', true],
	);
});

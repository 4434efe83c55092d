import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {readBatch} from '../../source/cancellation/journal/read-batch.ts';
import type {JobPlan} from '../../source/demo/scenario.ts';
import type {Engine} from '../../source/engine/engine.ts';
import type {Job} from '../../source/job/job.ts';
import {targetOf} from '../../source/job/target.ts';
import {
	diskIdle,
	openEngine,
	openLivingServer,
	openWeaverServer,
	temporaryDirectory,
} from '../helpers/engine.ts';
import {noneOpenIn} from '../helpers/open-files.ts';

const plan = (name: string) => ({name, process: 'sleeper'});

test('the jobs that are there appear, page by page, and changes follow', async context => {
	const far = await openWeaverServer(context);
	const ids = Array.from({length: 8}, (_, index) => far.server.add('running', plan(`job ${index}`)));
	const {engine, until, refTo, known} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	await until('all are listed', ({jobs}) => jobs.byRef.size === 8);
	far.server.distort(ids[3] as string, record => ({...record, status: 'accepted'}));
	await until('one has changed', ({jobs}) => jobs.byRef.get(refTo(ids[3] as string))?.phase === 'queued');
	assert.equal(known().health.get('w')?.state, 'ok');
});

test('a running job is cancelled, and its server was asked once, for it alone', async context => {
	const far = await openWeaverServer(context);
	const [a, b] = [far.server.add('running', plan('a')), far.server.add('running', plan('b'))];
	const {engine, listed, settled} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	await engine.cancel([targetOf(await listed(a))]);
	assert.equal((await settled(a))?.kind, 'cancelled');
	assert.deepEqual(
		far.server.history(a).map(({effect}) => effect),
		['stopped'],
	);
	assert.deepEqual(far.server.history(b), []);
});

test('a batch of several can be taken back as a whole while it is staged, and nothing is sent', async context => {
	const far = await openWeaverServer(context);
	const ids = ['a', 'b', 'c'].map(name => far.server.add('running', plan(name)));
	const {engine, listed, settled, known} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	const targets = [];
	for (const id of ids) targets.push(targetOf(await listed(id)));
	const {number} = await engine.cancel(targets);
	await far.time.advance(1000);
	assert.deepEqual(
		[...known().cancellations.values()].map(({step}) => step),
		['staged', 'staged', 'staged'],
	);
	engine.handle({type: 'recall', batch: number});
	for (const id of ids) {
		const outcome = await settled(id);
		assert.deepEqual([outcome?.kind, outcome?.detail], ['not-sent', 'recalled']);
	}
	await far.time.advance(60_000);
	for (const id of ids) assert.deepEqual(far.server.history(id), []);
	assert.ok(!far.server.requests().some(({method}) => method === 'DELETE'));
});

test('what has left is not taken back, and goes on being followed', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan('a'));
	const {engine, listed, settled} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	const {number} = await engine.cancel([targetOf(await listed(id))]);
	engine.handle({type: 'recall', batch: number + 1});
	assert.equal((await settled(id))?.kind, 'cancelled');
	engine.handle({type: 'recall', batch: number});
	assert.equal((await settled(id))?.kind, 'cancelled');
});

test('a dry run reports each request, and sends none', async context => {
	const far = await openWeaverServer(context);
	const {engine, known, refTo} = openEngine(context, far, temporaryDirectory(context));
	engine.handle({type: 'dry-run', asked: 7, operation: 'cancel', refs: [refTo('x'), refTo('..'), 'gone/1']});
	assert.deepEqual(known().dryRun, {
		asked: 7,
		requests: [
			{profile: 'w', request: `DELETE ${far.server.url}/jobs/x`},
			{profile: 'w', request: 'nothing for ..: the id ".." cannot be part of an address'},
			{profile: 'gone', request: 'nothing: this profile cannot cancel'},
		],
	});
	assert.deepEqual(far.server.requests(), []);
});

test('a job that has ended is left alone, and what it made is kept', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('succeeded', plan('done'));
	const {engine, settled, refTo} = openEngine(context, far, temporaryDirectory(context));
	await engine.cancel([{ref: refTo(id), name: 'done', phase: 'running', status: 'running'}]);
	const outcome = await settled(id);
	assert.equal(outcome?.kind, 'finished-first');
	assert.equal(outcome?.phase, 'succeeded');
	assert.deepEqual(far.server.history(id), []);
	assert.equal(far.server.job(id)?.kept, true);
});

for (const fault of ['lost-answer', 'cut-off', 'half-body'] as const) {
	test(`a cancel that worked and whose answer is a ${fault} is found out by a look`, async context => {
		const far = await openWeaverServer(context);
		const id = far.server.add('running', plan('a'));
		const {engine, listed, settled} = openEngine(context, far, temporaryDirectory(context));
		engine.start();
		const target = targetOf(await listed(id));
		let deletes = 0;
		far.server.setFault(async (response, work) => {
			const {faultHandler, send} = await import('../../source/demo/faults.ts');
			const latest = far.server.requests().at(-1);
			if (latest?.method === 'DELETE' && ++deletes === 1) return faultHandler(fault)(response, work);
			send(response, await work());
		});
		await engine.cancel([target]);
		assert.equal((await settled(id))?.kind, 'cancelled');
		assert.equal(deletes, 1);
		assert.equal(far.server.history(id).length, 1);
	});
}

test('a cancel that never arrived is sent again, after a look', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan('a'));
	const {engine, listed, settled, known, refTo} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	const target = targetOf(await listed(id));
	let deletes = 0;
	far.server.setFault(async (response, work) => {
		const {faultHandler, send} = await import('../../source/demo/faults.ts');
		const latest = far.server.requests().at(-1);
		if (latest?.method === 'DELETE' && ++deletes === 1) return faultHandler('reset')(response, work);
		send(response, await work());
	});
	await engine.cancel([target]);
	assert.equal((await settled(id))?.kind, 'cancelled');
	assert.equal(known().cancellations.get(refTo(id))?.attempts, 2);
	assert.equal(far.server.history(id).length, 1);
});

test('a worker that goes on after its dismissal is followed until it stops', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {...plan('stubborn'), quirk: 'stubborn'});
	const {engine, listed, settled} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	await engine.cancel([targetOf(await listed(id))]);
	assert.equal((await settled(id))?.kind, 'cancelled');
	assert.equal(far.server.job(id)?.phase, 'cancelled');
	assert.equal(far.server.history(id).length, 1);
});

test('a worker that writes its success after the dismissal had finished first', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {...plan('late'), quirk: 'late-write'});
	const {engine, listed, settled} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	await engine.cancel([targetOf(await listed(id))]);
	assert.equal((await settled(id))?.kind, 'finished-first');
});

test('a refused credential is reported, and no other outcome is claimed', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan('a'));
	const {engine, listed, settled} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	const target = targetOf(await listed(id));
	far.server.setFault('forbidden');
	await engine.cancel([target]);
	assert.equal((await settled(id))?.kind, 'denied');
	assert.deepEqual(far.server.history(id), []);
});

test('an expired credential parks a cancellation, which goes on with a new one', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan('a'));
	const {engine, listed, until, settled, refTo} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	const target = targetOf(await listed(id));
	far.server.setFault('unauthorized');
	await until('the profile is parked', ({health}) => health.get('w')?.state === 'unauthorized');
	await engine.cancel([target]);
	await until('it is parked', ({cancellations}) => cancellations.get(refTo(id))?.step === 'parked');
	far.server.setFault();
	engine.handle({type: 'refresh', profile: 'w'});
	assert.equal((await settled(id))?.kind, 'cancelled');
});

for (const moment of ['before the request', 'as the answer to the request', 'after the request'] as const) {
	test(`the 404 of an ingress, once ${moment}, is no end of a job`, async context => {
		const far = await openWeaverServer(context);
		const id = far.server.add('running', {...plan('a'), quirk: 'never-stops'});
		const {engine, listed, until, known, refTo} = openEngine(context, far, temporaryDirectory(context));
		engine.start();
		const target = targetOf(await listed(id));
		let left = 1;
		const before = far.server.requests().length;
		far.server.setFault(async (response, work) => {
			const {send} = await import('../../source/demo/faults.ts');
			const since = far.server.requests().slice(before);
			const {method, path} = since.at(-1) ?? {};
			const look = method === 'GET' && path?.includes(id) === true;
			const sent = since.some(request => request.method === 'DELETE');
			const hit = {
				'before the request': look && !sent,
				'as the answer to the request': method === 'DELETE',
				'after the request': look && sent,
			}[moment];
			if (!hit || left-- <= 0) return send(response, await work());
			send(response, {status: 404, headers: {'content-type': 'text/plain'}, body: 'default backend - 404'});
		});
		await engine.cancel([target]);
		await until('the ingress has answered', () => left <= 0);
		await until('it is sent', () => far.server.requests().some(({method}) => method === 'DELETE'));
		await far.time.advance(30_000);
		const report = known().cancellations.get(refTo(id));
		assert.notEqual(report?.outcome?.kind, 'removed');
		assert.notEqual(report?.outcome?.kind, 'finished-first');
		assert.notEqual(report?.outcome?.kind, 'not-found');
	});
}

const askings = [
	['a cancellation', (engine, target) => engine.handle({type: 'cancel', targets: [target]})],
	['a refresh', engine => engine.handle({type: 'refresh'})],
	['a test of the profile', engine => engine.handle({type: 'test', profile: 'w'})],
	['a log', (engine, target) => engine.handle({type: 'logs', ref: target.ref})],
] as const satisfies readonly (readonly [
	string,
	(engine: Engine, target: ReturnType<typeof targetOf>) => void,
])[];

for (const [what, ask] of askings) {
	test(`${what} does not wait for a server that wished to be left alone for years`, async context => {
		const far = await openWeaverServer(context);
		const id = far.server.add('running', plan('a'));
		const {engine, listed, until} = openEngine(context, far, temporaryDirectory(context));
		engine.start();
		const target = targetOf(await listed(id));
		far.server.setFault(async response => {
			const {send} = await import('../../source/demo/faults.ts');
			send(response, {status: 429, headers: {'retry-after': '999999999'}, body: '{}'});
		});
		await until('it asks for patience', ({health}) => health.get('w')?.state === 'rate-limited');
		far.server.setFault();
		await far.time.advance(60_000);
		const before = far.server.requests().length;
		const askedAt = far.time.clock.now();
		ask(engine, target);
		await until('it is asked', () => far.server.requests().length > before);
		assert.ok(far.time.clock.now() - askedAt < 200_000);
		await until('all is well', ({health}) => health.get('w')?.state === 'ok');
	});
}

const troubles = [
	['broken', 'broken'],
	['login-page', 'broken'],
	['half-body', 'broken'],
	['cut-off', 'unreachable'],
	['rate-limited', 'rate-limited'],
	['unauthorized', 'unauthorized'],
	['forbidden', 'forbidden'],
] as const;

for (const [fault, state] of troubles) {
	test(`after a ${fault} the rows stay, the profile is ${state}, and the next good poll recovers`, async context => {
		const far = await openWeaverServer(context);
		const id = far.server.add('running', plan('a'));
		const {engine, listed, until, known} = openEngine(context, far, temporaryDirectory(context));
		engine.start();
		await listed(id);
		far.server.setFault(fault);
		await until(`it is ${state}`, ({health}) => health.get('w')?.state === state);
		assert.equal(known().jobs.byRef.size, 1);
		assert.ok(known().notices.at(-1)?.text);
		far.server.setFault();
		// A refused credential waits for a person; everything else recovers by itself.
		if (state === 'unauthorized') engine.handle({type: 'refresh'});
		await until('it is well again', ({health}) => health.get('w')?.state === 'ok');
	});
}

test('a server that is gone is unreachable, and is found again when it is back', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan('a'));
	const {engine, listed, until, known} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	await listed(id);
	await far.server.leave();
	await until('it is unreachable', ({health}) => health.get('w')?.state === 'unreachable');
	assert.equal(known().jobs.byRef.size, 1);
	await far.server.comeBack();
	await until('it is well again', ({health}) => health.get('w')?.state === 'ok');
});

test('a record that cannot be read is counted and costs no other its place', async context => {
	const far = await openWeaverServer(context);
	const [good, bad] = [far.server.add('running', plan('good')), far.server.add('running', plan('bad'))];
	far.server.distort(bad, () => ({jobID: bad, status: 17}));
	const {engine, listed, until} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	await listed(good);
	await until('it is counted', ({health}) => health.get('w')?.unreadable === 1);
});

test('a job that ends while it is watched stays, and says how it ended', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan('a'));
	const {engine, listed, until, refTo} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	await listed(id);
	far.server.distort(id, record => ({...record, status: 'failed', message: 'out of memory'}));
	await until('it has failed', ({jobs}) => jobs.byRef.get(refTo(id))?.phase === 'failed');
});

test('a job whose name drives terminals is cleaned, and its cancellation hits it and no other', async context => {
	const far = await openWeaverServer(context);
	const name = '\u001b]0;x\u0007\u001b[2J|名前';
	const [id, other] = [far.server.add('running', plan(name)), far.server.add('running', plan('|名前'))];
	const {engine, listed, settled} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	const job = await listed(id);
	assert.equal(job.name, '|名前');
	await engine.cancel([targetOf(job)]);
	assert.equal((await settled(id))?.kind, 'cancelled');
	assert.deepEqual(far.server.history(other), []);
});

test('a batch from before a crash is resumed, with true outcomes', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan('a'));
	const directory = temporaryDirectory(context);
	const first = openEngine(context, far, directory);
	first.engine.start();
	const target = targetOf(await first.listed(id));
	// The request arrives and works; its answer never comes.
	far.server.setFault(async (response, work) => {
		const {send} = await import('../../source/demo/faults.ts');
		const answer = await work();
		if (far.server.requests().at(-1)?.method !== 'DELETE') send(response, answer);
	});
	await first.engine.cancel([target]);
	await first.until('it is stopped', () => far.server.history(id).length === 1);
	await first.engine.stop();
	assert.equal(readBatch(directory, 1)?.finished, false);
	far.server.setFault();

	const second = openEngine(context, far, directory);
	second.engine.start();
	assert.equal((await second.settled(id))?.kind, 'cancelled');
	assert.equal(far.server.history(id).length, 1);
	// What is settled is on disk once the engine has stopped, whatever the disk takes for it.
	await second.engine.stop();
	assert.equal(readBatch(directory, 1)?.finished, true);
});

test('where the journal cannot be written nothing is sent, and that is said', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan('a'));
	const directory = join(temporaryDirectory(context), 'file');
	const {engine, listed, until} = openEngine(context, far, directory);
	engine.start();
	const target = targetOf(await listed(id));
	writeFileSync(directory, '');
	engine.handle({type: 'cancel', targets: [target]});
	await until('it is said', ({notices}) => notices.some(({text}) => text.startsWith('nothing was sent')));
	assert.deepEqual(far.server.history(id), []);
});

test('a hidden row stays hidden for the next run, and comes back when it is wanted', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('failed', plan('a'));
	const directory = temporaryDirectory(context);
	const first = openEngine(context, far, directory);
	first.engine.handle({type: 'dismiss', refs: [first.refTo(id)]});
	assert.deepEqual([...first.known().dismissed], [first.refTo(id)]);
	const second = openEngine(context, far, directory);
	second.engine.start();
	await second.until('it is hidden', ({dismissed}) => dismissed.has(second.refTo(id)));
	second.engine.handle({type: 'restore', refs: [second.refTo(id)]});
	assert.equal(second.known().dismissed.size, 0);
});

test('a job that is said to live and that two lists in a row do not hold makes way', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan('remainder'));
	const {engine, listed, until, refTo} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	await listed(id);
	far.server.setFault(async (response, work) => {
		const {json, send} = await import('../../source/demo/faults.ts');
		const isList = far.server.requests().at(-1)?.path.startsWith('/jobs?');
		send(response, isList ? json(200, {jobs: [], page: 0, limit: 3, count: 0, total: 0}) : await work());
	});
	await until('it is gone', ({jobs}) => !jobs.byRef.has(refTo(id)));
	far.server.setFault();
	await listed(id);
});

/** A job that runs for a minute. */
const minute: JobPlan = {
	name: 'minute',
	process: 'sleeper',
	owner: 'demo',
	createdAgoMs: 0,
	queuedMs: 0,
	runMs: 60_000,
	end: 'succeeded',
	progress: true,
};

/** The only job that there is. */
const theOne = async (until: ReturnType<typeof openEngine>['until']) => {
	let only: Job | undefined;
	await until('the job is listed', ({jobs}) => {
		[only] = jobs.byRef.values();
		return only !== undefined;
	});
	return only as Job;
};

test('a log is reported as it grows while it is shown, and not requested after that', async context => {
	const far = await openLivingServer(context, [minute]);
	const {engine, until, refTo, known, patches} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	const {id} = await theOne(until);
	const ofLogs = () => far.server.requests().filter(({path}) => path.endsWith('/logs')).length;
	assert.equal(ofLogs(), 0);
	const text = () =>
		known()
			.log?.lines.map(line => line.text)
			.join('\n') ?? '';
	engine.handle({type: 'logs', ref: refTo(id)});
	await until('the log has begun', () => text().includes('was taken'));
	const before = text();
	await until('it has grown', () => text().length > before.length && text().startsWith(before));
	engine.handle({type: 'logs'});
	const asked = ofLogs();
	const told = patches.filter(({type}) => type === 'log').length;
	await far.time.advance(60_000);
	assert.equal(ofLogs(), asked);
	assert.equal(patches.filter(({type}) => type === 'log').length, told);
});

test('a log ends with its job, after what was printed last', async context => {
	const far = await openLivingServer(context, [minute]);
	const {engine, until, refTo, known} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	const {id} = await theOne(until);
	engine.handle({type: 'logs', ref: refTo(id)});
	await until('the log has ended', ({log}) => log?.ended === true);
	assert.equal(known().jobs.byRef.get(refTo(id))?.terminal, true);
	assert.match(known().log?.lines.at(-2)?.text ?? '', /Job succeeded\.$/);
});

test('a refused credential stops the log, and a refresh starts it again', async context => {
	const far = await openLivingServer(context, [minute]);
	const {engine, until, refTo} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	const {id} = await theOne(until);
	far.server.setFault('unauthorized');
	engine.handle({type: 'logs', ref: refTo(id)});
	await until('it is refused', ({log}) => log?.failure?.kind === 'unauthorized');
	far.server.setFault(undefined);
	engine.handle({type: 'refresh', profile: 'w'});
	await until('it is read', ({log}) => log?.failure === undefined && (log?.lines.length ?? 0) > 1);
});

test('results are reported on request, and again once the job has ended', async context => {
	const far = await openLivingServer(context, [minute]);
	const {engine, until, refTo, known} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	const {id} = await theOne(until);
	engine.handle({type: 'results', ref: refTo(id)});
	await until('there are none yet', ({results}) => results?.failure !== undefined);
	await until('they are there', ({results}) => results?.results !== undefined);
	assert.equal(known().jobs.byRef.get(refTo(id))?.terminal, true);
	assert.ok((known().results?.results?.length ?? 0) > 0);
	engine.handle({type: 'results', ref: 'nobody/1'});
	await until('nobody is asked', ({results}) => results?.failure?.detail === 'profile nobody has no results');
});

test('a screen that is open for days holds no file open for a batch that has ended', async context => {
	const far = await openWeaverServer(context);
	const state = temporaryDirectory(context);
	const {engine, listed, settled} = openEngine(context, far, state);
	engine.start();
	for (const name of ['a', 'b', 'c']) {
		const id = far.server.add('running', plan(name));
		await engine.cancel([targetOf(await listed(id))]);
		assert.equal((await settled(id))?.kind, 'cancelled');
	}
	await diskIdle();
	assert.equal(readBatch(state, 3)?.finished, true);
	await noneOpenIn(state);
});

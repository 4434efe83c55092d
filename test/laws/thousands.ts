/*
Thousands of cancellations: how many requests they take, and what one failure means for the others. Numbers of requests, never times.
*/
import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {test} from 'node:test';
import {readBatch, readJournal} from '../../source/cancellation/journal/read-batch.ts';
import {type FaultHandler, json, send} from '../../source/demo/faults.ts';
import {keptFile} from '../../source/engine/kept-file.ts';
import {openMany, type SystemName, systems} from '../helpers/many.ts';

const complain =
	(status: number, headers: Readonly<Record<string, string>> = {}): FaultHandler =>
	response =>
		send(response, json(status, {detail: 'no'}, headers));

const names = Object.keys(systems) as SystemName[];
const isGuarded = (name: SystemName) => name === 'weaver';
const cancelMethod = (name: SystemName) => (isGuarded(name) || name === 'kubernetes' ? 'DELETE' : 'POST');
/** Kubernetes keeps no record of a job that it has deleted. */
const endOn = (name: SystemName) => (name === 'kubernetes' ? 'removed' : 'cancelled');

for (const name of names) {
	test(`a thousand jobs on ${name} are cancelled with one request each, and followed with few`, async context => {
		const jobs = 1000;
		const many = await openMany(context, name, jobs);
		await many.engine.cancel(many.targets);
		await many.allSettled();
		assert.deepEqual(many.outcomes(), {[endOn(name)]: jobs});
		assert.equal(many.requests(cancelMethod(name)).length, jobs);
		for (const id of many.ids) assert.equal(many.server.history(id).length, 1);
		// The own record of each settles it, by two looks where a server may still write otherwise; one by one it would be a look before that too, and some between.
		const looks = many.requests('GET').length;
		const own = isGuarded(name) ? 3 * jobs : jobs;
		// Beside these the lists, and a few of the jobs that a list still calls alive: it may lag.
		assert.ok(looks <= own + jobs / 5, `${looks} looks`);
		const told = many.patches.flat().filter(({type}) => type === 'cancellations').length;
		assert.ok(told <= jobs, `${told} messages`);
		await many.engine.stop();
		assert.equal(readBatch(many.stateDirectory, 1)?.finished, true);
	});
}

test('on a guarded system each request has a look of its own just before it', async context => {
	const jobs = 100;
	const many = await openMany(context, 'weaver', jobs);
	await many.engine.cancel(many.targets);
	await many.allSettled();
	const paths = many.server.requests().filter(({path}) => !path.includes('?'));
	for (const id of many.ids) {
		const those = paths.filter(({path}) => path.endsWith(id));
		assert.deepEqual(
			those.slice(0, 2).map(({method}) => method),
			['GET', 'DELETE'],
		);
		const [look, request] = those.slice(0, 2).map(line => many.server.requests().indexOf(line));
		// So many are on their way at a time, and requests go before looks.
		assert.ok((request ?? 0) - (look ?? 0) <= 48, `${(request ?? 0) - (look ?? 0)} requests between`);
	}
});

for (const name of ['weaver', 'ionworks', 'tapis'] as const) {
	for (const polling of [true, false]) {
		const how = polling ? 'with polls' : 'without polls';
		test(`a credential that ends half-way on ${name} parks the rest, which goes on with a new one, ${how}`, async context => {
			const jobs = 500;
			const many = await openMany(context, name, jobs, {polling});
			await many.engine.cancel(many.targets);
			const sent = () => many.requests(cancelMethod(name)).length;
			await many.until('half are sent', () => sent() >= jobs / 2);
			let refused = 0;
			many.server.setFault((response, work) => {
				refused++;
				return complain(401)(response, work);
			});
			const resting = () => many.steps('parked') + many.steps('settled');
			await many.until('the rest is parked', () => many.steps('parked') > 0 && resting() === jobs);
			assert.ok(many.steps('parked') >= 100, `${many.steps('parked')} parked`);
			// Those on their way, what they ask then, and polls: not one for each job.
			assert.ok(refused <= 40, `${refused} requests with a credential that was refused`);
			many.server.setFault();
			// A poll that was not refused itself goes on by itself.
			const parked = many.known().health.get('far')?.state === 'unauthorized';
			if (!polling || parked) many.engine.handle({type: 'refresh'});
			await many.allSettled();
			assert.deepEqual(many.outcomes(), {cancelled: jobs});
			for (const id of many.ids) assert.equal(many.server.history(id).length, 1);
		});
	}
}

test('on the command line a credential that ends half-way settles the rest, and nothing is claimed', async context => {
	const jobs = 300;
	const many = await openMany(context, 'ionworks', jobs, {park: false});
	await many.engine.cancel(many.targets);
	await many.until('half are sent', () => many.requests('POST').length >= jobs / 2);
	many.server.setFault(complain(401));
	await many.allSettled();
	const stopped = many.ids.filter(id => many.server.history(id).length > 0).length;
	const said = many.outcomes();
	assert.equal((said.cancelled ?? 0) + (said.unknown ?? 0), stopped);
	assert.equal((said.denied ?? 0) + (said['not-sent'] ?? 0), jobs - stopped);
});

test('what may not be done to one job stops no other', async context => {
	const jobs = 300;
	const many = await openMany(context, 'ionworks', jobs);
	const [foreign = ''] = many.ids.slice(100);
	many.server.setFault(async (response, work) => {
		const latest = many.server.requests().at(-1);
		if (latest?.method === 'POST' && latest.path.includes(foreign)) return complain(403)(response, work);
		send(response, await work());
	});
	await many.engine.cancel(many.targets);
	await many.allSettled();
	assert.deepEqual(many.outcomes(), {cancelled: jobs - 1, denied: 1});
});

test('a server that asks for patience is left alone by looks, lists and requests, and then all goes on', async context => {
	const jobs = 300;
	const many = await openMany(context, 'ionworks', jobs, {polling: true});
	await many.engine.cancel(many.targets);
	await many.until('half are sent', () => many.requests('POST').length >= jobs / 2);
	many.server.failNext(complain(429, {'retry-after': '30'}));
	const asked = many.server.count();
	await many.until('it is asked for patience', () => many.server.count() > asked);
	const from = many.time.clock.now();
	await many.time.advance(1000);
	// Those that were on their way.
	const before = many.server.count();
	assert.ok(before <= asked + 8, `${before - asked} requests`);
	await many.time.advance(28_000);
	assert.equal(many.server.count(), before);
	await many.allSettled();
	assert.deepEqual(many.outcomes(), {cancelled: jobs});
	assert.ok(many.time.clock.now() - from >= 30_000);
	for (const id of many.ids) assert.equal(many.server.history(id).length, 1);
});

test('a batch is recalled in its first moment, and nothing was asked', async context => {
	const many = await openMany(context, 'ionworks', 50);
	await many.engine.cancel(many.targets);
	many.engine.handle({type: 'recall', batch: 1});
	await many.allSettled();
	assert.deepEqual(many.outcomes(), {'not-sent': 50});
	assert.equal(many.server.count(), 0);
});

test('what has not left is taken back half-way, and asked again as a batch of its own', async context => {
	const jobs = 300;
	const many = await openMany(context, 'ionworks', jobs);
	await many.engine.cancel(many.targets);
	await many.until('a third is sent', () => many.requests('POST').length >= 100);
	many.engine.handle({type: 'recall', batch: 1});
	await many.allSettled();
	const sent = many.requests('POST').length;
	assert.ok(sent <= 120, `${sent} sent`);
	assert.deepEqual(many.outcomes(), {cancelled: sent, 'not-sent': jobs - sent});
	const stopped = new Set(many.ids.filter(id => many.server.history(id).length > 0));
	assert.equal(stopped.size, sent);
	for (const {requests: attempts, id} of [...many.known().cancellations.values()].map(report => ({
		requests: report.attempts,
		id: report.ref.slice('far/'.length),
	}))) {
		assert.equal(attempts, stopped.has(id) ? 1 : 0);
	}
	await many.engine.cancel(many.targets.filter(({ref}) => !stopped.has(ref.slice('far/'.length))));
	await many.until('there is a second batch', ({batches}) => batches.length === 2);
	assert.equal(many.known().batches[1]?.refs.length, jobs - sent);
	await many.until('all are stopped', () => many.outcomes().cancelled === jobs);
	for (const id of many.ids) assert.equal(many.server.history(id).length, 1);
});

test('what waits for its turn with its line on disk is recalled, and the journal says that it never left', async context => {
	const jobs = 50;
	const many = await openMany(context, 'ionworks', jobs);
	const gate = Promise.withResolvers<void>();
	many.server.setFault(async (response, work) => {
		const answer = await work();
		if (response.req.method === 'POST') await gate.promise;
		send(response, answer);
	});
	await many.engine.cancel(many.targets);
	await many.until('the first requests have arrived', () => many.requests('POST').length > 0);
	const path = `${many.stateDirectory}/batches/1.jsonl`;
	const written = () => readFileSync(path, 'utf8').split('"type":"sending"').length - 1;
	assert.ok(written() > many.requests('POST').length, 'more are on disk than have left');
	many.engine.handle({type: 'recall', batch: 1});
	gate.resolve();
	await many.allSettled();
	const sent = many.requests('POST').length;
	assert.ok(sent <= 4, `${sent} sent`);
	assert.deepEqual(many.outcomes(), {cancelled: sent, 'not-sent': jobs - sent});
	await many.engine.stop();
	const batch = readBatch(many.stateDirectory, 1);
	assert.equal(batch?.finished, true);
	const kinds = batch?.cancellations.map(({outcome}) => outcome?.kind) ?? [];
	assert.equal(kinds.filter(kind => kind === 'not-sent').length, jobs - sent);
});

test('what nobody follows any more is not asked for, and the journal says so', async context => {
	const jobs = 20;
	const many = await openMany(context, 'tensorpool', jobs);
	await many.engine.cancel(many.targets);
	await many.until('all are followed', () => many.steps('following') === jobs);
	many.engine.handle({type: 'unfollow', refs: many.targets.map(({ref}) => ref)});
	await many.allSettled();
	// They were accepted, and nobody has looked since.
	assert.deepEqual(many.outcomes(), {unknown: jobs});
	const asked = many.server.count();
	await many.time.advance(600_000);
	assert.equal(many.server.count(), asked);
	await many.engine.stop();
	const batch = readBatch(many.stateDirectory, 1);
	assert.equal(batch?.finished, true);
	assert.match(batch?.cancellations[0]?.outcome?.detail ?? '', /no longer followed/);
});

test('a stronger request is sent once, where there is one, and is in the journal as such', async context => {
	const forced: string[] = [];
	const forceCancel = async (id: string) => {
		forced.push(id);
		return {kind: 'accepted'} as const;
	};
	const many = await openMany(context, 'tensorpool', 1, {also: {forceCancel}});
	const refs = many.targets.map(({ref}) => ref);
	await many.engine.cancel(many.targets);
	await many.until('it is followed', () => many.steps('following') === 1);
	many.engine.handle({type: 'force', refs});
	await many.allSettled();
	assert.deepEqual(forced, many.ids);
	assert.deepEqual(many.outcomes(), {cancelled: 1});
	const sends = readJournal(many.stateDirectory, 1).lines.filter(({type}) => type === 'sending');
	assert.deepEqual(
		sends.map(line => line.type === 'sending' && [line.attempt, line.force]),
		[
			[1, undefined],
			[2, true],
		],
	);
});

test('without a force-cancel, force sends nothing and says so', async context => {
	const many = await openMany(context, 'tensorpool', 1);
	await many.engine.cancel(many.targets);
	await many.until('it is followed', () => many.steps('following') === 1);
	many.engine.handle({type: 'force', refs: many.targets.map(({ref}) => ref)});
	assert.match(many.known().notices.at(-1)?.text ?? '', /force-cancel is not possible for far\//);
	await many.allSettled();
	assert.equal(many.requests('POST').length, 1);
});

test('a job that comes back after its end is reported', async context => {
	const many = await openMany(context, 'weaver', 12, {polling: true});
	await many.engine.cancel(many.targets);
	await many.allSettled();
	const [id = ''] = many.ids;
	many.server.distort(id, record => ({...record, status: 'running'}));
	// The embedded server keeps ended jobs off its list of live ones; this one it lists, as one whose worker writes late.
	many.server.setFault(async (response, work) => {
		const latest = many.server.requests().at(-1);
		if (!latest?.path.startsWith('/jobs?')) return send(response, await work());
		const job = {jobID: id, status: 'running', processID: 'sleeper', created: '2026-11-23T12:00:00Z'};
		send(response, json(200, {jobs: [job], page: 0, limit: 500, count: 1, total: 1}));
	});
	await many.until('it is told', ({cancellations}) => cancellations.get(`far/${id}`)?.cameBack === true);
	assert.equal(many.known().cancellations.get(`far/${id}`)?.step, 'following');
});

test('the usual duration of cancelling is reported', async context => {
	const many = await openMany(context, 'tensorpool', 30, {polling: true});
	await many.engine.cancel(many.targets);
	await many.allSettled();
	await many.until('it is told', ({latencies}) => (latencies.get('far')?.samples ?? 0) === 30);
	const {p50Ms = 0, p95Ms = 0} = many.known().latencies.get('far') ?? {};
	assert.ok(p50Ms >= 5000 && p95Ms >= p50Ms && p95Ms < 60_000, `${p50Ms} and ${p95Ms}`);
});

test('where cancelling usually takes long, only what takes longer than that is overdue, and the words say so', async context => {
	const many = await openMany(context, 'tensorpool', 1);
	const usual = Array.from({length: 20}, () => 400_000);
	writeFileSync(
		keptFile('latency', {stateDirectory: many.stateDirectory}),
		JSON.stringify({version: 1, profiles: {far: usual}}),
	);
	const [id = ''] = many.ids;
	many.server.distort(id, record => ({...record, status: 'canceling'}));
	await many.engine.cancel(many.targets);
	await many.until('it is followed', () => many.steps('following') === 1);
	const report = () => many.known().cancellations.get(`far/${id}`);
	// Longer than this system is usually given, and not twice as long as is usual here.
	await many.time.advance(790_000);
	assert.equal(report()?.outcome, undefined);
	await many.time.advance(20_000);
	assert.equal(report()?.outcome?.kind, 'overdue');
	const words = report()?.moments.find(({step}) => step === 'overdue')?.detail;
	assert.equal(words, 'longer than usual here: 95% end within 400 s; still following');
});

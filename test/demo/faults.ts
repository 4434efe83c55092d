/*
Faults on demand in the embedded systems: what each does to each of them, as its backend sees it.
*/
import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {connectAll} from '../../source/config/connect.ts';
import {demoSettings} from '../../source/config/demo-settings.ts';
import {
	type ImposableFault,
	type ImposedFault,
	programSystems,
	type SystemName,
	systemNames,
	usualSystems,
} from '../../source/demo/imposed-faults.ts';
import {startDemo} from '../../source/demo/index.ts';
import {BackendError, type Failure, type FailureKind} from '../../source/job/failure.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {program} from '../helpers/run-cli.ts';

const {signal} = new AbortController();
const hour = 3_600_000;

const all = (name: ImposableFault, changes: Partial<ImposedFault> = {}): ImposedFault => ({
	name,
	share: 1,
	afterMs: 0,
	...changes,
});

/** The words that start jobtop. */
const {file, parameters} = program([]);
const jobtop = [file, ...parameters];

type DemoChoice = {readonly seed?: string; readonly systems?: readonly SystemName[]};

const openDemo = async (
	t: TestContext,
	faults: readonly ImposedFault[] = [],
	{seed = 'faults', systems = usualSystems}: DemoChoice = {},
) => {
	const {clock, advance} = createManualClock();
	const demo = await startDemo({clock, seed, jobs: 12, faults, systems, jobtop});
	t.after(demo.close);
	const connections = await connectAll(demoSettings(demo.profiles), demo.env);
	t.after(() => Promise.all(connections.map(({backend}) => backend.close?.())));
	const backends = Object.fromEntries(connections.map(({profile, backend}) => [profile, backend])) as Record<
		SystemName,
		Backend
	>;
	return {demo, backends, clock, advance};
};

type Opened = Awaited<ReturnType<typeof openDemo>>;

const list = ({backends}: Opened, system: SystemName) =>
	backends[system].listPage({everyone: false, ended: false, signal});

/** How asking for the list went: a kind of failure, or undefined. */
const failureOf = async (opened: Opened, system: SystemName): Promise<Failure | undefined> => {
	try {
		await list(opened, system);
		return undefined;
	} catch (error) {
		if (error instanceof BackendError) return error.failure;
		throw error;
	}
};

const requestFaults = {
	'rate-limited': 'rate-limited',
	broken: 'broken',
	'cut-off': 'cut-off',
	'login-page': 'malformed',
	nonsense: 'malformed',
	'expired-key': 'unauthorized',
	forbidden: 'forbidden',
	down: 'unreachable',
} as const satisfies Partial<Record<ImposableFault, FailureKind>>;

for (const [name, kind] of Object.entries(requestFaults)) {
	test(`what is ${name} is ${kind} on every system, until the fault is lifted`, async t => {
		const opened = await openDemo(t, [all(name as ImposableFault)]);
		for (const system of usualSystems) {
			const failure = await failureOf(opened, system);
			assert.equal(failure?.kind, kind, system);
			if (name === 'rate-limited')
				assert.equal(failure && 'retryAfterMs' in failure && failure.retryAfterMs, 2000);
			if (name === 'expired-key') assert.doesNotMatch(failure?.detail ?? '', /says the demo/);
		}
		await opened.demo.setFaults([]);
		for (const system of usualSystems) assert.equal(await failureOf(opened, system), undefined, system);
	});
}

test('a fault on one system spares the others', async t => {
	const opened = await openDemo(t, [all('broken', {system: 'tapis'}), all('down', {system: 'dex'})]);
	const kinds = [];
	for (const system of usualSystems) kinds.push((await failureOf(opened, system))?.kind);
	assert.deepEqual(kinds, [undefined, undefined, 'broken', undefined, 'unreachable', undefined]);
});

test('a share hits the same requests for the same seed, others for another', async t => {
	const hits = async (seed: string) => {
		const opened = await openDemo(t, [all('broken', {system: 'weaver', share: 0.5})], {seed});
		const seen: boolean[] = [];
		for (let n = 0; n < 40; n += 1) seen.push((await failureOf(opened, 'weaver')) !== undefined);
		return seen;
	};
	const first = await hits('a');
	const count = first.filter(Boolean).length;
	assert.ok(count > 8 && count < 32, String(count));
	assert.deepEqual(await hits('a'), first);
	assert.notDeepEqual(await hits('b'), first);
});

test('a fault with a start begins then', async t => {
	const opened = await openDemo(t, [
		all('broken', {system: 'weaver', afterMs: 10_000}),
		all('down', {system: 'dex', afterMs: 10_000}),
	]);
	assert.equal(await failureOf(opened, 'weaver'), undefined);
	assert.equal(await failureOf(opened, 'dex'), undefined);
	await opened.advance(10_000);
	assert.equal((await failureOf(opened, 'weaver'))?.kind, 'broken');
	assert.equal((await failureOf(opened, 'dex'))?.kind, 'unreachable');
});

/** Asks for a list: the answer is there once four seconds have passed, and not before. */
const assertLate = async (opened: Opened, system: SystemName) => {
	const {demo, advance} = opened;
	let answered = false;
	const answer = list(opened, system).then(() => {
		answered = true;
	});
	while (demo.servers[system].count() === 0) await advance(0);
	for (let turn = 0; turn < 20; turn += 1) await advance(100);
	assert.equal(answered, false);
	while (!answered) await advance(100);
	await answer;
};

test('a slow answer comes four seconds later', async t => {
	await assertLate(await openDemo(t, [all('slow', {system: 'ionworks'})]), 'ionworks');
});

/** A running job of this system that is ours, as its backend lists it. */
const runningJob = async (opened: Opened, system: SystemName): Promise<string> => {
	const plan = {name: 'the one', process: 'parse', owner: 'amara'};
	const worldId = opened.demo.servers[system].add('running', plan);
	const {jobs} = await list(opened, system);
	const job = jobs.find(({id}) => worldIdOf(system, id) === worldId);
	return job?.id ?? assert.fail(`${system} does not list it`);
};

const phaseOf = async ({backends}: Opened, system: SystemName, id: string) => {
	try {
		return (await backends[system].get?.(id, {signal}))?.job.phase;
	} catch (error) {
		assert.ok(error instanceof BackendError, String(error));
		return error.failure.kind;
	}
};

/** A job in its world. In a Dex profile of several projects an id begins with the project. */
const worldIdOf = (system: SystemName, id: string) => (system === 'dex' ? (id.split('/').at(-1) ?? id) : id);

/** How a look ends at a cancelled job: the record says so, says that a signal ended it, or is gone. */
const cancelledOn = (system: SystemName) =>
	({kubernetes: 'not-found', gridengine: 'failed'})[system as string] ?? 'cancelled';

/** What a look finds of a job that has just been cancelled: its record may come late. */
const justCancelledOn = (system: SystemName) => (system === 'gridengine' ? 'not-found' : cancelledOn(system));

const cancel = ({backends}: Opened, system: SystemName, id: string) =>
	backends[system].cancel?.(id, {signal}) ?? assert.fail();

const failureOfCancel = async (opened: Opened, system: SystemName, id: string): Promise<Failure> => {
	const error = await cancel(opened, system, id).catch((error: unknown) => error);
	assert.ok(error instanceof BackendError, String(error));
	return error.failure;
};

for (const system of systemNames) {
	const openWith = (t: TestContext, name: ImposableFault) => openDemo(t, [all(name)], {systems: [system]});

	test(`on ${system} what never stops is accepted, and lives for ever`, async t => {
		const opened = await openWith(t, 'never-stops');
		const id = await runningJob(opened, system);
		const {kind} = await cancel(opened, system, id);
		// Weaver's own record says at once that it is dismissed, whatever its worker does.
		assert.equal(kind, system === 'weaver' ? 'done' : 'accepted');
		for (let hours = 0; hours < 3; hours += 1) {
			await opened.advance(hour);
			const phase = await phaseOf(opened, system, id);
			assert.ok(phase === 'running' || phase === 'stopping', phase);
		}
		await opened.demo.setFaults([]);
		assert.notEqual(await phaseOf(opened, system, id), cancelledOn(system), 'what it did is not undone');
		assert.equal(opened.demo.servers[system].history(worldIdOf(system, id)).length, 1);
	});

	test(`on ${system} what comes back was cancelled, and runs again`, async t => {
		const opened = await openWith(t, 'comes-back');
		const id = await runningJob(opened, system);
		await cancel(opened, system, id);
		const seen: (string | undefined)[] = [];
		const isBack = () => seen.includes(justCancelledOn(system)) && seen.at(-1) !== justCancelledOn(system);
		for (let seconds = 0; seconds < 180 && !isBack(); seconds += 2) {
			await opened.advance(2000);
			seen.push(await phaseOf(opened, system, id));
		}
		assert.ok(isBack(), seen.join());
		assert.ok(opened.demo.servers[system].job(worldIdOf(system, id))?.phase === 'running');
	});

	test(`on ${system} what works on was cancelled, and ends as it would have`, async t => {
		const opened = await openWith(t, 'works-on');
		const {add} = opened.demo.servers[system];
		const plan = {name: 'short', process: 'parse', owner: 'amara', runMs: 30_000};
		const worldId = add('running', plan);
		const {jobs} = await list(opened, system);
		const id =
			jobs.find(job => worldIdOf(system, job.id) === worldId)?.id ??
			assert.fail(`${system} does not list it`);
		await cancel(opened, system, id);
		const seen: (string | undefined)[] = [];
		for (let seconds = 0; seconds < 60; seconds += 2) {
			await opened.advance(2000);
			const phase = await phaseOf(opened, system, id);
			if (seen.at(-1) !== phase) seen.push(phase);
		}
		const ends = seen.filter(phase => phase !== 'running' && phase !== 'stopping');
		const cancelled = new Set([justCancelledOn(system), cancelledOn(system)]);
		// A record that is gone says nothing of what goes on.
		const succeeded = system === 'kubernetes' ? [] : ['succeeded'];
		assert.deepEqual(ends, [...cancelled, ...succeeded], String(seen));
	});

	test(`on ${system} what is written late was accepted, and succeeds`, async t => {
		const opened = await openWith(t, 'late-write');
		const id = await runningJob(opened, system);
		await cancel(opened, system, id);
		await opened.advance(180_000);
		// A record that is gone does not say how the job ended.
		assert.equal(await phaseOf(opened, system, id), system === 'kubernetes' ? 'not-found' : 'succeeded');
	});

	test(`on ${system} what vanishes is not known any more once it was cancelled`, async t => {
		const opened = await openWith(t, 'vanishes');
		const id = await runningJob(opened, system);
		await cancel(opened, system, id);
		await opened.advance(180_000);
		assert.equal(await phaseOf(opened, system, id), 'not-found');
		const page = await opened.backends[system].listPage({everyone: true, ended: true, signal});
		assert.ok(!page.jobs.some(job => job.id === id));
	});

	test(`on ${system} what ends when it is looked at has ended when the cancel comes`, async t => {
		const opened = await openWith(t, 'ends-when-looked-at');
		const id = await runningJob(opened, system);
		assert.equal(await phaseOf(opened, system, id), 'running');
		assert.notEqual(await phaseOf(opened, system, id), 'running');
		await cancel(opened, system, id).catch((error: unknown) => assert.ok(error instanceof BackendError));
		assert.equal(
			opened.demo.servers[system].history(worldIdOf(system, id))[0]?.before ?? 'succeeded',
			'succeeded',
		);
	});

	test(`on ${system} what is stubborn takes its time, and stops`, async t => {
		const opened = await openWith(t, 'stubborn');
		const id = await runningJob(opened, system);
		await cancel(opened, system, id);
		await opened.advance(2000);
		assert.notEqual(await phaseOf(opened, system, id), cancelledOn(system));
		// Tapis loses the first order; whoever asks again is heard.
		if (system === 'tapis') await cancel(opened, system, id);
		await opened.advance(180_000);
		assert.equal(await phaseOf(opened, system, id), cancelledOn(system));
	});
}

for (const system of programSystems) {
	test(`the programs of ${system} say why there is no answer`, async t => {
		for (const [name, kind] of [
			['cut-off', 'cut-off'],
			['down', 'unreachable'],
		] as const) {
			const opened = await openDemo(t, [all(name)], {systems: [system]});
			assert.equal((await failureOf(opened, system))?.kind, kind, name);
			await opened.demo.setFaults([]);
			assert.equal(await failureOf(opened, system), undefined, name);
		}
	});

	test(`on ${system} a cancel of one job touches no other`, async t => {
		const opened = await openDemo(t, [], {systems: [system]});
		const id = await runningJob(opened, system);
		await cancel(opened, system, id);
		const {ids, history} = opened.demo.servers[system];
		assert.deepEqual(
			ids().filter(each => history(each).length > 0),
			[id],
		);
	});

	test(`on ${system} a cancel whose answer is cut off was done`, async t => {
		const opened = await openDemo(t, [], {systems: [system]});
		const id = await runningJob(opened, system);
		await opened.demo.setFaults([all('cut-off')]);
		const failure = await failureOfCancel(opened, system, id);
		assert.equal(failure.kind, 'cut-off', failure.detail);
		assert.equal(opened.demo.servers[system].history(id).length, 1);
	});

	test(`on ${system} a cancel that reaches nobody was not sent`, async t => {
		const opened = await openDemo(t, [], {systems: [system]});
		const id = await runningJob(opened, system);
		await opened.demo.setFaults([all('down')]);
		const failure = await failureOfCancel(opened, system, id);
		assert.equal(failure.kind, 'unreachable', failure.detail);
		assert.deepEqual(opened.demo.servers[system].history(id), []);
	});

	test(`a slow answer of ${system} comes four seconds later`, async t => {
		const opened = await openDemo(t, [all('slow')], {systems: [system]});
		await assertLate(opened, system);
	});
}

test('on lsf what does not end is removed by force, and may go on', async t => {
	const opened = await openDemo(t, [all('never-stops')], {systems: ['lsf']});
	const {lsf} = opened.backends;
	const id = await runningJob(opened, 'lsf');
	await cancel(opened, 'lsf', id);
	await opened.advance(hour);
	assert.equal((await lsf.look?.(id, {signal}))?.phase, 'running');
	assert.equal((await lsf.forceCancel?.(id, {signal}))?.kind, 'accepted');
	await opened.advance(60_000);
	const {status, phase, unproven} = (await lsf.look?.(id, {signal})) ?? assert.fail();
	assert.deepEqual([status, phase, unproven], ['EXIT, TERM_FORCE_OWNER', 'cancelled', 'may-run']);
});

test('on htcondor a forced removal ends the record of what never stops, and proves no end', async t => {
	const opened = await openDemo(t, [all('never-stops')], {systems: ['htcondor']});
	const id = await runningJob(opened, 'htcondor');
	const {forceCancel, get} = opened.backends.htcondor;
	assert.ok(forceCancel && get);
	await cancel(opened, 'htcondor', id);
	await opened.advance(hour);
	assert.equal(await phaseOf(opened, 'htcondor', id), 'stopping');
	assert.equal((await forceCancel(id, {signal})).kind, 'accepted');
	const {job} = await get(id, {signal});
	assert.deepEqual([job.phase, job.unproven], ['cancelled', 'may-run']);
});

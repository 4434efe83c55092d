/*
What an earlier process left unfinished, and what the next one may conclude from its journal.
*/

import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {batchNumbers} from '../../source/cancellation/journal/batch-files.ts';
import {type JournalLine, journalVersion} from '../../source/cancellation/journal/lines.ts';
import {readBatch, readJournal} from '../../source/cancellation/journal/read-batch.ts';
import {json, send} from '../../source/demo/faults.ts';
import {targetOf} from '../../source/job/target.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';
import {keepJournal} from '../helpers/kept-journal.ts';

type Line = JournalLine extends infer Each ? (Each extends unknown ? Omit<Each, 'at'> : never) : never;

const day = 86_400_000;
const plan = {name: 'a', process: 'sleeper'};

/** The journal of a batch about these jobs, which a process left a day ago, or `age` milliseconds. */
const leave = (
	context: TestContext,
	{server, time}: Awaited<ReturnType<typeof openWeaverServer>>,
	ids: readonly string[],
	lines: readonly Line[],
	age = day,
): string => {
	const now = time.clock.now();
	const targets = ids.map(id => ({
		ref: `w/${id}`,
		name: id,
		phase: 'running',
		status: 'running',
		submittedAt: now,
	})) as never;
	const systems = {w: {kind: 'weaver', address: new URL(server.url).origin}};
	const head: Line = {type: 'batch', version: journalVersion, batch: 1, by: 'alice@login3', systems, targets};
	return keepJournal(
		context,
		[head, ...lines].map(line => ({at: now - age, ...line}) as JournalLine),
	);
};

const deletes = (far: Awaited<ReturnType<typeof openWeaverServer>>) =>
	far.server.requests().filter(({method}) => method === 'DELETE').length;

/** Goes on with what a journal tells of one job, which its server does not know any more. */
const resumeGone = async (context: TestContext, lines: readonly Line[]) => {
	const far = await openWeaverServer(context);
	const state = leave(context, far, ['gone'], lines);
	const before = readBatch(state, 1)?.cancellations[0];
	const {engine, settled} = openEngine(context, far, state);
	await engine.resume(1);
	return {before, outcome: await settled('gone')};
};

test('a request that was surely refused before the crash has removed nothing', async context => {
	const {before, outcome} = await resumeGone(context, [
		{type: 'sending', ref: 'w/gone', attempt: 1},
		{type: 'answered', ref: 'w/gone', attempt: 1, failure: 'unauthorized', detail: 'expired'},
	]);
	assert.equal(before?.mayHaveWorked, false);
	assert.equal(outcome?.kind, 'finished-first');
});

test('a request whose answer was lost before that one may have removed it', async context => {
	const {outcome} = await resumeGone(context, [
		{type: 'sending', ref: 'w/gone', attempt: 1},
		{type: 'answered', ref: 'w/gone', attempt: 1, failure: 'timeout', detail: 'no answer'},
		{type: 'sending', ref: 'w/gone', attempt: 2},
		{type: 'answered', ref: 'w/gone', attempt: 2, failure: 'unauthorized', detail: 'expired'},
	]);
	assert.equal(outcome?.kind, 'removed');
});

test('a cancellation that was no longer followed before a crash keeps its outcome after it', async context => {
	const far = await openWeaverServer(context);
	const [stopped, other] = [far.server.add('running', plan), far.server.add('running', plan)];
	const unknown = {kind: 'unknown', detail: 'no longer followed'} as const;
	const state = leave(
		context,
		far,
		[stopped, other],
		[
			{type: 'sending', ref: `w/${stopped}`, attempt: 1},
			{type: 'answered', ref: `w/${stopped}`, attempt: 1, failure: 'timeout', detail: 'no answer'},
			{type: 'settled', ref: `w/${stopped}`, outcome: unknown, attempts: 1},
		],
	);
	far.server.distort(stopped, record => ({...record, status: 'dismissed'}));
	const {engine, until, outcomeOf} = openEngine(context, far, state);
	engine.handle({type: 'scope', scope: {everyone: true, ended: true}});
	engine.start();
	await until('it is told', () => outcomeOf(stopped)?.kind !== 'unknown' && outcomeOf(stopped) !== undefined);
	assert.equal(outcomeOf(stopped)?.kind, 'cancelled');
});

test('an end that was seen before the crash is not forgotten: nothing more is sent to a guarded system', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan);
	const state = leave(
		context,
		far,
		[id],
		[
			{type: 'sending', ref: `w/${id}`, attempt: 1},
			{type: 'ended', ref: `w/${id}`},
		],
	);
	const {engine, until, known, refTo} = openEngine(context, far, state);
	await engine.resume(1);
	await until('it is followed', ({cancellations}) => cancellations.get(refTo(id))?.step === 'following');
	for (let minutes = 0; minutes < 5; minutes++) await far.time.advance(60_000);
	assert.equal(known().cancellations.get(refTo(id))?.step, 'following');
	assert.equal(deletes(far), 0);
});

test('an end that is not believed yet is in the journal', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan);
	const state = temporaryDirectory(context);
	const {engine, settled, refTo} = openEngine(context, far, state);
	// The request works, and its answer does not say so.
	far.server.setFault(async (response, work) => {
		const answer = await work();
		const lost = far.server.requests().at(-1)?.method === 'DELETE';
		send(response, lost ? json(500, {detail: 'no'}) : answer);
	});
	await engine.cancel([{ref: refTo(id), name: 'a', phase: 'running', status: 'running'}]);
	assert.equal((await settled(id))?.kind, 'cancelled');
	await engine.stop();
	assert.deepEqual(
		readJournal(state, 1).lines.map(({type}) => type),
		['batch', 'sending', 'answered', 'ended', 'settled'],
	);
});

test('time in which nobody followed says nothing about how long cancelling takes', async context => {
	const far = await openWeaverServer(context);
	const ids = Array.from({length: 20}, () => far.server.add('running', plan));
	const state = leave(
		context,
		far,
		ids,
		ids.flatMap((id): Line[] => [
			{type: 'sending', ref: `w/${id}`, attempt: 1},
			{type: 'answered', ref: `w/${id}`, attempt: 1, receipt: 'accepted'},
		]),
	);
	for (const id of ids) far.server.distort(id, record => ({...record, status: 'dismissed'}));
	const {engine, settled, known} = openEngine(context, far, state);
	await engine.resume(1);
	for (const id of ids) assert.equal((await settled(id))?.kind, 'cancelled');
	assert.equal(known().latencies.get('w'), undefined);
});

test('who only looks gives up nothing that was confirmed', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan);
	const state = leave(context, far, [id], []);
	const {weaver} = await import('../../source/backends/weaver/index.ts');
	const {cancel: _cancel, ...backend} = weaver.connect('w', {url: far.server.url});
	const connection = {profile: 'w', traits: weaver.traits, readOnly: true, backend} as const;
	const looking = openEngine(context, far, state, {readOnly: true, connection});
	looking.engine.start();
	await looking.until('it is said', ({notices}) =>
		notices.some(({text}) => /batch 1 cannot be resumed: profile w is read-only here/.test(text)),
	);
	await looking.engine.stop();
	assert.equal(readBatch(state, 1)?.finished, false);

	const acting = openEngine(context, far, state);
	await acting.engine.resume(1);
	assert.equal((await acting.settled(id))?.kind, 'cancelled');
});

test('a run without one of its profiles leaves a batch as it is', async context => {
	const far = await openWeaverServer(context);
	const state = leave(context, far, ['x'], []);
	const {weaver} = await import('../../source/backends/weaver/index.ts');
	const backend = weaver.connect('other', {url: far.server.url});
	const connection = {profile: 'other', traits: weaver.traits, backend};
	const {engine, until} = openEngine(context, far, state, {connection});
	engine.start();
	await until('it is said', ({notices}) =>
		notices.some(({text}) =>
			/^batch 1 belongs to another system: profile w: it is not configured here/.test(text),
		),
	);
	await far.time.advance(60_000);
	await assert.rejects(engine.resume(1, {takeOver: true, agreed: true}), /is not configured here/);
	await engine.stop();
	assert.equal(readBatch(state, 1)?.finished, false);

	// It is no more: its jobs are given up, as what they are.
	const last = openEngine(context, far, state, {connection});
	await last.engine.resume(1, {without: ['w']});
	await last.until('it is settled', ({cancellations}) => cancellations.get('w/x')?.step === 'settled');
	assert.equal(last.known().cancellations.get('w/x')?.outcome?.kind, 'not-sent');
	await last.engine.stop();
	assert.equal(readBatch(state, 1)?.finished, true);
});

/** A connection to this server that does not tell which system it is. */
const untelling = async ({server}: Awaited<ReturnType<typeof openWeaverServer>>) => {
	const {weaver} = await import('../../source/backends/weaver/index.ts');
	const backend = weaver.connect('w', {url: server.url});
	const system = () => new Promise<never>(() => undefined);
	return {profile: 'w', traits: weaver.traits, backend: {...backend, system}};
};

test('a cancellation confirmed right before jobtop stops is in a journal, even if its system does not identify itself', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan);
	const state = temporaryDirectory(context);
	const {engine, listed} = openEngine(context, far, state, {connection: await untelling(far)});
	engine.start();
	engine.handle({type: 'cancel', targets: [targetOf(await listed(id))]});
	await engine.stop();
	assert.equal(deletes(far), 0);
	const batch = readBatch(state, 1);
	assert.deepEqual(
		batch?.cancellations.map(({ref}) => ref),
		[`w/${id}`],
	);
	assert.equal(batch?.finished, false);
});

test('a job that is asked for twice before its journal is begun is in one batch', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan);
	const state = temporaryDirectory(context);
	const {engine, listed, settled} = openEngine(context, far, state, {connection: await untelling(far)});
	engine.start();
	const targets = [targetOf(await listed(id))];
	engine.handle({type: 'cancel', targets});
	engine.handle({type: 'cancel', targets});
	assert.equal((await settled(id))?.kind, 'cancelled');
	assert.equal(deletes(far), 1);
	assert.deepEqual(batchNumbers(state), [1]);
});

test('a batch that is dated ahead is offered as an old one is', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan);
	const state = leave(context, far, [id], [], -3 * day);
	const {engine, until} = openEngine(context, far, state);
	engine.start();
	await until('it is said', ({notices}) =>
		notices.some(({text}) =>
			/^batch 1 is unfinished and dated \d d ahead; to resume it: jobtop batches resume 1$/.test(text),
		),
	);
	assert.equal(deletes(far), 0);
});

test('a restart does not begin the patience again: what was accepted long ago is overdue once it is seen alive', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {...plan, quirk: 'never-stops'});
	const state = leave(
		context,
		far,
		[id],
		[
			{type: 'sending', ref: `w/${id}`, attempt: 1},
			{type: 'answered', ref: `w/${id}`, attempt: 1, receipt: 'accepted'},
		],
		10 * 60_000,
	);
	const {engine, until, outcomeOf} = openEngine(context, far, state);
	await engine.resume(1);
	const before = far.time.clock.now();
	await until('it is overdue', () => outcomeOf(id)?.kind === 'overdue');
	assert.ok(far.time.clock.now() - before < 10_000, String(far.time.clock.now() - before));
	assert.equal(deletes(far), 0);
});

test('the patience counts from the latest request', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {...plan, quirk: 'never-stops'});
	const now = far.time.clock.now();
	const lines = [3_600_000, 1000].flatMap((ago, index): Line[] => {
		const facts = {ref: `w/${id}`, attempt: index + 1, at: now - ago} as const;
		return [{...facts, type: 'sending'} as Line, {...facts, type: 'answered', receipt: 'accepted'} as Line];
	});
	const {engine, until, outcomeOf} = openEngine(context, far, leave(context, far, [id], lines));
	await engine.resume(1);
	await until('it is overdue', () => outcomeOf(id)?.kind === 'overdue');
	const waited = far.time.clock.now() - now;
	assert.ok(waited > 60_000, String(waited));
	assert.equal(deletes(far), 0);
});

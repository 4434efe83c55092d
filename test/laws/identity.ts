/*
A name and an id are no identity for ever: what is sent goes to the job that was shown, on the system that was asked, or nowhere.
*/

import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {type JournalLine, journalRow, journalVersion} from '../../source/cancellation/journal/lines.ts';
import {batchOf, parseJournal} from '../../source/cancellation/journal/read-batch.ts';
import {BatchWaitsError, hindrancesOf} from '../../source/cancellation/journal/whose-batch.ts';
import {connectAll} from '../../source/config/connect.ts';
import {loadConfiguration} from '../../source/config/load.ts';
import {createDismissals} from '../../source/engine/visibility/dismissals.ts';
import {whyAnother} from '../../source/job/identity.ts';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {compareSystems, type System} from '../../source/job/system.ts';
import {type JobTarget, targetOf} from '../../source/job/target.ts';
import {mark, remember} from '../../source/state/transitions.ts';
import {createJobStore} from '../../source/store/store.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';
import {fc} from '../helpers/fast-check.ts';
import {keepJournal} from '../helpers/kept-journal.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {openMany, type SystemName, systems} from '../helpers/many.ts';
import {hello, job, profile} from '../helpers/screen-facts.ts';
import {openSlurmEngine} from '../helpers/slurm-engine.ts';

const hour = 3_600_000;
const names = Object.keys(systems) as SystemName[];

/** The fields in which the systems tell when a job was submitted. */
const submission = /^created(?:_at)?$/;

const timeOf = (text: string): number => {
	const time = Date.parse(text);
	// Tapis writes its times in UTC without saying so.
	return /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? time : Date.parse(`${text}Z`);
};

/** The same record, submitted so much later. */
const submittedLater =
	(ms: number) =>
	(record: Record<string, unknown>): Record<string, unknown> => {
		const change = (value: unknown): unknown =>
			typeof value === 'object' && value !== null && !Array.isArray(value)
				? submittedLater(ms)(value as Record<string, unknown>)
				: value;
		return Object.fromEntries(
			Object.entries(record).map(([name, value]) => [
				name,
				submission.test(name) && typeof value === 'string'
					? new Date(timeOf(value) + ms).toISOString()
					: change(value),
			]),
		);
	};

type Change = (record: Record<string, unknown>) => Record<string, unknown>;

/** What makes a record that of another job, where that is not the time of its submission: TensorPool does not tell it, and Kubernetes gives each record a uid. */
const another: Partial<Record<SystemName, Change>> = {
	tensorpool: record => ({...record, name: 'PAYROLL'}),
	kubernetes: record => ({...record, metadata: {...(record.metadata as object), uid: 'another'}}),
};

for (const name of names) {
	for (const [when, ms] of [
		['after the question', 24 * hour],
		['before it, at another time than was shown', -hour],
	] as const) {
		test(`nothing is sent on ${name} to a job that was submitted ${when}`, async context => {
			const many = await openMany(context, name, 2, {polling: true});
			await many.until('they are listed', ({jobs}) => jobs.byRef.size === 2);
			const targets = [...many.known().jobs.byRef.values()].map(targetOf);
			const [first = '', second = ''] = many.ids;
			many.server.distort(first, another[name] ?? submittedLater(ms));
			await many.engine.cancel(targets);
			await many.allSettled();
			const {cancellations, reports} = many.known();
			const outcome = (id: string) => reports.byBatch.get(1)?.get(`far/${id}`)?.outcome;
			assert.equal(outcome(first)?.kind, 'replaced', JSON.stringify(outcome(first)));
			assert.match(outcome(first)?.detail ?? '', /now belongs to another job/);
			assert.equal(outcome(second)?.kind, name === 'kubernetes' ? 'removed' : 'cancelled');
			assert.equal(many.server.history(first).length, 0, 'nothing reached the other job');
			// The row is that of the other job, and says nothing of what was asked of the first.
			assert.equal(cancellations.get(`far/${first}`), undefined);
		});
	}
}

// ---- systems ----------------------------------------------------------------------------------------

const plan = {name: 'mesh-old', process: 'sleeper'};

/** The journal of a batch of one job, of which a request may have left. */
const leave = (
	context: TestContext,
	{
		at,
		target,
		address,
		version = journalVersion,
	}: {at: number; target: JobTarget; address?: string; version?: number},
) => {
	const systems = address === undefined ? {} : {systems: {w: {kind: 'weaver', address}}};
	const lines: readonly JournalLine[] = [
		{at, type: 'batch', version, batch: 1, by: 'alice@login3', ...systems, targets: [target]},
		{at, type: 'sending', ref: target.ref, attempt: 1},
	];
	const row = version === 1 ? (line: JournalLine) => `${JSON.stringify(line)}\n` : journalRow;
	return keepJournal(context, lines.map(row).join(''));
};

const changes = (far: Awaited<ReturnType<typeof openWeaverServer>>) =>
	far.server.requests().filter(({method}) => method !== 'GET').length;

const openLeft = async (
	context: TestContext,
	left: (far: Awaited<ReturnType<typeof openWeaverServer>>) => {
		address?: string;
		version?: number;
		age?: number;
	},
) => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan);
	const now = far.time.clock.now();
	const {age = 0, ...how} = left(far);
	const target = {
		ref: `w/${id}` as Ref,
		name: plan.name,
		phase: 'running',
		status: 'running',
		submittedAt: now,
	} as const;
	const state = leave(context, {at: now - age, target, ...how});
	const opened = openEngine(context, far, state);
	return {far, id, state, ...opened};
};

const addressOf = ({server}: {server: {url: string}}) => new URL(server.url).origin;

test('a batch of another server is not taken up through a profile of the same name, nor taken over', async context => {
	const {far, state, engine, until, known} = await openLeft(context, () => ({
		address: 'https://mesh.example.org',
	}));
	const journal = () => readFileSync(join(state, 'batches', '1.jsonl'), 'utf8');
	const before = journal();
	engine.start();
	await until('it is said', ({notices}) =>
		notices.some(({text}) => /batch 1 belongs to another system: .*https:\/\/mesh\.example\.org/.test(text)),
	);
	for (const how of [{}, {takeOver: true}, {agreed: true}, {takeOver: true, agreed: true}]) {
		await assert.rejects(engine.resume(1, how), BatchWaitsError);
	}
	await until('the pane has it', ({waiting}) => waiting.length === 1);
	assert.deepEqual(
		known().waiting.map(({number, needsYou}) => [number, needsYou]),
		[[1, false]],
	);
	assert.equal(changes(far), 0);
	assert.equal(known().cancellations.size, 0);
	assert.equal(journal(), before, 'it waits as it is for a jobtop that leads there');
});

test('what a journal of version 1 does not prove is asked about, and sent once somebody agrees', async context => {
	const {far, id, engine, until, settled} = await openLeft(context, () => ({version: 1}));
	engine.start();
	await until('it is said', ({notices}) =>
		notices.some(({text}) => /batch 1 needs your decision: .*does not say which system/.test(text)),
	);
	await assert.rejects(engine.resume(1), BatchWaitsError);
	assert.equal(changes(far), 0);
	await engine.resume(1, {agreed: true});
	assert.equal((await settled(id))?.kind, 'cancelled');
});

test('a batch that is older than a day is offered, and goes on when it is asked for', async context => {
	const {far, id, engine, until, settled} = await openLeft(context, far => ({
		address: addressOf(far),
		age: 25 * hour,
	}));
	// It was submitted before the question, of which the clock has moved on since.
	far.server.distort(id, submittedLater(0));
	engine.start();
	await until('it is said', ({notices}) =>
		notices.some(({text}) =>
			/batch 1 has been unfinished for 1 d; to resume it: jobtop batches resume 1/.test(text),
		),
	);
	assert.equal(changes(far), 0);
	await engine.resume(1);
	assert.equal((await settled(id))?.kind, 'cancelled');
});

test('of a batch of two systems only the jobs of this one are taken up', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan);
	const now = far.time.clock.now();
	const target = {name: plan.name, phase: 'running', status: 'running', submittedAt: now} as const;
	const head: JournalLine = {
		at: now,
		type: 'batch',
		version: journalVersion,
		batch: 1,
		by: 'alice@login3',
		systems: {
			w: {kind: 'weaver', address: addressOf(far)},
			x: {kind: 'weaver', address: 'https://b.example.org'},
		},
		targets: [
			{ref: `w/${id}`, ...target},
			{ref: `x/${id}`, ...target},
		],
	};
	const state = keepJournal(context, [head]);
	const {weaver} = await import('../../source/backends/weaver/index.ts');
	const other = {profile: 'x', traits: weaver.traits, backend: weaver.connect('x', {url: far.server.url})};
	const {engine, settled, known} = openEngine(context, far, state, {others: [other]});
	assert.deepEqual((await engine.resume(1))?.refs, [`w/${id}`]);
	assert.equal((await settled(id))?.kind, 'cancelled');
	assert.equal(known().cancellations.has(`x/${id}`), false);
	await engine.stop();
	const text = readFileSync(join(state, 'batches', '1.jsonl'), 'utf8');
	assert.doesNotMatch(text, /"type":"settled","ref":"x\//);
});

test('what ended on another system is not seen alive here', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', plan);
	const other = far.server.add('running', plan);
	const now = far.time.clock.now();
	const target = {name: plan.name, phase: 'running', status: 'running'} as const;
	const ref = `x/${other}` as const;
	const lines: readonly JournalLine[] = [
		{
			at: now,
			type: 'batch',
			version: journalVersion,
			batch: 1,
			by: 'alice@login3',
			systems: {
				w: {kind: 'weaver', address: addressOf(far)},
				x: {kind: 'weaver', address: 'https://b.example.org'},
			},
			targets: [
				{ref: `w/${id}`, ...target, submittedAt: now},
				{ref, ...target},
			],
		},
		{at: now, type: 'sending', ref, attempt: 1},
		{at: now, type: 'answered', ref, attempt: 1, receipt: 'accepted'},
		{at: now, type: 'settled', ref, attempts: 1, outcome: {kind: 'cancelled'}},
	];
	const state = keepJournal(context, lines);
	const {weaver} = await import('../../source/backends/weaver/index.ts');
	const elsewhere = {
		profile: 'x',
		traits: weaver.traits,
		backend: weaver.connect('x', {url: far.server.url}),
	};
	const {engine, settled, known, until} = openEngine(context, far, state, {others: [elsewhere]});
	engine.start();
	await until('it is listed there', ({jobs}) => jobs.byRef.has(ref));
	assert.equal((await settled(id))?.kind, 'cancelled');
	await far.time.advance(60_000);
	assert.equal(known().reports.byBatch.get(1)?.get(ref)?.outcome?.kind, 'cancelled');
	await engine.stop();
	assert.doesNotMatch(readFileSync(join(state, 'batches', '1.jsonl'), 'utf8'), /reopened/);
});

test('what was known of a system stays known when somebody agrees to less', () => {
	const at = 1;
	const target = {ref: 'hpc/1', name: 'a', phase: 'running', status: ''} as const;
	const head: JournalLine = {
		at,
		type: 'batch',
		version: journalVersion,
		batch: 1,
		by: 'alice@login3',
		systems: {hpc: {kind: 'slurm', cluster: 'east'}},
		targets: [target],
	};
	const hindrances = (lines: readonly JournalLine[], now: System) => {
		const batch = batchOf(1, parseJournal(lines.map(journalRow).join('')));
		assert.ok(batch);
		return hindrancesOf(batch, new Map([['hpc', now]]));
	};
	const {unproven, systems} = hindrances([head], {kind: 'slurm'});
	assert.equal(unproven.length, 1);
	const agreed: JournalLine = {at, type: 'resumed', by: 'alice@login3', systems};
	const west = hindrances([head, agreed], {kind: 'slurm', cluster: 'west'});
	assert.match(west.elsewhere.get('hpc') ?? '', /cluster east, but now leads to slurm, cluster west/);
});

test('a profile that leads elsewhere is another system, whatever is changed about it', async context => {
	const directory = temporaryDirectory(context);
	const told = async (entry: string) => {
		const config = join(directory, 'config.toml');
		writeFileSync(config, `[profiles.p]\n${entry}`);
		const env = {HOME: directory, T: 'secret-token', PATH: '/nowhere', XDG_STATE_HOME: directory};
		const {profiles} = await loadConfiguration({env, flags: {config}});
		const [connection] = await connectAll(profiles, env);
		const {signal} = new AbortController();
		const system = await (connection as NonNullable<typeof connection>).backend.system({signal});
		assert.doesNotMatch(JSON.stringify(system), /secret/);
		return system;
	};
	const token = 'token_env = "T"\n';
	for (const [one, ...others] of [
		[
			'backend = "weaver"\nurl = "https://a.org/w"',
			'backend = "weaver"\nurl = "https://b.org/w"',
			'backend = "weaver"\nurl = "https://a.org/v"',
		],
		[
			`backend = "weaver"\nurl = "https://a.org"\nauth = "basic"\nusername = "alice"\n${token}`,
			`backend = "weaver"\nurl = "https://a.org"\nauth = "basic"\nusername = "bob"\n${token}`,
		],
		['backend = "ogc"\nurl = "https://a.org"', 'backend = "ogc"\nurl = "https://b.org"'],
		[
			`backend = "ionworks"\norganization = "a"\n${token}`,
			`backend = "ionworks"\norganization = "b"\n${token}`,
		],
		[
			`backend = "tapis"\nurl = "https://a.tapis.io"\n${token}`,
			`backend = "tapis"\nurl = "https://b.tapis.io"\n${token}`,
		],
		[`backend = "tensorpool"\n${token}`, `backend = "tensorpool"\nurl = "https://b.org"\n${token}`],
		[
			`backend = "dex"\naccount = "a"\nproject = "p"\n${token}`,
			`backend = "dex"\naccount = "b"\nproject = "p"\n${token}`,
		],
		[
			`backend = "slurmrestd"\nurl = "https://a.org"\nuser = "alice"\n${token}`,
			`backend = "slurmrestd"\nurl = "https://b.org"\nuser = "alice"\n${token}`,
			`backend = "slurmrestd"\nurl = "https://a.org"\nuser = "bob"\n${token}`,
		],
	]) {
		const before = await told(one as string);
		assert.equal(compareSystems(before, await told(one as string)), 'same', one);
		for (const other of others) assert.equal(compareSystems(before, await told(other)), 'other', other);
	}
});

// ---- Slurm ------------------------------------------------------------------------------------------

const openOnSlurm = async (context: TestContext) => {
	const opened = await openSlurmEngine(context);
	const {slurm, known} = opened;
	return {
		...opened,
		reportOf: (id: string) => known().reports.byBatch.get(1)?.get(`far/${id}`),
		scancels: async () => (await slurm.calls()).filter(([program]) => program === 'scancel'),
	};
};

/** Epoch seconds. */
const before = 1_767_200_000;
const shown = (id: string): JobTarget => ({
	ref: `far/${id}`,
	name: 'old-simulation',
	phase: 'running',
	status: 'RUNNING',
	submittedAt: before * 1000,
});

test('a number that Slurm has given to a later job is not cancelled', async context => {
	const {slurm, engine, until, reportOf, scancels} = await openOnSlurm(context);
	await slurm.put({id: '42', state: 'RUNNING', name: 'new-important-run', submit: before + 3600});
	await slurm.put({id: '43', state: 'RUNNING', name: 'old-simulation', submit: before});
	await engine.cancel([shown('42'), shown('43')]);
	await until(() => reportOf('42')?.step === 'settled' && reportOf('43')?.step === 'settled');
	assert.equal(reportOf('42')?.outcome?.kind, 'replaced');
	assert.match(reportOf('42')?.outcome?.detail ?? '', /"new-important-run", submitted 2025-12-31/);
	assert.equal(reportOf('43')?.outcome?.kind, 'cancelled');
	assert.deepEqual(await scancels(), [['scancel', '-v', '43']]);
});

test('a job that was put back into the queue has another time of submission, and is the same job', async context => {
	const {slurm, engine, until, reportOf, scancels} = await openOnSlurm(context);
	await slurm.put({id: '42', state: 'PENDING', name: 'old-simulation', submit: before + 3600, restarts: 1});
	await engine.cancel([shown('42')]);
	await until(() => reportOf('42')?.step === 'settled');
	assert.equal(reportOf('42')?.outcome?.kind, 'cancelled');
	assert.deepEqual(await scancels(), [['scancel', '-v', '42']]);
});

// ---- deleting, dismissing, marking ------------------------------------------------------------------

test('a job that has come to have the id of an ended one is not deleted', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('failed', plan);
	const {engine, until, listed} = openEngine(context, far, temporaryDirectory(context));
	engine.handle({type: 'scope', scope: {everyone: true, ended: true}});
	engine.start();
	const target = targetOf(await listed(id));
	far.server.distort(id, submittedLater(hour));
	engine.handle({type: 'delete', targets: [target]});
	await until('it is said', ({notices}) =>
		notices.some(({text}) =>
			/was not deleted; nothing was sent: the id now belongs to another job/.test(text),
		),
	);
	assert.equal(changes(far), 0);
});

test('a job that has come to have the id of a dismissed one is shown', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('failed', plan);
	const state = temporaryDirectory(context);
	const {engine, until, listed, refTo} = openEngine(context, far, state);
	engine.handle({type: 'scope', scope: {everyone: true, ended: true}});
	engine.start();
	await listed(id);
	engine.handle({type: 'dismiss', refs: [refTo(id)]});
	await until('it is hidden', ({dismissed}) => dismissed.has(refTo(id)));
	far.server.distort(id, submittedLater(hour));
	engine.handle({type: 'refresh'});
	await until('it is shown', ({dismissed}) => !dismissed.has(refTo(id)));
	assert.equal(createDismissals(state, far.time.clock.now).hidden.has(refTo(id)), false);
});

test('a mark stays with the job that was marked, also when that is not listed for a while', () => {
	const time = createManualClock();
	const store = createJobStore({clock: time.clock, send: () => {}});
	const [one, two, three] = [job('a/1'), job('a/2'), job('a/3')] as const;
	store.receive([hello([profile('a')]), {type: 'jobs', upserts: [one, two, three], removes: []}]);
	store.change(mark(new Set([one.ref, two.ref, three.ref])));
	const later = (each: Job): Job => ({...each, createdAt: (each.createdAt ?? 0) + hour});
	store.receive([{type: 'jobs', upserts: [later(one), {...two, name: 'renamed'}], removes: [three.ref]}]);
	assert.deepEqual([...store.getState().screen.marks], [two.ref, three.ref]);
	store.receive([{type: 'jobs', upserts: [later(three)], removes: []}]);
	assert.deepEqual([...store.getState().screen.marks], [two.ref]);
});

test('undoing marks no other job that came to have the id meanwhile', () => {
	const store = createJobStore({clock: createManualClock().clock, send: () => {}});
	const [one, two, three] = [job('a/1'), job('a/2'), job('a/3')] as const;
	const cleared = {kind: 'marks', added: [], removed: [one.ref, two.ref, three.ref]} as const;
	const later = (each: Job): Job => ({...each, createdAt: (each.createdAt ?? 0) + hour});
	store.receive([hello([profile('a')]), {type: 'jobs', upserts: [one, two, three], removes: []}]);
	store.change(remember(cleared));
	store.receive([{type: 'jobs', upserts: [later(one)], removes: [two.ref]}]);
	store.receive([{type: 'jobs', upserts: [later(two)], removes: []}]);
	assert.deepEqual(store.getState().screen.acts, [{...cleared, removed: [three.ref]}]);
});

test('two jobs count as one only if nothing distinguishes them', () => {
	const time = fc.integer({min: 0, max: 4e12});
	const ref = 'a/7';
	fc.assert(
		fc.property(fc.string(), fc.string(), time, time, time, (name, other, asked, shownAt, seenAt) => {
			const another = whyAnother({ref, name, submittedAt: shownAt}, {name: other, createdAt: seenAt}, asked);
			assert.equal(another === undefined, Math.abs(shownAt - seenAt) < 1000);
			const unknown = whyAnother({ref, name}, {name: other, createdAt: seenAt}, asked);
			assert.equal(unknown === undefined, seenAt <= asked);
			for (const shown of [
				{ref, name},
				{ref, name, submittedAt: shownAt},
			] as const) {
				assert.equal(
					whyAnother(shown, {name: other}, asked) === undefined,
					name === other || name === '7' || other === '7',
				);
			}
		}),
	);
});

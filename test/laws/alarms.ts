/*
No alarm without an action: where the header says that something needs the user, the keys that it names lead to a key that does something about it, in every view and on every kind of job system.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {backendKinds, backends} from '../../source/backends/index.ts';
import type {CancelPolicy} from '../../source/cancellation/machine/effects.ts';
import type {CancelEvent} from '../../source/cancellation/machine/events.ts';
import {transition} from '../../source/cancellation/machine/machine.ts';
import {ask} from '../../source/cancellation/machine/state.ts';
import type {Entry} from '../../source/cancellation/runner/entries.ts';
import {createReports} from '../../source/cancellation/runner/reports.ts';
import {commandsOf} from '../../source/commands/commands.ts';
import {pressAll} from '../../source/commands/keys/dispatch.ts';
import type {CancellationReport, Intention} from '../../source/engine/protocol.ts';
import {type Failure, failurePolicies} from '../../source/job/failure.ts';
import type {Job} from '../../source/job/job.ts';
import {isEnd, type Phase, phases} from '../../source/job/phase.ts';
import {refOf} from '../../source/job/ref.ts';
import {keysIn} from '../../source/keys/names.ts';
import {createJobStore} from '../../source/store/store.ts';
import {needsUser} from '../../source/table/cancellation-words.ts';
import {newsLines} from '../../source/table/news.ts';
import {whyNotCancel} from '../../source/table/subject.ts';
import {unicodeGlyphs} from '../../source/text/theme.ts';
import {profilesOf} from '../../source/view-models/cancellation/run-profiles.ts';
import {headerLine} from '../../source/view-models/frame/header.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {health, hello, job, jobs, profile, start} from '../helpers/screen-facts.ts';
import {silentHost} from '../helpers/silent-host.ts';

const profileName = 'hpc';

// ---- what happened to each job -----------------------------------------------------------------

const failureKinds = Object.keys(failurePolicies) as Failure['kind'][];
const failure = fc
	.constantFrom<Failure['kind'][]>(
		'unreachable',
		'timeout',
		'unauthorized',
		'forbidden',
		'not-found',
		'broken',
	)
	.map((kind): Failure => ({kind, detail: kind}));
const phase = fc.oneof(
	{weight: 3, arbitrary: fc.constant<Phase>('running')},
	{weight: 2, arbitrary: fc.constantFrom(...(Object.keys(phases) as Phase[]))},
);

const anyEvent = fc.oneof(
	{weight: 2, arbitrary: fc.constant({type: 'confirmed'})},
	fc.constant({type: 'recalled'}),
	fc.constant({type: 'renewed'}),
	fc.constant({type: 'repeated'}),
	{
		weight: 3,
		arbitrary: fc.record({
			type: fc.constant('timer'),
			timer: fc.constantFrom('stage', 'retry', 'poll', 'overdue', 'overdue', 'reissue', 'proof'),
		}),
	},
	{
		weight: 6,
		arbitrary: fc
			.record({
				type: fc.constant('looked'),
				source: fc.constantFrom('list', 'record', 'alone', 'alone'),
				phase,
				unproven: fc.constantFrom(undefined, undefined, 'may-run'),
			})
			.map(({unproven, ...look}) => ({
				...look,
				status: look.phase,
				terminal: isEnd(look.phase),
				...(look.phase === 'cancelled' && unproven && {unproven}),
			})),
	},
	fc.record({type: fc.constant('missing'), doubted: fc.boolean()}),
	fc.record({type: fc.constant('replaced'), detail: fc.constant('another job')}),
	fc.record({type: fc.constant('look-failed'), failure}),
	{
		weight: 5,
		arbitrary: fc.record({
			type: fc.constant('answered'),
			receipt: fc.record({kind: fc.constantFrom('done', 'accepted', 'already', 'too-late')}),
		}),
	},
	{weight: 3, arbitrary: fc.record({type: fc.constant('failed'), failure})},
);

const look = (phase: Phase) => ({
	type: 'looked',
	source: 'alone',
	phase,
	status: phase,
	terminal: isEnd(phase),
});
const answered = (kind: string) => ({type: 'answered', receipt: {kind}});
const failed = (kind: Failure['kind']) => ({type: 'failed', failure: {kind, detail: kind}});
const overdue = {type: 'timer', timer: 'overdue'};
const asked = [{type: 'confirmed'}, {type: 'timer', timer: 'stage'}, look('running')];

/** Beginnings that often need the user; what follows is up to chance. */
const beginnings = {
	nothing: [],
	asked,
	overdue: [...asked, answered('accepted'), look('running'), overdue],
	refused: [...asked, answered('too-late'), look('running')],
	denied: [...asked, failed('forbidden')],
	parked: [...asked, failed('unauthorized')],
	lost: [...asked, failed('timeout'), overdue],
	'came back': [...asked, answered('accepted'), look('cancelled'), look('running')],
	'came back, overdue': [...asked, answered('accepted'), look('cancelled'), look('running'), overdue],
};

const cancellation = fc.record({
	id: fc.integer({min: 1, max: 4}),
	batch: fc.integer({min: 1, max: 3}),
	/** Another person's job. */
	owner: fc.constantFrom(undefined, undefined, 'bob'),
	begins: fc.constantFrom(...(Object.keys(beginnings) as (keyof typeof beginnings)[])),
	events: fc.array(anyEvent, {maxLength: 5}),
});

const facts = fc.record({
	kind: fc.constantFrom(...backendKinds),
	readOnly: fc.oneof({weight: 9, arbitrary: fc.constant(false)}, fc.constant(true)),
	cancellations: fc.array(cancellation, {minLength: 1, maxLength: 6}),
	/** Jobs that are not listed: an active list without the ended, a server without the record. */
	unlisted: fc.uniqueArray(fc.integer({min: 1, max: 4}), {maxLength: 2}),
	view: fc.constantFrom(
		'table',
		'detail',
		'log',
		'cancellations',
		'unfinished',
		'one outcome',
		'detail of a cancellation',
	),
	put: fc.boolean(),
});

type Facts = typeof facts extends fc.Arbitrary<infer Value> ? Value : never;

type Story = {
	readonly report: CancellationReport;
	readonly seen: Phase;
	/** Another job has its id. */
	readonly replaced: boolean;
};

/** The reports of real cancellations, as the runner of this kind of system makes them. */
const playAll = ({kind, readOnly, cancellations}: Facts): readonly Story[] => {
	const {traits} = backends[kind];
	const policy: CancelPolicy = {
		operation: 'cancel',
		resend: traits.resend,
		gone: traits.gone,
		patience: traits.patience,
		stageMs: 1500,
		park: true,
	};
	const {clock} = createManualClock();
	// Of two cancellations of a job in one batch, only one can be.
	const unique = [...new Map(cancellations.map(each => [`${each.batch}/${each.id}`, each])).values()].sort(
		(a, b) => a.batch - b.batch,
	);
	return unique.map(({id, batch, owner, begins, events}): Story => {
		const lane = {connection: {backend: {cancel: async () => ({kind: 'accepted'})}, readOnly}};
		const entry = {
			target: {
				ref: refOf(profileName, String(id)),
				name: `name-${id}`,
				submittedAt: start - 60_000,
				...(owner && {owner}),
			},
			batch: {number: batch, operation: 'cancel', askedAt: start + batch, by: 'me', refs: []},
			policy,
			lane,
			moments: [],
			requests: 1,
			state: ask(true, owner ? {owner} : {}),
		} as unknown as Entry;
		let seen: Phase = 'running';
		let replaced = false;
		[...beginnings[begins], ...events].forEach((event, index) => {
			const at = index + 1;
			const whole = {...event, at, askedMoment: at, attempt: entry.state.attempt} as CancelEvent;
			[entry.state] = transition(entry.state, whole, policy);
			if (whole.type === 'replaced') {
				replaced = true;
				entry.stranger = start;
			}
			if (whole.type !== 'looked') return;
			seen = whole.phase;
			entry.seen = {phase: whole.phase, status: whole.status, at: start};
		});
		const reported: CancellationReport[] = [];
		const reports = createReports({
			clock,
			jobCount: () => 1,
			isSuperseded: () => unique.some(other => other.id === id && other.batch > batch),
			onSeen: () => undefined,
			onReports: each => reported.push(...each),
		});
		reports.report(entry);
		reports.send();
		return {report: reported[0] as CancellationReport, seen, replaced};
	});
};

const rowsOf = (stories: readonly Story[], {unlisted}: Facts): readonly Job[] => {
	const rows = new Map<number, Job>();
	for (const {report, seen, replaced} of stories) {
		const id = Number(report.ref.split('/')[1]);
		const changes = replaced ? {createdAt: start, name: 'another'} : {phase: seen};
		rows.set(id, job(report.ref, {...changes, ...(replaced && {phase: 'running'})}));
	}
	for (const id of unlisted) rows.delete(id);
	return [...rows.values(), job(refOf(profileName, '9'))];
};

// ---- the screen --------------------------------------------------------------------------------

const openStore = () => {
	const sent: Intention[] = [];
	const {clock} = createManualClock();
	return {store: createJobStore({clock, send: intention => sent.push(intention)}), sent};
};

/** A function that presses keys, each by its name. */
const pressing =
	(store: ReturnType<typeof createJobStore>) =>
	(...names: readonly string[]) => {
		const {clock} = createManualClock();
		for (const name of names) {
			const special = {Enter: {return: true}, Esc: {escape: true}}[name];
			const [, letter] = /^Ctrl-(.)$/.exec(name) ?? [];
			const keys = letter ? keysIn(letter, {ctrl: true}) : keysIn(special ? '' : name, special ?? {});
			pressAll({commandsOf, store, host: silentHost, clock}, keys);
		}
	};

const open = (each: Facts) => {
	const {store, sent} = openStore();
	const {traits} = backends[each.kind];
	const can = {...profile('x').can, cancel: true, logs: true};
	const info = profile(profileName, {
		backend: traits.kind,
		title: traits.title,
		consequence: traits.consequence,
		cancelIsDismiss: traits.cancelIsDismiss ?? false,
		can,
		...(each.readOnly && {readOnly: true as const}),
	});
	const stories = playAll(each);
	store.receive([
		hello([info]),
		jobs(...rowsOf(stories, each)),
		...stories.map(({report}) => ({type: 'cancellations', reports: [report]}) as const),
	]);
	return {store, sent, press: pressing(store)};
};

const inView: Readonly<Record<Facts['view'], readonly string[]>> = {
	table: [],
	detail: ['Enter'],
	log: ['l'],
	cancellations: ['C'],
	unfinished: ['C', 'f', 'j', 'Enter'],
	'one outcome': ['C', 'f', 'j', 'j', 'j', 'j', 'j', 'j', 'Enter'],
	'detail of a cancellation': ['C', 'Enter'],
};

const headerOf = (store: ReturnType<typeof createJobStore>): string =>
	headerLine(store.getState(), {width: 200, height: 1, glyphs: unicodeGlyphs, now: start, zone: 'utc'})
		.map(({text}) => text)
		.join('');

test('the keys that the header names lead to a key that acts, in every view', () => {
	let alarms = 0;
	fc.assert(
		fc.property(facts, each => {
			const {store, sent, press} = open(each);
			press(...inView[each.view]);
			// A finished batch that is put away calls for nobody.
			if (each.put && store.getState().screen.pane === 'cancellations') press('d');
			const calling = () => store.getState().cancellations.filter(needsUser);
			assert.equal(/(\d+) needs? you/.exec(headerOf(store))?.[1] ?? '0', String(calling().length));
			if (calling().length === 0) return;
			alarms++;
			const walked: string[] = [];
			const before = sent.length;
			for (let steps = 0; steps < 6; steps++) {
				const [, key] = /needs? you: (\S+)/.exec(headerOf(store)) ?? [];
				assert.ok(key, `${headerOf(store)} after ${walked.join(' ')}`);
				walked.push(key);
				press(key);
				// A credential that is tried again acts, whatever else is asked.
				if (sent.slice(before).some(({type}) => type === 'refresh')) return;
				const {overlay, word = ''} = store.getState().screen;
				if (overlay?.kind === 'box') {
					const refs = new Set(calling().map(({ref}) => ref));
					assert.ok(
						overlay.targets.some(({ref}) => refs.has(ref)),
						'the question is about one of them',
					);
					return;
				}
				assert.ok(!word.startsWith(`${key}: `), `${walked.join(' ')}: ${word}`);
			}
			assert.fail(`nothing happened: ${walked.join(' ')}`);
		}),
		{numRuns: 800},
	);
	assert.ok(alarms > 100, `${alarms} alarms`);
});

test('each of the jobs that need the user is in the question of R, or its credential is tried', () => {
	fc.assert(
		fc.property(facts, each => {
			const {store, sent, press} = open(each);
			press('C');
			for (const {batch, ref, step} of store.getState().cancellations.filter(needsUser)) {
				const {known} = store.getState();
				if (step !== 'parked' && known.jobs.byRef.has(ref) && !each.readOnly)
					assert.equal(whyNotCancel(store.getState(), ref, start), undefined, 'c acts on its row');
				for (let back = 0; back < 4; back++) press(']');
				for (let back = 0; back < 4 && store.getState().run?.number !== batch; back++) press('[');
				const {run} = store.getState();
				assert.equal(run?.number, batch);
				assert.ok(
					run?.listed.some(listed => listed.ref === ref),
					'it is listed',
				);
				assert.ok(profilesOf(run?.reports ?? []).some(({needsYou}) => needsYou));
				const before = sent.length;
				press('R');
				const {overlay} = store.getState().screen;
				const asked = overlay?.kind === 'box' && overlay.targets.some(target => target.ref === ref);
				const tried = step === 'parked' && sent.slice(before).some(({type}) => type === 'refresh');
				assert.ok(asked || tried, `${ref}: ${step}: ${store.getState().screen.word}`);
				if (overlay) press('Esc');
			}
		}),
		{numRuns: 400},
	);
});

test('the loud line about a profile names a key that works, and no other failure is loud', () => {
	for (const kind of failureKinds) {
		for (const credential of [undefined, '$TOKEN']) {
			const {store, sent} = openStore();
			const info = profile(profileName, {...(credential !== undefined && {credential})});
			const state = failurePolicies[kind].state;
			const failing = health(profileName, {state, failures: 1, failure: {kind, detail: kind}});
			store.receive([hello([info]), {type: 'health', health: failing}]);
			const area = {width: 200, height: 5, now: start, zone: 'utc'} as const;
			const loud = newsLines(store.getState(), area).filter(({tone}) => tone === 'needs-you');
			assert.equal(loud.length, kind === 'unauthorized' ? 1 : 0, kind);
			if (loud.length === 0) continue;
			const [, key = ''] = /, then (\S+) /.exec(loud[0]?.text ?? '') ?? [];
			pressing(store)(...(key === 'P' ? ['P', 'i'] : [key]));
			assert.equal(sent.at(-1)?.type, credential === undefined ? 'refresh' : 'log-in', loud[0]?.text);
		}
	}
});

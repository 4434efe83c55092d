/*
Rows that several jobs share: who is in them, and that a key on one means exactly those.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Host} from '../../source/commands/command.ts';
import {commands} from '../../source/commands/commands.ts';
import {pressAll} from '../../source/commands/keys/dispatch.ts';
import type {Intention, Patch} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {keysIn} from '../../source/keys/names.ts';
import {createJobStore} from '../../source/store/store.ts';
import {foldsIn, isFold, isFoldRef, refsOf} from '../../source/table/folding.ts';
import {nextCancel} from '../../source/view-models/cancellation/next-cancel.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {renderText} from '../helpers/render-text.tsx';
import {health, hello, job, jobs, profile, start} from '../helpers/screen-facts.ts';

const task = (array: number, number: number, changes: Partial<Job> = {}): Job =>
	job(`hpc/${array}_${number}`, {
		name: 'cfd_mesh',
		parent: `hpc/${array}`,
		createdAt: start - array * 60_000,
		...changes,
	});

const tasks = (array: number, count: number, changes: Partial<Job> = {}): readonly Job[] =>
	Array.from({length: count}, (_, index) => task(array, index, changes));

const open = (...rows: readonly Job[]) => openWith(rows);

const openWith = (rows: readonly Job[]) => {
	const {clock, advance} = createManualClock();
	const sent: Intention[] = [];
	const store = createJobStore({clock, send: intention => sent.push(intention)});
	const nothing = () => undefined;
	const host = new Proxy({}, {get: () => nothing}) as Host;
	store.receive([hello([profile('hpc')]), {type: 'jobs', upserts: rows, removes: []}]);
	const screen = () => store.getState().screen;
	return {
		store,
		sent,
		clock,
		advance,
		screen,
		press(...inputs: readonly string[]) {
			for (const input of inputs) {
				const named = {'<esc>': {escape: true}, '<enter>': {return: true}}[input];
				pressAll(
					{commandsOf: () => commands, store, host, clock},
					named ? keysIn('', named) : keysIn(input, {}),
				);
			}
		},
		rows: () => store.getState().rows.map(({ref}) => ref),
		targets: () => {
			const {overlay} = screen();
			return overlay?.kind === 'box' ? overlay.targets.map(({ref}) => ref) : undefined;
		},
		cancels: () => sent.filter(intention => intention.type === 'cancel'),
	};
};

test('more than three related jobs share a row; three do not', () => {
	const {rows} = open(...tasks(5, 4), ...tasks(7, 3), job('hpc/9', {createdAt: start - 999_000}));
	assert.deepEqual(rows(), ['/hpc/5', 'hpc/7_0', 'hpc/7_1', 'hpc/7_2', 'hpc/9']);
});

test('a shared row opens and closes, by e and Enter, and every job has a row again with E', () => {
	const {rows, press, screen, sent} = open(...tasks(5, 4));
	press('e');
	const opened = ['/hpc/5', 'hpc/5_0', 'hpc/5_1', 'hpc/5_2', 'hpc/5_3'];
	assert.deepEqual(rows(), opened);
	press('jj', 'e');
	assert.deepEqual([rows(), screen().cursor.ref], [['/hpc/5'], '/hpc/5']);
	press('<enter>');
	assert.deepEqual(rows(), opened);
	press('j', 'E');
	assert.deepEqual(rows(), opened.slice(1));
	assert.equal(screen().cursor.ref, 'hpc/5_0');
	assert.ok(sent.some(intention => intention.type === 'keep-view' && intention.view.folding === false));
	press('E');
	assert.deepEqual(rows(), opened);
});

test('c on a shared row asks about its jobs that can be cancelled, and the footer said so before', async () => {
	const {store, press, advance, targets, cancels, clock} = open(
		...tasks(5, 3),
		task(5, 3, {phase: 'failed'}),
		job('hpc/1', {createdAt: start - 999_000}),
	);
	assert.match(nextCancel(store.getState(), clock.now()), /this row gained jobs/);
	press('c');
	assert.equal(targets(), undefined);
	await advance(4000);
	assert.equal(nextCancel(store.getState(), clock.now()), 'c cancels 3 jobs of hpc/5 cfd_mesh (1 skipped)');
	press('c');
	assert.deepEqual(targets(), ['hpc/5_0', 'hpc/5_1', 'hpc/5_2']);
	// What comes after the box was opened is not in it.
	store.receive([jobs(task(5, 8), task(5, 9))]);
	press('y');
	const [cancel] = cancels();
	assert.deepEqual(cancel?.type === 'cancel' && cancel.targets.map(({ref}) => ref), [
		'hpc/5_0',
		'hpc/5_1',
		'hpc/5_2',
	]);
});

test('what needs one job is refused on a shared row, in words', async () => {
	const {press, advance, screen, sent} = open(...tasks(5, 4));
	press('j');
	await advance(4000);
	for (const key of ['y', 'x', 'l', 'J', 'X']) {
		press(key);
		assert.match(screen().word ?? '', /this row is 4 jobs; e opens it/, key);
		assert.equal(screen().overlay, undefined, key);
	}
	press('d');
	assert.match(screen().word ?? '', /none of the 4 in this row has ended/);
	assert.deepEqual(sent, []);
});

test('d on a shared row hides those of it that have ended', async () => {
	const {press, advance, sent, rows} = open(...tasks(5, 3), ...tasks(5, 7, {phase: 'failed'}).slice(3));
	await advance(4000);
	press('d', 'y');
	assert.deepEqual(sent, [{type: 'dismiss', refs: ['hpc/5_3', 'hpc/5_4', 'hpc/5_5', 'hpc/5_6']}]);
	assert.deepEqual(rows(), ['hpc/5_0', 'hpc/5_1', 'hpc/5_2']);
});

test('a shared row has the marks of its jobs; a partly marked row becomes fully marked', async () => {
	const {press, advance, screen} = open(...tasks(5, 4), job('hpc/9', {createdAt: start - 999_000}));
	await advance(4000);
	press(' ');
	assert.deepEqual([...screen().marks], ['hpc/5_0', 'hpc/5_1', 'hpc/5_2', 'hpc/5_3']);
	press('g', 'e', 'j', ' ', 'g', 'e');
	assert.deepEqual([...screen().marks], ['hpc/5_1', 'hpc/5_2', 'hpc/5_3']);
	press('g', ' ');
	assert.equal(screen().marks.size, 4);
	press('g', ' ');
	assert.equal(screen().marks.size, 0);
	press('g', 'v', 'j', ' ');
	assert.equal(screen().marks.size, 5);
});

test('while nobody may move, no row is folded or unfolded and none takes anybody in', async () => {
	const {store, press, advance, rows} = open(...tasks(5, 4), ...tasks(7, 3));
	await advance(4000);
	press('k');
	store.receive([jobs(task(7, 3), task(5, 4)), {type: 'jobs', upserts: [], removes: ['hpc/5_0', 'hpc/5_1']}]);
	const before = foldsIn(store.getState().rows).get('/hpc/5');
	assert.deepEqual(
		before?.members.map(({ref}) => ref),
		['hpc/5_2', 'hpc/5_3'],
	);
	assert.deepEqual(rows(), ['/hpc/5', 'hpc/7_0', 'hpc/7_1', 'hpc/7_2', 'hpc/5_4', 'hpc/7_3']);
	await advance(4000);
	assert.deepEqual(rows(), ['hpc/5_2', 'hpc/5_3', 'hpc/5_4', '/hpc/7']);
});

test('a detail goes from job to job, past rows that several share', async () => {
	const {press, screen, advance} = open(
		job('hpc/1', {createdAt: start}),
		...tasks(5, 4),
		job('hpc/9', {createdAt: start - 999_000}),
	);
	await advance(0);
	press('<enter>', 'j');
	assert.equal(screen().detail?.ref, 'hpc/9');
	press('k');
	assert.equal(screen().detail?.ref, 'hpc/1');
});

type Step =
	| {
			readonly kind: 'patch';
			readonly upserts: readonly [array: number, number: number, ended: boolean][];
			readonly removes: readonly [number, number][];
	  }
	| {readonly kind: 'keys'; readonly keys: string}
	| {readonly kind: 'wait'; readonly ms: number};

const steps = (): fc.Arbitrary<readonly Step[]> => {
	const array = fc.constantFrom(1, 2);
	const number = fc.nat({max: 6});
	return fc.array(
		fc.oneof(
			fc.record({
				kind: fc.constant('patch' as const),
				upserts: fc.array(fc.tuple(array, number, fc.boolean()), {maxLength: 6}),
				removes: fc.array(fc.tuple(array, number), {maxLength: 2}),
			}),
			fc.record({
				kind: fc.constant('keys' as const),
				keys: fc.constantFrom('j', 'k', 'G', 'g', 'e', 'E', ' ', 'v', 'a', 'U', 'M', 'S', '>', 'd', 'u', 'r'),
			}),
			fc.record({kind: fc.constant('wait' as const), ms: fc.constantFrom(100, 1000, 4000)}),
		),
		{maxLength: 25},
	);
};

test('c never asks about a job that its row did not stand for, whatever happened', async () => {
	await fc.assert(
		fc.asyncProperty(steps(), async history => {
			const opened = open(...tasks(1, 5), ...tasks(2, 2));
			const {store, press, targets, screen} = opened;
			for (const step of history) {
				if (step.kind === 'wait') await opened.advance(step.ms);
				else if (step.kind === 'keys') press(step.keys);
				else {
					const upserts = step.upserts.map(([array, number, ended]) =>
						task(array, number, {phase: ended ? 'failed' : 'running'}),
					);
					const removes = step.removes.map(([array, number]): Ref => `hpc/${array}_${number}`);
					const patch: Patch = {type: 'jobs', upserts, removes};
					store.receive([patch]);
				}
				const {rows, order, known} = store.getState();
				const cursor = rows[screen().cursor.index];
				assert.equal(cursor?.ref, screen().cursor.ref);
				// Every job in view stands in exactly one place: a row of its own, or one that it shares.
				const places = rows.flatMap(row => (isFold(row) && row.open ? [] : refsOf(row)));
				assert.deepEqual([...places].sort(), order.inView.map(({ref}) => ref).sort());
				for (const ref of screen().marks) assert.ok(!isFoldRef(ref));
				if (screen().range) continue;
				const meant = new Set(screen().marks.size > 0 ? screen().marks : cursor ? refsOf(cursor) : []);
				const before = screen();
				press('c');
				const asked = targets();
				if (asked) {
					for (const ref of asked) {
						assert.ok(meant.has(ref), `${ref} was not meant`);
						assert.equal(known.jobs.byRef.get(ref)?.terminal, false);
					}
					const live = [...meant].filter(ref => known.jobs.byRef.get(ref)?.terminal === false);
					assert.deepEqual([...asked].sort(), live.sort());
					press('n');
				}
				store.change(({word: _word, keyAt: _keyAt, ...rest}) => ({
					...rest,
					...(before.keyAt !== undefined && {keyAt: before.keyAt}),
				}));
			}
			assert.deepEqual(opened.cancels(), []);
		}),
		{numRuns: 300},
	);
});

test('100,000 tasks of 1,000 arrays are folded with a few looks at each, also after a change', () => {
	let looks = 0;
	const all = Array.from({length: 100_000}, (_, index) =>
		Object.defineProperty(task(Math.floor(index / 100), index % 100), 'parent', {
			enumerable: true,
			get: () => {
				looks++;
				return `hpc/${Math.floor(index / 100)}`;
			},
			// The store writes the same text back, to keep it once.
			set: () => undefined,
		}),
	);
	const {store, press} = openWith(all);
	assert.equal(store.getState().rows.length, 1000);
	press('G', 'e', 'k');
	store.receive([jobs(task(5, 3, {phase: 'failed'}))]);
	assert.equal(store.getState().rows.length, 1100);
	assert.ok(looks < 100_000 * 30, `${looks} looks`);
});

const array: readonly Patch[] = [
	hello([profile('hpc')]),
	{type: 'health', health: health('hpc')},
	jobs(
		...tasks(5, 8),
		...tasks(5, 11, {phase: 'queued'}).slice(8),
		task(5, 11, {phase: 'failed'}),
		job('hpc/918310', {name: 'post_stats', createdAt: start - 999_000}),
	),
];

test('a shared row at 80x24, closed and open', async context => {
	const screen = await renderText(context);
	await screen.receive(...array);
	await screen.advance(4000);
	assert.deepEqual(screen.lines().slice(2, 7), [
		'─ my active jobs ─────────────────────────────────────────────────── sort: AGE ─',
		'  STATE     JOB ID  NAME                                                    AGE↓',
		'> + 12 jobs 5       8 run 3 queued 1 failed  cfd_mesh',
		'  ▶ RUNNING 918310  post_stats                                              16m',
		'',
	]);
	assert.match(screen.text(), / 1-2 of 2 rows, 13 jobs/);
	assert.match(screen.text(), /c cancels 11 jobs of hpc\/5 cfd_mesh \(1 skipped\)/);
	await screen.press(' ', 'k', 'e');
	assert.match(screen.lines()[4] ?? '', /^>\*- 12 jobs 5 /);
	assert.match(screen.lines()[5] ?? '', /^ \*▶ RUNNING 5_0 +cfd_mesh/);
});

test('a shared row at 120x36 and at 40x10', async context => {
	const wide = await renderScreen(context, {columns: 120, rows: 36});
	await wide.receive(...array);
	await wide.advance(4000);
	assert.match(wide.lines()[4] ?? '', /^> \+ 12 jobs +5 +8 run 3 queued 1 failed {2}cfd_mesh$/);
	const small = await renderScreen(context, {columns: 40, rows: 10});
	await small.receive(...array);
	await small.advance(4000);
	const row = small.lines().find(line => line.startsWith('>')) ?? '';
	assert.match(row, /^> \+ 12 jobs +5/);
	for (const line of small.lines()) assert.ok(line.length <= 40);
	await small.press('c');
	assert.match(small.text(), /11 jobs/);
});

/*
What the screen knows: where the cursor stands, who has a row, and in which order.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Intention, Patch} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {
	closeOverlay,
	filterBy,
	narrowTo,
	openOverlay,
	putCursor,
	sortTable,
	touch,
} from '../../source/state/transitions.ts';
import {createJobStore} from '../../source/store/store.ts';
import {openCancelBox} from '../../source/view-models/cancellation/cancel-targets.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const open = () => {
	const {clock, advance} = createManualClock();
	const sent: Intention[] = [];
	const store = createJobStore({clock, send: intention => sent.push(intention)});
	let updates = 0;
	store.subscribe(() => updates++);
	store.receive([hello([profile('a'), profile('b')])]);
	return {
		store,
		clock,
		advance,
		sent,
		updates: () => updates,
		refs: () => store.getState().order.inView.map(({ref}) => ref),
		cursor: () => store.getState().screen.cursor,
		/** A key that does nothing but be pressed. */
		touch: () => store.change(touch(clock.now())),
		moveTo: (index: number) =>
			store.change(
				touch(clock.now()),
				putCursor({index, ref: store.getState().order.inView[index]?.ref as Ref}),
			),
	};
};

const old = (ref: Ref, seconds: number, changes: Partial<Job> = {}) =>
	job(ref, {createdAt: start - seconds * 1000, ...changes});

test('patches that come together are one update', () => {
	const {store, updates} = open();
	const before = updates();
	store.receive([jobs(job('a/1')), jobs(job('a/2')), {type: 'cancellations', reports: [report('a/1')]}]);
	assert.equal(updates() - before, 1);
});

test('the youngest jobs stand on top', () => {
	const {store, refs} = open();
	store.receive([jobs(old('a/1', 30), old('a/2', 10), old('b/3', 20))]);
	assert.deepEqual(refs(), ['a/2', 'b/3', 'a/1']);
});

test('until a key is pressed the cursor waits on the first row', () => {
	const {store, cursor} = open();
	store.receive([jobs(old('a/1', 30))]);
	store.receive([jobs(old('a/2', 10))]);
	assert.equal(cursor().ref, 'a/2');
	assert.equal(cursor().index, 0);
});

test('the cursor stays with its job when rows come before it', async () => {
	const {store, cursor, touch, advance} = open();
	store.receive([jobs(old('a/1', 30), old('a/2', 40))]);
	touch();
	await advance(4000);
	store.receive([jobs(old('b/3', 10), old('b/4', 20))]);
	assert.deepEqual(cursor(), {ref: 'a/1', index: 2});
});

test('the cursor stays with its job when the sort is another', () => {
	const {store, cursor, moveTo} = open();
	store.receive([
		jobs(old('a/1', 10, {name: 'z'}), old('a/2', 20, {name: 'm'}), old('a/3', 30, {name: 'a'})),
	]);
	moveTo(0);
	store.change(sortTable({column: 'name', descending: false}));
	assert.deepEqual(cursor(), {ref: 'a/1', index: 2});
});

test('when the job under the cursor is no more, the cursor goes to the nearest row and says when', () => {
	const {store, cursor, moveTo, clock} = open();
	store.receive([jobs(old('a/1', 10), old('a/2', 20), old('a/3', 30))]);
	moveTo(1);
	store.receive([{type: 'jobs', upserts: [], removes: ['a/2']}]);
	assert.deepEqual(cursor(), {ref: 'a/3', index: 1, movedAt: clock.now()});
});

test('dismissing moves the cursor on without a word: the reader did it', () => {
	const {store, cursor, moveTo} = open();
	store.receive([jobs(old('a/1', 10, {phase: 'failed'}), old('a/2', 20))]);
	moveTo(0);
	store.hide(['a/1'], true);
	assert.deepEqual(cursor(), {ref: 'a/2', index: 0});
});

test('after a key in a list that the reader has moved in, nobody moves for three seconds: newcomers wait at the end', async () => {
	const {store, refs, touch, moveTo, advance} = open();
	store.receive([jobs(old('a/0', 25), old('a/1', 20), old('a/2', 30))]);
	touch();
	store.receive([jobs(old('a/0', 1))]);
	assert.deepEqual(refs(), ['a/0', 'a/1', 'a/2']);
	store.receive([{type: 'jobs', upserts: [], removes: ['a/0']}]);
	moveTo(0);
	store.receive([jobs(old('b/3', 10), old('a/2', 5))]);
	assert.deepEqual(refs(), ['a/1', 'a/2', 'b/3']);
	await advance(3000);
	assert.deepEqual(refs(), ['a/2', 'b/3', 'a/1']);
});

test('away from the top new rows wait at the end until the reader goes there; what was there before moves', async () => {
	const {store, refs, moveTo, advance, cursor} = open();
	store.receive([jobs(old('a/1', 20), old('a/2', 30), old('a/3', 40))]);
	moveTo(1);
	await advance(4000);
	store.receive([jobs(old('b/4', 10), old('a/3', 5))]);
	assert.deepEqual(refs(), ['a/3', 'a/1', 'a/2', 'b/4']);
	await advance(60_000);
	store.receive([jobs(old('b/5', 1))]);
	assert.deepEqual(refs(), ['a/3', 'a/1', 'a/2', 'b/5', 'b/4']);
	assert.equal(cursor().ref, 'a/2');
	assert.equal(store.getState().order.newcomers.length, 2);
	moveTo(0);
	await advance(4000);
	assert.deepEqual(refs(), ['b/5', 'a/3', 'b/4', 'a/1', 'a/2']);
	assert.equal(store.getState().order.newcomers.length, 0);
});

test('where most rows are new they wait for nobody', async () => {
	const {store, refs, moveTo, advance} = open();
	store.receive([jobs(old('a/1', 20), old('a/2', 30))]);
	moveTo(1);
	await advance(4000);
	store.receive([jobs(old('b/1', 10), old('b/2', 25), old('b/3', 40))]);
	assert.deepEqual(refs(), ['b/1', 'a/1', 'b/2', 'a/2', 'b/3']);
});

test('100,000 jobs that come while the cursor is in the middle cost few comparisons each', async () => {
	const {store, moveTo, advance, refs} = open();
	let looks = 0;
	const counted = (id: number): Job =>
		Object.defineProperty(old(`a/${id}`, 0), 'createdAt', {
			enumerable: true,
			get: () => {
				looks++;
				return start - ((id * 7919) % 100_003) * 1000;
			},
		});
	store.receive([jobs(counted(0), counted(1))]);
	moveTo(1);
	await advance(4000);
	const total = 100_000;
	for (let from = 2; from < total; from += 2000) {
		const slice = Array.from({length: Math.min(2000, total - from)}, (_, index) => counted(from + index));
		store.receive([jobs(...slice)]);
		// A key now and then, so that they also come while nobody may move.
		if (from % 10_000 === 2) moveTo(1);
	}
	assert.equal(refs().length, total);
	const perJob = looks / total;
	assert.ok(perJob < 200, `${perJob} looks at the time of a job`);
	store.change(sortTable({column: 'age', descending: false}));
	const times = store.getState().order.inView.map(({createdAt = 0}) => createdAt);
	assert.deepEqual(
		times,
		times.toSorted((a, b) => b - a),
	);
});

test('rows that went leave at once, also while the order is held', () => {
	const {store, refs, touch} = open();
	store.receive([jobs(old('a/1', 20), old('a/2', 30))]);
	touch();
	store.receive([{type: 'jobs', upserts: [], removes: ['a/1']}]);
	assert.deepEqual(refs(), ['a/2']);
});

test('a row goes with its job also where the order goes by cancellations, and these go on', () => {
	const {store, refs, touch} = open();
	store.receive([{type: 'cancellations', reports: [report('a/4', {step: 'sending'})]}]);
	store.change(sortTable({column: 'cancel', descending: false}));
	store.receive([jobs(old('a/2', 0), old('a/4', 0))]);
	touch();
	store.receive([{type: 'jobs', upserts: [], removes: ['a/4']}]);
	store.receive([{type: 'cancellations', reports: [report('a/2', {step: 'sending'})]}]);
	assert.deepEqual(refs(), ['a/2']);
});

test('nobody moves while a question is open', async () => {
	const {store, refs, advance, clock} = open();
	store.receive([jobs(old('a/1', 20))]);
	const overlay = openCancelBox(store.getState(), [old('a/1', 20)], clock.now());
	store.change(touch(clock.now()), openOverlay(overlay));
	store.receive([jobs(old('b/2', 10))]);
	await advance(60_000);
	assert.deepEqual(refs(), ['a/1', 'b/2']);
	store.change(closeOverlay, touch(clock.now()));
	await advance(6000);
	assert.deepEqual(refs(), ['b/2', 'a/1']);
});

test('a filter holds for jobs that come later', () => {
	const {store, refs} = open();
	store.change(filterBy('mesh'));
	store.receive([jobs(old('a/1', 10, {name: 'cfd_MESH'}), old('a/2', 20, {name: 'other'}))]);
	assert.deepEqual(refs(), ['a/1']);
	store.change(filterBy(''));
	assert.deepEqual(refs(), ['a/1', 'a/2']);
});

test('a table without news keeps its identity', () => {
	const {store} = open();
	store.receive([jobs(old('a/1', 10))]);
	const {order, cancellations} = store.getState();
	store.receive([{type: 'notice', notice: {at: start, tone: 'info', text: 'hello'}}]);
	assert.equal(store.getState().order, order);
	assert.equal(store.getState().cancellations, cancellations);
});

/** A history of patches, keys and time. */
const events = () => {
	const ref = fc.constantFrom<Ref>('a/1', 'a/2', 'a/3', 'a/4', 'b/1', 'b/2', 'b/3', 'b/4');
	const upsert = fc.record({
		ref,
		seconds: fc.integer({min: 0, max: 5}),
		name: fc.constantFrom('mesh', 'relax', 'mosaic'),
		phase: fc.constantFrom<Job['phase']>('running', 'queued', 'failed'),
	});
	return fc.array(
		fc.oneof(
			fc.record({
				kind: fc.constant('patch' as const),
				upserts: fc.array(upsert, {maxLength: 4}),
				removes: fc.array(ref, {maxLength: 2}),
			}),
			fc.record({kind: fc.constant('move' as const), index: fc.nat({max: 8})}),
			fc.record({kind: fc.constant('filter' as const), filter: fc.constantFrom('', 'm', 'me', 'mesh', 'x')}),
			fc.record({kind: fc.constant('only' as const), only: fc.constantFrom(undefined, 'a', 'b')}),
			fc.record({kind: fc.constant('hide' as const), ref, hidden: fc.boolean()}),
			fc.record({
				kind: fc.constant('sort' as const),
				column: fc.constantFrom('age', 'name', 'state', 'cancel', 'profile'),
				descending: fc.boolean(),
			}),
			fc.record({
				kind: fc.constant('report' as const),
				ref,
				step: fc.constantFrom('sending' as const, 'parked' as const),
			}),
			fc.record({kind: fc.constant('wait' as const), ms: fc.constantFrom(100, 4000)}),
		),
		{maxLength: 30},
	);
};

type Events = ReturnType<typeof events> extends fc.Arbitrary<infer Value> ? Value : never;

const play = async (opened: ReturnType<typeof open>, history: Events, check: () => void) => {
	const {store, advance, moveTo, clock} = opened;
	for (const event of history) {
		if (event.kind === 'patch') {
			const upserts = event.upserts.map(({ref, seconds, name, phase}) => old(ref, seconds, {name, phase}));
			const patch: Patch = {type: 'jobs', upserts, removes: event.removes};
			store.receive([patch]);
		} else if (event.kind === 'move') moveTo(Math.min(event.index, Math.max(0, opened.refs().length - 1)));
		else if (event.kind === 'filter') store.change(filterBy(event.filter), touch(clock.now()));
		else if (event.kind === 'only') store.change(narrowTo(event.only), touch(clock.now()));
		else if (event.kind === 'hide') store.hide([event.ref], event.hidden);
		else if (event.kind === 'sort') {
			store.change(sortTable({column: event.column, descending: event.descending}), touch(clock.now()));
		} else if (event.kind === 'report') {
			store.receive([{type: 'cancellations', reports: [report(event.ref, {step: event.step})]}]);
		} else await advance(event.ms);
		check();
	}
};

test('the cursor is always on a row, and on its job as long as that has one', async () => {
	await fc.assert(
		fc.asyncProperty(events(), async history => {
			const opened = open();
			let last: Ref | undefined;
			let placed = false;
			let since = opened.clock.now();
			await play(opened, history, () => {
				const {cursor, keyAt} = opened.store.getState().screen;
				const refs = opened.refs();
				assert.equal(cursor.ref, refs[cursor.index]);
				// A move by the reader goes through `moveTo`, which says so in `keyAt` of this moment.
				const moved = keyAt === opened.clock.now();
				const follows = placed && !moved && last !== undefined && refs.includes(last);
				if (follows) assert.equal(cursor.ref, last);
				// Where the list was empty, no key has chosen a row yet: then the first one, and a change of it is no choice.
				if (cursor.unplaced) {
					assert.equal(cursor.index, 0);
					const changed = last !== undefined && cursor.ref !== undefined && cursor.ref !== last;
					// Rows settle while time passes, so within the event, not at its end.
					if (changed) assert.ok(cursor.movedAt !== undefined && cursor.movedAt >= since);
				}
				last = cursor.ref;
				placed = !cursor.unplaced;
				since = opened.clock.now();
			});
		}),
		{numRuns: 500},
	);
});

test('once it is quiet, the rows are the same as after sorting everything again', async () => {
	await fc.assert(
		fc.asyncProperty(events(), async history => {
			const opened = open();
			await play(opened, history, () => {
				const {order, known, screen} = opened.store.getState();
				const rows = new Set(order.inView.map(({ref}) => ref));
				assert.equal(rows.size, order.inView.length, 'no job has two rows');
				for (const ref of rows) assert.ok(known.jobs.byRef.has(ref), 'no row without its job');
				for (const {ref, terminal, profile: name} of known.jobs.byRef.values()) {
					const dismissed = known.dismissed.has(ref);
					// It ended, or came back to life, while rows may not move.
					if (dismissed && order.waiting.has(ref)) continue;
					const hidden = (dismissed && terminal) || (screen.only && name !== screen.only);
					if (hidden) assert.ok(!rows.has(ref));
					else if (!screen.filter) assert.ok(rows.has(ref));
				}
			});
			await opened.advance(10_000);
			// Away from the top, new rows wait until somebody goes there.
			opened.moveTo(0);
			await opened.advance(10_000);
			const quiet = opened.refs();
			// Another sort and back: both start from nothing.
			const {sort} = opened.store.getState().screen;
			opened.store.change(sortTable({column: 'id', descending: false}));
			opened.store.change(sortTable(sort));
			assert.deepEqual(quiet, opened.refs());
		}),
		{numRuns: 500},
	);
});

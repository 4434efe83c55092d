/*
What a key is about, and why it is refused.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {ProfileInfo} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import type {Screen} from '../../source/state/screen.ts';
import {createJobStore} from '../../source/store/store.ts';
import {
	foldedJobs,
	markedJobs,
	marksCount,
	marksOfRange,
	markWords,
	meantJobs,
	reasonsOf,
} from '../../source/table/marks.ts';
import {
	askedThere,
	foldOf,
	lookAgain,
	noJobHere,
	profileOf,
	subjectOf,
	unsettledCursor,
	whyNotCancel,
	whyNotDelete,
	whyNotForce,
} from '../../source/table/subject.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const can = (changes: Partial<ProfileInfo['can']>): Pick<ProfileInfo, 'can'> => ({
	can: {...profile('p').can, ...changes},
});
const able = profile('p', can({delete: true, force: true, hide: true}));
type Facts = {
	readonly profiles?: readonly ProfileInfo[];
	readonly readOnly?: boolean;
	readonly cancelling?: readonly Ref[];
	readonly screen?: Partial<Screen>;
	/** Jobs that come once the screen is as it is. */
	readonly later?: readonly Job[];
};
const open = (
	list: readonly Job[],
	{profiles = [able], readOnly = false, cancelling = [], screen, later = []}: Facts = {},
) => {
	const store = createJobStore({clock: createManualClock().clock, send: () => undefined});
	store.receive([
		hello(profiles, {readOnly}),
		jobs(...list),
		{type: 'cancellations', reports: cancelling.map(ref => report(ref))},
	]);
	store.change(before => ({...before, sort: {column: 'id', descending: false}}));
	if (screen) store.change(before => ({...before, ...screen}));
	if (later.length > 0) store.receive([jobs(...later)]);
	return store.getState();
};
const tasks = (number: number): readonly Job[] =>
	Array.from({length: number}, (_, index) => job(`p/a_${index + 1}`, {parent: 'p/a'}));
const detail = (ref: Ref) => ({ref, tab: 'summary', scroll: 0}) as const;

test('a key is about the open job, else about the one under the cursor of the open list', () => {
	const list = [job('p/1'), job('p/2')];
	assert.equal(subjectOf(open(list)), 'p/1');
	assert.equal(subjectOf(open(list, {screen: {detail: detail('p/9')}})), 'p/9');
	const pane = {screen: {pane: 'cancellations'}, cancelling: ['p/2']} as const;
	assert.equal(subjectOf(open(list, pane)), 'p/2');
	assert.equal(subjectOf(open(list, {screen: {pane: 'cancellations'}})), undefined);
	assert.equal(subjectOf(open([])), undefined);
});

test('a shared row is no job: what needs one is refused, with the key that opens it', () => {
	const state = open(tasks(5));
	assert.equal(subjectOf(state), undefined);
	assert.equal(foldOf(state)?.ref, '/p/a');
	assert.equal(noJobHere(state), 'this row is 5 jobs; e opens it');
	assert.equal(whyNotCancel(state, undefined, start), 'this row is 5 jobs; e opens it');
	assert.equal(whyNotDelete(state, undefined), 'this row is 5 jobs; e opens it');
	assert.equal(whyNotForce(state, undefined), 'this row is 5 jobs; e opens it');
	assert.equal(foldOf(open(tasks(5), {screen: {detail: detail('p/a_1')}})), undefined);
	assert.equal(foldOf(open(tasks(5), {screen: {pane: 'cancellations'}})), undefined);
	assert.equal(foldOf(open([])), undefined);
	assert.equal(noJobHere(open([])), 'there is no job here');
});

test('a profile is found by the name in the ref', () => {
	const state = open([job('p/1')], {profiles: [profile('q'), able]});
	assert.equal(profileOf(state, 'p/1')?.name, 'p');
	assert.equal(profileOf(state, 'x/1'), undefined);
});

test('a live job of a profile that can cancel can be cancelled; any other says why not', () => {
	const why = (list: readonly Job[], facts: Facts = {}) => whyNotCancel(open(list, facts), 'p/1', start);
	assert.equal(why([job('p/1')]), undefined);
	assert.equal(why([job('p/1')], {profiles: []}), undefined);
	assert.equal(why([]), 'no longer listed by its profile');
	assert.equal(why([job('p/1', {phase: 'failed'})]), 'it has ended: failed');
	assert.match(why([job('p/1')], {cancelling: ['p/1']}) ?? '', /^already being cancelled: following/);
	assert.equal(why([job('p/1')], {readOnly: true}), 'jobtop is read-only');
	assert.equal(why([job('p/1')], {profiles: [profile('p', {readOnly: true})]}), 'profile p is read-only');
	assert.equal(
		why([job('p/1')], {profiles: [profile('p', can({cancel: false}))]}),
		'Slurm has no way to cancel a job',
	);
});

test('an ended job of a profile that can delete can be deleted; any other says why not', () => {
	const ended = job('p/1', {phase: 'failed'});
	const why = (list: readonly Job[], facts: Facts = {}) => whyNotDelete(open(list, facts), 'p/1');
	assert.equal(why([ended]), undefined);
	assert.equal(why([ended], {profiles: []}), undefined);
	assert.equal(why([]), 'no longer listed by its profile');
	assert.equal(why([job('p/1')]), 'still running: cancel it first');
	assert.equal(why([ended], {readOnly: true}), 'jobtop is read-only');
	assert.equal(
		why([ended], {profiles: [profile('p', {readOnly: true, ...can({delete: true})})]}),
		'profile p is read-only',
	);
	assert.equal(why([ended], {profiles: [profile('p')]}), 'Slurm has no way to delete a job');
});

test('only a job that is being cancelled can be force-cancelled, where its system has that', () => {
	const why = (facts: Facts = {}) => whyNotForce(open([job('p/1')], facts), 'p/1');
	assert.equal(why({cancelling: ['p/1']}), undefined);
	assert.equal(why(), 'force-cancel needs a job that is being cancelled; c cancels it');
	assert.equal(why({profiles: [profile('p')]}), 'Slurm has no force-cancel');
	assert.equal(why({profiles: []}), 'its system has no force-cancel');
	assert.equal(why({readOnly: true, cancelling: ['p/1']}), 'jobtop is read-only there');
	assert.equal(
		why({profiles: [profile('p', {readOnly: true, ...can({force: true})})], cancelling: ['p/1']}),
		'jobtop is read-only there',
	);
});

test('what dismissing does on the server is said, once for each kind of system', () => {
	const other = profile('q', {title: 'Tapis', ...can({hide: true})});
	const list = [job('p/1'), job('q/1'), job('q/2')];
	const said = (profiles: readonly ProfileInfo[], refs: readonly Ref[], readOnly = false) =>
		askedThere(open(list, {profiles, readOnly}), refs);
	assert.equal(said([able, other], ['p/1', 'q/1', 'q/2']), ' (Slurm and Tapis are asked too)');
	assert.equal(said([profile('p'), other], ['p/1', 'q/1']), ' (Tapis is asked too)');
	assert.equal(said([profile('p')], ['p/1']), '');
	assert.equal(said([able], ['x/1']), '');
	assert.equal(said([able], ['p/1'], true), ' (here only: read-only)');
	const readOnly = profile('q', {readOnly: true, ...can({hide: true})});
	assert.equal(said([able, readOnly], ['q/1']), ' (here only: read-only)');
	// The other system is asked all the same.
	assert.equal(said([able, readOnly], ['p/1', 'q/1']), ' (Slurm is asked too; q is read-only)');
});

test('for a second after the row under the cursor changed by itself, keys that destroy are refused', () => {
	const moved = {index: 0, ref: 'p/1', movedAt: start} as const;
	const state = open([job('p/1')], {screen: {cursor: moved}});
	assert.equal(unsettledCursor(state, start + 999), lookAgain);
	assert.equal(unsettledCursor(state, start + 1000), undefined);
	const elsewhere = open([job('p/1')], {screen: {cursor: moved, pane: 'cancellations'}});
	assert.equal(unsettledCursor(elsewhere, start), undefined);
	const chosen = {screen: {chosen: moved, pane: 'cancellations'}, cancelling: ['p/1']} as const;
	assert.equal(unsettledCursor(open([job('p/1')], chosen), start), lookAgain);
	const detailed = open([job('p/1')], {screen: {cursor: moved, detail: detail('p/1')}});
	assert.equal(unsettledCursor(detailed, start), undefined);
});

test('for a second after a shared row gained jobs, keys that destroy are refused', () => {
	const state = open(tasks(5), {later: tasks(6)});
	assert.equal(foldOf(state)?.members.length, 6);
	assert.equal(unsettledCursor(state, start + 999), 'this row gained jobs; look again');
	assert.equal(unsettledCursor(state, start + 1000), undefined);
});

const marked = (...refs: readonly Ref[]) => ({marks: new Set(refs)});

test('marked jobs are sorted by what cancelling would do, each that stays with its reason', () => {
	const list = [job('p/1'), job('p/2', {phase: 'failed'}), job('q/3'), job('p/4')];
	const state = open(list, {
		profiles: [able, profile('q')],
		screen: {...marked('p/1', 'p/2', 'q/3', 'p/9'), filter: '-id:3'},
	});
	const {targets, skipped, ended, hidden, unseen, gone, profiles} = markedJobs(state, start);
	const refs = (some: Iterable<{readonly ref: Ref}>) => [...some].map(({ref}) => ref);
	assert.deepEqual(refs(targets), ['p/1', 'q/3']);
	assert.deepEqual(skipped, [
		{ref: 'p/2', why: 'it has ended: failed'},
		{ref: 'p/9', why: 'no longer listed by its profile'},
	]);
	assert.deepEqual(refs(ended), ['p/2']);
	assert.deepEqual([[...hidden], [...unseen], gone], [['q/3'], ['q/3'], ['p/9']]);
	assert.deepEqual(profiles, ['p', 'q']);
	assert.equal(markedJobs(state, start), markedJobs(state, start));
	assert.equal(markWords(state, start), 'marks 4 (1 hidden, 1 gone)');
});

test('a hidden job that cannot be cancelled is hidden, and no unseen target', () => {
	const state = open([job('p/1', {phase: 'failed'})], {screen: {...marked('p/1'), filter: 'zzz'}});
	const {hidden, unseen} = markedJobs(state, start);
	assert.deepEqual([[...hidden], [...unseen]], [['p/1'], []]);
	assert.equal(markWords(state, start), 'marks 1 (1 hidden)');
});

test('marks in words are nothing without marks, and have no note where all are in view', () => {
	assert.equal(markWords(open([job('p/1')]), start), '');
	assert.equal(markWords(open([job('p/1')], {screen: marked('p/1')}), start), 'marks 1');
	assert.equal(markWords(open([], {screen: marked('p/1')}), start), 'marks 1 (1 gone)');
});

test('a key is about the marks in the table, else about the jobs of the shared row', () => {
	const list = [...tasks(5), job('p/x')];
	const state = open(list, {screen: marked('p/x')});
	assert.equal(marksCount(state), true);
	assert.deepEqual(
		meantJobs(state, start)?.targets.map(({ref}) => ref),
		['p/x'],
	);
	for (const more of [{pane: 'cancellations'}, {detail: detail('p/x')}] as const) {
		const elsewhere = open(list, {screen: {...marked('p/x'), ...more}});
		assert.equal(marksCount(elsewhere), false);
		assert.equal(meantJobs(elsewhere, start), undefined);
	}
	const row = open(list);
	assert.equal(marksCount(row), false);
	assert.equal(meantJobs(row, start)?.targets.length, 5);
	const fold = foldOf(row);
	assert.ok(fold);
	assert.deepEqual(
		foldedJobs(row, fold, start).targets.map(({ref}) => ref),
		['p/a_1', 'p/a_2', 'p/a_3', 'p/a_4', 'p/a_5'],
	);
	assert.equal(meantJobs(open([job('p/1')]), start), undefined);
});

test('a range marks the rows from its anchor to the cursor, both ways, beside what was marked', () => {
	const rows = [job('p/1'), job('p/2'), job('p/3'), job('p/4')];
	const range = {anchor: 'p/2', base: new Set<Ref>(['p/9'])} as const;
	assert.deepEqual([...(marksOfRange(range, rows, 3) ?? [])], ['p/9', 'p/2', 'p/3', 'p/4']);
	assert.deepEqual([...(marksOfRange(range, rows, 0) ?? [])], ['p/9', 'p/1', 'p/2']);
	assert.deepEqual([...(marksOfRange(range, rows, 1) ?? [])], ['p/9', 'p/2']);
	assert.deepEqual([...(marksOfRange({...range, anchor: 'p/1'}, rows, 1) ?? [])], ['p/9', 'p/1', 'p/2']);
	assert.equal(marksOfRange({...range, anchor: 'p/8'}, rows, 3), undefined);
	const {rows: folded} = open(tasks(5));
	assert.equal(marksOfRange({...range, anchor: '/p/a'}, folded, 0)?.size, 6);
});

test('reasons are counted, the most frequent first', () => {
	const skipped = ['a', 'b', 'b'].map((why, id) => ({ref: `p/${id}` as const, why}));
	assert.deepEqual(reasonsOf(skipped), [
		['b', 2],
		['a', 1],
	]);
});

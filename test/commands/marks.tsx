/*
Marks, and the question about what is marked: they belong to jobs, never to rows, and what is sent is what was shown.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Host} from '../../source/commands/command.ts';
import {commands} from '../../source/commands/commands.ts';
import {paste, pressAll} from '../../source/commands/keys/dispatch.ts';
import type {Intention, Patch, ProfileInfo} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {type InkKey, keysIn} from '../../source/keys/names.ts';
import type {CancelBox} from '../../source/state/screen.ts';
import {createJobStore} from '../../source/store/store.ts';
import {markedJobs, markWords} from '../../source/table/marks.ts';
import {newMatchesWords} from '../../source/table/new-matches.ts';
import {nextCancel} from '../../source/view-models/cancellation/next-cancel.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {renderText} from '../helpers/render-text.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const named: Readonly<Record<string, InkKey>> = {
	'<esc>': {escape: true},
	'<enter>': {return: true},
	'<tab>': {tab: true},
	'<down>': {downArrow: true},
	'<backspace>': {backspace: true},
	'<ctrl-t>': {ctrl: true},
};
const letterOf = (input: string): string => /^<ctrl-(.)>$/.exec(input)?.[1] ?? '';

const open = (rows: readonly Job[], infos: readonly ProfileInfo[] = [profile('a'), profile('b')]) => {
	const {clock, advance} = createManualClock();
	const sent: Intention[] = [];
	const store = createJobStore({clock, send: intention => sent.push(intention)});
	const nothing = () => undefined;
	const host: Host = {
		quit: nothing,
		suspend: nothing,
		redraw: nothing,
		copy: nothing,
		page: nothing,
		logIn: nothing,
	};
	const keyboard = {commandsOf: () => commands, store, host, clock};
	store.receive([hello(infos), jobs(...rows)]);
	const screen = () => store.getState().screen;
	return {
		store,
		sent,
		advance,
		/** Every string is one input event. */
		press(...inputs: readonly string[]) {
			for (const input of inputs)
				pressAll(keyboard, named[input] ? keysIn(letterOf(input), named[input]) : keysIn(input, {}));
		},
		paste: (text: string) => paste(keyboard, text),
		screen,
		marks: () => [...screen().marks],
		box(): CancelBox {
			const {overlay} = screen();
			assert.ok(overlay?.kind === 'box', `no box: ${screen().word}`);
			return overlay;
		},
		inView: () => store.getState().order.inView.map(({ref}) => ref),
		cancels: () => sent.flatMap(intention => (intention.type === 'cancel' ? [intention] : [])),
		next: () => nextCancel(store.getState(), clock.now()),
		words: () => markWords(store.getState(), clock.now()),
	};
};

const rows = (number: number, changes: Partial<Job> = {}, name = 'a'): readonly Job[] =>
	Array.from({length: number}, (_, index) =>
		job(`${name}/${index + 1}`, {createdAt: start - index * 1000, ...changes}),
	);

test('Space marks and moves down once per press, and removes a mark', () => {
	const opened = open(rows(5));
	opened.press(' ', '  ');
	assert.deepEqual(opened.marks(), ['a/1', 'a/2', 'a/3']);
	assert.equal(opened.screen().cursor.ref, 'a/4');
	opened.press('kk', ' ');
	assert.deepEqual(opened.marks(), ['a/1', 'a/3']);
});

test('a range follows the cursor in both directions until it ends', () => {
	for (const end of [' ', '<esc>', 'v']) {
		const opened = open(rows(6));
		opened.press('j', 'v', 'jjj', 'k', end, 'j');
		assert.deepEqual(opened.marks(), ['a/2', 'a/3', 'a/4']);
		opened.press('u');
		assert.deepEqual(opened.marks(), []);
	}
});

test('a range keeps the rows that the cursor passed, whichever rows appear or leave', () => {
	const opened = open(rows(4));
	opened.press('v', 'j');
	opened.store.receive([jobs(job('b/9', {createdAt: start + 5000}))]);
	opened.press('k');
	assert.deepEqual(opened.marks(), ['a/1']);
	opened.store.receive([{type: 'jobs', upserts: [], removes: ['a/1']}]);
	opened.press('j');
	assert.match(opened.screen().word ?? '', /range has ended/);
	assert.equal(opened.screen().range, undefined);
});

test('any other key ends a range, and its marks are one act', () => {
	const opened = open(rows(4));
	opened.press('v', 'j', 'a', 'u');
	assert.deepEqual(opened.marks(), ['a/1', 'a/2']);
	opened.press('u');
	assert.deepEqual(opened.marks(), []);
});

test('all, invert, clear and undo apply to the jobs in view', () => {
	const opened = open([...rows(2), ...rows(2, {}, 'b')]);
	opened.press('1', 'a', '0');
	assert.deepEqual(opened.marks(), ['a/1', 'a/2']);
	opened.press('*');
	assert.deepEqual(opened.marks().sort(), ['b/1', 'b/2']);
	opened.press('U');
	assert.deepEqual(opened.marks(), []);
	opened.press('u');
	assert.deepEqual(opened.marks().sort(), ['b/1', 'b/2']);
	opened.press('u');
	assert.deepEqual(opened.marks(), ['a/1', 'a/2']);
	opened.press('u', 'u');
	assert.deepEqual(opened.marks(), []);
	assert.equal(opened.screen().only, 'a');
	opened.press('u');
	assert.equal(opened.screen().only, undefined);
});

test('m marks by a query, adds to the marks, and refuses an invalid query', () => {
	const opened = open([...rows(2, {name: 'mesh'}), ...rows(2, {name: 'other'}, 'b')]);
	opened.press('j', ' ', 'm', 'name:', '<enter>');
	assert.match(opened.screen().word ?? '', /at character 1: nothing to search for/);
	opened.paste('mesh');
	opened.press('<enter>');
	assert.deepEqual(opened.marks().sort(), ['a/1', 'a/2', 'b/1'].sort());
	assert.equal(opened.screen().overlay, undefined);
	opened.press('m', 'zzz', '<enter>');
	assert.match(opened.screen().word ?? '', /no job in view matches/);
	opened.press('<esc>');
	assert.equal(opened.marks().length, 3);
});

test('Esc never clears marks', () => {
	const opened = open(rows(3));
	opened.press('a', '/', 'zzz', '<enter>', '<esc>', '<esc>', '<esc>');
	assert.equal(opened.marks().length, 3);
});

test('M shows every marked job, also those that the filter hides, and only those', () => {
	const opened = open([...rows(3), ...rows(2, {}, 'b')]);
	opened.press(' ', '2', ' ');
	assert.match(opened.words(), /^marks 2 \(1 hidden\)$/);
	opened.press('M');
	assert.deepEqual(opened.inView(), ['a/1', 'b/1']);
	opened.press('g', ' ');
	assert.deepEqual(opened.inView(), ['b/1']);
	assert.equal(opened.screen().cursor.ref, 'b/1');
	opened.press('<esc>');
	assert.deepEqual(opened.inView(), ['b/1', 'b/2']);
});

test('marks of jobs that vanished stay counted, and are named', () => {
	const opened = open(rows(3));
	opened.press('a');
	opened.store.receive([{type: 'jobs', upserts: [], removes: ['a/2']}]);
	assert.equal(opened.words(), 'marks 3 (1 gone)');
	assert.deepEqual(markedJobs(opened.store.getState(), start).gone, ['a/2']);
	opened.press('c');
	assert.deepEqual(
		opened.box().targets.map(({ref}) => ref),
		['a/1', 'a/3'],
	);
	assert.deepEqual(opened.box().skipped, [{ref: 'a/2', why: 'no longer listed by its profile'}]);
});

test('the footer says what the next c does', () => {
	const opened = open([...rows(2), ...rows(2, {}, 'b'), job('b/3', {phase: 'failed'})]);
	opened.press('a', '1');
	assert.equal(opened.next(), '5 marked -> c cancels 4 jobs in 2 profiles (2 not in view, 1 skipped)');
	opened.press('U');
	assert.equal(opened.next(), 'c cancels a/1 name-1');
});

test('if no marked job can be cancelled, c says why', () => {
	const opened = open(rows(2, {phase: 'failed'}));
	opened.press('a', 'c');
	assert.match(opened.screen().word ?? '', /none can be cancelled: 2 times it has ended: failed/);
	assert.equal(opened.screen().overlay, undefined);
});

test('commands apply to the job whose details or actions are open', () => {
	const opened = open(rows(3));
	opened.press('a', '<enter>', 'c');
	assert.deepEqual(
		opened.box().targets.map(({ref}) => ref),
		['a/1'],
	);
	opened.press('n', '<esc>', 'j', 'x', 'c');
	assert.deepEqual(
		opened.box().targets.map(({ref}) => ref),
		['a/2'],
	);
});

const ladder: readonly (readonly [
	title: string,
	rows: readonly Job[],
	infos: readonly ProfileInfo[],
	asks: CancelBox['asks'],
])[] = [
	['one job', rows(1), [profile('a')], {kind: 'plain', text: ''}],
	['nine in one profile', rows(9), [profile('a')], {kind: 'plain', text: ''}],
	['ten', rows(10), [profile('a')], {kind: 'number', text: '10'}],
	[
		'two profiles',
		[...rows(1), ...rows(1, {}, 'b')],
		[profile('a'), profile('b')],
		{kind: 'number', text: '2'},
	],
	["somebody else's", rows(1, {mine: false, owner: 'bob'}), [profile('a')], {kind: 'number', text: '1'}],
	['a protected profile', rows(2), [profile('a', {protect: true})], {kind: 'name', text: 'a'}],
];
for (const [title, jobsThere, infos, asks] of ladder) {
	test(`the text to type: ${title}`, () => {
		const opened = open(jobsThere, infos);
		opened.press('a', 'c');
		assert.deepEqual(opened.box().asks, asks);
		if (asks.kind !== 'plain') {
			opened.press('y', '<enter>');
			assert.deepEqual(opened.cancels(), []);
			opened.press(...Array.from(opened.box().typed, () => '<backspace>'));
			opened.paste(asks.text);
			opened.press('y');
			assert.deepEqual(opened.cancels(), [], 'a paste answers nothing');
			opened.press(...Array.from(opened.box().typed, () => '<backspace>'));
		}
		opened.press(...asks.text, 'y');
		assert.equal(opened.cancels().length, 1);
		assert.deepEqual(
			opened.cancels()[0]?.targets.map(({ref}) => ref),
			jobsThere.map(({ref}) => ref),
		);
	});
}

const theirs = (ref: Ref, owner?: string) => job(ref, {mine: false, ...(owner && {owner})});

test('one key leaves out the jobs of other people; what is asked for is typed again', () => {
	const opened = open([...rows(12), theirs('a/91', 'bob'), theirs('a/92')]);
	opened.press('a', 'c', ...'14');
	const {openedAt} = opened.box();
	opened.press('T');
	const box = opened.box();
	assert.deepEqual(
		box.targets.map(({ref}) => ref),
		rows(12).map(({ref}) => ref),
	);
	assert.deepEqual(
		box.skipped,
		['a/91', 'a/92'].map(ref => ({ref, why: 'it is not yours'})),
	);
	assert.deepEqual([box.asks, box.typed], [{kind: 'number', text: '12'}, '']);
	assert.notEqual(box.openedAt, openedAt, 'a dry run of the first question is not one of this');
	opened.press('y');
	assert.deepEqual(opened.cancels(), []);
	opened.press('T');
	assert.equal(opened.screen().word, "T: none of them is another person's");
	opened.press(...'12', 'y');
	assert.equal(opened.cancels()[0]?.targets.length, 12);
});

test('a number that was asked for stays asked for, also for one job that is left', () => {
	const opened = open([...rows(1), theirs('a/91', 'bob')]);
	opened.press('a', 'c', 'Ty');
	assert.deepEqual(opened.box().asks, {kind: 'number', text: '1'});
	opened.press('y');
	assert.deepEqual(opened.cancels(), []);
	opened.press('1', 'y');
	assert.deepEqual(
		opened.cancels()[0]?.targets.map(({ref}) => ref),
		['a/1'],
	);
});

test('where letters are typed, Ctrl-t leaves them out; where nothing would be left, no key does', () => {
	const opened = open([...rows(1), theirs('a/91', 'bob')], [profile('a', {protect: true})]);
	opened.press('a', 'c', 'T');
	assert.equal(opened.box().targets.length, 2);
	assert.equal(opened.box().typed, 'T');
	opened.press('<ctrl-t>');
	assert.deepEqual(
		opened.box().targets.map(({ref}) => ref),
		['a/1'],
	);
	assert.deepEqual(opened.box().asks, {kind: 'name', text: 'a'});
	assert.equal(opened.box().typed, '');

	const others = open([theirs('a/91'), theirs('a/92')]);
	others.press('a', 'c', 'T');
	assert.equal(others.screen().word, 'T: all of them are not yours: nothing would be left');
	assert.equal(others.box().targets.length, 2);
});

test('of any jobs, exactly those of the user stay, and the number is theirs', () => {
	const some = fc.array(
		fc.record({mine: fc.boolean(), place: fc.constantFrom('a', 'b'), live: fc.integer({min: 1, max: 5})}),
		{minLength: 2, maxLength: 20},
	);
	fc.assert(
		fc.property(some, each => {
			const all = each.map(({mine, place, live}, index) =>
				job(`${place}/${index}`, {
					mine,
					set: {counts: {live, cancelled: 0, ended: 0, lost: 0}},
				}),
			);
			const kept = all.filter(({mine}) => mine);
			fc.pre(kept.length > 0 && kept.length < all.length);
			const opened = open(all, [profile('a'), profile('b')]);
			opened.press('a', 'c', 'T');
			const box = opened.box();
			assert.deepEqual(new Set(box.targets.map(({ref}) => ref)), new Set(kept.map(({ref}) => ref)));
			assert.equal(box.skipped.length, all.length - kept.length);
			const number = kept.reduce((sum, {set}) => sum + (set?.counts?.live ?? 0), 0);
			assert.deepEqual(box.asks, {kind: 'number', text: String(number)});
			assert.ok(box.targets.every(({owner}) => owner === undefined));
		}),
		{numRuns: 60},
	);
});

test('jobs that match the filter of a batch since are counted while the filter stands', async context => {
	const screen = await renderText(context);
	const mesh = (id: string, changes: Partial<Job> = {}) => job(`a/${id}`, {name: `mesh-${id}`, ...changes});
	await screen.receive(
		hello([profile('a')]),
		{type: 'health', health: health('a')},
		jobs(mesh('1'), mesh('2'), mesh('kept'), job('a/other')),
	);
	await screen.press('/', 'mesh', '\r', 'a', ' ', 'c');
	const refs: readonly Ref[] = ['a/2', 'a/kept'];
	// One comes while the question is open.
	await screen.receive(jobs(mesh('3')));
	await screen.press('y');
	await screen.receive(jobs(mesh('4'), mesh('5', {phase: 'succeeded'}), job('a/another')));
	assert.doesNotMatch(screen.text(), /match now/, 'nothing was taken yet');
	await screen.receive(
		{type: 'asked', kind: 'cancel', refs, taken: true},
		{type: 'cancellations', reports: refs.map(ref => report(ref))},
	);
	assert.match(screen.text(), /─ cancellations \(C opens\) · 2 more jobs match now ─/);
	await screen.receive({type: 'cancellations', reports: [report('a/3', {batch: 2})]});
	assert.match(screen.text(), / · 1 more job matches now ─/);
	await screen.press('\u001b');
	assert.doesNotMatch(screen.text(), /now ─/);
	await screen.press('/', 'mesh', '\r');
	assert.match(screen.text(), / · 1 more job matches now ─/);
});

test('of a batch that no filter chose, or that was not taken, no more matches are counted', () => {
	const words = (taken: boolean, ...keys: readonly string[]) => {
		const opened = open(rows(3));
		opened.press(...keys, 'c', 'y');
		const refs = opened.cancels()[0]?.targets.map(({ref}) => ref) ?? [];
		assert.ok(refs.length > 1);
		opened.store.receive([{type: 'asked', kind: 'cancel', refs, taken}, jobs(job('a/7'))]);
		return newMatchesWords(opened.store.getState());
	};
	const filter = ['/', 'name', '<enter>'];
	assert.equal(words(true, ...filter, 'a'), '1 more job matches now');
	assert.equal(words(false, ...filter, 'a'), '');
	assert.equal(words(true, 'a'), '');
	assert.equal(words(true, ...filter, ' ', ' '), '');
	// A profile alone narrows the view, too.
	assert.equal(words(true, '1', 'a'), '1 more job matches now');
});

test('a y that arrives with other keys, as in an unmarked paste, sends nothing', () => {
	const opened = open(rows(12));
	opened.press('a', 'c', '12y');
	assert.deepEqual(opened.cancels(), []);
	assert.match(opened.screen().word ?? '', /press it again/);
	opened.press('y');
	assert.equal(opened.cancels().length, 1);
});

test('a name with a y in it can be typed', () => {
	const opened = open(rows(2, {}, 'yy'), [profile('yy', {protect: true})]);
	opened.press('a', 'c', 'y', 'y');
	assert.deepEqual(opened.cancels(), []);
	assert.equal(opened.box().typed, 'yy');
	opened.press('y');
	assert.equal(opened.cancels().length, 1);
});

test('a reason is sent along, and does not confirm', () => {
	const opened = open(rows(12));
	opened.press('a', 'c', '<tab>', '12', 'y', ' bad mesh');
	assert.deepEqual(opened.cancels(), []);
	assert.equal(opened.box().typed, '');
	opened.press('<enter>', '12', 'y');
	assert.deepEqual(
		opened.cancels().map(({reason}) => reason),
		['12y bad mesh'],
	);
});

test('the list of targets and a dry run do not confirm, and n there only goes back', () => {
	const opened = open(rows(12));
	opened.press('a', 'c', '12', 'e', 'y', 'jjj', 't', 'y', 'n');
	assert.deepEqual(opened.cancels(), []);
	assert.deepEqual(opened.sent, [
		{type: 'dry-run', asked: start, operation: 'cancel', refs: opened.box().targets.map(({ref}) => ref)},
	]);
	opened.press('y');
	assert.equal(opened.cancels().length, 1);
});

test('jobs lose their marks once they are sent; u recalls the batch while it is staged, then restores the marks', () => {
	const opened = open([...rows(2), job('a/3', {phase: 'failed'})]);
	opened.press('a', 'c', 'y');
	assert.equal(opened.marks().length, 3);
	opened.store.receive([{type: 'asked', kind: 'cancel', refs: ['a/1', 'a/2'], taken: true}]);
	assert.deepEqual(opened.marks(), ['a/3']);
	opened.store.receive([
		{
			type: 'cancellations',
			reports: [report('a/1', {step: 'staged', batch: 4}), report('a/2', {step: 'staged', batch: 4})],
		},
	]);
	opened.press('u');
	assert.deepEqual(opened.sent.at(-1), {type: 'recall', batch: 4});
	const outcome = {kind: 'not-sent' as const, detail: 'recalled', recalled: true as const};
	const settled = ['a/1', 'a/2'].map(ref => report(ref as Ref, {step: 'settled', batch: 4, outcome}));
	opened.store.receive([{type: 'cancellations', reports: settled}]);
	opened.press('u');
	assert.deepEqual(opened.marks().sort(), ['a/1', 'a/2', 'a/3']);
});

test('d and D dismiss the marked jobs that have ended, and leave the live ones', () => {
	for (const key of ['d', 'D']) {
		const opened = open([...rows(2), job('b/1', {phase: 'failed'}), job('b/2', {phase: 'failed'})]);
		opened.press('a', 'k', key);
		assert.deepEqual(opened.sent, [], 'several are never dismissed without a question');
		opened.press('y');
		assert.deepEqual(opened.sent, [{type: 'dismiss', refs: ['b/1', 'b/2']}]);
		opened.store.receive([{type: 'dismissed', refs: ['b/1', 'b/2'], hidden: true}]);
		assert.match(opened.screen().word ?? '', /2 not ended stay/);
		assert.deepEqual(opened.marks(), ['a/1', 'a/2']);
		opened.press('u');
		assert.deepEqual(opened.sent.at(-1), {type: 'restore', refs: ['b/1', 'b/2']});
		assert.equal(opened.marks().length, 4);
		opened.press('U', 'g', ' ', key);
		assert.match(opened.screen().word ?? '', /none of the 1 marked has ended/);
	}
});

test('Space is refused on a row that just moved under the cursor by itself', () => {
	const opened = open(rows(3));
	opened.press('g');
	opened.store.receive([{type: 'jobs', upserts: [], removes: ['a/1']}]);
	opened.press(' ');
	assert.match(opened.screen().word ?? '', /the row under the cursor changed/);
	assert.deepEqual(opened.marks(), []);
});

test('u restores the previous filter', () => {
	const opened = open(rows(3));
	opened.press('/', 'name-1', '<enter>', '/', '<backspace>', '2', '<enter>', 'u');
	assert.equal(opened.screen().filter, 'name-1');
	opened.press('u');
	assert.equal(opened.screen().filter, '');
});

// ---- random orders ---------------------------------------------------------------------------------

const refs: readonly Ref[] = ['a/1', 'a/2', 'a/3', 'b/1', 'b/2', 'b/3', 'b/4'];
const keys = [
	' ',
	'j',
	'k',
	'g',
	'G',
	'v',
	'a',
	'*',
	'm',
	'M',
	'U',
	'u',
	'c',
	'c',
	'c',
	'y',
	'y',
	'y',
	'n',
	'e',
	't',
	'd',
	'D',
	's',
	'S',
	'x',
	'/',
	'1',
	'2',
	'0',
	'7',
	'f',
	'12',
	'<esc>',
	'<enter>',
	'<tab>',
	'<down>',
	'<backspace>',
	'typed',
];

type Step =
	| {readonly key: string}
	| {readonly patch: Patch}
	| {readonly wait: number}
	| {readonly paste: string}
	/** Types what the open box asks for, and y. */
	| {readonly confirm: true};

const anyStep = (): fc.Arbitrary<Step> => {
	const ref = fc.constantFrom(...refs);
	const phase = fc.constantFrom<Job['phase']>('running', 'running', 'queued', 'failed', 'cancelled');
	const some = fc
		.tuple(ref, phase, fc.boolean(), fc.integer({min: 0, max: 9}))
		.map(([each, is, mine, age]) => job(each, {phase: is, mine, createdAt: start - age * 1000}));
	return fc.oneof(
		{weight: 14, arbitrary: fc.constantFrom(...keys).map(key => ({key}))},
		{weight: 4, arbitrary: fc.constant({confirm: true} as const)},
		{weight: 3, arbitrary: some.map(each => ({patch: jobs(each)}))},
		{weight: 2, arbitrary: ref.map(each => ({patch: {type: 'jobs', upserts: [], removes: [each]} as Patch}))},
		{
			weight: 1,
			arbitrary: fc.tuple(ref, fc.constantFrom('staged', 'following', 'settled')).map(([each, step]) => ({
				patch: {
					type: 'cancellations',
					reports: [report(each, {step, ...(step === 'settled' && {outcome: {kind: 'denied'}})})],
				} as Patch,
			})),
		},
		{weight: 1, arbitrary: fc.constantFrom(500, 4000).map(wait => ({wait}))},
		{weight: 1, arbitrary: fc.constantFrom('y', '2', 'a b').map(text => ({paste: text}))},
	);
};

/** Refs under which a patch tells of another job than was known. */
const replacedBy = (patch: Patch, known: ReadonlyMap<Ref, Job>): ReadonlySet<Ref> => {
	const upserts = patch.type === 'jobs' ? patch.upserts : [];
	const another = upserts.filter(
		({ref, createdAt}) => known.has(ref) && known.get(ref)?.createdAt !== createdAt,
	);
	return new Set(another.map(({ref}) => ref));
};

test('undo marks no other job that got the id of a marked one', () => {
	const opened = open([job('a/1', {createdAt: start})], [profile('a')]);
	opened.press(' ', 'U');
	assert.equal(opened.screen().marks.size, 0);
	opened.store.receive([{type: 'jobs', upserts: [], removes: ['a/1']}]);
	opened.store.receive([jobs(job('a/1', {createdAt: start + 60_000}))]);
	opened.press('u');
	assert.deepEqual([...opened.screen().marks], []);
});

test('a range marks no other job that got the id of a previously marked one', () => {
	const opened = open(
		[
			job('a/1', {createdAt: start}),
			job('a/2', {createdAt: start - 1000}),
			job('a/3', {createdAt: start - 2000}),
		],
		[profile('a')],
	);
	opened.press(' ', 'v');
	assert.ok(opened.screen().range?.base.has('a/1'));
	opened.store.receive([jobs(job('a/1', {createdAt: start + 60_000}))]);
	opened.press('j');
	assert.equal(opened.screen().marks.has('a/1'), false);
});

test('whatever is pressed and whatever arrives: jobtop sends what the box showed, and marks keep their jobs', async () => {
	let batches = 0;
	await fc.assert(
		fc.asyncProperty(
			fc.array(anyStep(), {minLength: 20, maxLength: 90}),
			fc.boolean(),
			async (steps, guarded) => {
				const opened = open(
					refs.map((ref, index) => job(ref, {createdAt: start - index * 1000})),
					[profile('a'), profile('b', guarded ? {protect: true} : {})],
				);
				const lastKnown = new Map<Ref, Job>();
				let shown: CancelBox | undefined;
				for (const step of steps) {
					const before = opened.store.getState();
					const cancelled = opened.cancels().length;
					for (const [each, row] of before.known.jobs.byRef) lastKnown.set(each, row);
					if ('key' in step) opened.press(step.key);
					else if ('paste' in step) opened.paste(step.paste);
					else if ('wait' in step) await opened.advance(step.wait);
					else if ('patch' in step) opened.store.receive([step.patch]);
					else if (shown) {
						opened.press(...shown.asks.text);
						const {overlay} = opened.screen();
						shown = overlay?.kind === 'box' ? overlay : undefined;
						if (shown) opened.press('y');
					}
					const after = opened.store.getState();
					if ('patch' in step || 'wait' in step || 'paste' in step) {
						const replaced = 'patch' in step ? replacedBy(step.patch, lastKnown) : new Set();
						// What comes while the table is frozen is taken in later.
						const isFrozen = before.screen.frozenAt !== undefined;
						assert.deepEqual(
							[...after.screen.marks],
							[...before.screen.marks].filter(each => isFrozen || !replaced.has(each)),
							'only keys change marks, and another job under the id of a marked one',
						);
					}
					const {overlay} = after.screen;
					const now = opened.cancels().slice(cancelled);
					for (const {targets} of now) {
						batches++;
						assert.ok(shown, 'nothing is sent without a box');
						assert.ok('confirm' in step || ('key' in step && step.key === 'y'), 'only y sends');
						assert.deepEqual(targets, shown.targets);
						assert.equal(shown.typed, shown.asks.text);
						assert.equal(shown.view, 'answer');
					}
					assert.ok(now.length <= 1);
					if (overlay?.kind === 'box') {
						if (shown) {
							assert.equal(overlay.targets, shown.targets, 'targets are frozen');
							assert.equal(overlay.skipped, shown.skipped);
							assert.deepEqual(overlay.asks, shown.asks);
						} else {
							const meant = [...overlay.targets, ...overlay.skipped].map(({ref}) => ref);
							const {marks, pane, detail} = before.screen;
							const byMarks =
								before.screen.overlay === undefined && marks.size > 0 && pane === 'table' && !detail;
							if (byMarks) assert.deepEqual([...meant].sort(), [...marks].sort());
							else assert.equal(overlay.targets.length, 1);
							const byRef = after.known.jobs.byRef;
							for (const {ref} of overlay.targets) assert.equal(byRef.get(ref)?.terminal, false);
						}
						shown = overlay;
					} else shown = undefined;
				}
			},
		),
		{numRuns: 400},
	);
	assert.ok(batches > 20, `the steps sent ${batches} batches`);
});

test('marks survive sorting, filtering, refreshing and narrowing', () => {
	fc.assert(
		fc.property(
			fc.array(fc.constantFrom('s', 'j', 'k', '<enter>', 'S', '/', 'x', '<esc>', '1', '0', 'M', '<', '>'), {
				maxLength: 30,
			}),
			pressed => {
				const opened = open(refs.map(ref => job(ref)));
				opened.press(' ', 'j', ' ');
				const marks = opened.marks();
				for (const key of pressed) {
					opened.press(key);
					opened.store.receive([jobs(...refs.map(ref => job(ref, {status: key})))]);
				}
				assert.deepEqual(opened.marks(), marks);
			},
		),
	);
});

test('100,000 rows are marked, counted and put into a question', () => {
	const many = rows(100_000);
	const opened = open(many);
	opened.press('a');
	assert.equal(opened.marks().length, 100_000);
	opened.press('*');
	assert.equal(opened.marks().length, 0);
	opened.press('u', 'c');
	assert.equal(opened.box().targets.length, 100_000);
	assert.deepEqual(opened.box().asks, {kind: 'number', text: '100000'});
});

// ---- whole screens ---------------------------------------------------------------------------------

const crowd: readonly Patch[] = [
	hello([
		profile('hpc2'),
		profile('prod', {title: 'Weaver', consequence: "DELETE also removes the job's outputs and logs."}),
	]),
	{type: 'health', health: health('hpc2')},
	{type: 'health', health: health('prod', {lastGoodAt: start - 9000})},
	jobs(
		...Array.from({length: 14}, (_, index) =>
			job(`${index % 3 ? 'hpc2' : 'prod'}/job-${index}`, {
				name: `mesh-${index}`,
				phase: index === 4 ? 'failed' : index % 4 ? 'running' : 'queued',
				createdAt: start - index * 1000,
			}),
		),
	),
];

test('at 80x24 the box counts its targets, and exactly these are sent', async context => {
	const screen = await renderText(context);
	await screen.receive(...crowd);
	await screen.press('a', '/', 'mesh-1', '\r');
	assert.equal(
		screen.lines()[0],
		' jobtop  14 jobs  10 running  3 queued  1 failed marks 14 (9 hidden)  12:00 UTC',
	);
	assert.equal(
		screen.lines()[4],
		'>*▶ RUNNING hpc2     job-1   mesh-1                                          1s',
	);
	assert.equal(
		screen.lines().at(-1),
		' 14 marked -> c cancels 13 jobs in 2 profiles (8 not in view, 1 skipped)',
	);
	await screen.press('c', '\t', 'bad mesh', '\t', '1');
	assert.deepEqual(screen.lines().slice(3, 18), [
		'┌─ cancel 13 jobs in 2 profiles, 8 not in view? ───────────────────────────────┐',
		'│ 7 RUNNING  hpc2  job-1  job-2  job-5  job-7  job-10  … (3 not in view)       │',
		'│ 1 QUEUED   hpc2  job-8 (1 not in view)                                       │',
		'│ 3 RUNNING  prod  job-3  job-6  job-9 (3 not in view)                         │',
		'│ 2 QUEUED   prod  job-0  job-12 (1 not in view)                               │',
		'│                                                                              │',
		'│ 1 left out: it has ended: failed                                             │',
		'│ ! Slurm sends TERM, then KILL.                                               │',
		"│ ! Weaver: DELETE also removes the job's outputs and logs.                    │",
		'│ the oldest state is 9s old; jobtop looks at each before it sends             │',
		'│                                                                              │',
		'│ reason: bad mesh                                                             │',
		'│                                                                              │',
		'│ type 13: 1_   y  cancel 13 jobs   n/Esc  keep them                           │',
		'└──────────────────────────────────────────────────────────────────────────────┘',
	]);
	// The list turns over underneath, and one of them ends.
	await screen.receive({
		type: 'jobs',
		upserts: [job('hpc2/job-1', {phase: 'succeeded', name: 'mesh-1'}), job('hpc2/new', {createdAt: start})],
		removes: ['hpc2/job-10'],
	});
	assert.match(screen.text(), /! 1 of them ended in the meantime: left alone/);
	await screen.press('3', 'y');
	const [sent] = screen.sent.flatMap(intention => (intention.type === 'cancel' ? [intention] : []));
	assert.equal(sent?.reason, 'bad mesh');
	assert.deepEqual(
		sent?.targets.map(({ref}) => ref),
		[0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13].map(index => `${index % 3 ? 'hpc2' : 'prod'}/job-${index}`),
	);
	assert.match(screen.lines()[0] ?? '', /marks 13 /);
	const refs = sent?.targets.map(({ref}) => ref) ?? [];
	await screen.receive({type: 'asked', kind: 'cancel', refs, taken: true});
	assert.match(screen.lines()[0] ?? '', /marks 1 /);
});

test('the box says what is left out, even if the consequences of many systems fill it', async context => {
	const screen = await renderText(context);
	const names = ['a', 'b', 'c', 'd', 'e'];
	await screen.receive(
		hello(
			names.map(name => profile(name, {title: `System ${name}`, consequence: 'long words. '.repeat(20)})),
		),
		...names.map((name): Patch => ({type: 'health', health: health(name)})),
		jobs(
			...names.map(name => job(`${name}/lives`, {phase: 'running'})),
			job('a/over', {phase: 'succeeded'}),
			job('b/over', {phase: 'succeeded'}),
		),
	);
	await screen.press('a', 'c');
	assert.match(screen.text(), /cancel 5 jobs in 5 profiles/);
	assert.match(screen.text(), /2 left out: they have ended: succeeded/);
});

test('the box says which key leaves out the jobs of other people, and then what it left out', async context => {
	const screen = await renderText(context);
	await screen.receive(
		hello([profile('a')]),
		{type: 'health', health: health('a')},
		jobs(...rows(12), theirs('a/91', 'bob'), theirs('a/92', 'carol')),
	);
	await screen.press('a', 'c');
	assert.match(screen.text(), /! 2 of them not yours: bob, carol +│\n│ T leaves out what is not yours +│/);
	assert.match(screen.text(), /type 14: /);
	await screen.press('e');
	assert.match(screen.text(), /a\/91 +RUNNING +of bob /);
	await screen.press('\u001b', 'T');
	assert.match(screen.text(), /cancel 12 jobs\?/);
	assert.match(screen.text(), /2 left out: they are not yours/);
	assert.match(screen.text(), /type 12: /);
	assert.doesNotMatch(screen.text(), /leaves out/);
	await screen.press('e');
	assert.match(screen.text(), /all 12 jobs to cancel/);
});

test('at 120x36 all targets are listed, with their changes and the jobs left out', async context => {
	const screen = await renderScreen(context, {columns: 120, rows: 36});
	await screen.receive(...crowd);
	await screen.press('a', '1', 'c');
	await screen.receive({
		type: 'jobs',
		upserts: [job('prod/job-0', {phase: 'cancelled'})],
		removes: ['hpc2/job-1'],
	});
	await screen.press('e');
	const frame = screen.lines().filter(line => line.includes('│ '));
	assert.deepEqual(
		[frame[0], frame[1], frame[2], frame[13], frame[14]].map(line =>
			line?.slice(line.indexOf('│ ')).replace(/ *│[^│]*$/, ''),
		),
		[
			'│ prod/job-0   QUEUED     not in view, now CANCELLED  mesh-0                 │',
			'│ hpc2/job-1   RUNNING    no longer listed  mesh-1                            │',
			'│ hpc2/job-2   RUNNING    mesh-2                                              │',
			'│ hpc2/job-4   left out: it has ended: failed                                 │',
			'│ j/k  scroll   Esc/e  back                                                  │',
		].map(line => line.replace(/ *│$/, '')),
	);
	await screen.press('t');
	assert.match(screen.text(), /asking/);
	const [asked] = screen.sent.flatMap(intention => (intention.type === 'dry-run' ? [intention] : []));
	assert.equal(asked?.refs.length, 13);
	await screen.receive({
		type: 'dry-run',
		asked: asked?.asked ?? 0,
		requests: [{profile: 'prod', request: 'DELETE https://example.org/jobs/job-0'}],
	});
	assert.match(screen.text(), /│ prod: DELETE https:\/\/example\.org\/jobs\/job-0 /);
});

test('at 40x10 the question counts the warnings that it has no room for, and is answered once they were in view', async context => {
	const screen = await renderScreen(context, {columns: 40, rows: 10});
	await screen.receive(...crowd);
	await screen.press('a', 'c', '1');
	assert.deepEqual(screen.lines().slice(0, 7), [
		'┌─ cancel 13 jobs in 2 profiles? ──────┐',
		'│ ! Slurm sends TERM, then KILL.       │',
		'│ ! Weaver: DELETE also removes the    │',
		'│ ─ ! 6 more lines: Down ───────────── │',
		'│ type 13: 1_   y  cancel 13 jobs      │',
		'│ Esc  keep them                       │',
		'└──────────────────────────────────────┘',
	]);
	await screen.press('3', 'y');
	assert.deepEqual(screen.sent, []);
	assert.equal(screen.lines().at(-1), ' y: Down first: a warning goes on below');
	for (let page = 0; page < 9; page++) await screen.press('\u001b[6~');
	assert.deepEqual(screen.lines().slice(1, 6), [
		'│ the oldest state is 9s old; jobtop   │',
		'│ looks at each before it sends        │',
		'│ ─ end of the text ───────── Up: back │',
		'│ type 13: 13_   y  cancel 13 jobs     │',
		'│ Esc  keep them                       │',
	]);
	await screen.press('y');
	assert.equal(screen.sent.filter(({type}) => type === 'cancel').length, 1);
});

test('while a batch is staged, the strip and the last line say that u recalls it', async context => {
	const screen = await renderText(context);
	await screen.receive(...crowd);
	await screen.press('j', ' ', ' ', 'c', 'y');
	const reports = ['hpc2/job-1', 'hpc2/job-2'].map(ref => report(ref as Ref, {step: 'staged', batch: 3}));
	await screen.receive({type: 'cancellations', reports});
	assert.match(screen.text(), /─ cancellations \(C opens\) ─+ staged: u recalls it ─/);
	await screen.press('j');
	assert.match(screen.lines().at(-1) ?? '', /^ staged: u recalls it/);
	await screen.press('u');
	assert.deepEqual(screen.sent.at(-1), {type: 'recall', batch: 3});
	await screen.receive({
		type: 'cancellations',
		reports: reports.map(each => ({
			...each,
			step: 'settled' as const,
			outcome: {kind: 'not-sent' as const, detail: 'recalled', recalled: true as const},
		})),
	});
	assert.match(screen.text(), /2 of 2 finished {3}2 recalled/);
	assert.doesNotMatch(screen.text(), /staged|need you/);
});

test('a mark has its gutter and bold without colour', async context => {
	const screen = await renderScreen(context, {colour: false, ascii: true});
	await screen.receive(...crowd);
	await screen.press(' ');
	assert.match(screen.lines()[4] ?? '', /^ \*o QUEUED/);
	assert.match(screen.lines()[5] ?? '', /^> @ RUNNING/);
});

test('the box of a protected profile says so in its title, and its name confirms', async context => {
	const screen = await renderText(context);
	await screen.receive(...crowd, hello([profile('hpc2', {protect: true}), profile('prod')]));
	await screen.press('a', 'c');
	assert.match(screen.text(), /cancel 13 jobs in 2 profiles, hpc2 is protected\?/);
	await screen.press('h', 'p', 'c', '2', '\r');
	assert.match(screen.lines().at(-1) ?? '', /Enter: it sends nothing; type hpc2, then y/);
	await screen.press('y');
	assert.equal(screen.sent.filter(({type}) => type === 'cancel').length, 1);
});

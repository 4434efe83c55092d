/*
The named transitions of the screen: what each changes, and what it leaves alone.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {initialScreen, type Screen} from '../../source/state/screen.ts';
import {
	awaitAnswer,
	closeOverlay,
	forgetDismissal,
	forgetLastAct,
	lookAtLog,
	mark,
	moveChoice,
	narrowTo,
	offer,
	openOverlay,
	pressed,
	putAwayBatch,
	remember,
	say,
	scrollAcross,
	scrollOverlay,
	showBatch,
	showInFull,
	showOnlyMarked,
	type Transition,
	turnRow,
	turnWide,
	typeHelpFind,
} from '../../source/state/transitions.ts';

const after = (...transitions: readonly Transition[]): Screen =>
	transitions.reduce((screen, transition) => transition(screen), initialScreen);

test('a transition leaves the screen alone that it was given, and what it is not about', () => {
	const before = structuredClone(initialScreen);
	const screen = after(narrowTo('far'), say('done'), mark(new Set(['a/1'])));
	assert.deepEqual(initialScreen, before);
	assert.deepEqual(screen, {
		...initialScreen,
		only: 'far',
		word: 'done',
		marks: new Set(['a/1']),
		hasMoved: true,
	});
});

test('what is taken away is no property any longer', () => {
	assert.deepEqual(after(narrowTo('far'), narrowTo(undefined)), initialScreen);
	assert.deepEqual(after(openOverlay({kind: 'find'}), closeOverlay), initialScreen);
	assert.deepEqual(after(showBatch(3), putAwayBatch(3)), {...initialScreen, putAway: [3]});
});

test('a key forgets the answer to the one before; any but Ctrl-C forgets a first Ctrl-C', () => {
	const leaving = {...initialScreen, word: 'again quits', leavingAt: 5};
	assert.deepEqual(pressed(7, true)(leaving), {...initialScreen, cursor: {index: 0}, keyAt: 7, leavingAt: 5});
	assert.deepEqual(pressed(7, false)(leaving), {...initialScreen, cursor: {index: 0}, keyAt: 7});
});

test('without a mark all jobs are in view again', () => {
	const screen = after(mark(new Set(['a/1'])), showOnlyMarked(true));
	assert.equal(screen.onlyMarked, true);
	assert.equal(mark(new Set(['a/2']))(screen).onlyMarked, true);
	assert.equal(mark(new Set())(screen).onlyMarked, undefined);
});

test('the choice of a menu stays inside it, and is moved in a menu alone', () => {
	const menu = {kind: 'menu', menu: 'sort', index: 1} as const;
	const indexAfter = (by: number, length: number) => {
		const {overlay} = after(openOverlay(menu), moveChoice(by, length));
		return overlay && 'index' in overlay ? overlay.index : undefined;
	};
	assert.equal(indexAfter(1, 3), 2);
	assert.equal(indexAfter(9, 3), 2);
	assert.equal(indexAfter(-9, 3), 0);
	assert.equal(indexAfter(1, 0), 0);
	assert.deepEqual(after(openOverlay({kind: 'find'}), moveChoice(1, 3)).overlay, {kind: 'find'});
});

test('a text is scrolled no further than its end, and back from there at once', () => {
	const scrollAfter = (scroll: number, by: number, last: number) => {
		const {overlay} = after(openOverlay({kind: 'help', scroll}), scrollOverlay(by, last));
		return overlay?.kind === 'help' ? overlay.scroll : undefined;
	};
	assert.equal(scrollAfter(0, 3, 10), 3);
	assert.equal(scrollAfter(8, 5, 10), 10);
	assert.equal(scrollAfter(99, -1, 10), 9);
	assert.equal(scrollAfter(2, Number.NEGATIVE_INFINITY, 10), 0);
	assert.equal(scrollAfter(2, Number.POSITIVE_INFINITY, 10), 10);
});

test('words are looked for in the help alone', () => {
	const typing = after(openOverlay({kind: 'help', scroll: 2, find: 'x'}), typeHelpFind(true));
	assert.deepEqual(typing.overlay, {kind: 'help', scroll: 2, find: 'x', typing: true});
	assert.deepEqual(typeHelpFind(false)(typing).overlay, {kind: 'help', scroll: 2, find: 'x'});
	assert.deepEqual(after(openOverlay({kind: 'find'}), typeHelpFind(true)).overlay, {kind: 'find'});
});

test('what a query was taken from stays with the field that it is typed into', () => {
	const past = {steps: 1, draft: 'x'};
	assert.deepEqual(after(openOverlay({kind: 'filter', before: ''}), offer({past})).overlay, {
		kind: 'filter',
		before: '',
		past,
	});
	assert.deepEqual(after(openOverlay({kind: 'find'}), offer({past})).overlay, {kind: 'find'});
});

test('a hundred acts can be undone, the latest first', () => {
	const acts = Array.from({length: 120}, (_, index) =>
		remember({kind: 'filter', filter: String(index), only: undefined}),
	);
	const screen = after(...acts);
	assert.equal(screen.acts.length, 100);
	const [last, beforeLast] = [screen.acts.at(-1), forgetLastAct(screen).acts.at(-1)];
	assert.ok(last?.kind === 'filter' && beforeLast?.kind === 'filter');
	assert.deepEqual([last.filter, beforeLast.filter], ['119', '118']);
});

test('a job that was brought back is not brought back again; an act without jobs is none', () => {
	const dismissed = remember({kind: 'dismiss', refs: ['a/1', 'a/2'], unmarked: []});
	const once = after(dismissed, forgetDismissal(['a/1']));
	assert.deepEqual(once.acts, [{kind: 'dismiss', refs: ['a/2'], unmarked: []}]);
	assert.deepEqual(forgetDismissal(['a/2'])(once).acts, []);
});

test('the log of another job is followed from its end; its words and its width stay', () => {
	const detail = {ref: 'a/1', tab: 'logs', scroll: 0} as const;
	const log = {wrap: false, find: 'error', found: 4, top: {line: 2, row: 0}};
	const screen = after(showInFull(detail), lookAtLog(log));
	assert.deepEqual(showInFull({...detail, tab: 'raw'})(screen).log, log);
	assert.deepEqual(showInFull({...detail, ref: 'a/2'})(screen).log, {wrap: false, find: 'error'});
});

test('a shared row turns, and a table that turns wide begins at its first column', () => {
	assert.deepEqual([...after(turnRow('/a/1')).opened], ['/a/1']);
	assert.deepEqual([...after(turnRow('/a/1'), turnRow('/a/1')).opened], []);
	assert.equal(after(scrollAcross(-2)).across, 0);
	const {wide, across} = after(scrollAcross(3), turnWide);
	assert.deepEqual([wide, across], [true, 0]);
});

test('what is awaited is said until its answer comes', () => {
	const awaited = {kind: 'delete', refs: ['a/1'], meanwhile: 'deleting'} as const;
	assert.deepEqual(after(awaitAnswer(awaited)), {...initialScreen, word: 'deleting', awaited: [awaited]});
});

/*
The mouse: who has it, what a click and the wheel move, and that a click answers nothing. What a click finds is compared with what is drawn.
*/
import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {columns as tableColumns} from '../../source/table/columns.ts';
import {mouseTarget} from '../../source/view-models/frame/mouse-target.ts';
import {type RenderedScreen, renderScreen, type ScreenSettings} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const on = '\u001b[?1000h\u001b[?1006h';
const off = '\u001b[?1006l\u001b[?1000l';

const click = (column: number, row: number) => `\u001b[<0;${column + 1};${row + 1}M`;
const wheelDown = (column: number, row: number) => `\u001b[<65;${column + 1};${row + 1}M`;
const wheelUp = (column: number, row: number) => `\u001b[<64;${column + 1};${row + 1}M`;

const can = {...profile('x').can, logs: true, delete: true, hide: true};

const open = async (
	context: TestContext,
	{mouse = true, number = 60, ...settings}: ScreenSettings & {mouse?: boolean; number?: number} = {},
) => {
	const screen = await renderScreen(context, settings);
	await screen.receive(
		hello([profile('hpc', {can})], {settings: {notify: 'off', ...(mouse && {mouse: true as const})}}),
		{type: 'health', health: health('hpc')},
		jobs(
			...Array.from({length: number}, (_, index) =>
				job(`hpc/${1000 + index}`, {createdAt: start - 60_000 - index}),
			),
		),
	);
	return screen;
};

const cursorOf = ({store}: RenderedScreen) => store.getState().screen.cursor.ref;

/** The job whose row a part of a line is, or undefined. */
const jobIn = (text: string): string | undefined => {
	const [, inTable, inPane] = /^[> ][ *]. (?:RUNNING (\d{4})|following +hpc\/(\d{4})) /u.exec(text) ?? [];
	const id = inTable ?? inPane;
	return id && `hpc/${id}`;
};

/** At each cell, the target is the row that is drawn there, and no row where none is. Returns the number of rows. */
const assertAsDrawn = (screen: RenderedScreen, width: number): number => {
	const state = screen.store.getState();
	const inPane = state.screen.pane === 'cancellations';
	let found = 0;
	for (const [row, line] of screen.lines().entries()) {
		const drawn = jobIn(line.slice(0, width));
		for (const column of [0, 1, Math.floor(width / 2), width - 1]) {
			const target = mouseTarget(state, {column, row});
			const index = target?.part === 'list' ? target.index : undefined;
			const ref = index === undefined ? undefined : (inPane ? state.run?.listed : state.rows)?.[index]?.ref;
			assert.equal(ref, drawn, `row ${row}: ${line}`);
		}
		if (drawn !== undefined) found++;
	}
	return found;
};

for (const [columns, rows] of [
	[80, 24],
	[120, 36],
	[60, 15],
] as const) {
	test(`at ${columns}x${rows} the row at a cell is the one that is drawn there, also while scrolled`, async context => {
		const screen = await open(context, {columns, rows});
		assert.ok(assertAsDrawn(screen, columns) >= 7);
		await screen.press('\u0004', '\u0004', '\u0004');
		assert.ok(screen.store.getState().screen.top > 0);
		assert.ok(assertAsDrawn(screen, columns) >= 7);
		await screen.press('G');
		assert.ok(assertAsDrawn(screen, columns) >= 7);
		await screen.press('/100', '\r');
		assert.ok(assertAsDrawn(screen, columns) >= 7, 'fewer rows than lines');
		await screen.press('/nothing', '\r');
		assert.equal(assertAsDrawn(screen, columns), 0);
	});

	test(`at ${columns}x${rows} the cancellation at a cell is the one that is drawn there`, async context => {
		const screen = await open(context, {columns, rows});
		const refs = Array.from({length: 40}, (_, index) => `hpc/${1000 + index}` as const);
		await screen.receive(
			{type: 'batch', batch: {number: 1, operation: 'cancel', refs, askedAt: start, by: 'alice'}},
			{type: 'cancellations', reports: refs.map(ref => report(ref))},
		);
		assertAsDrawn(screen, columns);
		await screen.press('C');
		assert.ok(assertAsDrawn(screen, columns) > 2);
		await screen.press('\u0004', '\u0004', 'jjjj');
		assert.ok(assertAsDrawn(screen, columns) > 2);
		await screen.press('G');
		assert.ok(assertAsDrawn(screen, columns) > 2);
		const row = screen.lines().findIndex(line => jobIn(line) !== undefined);
		const drawn = jobIn(screen.lines()[row] ?? '');
		await screen.press(click(5, row));
		assert.equal(screen.store.getState().screen.chosen.ref, drawn);
	});
}

test('beside the details the row at a cell is the one that is drawn there', async context => {
	const screen = await open(context, {columns: 120, rows: 36});
	await screen.press('jjjj', '\r');
	assert.ok(assertAsDrawn(screen, 62) >= 7);
	assert.deepEqual(mouseTarget(screen.store.getState(), {column: 62, row: 5}), {part: 'detail'});
	const row = screen.lines().findIndex(line => jobIn(line.slice(0, 62)) === 'hpc/1009');
	await screen.press(click(10, row));
	assert.equal(cursorOf(screen), 'hpc/1009');
	assert.equal(screen.store.getState().screen.detail?.ref, 'hpc/1009', 'the details follow');
});

/** What each title or tab that is drawn in a line is, by the cells of its text. */
const assertNames = (
	screen: RenderedScreen,
	row: number,
	{from, names}: {readonly from: number; readonly names: ReadonlyMap<string, string>},
) => {
	const line = screen.lines()[row] ?? '';
	const found = [...line.slice(from).matchAll(/[A-Z][A-Za-z]*(?: ID)?/g)].map(match => {
		const id = names.get(match[0]);
		for (const column of [match.index, match.index + match[0].length - 1]) {
			const target = mouseTarget(screen.store.getState(), {column: from + column, row});
			const there = target?.part === 'title' ? target.id : target?.part === 'detail' ? target.tab : undefined;
			assert.equal(there, id, `${match[0]} in ${line}`);
		}
		return match[0];
	});
	assert.ok(found.length > 2, line);
	return found;
};

const titles = new Map(tableColumns.map(({title, id}) => [title, id]));
const tabs = new Map(
	(['Summary', 'Timeline', 'Logs', 'Results', 'Raw', 'Requests'] as const).map(name => [
		name as string,
		name.toLowerCase(),
	]),
);

for (const [columns, rows] of [
	[80, 24],
	[120, 36],
] as const) {
	test(`at ${columns}x${rows} the titles and the tabs at a cell are those that are drawn there`, async context => {
		const screen = await open(context, {columns, rows});
		assertNames(screen, 3, {from: 0, names: titles});
		await screen.press('W');
		assertNames(screen, 3, {from: 0, names: titles});
		await screen.press('L', 'L');
		assertNames(screen, 3, {from: 0, names: titles});
		await screen.press('W', '\r');
		const from = columns === 120 ? 62 : 0;
		assert.equal(assertNames(screen, 3, {from, names: tabs}).length, 6);
		await screen.press(']', ']');
		assertNames(screen, 3, {from, names: tabs});
	});
}

test('a click on a title sorts by its column, and again reverses', async context => {
	const screen = await open(context);
	const line = screen.lines()[3] ?? '';
	const sort = () => screen.store.getState().screen.sort;
	await screen.press('v', click(line.indexOf('NAME') + 2, 3));
	assert.deepEqual([sort().column, sort().descending], ['name', false]);
	assert.equal(screen.store.getState().screen.range, undefined, 'a range ends, as with the key');
	await screen.press(click(screen.lines()[3]?.indexOf('NAME') ?? 0, 3));
	assert.deepEqual([sort().column, sort().descending], ['name', true]);
	const before = sort();
	await screen.press(click(0, 3), click(1, 3), click(5, 2));
	assert.equal(sort(), before, 'beside the titles, and on the rule');
});

test('a click on a tab shows it', async context => {
	const screen = await open(context);
	await screen.press('\r', 'j');
	const ref = cursorOf(screen);
	await screen.press(click((screen.lines()[3] ?? '').indexOf('Timeline'), 3));
	assert.deepEqual(screen.store.getState().screen.detail, {ref, tab: 'timeline', scroll: 0});
	await screen.press(click((screen.lines()[3] ?? '').indexOf('Logs'), 3));
	assert.ok(
		screen.sent.some(intention => intention.type === 'logs' && intention.ref === ref),
		'what it shows is requested, as with the key',
	);
	await screen.press(click(0, 3), click(79, 3), click(10, 2));
	assert.equal(screen.store.getState().screen.detail?.tab, 'logs');
});

test('where not all tabs fit, only the open one has a name, and no click finds another', async context => {
	const screen = await open(context, {columns: 40, rows: 15});
	await screen.press('\r');
	assert.match(screen.lines()[3] ?? '', /\[Summary\] {2}1 of 6/);
	for (let column = 0; column < 40; column++) await screen.press(click(column, 3));
	assert.equal(screen.store.getState().screen.detail?.tab, 'summary');
});

const menus = {
	sort: ['s'],
	columns: ['w'],
	'which jobs': ['f'],
	actions: ['x'],
	copies: ['Y'],
	profiles: ['P'],
} as const;

/** The index of the chosen entry of the open menu. */
const chosenIn = ({store}: RenderedScreen): number | undefined => {
	const {overlay} = store.getState().screen;
	return overlay && 'index' in overlay ? overlay.index : undefined;
};

for (const [columns, rows] of [
	[80, 24],
	[120, 36],
	[60, 12],
] as const) {
	for (const [what, keys] of Object.entries(menus)) {
		test(`at ${columns}x${rows} a click in the menu of ${what} moves its cursor to the entry that is drawn there, and runs nothing`, async context => {
			const screen = await open(context, {columns, rows});
			await screen.receive(
				hello(
					Array.from({length: 20}, (_, index) => profile(index === 0 ? 'hpc' : `profile${index}`, {can})),
					{settings: {notify: 'off', mouse: true}},
				),
			);
			await screen.press(...keys, 'jjj');
			const {kind} = screen.store.getState().screen.overlay ?? {};
			const sent = screen.sent.length;
			let moved = 0;
			for (let row = 0; row < rows; row++) {
				const before = screen.lines();
				const chosen = chosenIn(screen);
				const line = before[row] ?? '';
				const place = /\u2502 ( |>) (\S.*?) *\u2502/.exec(line);
				const column = (place?.index ?? 40) + 5;
				await screen.press(click(column, row));
				const after = screen.lines();
				assert.equal(screen.store.getState().screen.overlay?.kind, kind, 'it stays open');
				if (chosenIn(screen) === chosen) continue;
				moved++;
				const words = place?.[2] ?? 'nothing';
				const here = after.find(each => /\u2502 > /.test(each)) ?? '';
				assert.ok(here.includes(words.slice(0, 20)), `${line}\n${here}`);
			}
			assert.ok(moved > 1);
			const chosen = chosenIn(screen);
			await screen.press(click(0, 0), click(columns - 1, rows - 1));
			assert.equal(chosenIn(screen), chosen);
			assert.equal(screen.sent.length, sent, 'nothing is sent');
			await screen.press('\u001b');
		});
	}
}

test('the wheel moves the cursor of a menu by three', async context => {
	const screen = await open(context);
	for (const keys of ['s', 'w', 'f', 'x', 'Y']) {
		await screen.press(keys);
		await screen.press(wheelUp(40, 12).repeat(12));
		assert.equal(chosenIn(screen), 0, keys);
		await screen.press(wheelDown(40, 12));
		assert.equal(chosenIn(screen), 3, keys);
		await screen.press('\u001b');
	}
});

test('on a screen that is too small no cell is anything', async context => {
	const screen = await open(context, {columns: 30, rows: 8});
	await screen.press(click(5, 5));
	assert.equal(mouseTarget(screen.store.getState(), {column: 5, row: 5}), undefined);
});

test('the mouse belongs to the terminal unless it is wanted, and :mouse changes that', async context => {
	const screen = await open(context, {mouse: false});
	const before = cursorOf(screen);
	await screen.press(click(5, 8), wheelDown(5, 8));
	assert.equal(cursorOf(screen), before, 'a report that nobody wanted does nothing');
	assert.doesNotMatch(screen.written(), /\u001b\[\?100[0-36]h/);
	await screen.press(':mouse', '\r');
	assert.ok(screen.written().includes(on));
	assert.match(screen.text(), /the mouse is on; Shift and drag selects text/);
	await screen.press(click(5, 8));
	assert.notEqual(cursorOf(screen), before);
	await screen.press(':mouse', '\r');
	const written = screen.written();
	assert.ok(written.lastIndexOf(off) > written.lastIndexOf(on));
	assert.match(screen.text(), /the mouse is off; drag selects text/);
	const after = cursorOf(screen);
	await screen.press(click(5, 12));
	assert.equal(cursorOf(screen), after);
});

test('the wheel scrolls what it is over by three', async context => {
	const screen = await open(context, {columns: 120, rows: 20});
	const index = () => screen.store.getState().screen.cursor.index;
	await screen.press(wheelDown(5, 8));
	assert.equal(index(), 3);
	await screen.press(wheelDown(5, 8) + wheelDown(5, 8) + wheelUp(5, 8));
	assert.equal(index(), 6);
	await screen.press(wheelDown(5, 0), wheelDown(5, 19));
	assert.equal(index(), 6, 'nothing scrolls at the header and the footer');
	await screen.receive({
		type: 'detail',
		ref: 'hpc/1006',
		at: start,
		detail: {
			job: job('hpc/1006'),
			raw: Array.from({length: 60}, (_, line) => `line ${line}`).join('\n'),
			fields: [],
			timeline: [],
		},
	});
	await screen.press('J');
	await screen.press(wheelDown(100, 8));
	assert.equal(screen.store.getState().screen.detail?.scroll, 3);
	assert.equal(index(), 6);
	await screen.press(wheelUp(100, 8), wheelUp(100, 8));
	assert.equal(screen.store.getState().screen.detail?.scroll, 0);
	await screen.press('l');
	await screen.receive({
		type: 'log',
		ref: 'hpc/1006',
		at: start,
		news: {text: Array.from({length: 60}, (_, line) => `line ${line}\n`).join(''), anew: true},
	});
	await screen.press(wheelUp(100, 8));
	const {top} = screen.store.getState().screen.log;
	await screen.press(wheelUp(100, 8));
	assert.equal((top?.line ?? 0) - (screen.store.getState().screen.log.top?.line ?? 0), 3);
	await screen.press('\u001b', '?', wheelDown(5, 8));
	const {overlay} = screen.store.getState().screen;
	assert.equal(overlay?.kind === 'help' && overlay.scroll, 3);
});

test('while a question is open or text is typed, the mouse belongs to the terminal, and a click does nothing', async context => {
	const screen = await open(context);
	await screen.receive(jobs(job('hpc/2000', {phase: 'failed', createdAt: start - 999_000})));
	for (const [what, keys] of [
		['one job', ['c']],
		['many jobs', ['a', 'c']],
		['a reason', ['c', '\t']],
		['a list', ['a', 'c', 'e']],
		['a filter', ['/']],
		['a name', [':']],
		['a search of the help', ['?', '/']],
		['a deletion', ['G', 'x', '#']],
	] as const) {
		await screen.press('g');
		screen.written();
		await screen.press(...keys);
		const written = screen.written();
		assert.ok(written.lastIndexOf(off) > written.lastIndexOf(on), `${what} switches the mouse off`);
		const before = screen.store.getState().screen;
		for (let row = 0; row < 24; row++) {
			await screen.press(click(40, row) + click(2, row), wheelDown(40, row));
		}
		assert.deepEqual(screen.store.getState().screen, before, what);
		for (let leave = 0; leave < 3; leave++) await screen.press('\u0003');
		if (screen.store.getState().screen.overlay) await screen.press('\u001b');
		assert.equal(screen.store.getState().screen.overlay, undefined, `${what} is left`);
		const then = screen.written();
		assert.ok(then.lastIndexOf(on) > then.lastIndexOf(off), `after ${what} the mouse is on`);
		await screen.press('U');
	}
	assert.deepEqual(
		screen.sent.filter(({type}) => type === 'cancel' || type === 'delete'),
		[],
	);
});

test('clicks and keys that come together answer no question', async context => {
	const screen = await open(context);
	const first = cursorOf(screen);
	await screen.press(`c${click(5, 8)}y`);
	assert.equal(cursorOf(screen), first, 'a click after the key that asks is dropped');
	const {overlay} = screen.store.getState().screen;
	assert.equal(
		overlay?.kind === 'box' && overlay.targets[0]?.ref,
		first,
		'the box is about the job of its key',
	);
	await screen.press('n');
	const row = screen.lines().findIndex(line => jobIn(line) === 'hpc/1004');
	await screen.press(`${click(5, row)}cy`);
	const box = screen.store.getState().screen.overlay;
	assert.equal(box?.kind === 'box' && box.targets[0]?.ref, 'hpc/1004', 'a click before it counts');
	assert.deepEqual(
		screen.sent.filter(({type}) => type === 'cancel'),
		[],
	);
});

test('a click extends an open range as an arrow does', async context => {
	const screen = await open(context);
	await screen.press('v');
	const row = screen.lines().findIndex(line => jobIn(line) === 'hpc/1004');
	await screen.press(click(5, row));
	assert.equal(screen.store.getState().screen.marks.size, 5);
});

test('the mouse is given back when the screen closes', async context => {
	const screen = await open(context);
	assert.ok(screen.written().includes(on));
	await screen.drain();
	assert.ok(screen.written().includes(off), 'before the last answer is waited for');
	screen.unmount();
	await screen.exited();
	assert.doesNotMatch(screen.written(), /\u001b\[\?100[06]h/);
});

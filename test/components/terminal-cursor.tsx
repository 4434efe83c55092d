/*
Where the cursor of the terminal is: input methods, magnifiers, braille displays and screen readers follow it.
*/
import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {renderScreen, type ScreenSettings} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const can = {...profile('x').can, delete: true, logs: true, hide: true};

const open = async (context: TestContext, settings: ScreenSettings) => {
	const screen = await renderScreen(context, settings);
	let isShown: boolean | undefined;
	await screen.receive(
		hello([profile('hpc', {can}), profile('safe', {can, protect: true})]),
		{type: 'health', health: health('hpc')},
		{type: 'health', health: health('safe')},
		jobs(
			job('safe/数1', {name: 'ended', phase: 'failed', createdAt: start - 1000}),
			job('safe/2', {createdAt: start - 2000}),
			...Array.from({length: 40}, (_, index) => job(`hpc/${index}`, {createdAt: start - 3000 - index})),
		),
	);
	const cursor = () => {
		for (const [mode] of screen.written().matchAll(/\u001b\[\?25[hl]/g)) isShown = mode.endsWith('h');
		const {cursorX: x, cursorY: y} = screen.terminal.buffer.active;
		const line = screen.terminal.buffer.active.getLine(y);
		const characterAt = (cell: number) => line?.getCell(cell)?.getChars() ?? '';
		// The second cell of a wide character has none.
		const before = characterAt(x - 1) || characterAt(x - 2);
		return {x, y, isShown, at: characterAt(x), before, line: screen.lines()[y] ?? ''};
	};
	return {...screen, cursor};
};

const printed = {
	type: 'log',
	ref: 'safe/2',
	at: start,
	news: {text: Array.from({length: 30}, (_, index) => `line ${index}\n`).join(''), anew: true},
} as const;

const sizes = [
	{columns: 80, rows: 24},
	{columns: 40, rows: 10},
];

/** Every place where one types: the keys that lead there, and what stands in its line. */
const fields = {
	filter: {keys: ['/'], line: /filter: |…/},
	'jobs to mark': {keys: ['m'], line: /mark: |…/},
	'command line': {keys: [':'], line: /:|…/},
	'search of a log': {keys: ['j', 'l', '/'], line: /\/|…/},
	'search of the help': {keys: ['?', '/'], line: /find: /},
	reason: {keys: ['jj', 'c', '\t'], line: /reason: /},
	'text of a protected profile': {keys: ['j', 'c'], line: /./},
	'number of jobs': {keys: ['1', 'a', 'c'], line: /./},
	'end of an id': {keys: ['x', '#'], line: /./},
} as const;

const letters = ['s', 'a', 'f', 'é', '数', 'e\u0301', '例', 'x'];
const typed: Readonly<Record<string, readonly string[]>> = {'number of jobs': ['4', '1', '9']};
/** A cut text loses its beginning, never its end. */
const long = Array.from('a text that is wider than the smallest screen has room for');

for (const size of sizes) {
	const screenSize = `${size.columns}x${size.rows}`;
	for (const [name, {keys, line}] of Object.entries(fields)) {
		test(`the cursor is shown where one types at ${screenSize}: ${name}`, async context => {
			const screen = await open(context, size);
			for (const key of keys) {
				await screen.press(key);
				if (key === 'l') await screen.receive(printed);
			}
			assert.deepEqual([screen.cursor().isShown, screen.cursor().at], [true, '_']);
			for (const character of typed[name] ?? [...letters, ...(keys[0] === '/' ? long : [])]) {
				await screen.press(character);
				const cursor = screen.cursor();
				assert.equal(cursor.isShown, true);
				assert.equal(cursor.at, '_', `after ${character}: ${cursor.line}`);
				assert.equal(cursor.before.normalize(), character === ' ' ? ' ' : character.normalize());
				assert.match(cursor.line, line);
			}
			await screen.press('\u007f');
			assert.equal(screen.cursor().at, '_');
		});
	}

	test(`the cursor is hidden, on the current row, at ${screenSize}`, async context => {
		const screen = await open(context, size);
		const onRow = (wanted: RegExp | string) => {
			const cursor = screen.cursor();
			assert.equal(cursor.isShown, false);
			assert.ok(
				typeof wanted === 'string' ? cursor.line === wanted : wanted.test(cursor.line),
				`${cursor.line}\n${screen.text()}`,
			);
			return cursor;
		};
		const row = () => screen.cursorLine() ?? 'no row';
		assert.equal(onRow(row()).x, 0);
		for (const key of ['j', 'j', '\u001b[6~', '\u001b[6~', 'k', 'G', 'g', 'v']) {
			await screen.press(key);
			assert.equal(onRow(row()).x, 0);
		}
		await screen.press('\u001b', 'U');
		for (const [keys, line] of [
			[['s', 'j'], /│ > /],
			[['x', 'j'], /│ > /],
			[['Y', 'j'], /│ > ref/],
			[['P', 'j'], /│ > (hpc|safe)/],
		] as const) {
			await screen.press(...keys);
			onRow(line);
			await screen.press('\u001b');
			onRow(row());
		}
		await screen.press('?');
		onRow(/^ Table|^ .*able/);
		await screen.press('\u001b');
		await screen.press('jj', 'c');
		onRow(/y {2}cancel the job/);
		await screen.press('e');
		onRow(/hpc\/0/);
		await screen.press('\u001b', '\u001b', 'k', '\r');
		onRow(/name|NAME/);
		await screen.press('l');
		await screen.receive(printed);
		onRow(/line 29/);
		await screen.press('/', 'line 7', '\r');
		onRow(/> line 7/);
		await screen.press('\u001b', '\u001b');
		await screen.receive({
			type: 'cancellations',
			reports: [report('hpc/3'), report('hpc/4'), report('hpc/5')],
		});
		await screen.press('C', 'j');
		assert.equal(onRow(row()).x, 0);
	});
}

test('nothing is written where only the same row is current', async context => {
	const screen = await open(context, {columns: 80, rows: 24});
	screen.written();
	await screen.press('g');
	assert.equal(screen.written(), '');
});

test('the cursor is shown again where the screen ends', async context => {
	const screen = await open(context, {columns: 80, rows: 24});
	assert.equal(screen.cursor().isShown, false);
	screen.unmount();
	await screen.exited();
	assert.equal(screen.cursor().isShown, true);
});

/*
Whatever frames come one after the other, the terminal shows what a full redraw shows.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import xterm from '@xterm/headless';
import {type Frame, frameUpdate} from '../../source/text/frame-update.ts';
import {isNarrow} from '../../source/text/narrow.ts';
import {penAfter, plain, turnPen} from '../../source/text/pen.ts';
import {takeTodaysWidths} from '../helpers/emulator.ts';
import {fc} from '../helpers/fast-check.ts';

const openEmulator = (columns: number, rows: number) => {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
	takeTodaysWidths(terminal);
	return terminal;
};

const write = (terminal: xterm.Terminal, bytes: string): Promise<void> =>
	new Promise(resolve => terminal.write(bytes, resolve));

/** What is visible in every cell: a blank has no letter, so that only its ground and its lines count. */
const looks = (terminal: xterm.Terminal): string[] => {
	const buffer = terminal.buffer.active;
	return Array.from({length: terminal.rows * terminal.cols}, (_, index) => {
		const cell = buffer
			.getLine(buffer.baseY + Math.floor(index / terminal.cols))
			?.getCell(index % terminal.cols);
		if (!cell) return 'no cell';
		const text = cell.getWidth() === 0 ? 'second half' : cell.getChars() || ' ';
		const lined = cell.isUnderline() || cell.isInverse() || cell.isStrikethrough();
		const ground = `${cell.getBgColorMode()}:${cell.getBgColor()}`;
		if (text === ' ' && !lined) return `blank ${ground}`;
		const letter = [cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isInverse()];
		return [text, ground, cell.getFgColorMode(), cell.getFgColor(), ...letter, cell.isStrikethrough()].join(
			' ',
		);
	});
};

const full = (frame: Frame): string =>
	frame.lines
		.slice(0, frame.rows)
		.map((line, row) => `\u001b[${row + 1}H\u001b[0m${line}`)
		.join('');

/** The terminal after all these frames looks as one that was drawn the last of them only. */
const assertShown = async (frames: readonly Frame[]): Promise<number> => {
	let bytes = 0;
	let terminal: xterm.Terminal | undefined;
	let shown: Frame | undefined;
	for (const frame of frames) {
		if (!terminal || shown?.columns !== frame.columns || shown.rows !== frame.rows) {
			terminal?.dispose();
			terminal = openEmulator(frame.columns, frame.rows);
			// Whatever was there before.
			await write(terminal, 'x'.repeat(frame.columns * frame.rows));
		}
		const update = frameUpdate(shown, frame);
		bytes += Buffer.byteLength(update);
		await write(terminal, update);
		const fresh = openEmulator(frame.columns, frame.rows);
		await write(fresh, full(frame));
		const wanted = looks(fresh);
		fresh.dispose();
		assert.deepEqual(looks(terminal), wanted, JSON.stringify({shown, frame, update}));
		if (frame.cursor) {
			const {cursorX, cursorY} = terminal.buffer.active;
			assert.deepEqual({x: cursorX, y: cursorY}, frame.cursor, JSON.stringify({shown, frame, update}));
		}
		await write(terminal, '\u001b7\u001b[1;1HA\u001b8');
		assert.equal(terminal.buffer.active.getLine(0)?.getCell(0)?.isBold(), 0, 'the pen is left plain');
		shown = {...frame, lines: [`A`, ...frame.lines.slice(1)]};
		await write(terminal, `\u001b[1;1H\u001b[KA`);
	}
	terminal?.dispose();
	return bytes;
};

const style = fc.constantFrom(
	'1',
	'2',
	'7',
	'7;1',
	'94',
	'33',
	'1;91',
	'30;43',
	'4;7',
	'38;5;120',
	'48;2;1;2;3',
	'9',
);
const words = fc.oneof(
	fc.string({unit: fc.constantFrom(...'abc XYZ 019-.   '), maxLength: 14}),
	fc.string({unit: fc.constantFrom(...'▶─│…é✓█░'), maxLength: 10}),
	fc.constantFrom('日本語', 'e\u0301cole', '👍 ok', 'ＡＢ', '한국', '', '                    '),
);
const span = fc
	.tuple(words, fc.option(style))
	.map(([text, parameters]) => (parameters ? `\u001b[${parameters}m${text}\u001b[0m` : text));
const line = fc.array(span, {maxLength: 5}).map(spans => spans.join(''));

const cellsIn = (text: string): number =>
	[...text.replace(/\u001b\[[\d;]*m/g, '')].reduce(
		(sum, character) => sum + (character === '\u0301' ? 0 : isNarrow(character) ? 1 : 2),
		0,
	);

/** Lines that fit: the terminal would go on in the next row with others. */
const fitting = (lines: readonly string[], columns: number): readonly string[] =>
	lines.map(text => (cellsIn(text) <= columns ? text : ''));

/** Frames of one size, of which each changes some rows of the one before, or moves some. */
const frames = fc
	.record({
		columns: fc.integer({min: 2, max: 60}),
		rows: fc.integer({min: 1, max: 9}),
		first: fc.array(line, {maxLength: 9}),
		steps: fc.array(
			fc.record({
				changes: fc.array(fc.tuple(fc.nat(8), line), {maxLength: 3}),
				move: fc.option(fc.record({top: fc.nat(5), rows: fc.nat(8), by: fc.integer({min: -3, max: 3})})),
				cursor: fc.option(fc.tuple(fc.nat(59), fc.nat(8))),
			}),
			{maxLength: 5},
		),
	})
	.map(({columns, rows, first, steps}) => {
		let lines: readonly string[] = Array.from({length: rows}, (_, row) => first[row] ?? '');
		const made: Frame[] = [{columns, rows, lines: fitting(lines, columns)}];
		for (const {changes, move, cursor} of steps) {
			const next = [...lines];
			if (move) {
				const block = next.splice(move.top, move.rows);
				next.splice(Math.max(0, move.top + move.by), 0, ...block);
			}
			for (const [row, text] of changes) if (row < rows) next[row] = text;
			lines = next;
			made.push({
				columns,
				rows,
				lines: fitting(lines, columns),
				...(cursor && {cursor: {x: Math.min(cursor[0], columns - 1), y: Math.min(cursor[1], rows - 1)}}),
			});
		}
		return made;
	});

test('whatever frames follow each other, the screen is that of a full redraw', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(frames, {minLength: 1, maxLength: 2}), async sizes => {
			await assertShown(sizes.flat());
		}),
		{numRuns: 150},
	);
});

const screen = (...lines: readonly string[]): Frame => ({columns: 40, rows: 6, lines});
const update = (before: readonly string[], after: readonly string[]): string =>
	frameUpdate(screen(...before), screen(...after)).replaceAll('\u001b[', '^');

test('only what has changed is written, by the shortest way', () => {
	assert.equal(update(['same'], ['same']), '');
	assert.equal(update(['', 'job 12s'], ['', 'job 13s']), '^2;6H3');
	assert.equal(update(['aXbc'], ['aYbZ']), '^1;2HYbZ', 'a short gap is written again');
	assert.equal(update(['age 5s', 'age 5s'], ['age 7s', 'age 7s']), '^1;5H7\b^B7');
	assert.equal(update(['name and more'], ['name']), '^1;5H^K');
	assert.equal(update(['1s'], ['1']), '^1;2H ', 'a blank is shorter than erasing');
	assert.equal(update([`a${'x'.repeat(20)}b`], [`a${' '.repeat(20)}b`]), '^1;2H^20X');
});

test('nothing is coloured that is blank, and no attribute is set twice', () => {
	const bold = '\u001b[1m';
	const end = '\u001b[0m';
	assert.equal(update(['', 'x'], ['', `${bold} ${end}`]), '^2H ');
	assert.equal(update([''], [`${bold}a${end} ${bold}b${end}`]), '^H^1ma b^m');
	assert.equal(update([''], [`\u001b[7;1ma${end}\u001b[7mb${end}`]), '^H^1;7ma^22mb^m');
	assert.equal(update([`\u001b[2m    ${end}`], ['']), '');
});

test('rows that move are moved by the terminal', async () => {
	const rows = ['head', ...'abcd'.split('').map(name => `job-${name} `.repeat(4)), 'foot'];
	const moved = ['head', ...'bcde'.split('').map(name => `job-${name} `.repeat(4)), 'foot'];
	assert.match(update(rows, moved), /^\^2;5r\^S\^r\^5H(?:job-e ?){4}$/);
	assert.match(update(moved, rows), /^\^2;5r\^T\^r\^2H(?:job-a ?){4}$/);
	await assertShown([screen(...rows), screen(...moved), screen(...rows)]);
});

test('from any pen to any other', () => {
	const pen = fc.array(style, {maxLength: 3}).map(all => penAfter(plain, all.join(';')));
	fc.assert(
		fc.property(pen, pen, (from, to) => {
			const sequence = turnPen(from, to);
			const [, parameters] = /^\u001b\[([\d;]*)m$/.exec(sequence) ?? [];
			assert.equal(sequence === '' ? from : penAfter(from, parameters ?? '?'), to);
		}),
	);
});

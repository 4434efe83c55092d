/*
The shorter way from lines to a frame shows exactly what Ink's own shows.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import xterm from '@xterm/headless';
import stringWidth from 'string-width';
import {type InkOutput, leanOutput} from '../../source/components/lean-output.ts';
import {isNarrow} from '../../source/text/narrow.ts';
import {fc} from '../helpers/fast-check.ts';

type OutputClass = new (size: {
	width: number;
	height: number;
}) => InkOutput & {
	write(
		x: number,
		y: number,
		text: string,
		options: {transformers: readonly ((line: string) => string)[]},
	): void;
	clip(bounds: object): void;
	unclip(): void;
};

const address = new URL('./output.js', import.meta.resolve('ink'));
const {default: Output} = (await import(address.href)) as {default: OutputClass};
const Lean = leanOutput(Output) as unknown as OutputClass;

const width = 24;
const height = 6;

const styles = ['1', '2', '7', '7;1', '94', '33', '1;93'];
const words = fc.oneof(
	fc.string({unit: fc.constantFrom(...'abc XYZ 019-.'), maxLength: 14}),
	fc.string({unit: fc.constantFrom(...'▶─│…é✓█'), maxLength: 10}),
	fc.constantFrom('日本語', 'e\u0301cole', '👍 ok', 'ＡＢ', '한국'),
);
const span = fc
	.tuple(words, fc.option(fc.constantFrom(...styles)))
	.map(([text, style]) => (style && text ? `\u001b[${style}m${text}\u001b[0m` : text));
const line = fc.array(span, {minLength: 1, maxLength: 3}).map(spans => spans.join(''));
const text = fc.oneof(
	{weight: 6, arbitrary: line},
	{weight: 1, arbitrary: fc.tuple(line, line).map(lines => lines.join('\n'))},
	// A style that nothing ends, and one that goes on over the end of its line.
	{
		weight: 1,
		arbitrary: fc.constantFrom(
			'\u001b[7mopen',
			'\u001b[31mtwo\nlines\u001b[39m',
			'a\u001b[0m\u001b[1mb\u001b[22m',
		),
	},
);
const write = fc.record({
	x: fc.integer({min: -2, max: width - 4}),
	y: fc.integer({min: -1, max: height}),
	text,
	upper: fc.boolean(),
	clip: fc.option(
		fc.record({
			x1: fc.integer({min: 0, max: 9}),
			x2: fc.integer({min: 8, max: width}),
			y1: fc.integer({min: 0, max: 2}),
			y2: fc.integer({min: 2, max: height}),
		}),
		{
			freq: 8,
		},
	),
});

/** Every cell of a frame, with how it looks. */
const cellsOf = async (frame: string): Promise<readonly string[]> => {
	const terminal = new xterm.Terminal({cols: width * 3, rows: height, allowProposedApi: true});
	await new Promise<void>(resolve => terminal.write(frame.replaceAll('\n', '\r\n'), resolve));
	const cells: string[] = [];
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width * 3; x++) {
			const cell = terminal.buffer.active.getLine(y)?.getCell(x);
			const looks = [cell?.isBold(), cell?.isDim(), cell?.isInverse(), cell?.getFgColor()];
			cells.push(`${cell?.getChars() || ' '} ${looks.join(' ')}`);
		}
	}
	terminal.dispose();
	return cells;
};

test('a frame on the fast path looks as Ink draws it', async () => {
	let short = 0;
	await fc.assert(
		fc.asyncProperty(fc.array(write, {maxLength: 8}), async writes => {
			const frames = [Output, Lean].map(Kind => {
				const output = new Kind({width, height});
				for (const {x, y, text: written, upper, clip} of writes) {
					if (clip) output.clip(clip);
					output.write(x, y, written, {transformers: upper ? [shown => `${shown}!`] : []});
					if (clip) output.unclip();
				}
				return output.get();
			});
			const [ink, lean] = frames;
			assert.equal(lean?.height, ink?.height);
			if (lean?.output !== ink?.output) short++;
			assert.deepEqual(await cellsOf(lean?.output ?? ''), await cellsOf(ink?.output ?? ''));
		}),
		{numRuns: 600},
	);
	assert.ok(short > 0, 'no frame took the shorter way');
});

test('lines that need no grid cost none', () => {
	let grids = 0;
	class Counted extends Output {
		override get() {
			grids++;
			return super.get();
		}
	}
	const output = new (leanOutput(Counted) as unknown as OutputClass)({width, height});
	const options = {transformers: []};
	output.write(0, 0, '\u001b[7m▶ RUNNING\u001b[0m', options);
	output.write(12, 0, '│ beside', options);
	output.write(0, 1, '─'.repeat(width), options);
	assert.equal(output.get().output.split('\n')[0], '\u001b[7m▶ RUNNING\u001b[0m   │ beside');
	assert.equal(grids, 0);
	output.clip({x1: 0, x2: width, y1: 0, y2: height});
	output.write(0, 2, 'inside of what it is cut to', options);
	output.write(0, 3, 'inside', options);
	output.unclip();
	assert.equal(output.get().output.split('\n')[3], 'inside');
	assert.equal(grids, 1, 'only the row that is cut');
	grids = 0;
	output.operations = [];
	output.write(0, 1, '─'.repeat(width), options);
	output.write(2, 1, 'over it', options);
	assert.match(output.get().output, /──over it──/);
	assert.equal(grids, 1, 'only the row on which two things lie over each other');
});

test('a narrow character is one cell, alone and beside any other', () => {
	let narrow = 0;
	for (let code = 0x20; code <= 0xffff; code++) {
		const character = String.fromCodePoint(code);
		if (!isNarrow(character)) continue;
		narrow++;
		assert.equal(stringWidth(character), 1, `U+${code.toString(16)}`);
		assert.equal(stringWidth(`a${character}b${character}${character}`), 5, `U+${code.toString(16)} joins`);
	}
	assert.ok(narrow > 700);
});

/*
A faster last step for Ink, which quick-ink.ts installs.

Ink cuts every line of every frame into styled characters, lays them out in a grid, and joins them again. Our lines are composed before Ink sees them: a screen row with only such lines, side by side, already equals the result of the grid. All other rows go through Ink's own grid, one by one.
*/
import {isNarrow} from '../text/narrow.ts';
import {remembered} from './remembered.ts';

type Transform = (line: string, index: number) => string;

type Write = {
	readonly type: 'write';
	readonly x: number;
	readonly y: number;
	readonly text: string;
	readonly transformers: readonly Transform[];
};

type Bounds = {readonly x1?: number; readonly x2?: number; readonly y1?: number; readonly y2?: number};

type Operation = Write | {readonly type: 'clip'; readonly clip: Bounds} | {readonly type: 'unclip'};

/** The parts of `ink/build/output.js` that matter here. */
export type InkOutput = {
	operations: Operation[];
	readonly width: number;
	readonly height: number;
	get(): {output: string; height: number};
};

type Piece = {readonly x: number; readonly text: string; readonly width: number};

/** Cells of a line in which every style ends within the line and every character is one cell wide; undefined for any other line. */
const cellsOf = (line: string): number | undefined => {
	if (!line.includes('\u001b')) return isNarrow(line) ? line.length : undefined;
	const bare = line.replace(style, '');
	if (!isNarrow(bare)) return undefined;
	// After its last style the line is plain again, and no style begins before the previous one has ended.
	return line.replace(styled, '').includes('\u001b') ? undefined : bare.length;
};

const style = /\u001b\[[\d;]*m/g;
const styled = /\u001b\[[1-9][\d;]*m[^\u001b]*\u001b\[0m/g;

// The same lines repeat in every frame.
const measure = remembered(cellsOf);

/** The row of these pieces; undefined if they overlap. */
const joined = (pieces: Piece[]): string | undefined => {
	let row = '';
	let at = 0;
	for (const {x, text, width} of pieces.sort((a, b) => a.x - b.x)) {
		if (x < at) return undefined;
		row += ' '.repeat(x - at) + text;
		at = x + width;
	}
	return row.trimEnd();
};

/** Ink's class of this name, with the fast path for rows that allow it. */
export const leanOutput = (Output: new (size: {width: number; height: number}) => InkOutput) =>
	class LeanOutput extends Output {
		override get() {
			const {width, height, operations} = this;
			/** The lines on each row; undefined for a row that needs Ink's grid. */
			const rows: (Piece[] | undefined)[] = Array.from({length: height}, () => []);
			const clips: Bounds[] = [];
			for (const operation of operations) {
				if (operation.type === 'clip') clips.push(operation.clip);
				else if (operation.type === 'unclip') clips.pop();
				else {
					const {x, y} = operation;
					if (!Number.isInteger(x) || !Number.isInteger(y)) return super.get();
					const lines = linesOf(operation);
					const text = lines > 1 ? undefined : transformed(operation);
					const cells = text === undefined ? undefined : measure(text);
					const place = {x1: x, x2: x + (cells ?? 0), y1: y, y2: y + 1};
					const whole = isInside(place, {x1: 0, x2: width}) && clips.every(clip => isInside(place, clip));
					if (text !== undefined && cells !== undefined && whole) rows[y]?.push({x, text, width: cells});
					else for (let row = Math.max(0, y); row < Math.min(height, y + lines); row++) rows[row] = undefined;
				}
			}
			const output = rows.map((pieces, row) => (pieces && joined(pieces)) ?? this.gridRow(row));
			return {output: output.join('\n'), height};
		}

		/** One row as Ink does it, in a grid of only this row. */
		private gridRow(row: number): string {
			const grid = new Output({width: this.width, height: 1});
			for (const operation of this.operations) {
				if (operation.type === 'clip')
					grid.operations.push({type: 'clip', clip: shifted(operation.clip, row)});
				else if (operation.type === 'unclip') grid.operations.push(operation);
				else if (operation.y <= row && row < operation.y + linesOf(operation)) {
					grid.operations.push({...operation, y: operation.y - row});
				}
			}
			return grid.get().output;
		}
	};

/** Whether nothing is cut off. */
const isInside = ({x1, x2, y1, y2}: Required<Bounds>, bounds: Bounds): boolean =>
	x1 >= (bounds.x1 ?? x1) && x2 <= (bounds.x2 ?? x2) && y1 >= (bounds.y1 ?? y1) && y2 <= (bounds.y2 ?? y2);

const linesOf = ({text}: Write): number => {
	let lines = 1;
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
	return lines;
};

const transformed = ({text, transformers}: Write): string => {
	let line = text;
	for (const transform of transformers) line = transform(line, 0);
	return line;
};

const shifted = ({x1, x2, y1, y2}: Bounds, by: number): Bounds => ({
	...(x1 !== undefined && {x1}),
	...(x2 !== undefined && {x2}),
	...(y1 !== undefined && {y1: y1 - by}),
	...(y2 !== undefined && {y2: y2 - by}),
});

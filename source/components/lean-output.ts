/*
A quicker last step for Ink, which quick-ink.ts puts in its place.

Ink cuts every line of every frame into styled characters, lays them out in a grid, and puts them together again. Our lines are composed before Ink sees them: a row of the screen that only such lines stand on, beside each other, is already what the grid would give. All other rows go through Ink's own grid, one by one.
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

/** What `ink/build/output.js` is, as far as it matters here. */
export type InkOutput = {
	operations: Operation[];
	readonly width: number;
	readonly height: number;
	get(): {output: string; height: number};
};

type Piece = {readonly x: number; readonly text: string; readonly width: number};

/** Cells of a line in which every style ends where the line does and every character is one cell; undefined for any other. */
const cellsOf = (line: string): number | undefined => {
	if (!line.includes('\u001b')) return isNarrow(line) ? line.length : undefined;
	const bare = line.replace(style, '');
	if (!isNarrow(bare)) return undefined;
	// Behind its last style the line is plain again, and none begins before the last has ended.
	return line.replace(styled, '').includes('\u001b') ? undefined : bare.length;
};

const style = /\u001b\[[\d;]*m/g;
const styled = /\u001b\[[1-9][\d;]*m[^\u001b]*\u001b\[0m/g;

// The same lines come again with every frame.
const measure = remembered(cellsOf);

/** The row that these pieces make; undefined where one stands on another. */
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

/** Ink's class of this name, with the shorter way for rows that need no more. */
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

		/** One row as Ink does it: in a grid of this row alone. */
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

/** Whether nothing of it is cut off. */
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

/*
The fewest bytes that make a terminal show the next frame. Everything is measured in cells from the top left corner of the screen.

Sequences are such that every terminal since the VT220 knows: CUP, CHA, CUU to CUB, EL, ECH, ED, SGR, and DECSTBM with SU and SD (XTerm Control Sequences).
*/
import {type Cells, cellsOf} from './cells.ts';
import {type Pen, plain, turnPen} from './pen.ts';

/** The cursor of the terminal; anywhere if it is undefined. */
type CursorPlace = {readonly x: number; readonly y: number} | undefined;

/** What the terminal shows, or has to show. */
export type Frame = {
	readonly columns: number;
	readonly rows: number;
	/** Lines with SGR sequences; rows below them are blank. */
	readonly lines: readonly string[];
	readonly cursor?: CursorPlace;
};

const csi = '\u001b[';
const homeAndErase = `${csi}H${csi}J`;

/** Cells between two changes that are written again rather than passed over, at most. */
const longestBridge = 8;
/** Blanks within a row that are erased rather than written, at least: erasing does not move the cursor. */
const fewestErased = 12;
/** Rows that must have changed before the screen is searched for rows that have moved. */
const fewestMoved = 3;

/** With the number, unless it is 1. */
const times = (count: number, final: string): string => `${csi}${count === 1 ? '' : count}${final}`;

/** The shortest move within a row; `from` is the width of the screen after its last cell was written. */
const moveAcross = (from: number, to: number, columns: number): string => {
	if (from === to && to < columns) return '';
	if (to === 0) return '\r';
	const absolute = `${csi}${to + 1}G`;
	if (from >= columns) return absolute;
	const relative =
		to > from ? times(to - from, 'C') : from - to <= 3 ? '\b'.repeat(from - to) : times(from - to, 'D');
	return relative.length <= absolute.length ? relative : absolute;
};

/** Writes bytes, and knows where the cursor is and how the terminal draws. */
class Writer {
	bytes = '';
	pen: Pen = plain;
	private x = 0;
	/** Undefined before the first move. */
	private y: number | undefined;
	private readonly columns: number;

	constructor(columns: number) {
		this.columns = columns;
	}

	moveTo(x: number, y: number) {
		const absolute = x === 0 ? `${csi}${y === 0 ? '' : y + 1}H` : `${csi}${y + 1};${x + 1}H`;
		if (this.y === undefined) this.bytes += absolute;
		else {
			const across = moveAcross(this.x, x, this.columns);
			const down = y - this.y;
			const relative = across + (down === 0 ? '' : times(Math.abs(down), down > 0 ? 'B' : 'A'));
			this.bytes += relative.length < absolute.length ? relative : absolute;
		}
		this.x = x;
		this.y = y;
	}

	/** Bytes that lead to a cell of this row, without going there. */
	distance(x: number): number {
		return moveAcross(this.x, x, this.columns).length;
	}

	/** Writes the characters of cells as they are. */
	write({characters, pens}: Cells, from: number, to: number) {
		for (let x = from; x < to; x++) {
			const character = characters[x] ?? ' ';
			if (character !== '') this.take(pens[x] ?? plain, character === ' ');
			this.bytes += character;
		}
		this.x += to - from;
	}

	/** The pen for a character, which a blank need not have exactly. */
	take(pen: Pen, blank: boolean) {
		if (pen === this.pen || (blank && pen === plain && this.pen.blank)) return;
		this.bytes += turnPen(this.pen, pen);
		this.pen = pen;
	}

	/** Erases so many cells from the cursor, or the rest of the row. */
	erase(cells?: number) {
		this.take(plain, true);
		this.bytes += cells === undefined ? `${csi}K` : `${csi}${cells}X`;
	}
}

const isBlank = ({characters, pens}: Cells, x: number): boolean => characters[x] === ' ' && pens[x] === plain;

/** The cells up to the last one that is not blank. */
const lengthOf = (cells: Cells): number => {
	let length = cells.characters.length;
	while (length > 0 && isBlank(cells, length - 1)) length--;
	return length;
};

/** Whether a cell has to be written. The second cell of a wide character goes with the first, which differs wherever the widths do. */
const changedCells = (shown: Cells, next: Cells): boolean[] => {
	const changed = next.characters.map(
		(character, x) => character !== shown.characters[x] || next.pens[x] !== shown.pens[x],
	);
	for (let x = 1; x < changed.length; x++) {
		if (next.characters[x] === '' && changed[x - 1] === true) changed[x] = true;
	}
	return changed;
};

/** The bytes of cells that could be passed over, with the change of pen before the next run. */
const bridgeCost = (cells: Cells, from: number, to: number, pen: Pen): number => {
	let cost = 0;
	let held = pen;
	for (let x = from; x <= to; x++) {
		const [character = ' ', next = plain] = [cells.characters[x], cells.pens[x]];
		const fits = next === held || character === '' || (character === ' ' && next === plain && held.blank);
		if (!fits) {
			cost += turnPen(held, next).length;
			held = next;
		}
		if (x < to) cost += Buffer.byteLength(character);
	}
	return cost;
};

const updateRow = (writer: Writer, y: number, shown: Cells, next: Cells) => {
	const changed = changedCells(shown, next);
	const length = lengthOf(next);
	const last = changed.lastIndexOf(true);
	if (last < 0) return;
	// The tail is blank from here on; a few blanks are shorter than the sequence.
	const erasesTail = last >= length && lengthOf(shown) - length > 3;
	const end = erasesTail ? length : last + 1;
	let at: number | undefined;
	let x = 0;
	while (x < end) {
		if (!changed[x]) {
			x++;
			continue;
		}
		let to = x;
		let blanks = 0;
		// A run ends before an unchanged cell, and before blanks that are shorter to erase.
		while (to < end && changed[to]) {
			blanks = isBlank(next, to) ? blanks + 1 : 0;
			to++;
			if (blanks >= fewestErased) break;
		}
		if (blanks >= fewestErased) to -= blanks;
		const first = x;
		if (to > first) {
			const gap = at === undefined ? 0 : first - at;
			const bridges =
				at !== undefined &&
				gap > 0 &&
				gap <= longestBridge &&
				bridgeCost(next, at, first, writer.pen) <=
					writer.distance(first) + turnPen(writer.pen, next.pens[first] ?? plain).length;
			if (bridges) writer.write(next, at ?? first, first);
			else writer.moveTo(first, y);
			writer.write(next, first, to);
			at = to;
			x = to;
		}
		if (blanks >= fewestErased) {
			let rest = to;
			while (rest < end && isBlank(next, rest) && changed[rest]) rest++;
			writer.moveTo(to, y);
			writer.erase(rest - to);
			at = to;
			x = rest;
		}
	}
	if (erasesTail) {
		writer.moveTo(length, y);
		writer.erase();
	}
};

/** Rows `top` to `bottom` (not included) have moved up by `by` rows, or down where it is negative. */
type Shift = {readonly top: number; readonly bottom: number; readonly by: number};

/** The rows that have moved: the longest block of next lines that stand elsewhere on the screen, all by the same distance. */
const findShift = (shown: readonly string[], next: readonly string[]): Shift | undefined => {
	const rows = new Map<string, number>();
	const twice = new Set<string>();
	for (const [row, line] of shown.entries()) {
		if (rows.has(line)) twice.add(line);
		rows.set(line, row);
	}
	let changes = 0;
	const counts = new Map<number, {first: number; last: number; count: number}>();
	for (const [row, line] of next.entries()) {
		if (line === shown[row]) continue;
		changes++;
		const before = rows.get(line);
		if (before === undefined || twice.has(line)) continue;
		const by = before - row;
		const found = counts.get(by) ?? {first: row, last: row, count: 0};
		counts.set(by, {...found, last: row, count: found.count + 1});
	}
	if (changes < fewestMoved) return undefined;
	let best: {by: number; first: number; last: number; count: number} | undefined;
	for (const [by, found] of counts) if (found.count > (best?.count ?? 1)) best = {by, ...found};
	if (!best) return undefined;
	const {by, first, last} = best;
	return by > 0 ? {top: first, bottom: last + by + 1, by} : {top: first + by, bottom: last + 1, by};
};

/** The lines after the terminal has moved them. */
const shifted = (lines: readonly string[], {top, bottom, by}: Shift): readonly string[] =>
	lines.map((line, row) => {
		if (row < top || row >= bottom) return line;
		const from = row + by;
		return from >= top && from < bottom ? (lines[from] ?? '') : '';
	});

const shiftSequence = ({top, bottom, by}: Shift): string =>
	`${csi}${top + 1};${bottom}r${times(Math.abs(by), by > 0 ? 'S' : 'T')}${csi}r`;

const filled = ({lines, rows}: Frame): readonly string[] =>
	Array.from({length: rows}, (_, row) => lines[row] ?? '');

/** Where the cursor of the terminal is, and where it has to be. */
type CursorMove = {readonly from?: CursorPlace; readonly to: CursorPlace};

const updateLines = (
	shown: readonly string[],
	next: readonly string[],
	columns: number,
	{from, to}: CursorMove,
): string => {
	const writer = new Writer(columns);
	for (const [y, line] of next.entries()) {
		const before = shown[y] ?? '';
		if (line !== before) updateRow(writer, y, cellsOf(before, columns), cellsOf(line, columns));
	}
	// Others write to the terminal between two frames, and expect no colour.
	writer.take(plain, false);
	const stays = writer.bytes === '' && from?.x === to?.x && from?.y === to?.y;
	if (to && !stays) writer.moveTo(to.x, to.y);
	return writer.bytes;
};

/**
The bytes that make a terminal show `next` while it shows `shown`, or anything if that is undefined or of another size. The terminal draws plainly before and after. The visibility of the cursor is not part of it.
*/
export const frameUpdate = (shown: Frame | undefined, next: Frame): string => {
	const {columns, rows, cursor} = next;
	const lines = filled(next);
	if (!shown || shown.columns !== columns || shown.rows !== rows)
		return homeAndErase + updateLines([], lines, columns, {to: cursor});
	const before = filled(shown);
	const redrawn = updateLines(before, lines, columns, {from: shown.cursor, to: cursor});
	const shift = findShift(before, lines);
	if (!shift) return redrawn;
	const moved = shiftSequence(shift) + updateLines(shifted(before, shift), lines, columns, {to: cursor});
	return Buffer.byteLength(moved) < Buffer.byteLength(redrawn) ? moved : redrawn;
};

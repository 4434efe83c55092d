import type {Column} from './columns.ts';

export type FittedColumn = {readonly column: Column; readonly width: number};

/** The width of a column without a maximum on a wide table. */
const wideEnough = 40;

/** Cells between two columns. */
const gap = 1;

/** The initial width of a column: the preferred one while there are optional columns, else the minimum. */
const firstWidth = ({width, preferred}: Column, hasOptional: boolean): number =>
	hasOptional && preferred ? preferred : width[0];

const someOptional = (columns: readonly Column[]): boolean => columns.some(({optional}) => optional);

const needed = (columns: readonly Column[]): number => {
	const hasOptional = someOptional(columns);
	return columns.reduce(
		(sum, column) => sum + firstWidth(column, hasOptional),
		gap * Math.max(0, columns.length - 1),
	);
};

/**
Selects the columns that fit, and their widths. They fill the width exactly if the columns that are never dropped fit. A wider screen never loses a column.
*/
export const fitColumns = (columns: readonly Column[], width: number): readonly FittedColumn[] => {
	let kept = columns;
	while (needed(kept) > width) {
		const leaving = kept.reduce((worst, column) => (column.dropOrder > worst.dropOrder ? column : worst));
		if (leaving.dropOrder === 0) break;
		kept = kept.filter(column => column !== leaving);
	}
	let left = Math.max(0, width - needed(kept));
	const hasOptional = someOptional(kept);
	const widths = new Map(kept.map(column => [column, firstWidth(column, hasOptional)]));
	// Columns that are dropped last get width first. The rest goes to the column without a maximum.
	for (const column of [...kept].sort((a, b) => a.dropOrder - b.dropOrder)) {
		const [, max] = column.width;
		if (max === undefined) continue;
		const first = firstWidth(column, hasOptional);
		const more = Math.min(left, max - first, Math.ceil(left / 3));
		widths.set(column, first + more);
		left -= more;
	}
	const greedy = kept.find(column => column.width[1] === undefined) ?? kept.at(-1);
	if (greedy) widths.set(greedy, (widths.get(greedy) ?? 0) + left);
	return kept.map(column => ({column, width: widths.get(column) ?? 0}));
};

/**
Columns at full width, starting at the scroll position. Columns that are never dropped are pinned, so state, id and cancellation are always visible. They fill the width exactly.
*/
export const fitWide = (
	columns: readonly Column[],
	width: number,
	across: number,
): {readonly fitted: readonly FittedColumn[]; readonly before: number; readonly after: number} => {
	const pinned = columns.filter(({dropOrder}) => dropOrder === 0);
	const others = columns.filter(({dropOrder}) => dropOrder !== 0);
	const before = Math.max(0, Math.min(across, others.length - 1));
	const full = ({width: [min, max]}: Column): number => max ?? Math.max(min, wideEnough);
	const minimal = ({width: [min]}: Column): number => min;
	const sum = (list: readonly Column[], cells: (column: Column) => number) =>
		list.reduce((total, column) => total + cells(column) + gap, -gap);
	// If the pinned columns do not fit at full width, use their minimum.
	const first = others[before];
	const pinnedWidth = sum(pinned, full) + gap + (first ? minimal(first) : 0) <= width ? full : minimal;
	const shown: Column[] = [];
	let left = width - sum(pinned, pinnedWidth);
	for (const column of others.slice(before)) {
		if (full(column) + gap > left) break;
		shown.push(column);
		left -= full(column) + gap;
	}
	const next = others[before + shown.length];
	// One more column, if its minimum fits.
	const squeezed = next && minimal(next) + gap <= left ? next : undefined;
	const all = columns.filter(
		column => pinned.includes(column) || shown.includes(column) || column === squeezed,
	);
	const widths = new Map(
		all.map(column => [column, pinned.includes(column) ? pinnedWidth(column) : full(column)]),
	);
	if (squeezed) widths.set(squeezed, left - gap);
	else {
		const greedy = all.find(({width}) => width[1] === undefined) ?? shown.at(-1) ?? all[0];
		if (greedy) widths.set(greedy, (widths.get(greedy) ?? 0) + left);
	}
	return {
		fitted: all.map(column => ({column, width: Math.max(0, widths.get(column) ?? 0)})),
		before,
		after: others.length - before - shown.length - (squeezed ? 1 : 0),
	};
};

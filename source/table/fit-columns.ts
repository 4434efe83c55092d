import type {Column} from './columns.ts';

export type FittedColumn = {readonly column: Column; readonly width: number};

/** Cells that a column without an end of its own is given on a wide table. */
const wideEnough = 40;

/** Cells between two columns. */
const gap = 1;

/** What a column is given at first: its comfort, as long as there are luxuries beside it. */
const firstWidth = ({width, comfort}: Column, luxurious: boolean): number =>
	luxurious && comfort ? comfort : width[0];

const isLuxurious = (columns: readonly Column[]): boolean => columns.some(({luxury}) => luxury);

const needed = (columns: readonly Column[]): number => {
	const luxurious = isLuxurious(columns);
	return columns.reduce(
		(sum, column) => sum + firstWidth(column, luxurious),
		gap * Math.max(0, columns.length - 1),
	);
};

/**
Which columns there is room for, and how wide each is. They fill the width exactly as soon as those that stay fit; a wider screen never loses a column.
*/
export const fitColumns = (columns: readonly Column[], width: number): readonly FittedColumn[] => {
	let kept = columns;
	while (needed(kept) > width) {
		const leaving = kept.reduce((worst, column) => (column.leaves > worst.leaves ? column : worst));
		if (leaving.leaves === 0) break;
		kept = kept.filter(column => column !== leaving);
	}
	let left = Math.max(0, width - needed(kept));
	const luxurious = isLuxurious(kept);
	const widths = new Map(kept.map(column => [column, firstWidth(column, luxurious)]));
	// Those that stay longest are served first; what is left over goes to the one that can always use it.
	for (const column of [...kept].sort((a, b) => a.leaves - b.leaves)) {
		const [, most] = column.width;
		if (most === undefined) continue;
		const first = firstWidth(column, luxurious);
		const more = Math.min(left, most - first, Math.ceil(left / 3));
		widths.set(column, first + more);
		left -= more;
	}
	const greedy = kept.find(column => column.width[1] === undefined) ?? kept.at(-1);
	if (greedy) widths.set(greedy, (widths.get(greedy) ?? 0) + left);
	return kept.map(column => ({column, width: widths.get(column) ?? 0}));
};

/**
Columns that have all the room that they can use, from the one on to which was scrolled. Those that never leave stay, so state, id and cancellation are always in sight. They fill the width exactly.
*/
export const fitWide = (
	columns: readonly Column[],
	width: number,
	across: number,
): {readonly fitted: readonly FittedColumn[]; readonly before: number; readonly after: number} => {
	const pinned = columns.filter(({leaves}) => leaves === 0);
	const others = columns.filter(({leaves}) => leaves !== 0);
	const before = Math.max(0, Math.min(across, others.length - 1));
	const full = ({width: [least, most]}: Column): number => most ?? Math.max(least, wideEnough);
	const least = ({width: [least]}: Column): number => least;
	const sum = (list: readonly Column[], cells: (column: Column) => number) =>
		list.reduce((total, column) => total + cells(column) + gap, -gap);
	// Where not even those that stay are at ease, they have what they need.
	const first = others[before];
	const pinnedWidth = sum(pinned, full) + gap + (first ? least(first) : 0) <= width ? full : least;
	const shown: Column[] = [];
	let left = width - sum(pinned, pinnedWidth);
	for (const column of others.slice(before)) {
		if (full(column) + gap > left) break;
		shown.push(column);
		left -= full(column) + gap;
	}
	const next = others[before + shown.length];
	// One more has less than it can use, where that is enough for it.
	const squeezed = next && least(next) + gap <= left ? next : undefined;
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

import type {Column} from './columns.ts';

export type FittedColumn = {readonly column: Column; readonly width: number};

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
		const [least, most] = column.width;
		if (most === undefined) continue;
		const more = Math.min(left, most - least, Math.ceil(left / 3));
		widths.set(column, least + more);
		left -= more;
	}
	const greedy = kept.find(column => column.width[1] === undefined) ?? kept.at(-1);
	if (greedy) widths.set(greedy, (widths.get(greedy) ?? 0) + left);
	return kept.map(column => ({column, width: widths.get(column) ?? 0}));
};

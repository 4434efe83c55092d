import type {Widths} from '../state/screen.ts';
import type {Column} from './columns.ts';

type Needs = Widths['needs'];

/** What decides the width of a column. */
export type ColumnShape = Pick<
	Column,
	'id' | 'title' | 'width' | 'preferred' | 'optional' | 'fixed' | 'whole' | 'luxury' | 'dropOrder'
>;

export type FittedColumn<Shape extends ColumnShape = Column> = {
	readonly column: Shape;
	readonly width: number;
};

/** The width of a column without a maximum on a wide table. */
const wideEnough = 40;

/** The column bounded by its content: no wider than what is in it and its title. */
const bounded = <Shape extends ColumnShape>(column: Shape, needs: Needs): Shape => {
	if (column.fixed) return column;
	// The title has room for the arrow of the sort.
	const need = Math.max(needs[column.id] ?? 0, column.title.length + 1);
	const [min, max = widestName] = column.width;
	const preferred = column.preferred === undefined ? {} : {preferred: Math.min(column.preferred, need)};
	const least = column.whole ? Math.min(max, need) : Math.min(min, need);
	return {...column, ...preferred, width: [least, Math.max(least, Math.min(max, need))]};
};

/** The widest content of the column without a maximum that comes before other columns. */
const widestName = 60;

/** Cells between two columns. */
const gap = 1;

/** The initial width of a column: the preferred one while there are optional columns, else the minimum. */
const firstWidth = ({width, preferred}: ColumnShape, hasOptional: boolean): number =>
	hasOptional && preferred ? preferred : width[0];

const someOptional = (columns: readonly ColumnShape[]): boolean => columns.some(({optional}) => optional);

const needed = (columns: readonly ColumnShape[]): number => {
	const hasOptional = someOptional(columns);
	return columns.reduce(
		(sum, column) => sum + firstWidth(column, hasOptional),
		gap * Math.max(0, columns.length - 1),
	);
};

/** The same with ids and names, whose content may be cut, at their whole width. */
const neededWhole = (columns: readonly ColumnShape[]): number =>
	needed(columns) +
	columns.reduce(
		(sum, column) => sum + (column.dropOrder < 2 ? (column.width[1] ?? 0) - firstWidth(column, true) : 0),
		0,
	);

/** The column that takes the width that no other needs. */
const greedyOf = (columns: readonly ColumnShape[]): string | undefined =>
	columns.find(({width}) => width[1] === undefined)?.id;

/**
Selects the columns that fit, and their widths. They fill the width exactly if the columns that are never dropped fit. A wider screen never loses a column. With `needs`, no column but the greedy one is wider than its content.
*/
export const fitColumns = <Shape extends ColumnShape>(
	columns: readonly Shape[],
	width: number,
	needs?: Needs,
): readonly FittedColumn<Shape>[] => {
	let kept = needs ? columns.map(column => bounded(column, needs)) : columns;
	while (needed(kept) > width) {
		const leaving = kept.reduce((worst, column) => (column.dropOrder > worst.dropOrder ? column : worst));
		if (leaving.dropOrder === 0) break;
		kept = kept.filter(column => column !== leaving);
	}
	while (needs && neededWhole(kept) > width) {
		const leaving = kept
			.filter(({luxury}) => luxury)
			.sort((a, b) => b.dropOrder - a.dropOrder)
			.at(0);
		if (!leaving) break;
		kept = kept.filter(column => column !== leaving);
	}
	let left = Math.max(0, width - needed(kept));
	const hasOptional = someOptional(kept);
	const widths = new Map(kept.map(column => [column, firstWidth(column, hasOptional)]));
	// Columns that are dropped last get width first: a third of it, then what they still need.
	const byImportance = [...kept].sort((a, b) => a.dropOrder - b.dropOrder);
	for (const share of needs ? [1 / 3, 1] : [1 / 3]) {
		for (const column of byImportance) {
			const [, max] = column.width;
			if (max === undefined) continue;
			const own = widths.get(column) ?? 0;
			const more = Math.max(0, Math.min(left, max - own, Math.ceil(left * share)));
			widths.set(column, own + more);
			left -= more;
		}
	}
	// The rest goes to the column without a maximum.
	const last = greedyOf(columns);
	const greedy = kept.find(({id}) => id === last) ?? kept.at(-1);
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
	needs?: Needs,
): {readonly fitted: readonly FittedColumn[]; readonly before: number; readonly after: number} => {
	const all = needs ? columns.map(column => bounded(column, needs)) : columns;
	const pinned = all.filter(({dropOrder}) => dropOrder === 0);
	const others = all.filter(({dropOrder}) => dropOrder !== 0);
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
	const visible = all.filter(
		column => pinned.includes(column) || shown.includes(column) || column === squeezed,
	);
	const widths = new Map(
		visible.map(column => [column, pinned.includes(column) ? pinnedWidth(column) : full(column)]),
	);
	if (squeezed) widths.set(squeezed, left - gap);
	else {
		const last = greedyOf(columns);
		const greedy = visible.find(({id}) => id === last) ?? shown.at(-1) ?? visible[0];
		if (greedy) widths.set(greedy, (widths.get(greedy) ?? 0) + left);
	}
	return {
		fitted: visible.map(column => ({column, width: Math.max(0, widths.get(column) ?? 0)})),
		before,
		after: others.length - before - shown.length - (squeezed ? 1 : 0),
	};
};

import type {Scope} from '../../engine/protocol.ts';
import {isEnd, type Phase} from '../../job/phase.ts';
import type {Ref} from '../../job/ref.ts';
import {keyWord} from '../../keys/words.ts';
import type {MenuName, OutcomeFilter, Sort} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {columns} from '../../table/columns.ts';
import {filterCount, isSameFilter, outcomeFilters} from '../../table/outcome-filter.ts';
import {sortBy} from '../../table/sorting.ts';
import {countedPhases} from '../../table/state-counts.ts';
import {applies, isWanted, sortableColumns} from '../../table/table-columns.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count} from '../../text/format.ts';
import {span, withCursor} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {childLabel, relatedOf} from '../detail/related.ts';
import {framed} from './frame.ts';
import {listLines} from './list-window.ts';

/** The effect of choosing an item. */
export type Choice =
	| {readonly kind: 'sort'; readonly sort: Sort}
	/** A scope; `clearsFilter` if the filter is another choice of the menu. */
	| {readonly kind: 'scope'; readonly scope: Scope; readonly clearsFilter: boolean}
	/** A filter, and the scope that it needs to match anything. */
	| {readonly kind: 'query'; readonly text: string; readonly scope?: Scope}
	/** Columns that the user shows or hides; an absent column follows its default. The menu stays open. */
	| {readonly kind: 'columns'; readonly columns: Readonly<Record<string, boolean>>}
	| {readonly kind: 'open'; readonly ref: Ref}
	/** The listed cancellations; all if absent. */
	| {readonly kind: 'outcomes'; readonly outcomes?: OutcomeFilter};

type MenuItem = {
	readonly label: string;
	/** Whether this is the current choice. */
	readonly chosen: boolean;
	/** Text after the current choice. */
	readonly note?: string;
	readonly choice: Choice;
};

type Menu = {
	readonly title: string;
	readonly items: (state: State) => readonly MenuItem[];
	/** What the keys do, if not the usual. */
	readonly hint?: (state: State) => string;
};

const scopes: readonly (readonly [label: string, scope: Scope])[] = [
	['my active jobs', {everyone: false, ended: false}],
	['my jobs, including ended', {everyone: false, ended: true}],
	["everyone's active jobs", {everyone: true, ended: false}],
	["everyone's jobs, including ended", {everyone: true, ended: true}],
];

const cancelling = 'outcome:cancelling';

/** The filter that finds the jobs of a count of the header. */
const inPhase = (phase: Phase): string => `state:${phase}`;

/** What went wrong comes first in the menu. */
const firstPhases: readonly Phase[] = ['failed', 'partial'];
const otherPhases = countedPhases.filter(phase => !firstPhases.includes(phase));

export const menus: Readonly<Record<MenuName, Menu>> = {
	sort: {
		title: 'sort by',
		hint: state =>
			`${keyWord(state, 'choose')} sorts (again: reverses), ${keyWord(state, 'columns')} columns`,
		items: state =>
			sortableColumns(state).map(({id, title}) => {
				const {sort} = state.screen;
				const second = sort.others?.some(({column}) => column === id) ? '  (breaks ties)' : '';
				return {
					label: `${title.toLowerCase()}${second}`,
					chosen: id === sort.column,
					note: sort.descending ? 'now, reversed' : 'now',
					choice: {kind: 'sort', sort: sortBy(sort, id)},
				};
			}),
	},
	columns: {
		title: 'columns',
		hint: state => `${keyWord(state, 'choose')} turns one on or off, ${keyWord(state, 'close-menu')} closes`,
		items(state) {
			const said = state.screen.columns;
			return [
				...columns
					.filter(({dropOrder}) => dropOrder > 0)
					.map((column): MenuItem => {
						const shown = isWanted(column, state);
						return {
							label: `[${shown ? 'x' : ' '}] ${column.title.toLowerCase()}`,
							chosen: shown && !applies(column, state),
							note: 'no job here has it',
							choice: {kind: 'columns', columns: {...said, [column.id]: !shown}},
						};
					}),
				{
					label: 'default columns',
					chosen: Object.keys(said).length === 0,
					choice: {kind: 'columns', columns: {}},
				},
			];
		},
	},
	related: {
		title: 'open',
		items(state) {
			const {parent, children} = relatedOf(state);
			const item = (label: string, ref: Ref): MenuItem => ({
				label,
				chosen: false,
				choice: {kind: 'open', ref},
			});
			return [
				...(parent ? [item(`${parent}, its parent`, parent)] : []),
				...children.map(child => item(childLabel(child), child.ref)),
			];
		},
	},
	outcomes: {
		title: 'list',
		items({run, screen: {outcomes}}) {
			const reports = run?.reports ?? [];
			return [
				{
					label: `all ${count(reports.length, 'cancellation')}`,
					chosen: outcomes === undefined,
					choice: {kind: 'outcomes'},
				},
				...outcomeFilters(reports, outcomes).map(
					({filter, number}): MenuItem => ({
						label: filterCount(filter, number),
						chosen: isSameFilter(filter, outcomes),
						choice: {kind: 'outcomes', outcomes: filter},
					}),
				),
			];
		},
	},
	scope: {
		title: 'show',
		items({known, screen}) {
			const filter = screen.filter.trim();
			const saved = known.settings.queries ?? [];
			const byQuery = [...countedPhases.map(inPhase), cancelling, ...saved.map(({text}) => text)].includes(
				filter,
			);
			const query = (label: string, text: string, scope?: Scope): MenuItem => ({
				label,
				chosen: filter === text,
				choice: {kind: 'query', text, ...(scope && {scope})},
			});
			const jobsIn = (phase: Phase) =>
				query(`${phase} jobs`, inPhase(phase), isEnd(phase) ? {...known.scope, ended: true} : undefined);
			return [
				...scopes.map(
					([label, scope]): MenuItem => ({
						label,
						chosen: !byQuery && scope.everyone === known.scope.everyone && scope.ended === known.scope.ended,
						choice: {kind: 'scope', scope, clearsFilter: byQuery},
					}),
				),
				...firstPhases.map(jobsIn),
				query('jobs that are being cancelled', cancelling),
				...saved.map(({name, text}) => query(`${name}:  ${text}`, text)),
				...otherPhases.map(jobsIn),
			];
		},
	},
};

const usualHint = (state: State): string =>
	`${keyWord(state, 'choose')} chooses, ${keyWord(state, 'close-menu')} closes`;

export const menuLines = (
	state: State,
	{menu, index}: {readonly menu: MenuName; readonly index: number},
	canvas: Canvas,
): readonly Line[] => {
	const {height} = canvas;
	const {title, items, hint = usualHint} = menus[menu];
	const all = items(state).map(({label, chosen, note = 'now'}, place): Line => {
		const here = place === index;
		const words = `${here ? '>' : ' '} ${label}${chosen ? `  (${note})` : ''}`;
		return here ? withCursor([span(words, 'strong')]) : [span(words)];
	});
	const keys = {down: 'menu-down', up: 'menu-up'} as const;
	const listed = listLines(all, {index, room: Math.max(1, height - 3)}, keys, state);
	return framed(title, [...listed, [span(hint(state), 'dim')]], canvas);
};

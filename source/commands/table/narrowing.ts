import type {Scope} from '../../engine/protocol.ts';
import {keyWord} from '../../keys/words.ts';
import type {Sort} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {
	chooseColumns,
	closeOverlay,
	filterBy,
	listOutcomes,
	narrowTo,
	openList,
	openOverlay,
	scrollAcross,
	showOnlyMarked,
	sortTable,
	type Transition,
	thaw,
	turnWide,
} from '../../state/transitions.ts';
import {reversed, sortBy, sortInstead} from '../../table/sorting.ts';
import {sortableColumns, tableColumns} from '../../table/table-columns.ts';
import {type Choice, menus} from '../../view-models/overlays/menus.ts';
import type {CommandContext, CommandDefinition, CommandQuestion} from '../command.ts';
import {openFrom} from '../detail/show-detail.ts';
import {editText, gapAfter} from '../keys/typing.ts';
import {menuCommands} from '../menus.ts';
import {closeRange, rememberView} from '../program/acts.ts';
import {rememberQuery} from './finding.ts';
import {keepView} from './keep-view.ts';

const chooseAt = ({state, store}: CommandContext) => {
	const {overlay} = state.screen;
	if (overlay?.kind !== 'menu') return;
	const choice = menus[overlay.menu].items(state)[overlay.index]?.choice;
	if (choice?.kind !== 'columns') store.change(closeOverlay);
	if (choice) choose(store, choice);
};

const choose = (store: CommandContext['store'], choice: Choice) => {
	switch (choice.kind) {
		case 'sort':
			return sortAs(store, choice.sort);
		case 'columns':
			store.change(chooseColumns(choice.columns));
			return keepView(store);
		case 'open':
			return openFrom(store, choice.ref);
		case 'outcomes':
			return store.change(listOutcomes(choice.outcomes));
		case 'query':
			if (choice.scope) showScope(store, choice.scope);
			return narrow(store, filterBy(choice.text));
		case 'scope':
			if (choice.clearsFilter) narrow(store, filterBy(''));
			return showScope(store, choice.scope);
	}
};

/** Changes the order, also for the next session. */
const sortAs = (store: CommandContext['store'], sort: Sort) => {
	store.change(sortTable(sort));
	keepView(store);
};

/** Sorts by this column as its entry in the menu does, if it can: again reverses the order. */
export const sortByTitle = ({state, store}: Pick<CommandContext, 'state' | 'store'>, id: string): void => {
	if (sortableColumns(state).some(column => column.id === id)) sortAs(store, sortBy(state.screen.sort, id));
};

/** Changes the scope, and unfreezes the rows so that the new jobs are visible. */
const showScope = (store: CommandContext['store'], scope: Scope) => {
	store.change(thaw, openList);
	store.send({type: 'scope', scope});
};

/** Opens a menu at its current choice. */
export const openMenu = ({state, store}: CommandContext, menu: keyof typeof menus) => {
	const index = menus[menu].items(state).findIndex(({chosen}) => chosen);
	store.change(openOverlay({kind: 'menu', menu, index: Math.max(0, index)}));
};

/** Sorts by the next or previous column. */
const sortBeside = ({state, store}: CommandContext, by: number) => {
	const sortable = sortableColumns(state);
	const {sort} = state.screen;
	const place = sortable.findIndex(({id}) => id === sort.column);
	const next = sortable[(((place + by) % sortable.length) + sortable.length) % sortable.length];
	if (next) sortAs(store, sortInstead(sort, next.id));
};

/** Shows other jobs; this can be undone. */
const narrow = (store: CommandContext['store'], transition: Transition) => {
	const {screen} = store.getState();
	store.change(transition, showOnlyMarked(false));
	rememberView(store, screen);
};

const notWide = (state: State): string =>
	`${keyWord(state, 'wide')} gives each column its full width; every column that fits is shown`;

const profileAt = ({state, key, argument}: CommandQuestion) =>
	argument === undefined
		? state.known.profiles[Number(key) - 1]
		: state.known.profiles.find(({name}) => name === argument);

export const narrowingCommands: readonly CommandDefinition[] = [
	{
		id: 'filter',
		label: 'filter',
		help: 'Filter the jobs: words in ref, name, owner or status (mesh|heat: either), or fields such as name~mesh state:running age>2h -owner:bob.',
		footer: 5,
		byName: {argument: {what: 'words'}},
		run({state, store, argument}) {
			if (argument !== undefined) return narrow(store, filterBy(argument));
			const {filter} = state.screen;
			store.change(
				filterBy(filter + gapAfter(filter)),
				openOverlay({kind: 'filter', before: filter}),
				showOnlyMarked(false),
			);
		},
	},
	{
		id: 'leave-filter',
		label: 'keep the filter',
		help: 'Go back to the table and keep the filter; {widen} there clears it.',
		footer: 1,
		run({state, store}) {
			const {overlay, only, filter} = state.screen;
			store.change(filterBy(filter.trim()), closeOverlay);
			rememberQuery(store, filter);
			if (overlay?.kind === 'filter')
				rememberView(store, {filter: overlay.before, ...(only !== undefined && {only})});
		},
	},
	{
		id: 'rub-out',
		label: 'delete',
		help: 'Delete the last character.',
		run: ({store, times}) => editText(store, text => Array.from(text).slice(0, -times).join('')),
	},
	{
		id: 'rub-out-all',
		label: 'clear',
		help: 'Clear the text.',
		run: ({store}) => editText(store, () => ''),
	},
	{
		id: 'rub-out-word',
		label: 'delete word',
		help: 'Delete the last word.',
		run: ({store}) => editText(store, text => text.replace(/\S*\s*$/, '')),
	},
	{
		id: 'widen',
		label: 'clear',
		help: 'End a range; leave the marked jobs; clear the filter; show every profile again. Marks stay.',
		goesOnWithRange: true,
		run({state: {screen}, store}) {
			if (screen.range) return closeRange(store);
			if (screen.onlyMarked) return store.change(showOnlyMarked(false));
			narrow(store, screen.filter ? filterBy('') : narrowTo(undefined));
		},
	},
	{
		id: 'sort',
		label: 'sort',
		help: 'Choose the sort column; the previous one breaks ties. Choosing the same column again reverses the order.',
		footer: 6,
		byName: {argument: {what: 'column', choices: state => sortableColumns(state).map(({id}) => id)}},
		run(context) {
			const {argument, store} = context;
			if (argument === undefined) openMenu(context, 'sort');
			else sortAs(store, sortInstead(context.state.screen.sort, argument));
		},
	},
	{
		id: 'reverse',
		label: 'reverse',
		help: 'Reverse the order.',
		run({state, store}) {
			sortAs(store, reversed(state.screen.sort));
		},
	},
	{
		id: 'sort-right',
		label: 'sort right',
		help: 'Sort by the next column.',
		run: context => sortBeside(context, context.times),
	},
	{
		id: 'sort-left',
		label: 'sort left',
		help: 'Sort by the previous column.',
		run: context => sortBeside(context, -context.times),
	},
	{
		id: 'columns',
		label: 'columns',
		help: 'Choose the columns of the table.',
		run: ({store}) => store.change(openOverlay({kind: 'menu', menu: 'columns', index: 0})),
	},
	{
		id: 'wide',
		label: 'wide',
		help: 'Show every column in full width, or fit the columns to the screen.',
		run({store}) {
			store.change(turnWide);
			keepView(store);
		},
	},
	{
		id: 'columns-right',
		label: 'columns right',
		help: 'On a wide table, show the columns further right.',
		unavailable({state}) {
			if (!state.screen.wide) return notWide(state);
			const {fitted, after} = tableColumns(state);
			if (fitted.every(({column}) => column.dropOrder === 0))
				return 'this screen has no room for another column';
			return after > 0 ? undefined : 'this is the last column';
		},
		run: ({state, store, times}) => {
			const {before, after} = tableColumns(state);
			store.change(scrollAcross(before + Math.min(times, after)));
		},
	},
	{
		id: 'columns-left',
		label: 'columns left',
		help: 'On a wide table, show the columns further left.',
		unavailable({state}) {
			if (!state.screen.wide) return notWide(state);
			return tableColumns(state).before > 0 ? undefined : 'this is the first column';
		},
		run: ({state, store, times}) => store.change(scrollAcross(tableColumns(state).before - times)),
	},
	{
		id: 'scope',
		label: 'which jobs',
		help: 'Choose which jobs to show: your own or all, active or ended, in one state, being cancelled, or a saved filter.',
		footer: 7,
		run: context => openMenu(context, 'scope'),
	},
	{
		id: 'only',
		label: 'one profile',
		help: 'Show only the jobs of one profile.',
		byName: {
			names: ['profile'],
			argument: {
				what: 'profile',
				needed: true,
				choices: ({known}) => known.profiles.map(({name}) => name),
			},
		},
		unavailable: context => (profileAt(context) ? undefined : `there is no profile ${context.key}`),
		run: context => narrow(context.store, narrowTo(profileAt(context)?.name)),
	},
	{
		id: 'all',
		label: 'all profiles',
		help: 'Show the jobs of all profiles.',
		run: ({store}) => narrow(store, narrowTo(undefined)),
	},
	{
		id: 'choose',
		label: 'choose',
		help: 'Choose this one.',
		footer: 1,
		run: chooseAt,
	},
	...menuCommands('menu', {
		footer: 2,
		next: 'Go to the next one.',
		previous: 'Go to the previous one.',
		close: 'Close the menu; nothing changes.',
		length({state}) {
			const {overlay} = state.screen;
			return overlay?.kind === 'menu' ? menus[overlay.menu].items(state).length : 0;
		},
	}),
];

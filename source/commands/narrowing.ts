import {columns} from '../view-models/columns.ts';
import {type Choice, menus} from '../view-models/menus.ts';
import {endRange, rememberView} from './acts.ts';
import type {Command, CommandContext, CommandQuestion} from './command.ts';
import {openFrom} from './show-detail.ts';
import {editText} from './typing.ts';

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

const chooseAt = ({state, store}: CommandContext) => {
	const {overlay} = state.screen;
	if (overlay?.kind !== 'menu') return;
	const choice = menus[overlay.menu].items(state)[overlay.index]?.choice;
	store.change({overlay: undefined});
	if (choice) choose(store, choice);
};

const choose = (store: CommandContext['store'], choice: Choice) => {
	if (choice.kind === 'sort') store.change({sort: choice.sort});
	else if (choice.kind === 'open') openFrom(store, choice.ref);
	else store.send({type: 'scope', scope: choice.scope});
};

const moveInMenu = ({state, store}: CommandContext, by: number) => {
	const {overlay} = state.screen;
	if (overlay?.kind !== 'menu') return;
	const last = menus[overlay.menu].items(state).length - 1;
	store.change({overlay: {...overlay, index: Math.max(0, Math.min(last, overlay.index + by))}});
};

const openMenu = ({state, store}: CommandContext, menu: keyof typeof menus) => {
	const index = menus[menu].items(state).findIndex(({chosen}) => chosen);
	store.change({overlay: {kind: 'menu', menu, index: Math.max(0, index)}});
};

/** Another column sorts: the next one, or the one before. */
const sortBeside = ({state, store}: CommandContext, by: number) => {
	const sortable = columns.filter(({compare}) => compare !== undefined);
	const place = sortable.findIndex(({id}) => id === state.screen.sort.column);
	const next = sortable[(place + by + sortable.length) % sortable.length];
	if (next) store.change({sort: {column: next.id, descending: false}});
};

/** Shows other jobs, which can be undone. */
const narrow = (
	store: CommandContext['store'],
	view: {readonly filter?: string; readonly only?: string | undefined},
) => {
	const {screen} = store.getState();
	store.change({...view, onlyMarked: undefined});
	rememberView(store, screen);
};

const profileAt = ({state, key}: CommandQuestion) => state.known.profiles[Number(key) - 1];

export const narrowingCommands: readonly Command[] = [
	{
		id: 'filter',
		scopes: ['table'],
		keys: ['/'],
		label: 'filter',
		help: 'Show only some jobs: words in ref, name, owner or status, or fields as in state:running age>2h -owner:bob.',
		footer: 5,
		run: ({state, store}) =>
			store.change({overlay: {kind: 'filter', before: state.screen.filter}, onlyMarked: undefined}),
	},
	{
		id: 'leave-filter',
		scopes: ['filter'],
		keys: ['enter', 'escape'],
		label: 'keep the filter',
		help: 'Back to the table; the filter stays. Esc there clears it.',
		footer: 1,
		run({state, store}) {
			const {overlay, only} = state.screen;
			store.change({overlay: undefined});
			if (overlay?.kind === 'filter')
				rememberView(store, {filter: overlay.before, ...(only !== undefined && {only})});
		},
	},
	{
		id: 'rub-out',
		scopes: ['filter', 'mark', 'reason', 'number-box', 'typed-box'],
		keys: ['backspace', 'ctrl+h'],
		label: 'rub out',
		help: 'Take the last character away.',
		run: ({store, times}) => editText(store, text => Array.from(text).slice(0, -times).join('')),
	},
	{
		id: 'rub-out-all',
		scopes: ['filter', 'mark', 'reason', 'number-box', 'typed-box'],
		keys: ['ctrl+u'],
		label: 'clear',
		help: 'Take all that was typed away.',
		run: ({store}) => editText(store, () => ''),
	},
	{
		id: 'rub-out-word',
		scopes: ['filter', 'mark', 'reason'],
		keys: ['ctrl+w'],
		label: 'rub out a word',
		help: 'Take the last word away.',
		run: ({store}) => editText(store, text => text.replace(/\S*\s*$/, '')),
	},
	{
		id: 'widen',
		scopes: ['table'],
		keys: ['escape'],
		label: 'clear',
		help: 'End a range; leave the marked jobs; clear the filter; show every profile again. Marks stay.',
		goesOnWithRange: true,
		run({state: {screen}, store}) {
			if (screen.range) return endRange(store);
			if (screen.onlyMarked) return store.change({onlyMarked: undefined});
			narrow(store, screen.filter ? {filter: ''} : {only: undefined});
		},
	},
	{
		id: 'sort',
		scopes: ['table'],
		keys: ['s'],
		label: 'sort',
		help: 'Choose the column that sorts.',
		footer: 6,
		run: context => openMenu(context, 'sort'),
	},
	{
		id: 'reverse',
		scopes: ['table'],
		keys: ['S'],
		label: 'reverse',
		help: 'Turn the order round.',
		run({state, store}) {
			const {column, descending} = state.screen.sort;
			store.change({sort: {column, descending: !descending}});
		},
	},
	{
		id: 'sort-right',
		scopes: ['table'],
		keys: ['>'],
		label: 'sort right',
		help: 'Sort by the next column.',
		run: context => sortBeside(context, 1),
	},
	{
		id: 'sort-left',
		scopes: ['table'],
		keys: ['<'],
		label: 'sort left',
		help: 'Sort by the column before.',
		run: context => sortBeside(context, -1),
	},
	{
		id: 'scope',
		scopes: ['table'],
		keys: ['f'],
		label: 'which jobs',
		help: "Choose mine or everyone's, active ones or ended ones too.",
		footer: 7,
		run: context => openMenu(context, 'scope'),
	},
	{
		id: 'only',
		scopes: ['table'],
		keys: digits,
		label: 'one profile',
		help: 'Show only the jobs of that profile.',
		unavailable: context => (profileAt(context) ? undefined : `there is no profile ${context.key}`),
		run: context => narrow(context.store, {only: profileAt(context)?.name}),
	},
	{
		id: 'all',
		scopes: ['table'],
		keys: ['0'],
		label: 'all profiles',
		help: 'Show the jobs of all profiles.',
		run: ({store}) => narrow(store, {only: undefined}),
	},
	{
		id: 'choose',
		scopes: ['menu'],
		keys: ['enter', 'space'],
		label: 'choose',
		help: 'Choose this one.',
		footer: 1,
		run: chooseAt,
	},
	{
		id: 'menu-down',
		scopes: ['menu'],
		keys: ['j', 'down'],
		label: 'down',
		help: 'Go to the next one.',
		footer: 2,
		run: context => moveInMenu(context, context.times),
	},
	{
		id: 'menu-up',
		scopes: ['menu'],
		keys: ['k', 'up'],
		label: 'up',
		help: 'Go to the previous one.',
		footer: 3,
		run: context => moveInMenu(context, -context.times),
	},
	{
		id: 'close-menu',
		scopes: ['menu'],
		keys: ['escape', 'q'],
		label: 'close',
		help: 'Close the menu; nothing changes.',
		footer: 4,
		run: ({store}) => store.change({overlay: undefined}),
	},
];

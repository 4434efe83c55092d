import {closeOverlay, moveChoice} from '../state/transitions.ts';
import type {CommandContext, CommandDefinition} from './command.ts';

/** What differs between menus. */
type Menu = {
	/** The position of the first command in the footer; the others follow. */
	readonly footer: number;
	/** The help of each command. */
	readonly next: string;
	readonly previous: string;
	readonly close: string;
	/** The number of entries. */
	readonly length: (context: CommandContext) => number;
};

/** The commands of every menu: next entry, previous entry, close. */
export const menuCommands = (
	scope: 'actions' | 'copies' | 'menu' | 'profiles',
	{footer, next, previous, close, length}: Menu,
): readonly CommandDefinition[] => {
	const move = (context: CommandContext, by: number) => context.store.change(moveChoice(by, length(context)));
	return [
		{id: `${scope}-down`, label: 'down', help: next, footer, run: context => move(context, context.times)},
		{
			id: `${scope}-up`,
			label: 'up',
			help: previous,
			footer: footer + 1,
			run: context => move(context, -context.times),
		},
		{
			id: `close-${scope}`,
			label: 'close',
			help: close,
			footer: footer + 2,
			run: ({store}) => store.change(closeOverlay),
		},
	];
};

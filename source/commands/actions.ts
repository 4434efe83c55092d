/*
All actions on one job, with the reason if one is not available. Derived from the commands.
*/

import type {CommandScope} from '../keys/scope.ts';
import {keyLabel} from '../keys/words.ts';
import type {State} from '../state/state.ts';
import {closeOverlay, openOverlay, say} from '../state/transitions.ts';
import {lookAgain, noJobHere, subjectOf} from '../table/subject.ts';
import type {Command, CommandDefinition, CommandQuestion} from './command.ts';
import {menuCommands} from './menus.ts';

/** One line of the menu. */
export type Action = {
	readonly key: string;
	readonly label: string;
	/** Why the action is not available now. */
	readonly why?: string;
};

const menuOf = ({screen: {overlay}}: State) => (overlay?.kind === 'actions' ? overlay : undefined);

/** The actions for the open list or details, in order. */
const actionCommands = ({screen}: State, commands: readonly Command[]): readonly Command[] => {
	const places: readonly CommandScope[] = ['actions', screen.detail ? 'detail' : screen.pane];
	return commands
		.filter(({action, scopes}) => action !== undefined && scopes.some(scope => places.includes(scope)))
		.sort((a, b) => (a.action ?? 0) - (b.action ?? 0));
};

/** The menu names one job: an action that now concerns another job does nothing. */
const whyNot = (command: Command, question: CommandQuestion): string | undefined =>
	subjectOf(question.state) === menuOf(question.state)?.ref
		? command.unavailable?.({...question, oneJob: true})
		: lookAgain;

/** The actions on the job of the open menu. */
export const actionsOf = (state: State, commands: readonly Command[], now: number): readonly Action[] =>
	actionCommands(state, commands).map(command => {
		const [key = ''] = command.keys;
		const why = whyNot(command, {state, now, key});
		return {key: keyLabel(key), label: command.label, ...(why !== undefined && {why})};
	});

/** The same command, run from the menu: the menu closes, and the command applies to the menu's job. */
const fromMenu = (command: Command): Command => ({
	...command,
	unavailable: question => whyNot(command, question),
	run(context) {
		context.store.change(closeOverlay);
		command.run({
			...context,
			state: context.store.getState(),
			key: command.keys[0] ?? '',
			times: 1,
			oneJob: true,
		});
	},
});

/** The action of a key, while the menu is open. */
export const actionFor = (state: State, commands: readonly Command[], key: string): Command | undefined => {
	const command = actionCommands(state, commands).find(({keys}) => keys.includes(key));
	return command && fromMenu(command);
};

export const actionsCommands: readonly CommandDefinition[] = [
	{
		id: 'actions',
		label: 'actions',
		help: 'Show every action on this job, and why some are not available.',
		footer: 8,
		unavailable: ({state}) => (subjectOf(state) === undefined ? noJobHere(state) : undefined),
		run({state, store}) {
			const ref = subjectOf(state);
			if (ref !== undefined) store.change(openOverlay({kind: 'actions', ref, index: 0}));
		},
	},
	{
		id: 'act',
		label: 'do it',
		help: 'Run the action under the cursor; the key beside it does the same.',
		footer: 1,
		run(context) {
			const {state, now, store, commands} = context;
			const command = actionCommands(state, commands)[menuOf(state)?.index ?? 0];
			if (!command) return;
			const [key = ''] = command.keys;
			const why = whyNot(command, {state, now, key});
			if (why !== undefined) store.change(say(`${keyLabel(key)}: ${why}`));
			else fromMenu(command).run(context);
		},
	},
	...menuCommands('actions', {
		footer: 2,
		next: 'Go to the next action.',
		previous: 'Go to the previous action.',
		close: 'Close the actions without running one.',
		length: ({state, commands}) => actionCommands(state, commands).length,
	}),
];

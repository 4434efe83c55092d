/*
Commands by name, with `:`. A name can do nothing that a key cannot: it has the same checks and questions.
*/

import type {CommandScope} from '../../keys/scope.ts';
import {keyWord} from '../../keys/words.ts';
import type {CommandLine} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {closeOverlay, openOverlay, say} from '../../state/transitions.ts';
import {marksCount} from '../../table/marks.ts';
import {lookAgain, subjectOf} from '../../table/subject.ts';
import {didYouMean} from '../../text/nearest.ts';
import type {Completion} from '../../view-models/overlays/command-line.ts';
import {
	type Command,
	type CommandContext,
	type CommandDefinition,
	ignoredTogether,
	scopeBelow,
	scopesFrom,
} from '../command.ts';

const lineOf = ({screen: {overlay}}: State): CommandLine | undefined =>
	overlay?.kind === 'command' ? overlay : undefined;

const namesOf = ({id, byName}: Command): readonly string[] => [id, ...(byName?.names ?? [])];

/** Whether it can be run by name without an overlay. */
const isHere = (command: Command, state: State): boolean => {
	const {scopes, byName, action, id} = command;
	if (id === 'command') return false;
	const places: readonly CommandScope[] = [...scopesFrom(scopeBelow(state)), 'anywhere'];
	if (byName?.everywhere || scopes.some(scope => places.includes(scope))) return true;
	// Commands that only the menu of a job offers.
	return action !== undefined && scopes.includes('actions');
};

const commandsHere = (state: State, commands: readonly Command[]) =>
	commands.filter(command => isHere(command, state));

/** The name and its argument. */
const split = (text: string): {readonly name: string; readonly argument?: string} => {
	const [, name = '', rest] = /^\s*:?(\S*)(?:\s+(.*))?$/s.exec(text) ?? [];
	const argument = rest?.trim();
	return {name, ...(argument && {argument})};
};

const named = (name: string, commands: readonly Command[]): Command | undefined =>
	commands.find(command => namesOf(command).includes(name)) ??
	commands.find(command => namesOf(command).some(each => each.toLowerCase() === name.toLowerCase()));

/** Completions of the typed text, first those that begin with it. */
const completions = (state: State, commands: readonly Command[], text: string): readonly Completion[] => {
	const here = commandsHere(state, commands);
	if (!/^\s*:?\S+\s/.test(text)) {
		const {name} = split(text);
		const typed = name.toLowerCase();
		const all = here.flatMap(command => namesOf(command).map(each => ({text: each, help: command.help})));
		const begin = all.filter(each => each.text.toLowerCase().startsWith(typed));
		const hold = all.filter(each => !begin.includes(each) && each.text.toLowerCase().includes(typed));
		return [...begin, ...hold];
	}
	const {name, argument = ''} = split(text);
	const command = named(name, here);
	const choices = command?.byName?.argument?.choices?.(state) ?? [];
	return choices
		.filter(choice => choice.toLowerCase().startsWith(argument.toLowerCase()))
		.map(choice => ({text: `${name} ${choice}`, help: ''}));
};

/** Completions of the open line. After a Tab, those of the text before it. */
export const completionsOf = (
	state: State,
	commands: readonly Command[],
	{text, completed}: CommandLine,
): readonly Completion[] => completions(state, commands, completed?.stem ?? text);

/** Inserts the next or the previous completion. */
const complete = ({state, store, commands}: CommandContext, by: number) => {
	const line = lineOf(state);
	if (!line) return;
	const all = completionsOf(state, commands, line);
	if (all.length === 0) return store.change(say('no completions'));
	const before = line.completed?.index ?? (by > 0 ? -1 : 0);
	const index = (before + by + all.length * 2) % all.length;
	const {recalled: _recalled, ...rest} = line;
	const stem = line.completed?.stem ?? line.text;
	const text = all[index]?.text ?? line.text;
	// The only completion is complete: its argument follows.
	if (all.length === 1) return store.change(openOverlay({...withoutCompletion(rest), text: `${text} `}));
	store.change(openOverlay({...rest, text, completed: {stem, index}}));
};

const withoutCompletion = ({completed: _completed, ...rest}: CommandLine): CommandLine => rest;

/** Inserts an earlier line, or restores the typed text. */
const recall = ({state, store}: CommandContext, by: number) => {
	const line = lineOf(state);
	if (!line) return;
	const {history} = state.known;
	const {back, draft} = line.recalled ?? {back: 0, draft: line.text};
	const next = Math.max(0, Math.min(history.length, back + by));
	const {recalled: _recalled, ...rest} = withoutCompletion(line);
	const text = next === 0 ? draft : (history.at(-next) ?? draft);
	store.change(openOverlay({...rest, text, ...(next > 0 && {recalled: {back: next, draft}})}));
};

/** Why this cannot be run by name; undefined if it can be tried. */
const whyNotArgument = (
	{byName}: Command,
	argument: string | undefined,
	state: State,
): string | undefined => {
	const takes = byName?.argument;
	if (argument === undefined) {
		const choices = takes?.choices?.(state) ?? [];
		const which = choices.length > 0 ? `: ${choices.join(', ')}` : '';
		return takes?.needed ? `name a ${takes.what}${which}` : undefined;
	}
	if (!takes) return `it takes no argument, such as ${argument}`;
	const choices = takes.choices?.(state);
	if (!choices || choices.includes(argument)) return undefined;
	return takes.range?.(argument) ?? `there is no ${takes.what} ${argument}; ${didYouMean(argument, choices)}`;
};

/** Runs the typed line. */
const run = (context: CommandContext) => {
	const {state, store, commands} = context;
	const line = lineOf(state);
	if (!line) return;
	store.change(closeOverlay);
	const text = line.text.trim().replace(/^:+/, '').trim();
	if (text === '') return;
	store.send({type: 'remember-command', line: text});
	const {name, argument} = split(text);
	const here = commandsHere(store.getState(), commands);
	const command = named(name, here);
	if (!command) return store.change(say(`:${name}: ${whyNotHere(state, name, here, commands)}`));
	const oneJob = command.scopes.every(scope => scope === 'actions');
	const asked: CommandContext = {
		...context,
		state: store.getState(),
		key: command.keys[0] ?? '',
		times: 1,
		...(argument !== undefined && {argument}),
		...(oneJob && {oneJob: true as const}),
	};
	const aboutRow = command.action !== undefined && (oneJob || !marksCount(asked.state));
	const moved = aboutRow && subjectOf(asked.state) !== line.subject ? lookAgain : undefined;
	const why = moved ?? whyNotArgument(command, argument, asked.state) ?? command.unavailable?.(asked);
	if (why !== undefined) store.change(say(`:${name}: ${why}`));
	else command.run(asked);
};

const whyNotHere = (
	state: State,
	name: string,
	here: readonly Command[],
	commands: readonly Command[],
): string => {
	const elsewhere = named(name, commands);
	if (elsewhere) return `not available here, only in: ${elsewhere.scopes.join(', ')}`;
	return `there is no such command; ${nearestName(state, name, here)}`;
};

const nearestName = (state: State, name: string, here: readonly Command[]): string => {
	const hint = didYouMean(name, here.flatMap(namesOf));
	// A hundred names are not helpful.
	return hint.startsWith('did') ? hint : `${keyWord(state, 'complete-name')} shows all`;
};

export const namingCommands: readonly CommandDefinition[] = [
	{
		id: 'command',
		label: 'command',
		help: 'Run a command by name; {complete-name} completes it, {earlier-command} recalls earlier ones.',
		run({state, store}) {
			const subject = subjectOf(state);
			store.change(openOverlay({kind: 'command', text: '', ...(subject !== undefined && {subject})}));
		},
	},
	{
		id: 'run-command',
		label: 'do it',
		help: 'Run the command, exactly as its key would.',
		footer: 1,
		// Keys in one event may be a paste that the terminal did not mark.
		unavailable: question => (question.together ? ignoredTogether : undefined),
		run,
	},
	{
		id: 'complete-name',
		label: 'complete',
		help: 'Complete with the next suggestion.',
		footer: 2,
		run: context => complete(context, context.times),
	},
	{
		id: 'complete-name-back',
		label: 'previous match',
		help: 'Complete with the previous suggestion.',
		run: context => complete(context, -1),
	},
	{
		id: 'earlier-command',
		label: 'earlier',
		help: 'Recall an earlier command, also from earlier sessions.',
		footer: 3,
		run: context => recall(context, context.times),
	},
	{
		id: 'later-command',
		label: 'later',
		help: 'Recall a later command.',
		run: context => recall(context, -context.times),
	},
	{
		id: 'leave-command',
		label: 'leave',
		help: 'Close without running anything.',
		footer: 4,
		run: ({store}) => store.change(closeOverlay),
	},
];

import {type Command, type CommandScope, scopesFrom} from './command.ts';
import {commandFor} from './dispatch.ts';
import {keyLabel} from './keys.ts';

/** The hints for whoever has the keyboard, the most used first. */
export const footerHints = (commands: readonly Command[], scope: CommandScope): readonly string[] =>
	scopesFrom(scope).flatMap(where =>
		commands
			.filter(command => command.scopes.includes(where) && command.footer !== undefined)
			.filter(command => where === scope || commandFor(commands, scope, command.keys[0]) === command)
			.sort((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
			.map(({keys, label}) => `${keyLabel(keys[0])} ${label}`),
	);

const titles: readonly (readonly [scope: CommandScope, title: string])[] = [
	['table', 'The table'],
	['detail', 'A job in full'],
	['log', 'The log of a job; what is not here, as a job in full'],
	['find', 'What is looked for in a log, while it is typed'],
	['cancellations', 'The cancellations'],
	['box', 'The question before a cancellation'],
	['number-box', "The question about many jobs, or somebody else's"],
	['typed-box', 'The question where the profile is protected'],
	['reason', 'The reason, while it is typed'],
	['box-list', 'Everything that the question is about'],
	['actions', 'What can be done about a job'],
	['delete-box', 'The question before a job is deleted'],
	['filter', 'The filter, while it is typed'],
	['mark', 'Which jobs to mark, while it is typed'],
	['menu', 'A menu'],
	['help', 'This help'],
	['anywhere', 'Anywhere'],
];

export type HelpEntry = {readonly id: string; readonly keys: string; readonly help: string};
export type HelpSection = {
	readonly scope: CommandScope;
	readonly title: string;
	readonly entries: readonly HelpEntry[];
};

/** `1` to `9` for nine keys in a row. */
const keyWords = (keys: readonly string[]): string =>
	keys.length > 4
		? `${keyLabel(keys[0] ?? '')}-${keyLabel(keys.at(-1) ?? '')}`
		: keys.map(keyLabel).join(' ');

/** All commands, in sections. */
export const helpSections = (commands: readonly Command[]): readonly HelpSection[] =>
	titles.map(([scope, title]) => ({
		scope,
		title,
		entries: commands
			.filter(({scopes}) => scopes.includes(scope))
			.map(({id, keys, help}) => ({id, keys: keyWords(keys), help})),
	}));

/** The keys as a Markdown table, one row a command. */
export const keyTable = (commands: readonly Command[]): string =>
	[
		'| keys | where | what |',
		'| --- | --- | --- |',
		...commands.map(
			({keys, scopes, help}) =>
				`| ${keys.length > 4 ? `\`${keys[0]}\`-\`${keys.at(-1)}\`` : keys.map(key => `\`${keyLabel(key)}\``).join(' ')} | ${scopes.join(', ')} | ${help} |`,
		),
	].join('\n');

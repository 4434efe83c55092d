import type {CommandScope} from '../../keys/scope.ts';
import {keyLabel} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {type Command, commandFor, scopeOf, scopesFrom} from '../command.ts';

/** The hints for the scope that has the keyboard, the most used first. A key that can do nothing now gives its place to the next one. */
export const footerHints = (commands: readonly Command[], state: State, now: number): readonly string[] => {
	const scope = scopeOf(state);
	return scopesFrom(scope).flatMap(where =>
		commands
			.filter(command => command.scopes.includes(where) && command.footer !== undefined)
			.flatMap(command => {
				const [key] = command.keys;
				const isReached =
					key !== undefined && (where === scope || commandFor(commands, scope, key) === command);
				return isReached && command.unavailable?.({state, now, key}) === undefined ? [{...command, key}] : [];
			})
			.sort((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
			.map(({key, label, hint}) => `${keyLabel(key)} ${hint?.(state) ?? label}`),
	);
};

const titles: readonly (readonly [scope: CommandScope, title: string])[] = [
	['table', 'The table'],
	['detail', 'Job details'],
	['log', 'The log of a job; other keys as in job details'],
	['find', 'The search in a log, while you type'],
	['cancellations', 'The cancellations'],
	['box', 'The question before a cancellation'],
	['number-box', "The question about many jobs, or somebody else's"],
	['typed-box', 'The question about a protected profile'],
	['reason', 'The reason, while you type'],
	['box-list', 'The list of all jobs in the question'],
	['actions', 'The actions on a job'],
	['delete-box', 'The question before a job is deleted'],
	['dismiss-box', 'The question before several jobs are dismissed'],
	['filter', 'The filter, while you type'],
	['mark', 'Marking by filter, while you type'],
	['menu', 'A menu'],
	['copies', 'Copying'],
	['profiles', 'The profiles'],
	['help', 'This help'],
	['help-find', 'The search in the help, while you type'],
	['command', 'A command, while you type'],
	['anywhere', 'Anywhere'],
];

type HelpEntry = {readonly id: string; readonly keys: string; readonly help: string};
export type HelpSection = {
	readonly scope: CommandScope;
	readonly title: string;
	readonly entries: readonly HelpEntry[];
};

/** `1` to `9` for nine keys in a row; a command without a key is shown by its name. */
const keyWords = ({keys, id, byName}: Command, label: (text: string) => string): string => {
	if (keys.length === 0)
		return label(`:${[byName?.names?.[0] ?? id, argumentWord(byName)].join(' ').trim()}`);
	return keys.length > 4
		? `${label(keyLabel(keys[0] ?? ''))}-${label(keyLabel(keys.at(-1) ?? ''))}`
		: keys.map(key => label(keyLabel(key))).join(' ');
};

const argumentWord = (byName: Command['byName']): string => byName?.argument?.what.toUpperCase() ?? '';

/** The commands that the footer names, those used most first, and help and quit: enough to begin with. */
const firstKeys = (commands: readonly Command[], scope: CommandScope): HelpSection => ({
	scope,
	title: `${titles.find(([each]) => each === scope)?.[1] ?? ''}: the keys to begin with`,
	entries: commands
		.filter(
			({id, scopes, footer}) =>
				(scopes.includes(scope) && footer !== undefined) || id === 'help' || id === 'quit',
		)
		.sort((a, b) => (a.footer ?? 100) - (b.footer ?? 100))
		.map(entryOf),
});

const entryOf = (command: Command): HelpEntry => ({
	id: command.id,
	keys: keyWords(command, text => text),
	help: command.help,
});

/** All commands in sections, the given scope first, after the keys to begin with there; during a search, only those that contain `find`. */
export const helpSections = (
	commands: readonly Command[],
	first?: CommandScope,
	find = '',
): readonly HelpSection[] => {
	const search = find.trim().toLowerCase();
	const order = first === undefined ? [] : scopesFrom(first);
	const place = (scope: CommandScope) => (order.includes(scope) ? order.indexOf(scope) : order.length);
	const sections = [...titles]
		.sort(([a], [b]) => place(a) - place(b))
		.map(([scope, title]) => ({
			scope,
			title,
			entries: commands
				.filter(({scopes}) => scopes.includes(scope))
				.map(entryOf)
				.filter(({id, keys, help}) => `${keys} ${id} ${help}`.toLowerCase().includes(search)),
		}))
		.filter(({entries}) => entries.length > 0 || search === '');
	return first === undefined || search !== '' ? sections : [firstKeys(commands, first), ...sections];
};

/** The keys as a Markdown table, one row a command. */
export const keyTable = (commands: readonly Command[]): string =>
	[
		'| keys | name | where | what |',
		'| --- | --- | --- | --- |',
		...commands.map(
			command =>
				`| ${keyWords(command, text => `\`${text}\``)} | ${nameWords(command)} | ${command.scopes.join(', ')} | ${command.help.replaceAll('|', '\\|')} |`,
		),
	].join('\n');

/** Its name with `:`, and in the configuration. */
const nameWords = ({id, byName}: Command): string =>
	[id, ...(byName?.names ?? [])].map(name => `\`${name}\``).join(' ');

/** The argument after its name, for programs. */
export const argumentWords = ({byName}: Command): {readonly argument?: string} =>
	byName?.argument ? {argument: byName.argument.what} : {};

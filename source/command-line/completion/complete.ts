/*
Completions for Tab: from the commands, and from what `completion/values.ts` finds. Only a word of that kind loads the configuration and the backends.
*/
import type {Argument, Command, Option} from 'commander';
import {defaultOf} from '../definitions/definition.ts';
import type {Console} from '../output/console.ts';
import type {Candidate, Place} from './place.ts';

/** As the only line, it makes the shell offer files. */
const files: readonly Candidate[] = [[':files', '']];

const fittingCandidates = async (
	program: Command,
	words: readonly string[],
): Promise<readonly Candidate[]> => {
	const current = words.at(-1) ?? '';
	const candidates = await candidatesFor(placeOf(program, words.slice(0, -1)), current);
	return candidates === files ? files : candidates.filter(([word]) => word.startsWith(current));
};

/** Prints the completions of the last word, one per line, with a tab before the description. */
export const complete = async (
	program: Command,
	words: readonly string[],
	console: Console,
): Promise<number> => {
	const candidates = await fittingCandidates(program, words);
	console.data(candidates.map(([word, about]) => `${word}\t${about}\n`).join(''));
	return 0;
};

/** The same for a whole command line, as tcsh has it in `COMMAND_LINE`: words alone, and no files, which tcsh does not take from a program. */
export const completeLine = async (program: Command, line: string, console: Console): Promise<number> => {
	const candidates = await fittingCandidates(program, line.trimStart().split(/\s+/).slice(1));
	console.data(candidates.map(([word]) => (candidates === files ? '' : `${word}\n`)).join(''));
	return 0;
};

const placeOf = (program: Command, words: readonly string[]): Place => {
	let command = program;
	let option: Option | undefined;
	let position = 0;
	let config: string | undefined;
	const profiles: string[] = [];
	const take = (known: Option | undefined, value: string) => {
		if (known?.long === '--config') config = value;
		if (known?.long === '--profile') profiles.push(value);
	};
	for (const word of words) {
		if (option) {
			take(option, word);
			option = undefined;
			continue;
		}
		if (word.startsWith('-') && word !== '-') {
			const [name = '', value] = word.split(/=(.*)/s);
			const known = optionsOf(command).find(({long, short}) => name === long || name === short);
			if (value !== undefined) take(known, value);
			else if (known?.required) option = known;
			continue;
		}
		const below = position === 0 ? commandsOf(command).find(one => isNamed(one, word)) : undefined;
		if (below) command = below;
		else position++;
	}
	const path = pathOf(command).map(one => one.name());
	return {
		command,
		position,
		embedded: path.includes('demo'),
		flags: {...(config !== undefined && {config}), ...(profiles.length > 0 && {profiles})},
		...(option && {option}),
	};
};

const isNamed = (command: Command, word: string): boolean =>
	command.name() === word || command.aliases().includes(word);

const pathOf = (command: Command): readonly Command[] =>
	command.parent ? [...pathOf(command.parent), command] : [command];

const optionsOf = (command: Command): readonly Option[] => {
	const own = defaultOf(command);
	return [...pathOf(command), ...(own ? [own] : [])].flatMap(one => [
		...one.createHelp().visibleOptions(one),
	]);
};

const commandsOf = (command: Command): readonly Command[] => command.createHelp().visibleCommands(command);

const candidatesFor = async (place: Place, current: string): Promise<readonly Candidate[]> => {
	const {command, option, position} = place;
	if (option) return valuesOf(option, place, current);
	if (current.startsWith('-')) {
		const [name = '', value] = current.split(/=(.*)/s);
		const known = optionsOf(command).find(({long}) => long === name);
		if (value !== undefined && known) {
			const values = await valuesOf(known, place, value);
			return values === files ? files : values.map(([word, about]) => [`${name}=${word}`, about]);
		}
		// Several commands of a path may have the same option, such as --help.
		const byName = new Map(optionsOf(command).map(each => [each.long ?? each.short ?? '', each.description]));
		return [...byName];
	}
	const below: readonly Candidate[] =
		position === 0 ? commandsOf(command).map(one => [one.name(), one.description()]) : [];
	if (below.length > 0) return below;
	const expected = command.registeredArguments;
	const last = expected.at(-1);
	const argument = expected[position] ?? (last?.variadic ? last : undefined);
	return argument ? wordsOf(argument, place, current) : [];
};

const values = () => import('./values.ts');

const valuesOf = async (option: Option, place: Place, current: string): Promise<readonly Candidate[]> => {
	if (option.argChoices) return option.argChoices.map(choice => [choice, '']);
	switch (option.long) {
		case '--profile':
		case '--protected':
			return (await values()).profilesFor(place);
		case '--query':
			return (await values()).queryWords(place, current);
		case '--systems':
			return (await values()).systemsOfDemo(current);
		case '--config':
		case '--from':
		case '--log-file':
			return files;
		default:
			return [];
	}
};

const wordsOf = async (argument: Argument, place: Place, current: string): Promise<readonly Candidate[]> => {
	if (argument.argChoices) return argument.argChoices.map(choice => [choice, '']);
	switch (argument.name()) {
		case 'ref':
			return (await values()).refsFor(place);
		case 'query':
			return (await values()).queryWords(place, current);
		case 'name':
			return (await values()).profilesFor(place);
		case 'command':
			return place.command.name() === 'help'
				? commandsOf(place.command.parent ?? place.command).map(one => [one.name(), one.description()])
				: [];
		case 'number':
			return (await values()).batchesFor();
		default:
			return [];
	}
};

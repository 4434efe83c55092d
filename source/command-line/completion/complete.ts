/*
Completions for Tab: from the commands, and from the existing profiles, jobs and batches.
*/
import type {Argument, Command, Option} from 'commander';
import {backendKinds} from '../../backends/index.ts';
import {batchNumbers} from '../../cancellation/journal/batch-files.ts';
import {connectAll} from '../../config/connect.ts';
import {parseDuration} from '../../config/duration.ts';
import {type ConfigurationFlags, loadConfiguration} from '../../config/load.ts';
import type {ProfileSetting} from '../../config/profile-setting.ts';
import {createDismissals} from '../../engine/visibility/dismissals.ts';
import type {Job} from '../../job/job.ts';
import {systemClock} from '../../process/clock.ts';
import {stateDirectory} from '../../process/state-directory.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import {queryFields} from '../../table/query.ts';
import {outcomeWords, stateWords} from '../../table/query-values.ts';
import {defaultOf} from '../definitions/definition.ts';
import type {Console} from '../output/console.ts';

/** Milliseconds that Tab waits for job systems; `JOBTOP_COMPLETION_TIMEOUT` overrides it. */
const completionMs = 900;

/** A completion, and its description. */
type Candidate = readonly [word: string, about: string];

/** As the only line, it makes the shell offer files. */
const files: readonly Candidate[] = [[':files', '']];

/** The facts about the words before the completed one. */
type Place = {
	readonly command: Command;
	/** The option that needs a value. */
	readonly option?: Option;
	/** The index of the next argument. */
	readonly position: number;
	readonly flags: ConfigurationFlags;
	/** Whether the command is about the built-in job systems, which do not run now. */
	readonly embedded: boolean;
};

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

const valuesOf = async (option: Option, place: Place, current: string): Promise<readonly Candidate[]> => {
	if (option.argChoices) return option.argChoices.map(choice => [choice, '']);
	switch (option.long) {
		case '--profile':
		case '--protected':
			return profilesFor(place);
		case '--query':
			return queryWords(place, current);
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
			return refsFor(place);
		case 'query':
			return queryWords(place, current);
		case 'name':
			return profilesFor(place);
		case 'command':
			return place.command.name() === 'help'
				? commandsOf(place.command.parent ?? place.command).map(one => [one.name(), one.description()])
				: [];
		case 'number':
			return batchNumbers(stateDirectory(process.env)).map(number => [String(number), 'batch']);
		default:
			return [];
	}
};

const settingsFor = ({flags, embedded}: Place): readonly ProfileSetting[] => {
	if (embedded) return [];
	try {
		return loadConfiguration({env: process.env, flags}).profiles;
	} catch {
		// The command itself reports mistakes.
		return [];
	}
};

const profilesFor = ({flags: {config}, ...place}: Place): readonly Candidate[] =>
	settingsFor({...place, flags: config === undefined ? {} : {config}}).map(({name, entry}) => [
		name,
		entry.backend,
	]);

const queryWords = (place: Place, current: string): readonly Candidate[] => {
	const [, negated = '', field = ''] = /^(-?)(\w+):/.exec(current) ?? [];
	const values: Readonly<Record<string, () => readonly string[]>> = {
		state: () => stateWords,
		profile: () => profilesFor(place).map(([name]) => name),
		backend: () => backendKinds,
		outcome: () => outcomeWords,
	};
	if (field !== '') return (values[field]?.() ?? []).map(value => [`${negated}${field}:${value}`, '']);
	return queryFields.map(name => [`${name}:`, 'compares this field']);
};

/** The jobs that a command applies to. */
const scopes: Readonly<Record<string, (job: Job) => boolean>> = {
	cancel: ({terminal}) => !terminal,
	wait: ({terminal}) => !terminal,
	dismiss: ({terminal}) => terminal,
	delete: ({terminal}) => terminal,
};

/** A shell gives other characters a meaning of their own, and ids come from servers. */
const plain = /^[\w.~:@%+,=/-]+$/;

const refsFor = async (place: Place): Promise<readonly Candidate[]> => {
	const {command} = place;
	if (command.name() === 'restore') {
		const {hidden} = createDismissals(stateDirectory(process.env), systemClock.now);
		return [...hidden.keys()].filter(ref => plain.test(ref)).map(ref => [ref, 'dismissed']);
	}
	// A password manager may prompt its owner, and Tab must not cause a prompt.
	const settings = settingsFor(place).filter(({entry}) => !('token_command' in entry && entry.token_command));
	const {JOBTOP_COMPLETION_TIMEOUT: timeout} = process.env;
	const signal = AbortSignal.timeout((timeout && parseDuration(timeout)) || completionMs);
	const fits = scopes[command.name()] ?? (() => true);
	const ended = command.name() !== 'cancel' && command.name() !== 'wait';
	const pages = await Promise.all(
		connectAll(settings, process.env).map(({backend}) =>
			backend.listPage({everyone: false, ended, signal}).then(
				({jobs}) => jobs.filter(fits),
				// A job system that does not answer in time offers nothing.
				() => [],
			),
		),
	);
	return pages
		.flat()
		.filter(({ref}) => plain.test(ref))
		.map(job => [job.ref, `${stateInWords(job)} ${job.name}`]);
};

/*
The form of the files in this folder: one command, its options and its texts. The command itself is a file outside the folder, loaded when the command runs.
*/
import type {Command, OptionValues} from 'commander';
import {zoneNames} from '../../process/zone-names.ts';
import {didYouMean} from '../../text/nearest.ts';
import {nameZone} from '../../text/times.ts';
import {consoleFor, type DemoFlags, type GlobalOptions} from '../options.ts';
import {CommandError} from '../output/command-error.ts';
import type {Console} from '../output/console.ts';
import type {OpenSession} from '../session.ts';

/** The parsed command line. */
export type Asked = {
	readonly options: OptionValues & GlobalOptions & DemoFlags;
	/** The arguments of the command, in order. */
	readonly words: readonly unknown[];
	readonly console: Console;
	/** Opens the selected job systems. */
	readonly open: OpenSession;
};

/** Runs the command, and returns the exit code. */
type Act = (asked: Asked) => number | Promise<number>;

/** Makes a commander action. */
export type Acting = (act: Act) => (...given: unknown[]) => Promise<void>;

/** Adds a command to its parent. */
export type Define = (parent: Command, acting: Acting) => void;

/** The job systems that commands work on. */
export type Ground = (options: GlobalOptions & DemoFlags) => OpenSession;

/** Actions on a ground; `end` gets each exit code. */
export const actingOn =
	(ground: Ground, end: (code: number) => void): Acting =>
	act =>
	async (...given) => {
		const command = given.at(-1) as Command;
		const options = command.optsWithGlobals<Asked['options']>();
		const words = command.processedArgs;
		const console = consoleFor(options);
		nameZone(() => zoneNames(process.env));
		end(await act({options, words, console, open: openTelling(ground(options), console)}));
	};

/** Opens the session, and says which settings a limit changed. */
const openTelling =
	(open: OpenSession, console: Console): OpenSession =>
	async () => {
		const session = await open();
		const limited = session.configuration?.limited;
		if (limited !== undefined) console.say(`jobtop: ${limited}`);
		return session;
	};

export const refArgument = 'profile/id, or an id that only one profile has';

const defaults = new WeakMap<Command, Command>();

/** The subcommand that runs without a name, also with its options. A misspelt name of another one arrives there, and is refused. */
export const defaultCommand = (parent: Command, name: string): Command => {
	const command = parent.helpCommand(false).command(name, {isDefault: true});
	defaults.set(parent, command);
	return command.allowExcessArguments().hook('preAction', () => refuseUnknown(command.args, parent));
};

/** The subcommand that runs without a name, if there is one. */
export const defaultOf = (parent: Command): Command | undefined => defaults.get(parent);

/** Throws if a word is not a subcommand of this one. */
export const refuseUnknown = (words: readonly string[], parent: Command): void => {
	const [word] = words;
	if (word === undefined) return;
	const names = parent
		.createHelp()
		.visibleCommands(parent)
		.flatMap(command => [command.name(), ...command.aliases()]);
	throw new CommandError(`there is no command ${JSON.stringify(word)}; ${didYouMean(word, names)}`);
};

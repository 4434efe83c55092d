/*
What a file of this folder is: one command, its options and its words. What the command does is a file beside the folder, loaded when it is asked for.
*/
import type {Command, OptionValues} from 'commander';
import {didYouMean} from '../../text/nearest.ts';
import {consoleFor, type DemoFlags, type GlobalOptions} from '../options.ts';
import {CommandError} from '../output/command-error.ts';
import type {Console} from '../output/console.ts';
import type {OpenSession} from '../session.ts';

/** What was typed, read. */
export type Asked = {
	readonly options: OptionValues & GlobalOptions & DemoFlags;
	/** The arguments of the command, in their order. */
	readonly words: readonly unknown[];
	readonly console: Console;
	/** Opens the job systems that are meant. */
	readonly open: OpenSession;
};

/** Does what was asked, and gives the exit code. */
type Act = (asked: Asked) => number | Promise<number>;

/** Makes an action of commander. */
export type Acting = (act: Act) => (...given: unknown[]) => Promise<void>;

/** Puts a command below another. */
export type Define = (parent: Command, acting: Acting) => void;

/** Where the commands find their jobs. */
export type Ground = (options: GlobalOptions & DemoFlags) => OpenSession;

/** Actions on a ground; each exit code is handed over. */
export const actingOn =
	(ground: Ground, end: (code: number) => void): Acting =>
	act =>
	async (...given) => {
		const command = given.at(-1) as Command;
		const options = command.optsWithGlobals<Asked['options']>();
		const words = command.processedArgs;
		const console = consoleFor(options);
		end(await act({options, words, console, open: openTelling(ground(options), console)}));
	};

/** Opens, and says what of the wishes a limit did not grant. */
const openTelling =
	(open: OpenSession, console: Console): OpenSession =>
	async () => {
		const session = await open();
		const limited = session.configuration?.limited;
		if (limited !== undefined) console.say(`jobtop: ${limited}`);
		return session;
	};

export const refArgument = 'profile/id, or an id that only one profile has';

/** Throws where a word was typed that is no command below this one. */
export const refuseUnknown = (words: readonly string[], parent: Command): void => {
	const [word] = words;
	if (word === undefined) return;
	const names = parent
		.createHelp()
		.visibleCommands(parent)
		.flatMap(command => [command.name(), ...command.aliases()]);
	throw new CommandError(`there is no command ${JSON.stringify(word)}; ${didYouMean(word, names)}`);
};

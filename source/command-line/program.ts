/*
The command line: all commands, and the exit code.
*/
import {Command, CommanderError, Option} from 'commander';
import {cleanLines} from '../job/clean-text.ts';
import {ConfigurationError} from '../process/configuration-error.ts';
import {defineBackends} from './definitions/backends.ts';
import {defineBatches} from './definitions/batches.ts';
import {defineCancel} from './definitions/cancel.ts';
import {defineCompletion} from './definitions/completion.ts';
import {defineConfig} from './definitions/config.ts';
import {type Acting, actingOn, type Define, type Ground, refuseUnknown} from './definitions/definition.ts';
import {defineDelete} from './definitions/delete.ts';
import {defineDemo} from './definitions/demo.ts';
import {defineDismiss, defineRestore} from './definitions/dismiss.ts';
import {defineDoctor} from './definitions/doctor.ts';
import {withExamples} from './definitions/examples.ts';
import {withExitCodes} from './definitions/exit-code-help.ts';
import {defineHelp, defineVersion} from './definitions/help.ts';
import {defineKeys} from './definitions/keys.ts';
import {defineList} from './definitions/list.ts';
import {defineLogs} from './definitions/logs.ts';
import {defineProfiles} from './definitions/profiles.ts';
import {type OpenScreen, onScreen, openOrPrint} from './definitions/screen.ts';
import {defineShow} from './definitions/show.ts';
import {defineSuspend, defineUnsuspend} from './definitions/suspend.ts';
import {defineWait} from './definitions/wait.ts';
import {collect, demoOptions, flagsOf, interval} from './options.ts';
import {CommandError} from './output/command-error.ts';
import {exitCodes} from './output/exit-codes.ts';
import {version} from './output/version.ts';

/** A heading of the help, and its commands. */
type Group = readonly [heading: string, commands: readonly Define[]];

/** Commands for both the configured and the built-in job systems. */
const everywhere: readonly Group[] = [
	['Jobs:', [defineList, defineShow, defineLogs, defineCancel, defineSuspend, defineUnsuspend, defineWait]],
	['Housekeeping:', [defineDismiss, defineRestore, defineDelete]],
	['Setup:', [defineProfiles, defineDoctor, defineBackends, defineKeys]],
];

/** Commands that need journals or files which outlive them. */
const configuredOnly: readonly Group[] = [
	['Batches of cancellations:', [defineBatches]],
	['Setup:', [defineConfig]],
];

/** The headings, in the order of the help. */
const headings = ['Jobs:', 'Batches of cancellations:', 'Housekeeping:', 'Setup:'];

const defineAll = (parent: Command, acting: Acting, groups: readonly Group[]): void => {
	for (const heading of headings) {
		parent.commandsGroup(heading);
		for (const [own, defines] of groups)
			if (own === heading) for (const define of defines) define(parent, acting);
	}
};

const configured: Ground = options => async () => {
	const {openConfigured} = await import('./session.ts');
	return openConfigured(flagsOf(options));
};
const embedded: Ground = options => async () => {
	const {openDemo} = await import('./session.ts');
	return openDemo(demoOptions(options), flagsOf(options));
};

/** The whole command line; of the demo only what `words` may want. `end` gets the exit code of the command. */
export const createProgram = (
	openScreen: OpenScreen,
	end: (code: number) => void,
	words: readonly string[] = ['demo'],
): Command => {
	const program = new Command('jobtop');
	program
		.description('Watch jobs on several job systems, cancel them, and follow each until it has really ended.')
		.usage('[options] [command]')
		.version(version(), '-V, --version', 'print the version')
		.helpOption('-h, --help', 'show help')
		.helpCommand(false)
		.option('--config <file>', 'use this configuration file')
		.addOption(
			new Option('--profile <name>', 'use only this profile (repeatable)')
				.argParser(collect)
				.default([], 'all'),
		)
		.option('--read-only', 'change nothing on any system')
		.addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
		.option('--ascii', 'use ASCII characters only')
		.option('--plain', 'print lines instead of a screen, for screen readers')
		.option('--no-input', 'never ask; a command that must ask ends with 3')
		.option('--interval <time>', 'time between two polls, such as 5s', interval)
		.option('--log-file <file>', 'log every request and answer to this file, without secrets')
		.option('-v, --verbose', 'log every request and answer to stderr, without secrets')
		.exitOverride()
		.configureOutput({
			outputError: (text, write) => write(`jobtop: ${oneLine(text)}\n`),
			getOutHelpWidth: helpWidth,
		})
		.configureHelp({showGlobalOptions: false});

	const onConfigured = actingOn(configured, end);
	defineAll(program, onConfigured, [...everywhere, ...configuredOnly]);
	defineCompletion(program, onConfigured);
	program.argument('[command...]').action(
		onConfigured(asked => {
			refuseUnknown(asked.words[0] as readonly string[], program);
			return openOrPrint(asked, () => openScreen(onScreen(asked.options)));
		}),
	);

	const onEmbedded = actingOn(embedded, end);
	const demo = defineDemo(program, onEmbedded, openScreen);
	if (words.includes('demo')) {
		defineAll(demo, onEmbedded, everywhere);
		defineHelp(demo, onEmbedded);
	}
	defineHelp(program, onConfigured);
	defineVersion(program, onConfigured);
	return withExamples(
		withExitCodes(program, exitCodes),
		['jobtop', 'open the screen'],
		['jobtop --profile prod list', 'list the jobs of one profile'],
		['jobtop doctor', 'check your setup'],
		['jobtop demo', 'try the built-in job systems'],
	);
};

/** Runs a command line. Resolves with the exit code. */
export const runCommandLine = async (asked: readonly string[], openScreen: OpenScreen): Promise<number> => {
	let code = 0;
	const end = (ended: number) => {
		code = ended;
	};
	const program = createProgram(openScreen, end, asked);
	try {
		await program.parseAsync([...asked], {from: 'user'});
		return code;
	} catch (error) {
		// Commander has already printed it.
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
		if (!(error instanceof CommandError) && !(error instanceof ConfigurationError)) throw error;
		process.stderr.write(`jobtop: ${cleanLines(error.message)}\n`);
		return error.exitCode;
	}
};

/** `error: unknown option '--al'\n(Did you mean --all?)` in one line. */
const oneLine = (text: string): string =>
	cleanLines(text)
		.trim()
		.replace(/^error: /, '')
		.replace(/\s*\n\s*\(Did you mean (.*)\?\)$/, '; did you mean $1?')
		.replace(/\s*\n\s*/g, ' ')
		.replace(
			/^unknown option '(-\w+[:~<>].*)'$/,
			(_, word: string) => `${word} looks like an option: write -- before words of a query that begin with -`,
		)
		.replace(
			/^(?:unknown option|too many arguments|missing required argument|option .* argument missing)(?!.*did you mean).*$/,
			line => `${line.replace(/\.$/, '')}; --help lists them`,
		);

const helpWidth = (): number => Number(process.env.COLUMNS) || process.stdout.columns || 80;

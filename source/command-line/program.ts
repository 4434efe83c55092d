/*
The commands, their options and their words. Each command is a file that is loaded when it is asked for.
*/
import {readFileSync} from 'node:fs';
import {Command, CommanderError, InvalidArgumentError, Option} from 'commander';
import {ConfigurationError} from '../config/configuration-error.ts';
import {parseDuration} from '../config/duration.ts';
import type {ConfigurationFlags} from '../config/load.ts';
import {didYouMean} from '../config/nearest.ts';
import type {ImposedFault} from '../demo/imposed-faults.ts';
import type {DemoOptions} from '../demo/index.ts';
import {CommandError} from './command-error.ts';
import {type Colour, type Console, createConsole} from './console.ts';
import {faultHelp, readFault} from './fault-option.ts';
import type {OpenSession} from './session.ts';

/** What the screen is opened with. */
export type ScreenStart = {
	readonly flags: ConfigurationFlags;
	/** On the embedded job systems, and nothing else. */
	readonly demo?: Pick<DemoOptions, 'seed' | 'jobs' | 'speed' | 'faults'>;
	/** Where journals are kept; the usual place if not said. */
	readonly stateDirectory?: string;
	/** Plain characters only. */
	readonly ascii?: boolean;
};

/** Opens the screen. Resolves with the exit code once it is left. */
export type OpenScreen = (start: ScreenStart) => Promise<number>;

type GlobalOptions = {
	readonly config?: string;
	readonly profile: readonly string[];
	readonly readOnly?: boolean;
	readonly color: Colour;
	readonly ascii?: boolean;
	readonly input: boolean;
	readonly interval?: number;
	readonly concurrency?: number;
	readonly rate?: number;
};

type DemoFlags = {
	readonly seed?: string;
	readonly jobs?: number;
	readonly speed?: number;
	readonly fault?: readonly ImposedFault[];
	readonly serve?: boolean;
	readonly port?: number;
};

/** Where the commands below it find their jobs. */
type Ground = (options: GlobalOptions & DemoFlags) => OpenSession;

const version = (): string =>
	process.env.JOBTOP_VERSION ??
	(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {version: string})
		.version;

const duration = (text: string): number => {
	const ms = parseDuration(text);
	if (ms === undefined || ms < 100) throw new InvalidArgumentError('It is a time such as 90s, 15m or 2h.');
	return ms;
};

const interval = (text: string): number => {
	const ms = duration(text);
	if (ms < 1000) throw new InvalidArgumentError('It is at least 1s.');
	return ms;
};

const number =
	(least: number, most: number, whole = true) =>
	(text: string): number => {
		const value = Number(text);
		if (
			/^\d+(?:\.\d+)?$/.test(text) &&
			(!whole || Number.isInteger(value)) &&
			value >= least &&
			value <= most
		) {
			return value;
		}
		throw new InvalidArgumentError(`It is a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
	};

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const flagsOf = ({
	config,
	profile,
	readOnly,
	interval,
	concurrency,
	rate,
}: GlobalOptions): ConfigurationFlags => ({
	...(config !== undefined && {config}),
	...(profile.length > 0 && {profiles: profile}),
	...(readOnly && {readOnly}),
	...(interval !== undefined && {intervalMs: interval}),
	...((concurrency !== undefined || rate !== undefined) && {
		limits: {...(concurrency !== undefined && {concurrency}), ...(rate !== undefined && {rate})},
	}),
});

const consoleFor = ({color, ascii, input}: GlobalOptions): Console =>
	createConsole({colour: color, ascii: ascii ?? false, input});

const fault = (text: string, before: readonly ImposedFault[] = []): readonly ImposedFault[] => {
	const read = readFault(text);
	if (typeof read === 'string') throw new InvalidArgumentError(read);
	return [...before, read];
};

const demoOptions = ({seed, jobs, speed, fault, port}: DemoFlags): DemoOptions => ({
	...(seed !== undefined && {seed}),
	...(jobs !== undefined && {jobs}),
	...(speed !== undefined && {speed}),
	...(fault !== undefined && {faults: fault}),
	...(port !== undefined && {port}),
});

const outputs = () =>
	new Option('-o, --output <format>', 'how').choices(['text', 'json', 'jsonl']).default('text');
const waits = () =>
	new Option('--wait <what>', 'what to wait for')
		.choices(['terminal', 'accepted', 'none'])
		.default('terminal');
const timeouts = () =>
	new Option('--timeout <time>', 'how long to wait, such as 90s').argParser(duration).default(600_000, '10m');

const concurrencies = () =>
	new Option('--concurrency <n>', 'requests at the same time, for each profile').argParser(number(1, 64));
const rates = () =>
	new Option('--rate <n>', 'requests a second, for each profile').argParser(number(0.01, 1000, false));

/** Runs a command line. Resolves with the exit code. */
export const runCommandLine = async (asked: readonly string[], openScreen: OpenScreen): Promise<number> => {
	let code = 0;
	const program = new Command('jobtop');
	program
		.description('Watch jobs on several job systems, cancel them, and follow each until it has really ended.')
		.usage('[options] [command]')
		.version(version(), '--version', 'print the version')
		.helpOption('-h, --help', 'print what can be asked')
		.helpCommand(false)
		.option('--config <file>', 'the configuration file')
		.addOption(
			new Option('--profile <name>', 'only this profile (can be repeated)')
				.argParser(collect)
				.default([], 'all'),
		)
		.option('--read-only', 'change nothing anywhere')
		.addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
		.option('--ascii', 'plain characters only')
		.option('--no-input', 'never ask anything')
		.option('--interval <time>', 'time between two looks, such as 5s', interval)
		.exitOverride()
		.configureOutput({outputError: (text, write) => write(`jobtop: ${oneLine(text)}\n`)})
		.configureHelp({showGlobalOptions: false});

	const colourScreen = ({color}: GlobalOptions) => {
		if (color === 'never') process.env.NO_COLOR = '1';
		if (color === 'always') {
			delete process.env.NO_COLOR;
			process.env.FORCE_COLOR = '1';
		}
	};
	const atTerminal = process.stdin.isTTY && process.stdout.isTTY;

	const plainList = async (options: GlobalOptions & DemoFlags, ground: Ground) => {
		const {list} = await import('./list.ts');
		const wanted = {query: '', output: 'table', all: false, everyone: false} as const;
		return list(wanted, consoleFor(options), ground(options));
	};

	const configured: Ground = options => async () => {
		const {openConfigured} = await import('./session.ts');
		return openConfigured(flagsOf(options));
	};
	const embedded: Ground = options => async () => {
		const {openDemo} = await import('./session.ts');
		return openDemo(demoOptions(options), flagsOf(options));
	};

	const refuseUnknown = (words: readonly string[], parent: Command) => {
		const [word] = words;
		if (word === undefined) return;
		const names = parent.commands.flatMap(command => [command.name(), ...command.aliases()]);
		throw new CommandError(`there is no command ${JSON.stringify(word)}; ${didYouMean(word, names)}`);
	};

	const addCommands = (parent: Command, ground: Ground) => {
		parent
			.command('list')
			.alias('ls')
			.description('print the jobs once')
			.argument(
				'[query...]',
				'words that all must hold: a part of ref, name, owner or status; field:value; age>2h; -word',
			)
			.addOption(
				new Option('-o, --output <format>', 'how')
					.choices(['table', 'wide', 'json', 'jsonl', 'csv', 'ref'])
					.default('table'),
			)
			.option('--all', 'ended jobs too, those that were dismissed among them')
			.option('--everyone', "other people's jobs too")
			.option('--limit <n>', 'at most so many', number(1, 10_000_000))
			.action(async (query: string[], _: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {list} = await import('./list.ts');
				code = await list(
					{
						query: query.join(' '),
						output: options.output,
						all: options.all ?? false,
						everyone: options.everyone ?? false,
						...(options.limit !== undefined && {limit: options.limit}),
					},
					consoleFor(options as GlobalOptions),
					ground(options as GlobalOptions),
				);
			});

		parent
			.command('show')
			.description('print all that is known of some jobs')
			.argument('<ref...>', 'profile/id, or an id that only one profile knows')
			.option('--results', 'what they left behind, too')
			.addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text'))
			.action(async (refs: string[], _: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {show} = await import('./show.ts');
				code = await show(
					{refs, output: options.output, results: options.results ?? false},
					consoleFor(options as GlobalOptions),
					ground(options as GlobalOptions),
				);
			});

		parent
			.command('logs')
			.description('print what a job printed')
			.argument('<ref>', 'profile/id, or an id that only one profile knows')
			.option('-f, --follow', 'go on until the log has ended')
			.option('--tail <n>', 'only the last so many lines of what is there', number(0, 10_000_000))
			.action(async (ref: string, _: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {logs} = await import('./logs.ts');
				code = await logs(
					{
						ref,
						follow: options.follow ?? false,
						...(options.tail !== undefined && {tail: options.tail}),
					},
					consoleFor(options as GlobalOptions),
					ground(options as GlobalOptions),
				);
			});

		for (const [name, hidden, description] of [
			['dismiss', true, 'hide ended jobs from view, on their servers too where that can be undone'],
			['restore', false, 'bring dismissed jobs back'],
		] as const) {
			parent
				.command(name)
				.description(description)
				.argument('<ref...>', 'profile/id, or an id that only one profile knows')
				.addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text'))
				.action(async (refs: string[], _: unknown, command: Command) => {
					const options = command.optsWithGlobals();
					const {dismiss} = await import('./dismiss.ts');
					const console = consoleFor(options as GlobalOptions);
					code = await dismiss(
						{refs, hidden, output: options.output},
						console,
						ground(options as GlobalOptions),
					);
				});
		}

		parent
			.command('delete')
			.description('delete ended jobs on their servers, for good')
			.argument('<ref...>', 'profile/id, or an id that only one profile knows')
			.option('-y, --yes', 'delete without a question')
			.addOption(
				new Option('--protected <name>', 'this protected profile is meant (can be repeated)')
					.argParser(collect)
					.default([], 'none'),
			)
			.addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json']).default('text'))
			.action(async (refs: string[], _: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {deleteJobs} = await import('./delete.ts');
				code = await deleteJobs(
					{refs, yes: options.yes ?? false, protected: options.protected, output: options.output},
					consoleFor(options as GlobalOptions),
					ground(options as GlobalOptions),
				);
			});

		parent
			.command('backends')
			.description('what each job system can do, and what it cannot')
			.addOption(new Option('-o, --output <format>', 'how').choices(['text', 'json', 'md']).default('text'))
			.action(async (_: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {printBackends} = await import('./backends.ts');
				code = printBackends({output: options.output}, consoleFor(options as GlobalOptions));
			});

		parent
			.command('cancel')
			.description('cancel jobs, and follow each until it has really ended')
			.argument('[ref...]', 'profile/id, or an id that only one profile knows')
			.option('--query <query>', 'the active jobs that match, as in list')
			.option('--from <file>', 'the refs in a file, one a line; - is stdin')
			.option('--reason <text>', 'kept in the journal')
			.option('--dry-run', 'say what would be sent, and send nothing')
			.option('-y, --yes', 'send without a question')
			.addOption(
				new Option('--protected <name>', 'this protected profile is meant (can be repeated)')
					.argParser(collect)
					.default([], 'none'),
			)
			.option('--max <n>', 'send nothing when more match', number(0, 10_000_000))
			.addOption(concurrencies())
			.addOption(rates())
			.addOption(waits())
			.addOption(timeouts())
			.addOption(outputs())
			.action(async (refs: string[], _: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {cancel} = await import('./cancel.ts');
				code = await cancel(
					{
						refs,
						dryRun: options.dryRun ?? false,
						yes: options.yes ?? false,
						protected: options.protected,
						waitFor: options.wait,
						timeoutMs: options.timeout,
						output: options.output,
						...(options.query !== undefined && {query: options.query}),
						...(options.from !== undefined && {from: options.from}),
						...(options.reason !== undefined && {reason: options.reason}),
						...(options.max !== undefined && {max: options.max}),
					},
					consoleFor(options as GlobalOptions),
					ground(options as GlobalOptions),
				);
			});
	};

	const addBatches = (parent: Command) => {
		const batches = parent
			.command('batches')
			.usage('[command]')
			.description('the journal of cancellations: what was asked, how it stands, going on with it')
			.argument('[command...]')
			.action(async (_word: unknown, _options: unknown, command: Command) => {
				refuseUnknown(command.args, batches);
				const {listBatches} = await import('./batches.ts');
				const options = command.optsWithGlobals<GlobalOptions>();
				code = listBatches(await journals(), 'text', consoleFor(options));
			});
		const journals = async () => {
			const {stateDirectory} = await import('../config/state-directory.ts');
			return stateDirectory(process.env);
		};
		const which = number(1, 1_000_000_000);

		batches
			.command('list')
			.alias('ls')
			.description('every batch, the latest first')
			.addOption(outputs())
			.action(async (_: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {listBatches} = await import('./batches.ts');
				code = listBatches(await journals(), options.output, consoleFor(options as GlobalOptions));
			});
		batches
			.command('show')
			.description('how each job of a batch stands, and what was sent and answered')
			.argument('<number>', 'the number of the batch', which)
			.addOption(outputs())
			.action(async (batch: number, _: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {showBatch} = await import('./batches.ts');
				code = showBatch(await journals(), batch, options.output, consoleFor(options as GlobalOptions));
			});
		batches
			.command('export')
			.description('all that the journal holds of a batch, for other programs')
			.argument('<number>', 'the number of the batch', which)
			.addOption(new Option('-o, --output <format>', 'how').choices(['json', 'jsonl']).default('json'))
			.action(async (batch: number, _: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {exportBatch} = await import('./batches.ts');
				code = exportBatch(await journals(), batch, options.output, consoleFor(options as GlobalOptions));
			});
		batches
			.command('resume')
			.description('go on with a batch that was left unfinished; it was confirmed when it was asked')
			.argument('<number>', 'the number of the batch', which)
			.option('--take-over', 'break the lock of another host, where its jobtop is surely no more')
			.addOption(concurrencies())
			.addOption(rates())
			.addOption(waits())
			.addOption(timeouts())
			.addOption(outputs())
			.action(async (batch: number, _: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {resume} = await import('./batches.ts');
				code = await resume(
					batch,
					{
						waitFor: options.wait,
						timeoutMs: options.timeout,
						output: options.output,
						takeOver: options.takeOver ?? false,
					},
					consoleFor(options as GlobalOptions),
					configured(options as GlobalOptions),
				);
			});
		batches
			.command('retry')
			.description('ask again for the jobs of a batch that were not ended by it: a new batch')
			.argument('<number>', 'the number of the batch', which)
			.option('--reason <text>', 'kept in the journal; the old one if not said')
			.option('--dry-run', 'say what would be sent, and send nothing')
			.option('-y, --yes', 'send without a question')
			.addOption(
				new Option('--protected <name>', 'this protected profile is meant (can be repeated)')
					.argParser(collect)
					.default([], 'none'),
			)
			.addOption(concurrencies())
			.addOption(rates())
			.addOption(waits())
			.addOption(timeouts())
			.addOption(outputs())
			.action(async (batch: number, _: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {retry} = await import('./batches.ts');
				code = await retry(
					batch,
					{
						dryRun: options.dryRun ?? false,
						yes: options.yes ?? false,
						protected: options.protected,
						waitFor: options.wait,
						timeoutMs: options.timeout,
						output: options.output,
						...(options.reason !== undefined && {reason: options.reason}),
					},
					consoleFor(options as GlobalOptions),
					configured(options as GlobalOptions),
				);
			});
		batches
			.command('prune')
			.description('remove the journals of finished batches')
			.addOption(
				new Option('--older-than <time>', 'only those that ended longer ago')
					.argParser(duration)
					.default(90 * 24 * 3600 * 1000, '90d'),
			)
			.option('--dry-run', 'say which, and remove none')
			.action(async (_: unknown, command: Command) => {
				const options = command.optsWithGlobals();
				const {pruneBatches} = await import('./batches.ts');
				code = pruneBatches(
					await journals(),
					{olderThanMs: options.olderThan, dryRun: options.dryRun ?? false},
					consoleFor(options as GlobalOptions),
				);
			});
	};

	addCommands(program, configured);
	addBatches(program);
	program.argument('[command...]').action(async (_word: unknown, _options: unknown, command: Command) => {
		refuseUnknown(command.args, program);
		const options = command.optsWithGlobals<GlobalOptions>();
		colourScreen(options);
		code = atTerminal
			? await openScreen({flags: flagsOf(options), ascii: options.ascii ?? false})
			: await plainList(options, configured);
	});

	const demo = program
		.command('demo')
		.usage('[options] [command]')
		.description('the embedded job systems: the screen on them, any command on them, or only the servers')
		.argument('[command...]')
		.option('--seed <text>', 'the same seed gives the same jobs')
		.option('--jobs <n>', 'how many each system begins with', number(0, 200_000))
		.option('--speed <x>', 'how much faster than life', number(0.01, 1000, false))
		.option('--fault <fault>', 'what goes wrong: [SYSTEM=]NAME[:SHARE][@TIME] (can be repeated)', fault)
		.option('--serve', 'only the servers, until you interrupt them')
		.option('--port <n>', 'with --serve: where they listen, six ports from this one on', number(0, 65_530))
		.addHelpText('after', faultHelp());
	addCommands(demo, embedded);
	demo.action(async (_word: unknown, _options: unknown, command: Command) => {
		refuseUnknown(command.args, demo);
		const options = command.optsWithGlobals<GlobalOptions & DemoFlags>();
		if (options.port !== undefined && !options.serve)
			throw new CommandError('--port has a use only with --serve');
		if (options.serve) {
			const {serveDemo} = await import('./demo.ts');
			code = await serveDemo(demoOptions(options), consoleFor(options));
			return;
		}
		if (!atTerminal) {
			code = await plainList(options, embedded);
			return;
		}
		const {demoStateDirectory} = await import('./session.ts');
		const state = demoStateDirectory();
		colourScreen(options);
		const {port: _port, ...rest} = demoOptions(options);
		try {
			code = await openScreen({
				flags: flagsOf(options),
				demo: rest,
				stateDirectory: state.path,
				ascii: options.ascii ?? false,
			});
		} finally {
			state.remove();
		}
	});

	try {
		await program.parseAsync([...asked], {from: 'user'});
		return code;
	} catch (error) {
		// Commander has said it already.
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
		if (!(error instanceof CommandError) && !(error instanceof ConfigurationError)) throw error;
		process.stderr.write(`jobtop: ${error.message}\n`);
		return error.exitCode;
	}
};

/** `error: unknown option '--al'\n(Did you mean --all?)` in one line. */
const oneLine = (text: string): string =>
	text
		.trim()
		.replace(/^error: /, '')
		.replace(/\s*\n\s*\(Did you mean (.*)\?\)$/, '; did you mean $1?')
		.replace(/\s*\n\s*/g, ' ');

import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {startControl} from '../demo/control.ts';
import type {Demo, DemoOptions, DemoProfile} from '../demo/index.ts';
import {startDemo} from '../demo/index.ts';
import {causeWords} from '../process/error-words.ts';
import {emptyPath} from '../process/state-directory.ts';
import {shellWord} from '../text/shell-word.ts';
import {faultMisfit, readFault, writeFault} from './fault-option.ts';
import {CommandError} from './output/command-error.ts';
import type {Console} from './output/console.ts';
import {signals} from './output/signals.ts';

/** Runs the built-in job systems until interrupted, and saves a configuration for them, or prints it. */
export const serveDemo = async (
	options: DemoOptions,
	save: string | undefined,
	console: Console,
): Promise<number> => {
	if (save !== undefined) refuseForeignFile(save);
	const interrupted = new Promise<number>(resolve => {
		for (const [signal, code] of Object.entries(signals)) process.on(signal, () => resolve(code));
	});
	const {demo, control} = await start(options).catch((error: unknown) => {
		throw listenError(error, options.port ?? 0) ?? error;
	});
	const text = configurationOf(demo);
	if (save === undefined) console.data(text);
	else {
		try {
			saveWhole(save, text);
		} catch (error) {
			await Promise.all([demo.close(), control.close()]);
			throw error;
		}
	}
	const next =
		save === undefined
			? 'save the text above as FILE and run jobtop --config FILE'
			: `now run jobtop --config ${shellWord(save)}`;
	console.say(
		[
			`jobtop: the built-in job systems are listening; ${next}`,
			`jobtop: PUT ${control.url}/faults changes the faults; Ctrl-C stops everything`,
		].join('\n'),
	);
	const code = await interrupted;
	await Promise.all([demo.close(), control.close()]);
	return code;
};

const start = async (options: DemoOptions) => {
	const {port = 0, faults = [], systems} = options;
	const demo = await startDemo(options);
	const control = await startControl(demo, {
		read: text => {
			const fault = readFault(text);
			return typeof fault === 'string' ? fault : (faultMisfit(fault, systems) ?? fault);
		},
		write: writeFault,
		faults,
		port: port === 0 ? 0 : port + demo.profiles.length,
	});
	return {demo, control};
};

/** What to do if a port is not available. */
const listenError = (error: unknown, port: number): CommandError | undefined => {
	const {syscall} = error as NodeJS.ErrnoException;
	if (syscall !== 'listen') return undefined;
	const taken = (error as {readonly port?: number}).port ?? port;
	return new CommandError(`port ${taken} is not available: ${causeWords(error)}; choose others with --port`);
};

/** The first line of each file that this command writes. */
const heading = '# The built-in job systems of jobtop. Their keys are not secret.';

/** Refuses an empty path, and a file that this command has not written: it may be a real configuration. */
const refuseForeignFile = (path: string): void => {
	if (path.trim() === '') throw new CommandError(emptyPath('--save'));
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
		throw new CommandError(`--save ${path}: cannot be written: ${causeWords(error)}; choose another file`);
	}
	if (text !== '' && !text.startsWith(heading))
		throw new CommandError(`--save ${path}: another file is there; choose another name, or remove it`);
};

/** Writes a file under another name first, so that nobody reads half of it. */
const saveWhole = (path: string, text: string): void => {
	const part = `${path}.${process.pid}`;
	try {
		writeFileSync(part, text);
		renameSync(part, path);
	} catch (error) {
		rmSync(part, {force: true});
		throw new CommandError(`--save ${path}: cannot be written: ${causeWords(error)}; choose another file`);
	}
};

/** A complete configuration file: it contains the keys, because they are not secret. */
export const configurationOf = ({profiles, env}: Demo): string =>
	[heading, '', ...profiles.map(profile => tableOf(profile, env))].join('\n');

const tableOf = ({name, ...profile}: DemoProfile, env: Demo['env']): string => {
	const entry: Record<string, unknown> = {...profile};
	if ('token_env' in profile) {
		delete entry.token_env;
		entry.token_command = ['echo', env[profile.token_env]];
	}
	// A JSON string is a TOML string, and a list of them is a TOML list.
	const lines = Object.entries(entry).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
	return [`[profiles.${name}]`, ...lines, ''].join('\n');
};

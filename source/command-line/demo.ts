import {startControl} from '../demo/control.ts';
import {systemNames} from '../demo/imposed-faults.ts';
import type {Demo, DemoOptions, DemoProfile} from '../demo/index.ts';
import {startDemo} from '../demo/index.ts';
import {readFault, writeFault} from './fault-option.ts';
import {CommandError} from './output/command-error.ts';
import type {Console} from './output/console.ts';
import {signals} from './output/signals.ts';

/** Runs the built-in job systems until interrupted, and prints a configuration for them. */
export const serveDemo = async (options: DemoOptions, console: Console): Promise<number> => {
	const interrupted = new Promise<number>(resolve => {
		for (const [signal, code] of Object.entries(signals)) process.on(signal, () => resolve(code));
	});
	const {demo, control} = await start(options).catch((error: unknown) => {
		throw listenError(error, options.port ?? 0) ?? error;
	});
	console.data(configurationOf(demo));
	console.say(
		[
			'jobtop: the built-in job systems are listening; save the text above as FILE and run jobtop --config FILE',
			`jobtop: PUT ${control.url}/faults changes the faults; Ctrl-C stops everything`,
		].join('\n'),
	);
	const code = await interrupted;
	await Promise.all([demo.close(), control.close()]);
	return code;
};

const start = async (options: DemoOptions) => {
	const {port = 0, faults = []} = options;
	const demo = await startDemo(options);
	const control = await startControl(demo, {
		read: readFault,
		write: writeFault,
		faults,
		port: port === 0 ? 0 : port + systemNames.length,
	});
	return {demo, control};
};

/** What to do if a port is not available. */
const listenError = (error: unknown, port: number): CommandError | undefined => {
	const {code, syscall} = error as NodeJS.ErrnoException & {readonly port?: number};
	if (syscall !== 'listen') return undefined;
	const taken = (error as {readonly port?: number}).port ?? port;
	return new CommandError(`port ${taken} is not available (${code}); choose others with --port`);
};

/** A complete configuration file: it contains the keys, because they are not secret. */
const configurationOf = ({profiles, env}: Demo): string =>
	[
		'# The built-in job systems of jobtop. Their keys are not secret.',
		'',
		...profiles.map(profile => tableOf(profile, env)),
	].join('\n');

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

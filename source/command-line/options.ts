/*
Options: how to read their values, and the options that several commands share.
*/
import {InvalidArgumentError, Option} from 'commander';
import {parseDuration} from '../config/duration.ts';
import type {ConfigurationFlags} from '../config/files.ts';
import type {ImposedFault, SystemName} from '../demo/imposed-faults.ts';
import type {DemoOptions} from '../demo/index.ts';
import {thisProgram} from '../process/this-program.ts';
import {faultMisfit, readFault, readSystems} from './fault-option.ts';
import {CommandError} from './output/command-error.ts';
import {type Colour, type Console, createConsole} from './output/console.ts';

/** The options before every command. */
export type GlobalOptions = {
	readonly config?: string;
	readonly profile: readonly string[];
	readonly readOnly?: boolean;
	readonly color: Colour;
	readonly ascii?: boolean;
	readonly plain?: boolean;
	readonly input: boolean;
	readonly interval?: number;
	readonly concurrency?: number;
	readonly rate?: number;
	readonly logFile?: string;
	readonly verbose?: boolean;
};

/** The options of the built-in job systems. */
export type DemoFlags = {
	readonly systems?: readonly SystemName[];
	readonly seed?: string;
	readonly jobs?: number;
	readonly speed?: number;
	readonly fault?: readonly ImposedFault[];
	readonly serve?: boolean;
	readonly save?: string;
	readonly port?: number;
	readonly tour?: boolean;
};

export const duration = (text: string): number => {
	const ms = parseDuration(text);
	if (ms === undefined) throw new InvalidArgumentError('It must be a time such as 90s, 15m or 2h.');
	if (ms < 100) throw new InvalidArgumentError('It must be at least 100ms.');
	return ms;
};

export const interval = (text: string): number => {
	const ms = duration(text);
	if (ms < 1000) throw new InvalidArgumentError('It must be at least 1s.');
	return ms;
};

export const number =
	(min: number, max: number, whole = true) =>
	(text: string): number => {
		const value = Number(text);
		if (/^\d+(?:\.\d+)?$/.test(text) && (!whole || Number.isInteger(value)) && value >= min && value <= max) {
			return value;
		}
		throw new InvalidArgumentError(`It must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`);
	};

export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const fault = (text: string, before: readonly ImposedFault[] = []): readonly ImposedFault[] => {
	const read = readFault(text);
	if (typeof read === 'string') throw new InvalidArgumentError(read);
	return [...before, read];
};

export const systems = (text: string): readonly SystemName[] => {
	const read = readSystems(text);
	if (typeof read === 'string') throw new InvalidArgumentError(read);
	return read;
};

/** The output formats; the first is the default. */
export const output = (...formats: readonly [string, ...string[]]) =>
	new Option('-o, --output <format>', 'output format').choices(formats).default(formats[0]);
export const waits = () =>
	new Option(
		'--wait <what>',
		'wait until each job has ended or is as requested, each request is accepted, or each request is answered',
	)
		.choices(['terminal', 'accepted', 'none'])
		.default('terminal');
export const timeouts = () =>
	new Option('--timeout <time>', 'longest time to wait, such as 90s')
		.argParser(duration)
		.default(600_000, '10m');
export const concurrencies = () =>
	new Option('--concurrency <n>', 'requests at the same time, for each profile').argParser(number(1, 64));
export const rates = () =>
	new Option('--rate <n>', 'requests a second, for each profile').argParser(number(0.01, 1000, false));
export const protectedOnes = () =>
	new Option('--protected <name>', 'confirm for this protected profile without typing its name (repeatable)')
		.argParser(collect)
		.default([], 'none');

export const givenUp = () =>
	new Option(
		'--without <name>',
		'give up the jobs of this profile, which is no longer configured (repeatable)',
	)
		.argParser(collect)
		.default([], 'none');

/** The options about the configuration. */
export const flagsOf = ({
	config,
	profile,
	readOnly,
	interval,
	concurrency,
	rate,
	logFile,
	verbose,
}: GlobalOptions): ConfigurationFlags => ({
	...(config !== undefined && {config}),
	...(profile.length > 0 && {profiles: profile}),
	...(readOnly && {readOnly}),
	...(interval !== undefined && {intervalMs: interval}),
	...(logFile !== undefined && {logFile}),
	...(verbose && {verbose}),
	...((concurrency !== undefined || rate !== undefined) && {
		limits: {...(concurrency !== undefined && {concurrency}), ...(rate !== undefined && {rate})},
	}),
});

export const consoleFor = ({color, ascii, input}: GlobalOptions): Console =>
	createConsole({colour: color, ascii: ascii ?? false, input});

export const demoOptions = ({systems, seed, jobs, speed, fault, port}: DemoFlags): DemoOptions => {
	for (const one of fault ?? []) {
		const misfit = faultMisfit(one, systems);
		if (misfit !== undefined) throw new CommandError(`--fault ${misfit}`);
	}
	return {
		...(systems !== undefined && {systems}),
		...(seed !== undefined && {seed}),
		// A person who says how many jobs there are wants no others.
		...(jobs === undefined ? {opening: true} : {jobs}),
		...(speed !== undefined && {speed}),
		...(fault !== undefined && {faults: fault}),
		...(port !== undefined && {port}),
		jobtop: thisProgram(),
	};
};

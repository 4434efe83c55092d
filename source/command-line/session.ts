/*
What a command works on: the configured profiles, or the built-in job systems.
*/
import {rmSync} from 'node:fs';
import type {Connection} from '../backends/backend.ts';
import {connectAll} from '../config/connect.ts';
import {demoSettings} from '../config/demo-settings.ts';
import type {ConfigurationFlags} from '../config/files.ts';
import {type Configuration, loadConfiguration} from '../config/load.ts';
import type {ProfileSetting} from '../config/profile-setting.ts';
import {openRequestLog} from '../config/request-log.ts';
import type {DemoOptions} from '../demo/index.ts';
import {limited} from '../engine/limiter/limited.ts';
import {systemClock} from '../process/clock.ts';
import {type Environment, stateDirectory} from '../process/state-directory.ts';
import {temporaryPath} from '../process/temporary-path.ts';
import {didYouMean} from '../text/nearest.ts';
import {CommandError} from './output/command-error.ts';

export type Session = {
	readonly profiles: readonly ProfileSetting[];
	readonly connections: readonly Connection[];
	/** The source of its credentials. */
	readonly env: Environment;
	/** The configuration; absent for the built-in job systems. */
	readonly configuration?: Configuration;
	readonly stateDirectory: string;
	/** Whether the journals outlive the command. */
	readonly journalsLast: boolean;
	readonly close: () => Promise<void>;
};

export type OpenSession = () => Promise<Session>;

/** Requests that a command makes before it sends anything count too. */
const limitedAll = (connections: readonly Connection[]): readonly Connection[] =>
	connections.map(connection => limited(connection, systemClock));

/** Closing a closed connection does nothing. */
const closeAll = async (connections: readonly Connection[]): Promise<void> => {
	await Promise.allSettled(connections.map(({backend}) => backend.close?.()));
};

export const openConfigured = async (flags: ConfigurationFlags): Promise<Session> => {
	const configuration = await loadConfiguration({env: process.env, flags});
	const {profiles, lookedFor} = configuration;
	if (profiles.length === 0) {
		throw new CommandError(
			['there are no profiles; jobtop looked for', ...lookedFor, 'jobtop demo has built-in systems'].join(
				'\n  ',
			),
		);
	}
	const connections = limitedAll(await connectAll(profiles, process.env, {log: openRequestLog(flags)}));
	return {
		profiles,
		connections,
		env: process.env,
		configuration,
		stateDirectory: stateDirectory(process.env),
		journalsLast: true,
		close: () => closeAll(connections),
	};
};

/** A folder for the journals of a demo, which last as long as its jobs. It is created with the first journal, so that a command without one leaves nothing behind, however it ends. */
export const demoStateDirectory = () => {
	const path = temporaryPath('jobtop-demo-state');
	return {path, remove: () => rmSync(path, {recursive: true, force: true})};
};

export const openDemo = async (options: DemoOptions, flags: ConfigurationFlags): Promise<Session> => {
	const {startDemo} = await import('../demo/index.ts');
	const log = openRequestLog(flags);
	const demo = await startDemo(options);
	const names = demo.profiles.map(({name}) => name);
	const selected = flags.profiles?.length ? flags.profiles : names;
	const unknown = selected.find(name => !names.includes(name));
	if (unknown !== undefined) {
		await demo.close();
		throw new CommandError(`there is no profile ${JSON.stringify(unknown)}; ${didYouMean(unknown, names)}`);
	}
	const profiles = demoSettings(demo.profiles.filter(({name}) => selected.includes(name))).map(profile => ({
		...profile,
		readOnly: flags.readOnly ?? false,
		...(flags.limits !== undefined && {limits: flags.limits}),
		...(flags.intervalMs !== undefined && {intervalMs: flags.intervalMs}),
	}));
	const env = {...process.env, ...demo.env};
	const connections = limitedAll(await connectAll(profiles, env, {log}));
	const state = demoStateDirectory();
	return {
		profiles,
		connections,
		env,
		stateDirectory: state.path,
		journalsLast: false,
		async close() {
			await closeAll(connections);
			await demo.close();
			state.remove();
		},
	};
};

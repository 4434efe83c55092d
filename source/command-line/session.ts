/*
What a command works on: the profiles that are configured, or the embedded job systems.
*/
import {randomUUID} from 'node:crypto';
import {rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Connection} from '../backends/backend.ts';
import {connectAll} from '../config/connect.ts';
import {demoSettings} from '../config/demo-settings.ts';
import {type Configuration, type ConfigurationFlags, loadConfiguration} from '../config/load.ts';
import type {ProfileSetting} from '../config/profile-setting.ts';
import {openRequestLog} from '../config/request-log.ts';
import type {DemoOptions} from '../demo/index.ts';
import {limited} from '../engine/limiter/limited.ts';
import {systemClock} from '../process/clock.ts';
import {type Environment, stateDirectory} from '../process/state-directory.ts';
import {didYouMean} from '../text/nearest.ts';
import {CommandError} from './output/command-error.ts';

export type Session = {
	readonly profiles: readonly ProfileSetting[];
	readonly connections: readonly Connection[];
	/** What its credentials are read from. */
	readonly env: Environment;
	/** What was read; absent where the profiles are embedded. */
	readonly configuration?: Configuration;
	readonly stateDirectory: string;
	/** Whether the journals are there when the command has ended. */
	readonly journalsLast: boolean;
	readonly close: () => Promise<void>;
};

export type OpenSession = () => Promise<Session>;

/** What a command asks before it sends anything counts too. */
const limitedAll = (connections: readonly Connection[]): readonly Connection[] =>
	connections.map(connection => limited(connection, systemClock));

/** Connections that are closed already take no harm. */
const closeAll = async (connections: readonly Connection[]): Promise<void> => {
	await Promise.allSettled(connections.map(({backend}) => backend.close?.()));
};

export const openConfigured = async (flags: ConfigurationFlags): Promise<Session> => {
	const configuration = loadConfiguration({env: process.env, flags});
	const {profiles, lookedFor} = configuration;
	if (profiles.length === 0) {
		throw new CommandError(
			['there are no profiles; jobtop looked for', ...lookedFor, 'jobtop demo has built-in systems'].join(
				'\n  ',
			),
		);
	}
	const connections = limitedAll(connectAll(profiles, process.env, openRequestLog(flags)));
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

/** A folder for the journals of a demo, which live no longer than its jobs. It is made with the first of them, so that a command without any leaves nothing behind, however it ends. */
export const demoStateDirectory = () => {
	const path = join(tmpdir(), `jobtop-demo-${randomUUID()}`);
	return {path, remove: () => rmSync(path, {recursive: true, force: true})};
};

export const openDemo = async (options: DemoOptions, flags: ConfigurationFlags): Promise<Session> => {
	const {startDemo} = await import('../demo/index.ts');
	const log = openRequestLog(flags);
	const demo = await startDemo(options);
	const names = demo.profiles.map(({name}) => name);
	const wanted = flags.profiles?.length ? flags.profiles : names;
	const unknown = wanted.find(name => !names.includes(name));
	if (unknown !== undefined) {
		await demo.close();
		throw new CommandError(`there is no profile ${JSON.stringify(unknown)}; ${didYouMean(unknown, names)}`);
	}
	const profiles = demoSettings(demo.profiles.filter(({name}) => wanted.includes(name))).map(profile => ({
		...profile,
		readOnly: flags.readOnly ?? false,
		...(flags.limits !== undefined && {limits: flags.limits}),
		...(flags.intervalMs !== undefined && {intervalMs: flags.intervalMs}),
	}));
	const env = {...process.env, ...demo.env};
	const connections = limitedAll(connectAll(profiles, env, log));
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

import type {Backend, Connection} from '../backends/backend.ts';
import {backends} from '../backends/index.ts';
import {backendOf} from '../backends/methods.ts';
import {systemClock} from '../process/clock.ts';
import type {Environment} from '../process/state-directory.ts';
import {withoutTokens} from '../process/without-tokens.ts';
import {methodsOf} from './profile-entries.ts';
import type {ProfileSetting} from './profile-setting.ts';
import {logged, type WriteLine} from './request-log.ts';

export type ConnectOptions = {
	/** Gets a line for each request. */
	readonly log?: WriteLine | undefined;
	/** Programs that print a credential get no terminal: a screen has it. */
	readonly programTerminal?: 'none';
};

/** Opens profiles, whose kinds are loaded for them. Nothing is requested yet. */
export const connectAll = (
	profiles: readonly ProfileSetting[],
	env: Environment,
	{log, programTerminal}: ConnectOptions = {},
): Promise<readonly Connection[]> => {
	const tokens = profiles.map(({entry}) => ('token_env' in entry ? entry.token_env : undefined));
	// No program that jobtop starts needs the tokens of its profiles.
	const programEnv = withoutTokens(env, tokens);
	const opening = profiles.map(
		async ({name, aliases, entry: configured, found, folder, readOnly, intervalMs, minInterval, limits}) => {
			const entry = {...configured, ...limits};
			const {traits} = backends[entry.backend];
			const {open, reach} = await methodsOf(entry.backend);
			const {page} = entry;
			const backend: Backend = {
				...open(name, entry, {env, folder, programEnv, ...(programTerminal && {programTerminal})}),
				...(page !== undefined && {pageUrl: id => page.replace('{id}', () => encodeURIComponent(id))}),
			};
			const connection: Connection = {
				profile: name,
				...(aliases && {aliases}),
				traits: {
					...traits,
					...(entry.concurrency !== undefined && {concurrency: entry.concurrency}),
					...(entry.rate !== undefined && {rate: entry.rate}),
					...(intervalMs !== undefined && {intervalMs}),
				},
				backend: readOnly ? withoutChanges(backend) : backend,
				...(readOnly && {readOnly}),
				...(minInterval && {minInterval}),
				reach: {...reach(entry, {env, folder}), ...(found !== undefined && {found})},
			};
			return log ? logged(connection, systemClock, log) : connection;
		},
	);
	return Promise.all(opening);
};

/** A read-only backend has no methods that change something, or prepare a change. */
const withoutChanges = (backend: Backend): Backend => {
	const {system, listPage, get, look, getMany, logs, listen, results} = backend;
	const {describeLook, pageUrl, logIn, close} = backend;
	return backendOf({
		system,
		listPage,
		get,
		look,
		getMany,
		logs,
		listen,
		results,
		describeLook,
		pageUrl,
		logIn,
		close,
		cancel: undefined,
		cancelMany: undefined,
		forceCancel: undefined,
		suspend: undefined,
		unsuspend: undefined,
		describeSuspend: undefined,
		partOf: undefined,
		describeCancel: undefined,
		hide: undefined,
		unhide: undefined,
		delete: undefined,
	});
};

import {type Clock, systemClock} from '../clock.ts';
import {dexOperations} from './dex-records.ts';
import {startDexServer} from './dex-server.ts';
import {ionworksTypes, startIonworksServer} from './ionworks-server.ts';
import {createScenario, type Processes} from './scenario.ts';
import {startTapisServer, tapisApps, tapisToken} from './tapis-server.ts';
import {startTensorpoolServer, tensorpoolTasks} from './tensorpool-server.ts';
import {startWeaverServer} from './weaver-server.ts';
import {createWorld} from './world.ts';

export type DemoOptions = {
	/** The same seed gives the same jobs with the same ids. */
	readonly seed?: string;
	/** How many jobs each system begins with; 40 if not said. */
	readonly jobs?: number;
	/** How much faster than life the jobs run; 1 if not said. */
	readonly speed?: number;
	readonly clock?: Clock;
	/** The port of the first system, the others take the next ones; any that are free if not said. */
	readonly port?: number;
};

// They are on loopback, and it keeps nobody out.
const key = 'demo-key-of-the-embedded-systems';
const tapisUser = 'demo';
const yearMs = 365 * 24 * 3600 * 1000;

const account = 'acc_demo';
const projects = ['proj_contracts', 'proj_invoices'] as const;

type Keyed = {readonly url: string; readonly token_env: string};

/** A profile of an embedded system, as a configuration file has it. */
export type DemoProfile = {readonly name: string} & (
	| {readonly backend: 'weaver'; readonly url: string}
	| ({readonly backend: 'ionworks' | 'tapis' | 'tensorpool'} & Keyed)
	| ({readonly backend: 'dex'; readonly account: string; readonly projects: string[]} & Keyed)
);

/** The embedded job systems: real servers on loopback, and how to reach them. */
export type Demo = {
	readonly profiles: readonly DemoProfile[];
	/** The variables that hold their keys. */
	readonly env: Readonly<Record<string, string>>;
	/** The far sides, for tests. */
	readonly servers: Awaited<ReturnType<typeof startServers>>;
	readonly close: () => Promise<void>;
};

const startServers = async (options: DemoOptions, token: string) => {
	const {seed = 'jobtop', jobs = 40, speed = 1, clock = systemClock, port = 0} = options;
	/** What every system is started with: each has jobs of its own. */
	const commonOf = (system: string, offset: number, processes?: Processes) => ({
		world: createWorld({
			scenario: createScenario({seed: `${seed} ${system}`, jobs, ...(processes && {processes})}),
			clock,
			speed,
		}),
		clock,
		seed: `${seed} ${system}`,
		port: port === 0 ? 0 : port + offset,
	});
	const [weaver, ionworks, tapis, tensorpool, dex] = await Promise.all([
		startWeaverServer(commonOf('weaver', 0)),
		startIonworksServer({...commonOf('ionworks', 1, ionworksTypes), key}),
		startTapisServer({...commonOf('tapis', 2, tapisApps), token, user: tapisUser, speed}),
		startTensorpoolServer({...commonOf('tensorpool', 3, tensorpoolTasks), key, speed}),
		startDexServer({...commonOf('dex', 4, dexOperations), key, account, projects}),
	]);
	return {weaver, ionworks, tapis, tensorpool, dex};
};

export const startDemo = async (options: DemoOptions = {}): Promise<Demo> => {
	const token = tapisToken(tapisUser, (options.clock ?? systemClock).now() + yearMs);
	const servers = await startServers(options, token);
	const keyed = (url: string) => ({url, token_env: 'JOBTOP_DEMO_KEY'});
	return {
		profiles: [
			{name: 'weaver', backend: 'weaver', url: servers.weaver.url},
			{name: 'ionworks', backend: 'ionworks', ...keyed(servers.ionworks.url)},
			{name: 'tapis', backend: 'tapis', url: servers.tapis.url, token_env: 'JOBTOP_DEMO_TAPIS_TOKEN'},
			{name: 'tensorpool', backend: 'tensorpool', ...keyed(servers.tensorpool.url)},
			{name: 'dex', backend: 'dex', account, projects: [...projects], ...keyed(servers.dex.url)},
		],
		env: {JOBTOP_DEMO_KEY: key, JOBTOP_DEMO_TAPIS_TOKEN: token},
		servers,
		close: async () => {
			await Promise.all(Object.values(servers).map(server => server.close()));
		},
	};
};

import {type Clock, systemClock} from '../process/clock.ts';
import {dexOperations} from './dex-records.ts';
import {startDexServer} from './dex-server.ts';
import {createImposer, type ImposedFault, type SystemName, systemNames} from './imposed-faults.ts';
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
	/** What goes wrong from the beginning. */
	readonly faults?: readonly ImposedFault[];
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
	readonly servers: Awaited<ReturnType<typeof startServers>>['servers'];
	/** What goes wrong from now on, in place of what did before. */
	readonly setFaults: (faults: readonly ImposedFault[]) => Promise<void>;
	readonly close: () => Promise<void>;
};

const startServers = async (options: DemoOptions, token: string) => {
	const {seed = 'jobtop', jobs = 40, speed = 1, clock = systemClock, port = 0} = options;
	/** What a system is started with: each has jobs of its own. */
	const placeFor = (system: SystemName, processes?: Processes) => ({
		world: createWorld({
			scenario: createScenario({seed: `${seed} ${system}`, jobs, ...(processes && {processes})}),
			clock,
			speed,
		}),
		clock,
		seed: `${seed} ${system}`,
		port: port === 0 ? 0 : port + systemNames.indexOf(system),
	});
	const places = {
		weaver: placeFor('weaver'),
		ionworks: placeFor('ionworks', ionworksTypes),
		tapis: placeFor('tapis', tapisApps),
		tensorpool: placeFor('tensorpool', tensorpoolTasks),
		dex: placeFor('dex', dexOperations),
	} satisfies Record<SystemName, unknown>;
	const [weaver, ionworks, tapis, tensorpool, dex] = await Promise.all([
		startWeaverServer(places.weaver),
		startIonworksServer({...places.ionworks, key}),
		startTapisServer({...places.tapis, token, user: tapisUser, speed}),
		startTensorpoolServer({...places.tensorpool, key, speed}),
		startDexServer({...places.dex, key, account, projects}),
	]);
	const servers = {weaver, ionworks, tapis, tensorpool, dex};
	const imposers = systemNames.map(name => ({
		name,
		impose: createImposer({...places[name], server: servers[name]}),
	}));
	const setFaults: Demo['setFaults'] = async faults => {
		const concerns = (name: SystemName) => faults.filter(({system = name}) => system === name);
		await Promise.all(imposers.map(({name, impose}) => impose(concerns(name))));
	};
	return {servers, setFaults};
};

export const startDemo = async (options: DemoOptions = {}): Promise<Demo> => {
	const token = tapisToken(tapisUser, (options.clock ?? systemClock).now() + yearMs);
	const {servers, setFaults} = await startServers(options, token);
	if (options.faults !== undefined) await setFaults(options.faults);
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
		setFaults,
		close: async () => {
			// A server that is to leave or come back by itself does not.
			await setFaults([]);
			await Promise.all(Object.values(servers).map(server => server.close()));
		},
	};
};

import {type Clock, systemClock} from '../process/clock.ts';
import {dexOperations} from './dex-records.ts';
import {startDexServer} from './dex-server.ts';
import {
	createImposer,
	fitsSystem,
	type ImposedFault,
	type SystemName,
	usualSystems,
} from './imposed-faults.ts';
import {ionworksTypes, startIonworksServer} from './ionworks-server.ts';
import {startKubernetesServer} from './kubernetes-server.ts';
import type {JobControls} from './named-jobs.ts';
import {openingPlans} from './opening.ts';
import {startFlux} from './programs/flux.ts';
import {startGridEngine} from './programs/gridengine.ts';
import {startHtcondor} from './programs/htcondor.ts';
import {startLsf} from './programs/lsf.ts';
import {startPbs} from './programs/pbs.ts';
import type {ProgramPlace} from './programs/site.ts';
import {startSlurm} from './programs/slurm.ts';
import {createScenario, type Processes} from './scenario.ts';
import type {DemoServer} from './server.ts';
import {startTapisServer, tapisApps, tapisToken} from './tapis-server.ts';
import {startTensorpoolServer, tensorpoolTasks} from './tensorpool-server.ts';
import {startWeaverServer} from './weaver-server.ts';
import {createWorld, type World} from './world.ts';

export type DemoOptions = {
	/** The systems, in the order of their ports; the usual ones if not said. */
	readonly systems?: readonly SystemName[];
	/** The same seed gives the same jobs with the same ids. */
	readonly seed?: string;
	/** How many jobs each system begins with; 40 if not said. */
	readonly jobs?: number;
	/** Begin with the jobs of the file `opening` too. */
	readonly opening?: boolean;
	/** The speed-up factor of the jobs; 1 if not said. */
	readonly speed?: number;
	/** Removes the record of a job this many milliseconds after its end, as Slurm does; never, if not said. */
	readonly forgetAfterMs?: number;
	readonly clock?: Clock;
	/** The port of the first system, the others take the next ones; any that are free if not said. */
	readonly port?: number;
	/** What goes wrong from the beginning. */
	readonly faults?: readonly ImposedFault[];
	/** The words that start jobtop, for systems that are programs; those that started this process if not said. */
	readonly jobtop?: readonly string[];
};

// They are on loopback, and it keeps nobody out.
const key = 'demo-key-of-the-embedded-systems';
const tapisUser = 'demo';
const yearMs = 365 * 24 * 3600 * 1000;

const account = 'acc_demo';
const projects = ['proj_contracts', 'proj_invoices'] as const;
const namespaces = ['imagery', 'models'] as const;

/** What a system is started with. Each has jobs of its own. */
type Place = {
	readonly world: World;
	readonly clock: Clock;
	readonly seed: string;
	readonly port: number;
	readonly speed: number;
	/** The credential of Tapis, which ends. */
	readonly token: string;
	readonly jobtop?: readonly string[];
};

type EmbeddedSystem = {
	/** The work that its jobs do; the usual one if absent. */
	readonly processes?: Processes;
	readonly start: (place: Place) => Promise<DemoServer & JobControls & {readonly bin?: string}>;
	/** How it is configured, once it listens at this address, or has its programs in this folder. */
	readonly profile: (url: string, bin: string) => {readonly backend: SystemName};
};

const programPlace = ({world, clock, port, speed, jobtop}: Place): ProgramPlace => ({
	world,
	clock,
	port,
	speed,
	...(jobtop && {jobtop}),
});

const keyed = (url: string) => ({url, token_env: 'JOBTOP_DEMO_KEY'});

const systems = {
	weaver: {
		start: ({world, clock, seed, port}) => startWeaverServer({world, clock, seed, port}),
		profile: url => ({backend: 'weaver', url}),
	},
	ionworks: {
		processes: ionworksTypes,
		start: ({world, clock, seed, port}) => startIonworksServer({world, clock, seed, port, key}),
		profile: url => ({backend: 'ionworks', ...keyed(url)}),
	},
	tapis: {
		processes: tapisApps,
		start: ({token, ...place}) => startTapisServer({...place, token, user: tapisUser}),
		profile: url => ({backend: 'tapis', url, token_env: 'JOBTOP_DEMO_TAPIS_TOKEN'}),
	},
	tensorpool: {
		processes: tensorpoolTasks,
		start: ({token: _, ...place}) => startTensorpoolServer({...place, key}),
		profile: url => ({backend: 'tensorpool', ...keyed(url)}),
	},
	dex: {
		processes: dexOperations,
		start: ({world, clock, seed, port}) => startDexServer({world, clock, seed, port, key, account, projects}),
		profile: url => ({backend: 'dex', account, projects: [...projects], ...keyed(url)}),
	},
	kubernetes: {
		start: ({world, clock, seed, port}) =>
			startKubernetesServer({world, clock, seed, port, token: key, namespaces}),
		profile: url => ({backend: 'kubernetes', namespaces: [...namespaces], ...keyed(url)}),
	},
	slurm: {
		start: place => startSlurm(programPlace(place)),
		profile: (_, bin) => ({backend: 'slurm', bin}),
	},
	flux: {
		start: place => startFlux(programPlace(place)),
		profile: (_, bin) => ({backend: 'flux', bin}),
	},
	lsf: {
		start: place => startLsf(programPlace(place)),
		profile: (_, bin) => ({backend: 'lsf', bin}),
	},
	htcondor: {
		start: place => startHtcondor(programPlace(place)),
		profile: (_, bin) => ({backend: 'htcondor', bin}),
	},
	pbs: {
		start: place => startPbs(programPlace(place)),
		profile: (_, bin) => ({backend: 'pbs', bin}),
	},
	gridengine: {
		start: place => startGridEngine(programPlace(place)),
		profile: (_, bin) => ({backend: 'gridengine', bin}),
	},
} as const satisfies Readonly<Record<SystemName, EmbeddedSystem>>;

type Servers = {readonly [Name in SystemName]: Awaited<ReturnType<(typeof systems)[Name]['start']>>};

/** A profile of an embedded system, as a configuration file has it. */
export type DemoProfile = {
	[Name in SystemName]: {readonly name: string} & ReturnType<(typeof systems)[Name]['profile']>;
}[SystemName];

/** A job whose end was requested before the demo began. Times are epoch milliseconds. */
export type EarlierCancellation = {
	readonly profile: string;
	readonly id: string;
	readonly name: string;
	readonly createdAt: number;
	readonly askedAt: number;
};

/** The embedded job systems: real servers on loopback, and how to reach them. */
export type Demo = {
	readonly profiles: readonly DemoProfile[];
	/** The variables that hold their keys. */
	readonly env: Readonly<Record<string, string>>;
	/** The cancellations of the opening. */
	readonly earlier: readonly EarlierCancellation[];
	/** The far sides of the chosen systems, for tests. */
	readonly servers: Servers;
	/** What goes wrong from now on, in place of what did before. */
	readonly setFaults: (faults: readonly ImposedFault[]) => Promise<void>;
	readonly close: () => Promise<void>;
};

export const startDemo = async (options: DemoOptions = {}): Promise<Demo> => {
	const {
		seed: demoSeed = 'jobtop',
		jobs = 40,
		speed = 1,
		clock = systemClock,
		port = 0,
		forgetAfterMs,
		systems: names = usualSystems,
	} = options;
	const token = tapisToken(tapisUser, clock.now() + yearMs);
	const started = await Promise.all(
		names.map(async (name, index) => {
			const system: EmbeddedSystem = systems[name];
			const {processes} = system;
			const seed = `${demoSeed} ${name}`;
			const scenario = createScenario({
				seed,
				jobs,
				...(processes && {processes}),
				...(options.opening && {others: openingPlans[name]?.() ?? []}),
			});
			const world = createWorld({
				scenario,
				clock,
				speed,
				...(forgetAfterMs !== undefined && {forgetAfterMs}),
			});
			const place = {
				world,
				clock,
				seed,
				port: port === 0 ? 0 : port + index,
				speed,
				token,
				...(options.jobtop && {jobtop: options.jobtop}),
			};
			const server = await system.start(place);
			const profile = {name, ...system.profile(server.url, server.bin ?? '')};
			return {name, server, profile, impose: createImposer({world, clock, seed, server})};
		}),
	);
	const earlier = options.opening ? started.flatMap(({name, server}) => earlierOn(name, server)) : [];
	const setFaults: Demo['setFaults'] = async faults => {
		const concerns = (name: SystemName) =>
			faults.filter(({system = name, name: fault}) => system === name && fitsSystem(fault, name));
		await Promise.all(started.map(({name, impose}) => impose(concerns(name))));
	};
	if (options.faults !== undefined) await setFaults(options.faults);
	return {
		profiles: started.map(({profile}) => profile as DemoProfile),
		env: {JOBTOP_DEMO_KEY: key, JOBTOP_DEMO_TAPIS_TOKEN: token},
		earlier,
		servers: Object.fromEntries(started.map(({name, server}) => [name, server])) as unknown as Servers,
		setFaults,
		close: async () => {
			// A server that is to leave or come back by itself does not.
			await setFaults([]);
			await Promise.all(started.map(({server}) => server.close()));
		},
	};
};

const earlierOn = (profile: SystemName, server: JobControls): readonly EarlierCancellation[] =>
	server.ids().flatMap(id => {
		const job = server.job(id);
		const [first] = server.history(id);
		if (job === undefined || first === undefined) return [];
		return [{profile, id, name: job.plan.process, createdAt: job.createdAt, askedAt: first.at}];
	});

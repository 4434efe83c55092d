/*
The faults that somebody can ask for by name: what they do to a system, to which share of its requests or jobs, and from when on.
*/
import type {Clock} from '../process/clock.ts';
import type {FaultName} from './faults.ts';
import {createRandom, seedOf} from './random.ts';
import type {Quirk} from './scenario.ts';
import type {DemoServer} from './server.ts';
import type {World} from './world.ts';

/** The embedded systems of a demo for which no others were chosen, in the order of their ports. */
export const usualSystems = ['weaver', 'ionworks', 'tapis', 'tensorpool', 'dex', 'kubernetes'] as const;
export type UsualSystem = (typeof usualSystems)[number];

/** The systems that are programs. */
export const programSystems = ['slurm', 'htcondor', 'flux', 'lsf', 'pbs', 'gridengine'] as const;
export type ProgramSystem = (typeof programSystems)[number];

/** All embedded systems. */
export const systemNames = [...usualSystems, ...programSystems] as const;
export type SystemName = (typeof systemNames)[number];

/** The faults of requests that programs can have, too. */
const faultsOfPrograms: readonly ImposableFault[] = ['slow', 'silent', 'cut-off'];

/** Whether only a system behind HTTP can have it. */
export const isHttpFault = (name: ImposableFault): boolean =>
	imposableFaults[name].hits === 'requests' && !faultsOfPrograms.includes(name);

export const fitsSystem = (name: ImposableFault, system: SystemName): boolean =>
	!(programSystems as readonly SystemName[]).includes(system) || !isHttpFault(name);

/** What a fault does, in words for the help; to requests, to jobs that are cancelled, or to the whole server. */
type Imposable = {readonly about: string} & (
	| {readonly hits: 'requests'; readonly fault: FaultName}
	| {readonly hits: 'jobs'; readonly quirk: Quirk}
	| {readonly hits: 'server'}
);

export const imposableFaults = {
	'rate-limited': {hits: 'requests', fault: 'rate-limited', about: 'it answers 429 and asks to slow down'},
	broken: {hits: 'requests', fault: 'broken', about: 'it answers 500'},
	slow: {hits: 'requests', fault: 'slow', about: 'it answers four seconds late'},
	silent: {hits: 'requests', fault: 'silent', about: 'it accepts requests and never answers'},
	'cut-off': {
		hits: 'requests',
		fault: 'cut-off',
		about: 'it does what was requested, and the connection breaks in the middle of the answer',
	},
	'login-page': {hits: 'requests', fault: 'login-page', about: 'it answers 200 with a login page'},
	nonsense: {hits: 'requests', fault: 'nonsense', about: 'it answers 200 with meaningless JSON'},
	'expired-key': {hits: 'requests', fault: 'expired-key', about: 'it answers 401 in its own words'},
	forbidden: {hits: 'requests', fault: 'forbidden', about: 'it answers 403'},
	down: {hits: 'server', about: 'nothing listens at its address'},
	'ends-when-looked-at': {
		hits: 'jobs',
		quirk: 'ends-when-looked-at',
		about: 'a look shows the job running, then it ends',
	},
	stubborn: {hits: 'jobs', quirk: 'stubborn', about: 'the cancel is accepted and takes a long time'},
	'never-stops': {
		hits: 'jobs',
		quirk: 'never-stops',
		about: 'the cancel is accepted, and the job never stops',
	},
	'late-write': {hits: 'jobs', quirk: 'late-write', about: 'the cancel is accepted, and the job succeeds'},
	'comes-back': {
		hits: 'jobs',
		quirk: 'comes-back',
		about: 'six seconds after it was cancelled, the job runs again',
	},
	'works-on': {
		hits: 'jobs',
		quirk: 'works-on',
		about: 'the job reports that it was cancelled, but starts or runs to its own end',
	},
	vanishes: {hits: 'jobs', quirk: 'vanishes', about: 'once cancelled, the job is no longer known'},
} as const satisfies Readonly<Record<string, Imposable>>;

export type ImposableFault = keyof typeof imposableFaults;

/** A fault on one system, or on all. */
export type ImposedFault = {
	/** All of them, if not said. */
	readonly system?: SystemName;
	readonly name: ImposableFault;
	/** Which part of the requests or jobs it hits, from above 0 to 1. */
	readonly share: number;
	/** Milliseconds from the moment in which it is imposed until it begins. */
	readonly afterMs: number;
};

type Place = {
	readonly server: DemoServer;
	readonly world: World;
	readonly seed: string;
	readonly clock: Clock;
};

/** A fault of a system, and whether it hits the n-th request or job: the same seed, the same ones. */
type Active = {readonly fault: Imposable; readonly hits: (n: number) => boolean};

/**
The way to impose faults on one system. Each call takes the place of the one before, and resolves once the server is gone or back.
*/
export const createImposer = ({server, world, seed, clock}: Place) => {
	let takeBack: (() => void) | undefined;

	return async (faults: readonly Omit<ImposedFault, 'system'>[]): Promise<void> => {
		takeBack?.();
		takeBack = undefined;
		const since = clock.now();
		const active = faults.map(({name, share, afterMs}): Active => {
			const {[name]: fault} = imposableFaults;
			const hits = (n: number) =>
				clock.now() >= since + afterMs &&
				(share >= 1 || createRandom(seedOf(seed, 'fault', name, n))() < share);
			return {fault, hits};
		});

		let requests = 0;
		server.setFaults(() => {
			const request = requests++;
			for (const {fault, hits} of active) if (fault.hits === 'requests' && hits(request)) return fault.fault;
			return undefined;
		});
		world.impose(index => {
			for (const {fault, hits} of active) if (fault.hits === 'jobs' && hits(index)) return fault.quirk;
			return undefined;
		});

		const down = faults.find(({name}) => name === 'down');
		if (down?.afterMs === 0) return server.leave();
		await server.comeBack();
		if (down !== undefined) takeBack = clock.after(down.afterMs, () => void server.leave());
	};
};

import assert from 'node:assert/strict';
import type {TestContext} from 'node:test';
import type {Backend, Connection} from '../../source/backends/backend.ts';
import {dex} from '../../source/backends/dex/index.ts';
import {ionworks} from '../../source/backends/ionworks/index.ts';
import {kubernetes} from '../../source/backends/kubernetes/index.ts';
import {tapis} from '../../source/backends/tapis/index.ts';
import {tensorpool} from '../../source/backends/tensorpool/index.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import {startDexServer} from '../../source/demo/dex-server.ts';
import {startIonworksServer} from '../../source/demo/ionworks-server.ts';
import {startKubernetesServer} from '../../source/demo/kubernetes-server.ts';
import type {JobControls} from '../../source/demo/named-jobs.ts';
import type {DemoServer} from '../../source/demo/server.ts';
import {startTapisServer} from '../../source/demo/tapis-server.ts';
import {startTensorpoolServer} from '../../source/demo/tensorpool-server.ts';
import {startWeaverServer} from '../../source/demo/weaver-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {createEngine} from '../../source/engine/engine.ts';
import type {Patch} from '../../source/engine/protocol.ts';
import {type Ref, refOf} from '../../source/job/ref.ts';
import type {JobTarget} from '../../source/job/target.ts';
import {type Clock, wait} from '../../source/process/clock.ts';
import type {Known} from '../../source/state/known.ts';
import {applyPatches, nothingKnown} from '../../source/store/apply-patches.ts';
import {diskIdle, temporaryDirectory} from './engine.ts';
import {createManualClock} from './manual-clock.ts';

const key = 'a-key-for-many';

/** What each system wants to be shown. */
export const credentials = {
	weaver: {authorization: `Bearer ${key}`},
	ionworks: {'x-api-key': key},
	tapis: {'x-tapis-token': key},
	tensorpool: {authorization: `Bearer ${key}`},
	dex: {'x-api-key': key, 'x-selected-account-id': 'acc_far'},
	kubernetes: {authorization: `Bearer ${key}`},
} as const;

type Far = DemoServer & JobControls;
type System = {
	readonly start: (options: {
		readonly world: ReturnType<typeof createWorld>;
		readonly clock: Clock;
		readonly seed: string;
	}) => Promise<Far>;
	readonly connect: (url: string, concurrency: number) => Omit<Connection, 'profile'>;
};

/** The embedded systems behind HTTP, each with its own way to be opened. */
export const systems = {
	weaver: {
		start: options => startWeaverServer({...options, token: key}),
		connect: (url, connections) => ({
			traits: weaver.traits,
			backend: weaver.connect('far', {url, connections, headers: () => credentials.weaver}),
		}),
	},
	ionworks: {
		start: options => startIonworksServer({...options, key}),
		connect: (url, connections) => ({
			traits: ionworks.traits,
			backend: ionworks.connect('far', {url, connections, headers: () => credentials.ionworks}),
		}),
	},
	tapis: {
		start: options => startTapisServer({...options, token: key}),
		connect: (url, connections) => ({
			traits: tapis.traits,
			backend: tapis.connect('far', {url, connections, headers: () => credentials.tapis}),
		}),
	},
	tensorpool: {
		start: options => startTensorpoolServer({...options, key}),
		connect: (url, connections) => ({
			traits: tensorpool.traits,
			backend: tensorpool.connect('far', {
				url,
				connections,
				headers: () => credentials.tensorpool,
			}),
		}),
	},
	dex: {
		start: options => startDexServer({...options, key, account: 'acc_far', projects: ['proj_far']}),
		connect: (url, connections) => ({
			traits: dex.traits,
			backend: dex.connect('far', {
				url,
				connections,
				project: 'proj_far',
				headers: () => credentials.dex,
			}),
		}),
	},
	kubernetes: {
		start: options => startKubernetesServer({...options, token: key, namespaces: ['lab']}),
		connect(url, connections) {
			const reached = {http: {url, headers: () => credentials.kubernetes}, namespace: 'lab'};
			const access = {reach: async () => reached, known: reached};
			return {traits: kubernetes.traits, backend: kubernetes.connect('far', {access, connections})};
		},
	},
} as const satisfies Readonly<Record<string, System>>;

export type SystemName = keyof typeof systems;

/** A system with no jobs of its own. */
export const startSystem = async (name: SystemName, clock: Clock) => {
	const {start, connect}: System = systems[name];
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock});
	const server = await start({world, clock, seed: 'many'});
	return {server, connect: (concurrency = 4) => connect(server.url, concurrency)};
};

/** So long each request is on its way. */
const wayMs = 20;

/** An engine on one of the embedded systems, with a clock that goes on only while nothing is under way: a machine that is busy changes nothing. */
export const openMany = async (
	context: TestContext,
	name: SystemName,
	jobs: number,
	{
		park = true,
		polling = false,
		also = {},
	}: {park?: boolean; polling?: boolean; also?: Partial<Backend>} = {},
) => {
	const time = createManualClock();
	const {clock} = time;
	const far = await startSystem(name, clock);
	const {server} = far;
	const ids = Array.from({length: jobs}, (_, index) =>
		server.add('running', {name: `job ${index}`, process: 'sleeper'}),
	);
	await time.advance(600_000);

	let onTheWay = 0;
	let underWay = 0;
	let landed = Promise.withResolvers<void>();
	const slowly = <Parameters extends unknown[], Result>(
		method: ((...parameters: Parameters) => Promise<Result>) | undefined,
	) =>
		method &&
		(async (...parameters: Parameters): Promise<Result> => {
			onTheWay++;
			await wait(clock, wayMs);
			onTheWay--;
			underWay++;
			try {
				return await method(...parameters);
			} finally {
				underWay--;
				landed.resolve();
				landed = Promise.withResolvers();
			}
		});
	const {traits, backend} = far.connect();
	const {get, cancel} = backend;
	const slow = {
		...backend,
		listPage: slowly(backend.listPage),
		get: slowly(get),
		cancel: slowly(cancel),
		...also,
	} as Backend;

	let known = nothingKnown();
	const patches: Patch[][] = [];
	const inStep = new Map<string, Set<Ref>>();
	const stepOf = new Map<Ref, string>();
	const those = (step: string) => {
		const set = inStep.get(step) ?? new Set();
		inStep.set(step, set);
		return set;
	};
	const stateDirectory = temporaryDirectory(context);
	const engine = createEngine({
		connections: [{profile: 'far', traits, backend: slow}],
		clock,
		stateDirectory,
		report(told) {
			patches.push([...told]);
			known = applyPatches(known, told);
			for (const patch of told) {
				if (patch.type !== 'cancellations') continue;
				for (const {ref, step} of patch.reports) {
					those(stepOf.get(ref) ?? '').delete(ref);
					those(step).add(ref);
					stepOf.set(ref, step);
				}
			}
		},
		scope: {everyone: false, ended: false},
		park,
	});
	context.after(async () => {
		await engine.stop();
		await server.close();
	});
	if (polling) engine.start();

	/** Lets time pass until it holds. */
	const until = async (what: string, holds: (known: Known) => boolean): Promise<void> => {
		for (let turn = 0; turn < 100_000; turn++) {
			if (holds(known)) return;
			if (underWay > 0) await landed.promise;
			await diskIdle();
			await time.advance(onTheWay > 0 ? 5 : 25);
		}
		assert.fail(`it never came to this: ${what}`);
	};
	const targets = ids.map(
		(id, index): JobTarget => ({
			ref: refOf('far', id),
			name: `job ${index}`,
			phase: 'running',
			status: 'running',
		}),
	);
	const steps = (step: string) => those(step).size;
	const outcomes = () => {
		const counts: Record<string, number> = {};
		for (const {outcome} of known.cancellations.values()) {
			counts[outcome?.kind ?? 'open'] = (counts[outcome?.kind ?? 'open'] ?? 0) + 1;
		}
		return counts;
	};
	const requests = (method: string) => server.requests().filter(each => each.method === method);
	return {
		engine,
		server,
		time,
		stateDirectory,
		ids,
		targets,
		until,
		steps,
		outcomes,
		requests,
		patches,
		known: () => known,
		allSettled: () => until('all are settled', () => steps('settled') === jobs),
	};
};

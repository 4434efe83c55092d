import assert from 'node:assert/strict';
import type {TestContext} from 'node:test';
import type {Backend, BackendTraits, ListPage} from '../../source/backends/backend.ts';
import {dex} from '../../source/backends/dex/index.ts';
import {ionworks} from '../../source/backends/ionworks/index.ts';
import {tapis} from '../../source/backends/tapis/index.ts';
import {tensorpool} from '../../source/backends/tensorpool/index.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import {startDexServer} from '../../source/demo/dex-server.ts';
import {type Fault, faultHandler, send} from '../../source/demo/faults.ts';
import {startIonworksServer} from '../../source/demo/ionworks-server.ts';
import type {JobControls} from '../../source/demo/named-jobs.ts';
import {createRandom, createUuid, seedOf} from '../../source/demo/random.ts';
import type {DemoServer} from '../../source/demo/server.ts';
import {startTapisServer} from '../../source/demo/tapis-server.ts';
import {startTensorpoolServer} from '../../source/demo/tensorpool-server.ts';
import {startWeaverServer} from '../../source/demo/weaver-server.ts';
import {BackendError, type Failure} from '../../source/job/failure.ts';
import type {Job} from '../../source/job/job.ts';
import {createEmptyWorld} from './empty-world.ts';

/** The five job systems behind HTTP. */
export const fiveSystems = ['weaver', 'ionworks', 'tapis', 'tensorpool', 'dex'] as const;
export type SystemName = (typeof fiveSystems)[number];

export const systemKey = 'key-for-these-tests';
export const systemAccount = 'acc_01';
export const systemProject = 'proj_01';

const {signal} = new AbortController();

/** A request as it came to a server. */
export type Sent = {
	readonly method: string;
	/** With its query. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

type Settings = Partial<{
	/** What Ionworks answers to the cancel of an ended job. */
	readonly toEnded: 'job' | 400 | 409;
	/** Milliseconds until the cancel of a running job is noticed. */
	readonly noticeMs: number;
}>;

type Far = {
	readonly server: DemoServer & JobControls;
	readonly connect: (url: string) => Backend;
};
type Common = ReturnType<typeof emptyWorld>;

const emptyWorld = () => {
	const {time, world} = createEmptyWorld();
	return {time, world, clock: time.clock, seed: 'test'};
};

type System = {
	readonly traits: BackendTraits;
	/** The credentials as the system wants them. */
	readonly headers: Readonly<Record<string, string>>;
	/** What its jobs do, and what they are called where they have no name. */
	readonly process: string;
	/** The n-th id, in this system's form. */
	readonly idFor: (n: number) => string;
	readonly start: (common: Common, settings: Settings) => Promise<Far>;
};

const uuid = (n: number) => createUuid(createRandom(seedOf('job', n)));
const pageSize = 3;

const systems: Readonly<Record<SystemName, System>> = {
	weaver: {
		traits: weaver.traits,
		headers: {authorization: `Bearer ${systemKey}`},
		process: 'ndvi',
		idFor: uuid,
		async start(common) {
			const server = await startWeaverServer({...common, token: systemKey});
			const {headers} = systems.weaver;
			return {server, connect: url => weaver.connect('p', {url, headers: () => headers, pageSize})};
		},
	},
	ionworks: {
		traits: ionworks.traits,
		headers: {'x-api-key': systemKey},
		process: 'datafit',
		idFor: uuid,
		async start(common, {toEnded = 'job'}) {
			const server = await startIonworksServer({...common, key: systemKey, toEnded});
			const {headers} = systems.ionworks;
			return {server, connect: url => ionworks.connect('p', {url, headers: () => headers, pageSize})};
		},
	},
	tapis: {
		traits: tapis.traits,
		headers: {'x-tapis-token': systemKey},
		process: 'openfoam',
		idFor: n => `${uuid(n)}-007`,
		async start(common, {noticeMs = 0}) {
			const server = await startTapisServer({...common, token: systemKey, noticeMs});
			const {headers} = systems.tapis;
			return {server, connect: url => tapis.connect('p', {url, headers: () => headers, pageSize})};
		},
	},
	tensorpool: {
		traits: tensorpool.traits,
		headers: {authorization: `Bearer ${systemKey}`},
		process: 'llama-sft',
		idFor: n => `j-${n}`,
		async start(common, {noticeMs}) {
			const server = await startTensorpoolServer({
				...common,
				key: systemKey,
				...(noticeMs !== undefined && {noticeMs}),
			});
			const {headers} = systems.tensorpool;
			const {clock} = common;
			return {server, connect: url => tensorpool.connect('p', {url, headers: () => headers, clock})};
		},
	},
	dex: {
		traits: dex.traits,
		headers: {'x-api-key': systemKey, 'x-selected-account-id': systemAccount},
		process: 'parse',
		idFor: n => `job_${n}`,
		async start(common, {noticeMs}) {
			const server = await startDexServer({
				...common,
				key: systemKey,
				account: systemAccount,
				projects: [systemProject],
				...(noticeMs !== undefined && {noticeMs}),
			});
			const {headers} = systems.dex;
			const connect = (url: string) =>
				dex.connect('p', {url, project: systemProject, headers: () => headers, pageSize});
			return {server, connect};
		},
	},
};

export type OpenSystem = Awaited<ReturnType<typeof openSystem>>;

/** An embedded server without jobs, our client before it, and what went over the line. Pages hold three jobs. */
export const openSystem = async (t: TestContext, name: SystemName, settings: Settings = {}) => {
	const {traits, headers, process, idFor, start} = systems[name];
	const {time, ...common} = emptyWorld();
	const {server, connect} = await start({time, ...common}, settings);
	const backend = connect(server.url);
	t.after(async () => {
		await backend.close?.();
		await server.close();
	});
	const log: Sent[] = [];
	const pending: Fault[] = [];
	/** Writes down what is asked; without it WebSockets are served, which take no fault. */
	const watch = () =>
		server.setFault(async (response, work) => {
			const {method = '', url: path = '', headers} = response.req;
			log.push({method, path, headers});
			const fault = pending.shift();
			if (fault === undefined) send(response, await work());
			else await faultHandler(fault)(response, work);
		});
	watch();

	return {
		name,
		traits,
		server,
		backend,
		time,
		headers,
		process,
		idFor,
		/** A job that stays in its phase; one of a process of its own, if said. */
		add: (phase: Parameters<JobControls['add']>[0], plan: Partial<Parameters<JobControls['add']>[1]> = {}) =>
			server.add(phase, {name: plan.process ?? process, process, ...plan}),
		/** The requests since the last call, without those that were not for this server. */
		sent: (): readonly Sent[] => log.splice(0),
		/** As `METHOD path` without the query. */
		asked: (): readonly string[] =>
			log.splice(0).map(({method, path}) => `${method} ${path.replace(/\?.*/, '')}`),
		failNext: (...faults: readonly Fault[]) => void pending.push(...faults),
		unwatch: () => server.setFault(),
		watch,
		/** Asks the server itself, past our client. */
		async raw(method: string, path: string, body?: unknown) {
			const response = await fetch(server.url + path, {
				method,
				headers: {accept: 'application/json', 'content-type': 'application/json', ...headers},
				...(body !== undefined && {body: JSON.stringify(body)}),
			});
			const text = await response.text();
			log.pop();
			return {status: response.status, body: text === '' ? undefined : JSON.parse(text)};
		},
		/** All pages of the list. */
		async list({ended = true} = {}) {
			const pages: ListPage[] = [];
			let cursor: string | undefined;
			do {
				const page = await backend.listPage({
					everyone: false,
					ended,
					signal,
					...(cursor !== undefined && {cursor}),
				});
				pages.push(page);
				cursor = page.cursor;
			} while (cursor !== undefined && pages.length < 100);
			return {
				jobs: new Map<string, Job>(pages.flatMap(({jobs}) => jobs.map(job => [job.id, job]))),
				whole: pages.every(({covers}) => covers === 'everything'),
			};
		},
		get: async (id: string) => (backend.get ?? assert.fail())(id, {signal}),
		/** The receipt of a cancel, or its failure. */
		cancel: async (id: string) =>
			(backend.cancel ?? assert.fail())(id, {signal}).catch((error: unknown): Failure => {
				if (error instanceof BackendError) return error.failure;
				throw error;
			}),
		connection: {profile: 'p', traits, backend},
	};
};

/*
Polls a list of many jobs again and again, as the engine does, or fetches and parses the same pages with a bare pool. Bundled by poll.ts, which runs it in a process of its own: so its first poll is that of a program that has just started.
*/
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Connection} from '../../source/backends/backend.ts';
import {kubernetes} from '../../source/backends/kubernetes/index.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import {createEngine} from '../../source/engine/engine.ts';
import {systemClock} from '../../source/process/clock.ts';

export type ListKind = 'weaver' | 'kubernetes';

/** What the runner is told. */
export type PollTask = {
	readonly kind: ListKind;
	readonly url: string;
	/** Jobs in the list. */
	readonly size: number;
	readonly polls: number;
	/** Fetch and parse only. */
	readonly isBare: boolean;
};

/** Milliseconds of processor time of each poll, of which `parse` are for parsing; 0 where that is not known. */
export type PollCosts = readonly {readonly all: number; readonly parse: number}[];

/** How a list is polled, and how its pages are asked for without jobtop. */
type Kind = {
	readonly connect: (url: string) => Omit<Connection, 'profile'>;
	readonly path: (page: number) => string;
};

const kinds: Readonly<Record<ListKind, Kind>> = {
	weaver: {
		connect: url => ({traits: weaver.traits, backend: weaver.connect('far', {url})}),
		path: page => `/jobs?detail=true&limit=500&page=${page}`,
	},
	kubernetes: {
		connect(url) {
			const reached = {http: {url}, namespace: 'lab'};
			const access = {reach: async () => reached, known: reached};
			return {traits: kubernetes.traits, backend: kubernetes.connect('far', {access})};
		},
		path: page => `/apis/batch/v1/namespaces/lab/jobs?limit=500${page === 0 ? '' : `&continue=${page}`}`,
	},
};

const cpuOf = async (work: () => unknown): Promise<number> => {
	const before = process.cpuUsage();
	await work();
	const {user, system} = process.cpuUsage(before);
	return (user + system) / 1000;
};

const fetchAndParse = async ({kind, url, size, polls}: PollTask): Promise<PollCosts> => {
	// Loaded with the first request, as jobtop does.
	const {Pool} = await import('./bare-pool.ts');
	const pool = new Pool(url, {connections: 1});
	const costs: {all: number; parse: number}[] = [];
	for (let poll = 0; poll < polls; poll++) {
		let parse = 0;
		const all = await cpuOf(async () => {
			for (let page = 0; page * 500 < size; page++) {
				const {body} = await pool.request({method: 'GET', path: kinds[kind].path(page)});
				const text = await body.text();
				parse += await cpuOf(() => JSON.parse(text));
			}
		});
		costs.push({all, parse});
	}
	await pool.close();
	return costs;
};

const pollWithJobtop = async ({kind, url, size, polls}: PollTask): Promise<PollCosts> => {
	const stateDirectory = mkdtempSync(join(tmpdir(), 'jobtop-bench-'));
	let polled = Promise.withResolvers<void>();
	let count = 0;
	const engine = createEngine({
		connections: [{profile: 'far', ...kinds[kind].connect(url)}],
		clock: systemClock,
		stateDirectory,
		scope: {everyone: true, ended: true},
		park: false,
		intervalMs: 3_600_000,
		report(patches) {
			for (const patch of patches) {
				if (patch.type === 'jobs') count += patch.upserts.length;
				if (patch.type === 'health' && !patch.health.asking && patch.health.lastGoodAt) polled.resolve();
			}
		},
	});
	const costs: {all: number; parse: number}[] = [];
	for (let poll = 0; poll < polls; poll++) {
		polled = Promise.withResolvers();
		const all = await cpuOf(() => {
			if (poll === 0) engine.start();
			else engine.handle({type: 'refresh'});
			return polled.promise;
		});
		costs.push({all, parse: 0});
		if (count < size) throw new Error(`${count} of ${size} jobs were reported`);
	}
	await engine.stop();
	rmSync(stateDirectory, {recursive: true, force: true});
	return costs;
};

process.once('message', async (task: PollTask) => {
	process.send?.(await (task.isBare ? fetchAndParse : pollWithJobtop)(task));
	process.disconnect();
});

/*
What the engine spends on a poll of many jobs over HTTP, of which a hundredth has changed. Beside what nobody can do without: the same bytes through `JSON.parse`, and fetched with a bare pool. The processor time of this process, in the same run.
*/
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Pool} from 'undici';
import {weaver} from '../../source/backends/weaver/index.ts';
import {createEngine} from '../../source/engine/engine.ts';
import {systemClock} from '../../source/process/clock.ts';
import {least, type Result, type Settings} from './measure.ts';
import {startJobsServer} from './program.ts';

const budget = 1.5;

const cpuOf = async (work: () => unknown): Promise<number> => {
	const before = process.cpuUsage();
	await work();
	const {user, system} = process.cpuUsage(before);
	return (user + system) / 1000;
};

/** Fetches the whole list, as the engine does; its pages as texts. */
const fetchPages = async (pool: Pool, size: number): Promise<readonly string[]> => {
	const pages: string[] = [];
	for (let page = 0; page * 500 < size; page++) {
		const path = `/jobs?detail=true&limit=500&page=${page}`;
		const {body} = await pool.request({method: 'GET', path});
		pages.push(await body.text());
	}
	return pages;
};

/** An engine with one profile, which polls when it is asked to. */
const openEngine = (url: string, size: number) => {
	const stateDirectory = mkdtempSync(join(tmpdir(), 'jobtop-bench-'));
	let polled = Promise.withResolvers<void>();
	let count = 0;
	const engine = createEngine({
		connections: [{profile: 'far', traits: weaver.traits, backend: weaver.connect('far', {url})}],
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
	return {
		async poll() {
			polled = Promise.withResolvers();
			engine.handle({type: 'refresh'});
			await polled.promise;
		},
		async start() {
			engine.start();
			await polled.promise;
			if (count < size) throw new Error(`${count} of ${size} jobs were reported`);
		},
		async close() {
			await engine.stop();
			rmSync(stateDirectory, {recursive: true, force: true});
		},
	};
};

const measurePolls = async (size: number, rounds: number) => {
	const server = await startJobsServer(size);
	const pool = new Pool(server.url, {connections: 1});
	const engine = openEngine(server.url, size);
	try {
		const first = await cpuOf(engine.start);
		const fetches: number[] = [];
		const parses: number[] = [];
		const polls: number[] = [];
		// The first round only warms up.
		for (let round = 0; round <= rounds; round++) {
			let pages: readonly string[] = [];
			fetches.push(await cpuOf(async () => (pages = await fetchPages(pool, size))));
			parses.push(await cpuOf(() => pages.map(text => JSON.parse(text).jobs.length)));
			pages = [];
			polls.push(await cpuOf(engine.poll));
		}
		return {first, fetch: least(fetches), parse: least(parses), poll: least(polls)};
	} finally {
		await engine.close();
		await pool.close();
		server.close();
	}
};

export async function* poll({jobs = [10_000, 100_000], rounds}: Settings): AsyncGenerator<Result> {
	for (const size of jobs) {
		const {first, fetch, parse, poll} = await measurePolls(size, rounds);
		yield {what: `the first poll of ${size} jobs over HTTP`, value: `${first.toFixed(0)} ms CPU`};
		yield {
			what: `a poll of ${size} jobs, a hundredth changed`,
			value: `${poll.toFixed(0)} ms CPU`,
			yardstick: `fetched and parsed (${fetch.toFixed(0)} + ${parse.toFixed(0)} ms)`,
			ratio: poll / (fetch + parse),
			budget: `${budget}`,
			kept: poll <= budget * (fetch + parse),
		};
		yield {
			what: '',
			value: `${(poll - fetch).toFixed(0)} ms CPU beside fetching`,
			yardstick: `JSON.parse of the same bytes (${parse.toFixed(0)} ms)`,
			ratio: (poll - fetch) / parse,
			budget: `${budget}`,
			kept: poll - fetch <= budget * parse,
		};
	}
}

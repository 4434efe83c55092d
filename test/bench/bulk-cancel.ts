/*
What cancelling a thousand jobs costs beside its requests: the time from the confirmation until every request is answered, against the same requests (the looks before them included) sent by a bare pool with as many connections. Both against a server in another process, one after the other, in the same run; the best of two each.
*/
import {type ChildProcess, fork} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Pool} from 'undici';
import type {RequestLine} from '../../source/demo/server.ts';
import {createEngine} from '../../source/engine/engine.ts';
import {refOf} from '../../source/job/ref.ts';
import {systemClock} from '../../source/process/clock.ts';
import {credentials, type SystemName, systems} from '../helpers/many.ts';
import type {FarAsked, FarStarted, StartFar} from './far-side.ts';
import {least, type Result, type Settings} from './measure.ts';

const concurrency = 4;
/** By milliseconds of distance: with none, each request takes a tenth of one. */
const budgets: Readonly<Record<number, number>> = {0: 2, 20: 1.1};

let far: ChildProcess;
const ask = <Answer>(message: object): Promise<Answer> =>
	new Promise(resolve => {
		far.once('message', answer => resolve(answer as Answer));
		far.send(message);
	});
const start = (name: SystemName, jobs: number, latencyMs: number) =>
	ask<FarStarted>({name, jobs, latencyMs} satisfies StartFar);

const cancelWithJobtop = async (name: SystemName, jobs: number, latencyMs: number) => {
	const {url, ids} = await start(name, jobs, latencyMs);
	const stateDirectory = mkdtempSync(join(tmpdir(), 'jobtop-bench-'));
	const answered = new Set<string>();
	const done = Promise.withResolvers<void>();
	const engine = createEngine({
		connections: [{profile: 'far', ...systems[name].connect(url, concurrency)}],
		clock: systemClock,
		stateDirectory,
		scope: {everyone: true, ended: true},
		park: false,
		report(patches) {
			for (const patch of patches) {
				if (patch.type !== 'cancellations') continue;
				for (const {ref, acceptedAt, step} of patch.reports) {
					if (acceptedAt !== undefined || step === 'settled') answered.add(ref);
				}
			}
			if (answered.size === jobs) done.resolve();
		},
	});
	const targets = ids.map(id => ({ref: refOf('far', id), name: id, phase: 'running', status: ''}) as const);
	const from = performance.now();
	await engine.cancel(targets);
	await done.promise;
	const ms = performance.now() - from;
	const {requests} = await ask<FarAsked>({requestsOf: url});
	await engine.stop();
	rmSync(stateDirectory, {recursive: true, force: true});
	return {ms, requests};
};

const sendBare = async (
	name: SystemName,
	jobs: number,
	latencyMs: number,
	requests: readonly RequestLine[],
) => {
	const {url} = await start(name, jobs, latencyMs);
	const pool = new Pool(url, {connections: concurrency, pipelining: 1});
	const headers = {accept: 'application/json', ...credentials[name]};
	const waiting = requests.values();
	const one = async () => {
		for (const {method, path} of waiting) {
			const {body} = await pool.request({method: method as 'GET', path, headers});
			await body.json().catch(() => undefined);
		}
	};
	const from = performance.now();
	await Promise.all(Array.from({length: concurrency}, one));
	const ms = performance.now() - from;
	await pool.close();
	return ms;
};

export async function* cancel({jobs = [1000], rounds}: Settings): AsyncGenerator<Result> {
	far = fork(fileURLToPath(new URL('far-side.ts', import.meta.url)), {stdio: 'inherit'});
	try {
		for (const size of jobs) {
			for (const latencyMs of [0, 20]) {
				for (const name of Object.keys(systems) as SystemName[]) {
					const ours: number[] = [];
					const bare: number[] = [];
					let count = 0;
					for (let round = 0; round < rounds; round++) {
						const {ms, requests} = await cancelWithJobtop(name, size, latencyMs);
						ours.push(ms);
						count = requests.length;
						bare.push(await sendBare(name, size, latencyMs, requests));
					}
					const budget = budgets[latencyMs] ?? 1.1;
					const ratio = least(ours) / least(bare);
					yield {
						what: `${size} cancelled, ${name}, ${latencyMs} ms away`,
						value: `${least(ours).toFixed(0)} ms for ${count} requests`,
						yardstick: `a bare pool (${least(bare).toFixed(0)} ms)`,
						ratio,
						budget: `${budget}`,
						kept: ratio <= budget,
					};
				}
			}
		}
	} finally {
		far.kill();
	}
}

/*
What cancelling a thousand jobs costs beside its requests: the time from the confirmation until every request is answered, against the same requests (the looks before them included) sent by a bare pool with as many connections. Both against a server in another process, one after the other, in the same run; the best of two each.
*/
import {type ChildProcess, fork} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {resolve} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {bundle} from '../../scripts/bundle.js';
import {type SystemName, systems} from '../helpers/many.ts';
import type {FarAsked, FarStarted, StartFar} from './far-side.ts';
import {least, type Result, type Settings} from './measure.ts';

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

export async function* cancel({jobs = [1000], rounds}: Settings): AsyncGenerator<Result> {
	const folder = mkdtempSync('dist.bench-');
	far = fork(fileURLToPath(new URL('far-side.ts', import.meta.url)), {stdio: 'inherit'});
	try {
		await bundle({runner: 'test/bench/cancel-runner.ts'}, folder);
		const runner = pathToFileURL(resolve(folder, 'runner.js')).href;
		const {cancelWithJobtop, sendBare}: typeof import('./cancel-runner.ts') = await import(runner);
		for (const size of jobs) {
			for (const latencyMs of [0, 20]) {
				for (const name of Object.keys(systems) as SystemName[]) {
					const ours: number[] = [];
					const bare: number[] = [];
					let count = 0;
					for (let round = 0; round < rounds; round++) {
						const started = await start(name, size, latencyMs);
						ours.push(await cancelWithJobtop(name, started));
						const {requests} = await ask<FarAsked>({requestsOf: started.url});
						count = requests.length;
						bare.push(await sendBare(name, await start(name, size, latencyMs), requests));
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
		rmSync(folder, {recursive: true, force: true});
	}
}

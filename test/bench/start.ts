/*
The time from the start of the program to its first frame, and to the first frame with a job in it, beside that of `node -e 0`.
*/
import {spawnSync} from 'node:child_process';
import {median, type Result, type Settings} from './measure.ts';
import {openProgram, startJobsServer} from './program.ts';

const runsPerRound = 4;

export async function* start({rounds}: Settings): AsyncGenerator<Result> {
	const server = await startJobsServer(5, {quiet: true});
	const frames: number[] = [];
	const rows: number[] = [];
	const bare: number[] = [];
	// One after the other, so that what disturbs one disturbs the other; the first of each only warms up.
	for (let run = 0; run <= rounds * runsPerRound; run++) {
		const bareFrom = performance.now();
		spawnSync(process.execPath, ['-e', '0']);
		bare.push(performance.now() - bareFrom);
		const from = performance.now();
		const opened = openProgram(server.url);
		await opened.until('jobtop');
		frames.push(performance.now() - from);
		await opened.until('process-1');
		rows.push(performance.now() - from);
		// As a reader leaves it: what was compiled is kept for the next start.
		opened.press('q');
		await opened.exited;
		await opened.close();
	}
	server.close();
	const yardstick = median(bare.slice(1));
	const first = median(frames.slice(1));
	const filled = median(rows.slice(1));
	yield {
		what: 'first frame',
		value: `${first.toFixed(0)} ms`,
		yardstick: `node -e 0 (${yardstick.toFixed(0)} ms)`,
		ratio: first / yardstick,
		budget: '3',
		kept: first <= 3 * yardstick,
	};
	yield {
		what: 'first frame with jobs',
		value: `${filled.toFixed(0)} ms`,
		yardstick: 'node -e 0',
		ratio: filled / yardstick,
	};
}

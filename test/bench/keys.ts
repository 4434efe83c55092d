/*
From a key to the changed screen, while all jobs are polled every second and a hundredth of them changes: the time until the emulator of a real terminal shows the cursor elsewhere.
*/
import {pause, percentile, type Result, type Settings} from './measure.ts';
import {openProgram, startJobsServer} from './program.ts';

const presses = 150;

const measureKeys = async (jobs: number) => {
	const server = await startJobsServer(jobs);
	const opened = openProgram(server.url);
	try {
		await opened.until(new RegExp(` ${jobs} jobs?`));
		await pause(1500);
		const cursorRow = () => opened.lines().findIndex(line => line.startsWith('>'));
		const firstRow = cursorRow();
		let down = true;
		const before = opened.cpu();
		const polls = (await server.asked()).polls;
		const from = performance.now();
		const times: number[] = [];
		for (let press = 0; press < presses; press++) {
			await pause(40 + Math.random() * 250);
			const row = cursorRow();
			down = row <= firstRow ? true : row >= firstRow + 12 ? false : down;
			const next = row + (down ? 1 : -1);
			const at = performance.now();
			opened.press(down ? 'j' : 'k');
			await opened.until(() => cursorRow() === next);
			times.push(performance.now() - at);
		}
		const seconds = (performance.now() - from) / 1000;
		const after = opened.cpu();
		return {
			times,
			polls: ((await server.asked()).polls - polls) / seconds,
			screen: (after.screen - before.screen) / seconds / 10,
			engine: (after.others - before.others) / seconds / 10,
			resident: opened.resident(),
		};
	} finally {
		await opened.close();
		server.close();
	}
};

export async function* keys({jobs = [100, 1000, 10_000, 100_000], rounds}: Settings): AsyncGenerator<Result> {
	const sizes = jobs.includes(100) ? jobs : [100, ...jobs];
	let yardstick = 0;
	for (const size of sizes) {
		const times: number[] = [];
		let words = '';
		let resident = 0;
		for (let round = 0; round < rounds; round++) {
			const measured = await measureKeys(size);
			times.push(...measured.times);
			resident = measured.resident;
			words = `${measured.polls.toFixed(1)} polls/s, screen ${measured.screen.toFixed(0)} % and engine ${measured.engine.toFixed(0)} % of a core, ${measured.resident.toFixed(0)} MB`;
		}
		const p95 = percentile(times, 95);
		if (size === 100) yardstick = p95;
		const ratio = p95 / yardstick;
		yield {
			what: `key to screen, ${size} jobs, p95`,
			value: `${p95.toFixed(1)} ms (median ${percentile(times, 50).toFixed(1)}; ${words})`,
			yardstick: '100 jobs',
			ratio,
			curve: {jobs: size, p95, resident},
			...(size === 100_000 && {budget: '50 ms, 1.5', kept: p95 <= 50 && ratio <= 1.5}),
		};
	}
}

/*
What the program keeps in memory, both threads together, after a dozen polls with a hundredth of the jobs changing.
*/
import {least, pause, type Result, type Settings} from './measure.ts';
import {openProgram, startJobsServer} from './program.ts';

const polls = 12;
const budgets: Readonly<Record<number, number>> = {1000: 110, 100000: 260};

const measureMemory = async (jobs: number): Promise<number> => {
	const server = await startJobsServer(jobs);
	const opened = openProgram(server.url);
	try {
		await opened.until(new RegExp(` ${jobs} jobs?`));
		const from = (await server.asked()).polls;
		while ((await server.asked()).polls < from + polls) await pause(200);
		return opened.resident();
	} finally {
		await opened.close();
		server.close();
	}
};

export async function* memory({jobs = [1000, 100_000], rounds}: Settings): AsyncGenerator<Result> {
	let yardstick: number | undefined;
	for (const size of jobs) {
		const measured: number[] = [];
		for (let round = 0; round < rounds; round++) measured.push(await measureMemory(size));
		const megabytes = least(measured);
		yardstick ??= megabytes;
		const most = budgets[size];
		yield {
			what: `resident memory, ${size} jobs`,
			value: `${megabytes.toFixed(0)} MB`,
			yardstick: `${jobs[0]} jobs`,
			ratio: megabytes / yardstick,
			...(most !== undefined && {budget: `${most} MB`, kept: megabytes <= most}),
		};
	}
}

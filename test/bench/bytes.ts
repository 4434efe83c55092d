/*
What a slow line has to carry: the bytes of a quiet minute of a thousand jobs, polled every five seconds, and of a key that moves the cursor, at the end of the table also the rows.
*/
import {pause, type Result, type Settings} from './measure.ts';
import {openProgram, startJobsServer} from './program.ts';

const presses = 40;

const sizes = [
	{columns: 80, rows: 24, minute: 2500, key: 300},
	{columns: 200, rows: 50},
] as const;

const within = (bytes: number, budget: number | undefined) =>
	budget === undefined ? {} : {budget: `${budget} bytes`, kept: bytes <= budget};

export async function* bytes({jobs = [1000]}: Settings): AsyncGenerator<Result> {
	for (const count of jobs) {
		for (const {columns, rows, ...budget} of sizes) {
			const server = await startJobsServer(count, {quiet: true});
			const opened = openProgram(server.url, {interval: '5s', columns, rows});
			const written = () => Buffer.byteLength(opened.output());
			try {
				await opened.until(new RegExp(` ${count} jobs?`));
				await pause(6000);
				const before = written();
				await pause(60_000);
				const minute = written() - before;
				yield {
					what: `a quiet minute, ${count} jobs, ${columns}x${rows}`,
					value: `${minute} bytes`,
					...within(minute, 'minute' in budget ? budget.minute : undefined),
				};
				const underCursor = () => opened.lines().find(line => line.startsWith('>'));
				const from = written();
				for (const key of ['j', 'k']) {
					for (let press = 0; press < presses; press++) {
						const row = underCursor();
						opened.press(key);
						await opened.until(() => underCursor() !== row);
					}
				}
				const perKey = Math.round((written() - from) / (2 * presses));
				yield {
					what: `a key, ${count} jobs, ${columns}x${rows}`,
					value: `${perKey} bytes`,
					...within(perKey, 'key' in budget ? budget.key : undefined),
				};
			} finally {
				await opened.close();
				server.close();
			}
		}
	}
}

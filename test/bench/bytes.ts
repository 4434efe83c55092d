/*
What a slow line has to carry: the bytes of a quiet minute of a thousand jobs, polled every five seconds, and of a key that moves the cursor, at the end of the table also the rows. Beside it turm and htop, where they are installed; htop lists the processes of this machine.
*/
import {pause, type Result, type Settings} from './measure.ts';
import {besideJobtop, bytesPerKey, findPeer, notInstalled, quietMinute, withPeer} from './peer-programs.ts';
import {openProgram, startJobsServer} from './program.ts';

const presses = 40;

const sizes = [
	{columns: 80, rows: 24, minute: 2500, key: 300},
	{columns: 200, rows: 50},
] as const;

const within = (bytes: number, budget: number | undefined) =>
	budget === undefined ? {} : {budget: `${budget} bytes`, kept: bytes <= budget};

type Bytes = {readonly minute: number; readonly key: number};

async function* peerBytes(
	jobs: number,
	geometry: {readonly columns: number; readonly rows: number},
	ours: Bytes,
): AsyncGenerator<Result> {
	const place = `${geometry.columns}x${geometry.rows}`;
	for (const name of besideJobtop) {
		const peer = findPeer(name);
		if (peer === undefined) {
			yield notInstalled(`${name}, ${place}`);
			continue;
		}
		const {cursor} = peer;
		const {minute, key} = await withPeer(peer, jobs, geometry, async opened => ({
			minute: (await quietMinute(opened, 60)).bytes,
			key: cursor === undefined ? Number.NaN : await bytesPerKey(opened, cursor, 10),
		}));
		const yardstick = 'jobtop, this run';
		yield {
			what: `${name}: a quiet minute, ${place}`,
			value: `${minute.toFixed(0)} bytes`,
			yardstick,
			ratio: minute / ours.minute,
		};
		yield {
			what: `${name}: a key, ${place}`,
			value: `${key.toFixed(0)} bytes`,
			yardstick,
			ratio: key / ours.key,
		};
	}
}

export async function* bytes({jobs = [1000]}: Settings): AsyncGenerator<Result> {
	for (const count of jobs) {
		for (const {columns, rows, ...budget} of sizes) {
			const server = await startJobsServer(count, {quiet: true});
			const opened = openProgram(server.url, {interval: '5s', columns, rows});
			let measured: Bytes;
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
				measured = {minute, key: perKey};
			} finally {
				await opened.close();
				server.close();
			}
			if (columns === 80) yield* peerBytes(count, {columns, rows}, measured);
		}
	}
}

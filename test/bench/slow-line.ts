/*
A key that is held on a slow line: how long until the screen stands still. Bytes lie in the buffers of the line until the terminal takes them, 1920 a second at 19200 baud. Beside it the same terminal without answers: then jobtop does not know of the line.
*/
import {spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {pause, type Result, type Settings} from './measure.ts';
import {programSettings, startJobsServer} from './program.ts';

const bytesPerSecond = 1920;
const repeatMs = 33;
const heldMs = 1600;
/** How long it may take, in milliseconds. */
const budget = 1500;
const columns = 80;
const rows = 24;

/** Milliseconds until everything has arrived after a key was held, and the bytes since then. */
const settle = async (
	url: string,
	answers: boolean,
): Promise<{readonly ms: number; readonly bytes: number}> => {
	const {file, parameters, env, remove} = programSettings(url, '5s');
	const emulator = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
	const terminal = spawn(file, [...parameters], {name: 'xterm-256color', cols: columns, rows, env});
	let queue = '';
	let arrived = 0;
	let arrivedAt = 0;
	terminal.onData(data => {
		queue += data;
	});
	if (answers) emulator.onData(answer => terminal.write(answer));
	let taken = 0;
	const startedAt = performance.now();
	const take = setInterval(() => {
		const due = ((performance.now() - startedAt) * bytesPerSecond) / 1000;
		const part = queue.slice(0, Math.floor(due - taken));
		// Nothing is saved up while nothing is under way.
		taken = part.length === queue.length ? due : taken + part.length;
		if (part === '') return;
		queue = queue.slice(part.length);
		arrived += part.length;
		arrivedAt = performance.now();
		emulator.write(part);
	}, 5);
	const quiet = async () => {
		do await pause(1000);
		while (performance.now() - arrivedAt < 1000 || queue !== '');
	};
	try {
		await quiet();
		const before = arrived;
		const heldAt = performance.now();
		for (let press = 0; press * repeatMs < heldMs; press++) {
			await pause(Math.max(0, heldAt + press * repeatMs - performance.now()));
			terminal.write('j');
		}
		const releasedAt = performance.now();
		// A poll every five seconds may draw too, so this is no sooner than the key's last frame.
		await quiet();
		return {ms: Math.max(0, arrivedAt - releasedAt), bytes: arrived - before};
	} finally {
		clearInterval(take);
		terminal.kill('SIGKILL');
		emulator.dispose();
		remove();
	}
};

export async function* slowLine({jobs = [1000]}: Settings): AsyncGenerator<Result> {
	for (const count of jobs) {
		const server = await startJobsServer(count, {quiet: true});
		try {
			for (const answers of [false, true]) {
				const {ms, bytes} = await settle(server.url, answers);
				yield {
					what: `19200 baud, a key held for 1.6 s, ${answers ? 'the terminal answers' : 'no answers'}`,
					value: `still after ${Math.round(ms)} ms, ${bytes} bytes`,
					...(answers && {budget: `${budget} ms`, kept: ms <= budget}),
				};
			}
		} finally {
			server.close();
		}
	}
}

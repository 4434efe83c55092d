/*
The screen as it is bundled, drawing into a terminal that takes everything: prints the CPU and the bytes of one frame in which one row changed. Bundled by frame.ts, once with our last step and once with Ink's.
*/
import {EventEmitter} from 'node:events';
import {PassThrough} from 'node:stream';
import {startScreen} from '../../source/components/screen.tsx';
import type {Job} from '../../source/job/job.ts';
import {systemClock} from '../../source/process/clock.ts';
import {createJobStore} from '../../source/store/store.ts';
import {createTheme} from '../../source/text/theme.ts';
import {hello, profile} from '../helpers/screen-facts.ts';

const jobs = Number(process.argv[2]);
const frames = 300;
const warmUp = 150;

let bytes = 0;
const stdout = Object.assign(new EventEmitter(), {
	isTTY: true,
	columns: 120,
	rows: 40,
	write(text: string, encoding?: unknown, callback?: unknown) {
		bytes += Buffer.byteLength(text);
		const done = typeof encoding === 'function' ? encoding : callback;
		if (typeof done === 'function') done();
		return true;
	},
});
const stdin = Object.assign(new PassThrough(), {
	isTTY: true,
	setRawMode: () => stdin,
	ref: () => stdin,
	unref: () => stdin,
});

const now = Date.now();
// The clock of the screen stands still: only what changes is drawn.
const clock = {now: () => now, after: () => () => undefined};
const store = createJobStore({clock, send: () => undefined});
const job = (index: number, percent: number): Job => ({
	ref: `w/${index}`,
	profile: 'w',
	backend: 'weaver',
	id: String(100_000 + index),
	name: `process-${index % 40}`,
	mine: true,
	phase: 'running',
	status: 'running',
	terminal: false,
	createdAt: now - index * 1000,
	startedAt: now - index * 1000,
	progress: {percent},
});
store.receive([
	hello([profile('w', {backend: 'weaver', title: 'Weaver'})]),
	{type: 'jobs', upserts: Array.from({length: jobs}, (_, index) => job(index, 10)), removes: []},
]);
const screen = startScreen({
	store,
	clock,
	quit: () => undefined,
	theme: createTheme({colour: true, ascii: false}),
	stdin: stdin as unknown as NodeJS.ReadStream,
	stdout: stdout as unknown as NodeJS.WriteStream,
});
await screen.flushed();

/** Milliseconds of CPU of one turn. Every turn waits, so that Ink draws each. */
const turns = async (count: number, turn: (index: number) => void) => {
	const before = process.cpuUsage();
	for (let index = 0; index < count; index++) {
		turn(index);
		await screen.flushed();
		await new Promise<void>(resolve => systemClock.after(1, resolve));
	}
	const {user, system} = process.cpuUsage(before);
	return (user + system) / 1000 / count;
};

const change = (index: number) =>
	store.receive([{type: 'jobs', upserts: [job(10 + (index % 7), 10 + (index % 80))], removes: []}]);
await turns(warmUp, change);
const idle = await turns(frames, () => undefined);
bytes = 0;
const cpu = (await turns(frames, change)) - idle;
process.stdout.write(`${JSON.stringify({cpu, bytes: bytes / frames})}\n`);
process.exit(0);

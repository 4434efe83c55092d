/*
The built program in a real terminal on a server in another process, and what it costs: read from /proc, thread by thread.
*/
import {fork} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {openTerminal} from '../helpers/terminal.ts';

export const program = resolve('dist/jobtop.js');

/** Clock ticks of /proc a second: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

export type JobsServer = {
	readonly url: string;
	readonly asked: () => Promise<{readonly polls: number; readonly requests: number}>;
	readonly close: () => void;
};

/** A server of so many jobs; a hundredth of them changes with every poll, or none where it is quiet. */
export const startJobsServer = async (
	jobs: number,
	{quiet = false, kind = 'weaver'} = {},
): Promise<JobsServer> => {
	const child = fork(fileURLToPath(new URL('jobs-server.ts', import.meta.url)), [
		String(jobs),
		quiet ? 'quiet' : 'living',
		kind,
	]);
	const next = <Answer>() =>
		new Promise<Answer>(answer => child.once('message', message => answer(message as Answer)));
	const {url} = await next<{url: string}>();
	return {
		url,
		asked() {
			const answer = next<{polls: number; requests: number}>();
			child.send('asked');
			return answer;
		},
		close: () => child.disconnect(),
	};
};

/** Milliseconds of CPU of a process, its first thread apart; that of its child processes does not count. */
export const cpuOf = (pid: number): {readonly screen: number; readonly others: number} => {
	let screen = 0;
	let others = 0;
	for (const thread of readdirSync(`/proc/${pid}/task`)) {
		const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		const ms = ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
		if (Number(thread) === pid) screen += ms;
		else others += ms;
	}
	return {screen, others};
};

/** Megabytes that a process has in memory. */
export const residentOf = (pid: number): number => {
	const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
	return Number(kilobytes ?? 0) / 1024;
};

export type ProgramOptions = {readonly interval?: string; readonly columns?: number; readonly rows?: number};

/** How to start the program on a server, with a home of its own; the caller removes it. */
export const programSettings = (url: string, interval: string) => {
	const home = mkdtempSync(join(tmpdir(), 'jobtop-bench-'));
	const config = join(home, 'config.toml');
	writeFileSync(config, `[profiles.w]\nbackend = "weaver"\nurl = "${url}"\ninterval = "${interval}"\n`);
	return {
		file: process.execPath,
		parameters: [program],
		env: {
			// No Slurm: this is about the screen.
			PATH: '/usr/bin:/bin',
			HOME: home,
			LANG: 'C.UTF-8',
			JOBTOP_CONFIG: config,
			JOBTOP_STATE_DIR: join(home, 'state'),
		},
		remove: () => rmSync(home, {recursive: true, force: true}),
	};
};

/** Opens the program; the caller closes it. */
export const openProgram = (
	url: string,
	{interval = '1s', columns = 120, rows = 40}: ProgramOptions = {},
) => {
	const {file, parameters, env, remove} = programSettings(url, interval);
	const terminal = openTerminal(file, parameters, {columns, rows, longest: 180_000, env});
	return {
		...terminal,
		cpu: () => cpuOf(terminal.pid),
		resident: () => residentOf(terminal.pid),
		async close() {
			await terminal.close();
			remove();
		},
	};
};

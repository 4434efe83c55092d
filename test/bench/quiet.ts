/*
A quiet minute: a thousand jobs, polled every five seconds, of which none changes. The processor time of both threads and what is written, over a shorter while. Then jobtop on Slurm at 80x24 with turm and htop beside it, where they are installed; htop lists the processes of this machine.
*/
import {least, pause, type Result, type Settings} from './measure.ts';
import {besideJobtop, findPeer, jobtopPeer, notInstalled, quietMinute, withPeer} from './peer-programs.ts';
import {openProgram, startJobsServer} from './program.ts';

const seconds = 20;

async function* peersQuiet(jobs: number): AsyncGenerator<Result> {
	const geometry = {columns: 80, rows: 24};
	let ours = Number.NaN;
	for (const name of ['jobtop', ...besideJobtop] as const) {
		const what = `quiet, 80x24: ${name}`;
		const peer = name === 'jobtop' ? jobtopPeer : findPeer(name);
		if (peer === undefined) {
			yield notInstalled(what);
			continue;
		}
		const {cpu} = await withPeer(peer, jobs, geometry, opened => quietMinute(opened, seconds));
		if (name === 'jobtop') ours = cpu;
		yield {
			what,
			value: `${cpu.toFixed(0)} ms CPU a minute, every ${peer.interval}`,
			...(name !== 'jobtop' && {yardstick: 'jobtop on the same squeue', ratio: cpu / ours}),
		};
	}
}

export async function* quiet({jobs = [1000], rounds}: Settings): AsyncGenerator<Result> {
	for (const size of jobs) {
		const server = await startJobsServer(size, {quiet: true});
		const opened = openProgram(server.url, {interval: '5s'});
		try {
			await opened.until(new RegExp(` ${size} jobs?`));
			await pause(6000);
			const cpu: number[] = [];
			const bytes: number[] = [];
			for (let round = 0; round < rounds; round++) {
				const before = opened.cpu();
				const written = opened.output().length;
				await pause(seconds * 1000);
				const after = opened.cpu();
				cpu.push((after.screen + after.others - before.screen - before.others) / (seconds * 10));
				bytes.push((opened.output().length - written) / seconds);
			}
			yield {
				what: `quiet, ${size} jobs every 5 s`,
				value: `${least(cpu).toFixed(2)} % of a core`,
				budget: '1 %',
				kept: least(cpu) <= 1,
			};
			yield {
				what: '',
				value: `${least(bytes).toFixed(0)} bytes a second, for the clock and the ages`,
			};
		} finally {
			await opened.close();
			server.close();
		}
		yield* peersQuiet(size);
	}
}

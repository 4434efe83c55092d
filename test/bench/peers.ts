/*
jobtop beside turm, htop and watch, in the same run, on the same squeue, each at its own interval. htop has no jobs: it lists the processes of this machine, as an example of a screen that people keep open all day.
*/
import {rmSync} from 'node:fs';
import {least, median, pause, percentile, type Result, type Settings} from './measure.ts';
import {
	bytesPerKey,
	countProcesses,
	findPeer,
	jobtopPeer,
	keyTimes,
	makePeerHome,
	openPeer,
	type Peer,
	type PeerPlace,
	quietMinute,
} from './peer-programs.ts';
import {makeSlurmPrograms} from './slurm-programs.ts';

const geometry = {columns: 80, rows: 24};
const startsPerRound = 4;
const quietSeconds = 60;
const presses = 32;

type Sample = {
	readonly cpu: number;
	readonly bytes: number;
	readonly resident: number;
	readonly proportional: number;
	readonly keys: readonly number[];
	readonly keyBytes: number;
};

/** Milliseconds until the screen has jobs. Ends the program as a person does, so that it keeps what it keeps. */
const startOnce = async (peer: Peer, place: PeerPlace): Promise<number> => {
	const from = performance.now();
	const opened = openPeer(peer, place);
	await opened.until(peer.filled);
	const took = performance.now() - from;
	opened.press(peer.quit);
	await opened.exited;
	await opened.close();
	return took;
};

const sample = async (peer: Peer, place: PeerPlace): Promise<Sample> => {
	const opened = openPeer(peer, place);
	try {
		await opened.until(peer.filled);
		await pause(6000);
		const quiet = await quietMinute(opened, quietSeconds);
		const memory = {resident: opened.resident(), proportional: opened.proportional()};
		const {cursor} = peer;
		const keys = cursor === undefined ? [] : await keyTimes(opened, cursor, presses);
		const keyBytes = cursor === undefined ? Number.NaN : await bytesPerKey(opened, cursor, presses / 4);
		return {...quiet, ...memory, keys, keyBytes};
	} finally {
		await opened.close();
	}
};

type Measured = Omit<Sample, 'keys'> & {readonly first: number; readonly p50: number; readonly p95: number};

/** Each program in turn, so that what disturbs one disturbs the other. The first start of each only warms up. */
const measure = async (peers: readonly Peer[], place: PeerPlace, rounds: number) => {
	const starts = new Map(peers.map(peer => [peer, [] as number[]]));
	const samples = new Map(peers.map(peer => [peer, [] as Sample[]]));
	for (const peer of peers) await startOnce(peer, place);
	for (let start = 0; start < rounds * startsPerRound; start++)
		for (const peer of peers) starts.get(peer)?.push(await startOnce(peer, place));
	for (let round = 0; round < rounds; round++)
		for (const peer of peers) samples.get(peer)?.push(await sample(peer, place));
	return peers.map((peer): readonly [Peer, Measured] => {
		const taken = samples.get(peer) ?? [];
		const keys = taken.flatMap(({keys}) => keys);
		const leastOf = (name: 'cpu' | 'bytes' | 'resident' | 'proportional' | 'keyBytes') =>
			least(taken.map(each => each[name]));
		return [
			peer,
			{
				first: median(starts.get(peer) ?? []),
				cpu: leastOf('cpu'),
				bytes: leastOf('bytes'),
				resident: leastOf('resident'),
				proportional: leastOf('proportional'),
				keyBytes: leastOf('keyBytes'),
				p50: percentile(keys, 50),
				p95: percentile(keys, 95),
			},
		];
	});
};

const figure = (value: number) => value.toFixed(value < 10 ? 1 : 0);

/** A value, and how many times jobtop's it is. */
const beside = (value: number, ours: number) => {
	if (Number.isNaN(value)) return '–';
	if (value === ours) return figure(value);
	const ratio = value / ours;
	return `${figure(value)} (${ratio < 10 ? ratio.toPrecision(2) : ratio.toFixed(0)} x)`;
};

const resultOf = (jobs: string, {name, interval}: Peer, theirs: Measured, ours: Measured): Result => {
	const first = beside(theirs.first, ours.first);
	const cpu = beside(theirs.cpu, ours.cpu);
	const bytes = beside(theirs.bytes, ours.bytes);
	const keys = Number.isNaN(theirs.p50) ? '–' : `${figure(theirs.p50)} / ${figure(theirs.p95)}`;
	const keyBytes = beside(theirs.keyBytes, ours.keyBytes);
	const memory = `${figure(theirs.resident)} / ${figure(theirs.proportional)}`;
	return {
		what: `${name}, ${jobs}`,
		value: `first frame ${first} ms, a quiet minute ${cpu} ms CPU and ${bytes} bytes, key ${keys} ms and ${keyBytes} bytes, ${memory} MB`,
		peers: [jobs, `${name}, every ${interval}`, first, cpu, bytes, keys, keyBytes, memory],
	};
};

const note = (words: string): Result => ({what: words, value: '', peers: words});

export async function* peers({jobs = [100, 1000, 10_000], rounds}: Settings): AsyncGenerator<Result> {
	const names = ['turm', 'watch squeue', 'htop'] as const;
	const missing = names.filter(name => findPeer(name) === undefined);
	if (missing.length > 0) yield note(`Not on PATH, so not measured: ${missing.join(', ')}.`);
	yield note('s9s is not measured: it needs slurmrestd.');
	const {home, remove} = makePeerHome();
	try {
		for (const size of jobs) {
			const bin = makeSlurmPrograms(size, process.getuid?.() ?? 0);
			try {
				const place = {...geometry, bin, home};
				const found = names.flatMap(name => findPeer(name) ?? []);
				// The processes of htop do not grow with the jobs.
				const measured = await measure(
					[jobtopPeer, ...found.filter(({name}) => name !== 'htop' || size === jobs[0])],
					place,
					rounds,
				);
				const ours = measured[0]?.[1];
				if (ours === undefined) return;
				for (const [peer, theirs] of measured) {
					const rows = peer.name === 'htop' ? `${countProcesses()} processes` : size.toLocaleString('en');
					yield resultOf(rows, peer, theirs, ours);
				}
			} finally {
				rmSync(bin, {recursive: true, force: true});
			}
		}
	} finally {
		remove();
	}
}

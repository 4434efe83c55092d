/*
How the queue and the history are asked.
*/
import {BackendError} from '../../job/failure.ts';
import type {CommandResult} from '../programs/command.ts';
import {strangeAnswer} from '../programs/complaints.ts';
import {readAds} from './ad.ts';
import {failureOfProgram, isHistoryOff} from './answers.ts';
import type {JobId} from './ids.ts';
import type {CondorPrograms} from './programs.ts';
import {attributes} from './wire.ts';

const wanted = ['-json', '-attributes', attributes.join(',')];

/** The records of jobs in the queue. `which`: ids or a constraint; all jobs if it is empty. */
export const readQueue = async (
	{run}: CondorPrograms,
	which: readonly string[],
	signal: AbortSignal,
	what: readonly string[] = wanted,
): Promise<readonly unknown[]> =>
	adsOf('condor_q', await run('condor_q', ['-allusers', ...what, ...which], signal));

/** The records of ended jobs, the newest first. Empty if this schedd keeps no history. */
export const readHistory = async (
	{run}: CondorPrograms,
	which: readonly string[],
	signal: AbortSignal,
	what: readonly string[] = wanted,
): Promise<readonly unknown[]> => {
	const result = await run('condor_history', [...what, ...which], signal);
	return isHistoryOff(result.stderr) ? [] : adsOf('condor_history', result);
};

const adsOf = (program: 'condor_q' | 'condor_history', result: CommandResult): readonly unknown[] => {
	if (result.code !== 0) throw new BackendError(failureOfProgram(program, result));
	const ads = readAds(result.stdout);
	if (ads === undefined) throw new BackendError(strangeAnswer(program, result));
	return ads;
};

/** The text as a string of the language of ClassAds. */
export const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Up to this many ids are asked for by name: the schedd compares each of its jobs with each of them, which takes 13 s for 1,000 ids in a queue of 10,000. */
const maxNamed = 10;
/** Ranges of clusters in one constraint. */
const maxRanges = 8;

/** What to ask the queue for, so that these jobs are among the answers; others may be, too. */
export const queueArguments = (ids: readonly JobId[]): readonly string[] =>
	ids.length <= maxNamed
		? ids.map(({cluster, proc}) => (proc === undefined ? String(cluster) : `${cluster}.${proc}`))
		: ['-constraint', rangeConstraint(ids)];

/** A condition that holds for these jobs, and is cheap whatever their number. */
export const rangeConstraint = (ids: readonly JobId[]): string => {
	const clusters = [...new Set(ids.map(({cluster}) => cluster))].sort((a, b) => a - b);
	const [only] = clusters;
	const procs = ids.flatMap(({proc}) => (proc === undefined ? [] : [proc]));
	if (clusters.length === 1 && procs.length === ids.length) {
		const [first, last] = boundsOf(procs);
		return `ClusterId == ${only} && ProcId >= ${first} && ProcId <= ${last}`;
	}
	return rangesOf(clusters)
		.map(([first, last]) =>
			first === last ? `ClusterId == ${first}` : `(ClusterId >= ${first} && ClusterId <= ${last})`,
		)
		.join(' || ');
};

const boundsOf = (numbers: readonly number[]): readonly [number, number] =>
	numbers.reduce(
		([first, last], number) => [Math.min(first, number), Math.max(last, number)],
		[Number.POSITIVE_INFINITY, 0],
	);

/** A few ranges that hold all of these sorted numbers, split at the widest gaps. */
const rangesOf = (numbers: readonly number[]): (readonly [number, number])[] => {
	const gaps = numbers
		.map((number, index) => ({index, width: number - (numbers[index - 1] ?? number)}))
		.filter(({width}) => width > 1)
		.sort((a, b) => b.width - a.width)
		.slice(0, maxRanges - 1)
		.map(({index}) => index)
		.sort((a, b) => a - b);
	return [0, ...gaps].map((from, place) => {
		const to = gaps[place] ?? numbers.length;
		return [numbers[from] as number, numbers[to - 1] as number];
	});
};

/*
Requests for the end of jobs. bkill gets ids and nothing else, and is never called without one.
*/
import {BackendError, type Failure} from '../../job/failure.ts';
import type {CancelAnswer, CancelReceipt, RequestOptions} from '../backend.ts';
import {cancelInChunks, receiptOf, untilItsEnd} from '../programs/cancelling.ts';
import {chunksOf} from '../programs/chunks.ts';
import {readKill} from './answers.ts';
import type {Cluster} from './cluster.ts';
import {idOf, parseId, whyNoId} from './ids.ts';
import {lookAtOne} from './look.ts';
import type {LsfPrograms} from './programs.ts';

const killLimitMs = 120_000;

export const cancelOne = async (
	cluster: Cluster,
	id: string,
	request: RequestOptions,
): Promise<CancelReceipt> => receiptOf((await cancelMany(cluster, [id], request)).get(id) as CancelAnswer);

/** Cancels the jobs with few calls of bkill; the map has an answer for every id. */
export const cancelMany = async (
	{programs}: Cluster,
	ids: readonly string[],
	{signal}: RequestOptions,
): Promise<ReadonlyMap<string, CancelAnswer>> => {
	const asked = [...new Set(ids)];
	const said = await cancelInChunks(asked.filter(isId), chunk => kill(programs, chunk, signal));
	return new Map(asked.map(id => [id, said.get(id) ?? noId(id)]));
};

const isId = (id: string): boolean => parseId(id) !== undefined;

const noId = (id: string): Failure => ({kind: 'rejected', detail: whyNoId(id)});

/** The arguments that name these jobs: none that was not read as an id, and at least one. */
const argumentsFor = (ids: readonly string[]): readonly string[] => {
	const read = ids.map(id => {
		const parsed = parseId(id);
		if (parsed === undefined) throw new BackendError(noId(id));
		return idOf(parsed);
	});
	if (read.length === 0) throw new RangeError('bkill without an id would kill the last job');
	return read;
};

const kill = async (
	programs: LsfPrograms,
	ids: readonly string[],
	signal: AbortSignal,
	options: readonly '-r'[] = [],
): Promise<ReadonlyMap<string, CancelAnswer>> => {
	try {
		const run = programs.run('bkill', [...options, ...argumentsFor(ids)], signal, {limitMs: killLimitMs});
		return readKill(await untilItsEnd(run), ids);
	} catch (error) {
		if (!(error instanceof BackendError)) throw error;
		const {failure} = error;
		return new Map(ids.map(id => [id, failure]));
	}
};

/** Removes the job from LSF without waiting until its host has ended it. */
export const forceCancel = async (
	cluster: Cluster,
	id: string,
	{signal}: RequestOptions,
): Promise<CancelReceipt> => {
	if (!isId(id)) throw new BackendError(noId(id));
	// A number may be an array.
	if (parseId(id)?.element === undefined && (await lookAtOne(cluster, id, signal)).job.set) {
		throw new BackendError({kind: 'rejected', detail: 'only a single job can be force-cancelled'});
	}
	return receiptOf((await kill(cluster.programs, [id], signal, ['-r'])).get(id) as CancelAnswer);
};

/** The commands that `cancelMany` would run, for a shell. */
export const describeCancel = ({programs}: Cluster, ids: readonly string[]): readonly string[] =>
	chunksOf([...new Set(ids)]).map(chunk => programs.describe('bkill', argumentsFor(chunk)));

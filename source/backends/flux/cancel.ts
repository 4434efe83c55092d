/*
Requests for the end of jobs. `flux cancel` gets ids and nothing else.
*/
import {BackendError} from '../../job/failure.ts';
import type {CancelAnswer, CancelReceipt, RequestOptions} from '../backend.ts';
import {cancelInChunks, receiptOf, untilItsEnd} from '../programs/cancelling.ts';
import {chunksOf} from '../programs/chunks.ts';
import {readCancel} from './answers.ts';
import {readId, whyNoId} from './ids.ts';
import type {Instance} from './instance.ts';

const cancelLimitMs = 120_000;

export const cancelOne = async (
	instance: Instance,
	id: string,
	request: RequestOptions,
): Promise<CancelReceipt> => receiptOf((await cancelMany(instance, [id], request)).get(id) as CancelAnswer);

/** Cancels the jobs with few calls; the map has an answer for every id. */
export const cancelMany = async (
	instance: Instance,
	ids: readonly string[],
	{signal}: RequestOptions,
): Promise<ReadonlyMap<string, CancelAnswer>> => {
	const readable = ids.map(id => [id, readId(id)] as const);
	const own = new Set(readable.flatMap(([, each]) => each ?? []));
	const said = await cancelInChunks([...own], chunk => cancelChunk(instance, chunk, signal));
	return new Map(
		readable.map(([id, each]) => [
			id,
			each === undefined ? {kind: 'rejected', detail: whyNoId(id)} : (said.get(each) as CancelAnswer),
		]),
	);
};

const cancelChunk = async (
	{programs}: Instance,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<ReadonlyMap<string, CancelAnswer>> => {
	try {
		const run = programs.run('flux', ['cancel', ...ids], signal, {limitMs: cancelLimitMs});
		return readCancel(await untilItsEnd(run), ids);
	} catch (error) {
		if (!(error instanceof BackendError)) throw error;
		const {failure} = error;
		return new Map(ids.map(id => [id, failure]));
	}
};

/** The commands that `cancelMany` would run, for a shell. */
export const describeCancel = ({programs}: Instance, ids: readonly string[]): readonly string[] => {
	const own = ids.map(id => {
		const each = readId(id);
		if (each === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
		return each;
	});
	return chunksOf([...new Set(own)]).map(chunk => programs.describe('flux', ['cancel', ...chunk]));
};

/*
Requests for the end of jobs. qdel gets the ids of jobs and ranges of tasks and nothing else: to it, a word is a pattern of names.
*/
import {BackendError} from '../../job/failure.ts';
import {type CancelAnswer, type CancelReceipt, isReceipt, type RequestOptions} from '../backend.ts';
import {cancelInChunks, leastCertain, receiptOf, untilItsEnd} from '../programs/cancelling.ts';
import {chunksOf} from '../programs/chunks.ts';
import {readDelete} from './answers.ts';
import type {Cell} from './cell.ts';
import {argumentsOf, parseId, whyNoId} from './ids.ts';

const cancelLimitMs = 120_000;

export const cancelOne = async (cell: Cell, id: string, request: RequestOptions): Promise<CancelReceipt> =>
	receiptOf((await cancelMany(cell, [id], request)).get(id) as CancelAnswer);

/** Cancels the jobs with few calls of qdel; the map has an answer for every id. */
export const cancelMany = async (
	{programs}: Cell,
	ids: readonly string[],
	{signal}: RequestOptions,
): Promise<ReadonlyMap<string, CancelAnswer>> => {
	const answers = new Map<string, CancelAnswer>();
	const sent = new Map<string, readonly string[]>();
	for (const id of new Set(ids)) {
		const parsed = parseId(id);
		if (parsed === undefined) answers.set(id, {kind: 'rejected', detail: whyNoId(id)});
		else sent.set(id, argumentsOf(parsed));
	}
	const all = [...new Set([...sent.values()].flat())];
	const said = await cancelInChunks(all, async chunk => {
		try {
			const run = programs.run('qdel', chunk, signal, {limitMs: cancelLimitMs});
			return readDelete(await untilItsEnd(run), chunk);
		} catch (error) {
			if (!(error instanceof BackendError)) throw error;
			return new Map(chunk.map(argument => [argument, error.failure]));
		}
	});
	for (const [id, own] of sent)
		answers.set(id, joined(own.map(argument => said.get(argument) as CancelAnswer)));
	return answers;
};

/** The answer for an id, from those for its arguments: what was accepted for some of its tasks is under way. */
const joined = (answers: readonly CancelAnswer[]): CancelAnswer => {
	const [first] = answers as readonly [CancelAnswer, ...CancelAnswer[]];
	if (answers.length === 1) return first;
	const receipts = answers.filter(isReceipt);
	const other = leastCertain(answers);
	const [one] = receipts;
	if (one === undefined) return other ?? first;
	const isDone = receipts.length === answers.length && receipts.every(({kind}) => kind === 'done');
	return {
		kind: isDone ? 'done' : 'accepted',
		...(receipts.some(({removed}) => removed) && {removed: true as const}),
		...(other?.detail !== undefined && {detail: `of some tasks: ${other.detail}`}),
	};
};

/** The commands that `cancelMany` would run, for a shell. */
export const describeCancel = ({programs}: Cell, ids: readonly string[]): readonly string[] => {
	const all = ids.flatMap(id => {
		const parsed = parseId(id);
		if (parsed === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
		return argumentsOf(parsed);
	});
	return chunksOf([...new Set(all)]).map(chunk => programs.describe('qdel', chunk));
};

/*
Cancel requests that a program sends for many jobs, and how its run ended.
*/
import {BackendError, failurePolicies} from '../../job/failure.ts';
import {type CancelAnswer, type CancelReceipt, isReceipt} from '../backend.ts';
import {chunksOf} from './chunks.ts';
import {type CommandResult, CommandTimeout} from './command.ts';

/** The receipt for one job. Throws its failure as a `BackendError`; a job that was not asked for is `unreachable`. */
export const receiptOf = (answer: CancelAnswer): CancelReceipt => {
	if (isReceipt(answer)) return answer;
	throw new BackendError(answer.kind === 'not-asked' ? {...answer, kind: 'unreachable'} : answer);
};

/** Of the answers for parts of one job that none of them has a receipt for, the one that says least: what may have arrived before what was refused. */
export const leastCertain = (answers: readonly CancelAnswer[]): CancelAnswer | undefined =>
	answers.find(
		answer =>
			!isReceipt(answer) && answer.kind !== 'not-asked' && failurePolicies[answer.kind].delivered === 'maybe',
	) ?? answers.find(answer => !isReceipt(answer));

/** Cancels the jobs, one call of `cancelChunk` for as many as one call of a program takes; the map has an answer for every id. */
export const cancelInChunks = async (
	ids: readonly string[],
	cancelChunk: (chunk: readonly string[]) => Promise<ReadonlyMap<string, CancelAnswer>>,
): Promise<Map<string, CancelAnswer>> => {
	const answers = new Map<string, CancelAnswer>();
	let unreachable: CancelAnswer | undefined;
	for (const chunk of chunksOf(ids)) {
		const ofChunk = unreachable ? undefined : await cancelChunk(chunk);
		for (const id of chunk) answers.set(id, (ofChunk?.get(id) ?? unreachable) as CancelAnswer);
		// Each further chunk would wait in vain, one after the other.
		if (ofChunk) unreachable = unreachableIn(ofChunk);
	}
	return answers;
};

/** The failure that all answers share where nobody was there for any of them. */
const unreachableIn = (answers: ReadonlyMap<string, CancelAnswer>): CancelAnswer | undefined => {
	const all = [...answers.values()];
	return all.every(({kind}) => kind === 'unreachable') ? all[0] : undefined;
};

/** What a program printed, and how it ended; `overtime`: not within its time, as these words say. */
export type EndedRun = Pick<CommandResult, 'stdout' | 'stderr'> & {
	readonly end: {readonly code: number} | {readonly signal: string} | {readonly overtime: string};
};

/** A run whose time limit is an end, too: what the program printed until then counts. */
export const untilItsEnd = async (run: Promise<CommandResult>): Promise<EndedRun> => {
	try {
		const {code, signal = 'a signal', ...printed} = await run;
		return {...printed, end: code === undefined ? {signal} : {code}};
	} catch (error) {
		if (!(error instanceof CommandTimeout)) throw error;
		return {...error.printed, end: {overtime: error.failure.detail}};
	}
};

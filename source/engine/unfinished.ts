/*
The batches of earlier runs at the start of jobtop: finished ones are reported; unfinished ones are resumed, or wait for a person.
*/
import {batchNumbers} from '../cancellation/journal/batch-files.ts';
import {BatchHeldError} from '../cancellation/journal/batch-lock.ts';
import {type JournalledBatch, readBatch, summaryOf} from '../cancellation/journal/read-batch.ts';
import {BatchWaitsError} from '../cancellation/journal/whose-batch.ts';
import type {ResumeManner} from '../cancellation/runner/resume-batch.ts';
import type {Clock} from '../process/clock.ts';
import {errorWords} from '../process/error-words.ts';
import type {Notify} from './notify.ts';
import type {Batch, BatchSummary, Report, WaitingBatch} from './protocol.ts';

/** Milliseconds after which an unfinished batch is no longer resumed automatically. */
const freshMs = 86_400_000;
/** The number of reported earlier batches. */
const maxEarlier = 10;

/** Why a batch is not resumed. */
type Hindrance = Omit<WaitingBatch, 'number'>;

export type UnfinishedOptions = {
	readonly stateDirectory: string;
	readonly clock: Pick<Clock, 'now'>;
	/** Resumes a batch; undefined if nothing is left. Rejects with a `BatchHeldError` or a `BatchWaitsError`. */
	readonly resume: (number: number, manner: ResumeManner) => Promise<Batch | undefined>;
	readonly report: Report;
	readonly notify: Notify;
};

/** Reports finished batches, and resumes the others. */
export const takeUpBatches = async (options: UnfinishedOptions): Promise<void> => {
	const numbers = knownNumbers(options);
	reportEarlier(options, numbers);
	await resumeUnfinished(options, numbers);
};

/** The batches of earlier runs; empty, with a notice, if their folder cannot be read or trusted. */
const knownNumbers = ({stateDirectory, notify}: UnfinishedOptions): readonly number[] => {
	try {
		return batchNumbers(stateDirectory);
	} catch (error) {
		notify('error', `earlier batches cannot be read: ${errorWords(error as Error)}`);
		return [];
	}
};

const reportEarlier = ({stateDirectory, report}: UnfinishedOptions, numbers: readonly number[]) => {
	const batches: BatchSummary[] = [];
	for (const number of [...numbers].reverse()) {
		if (batches.length >= maxEarlier) break;
		try {
			const batch = readBatch(stateDirectory, number);
			if (batch?.finished) batches.push(summaryOf(batch));
		} catch {
			// An unreadable batch is reported when the user asks for it.
		}
	}
	if (batches.length > 0) report([{type: 'earlier', batches}]);
};

const resumeUnfinished = async (options: UnfinishedOptions, numbers: readonly number[]) => {
	const {report, notify} = options;
	const waiting: WaitingBatch[] = [];
	for (const number of numbers) {
		const hindrance = await takeUp(options, number).catch((error: Error) => whyHeld(number, error));
		if (!hindrance) continue;
		waiting.push({number, ...hindrance});
		notify(hindrance.needsYou ? 'warning' : 'info', hindrance.text);
	}
	if (waiting.length > 0) report([{type: 'waiting', batches: waiting}]);
};

/** Resumes a batch, or returns why it waits. */
const takeUp = async (
	{stateDirectory, clock, resume, notify}: UnfinishedOptions,
	number: number,
): Promise<Hindrance | undefined> => {
	const batch = readBatch(stateDirectory, number);
	if (batch?.finished !== false) return undefined;
	const old = whyOld(batch, clock.now());
	if (old) return old;
	if (await resume(number, {whole: true})) notify('info', `batch ${number} is resumed`);
	return undefined;
};

/** Why an unfinished batch is too old to be resumed automatically, or undefined. `now`: epoch milliseconds. */
export const whyOld = (
	{number, askedAt}: Pick<JournalledBatch, 'number' | 'askedAt'>,
	now: number,
): Hindrance | undefined => {
	const age = now - askedAt;
	// A batch with a date in the future may be of any age.
	if (Math.abs(age) <= freshMs) return undefined;
	const days = Math.floor(Math.abs(age) / freshMs);
	const since = age < 0 ? `is unfinished and dated ${days} d ahead` : `has been unfinished for ${days} d`;
	const text = `batch ${number} ${since}; to resume it: jobtop batches resume ${number}`;
	return {needsYou: true, text};
};

/** Why a batch could not be resumed, and whether the user can do something about it. */
export const whyHeld = (number: number, error: Error): Hindrance => {
	const how = `jobtop batches resume ${number}`;
	if (error instanceof BatchWaitsError) {
		const {elsewhere, unproven} = error.hindrances;
		const needsYou = elsewhere.size === 0 && unproven.length > 0;
		return {needsYou, text: needsYou ? `${error.message}: ${how}` : error.message};
	}
	if (error instanceof BatchHeldError) {
		const remedy = error.elsewhere ? `; if it is dead: ${how} --take-over` : '';
		return {needsYou: false, text: `${error.message}${remedy}`};
	}
	return {needsYou: true, text: `batch ${number} cannot be resumed: ${error.message}; to try again: ${how}`};
};

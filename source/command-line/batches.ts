/*
The journal of cancellations: which batches there are, how each stands, and going on with one.
*/
import {unlinkSync} from 'node:fs';
import {journalFile} from '../cancellation/batch-files.ts';
import {BatchHeldError, type Holder, holderOf} from '../cancellation/batch-lock.ts';
import {exitCodeOf, worstExitCode, worthRetrying} from '../cancellation/outcomes.ts';
import {type JournalledBatch, readJournal} from '../cancellation/read-batch.ts';
import {systemClock} from '../clock.ts';
import {duration} from '../view-models/format.ts';
import {type BatchFormat, batchFormats, exportFormats, showFormats} from './batch-formats.ts';
import {type CancelManner, cancel} from './cancel.ts';
import {resultOfJournal} from './cancel-results.ts';
import {CommandError} from './command-error.ts';
import type {Console} from './console.ts';
import {knownBatches, readKnownBatch} from './known-batches.ts';
import {type PursuitOptions, pursue, tellSettled} from './pursue.ts';
import type {OpenSession} from './session.ts';

/** A batch, and the process that drives it. */
export type BatchFacts = {readonly batch: JournalledBatch; readonly holder?: Holder};

/** Finds a batch, or throws with exit code 7. */
const factsOf = (stateDirectory: string, number: number): BatchFacts => {
	const known = knownBatches(stateDirectory);
	const batch = known.includes(number) ? readKnownBatch(stateDirectory, number) : undefined;
	if (batch === undefined) {
		const there =
			known.length === 0 ? 'there are none' : `there are ${known.at(0)} to ${known.at(-1)}: jobtop batches`;
		throw new CommandError(`there is no batch ${number} in ${stateDirectory}; ${there}`, 7);
	}
	return withHolder(stateDirectory, batch);
};

const withHolder = (stateDirectory: string, batch: JournalledBatch): BatchFacts => {
	const holder = holderOf(stateDirectory, batch.number);
	return {batch, ...(holder && {holder})};
};

export const listBatches = (stateDirectory: string, output: BatchFormat, console: Console): number => {
	const facts: BatchFacts[] = [];
	let code = 0;
	for (const number of knownBatches(stateDirectory)) {
		try {
			const batch = readKnownBatch(stateDirectory, number);
			if (batch) facts.push(withHolder(stateDirectory, batch));
			else console.say(`jobtop: batch ${number} holds no line that can be read`);
		} catch (error) {
			if (!(error instanceof CommandError)) throw error;
			console.say(`jobtop: ${error.message}`);
			code = 5;
		}
	}
	if (facts.length === 0 && code === 0) console.say(`jobtop: no batch in ${stateDirectory}`);
	console.data(batchFormats[output](facts.reverse(), systemClock.now()));
	return code;
};

export const showBatch = (
	stateDirectory: string,
	number: number,
	output: BatchFormat,
	console: Console,
): number => {
	const facts = factsOf(stateDirectory, number);
	console.data(showFormats[output](facts, readJournal(stateDirectory, number)));
	return 0;
};

export const exportBatch = (
	stateDirectory: string,
	number: number,
	output: Exclude<BatchFormat, 'text'>,
	console: Console,
): number => {
	const facts = factsOf(stateDirectory, number);
	console.data(exportFormats[output](facts, readJournal(stateDirectory, number)));
	return 0;
};

export type PruneOptions = {readonly olderThanMs: number; readonly dryRun: boolean};

/** Removes the journals of finished batches that nobody drives. The last one stays whatever its age: it keeps the numbers going. */
export const pruneBatches = (
	stateDirectory: string,
	{olderThanMs, dryRun}: PruneOptions,
	console: Console,
): number => {
	const now = systemClock.now();
	let kept = 0;
	let removed = 0;
	let code = 0;
	const all = knownBatches(stateDirectory);
	if (all.length === 0) {
		console.say(`jobtop: no batch in ${stateDirectory}`);
		return 0;
	}
	for (const number of all.slice(0, -1)) {
		try {
			const {batch, holder} = factsOf(stateDirectory, number);
			const ends = batch.cancellations.map(({settledAt}) => settledAt ?? now);
			const age = now - Math.max(batch.askedAt, ...ends);
			if (!batch.finished || holder || age < olderThanMs) {
				kept++;
				continue;
			}
			if (!dryRun) unlinkSync(journalFile(stateDirectory, number));
			removed++;
			console.data(`${number}\n`);
		} catch (error) {
			console.say(`jobtop: ${(error as Error).message}`);
			kept++;
			code = 5;
		}
	}
	const word = dryRun ? 'would be removed' : 'removed';
	console.say(
		`${removed} finished ${removed === 1 ? 'batch' : 'batches'} older than ${duration(olderThanMs)} ${word}; ${kept} kept, and the last one`,
	);
	return code;
};

export type ResumeOptions = PursuitOptions & {
	/** Break the lock of another host. */
	readonly takeOver: boolean;
};

/** Goes on with what an earlier process left unfinished. It was confirmed then: nothing is asked again. */
export const resume = async (
	number: number,
	options: ResumeOptions,
	console: Console,
	open: OpenSession,
): Promise<number> => {
	const session = await open();
	try {
		const {batch} = factsOf(session.stateDirectory, number);
		const targets = new Map(batch.cancellations.map(each => [each.ref, each]));
		if (batch.finished) {
			console.say(`jobtop: batch ${number} is finished: nothing is left to do`);
			const results = batch.cancellations.map(each => resultOfJournal(each, batch.askedAt));
			return tellSettled(results, {codes: [], options, console}, number);
		}
		return await pursue(session, {
			begin: async engine => {
				try {
					const begun = await engine.resume(number, {takeOver: options.takeOver});
					if (begun) return begun;
				} catch (error) {
					if (!(error instanceof BatchHeldError)) throw error;
					const how = error.elsewhere
						? `; when it is surely no more: jobtop batches resume ${number} --take-over`
						: '; it goes on there';
					throw new Error(`${error.message}${how}`, {cause: error});
				}
				throw new Error(`batch ${number} was finished in this moment`);
			},
			targets,
			settled: [],
			codes: [],
			options,
			console,
		});
	} finally {
		await session.close();
	}
};

const worstOf = ({cancellations}: JournalledBatch): number =>
	worstExitCode(cancellations.flatMap(({outcome}) => (outcome ? exitCodeOf(outcome) : [])));

/** Asks again for those of a batch whose jobs may still be there: a new batch, confirmed anew. */
export const retry = async (
	number: number,
	options: CancelManner,
	console: Console,
	open: OpenSession,
): Promise<number> => {
	const probe = await open();
	try {
		const {batch} = factsOf(probe.stateDirectory, number);
		const openOnes = batch.cancellations.filter(({outcome}) => outcome === undefined);
		if (openOnes.length > 0) {
			throw new CommandError(
				`batch ${number} is not finished (${openOnes.length} on the way): jobtop batches resume ${number}; nothing was sent`,
				5,
			);
		}
		const refs = batch.cancellations
			.filter(({outcome}) => outcome && worthRetrying.has(outcome.kind))
			.map(({ref}) => ref);
		if (refs.length === 0) {
			console.say(`jobtop: nothing of batch ${number} needs to be asked again`);
			return tellSettled([], {codes: [worstOf(batch)], options, console});
		}
		const reason = options.reason ?? batch.reason;
		return await cancel({...options, refs, ...(reason !== undefined && {reason})}, console, () =>
			Promise.resolve({...probe, close: async () => undefined}),
		);
	} finally {
		await probe.close();
	}
};

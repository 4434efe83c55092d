/*
Reads what a journal tells: what was asked, what may have been sent, how each cancellation ended.
*/
import {readFileSync} from 'node:fs';
import {type FailureKind, failurePolicies} from '../job/failure.ts';
import type {Ref} from '../job/ref.ts';
import {journalFile} from './batch-files.ts';
import {type JournalLine, type JournalTarget, journalVersion} from './journal.ts';
import type {Outcome, OutcomeKind} from './outcomes.ts';
import type {BatchSummary} from './report.ts';

/** A batch as its file tells it. */
export type JournalledBatch = {
	readonly number: number;
	readonly askedAt: number;
	readonly by: string;
	readonly reason?: string;
	readonly cancellations: readonly JournalledCancellation[];
	/** Every cancellation is settled. */
	readonly finished: boolean;
};

export type JournalledCancellation = JournalTarget & {
	/** Requests that may have left. */
	readonly attempts: number;
	/** One of them was accepted. */
	readonly accepted: boolean;
	/** One of them was accepted, or its answer was lost. */
	readonly mayHaveWorked: boolean;
	/** A look after the confirmation showed an end. */
	readonly endSeen: boolean;
	/** Epoch milliseconds, both. */
	readonly acceptedAt?: number;
	readonly outcome?: Outcome;
	readonly settledAt?: number;
};

/**
The lines of a batch. A torn or unknown line is passed over. Throws where a newer jobtop wrote it: what it left unfinished is not understood here.
*/
export const readJournal = (stateDirectory: string, number: number): readonly JournalLine[] => {
	const rows = readFileSync(journalFile(stateDirectory, number), 'utf8').split('\n');
	const lines = rows.map(readLine).filter(line => line !== undefined);
	const head = lines.find(({type}) => type === 'batch') as JournalHead | undefined;
	if (head && head.version > journalVersion) {
		throw new Error(`a newer jobtop wrote it (version ${head.version}, this one reads ${journalVersion})`);
	}
	return lines;
};

/** Reads a batch; undefined where its file has no first line. Throws as `readJournal`. */
export const readBatch = (stateDirectory: string, number: number): JournalledBatch | undefined => {
	let head: JournalHead | undefined;
	const cancellations = new Map<Ref, Told>();
	for (const line of readJournal(stateDirectory, number)) {
		if (line.type === 'batch') {
			if (head || !Array.isArray(line.targets)) continue;
			head = line;
			for (const target of line.targets) cancellations.set(target.ref, {...target, ...untouched});
			continue;
		}
		if (line.type === 'resumed') continue;
		const before = cancellations.get(line.ref);
		if (before) cancellations.set(line.ref, afterLine(before, line));
	}
	if (!head) return undefined;
	const all = [...cancellations.values()];
	return {
		number,
		askedAt: head.at,
		by: head.by,
		...(head.reason !== undefined && {reason: head.reason}),
		cancellations: all,
		finished: all.every(({outcome}) => outcome !== undefined),
	};
};

/** What is known of a target for which nothing has happened. */
const untouched = {
	attempts: 0,
	accepted: false,
	mayHaveWorked: false,
	endSeen: false,
	workedBefore: false,
} as const;

/** `workedBefore`: the same as `mayHaveWorked`, without the latest request. */
type Told = JournalledCancellation & {readonly workedBefore: boolean};

/** Answers after which a request has surely done nothing. */
const didNothing = ({receipt, failure}: Extract<JournalLine, {type: 'answered'}>): boolean =>
	receipt === 'already' ||
	receipt === 'too-late' ||
	(failure !== undefined && failurePolicies[failure as FailureKind]?.delivered === 'no');

type JournalHead = Extract<JournalLine, {type: 'batch'}>;

const readLine = (row: string): JournalLine | undefined => {
	try {
		const line = JSON.parse(row) as JournalLine;
		return typeof line === 'object' && line !== null && typeof line.type === 'string' ? line : undefined;
	} catch {
		return undefined;
	}
};

const afterLine = (before: Told, line: Exclude<JournalLine, {type: 'batch' | 'resumed'}>): Told => {
	switch (line.type) {
		case 'sending':
			// A line may be there twice: one that half arrived is written again.
			if (line.attempt <= before.attempts) return before;
			return {
				...before,
				attempts: line.attempt,
				mayHaveWorked: true,
				workedBefore: before.mayHaveWorked,
			};
		case 'answered': {
			if (line.attempt === before.attempts && didNothing(line)) {
				return {...before, mayHaveWorked: before.workedBefore};
			}
			if (line.receipt !== 'accepted' && line.receipt !== 'done') return before;
			return {...before, accepted: true, acceptedAt: before.acceptedAt ?? line.at};
		}
		case 'ended':
			return {...before, endSeen: true};
		case 'settled':
			return {...before, outcome: line.outcome, settledAt: line.at};
		case 'reopened': {
			const {outcome: _outcome, settledAt: _settledAt, ...open} = before;
			return {...open, endSeen: true};
		}
		default:
			return before;
	}
};

/** The outcomes of a batch, counted. What is on its way counts nowhere. */
export const countsOf = (batch: JournalledBatch): Partial<Record<OutcomeKind, number>> => {
	const counts: Partial<Record<OutcomeKind, number>> = {};
	for (const {outcome} of batch.cancellations) {
		if (outcome) counts[outcome.kind] = (counts[outcome.kind] ?? 0) + 1;
	}
	return counts;
};

export const summaryOf = (batch: JournalledBatch): BatchSummary => {
	const {number, askedAt, by, reason, cancellations} = batch;
	return {
		number,
		askedAt,
		endedAt: cancellations.reduce((latest, {settledAt = 0}) => Math.max(latest, settledAt), askedAt),
		by,
		...(reason !== undefined && {reason}),
		jobs: cancellations.length,
		counts: countsOf(batch),
	};
};

/*
Reads a journal: the confirmed jobs, the requests that may have left, the outcomes, and how much is damaged.
*/

import {failurePolicies} from '../../job/failure.ts';
import type {Operation} from '../../job/operation.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import {type JobTarget, jobsOfTarget, jobsOfTargets} from '../../job/target.ts';
import type {Millis} from '../../job/time.ts';
import {readStateFile} from '../../process/state-safety.ts';
import {countOutcomes, type OutcomeCounts} from '../outcome-counts.ts';
import type {Outcome} from '../outcomes.ts';
import type {BatchSummary} from '../report.ts';
import {journalFile} from './batch-files.ts';
import {type JournalLine, journalVersion, readRow, type Systems} from './lines.ts';

/** A batch as recorded in its journal. */
export type JournalledBatch = {
	readonly number: number;
	readonly askedAt: Millis;
	readonly by: string;
	readonly reason?: string;
	/** What is requested for its jobs. */
	readonly operation: Operation;
	/** By profile, the system that the requests are for; empty in a journal of version 1. */
	readonly systems: Systems;
	readonly cancellations: readonly JournalledCancellation[];
	/** Every cancellation is settled, and a person knows of any damage. */
	readonly finished: boolean;
	/** Set if part of the file cannot be read. */
	readonly damage?: Damage;
	/** A person resumed the batch despite the damage. */
	readonly damageKnown?: true;
};

/** The damage of a journal. */
export type Damage = {
	/** Damaged lines. */
	readonly lines: number;
	/** The first line is damaged: the reason, the systems and the list of jobs are lost. */
	readonly targets: boolean;
};

export type JournalledCancellation = JobTarget & {
	/** Requests that may have left. */
	readonly attempts: number;
	/** Requests that have left: their system answered them. */
	readonly left: number;
	/** A request was accepted. */
	readonly accepted: boolean;
	/** An answer said that its system has removed it and keeps no record. */
	readonly removed?: true;
	/** A request was accepted, or its answer was lost. */
	readonly mayHaveWorked: boolean;
	/** A look after the confirmation showed an end. */
	readonly endSeen: boolean;
	/** Epoch milliseconds: when the latest request was about to leave. */
	readonly requestedAt?: Millis;
	/** Epoch milliseconds, both. */
	readonly acceptedAt?: Millis;
	readonly outcome?: Outcome;
	readonly settledAt?: Millis;
};

/** The readable part of a journal. */
export type Journal = {readonly lines: readonly JournalLine[]; readonly damage?: Damage};

/** `parseJournal` of the file of a batch. Throws the system's error if it cannot be read, and an `UnsafeStateError` if others may have written it. */
export const readJournal = (stateDirectory: string, number: number): Journal =>
	parseJournal(readStateFile(journalFile(stateDirectory, number)));

/**
The lines of a journal, and how many are damaged. An incomplete last line does not count: its process ended while writing it, so no request left for it. Throws if a newer jobtop wrote the journal.
*/
export const parseJournal = (text: string): Journal => {
	const rows = text.split('\n');
	const last = rows.pop() ?? '';
	const read = rows.filter(row => row !== '').map(readRow);
	// The last line may be intact except for its line break.
	const whole = readRow(last) ?? readRow(last.slice(0, -1));
	if (whole) read.push(whole);
	const head = read.find(each => each?.line.type === 'batch')?.line;
	const version = head?.type === 'batch' ? head.version : undefined;
	if (version !== undefined && version > journalVersion) {
		throw new Error(`a newer jobtop wrote it (version ${version}, this one reads ${journalVersion})`);
	}
	// Lines without a checksum are of version 1, and come before all lines with one.
	const firstSum = read.findIndex(each => each?.sum);
	const plain = version === 1 ? (firstSum === -1 ? read.length : firstSum) : 0;
	const lines = read.flatMap((each, index) => (each && (each.sum || index < plain) ? [each.line] : []));
	const damaged = read.length - lines.length;
	if (damaged === 0 && (head || read.length === 0)) return {lines};
	return {lines, damage: {lines: damaged, targets: !lines.some(({type}) => type === 'batch')}};
};

type JournalHead = Extract<JournalLine, {type: 'batch'}>;
type Step = Exclude<JournalLine, {type: 'batch' | 'resumed'}>;

/** Reads a batch; undefined if its file is empty. If the first line is lost, the others supply what they can. Throws like `readJournal`. */
export const readBatch = (stateDirectory: string, number: number): JournalledBatch | undefined =>
	batchOf(number, readJournal(stateDirectory, number));

/** The batch that a journal records; undefined if the journal is empty. */
export const batchOf = (number: number, {lines, damage}: Journal): JournalledBatch | undefined => {
	if (lines.length === 0 && damage === undefined) return undefined;
	const head = lines.find((line): line is JournalHead => line.type === 'batch');
	// Otherwise an unfinished batch would be resumed once for each copy.
	if (head && head.batch !== number) throw new Error(`it is a copy of batch ${head.batch}; remove it`);
	const cancellations = new Map<Ref, Replayed>();
	for (const target of head?.targets ?? []) cancellations.set(target.ref, {...target, ...untouched});
	let systems: Systems = head?.systems ?? {};
	let knownDamage = 0;
	for (const line of lines) {
		if (line.type === 'batch') continue;
		if (line.type === 'resumed') {
			systems = {...systems, ...line.systems};
			knownDamage = Math.max(knownDamage, line.damaged ?? 0);
			continue;
		}
		const before = cancellations.get(line.ref) ?? (head ? undefined : strayTarget(line));
		if (before) cancellations.set(line.ref, afterLine(before, line));
	}
	const unknownDamage = damage !== undefined && damage.lines > knownDamage;
	const all = [...cancellations.values()].map(each => (damage ? withDoubt(each) : each));
	return {
		number,
		askedAt: head?.at ?? lines[0]?.at ?? 0,
		by: head?.by ?? 'unknown',
		...(head?.reason !== undefined && {reason: head.reason}),
		operation: lines.find(({operation}) => operation !== undefined)?.operation ?? 'cancel',
		systems,
		cancellations: all,
		finished: !unknownDamage && all.every(({outcome}) => outcome !== undefined),
		...(damage && {damage}),
		...(damage && !unknownDamage && {damageKnown: true as const}),
	};
};

/** A target before any event. */
const untouched = {
	attempts: 0,
	left: 0,
	accepted: false,
	mayHaveWorked: false,
	endSeen: false,
	workedBefore: false,
} as const;

/** A job that only a later line names, because the first line is lost. */
const strayTarget = ({ref}: Step): Replayed => ({
	ref,
	name: parseRef(ref)?.id ?? ref,
	phase: 'unknown',
	status: '',
	...untouched,
});

/** The lost line may have recorded a request. */
const withDoubt = (replayed: Replayed): Replayed =>
	replayed.outcome ? replayed : {...replayed, mayHaveWorked: true};

/** `workedBefore`: `mayHaveWorked` before the latest request. */
type Replayed = JournalledCancellation & {readonly workedBefore: boolean};

/** Whether the request certainly did nothing. For a set, "too late" and "not found" may be true of one member only, and the request may have ended the others. */
const didNothing = (
	{receipt, failure}: Extract<JournalLine, {type: 'answered'}>,
	{set}: JobTarget,
): boolean =>
	set
		? failure !== undefined && failure !== 'not-found' && failurePolicies[failure].delivered === 'no'
		: receipt === 'already' ||
			receipt === 'too-late' ||
			(failure !== undefined && failurePolicies[failure].delivered === 'no');

const afterLine = (before: Replayed, line: Step): Replayed => {
	switch (line.type) {
		case 'sending':
			// A line may appear twice: a torn write is repeated.
			if (line.attempt <= before.attempts) return before;
			return {
				...before,
				attempts: line.attempt,
				requestedAt: line.at,
				mayHaveWorked: true,
				workedBefore: before.mayHaveWorked,
			};
		case 'answered': {
			const isLatest = line.attempt === before.attempts;
			const hasLeft = isLatest && line.failure !== 'unreachable';
			const counted = hasLeft ? {...before, left: before.left + 1} : before;
			if (isLatest && didNothing(line, before)) return {...counted, mayHaveWorked: before.workedBefore};
			if (line.receipt !== 'accepted' && line.receipt !== 'done') return counted;
			const removed = line.removed && {removed: line.removed};
			return {...counted, ...removed, accepted: true, acceptedAt: before.acceptedAt ?? line.at};
		}
		case 'ended':
			return {...before, endSeen: true};
		case 'settled':
			return {...before, outcome: line.outcome, settledAt: line.at};
		case 'reopened': {
			const {outcome: _outcome, settledAt: _settledAt, ...open} = before;
			return {...open, endSeen: true};
		}
	}
};

/** The outcomes of a batch, counted in jobs. Unsettled cancellations are left out. */
export const countsOf = ({cancellations}: JournalledBatch): OutcomeCounts =>
	countOutcomes(cancellations.map(each => ({outcome: each.outcome, jobs: jobsOfTarget(each)})));

export const summaryOf = (batch: JournalledBatch): BatchSummary => {
	const {number, askedAt, by, reason, cancellations} = batch;
	return {
		number,
		askedAt,
		endedAt: cancellations.reduce((latest, {settledAt = 0}) => Math.max(latest, settledAt), askedAt),
		by,
		...(reason !== undefined && {reason}),
		jobs: jobsOfTargets(cancellations),
		...countsOf(batch),
	};
};

/** The damage of a batch, as a sentence. */
export const damageWords = ({lines, targets}: Damage): string =>
	targets
		? 'the line that names its jobs is damaged: jobs may be missing here'
		: `${lines === 1 ? 'a line is' : `${lines} lines are`} damaged: a request or an end may be missing here`;

/*
Reads what a journal tells: what was asked, what may have been sent, how each cancellation ended, and how much of it is lost.
*/

import {failurePolicies} from '../../job/failure.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import type {Millis} from '../../job/time.ts';
import {readStateFile} from '../../process/state-safety.ts';
import type {Outcome, OutcomeKind} from '../outcomes.ts';
import type {BatchSummary} from '../report.ts';
import {journalFile} from './batch-files.ts';
import {type JournalLine, journalVersion, readRow, type Systems} from './lines.ts';

/** A batch as its file tells it. */
export type JournalledBatch = {
	readonly number: number;
	readonly askedAt: Millis;
	readonly by: string;
	readonly reason?: string;
	/** By profile, the system that was asked; empty in a journal of version 1. */
	readonly systems: Systems;
	readonly cancellations: readonly JournalledCancellation[];
	/** Every cancellation is settled, and a person has gone on with it in spite of what is damaged. */
	readonly finished: boolean;
	/** A part of the file cannot be read. */
	readonly damage?: Damage;
	/** A person was told of that, and went on. */
	readonly damageKnown?: true;
};

/** What is lost of a journal. */
export type Damage = {
	/** Lines that are not what was written. */
	readonly lines: number;
	/** The first line is among them: nothing tells what else was asked, and what the jobs were. */
	readonly targets: boolean;
};

export type JournalledCancellation = JobTarget & {
	/** Requests that may have left. */
	readonly attempts: number;
	/** Those of them that have: their system answered them. */
	readonly left: number;
	/** One of them was accepted. */
	readonly accepted: boolean;
	/** One of them was accepted, or its answer was lost. */
	readonly mayHaveWorked: boolean;
	/** A look after the confirmation showed an end. */
	readonly endSeen: boolean;
	/** Epoch milliseconds, both. */
	readonly acceptedAt?: Millis;
	readonly outcome?: Outcome;
	readonly settledAt?: Millis;
};

/** What can be read of a journal. */
export type Journal = {readonly lines: readonly JournalLine[]; readonly damage?: Damage};

/** As `parseJournal`, of the file of a batch. Throws the system's error where it cannot be read, an `UnsafeStateError` where others may have written it. */
export const readJournal = (stateDirectory: string, number: number): Journal =>
	parseJournal(readStateFile(journalFile(stateDirectory, number)));

/**
The lines of a journal, and how many are damaged. A last line that was being written when its process ended is none of these: nothing had left for it. Throws where a newer jobtop wrote it: what it left unfinished is not understood here.
*/
export const parseJournal = (text: string): Journal => {
	const rows = text.split('\n');
	const last = rows.pop() ?? '';
	const read = rows.filter(row => row !== '').map(readRow);
	// A line that is whole, and of which only the end is not.
	const whole = readRow(last) ?? readRow(last.slice(0, -1));
	if (whole) read.push(whole);
	const head = read.find(each => each?.line.type === 'batch')?.line;
	const version = head?.type === 'batch' ? head.version : undefined;
	if (version !== undefined && version > journalVersion) {
		throw new Error(`a newer jobtop wrote it (version ${version}, this one reads ${journalVersion})`);
	}
	// What has no checksum is of version 1, and stands before all that has one.
	const firstSum = read.findIndex(each => each?.sum);
	const plain = version === 1 ? (firstSum === -1 ? read.length : firstSum) : 0;
	const lines = read.flatMap((each, index) => (each && (each.sum || index < plain) ? [each.line] : []));
	const damaged = read.length - lines.length;
	if (damaged === 0 && (head || read.length === 0)) return {lines};
	return {lines, damage: {lines: damaged, targets: !lines.some(({type}) => type === 'batch')}};
};

type JournalHead = Extract<JournalLine, {type: 'batch'}>;
type Step = Exclude<JournalLine, {type: 'batch' | 'resumed'}>;

/** Reads a batch; undefined where its file is empty. What its first line does not tell any more is told by the others, as far as they do. Throws as `readJournal`. */
export const readBatch = (stateDirectory: string, number: number): JournalledBatch | undefined =>
	batchOf(number, readJournal(stateDirectory, number));

/** What a journal tells of its batch; undefined where it holds nothing. */
export const batchOf = (number: number, {lines, damage}: Journal): JournalledBatch | undefined => {
	if (lines.length === 0 && damage === undefined) return undefined;
	const head = lines.find((line): line is JournalHead => line.type === 'batch');
	// What is unfinished would be taken up once more under each of its names.
	if (head && head.batch !== number) throw new Error(`it is a copy of batch ${head.batch}; remove it`);
	const cancellations = new Map<Ref, Told>();
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
		systems,
		cancellations: all,
		finished: !unknownDamage && all.every(({outcome}) => outcome !== undefined),
		...(damage && {damage}),
		...(damage && !unknownDamage && {damageKnown: true as const}),
	};
};

/** What is known of a target for which nothing has happened. */
const untouched = {
	attempts: 0,
	left: 0,
	accepted: false,
	mayHaveWorked: false,
	endSeen: false,
	workedBefore: false,
} as const;

/** A job that only a later line names, since the first one is lost. */
const strayTarget = ({ref}: Step): Told => ({
	ref,
	name: parseRef(ref)?.id ?? ref,
	phase: 'unknown',
	status: '',
	...untouched,
});

/** The line that is lost may have said that a request leaves. */
const withDoubt = (told: Told): Told => (told.outcome ? told : {...told, mayHaveWorked: true});

/** `workedBefore`: the same as `mayHaveWorked`, without the latest request. */
type Told = JournalledCancellation & {readonly workedBefore: boolean};

/** Answers after which a request has surely done nothing. That it came too late, or that nobody knows what it named, is true of one member of a set, and the others may have been ended. */
const didNothing = (
	{receipt, failure}: Extract<JournalLine, {type: 'answered'}>,
	{set}: JobTarget,
): boolean =>
	set
		? failure !== undefined && failure !== 'not-found' && failurePolicies[failure].delivered === 'no'
		: receipt === 'already' ||
			receipt === 'too-late' ||
			(failure !== undefined && failurePolicies[failure].delivered === 'no');

const afterLine = (before: Told, line: Step): Told => {
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
			const isLatest = line.attempt === before.attempts;
			const hasLeft = isLatest && line.failure !== 'unreachable';
			const told = hasLeft ? {...before, left: before.left + 1} : before;
			if (isLatest && didNothing(line, before)) return {...told, mayHaveWorked: before.workedBefore};
			if (line.receipt !== 'accepted' && line.receipt !== 'done') return told;
			return {...told, accepted: true, acceptedAt: before.acceptedAt ?? line.at};
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

/** How many jobs were live that its id stood for when it was asked. */
const jobsOfTarget = ({set}: Pick<JobTarget, 'set'>): number => set?.counts?.live ?? 1;

/** How many jobs these are. */
export const jobsOfTargets = (targets: readonly Pick<JobTarget, 'set'>[]): number =>
	targets.reduce((sum, target) => sum + jobsOfTarget(target), 0);

/** The outcomes of a batch, counted in jobs. What is on its way counts nowhere. */
export const countsOf = (batch: JournalledBatch): Partial<Record<OutcomeKind, number>> => {
	const counts: Partial<Record<OutcomeKind, number>> = {};
	for (const each of batch.cancellations) {
		const {outcome} = each;
		if (outcome) counts[outcome.kind] = (counts[outcome.kind] ?? 0) + jobsOfTarget(each);
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
		jobs: jobsOfTargets(cancellations),
		counts: countsOf(batch),
	};
};

/** What is lost of a batch, in words. */
export const damageWords = ({lines, targets}: Damage): string =>
	targets
		? 'the line that names its jobs is damaged: jobs may be missing here'
		: `${lines === 1 ? 'a line is' : `${lines} lines are`} damaged: a request or an end may be missing here`;

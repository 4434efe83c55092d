/*
The lines of a journal: their contents, writing and reading. Each line has a checksum, so a damaged line is never read as another one. The reader checks every field, because its callers trust the result.
*/

import {crc32} from 'node:zlib';
import {cleanText} from '../../job/clean-text.ts';
import {type FailureKind, failurePolicies} from '../../job/failure.ts';
import type {MemberCounts} from '../../job/job.ts';
import {type Operation, type ReversibleOperation, ways} from '../../job/operation.ts';
import {phases} from '../../job/phase.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import type {System} from '../../job/system.ts';
import type {JobTarget} from '../../job/target.ts';
import {isMillis, type Millis} from '../../job/time.ts';
import {type Outcome, type OutcomeKind, outcomes} from '../outcomes.ts';

/** The newest version that jobtop reads. 1: no checksums, no systems, no submission times. 3: another operation than cancelling, which an earlier jobtop would take for that. */
export const journalVersion = 3;

/** The version in which a batch is written: one that every jobtop reads correctly. */
export const versionOf = (operation: Operation): number => (operation === 'cancel' ? 2 : journalVersion);

/** A line. Times are epoch milliseconds. Every line of a batch names its operation, except cancelling: the first line may be lost. */
export type JournalLine = {
	readonly at: Millis;
	readonly operation?: ReversibleOperation;
} /** Always the first: what was confirmed. */ & (
	| {
			readonly type: 'batch';
			readonly version: number;
			readonly batch: number;
			/** `user@host`. */
			readonly by: string;
			readonly reason?: string;
			/** By profile, the system that the requests are for, as far as it was known. */
			readonly systems?: Systems;
			readonly targets: readonly JobTarget[];
	  }
	/** A request is about to leave. */
	| {readonly type: 'sending'; readonly ref: Ref; readonly attempt: number; readonly force?: true}
	/** It was answered: the receipt, or the kind of failure. */
	| {
			readonly type: 'answered';
			readonly ref: Ref;
			readonly attempt: number;
			readonly receipt?: string;
			/** The receipt says that its system has removed it and keeps no record. */
			readonly removed?: true;
			readonly failure?: FailureKind;
			readonly detail?: string;
	  }
	/** The cancellation settled with this outcome. */
	| {readonly type: 'settled'; readonly ref: Ref; readonly outcome: Outcome; readonly attempts: number}
	/** A look showed an end that is not confirmed yet: no more requests that could destroy something. */
	| {readonly type: 'ended'; readonly ref: Ref}
	/** A settled cancellation is open again: a look showed the job alive. */
	| {readonly type: 'reopened'; readonly ref: Ref}
	/** Another process resumed the batch. Holds what a person agreed to: the unproven systems, and the number of damaged lines. */
	| {
			readonly type: 'resumed';
			readonly by: string;
			readonly systems?: Systems;
			readonly damaged?: number;
	  }
);

export type Systems = Readonly<Record<string, System>>;

/** A line as written to the file, with its line break. */
export const journalRow = (line: JournalLine): string => {
	const text = JSON.stringify(line);
	return `${text.slice(0, -1)},"sum":"${checksum(text)}"}\n`;
};

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

const summed = /^(.*),"sum":"([0-9a-f]{8})"\}$/s;

/** A row of the file: an intact line (`sum`: a checksum confirms it), or undefined if it cannot be trusted. */
export type ReadRow = {readonly line: JournalLine; readonly sum: boolean} | undefined;

export const readRow = (row: string): ReadRow => {
	const [, body, sum] = summed.exec(row) ?? [];
	if (body !== undefined && checksum(`${body}}`) !== sum) return undefined;
	let value: unknown;
	try {
		value = JSON.parse(body === undefined ? row : `${body}}`);
	} catch {
		return undefined;
	}
	const line = isRecord(value) ? readLine(value) : undefined;
	return line && {line, sum: body !== undefined};
};

// ---- what each line may hold -----------------------------------------------------------------------

type Fields = Readonly<Record<string, unknown>>;
type LineOf<Type extends JournalLine['type']> = Extract<JournalLine, {type: Type}>;

const isRecord = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value: unknown): value is number => typeof value === 'number' && isMillis(value);
/** A submission time comes from a system, which may write any number. */
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
/** jobtop never writes a ref with control characters. */
const isRef = (value: unknown): value is Ref =>
	typeof value === 'string' && parseRef(value) !== undefined && shown(value) === value;
/** A text, or absent. */
const isText = (value: unknown): value is string | undefined =>
	value === undefined || typeof value === 'string';
const isOneOf = <Word extends string>(
	table: Readonly<Record<Word, unknown>>,
	value: unknown,
): value is Word => typeof value === 'string' && Object.hasOwn(table, value);

/** Text of a person or a server, made safe to show. */
const shown = (text: string): string => cleanText(text);
const textField = <Name extends string>(name: Name, value: string | undefined) =>
	value === undefined ? {} : ({[name]: shown(value)} as Record<Name, string>);

const readers: {
	readonly [Type in JournalLine['type']]: (fields: Fields, at: Millis) => LineOf<Type> | undefined;
} = {
	batch({version, batch, by, reason, systems, targets}, at) {
		if (!isCount(version) || !isCount(batch) || typeof by !== 'string' || !isText(reason)) return undefined;
		const knownSystems = readSystems(systems);
		if (knownSystems === undefined || !Array.isArray(targets)) return undefined;
		const read = targets.map(readTarget);
		if (!read.every(target => target !== undefined)) return undefined;
		const head = {at, type: 'batch', version, batch, by: shown(by)} as const;
		return {
			...head,
			...textField('reason', reason),
			...(systems !== undefined && {systems: knownSystems}),
			targets: read,
		};
	},
	sending({ref, attempt, force}, at) {
		if (!isRef(ref) || !isCount(attempt) || !(force === undefined || force === true)) return undefined;
		return {at, type: 'sending', ref, attempt, ...(force && {force})};
	},
	answered({ref, attempt, receipt, removed, failure, detail}, at) {
		if (!isRef(ref) || !isCount(attempt) || !isText(receipt) || !isText(detail)) return undefined;
		if (!(removed === undefined || removed === true)) return undefined;
		if (failure !== undefined && !isOneOf(failurePolicies, failure)) return undefined;
		return {
			at,
			type: 'answered',
			ref,
			attempt,
			...textField('receipt', receipt),
			...(removed && {removed}),
			...(failure !== undefined && {failure}),
			...textField('detail', detail),
		};
	},
	settled({ref, outcome, attempts}, at) {
		const read = readOutcome(outcome);
		if (!isRef(ref) || !isCount(attempts) || read === undefined) return undefined;
		return {at, type: 'settled', ref, outcome: read, attempts};
	},
	ended: ({ref}, at) => (isRef(ref) ? {at, type: 'ended', ref} : undefined),
	reopened: ({ref}, at) => (isRef(ref) ? {at, type: 'reopened', ref} : undefined),
	resumed({by, systems, damaged}, at) {
		const knownSystems = readSystems(systems);
		if (typeof by !== 'string' || knownSystems === undefined) return undefined;
		if (!(damaged === undefined || isCount(damaged))) return undefined;
		return {
			at,
			type: 'resumed',
			by: shown(by),
			...(systems !== undefined && {systems: knownSystems}),
			...(damaged !== undefined && {damaged}),
		};
	},
};

/** The lines about one job, by name. An export calls them steps. */
export const stepNames = Object.keys(readers).filter(name => name !== 'batch' && name !== 'resumed');

const readLine = (fields: Fields): JournalLine | undefined => {
	const {at, type, operation} = fields;
	if (!isTime(at) || !isOneOf(readers, type)) return undefined;
	if (operation === undefined) return readers[type](fields, at);
	const line = isOneOf(ways, operation) ? readers[type](fields, at) : undefined;
	return line && {...line, operation: operation as ReversibleOperation};
};

const readTarget = (value: unknown): JobTarget | undefined => {
	if (!isRecord(value)) return undefined;
	const {ref, name, phase, status, submittedAt, uid, set, jobs, owner} = value;
	if (!isRef(ref) || typeof name !== 'string' || typeof status !== 'string') return undefined;
	if (!isText(owner) || !isText(uid)) return undefined;
	if (!isOneOf(phases, phase) || !(submittedAt === undefined || isNumber(submittedAt))) return undefined;
	if (!(set === undefined || isRecord(set)) || !(jobs === undefined || isCount(jobs))) return undefined;
	return {
		ref,
		name: shown(name),
		phase,
		status: shown(status),
		...(submittedAt !== undefined && {submittedAt}),
		...(uid !== undefined && {uid}),
		...(set && {set: isMemberCounts(set.counts) ? {counts: set.counts} : {}}),
		...textField('owner', owner),
		...(jobs !== undefined && {jobs}),
	};
};

const isMemberCounts = (value: unknown): value is MemberCounts =>
	isRecord(value) &&
	['live', 'cancelled', 'ended', 'lost'].every(field => isCount(value[field])) &&
	(value.signalled === undefined || isCount(value.signalled));

const readOutcome = (value: unknown): Outcome | undefined => {
	if (!isRecord(value)) return undefined;
	const {kind, detail, phase, credential, counts, recalled, notYours} = value;
	if (!isOneOf(outcomes, kind) || !isText(detail)) return undefined;
	if (!(phase === undefined || isOneOf(phases, phase))) return undefined;
	if (!(counts === undefined || (isRecord(counts) && isCount(counts.cancelled) && isCount(counts.all)))) {
		return undefined;
	}
	return {
		kind: kind satisfies OutcomeKind,
		...textField('detail', detail),
		...(phase !== undefined && {phase}),
		...(credential === true && {credential}),
		// Earlier versions wrote only the word.
		...((recalled === true || (kind === 'not-sent' && detail === 'recalled')) && {recalled: true}),
		...(notYours === true && {notYours}),
		...(counts !== undefined && {counts: {cancelled: counts.cancelled as number, all: counts.all as number}}),
	};
};

/** Empty if absent; undefined if invalid. */
const readSystems = (value: unknown): Systems | undefined => {
	if (value === undefined) return {};
	if (!isRecord(value)) return undefined;
	const systems = Object.entries(value).map(([profile, facts]) => {
		if (!isRecord(facts) || !Object.values(facts).every(fact => typeof fact === 'string')) return undefined;
		const cleaned = Object.entries(facts as System).map(([name, fact]) => [shown(name), shown(fact)]);
		return [shown(profile), Object.fromEntries(cleaned) as System] as const;
	});
	return systems.every(each => each !== undefined) ? Object.fromEntries(systems) : undefined;
};

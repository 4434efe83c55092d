/*
A new batch: its targets are on disk before anything else happens.
*/

import type {Connection} from '../../backends/backend.ts';
import type {Operation} from '../../job/operation.ts';
import {isEnd} from '../../job/phase.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import type {Clock} from '../../process/clock.ts';
import {type JournalLine, versionOf} from '../journal/lines.ts';
import {systemsOf} from '../journal/whose-batch.ts';
import {type BatchJournal, beginBatch} from '../journal/write-batch.ts';
import {ask, askedOf} from '../machine/state.ts';
import type {Batch} from '../report.ts';
import type {Dispatch, Entries} from './entries.ts';
import type {AddEntry} from './new-entry.ts';
import type {Reports} from './reports.ts';

export type BeginningOptions = {
	readonly connections: ReadonlyMap<string, Connection>;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly stateDirectory: string;
	/** `user@host`. */
	readonly by: string;
	/** Whether jobtop has seen the job alive. */
	readonly seenAlive: (ref: Ref) => boolean;
	readonly entries: Pick<Entries, 'ofJob'>;
	readonly reports: Pick<Reports, 'note' | 'report'>;
	readonly dispatch: Dispatch;
	readonly addEntry: AddEntry;
	/** Stops requests for another operation on these jobs. */
	readonly supersede: (refs: readonly Ref[], operation: Operation) => void;
	/** Called once the batch is in its journal. */
	readonly onBatch: (batch: Batch, journal: BatchJournal) => void;
};

/** What is requested, how, and why. */
export type RequestManner = {
	readonly reason?: string;
	/** The first requests are force-cancels, where supported. */
	readonly force?: boolean;
	/** `cancel` if absent. */
	readonly operation?: Operation;
};

export const createBeginning = (options: BeginningOptions) => {
	const {connections, clock, by, addEntry} = options;
	/** Jobs of batches that are not in their journals yet, with the promise of their start. */
	const beginning = new Map<Ref, Promise<unknown>>();

	const begin = async (
		targets: readonly JobTarget[],
		{reason, force = false, operation = 'cancel'}: RequestManner,
	): Promise<Batch> => {
		const askedAt = clock.now();
		const profiles = new Set(targets.map(({ref}) => parseRef(ref)?.profile));
		const concerned = [...connections.values()].filter(({profile}) => profiles.has(profile));
		// The confirmation holds even if the user stops jobtop meanwhile: the next jobtop resumes the batch.
		const systems = Object.fromEntries(await systemsOf(concerned, clock, options.signal));
		const first = (number: number): JournalLine => ({
			at: askedAt,
			type: 'batch',
			version: versionOf(operation),
			batch: number,
			by,
			...(reason !== undefined && {reason}),
			systems,
			targets: targets.map(journalTargetOf),
		});
		const journal = await beginBatch(options.stateDirectory, first, operation);
		const refs = targets.map(({ref}) => ref);
		const {number} = journal;
		const batch: Batch = {number, askedAt, by, operation, refs, ...(reason !== undefined && {reason})};
		options.onBatch(batch, journal);
		options.supersede(refs, operation);
		const entries = targets.map(target => {
			const alive = wasAlive(target) || options.seenAlive(target.ref);
			return addEntry(batch, journal, target, ask(alive, {force, ...askedOf(target)}));
		});
		for (const ref of refs) for (const earlier of options.entries.ofJob(ref)) options.reports.report(earlier);
		for (const entry of entries) {
			options.reports.note(entry, 'asked', reason);
			options.dispatch(entry, {type: 'confirmed'});
		}
		return batch;
	};

	return {
		/** Starts a batch of exactly these targets. Rejects, with nothing sent, if its journal cannot be written. */
		async start(targets: readonly JobTarget[], manner: RequestManner = {}): Promise<Batch> {
			const unique = [...new Map(targets.map(target => [target.ref, target])).values()];
			if (unique.length === 0) throw new Error('a batch needs at least one job');
			const begun = begin(unique, manner);
			for (const {ref} of unique) beginning.set(ref, begun);
			return begun.finally(() => {
				for (const {ref} of unique) beginning.delete(ref);
			});
		},
		/** Whether a batch of this job is about to start. */
		isBeginning: (ref: Ref): boolean => beginning.has(ref),
		/** Resolves once every beginning batch has started or failed. */
		async settled(): Promise<void> {
			await Promise.allSettled(beginning.values());
		},
	};
};

const journalTargetOf = ({ref, name, phase, status, submittedAt, uid, set, jobs, owner}: JobTarget) => ({
	ref,
	name,
	phase,
	status,
	...(submittedAt !== undefined && {submittedAt}),
	...(uid !== undefined && {uid}),
	...(owner !== undefined && {owner}),
	...(set && {set: set.counts ? {counts: set.counts} : {}}),
	...(jobs !== undefined && {jobs}),
});

/** Whether the confirmation showed the job alive. The phase is unknown if jobtop could not look at it. */
export const wasAlive = ({phase}: Pick<JobTarget, 'phase'>): boolean => phase !== 'unknown' && !isEnd(phase);

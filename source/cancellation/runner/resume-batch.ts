/*
Resumes a batch that an earlier process left unfinished.
*/

import type {Connection} from '../../backends/backend.ts';
import {parseRef} from '../../job/ref.ts';
import type {Moment} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import {profileNamed, refHere} from '../journal/earlier-names.ts';
import {type JournalledBatch, type JournalledCancellation, readBatch} from '../journal/read-batch.ts';
import {BatchWaitsError, findHindrances, openProfiles} from '../journal/whose-batch.ts';
import {type BatchJournal, resumeBatch} from '../journal/write-batch.ts';
import {ask, askedOf} from '../machine/state.ts';
import type {Batch} from '../report.ts';
import {wasAlive} from './begin-batch.ts';
import type {Dispatch, Entries} from './entries.ts';
import type {AddEntry} from './new-entry.ts';
import type {Reports} from './reports.ts';

/** Options for resuming a batch. */
export type ResumeManner = {
	/** Break the lock of another host. */
	readonly takeOver?: boolean;
	/** A person agreed to what is unproven. */
	readonly agreed?: boolean;
	/** Resume only if all unfinished jobs belong to the systems here: a process that drives a part locks the whole batch. */
	readonly whole?: boolean;
	/** Profiles that are no longer configured, whose jobs are given up. */
	readonly without?: readonly string[];
};

export type ResumingOptions = {
	readonly connections: ReadonlyMap<string, Connection>;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly moment: () => Moment;
	readonly stateDirectory: string;
	/** `user@host`. */
	readonly by: string;
	readonly entries: Pick<Entries, 'ignoreJob'>;
	readonly reports: Pick<Reports, 'note' | 'report'>;
	readonly dispatch: Dispatch;
	readonly addEntry: AddEntry;
	/** Called once this process drives the batch. */
	readonly onBatch: (batch: Batch, journal: BatchJournal) => void;
};

/** Resumes a batch; see `createResume`. */
export type Resume = (number: number, how?: ResumeManner) => Promise<Batch | undefined>;

/**
Creates the function that resumes an unfinished batch. It resolves with undefined if nothing is left. Jobs of another system stay in the journal for a jobtop whose profiles lead there. It changes nothing if it rejects: with a `BatchHeldError` if another process drives the batch; with a `BatchWaitsError` if all unfinished jobs belong to other systems, or if something is unproven and nobody has `agreed`; with another error if a profile is read-only. `takeOver` breaks the lock of another host.
*/
export const createResume = (options: ResumingOptions): Resume => {
	const {connections, clock, signal, stateDirectory} = options;

	return async (number, how = {}) => {
		const before = readBatch(stateDirectory, number);
		if (!before || before.finished) return undefined;
		refuseReadOnly(before, connections);
		const here = {connections: connections.values(), clock, signal};
		const hindrances = await findHindrances(before, how.without ? {...here, without: how.without} : here);
		const {elsewhere, unproven, systems, damaged} = hindrances;
		const left = openProfiles(before).length;
		const maxElsewhere = how.whole ? 0 : left - 1;
		if ((left > 0 && elsewhere.size > maxElsewhere) || (unproven.length > 0 && !how.agreed)) {
			throw new BatchWaitsError(number, hindrances);
		}
		const journal = await resumeBatch(stateDirectory, number, {...how, operation: before.operation});
		let journalled: JournalledBatch | undefined;
		try {
			journal.append({
				at: clock.now(),
				type: 'resumed',
				by: options.by,
				...(unproven.length > 0 && {systems}),
				...(damaged !== undefined && {damaged}),
			});
			// Read again: the previous process may have written until it released the lock.
			journalled = readBatch(stateDirectory, number);
			if (!journalled) throw new Error('its journal is gone');
			await journal.commit();
		} catch (error) {
			// Release the lock, because this process does not drive the batch.
			await journal.close().catch(() => undefined);
			throw error;
		}
		// Only these profiles were checked; another process may have reopened jobs of other profiles since.
		const checked = new Set(openProfiles(before).filter(profile => !elsewhere.has(profile)));
		const isHere = ({ref}: JournalledCancellation) => checked.has(parseRef(ref)?.profile ?? '');
		const own = journalled.cancellations.filter(each => each.outcome !== undefined || isHere(each));
		const batch: Batch = {
			number,
			askedAt: journalled.askedAt,
			operation: journalled.operation,
			by: journalled.by,
			refs: own.map(({ref}) => refHere(connections.values(), ref)),
			...(journalled.reason !== undefined && {reason: journalled.reason}),
		};
		options.onBatch(batch, journal);
		for (const cancellation of own)
			takeUp({batch, journal, isHere: isHere(cancellation)}, cancellation, options);
		return batch;
	};
};

/** A read-only jobtop resumes nothing: it would give up confirmed cancellations. */
const refuseReadOnly = (
	{cancellations}: JournalledBatch,
	connections: ReadonlyMap<string, Connection>,
): void => {
	const profiles = cancellations.flatMap(({ref, outcome}) => (outcome ? [] : (parseRef(ref)?.profile ?? [])));
	const readOnly = profiles.find(profile => profileNamed(connections.values(), profile)?.readOnly);
	if (readOnly !== undefined) throw new Error(`profile ${readOnly} is read-only here`);
};

type Driven = {
	readonly batch: Batch;
	readonly journal: BatchJournal;
	/** Whether the profile leads to the cancellation's system. If not, a look at a job with its id is no evidence. */
	readonly isHere: boolean;
};

const takeUp = (
	{batch, journal, isHere}: Driven,
	cancellation: JournalledCancellation,
	options: ResumingOptions,
) => {
	const {addEntry, entries, reports, dispatch, moment} = options;
	const {attempts, requestedAt, acceptedAt, outcome, settledAt} = cancellation;
	const {left, accepted, removed, mayHaveWorked, endSeen} = cancellation;
	const before = {attempt: attempts, left, accepted, ...(removed && {removed}), mayHaveWorked, endSeen};
	const alive = attempts > 0 || wasAlive(cancellation);
	const entry = addEntry(batch, journal, cancellation, ask(alive, askedOf(cancellation)));
	entry.requests = attempts;
	entry.timed = false;
	if (acceptedAt !== undefined) entry.acceptedAt = acceptedAt;
	if (outcome) {
		entry.lane?.open.delete(entry);
		if (!isHere) entries.ignoreJob(entry);
		entry.state = {...entry.state, ...before, since: moment(), step: 'settled', outcome};
		if (settledAt !== undefined) entry.settledAt = settledAt;
		return reports.report(entry);
	}
	if (requestedAt !== undefined) entry.followedMs = Math.max(0, options.clock.now() - requestedAt);
	const unsent = attempts > 0 ? 'no request was accepted' : 'nothing was sent';
	reports.note(entry, 'resumed', mayHaveWorked ? 'a request may have been sent' : unsent);
	dispatch(entry, {type: 'resumed', ...before});
};

/*
A batch that an earlier process left unfinished, taken up.
*/

import type {Connection} from '../../backends/backend.ts';
import {parseRef} from '../../job/ref.ts';
import type {Moment} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import {profileNamed, refHere} from '../journal/earlier-names.ts';
import {type JournalledBatch, type JournalledCancellation, readBatch} from '../journal/read-batch.ts';
import {BatchWaitsError, findHindrances, openProfiles} from '../journal/whose-batch.ts';
import {type BatchJournal, resumeBatch} from '../journal/write-batch.ts';
import {ask} from '../machine/state.ts';
import type {Batch} from '../report.ts';
import {wasAlive} from './begin-batch.ts';
import type {Dispatch, Entries} from './entries.ts';
import type {AddEntry} from './new-entry.ts';
import type {Reports} from './reports.ts';

/** How an unfinished batch is taken up. */
export type ResumeManner = {
	/** Break the lock of another host. */
	readonly takeOver?: boolean;
	/** A person was asked about what is not proven, and agreed. */
	readonly agreed?: boolean;
	/** Only where everything unfinished belongs to the systems that are here: a process that drives a part keeps all of it from others. */
	readonly whole?: boolean;
	/** Profiles that are not configured any more, and whose jobs are given up. */
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
	/** The batch is driven by this process. */
	readonly onBatch: (batch: Batch, journal: BatchJournal) => void;
};

/** Takes up a batch; see `createResume`. */
export type Resume = (number: number, how?: ResumeManner) => Promise<Batch | undefined>;

/**
Makes what takes up a batch that an earlier process left unfinished; it resolves with undefined where nothing is left. Jobs of another system than the confirmed one stay in the journal for a jobtop that leads there. Nothing is changed where it rejects: with a `BatchHeldError` where another process has it, with a `BatchWaitsError` where everything unfinished belongs to another system or where something is not proven that nobody has `agreed` to, and where one of its profiles is read-only. `takeOver` breaks the lock of another host.
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
		const journal = await resumeBatch(stateDirectory, number, how);
		let journalled: JournalledBatch | undefined;
		try {
			journal.append({
				at: clock.now(),
				type: 'resumed',
				by: options.by,
				...(unproven.length > 0 && {systems}),
				...(damaged !== undefined && {damaged}),
			});
			// Read again: the process that had it may have written until it let go.
			journalled = readBatch(stateDirectory, number);
			if (!journalled) throw new Error('its journal is gone');
			await journal.commit();
		} catch (error) {
			// A process that does not drive the batch keeps it from nobody.
			await journal.close().catch(() => undefined);
			throw error;
		}
		// Only of these profiles it is known where they lead: another process may have opened jobs of others since.
		const checked = new Set(openProfiles(before).filter(profile => !elsewhere.has(profile)));
		const isHere = ({ref}: JournalledCancellation) => checked.has(parseRef(ref)?.profile ?? '');
		const own = journalled.cancellations.filter(each => each.outcome !== undefined || isHere(each));
		const batch: Batch = {
			number,
			askedAt: journalled.askedAt,
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

/** A read-only jobtop takes nothing up: what was confirmed would be given up because somebody only wants to look. */
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
	/** The profile of the cancellation is known to lead to its system. Where it is not, no look at what has its id now is evidence about it. */
	readonly isHere: boolean;
};

const takeUp = (
	{batch, journal, isHere}: Driven,
	cancellation: JournalledCancellation,
	options: ResumingOptions,
) => {
	const {addEntry, entries, reports, dispatch, moment} = options;
	const {attempts, acceptedAt, outcome, settledAt} = cancellation;
	const {left, accepted, mayHaveWorked, endSeen} = cancellation;
	const alive = attempts > 0 || wasAlive(cancellation);
	const entry = addEntry(batch, journal, cancellation, ask(alive, false, cancellation.set?.counts));
	entry.requests = attempts;
	entry.timed = false;
	if (acceptedAt !== undefined) entry.acceptedAt = acceptedAt;
	if (outcome) {
		entry.lane?.open.delete(entry);
		if (!isHere) entries.ignoreJob(entry);
		const known = {attempt: attempts, left, since: moment(), accepted, mayHaveWorked, endSeen};
		entry.state = {...entry.state, ...known, step: 'settled', outcome};
		if (settledAt !== undefined) entry.settledAt = settledAt;
		return reports.report(entry);
	}
	const nothing = attempts > 0 ? 'no request was accepted' : 'nothing was sent';
	reports.note(entry, 'resumed', mayHaveWorked ? 'a request may have been sent' : nothing);
	dispatch(entry, {type: 'resumed', attempt: attempts, left, accepted, mayHaveWorked, endSeen});
};

/*
A request from its journal line to its answer. A request that is not on disk is not sent.
*/

import {type CancelReceipt, isReceipt} from '../../backends/backend.ts';
import type {Failure} from '../../job/failure.ts';
import type {Operation} from '../../job/operation.ts';
import type {Moment} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import {errorWords} from '../../process/error-words.ts';
import type {BatchJournal} from '../journal/write-batch.ts';
import {type Dispatch, type Entry, type Lane, newPatience} from './entries.ts';
import type {CommitSoon} from './gathering.ts';
import type {Reports} from './reports.ts';
import type {Sending} from './requests.ts';

/** On a guarded backend, the longest time between a look and its request, in milliseconds. It doubles each time a request is held back, for slower servers. */
const lookLastsMs = 30_000;

export type SenderOptions = {
	readonly clock: Clock;
	readonly moment: () => Moment;
	readonly reports: Pick<Reports, 'note'>;
	readonly commitSoon: CommitSoon;
	readonly dispatch: Dispatch;
};

export type Sender = ReturnType<typeof createSender>;

export const createSender = ({clock, moment, reports, commitSoon, dispatch}: SenderOptions) => {
	/** Withdraws requests that have not left; `recalled` if the user recalled them. */
	const withhold = (lane: Lane, failure: Failure, which?: (entry: Entry) => boolean, recalled = false) => {
		for (const {wanting, attempt, isWritten} of lane.requests.withdraw(which)) {
			if (isWritten) noteUnsent(wanting, attempt, failure.detail);
			dispatch(wanting, {type: 'failed', attempt, failure, ...(recalled && {recalled})});
		}
		lane.looks.goOn();
	};

	/** Journals that a request has not left after all: its line said that it was about to. */
	const noteUnsent = ({journal, journalled: ref}: Entry, attempt: number, detail: string) => {
		journal.append({at: clock.now(), type: 'answered', ref, attempt, failure: 'unreachable', detail});
		commitSoon(journal);
	};

	/** After a refused credential, nothing more is sent with it. */
	const refused = (lane: Lane, failure: Failure) => {
		withhold(lane, failure);
		for (const entry of lane.looks.withdraw()) {
			dispatch(entry, {type: 'look-failed', askedMoment: moment(), failure});
		}
	};

	const answered = (entry: Entry, attempt: number, receipt: CancelReceipt) => {
		const at = clock.now();
		entry.journal.append({
			at,
			type: 'answered',
			ref: entry.journalled,
			attempt,
			receipt: receipt.kind,
			...(receipt.removed && {removed: true as const}),
			...(receipt.detail !== undefined && {detail: receipt.detail}),
		});
		commitSoon(entry.journal);
		const worked = receipt.kind === 'accepted' || receipt.kind === 'done';
		const words =
			receiptWords[entry.policy.operation][receipt.kind] + (receipt.detail ? `: ${receipt.detail}` : '');
		if (worked) entry.acceptedAt ??= at;
		reports.note(entry, worked ? 'accepted' : 'answered', words);
		dispatch(entry, {type: 'answered', attempt, receipt});
	};

	const failed = (entry: Entry, attempt: number, failure: Failure) => {
		const {kind, detail} = failure;
		const {journal, journalled: ref} = entry;
		journal.append({at: clock.now(), type: 'answered', ref, attempt, failure: kind, detail});
		commitSoon(journal);
		dispatch(entry, {type: 'failed', attempt, failure});
	};

	const writeTo = async (
		journal: BatchJournal,
		sendings: readonly Sending<Entry>[],
	): Promise<readonly Sending<Entry>[]> => {
		for (const {wanting, attempt, force} of sendings) {
			const line = {at: clock.now(), type: 'sending', ref: wanting.journalled, attempt} as const;
			journal.append(force ? {...line, force} : line);
		}
		try {
			await journal.commit();
			return sendings;
		} catch (error) {
			const detail = `the journal cannot be written: ${errorWords(error as Error)}`;
			for (const {wanting, attempt} of sendings) {
				dispatch(wanting, {type: 'failed', attempt, failure: {kind: 'unreachable', detail}});
			}
			return [];
		}
	};

	return {
		withhold,
		refused,
		/** Journals that these requests are about to leave. Resolves with the requests that are on disk; the others have failed. */
		async write(sendings: readonly Sending<Entry>[]): Promise<readonly Sending<Entry>[]> {
			const byJournal = Map.groupBy(sendings, ({wanting}) => wanting.journal);
			const written: Sending<Entry>[] = [];
			await Promise.all(
				[...byJournal].map(async ([journal, own]) => {
					written.push(...(await writeTo(journal, own)));
				}),
			);
			return written;
		},
		/** On a guarded backend, a request must follow its look closely, or wait for a new one: the limiter may have paused in between, or the machine slept. */
		mayLeave: ({wanting: {policy, state, lookedAt = 0, held}}: Sending<Entry>): boolean =>
			policy.resend !== 'guarded' ||
			(!state.endSeen && clock.now() - lookedAt <= lookLastsMs * 2 ** Math.min(held, 10)),
		onHeld({wanting: entry, attempt}: Sending<Entry>, why?: string) {
			const detail = why ?? 'held back: jobtop looks at it again first';
			entry.held++;
			if (entry.requests === attempt) entry.requests = attempt - 1;
			noteUnsent(entry, attempt, detail);
			dispatch(entry, {type: 'held', attempt});
		},
		onLeaving({wanting: entry, attempt, force}: Sending<Entry>) {
			entry.requests = attempt;
			const which = attempt > 1 ? `request ${attempt}` : undefined;
			reports.note(entry, 'sent', force ? `request ${attempt}, by force` : which);
		},
		onAnswer({wanting: entry, attempt}: Sending<Entry>, answer: CancelReceipt | Failure) {
			const {lane} = entry;
			if (lane && answer.kind !== 'unauthorized') lane.patience = newPatience();
			if (isReceipt(answer)) return answered(entry, attempt, answer);
			// The next look may renew the credential; until then, nothing more is sent with it.
			if (lane && answer.kind === 'unauthorized') withhold(lane, answer);
			failed(entry, attempt, answer);
		},
	};
};

const tooLate = 'its system reports that it has ended or is ending; jobtop checks';

const receiptWords = {
	cancel: {
		done: 'its system reports it cancelled; jobtop checks',
		accepted: 'the request was accepted; jobtop follows the job until it ends',
		already: 'its system reports that it was already cancelled; jobtop checks',
		'too-late': tooLate,
	},
	suspend: {
		done: 'its system reports it suspended; jobtop checks',
		accepted: 'the request was accepted; jobtop follows the job until nothing of it runs',
		already: 'its system reports that it was already suspended; jobtop checks',
		'too-late': tooLate,
	},
	unsuspend: {
		done: 'its system reports it unsuspended; jobtop checks',
		accepted: 'the request was accepted; jobtop follows the job until it is no longer suspended',
		already: 'its system reports that it was not suspended; jobtop checks',
		'too-late': tooLate,
	},
} as const satisfies Record<Operation, Record<CancelReceipt['kind'], string>>;

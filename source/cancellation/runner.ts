/*
Performs what the machine asks for: looks, requests, timers, journal lines. It decides nothing.
*/
import {type CancelReceipt, type Connection, isReceipt, type ManyLooks} from '../backends/backend.ts';
import type {Clock} from '../clock.ts';
import {type Failure, failureOf} from '../job/failure.ts';
import type {Job} from '../job/job.ts';
import {parseRef, type Ref} from '../job/ref.ts';
import type {Audit} from './audit.ts';
import {type BatchJournal, beginBatch, journalVersion, resumeBatch} from './journal.ts';
import {
	ask,
	type CancelEffect,
	type CancelEvent,
	type CancelPolicy,
	type CancelState,
	leave,
	standing,
	type Timer,
	transition,
} from './machine.ts';
import {type Outcome, outcomes} from './outcomes.ts';
import {type JournalledBatch, type JournalledCancellation, readBatch} from './read-batch.ts';
import type {Batch, CancellationMoment, CancellationReport, CancelTarget, MomentStep} from './report.ts';

export type RunnerOptions = {
	/** By profile; every request of a profile goes through its limiter. */
	readonly connections: ReadonlyMap<string, Connection>;
	readonly clock: Clock;
	readonly stateDirectory: string;
	/** `user@host`. */
	readonly by: string;
	readonly park: boolean;
	/** Milliseconds in which a batch of so many can be recalled. */
	readonly stageMs: (targets: number) => number;
	/** The next number of the counter by which questions and answers are put in order. */
	readonly moment: () => number;
	/** Whether jobtop has seen the job alive. */
	readonly seenAlive: (ref: Ref) => boolean;
	/** A look saw the job. */
	readonly onSeen: (job: Job, asked: number) => void;
	readonly audit: Pick<Audit, 'append'>;
	readonly onBatch: (batch: Batch) => void;
	readonly onReports: (reports: readonly CancellationReport[]) => void;
};

type Entry = {
	readonly target: CancelTarget;
	readonly id: string;
	readonly batch: Batch;
	readonly journal: BatchJournal;
	readonly policy: CancelPolicy;
	readonly connection: Connection | undefined;
	readonly timers: Map<Timer, () => void>;
	readonly moments: CancellationMoment[];
	state: CancelState;
	seen?: {readonly phase: Job['phase']; readonly status: string; readonly at: number};
	acceptedAt?: number;
	settledAt?: number;
};

const mostMoments = 100;
/** Looks that are wanted within so many milliseconds go out together, where the backend takes many at once. */
const gatherMs = 25;

type WithoutMoment<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

export const createRunner = (options: RunnerOptions) => {
	const {connections, clock, moment} = options;
	const entries = new Map<string, Entry>();
	const byRef = new Map<Ref, Set<Entry>>();
	const journals = new Map<number, BatchJournal>();
	const changed = new Set<Entry>();
	const stopping = new AbortController();
	const {signal} = stopping;
	let nobodyWaits = false;

	// ---- what is told ------------------------------------------------------------------------------

	const reportOf = (entry: Entry): CancellationReport => {
		const {state, target, batch} = entry;
		const outcome = standing(state) ?? (nobodyWaits ? leave(state) : undefined);
		const why = whyOf(state);
		return {
			ref: target.ref,
			batch: batch.number,
			name: target.name,
			step: state.step,
			attempts: state.attempt,
			cameBack: state.cameBack,
			askedAt: batch.askedAt,
			moments: [...entry.moments],
			...(outcome && {outcome}),
			...(why !== undefined && {why}),
			...(entry.seen && {seen: entry.seen}),
			...(entry.acceptedAt !== undefined && {acceptedAt: entry.acceptedAt}),
			...(entry.settledAt !== undefined && {settledAt: entry.settledAt}),
		};
	};

	const tell = (entry: Entry) => {
		if (changed.size === 0) queueMicrotask(tellAll);
		changed.add(entry);
	};
	const tellAll = () => {
		const reports = [...changed].map(reportOf);
		changed.clear();
		if (reports.length > 0) options.onReports(reports);
	};

	const note = (entry: Entry, step: MomentStep, detail?: string) => {
		entry.moments.push({at: clock.now(), step, ...(detail !== undefined && detail !== '' && {detail})});
		if (entry.moments.length > mostMoments) entry.moments.splice(1, 1);
		tell(entry);
	};

	/** Writes what need not be waited for. That the disk has filled up is said when the next request is held back by it. */
	const commit = (journal: BatchJournal) => void journal.commit().catch(() => undefined);

	// ---- the machine -------------------------------------------------------------------------------

	const dispatch = (entry: Entry, event: WithoutMoment<CancelEvent>) => {
		if (signal.aborted) return;
		const before = entry.state;
		const [after, effects] = transition(before, {...event, at: moment()} as CancelEvent, entry.policy);
		entry.state = after;
		if (after !== before) remember(entry, before, after);
		for (const effect of effects) perform(entry, effect);
	};

	/** Puts down what a step means: in the journal what must not be forgotten, in the moments what is worth reading. */
	const remember = (entry: Entry, before: CancelState, after: CancelState) => {
		const {journal, target, batch} = entry;
		const at = clock.now();
		if (before.step === 'settled' && after.step !== 'settled') {
			delete entry.settledAt;
			journals.set(batch.number, journal);
			journal.append({at, type: 'reopened', ref: target.ref});
			commit(journal);
		}
		if (after.cameBack && !before.cameBack) note(entry, 'came-back', 'it was seen ended and is alive again');
		if (after.overdue && !before.overdue)
			note(entry, 'overdue', 'longer than is usual here; still following');
		const outcomeBefore = before.step === 'settled' ? before.outcome : undefined;
		if (after.step === 'settled' && after.outcome !== outcomeBefore) {
			entry.settledAt = at;
			for (const stop of entry.timers.values()) stop();
			entry.timers.clear();
			journal.append({at, type: 'settled', ref: target.ref, outcome: after.outcome, attempts: after.attempt});
			commit(journal);
			audit(entry, after.outcome);
			note(entry, 'settled', outcomes[after.outcome.kind].sentence(target.ref, after.outcome));
		} else if (after.step !== before.step && after.step !== 'sending' && after.step !== 'asked') {
			note(entry, after.step, whyOf(after));
		} else if (after.attempt !== before.attempt || whyOf(after) !== whyOf(before)) tell(entry);
	};

	const audit = ({batch, target, state, settledAt}: Entry, {kind, detail}: Outcome) =>
		options.audit.append({
			at: new Date(settledAt ?? clock.now()).toISOString(),
			askedAt: new Date(batch.askedAt).toISOString(),
			batch: batch.number,
			ref: target.ref,
			name: target.name,
			by: batch.by,
			pid: process.pid,
			...(batch.reason !== undefined && {reason: batch.reason}),
			outcome: kind,
			...(detail !== undefined && {detail}),
			attempts: state.attempt,
		});

	const perform = (entry: Entry, effect: CancelEffect) => {
		switch (effect.type) {
			case 'look':
				return wantLook(entry);
			case 'send':
				return wantSend(entry, effect.attempt);
			case 'wait': {
				const {timer, ms} = effect;
				const running = entry.timers.get(timer);
				if (running && (timer === 'overdue' || timer === 'reissue')) return;
				running?.();
				entry.timers.set(
					timer,
					clock.after(ms, () => {
						entry.timers.delete(timer);
						dispatch(entry, {type: 'timer', timer});
					}),
				);
			}
		}
	};

	// ---- looks -------------------------------------------------------------------------------------

	const looks = new Map<Connection, Set<Entry>>();

	const wantLook = (entry: Entry) => {
		const {connection} = entry;
		if (!connection) {
			const detail = `profile ${parseRef(entry.target.ref)?.profile} is not configured`;
			return dispatch(entry, {type: 'look-failed', asked: moment(), failure: {kind: 'unreachable', detail}});
		}
		if (!connection.backend.getMany) return void lookAt(entry, connection);
		const wanted = looks.get(connection);
		if (wanted) return void wanted.add(entry);
		looks.set(connection, new Set([entry]));
		clock.after(gatherMs, () => {
			const together = [...(looks.get(connection) ?? [])];
			looks.delete(connection);
			const [only] = together;
			if (together.length === 1 && only) void lookAt(only, connection);
			else void lookAtMany(together, connection);
		});
	};

	const saw = (entry: Entry, job: Job, asked: number, own: boolean) => {
		const {phase, status, terminal} = job;
		if (entry.seen?.phase !== phase || entry.seen.status !== status) note(entry, 'seen', status || phase);
		entry.seen = {phase, status, at: clock.now()};
		dispatch(entry, {type: 'looked', asked, own, phase, status, terminal});
	};

	const lookAt = async (entry: Entry, {backend}: Connection) => {
		const asked = moment();
		try {
			if (!backend.get) throw new Error('a backend that cancels must be able to look');
			const {job} = await backend.get(entry.id, {signal});
			options.onSeen(job, asked);
			saw(entry, job, asked, true);
		} catch (error) {
			if (signal.aborted) return;
			lookFailed(entry, asked, failureOf(error));
		}
	};

	const lookFailed = (entry: Entry, asked: number, failure: Failure) =>
		failure.kind === 'not-found'
			? dispatch(entry, {type: 'missing', asked})
			: dispatch(entry, {type: 'look-failed', asked, failure});

	const lookAtMany = async (together: readonly Entry[], {backend}: Connection) => {
		const asked = moment();
		let answer: ManyLooks;
		try {
			const ids = [...new Set(together.map(({id}) => id))];
			answer = (await backend.getMany?.(ids, {signal})) as ManyLooks;
		} catch (error) {
			if (signal.aborted) return;
			const failure = failureOf(error);
			for (const entry of together) lookFailed(entry, asked, failure);
			return;
		}
		for (const entry of together) {
			const job = answer.jobs.get(entry.id);
			const failure = answer.failures.get(entry.id);
			if (job) {
				options.onSeen(job, asked);
				saw(entry, job, asked, false);
			} else if (failure) lookFailed(entry, asked, failure);
			else dispatch(entry, {type: 'missing', asked});
		}
	};

	/** A poll has seen these jobs: it serves every cancellation of them. */
	const observe = (jobs: ReadonlyMap<Ref, Job>, asked: number) => {
		for (const [ref, those] of byRef) {
			const job = jobs.get(ref);
			if (job) for (const entry of those) saw(entry, job, asked, false);
		}
	};

	// ---- requests ----------------------------------------------------------------------------------

	const sends = new Map<Connection, {readonly entry: Entry; readonly attempt: number}[]>();

	const wantSend = (entry: Entry, attempt: number) => {
		const connection = entry.connection as Connection;
		const wanted = sends.get(connection);
		if (wanted) return void wanted.push({entry, attempt});
		sends.set(connection, [{entry, attempt}]);
		queueMicrotask(() => {
			const together = sends.get(connection) ?? [];
			sends.delete(connection);
			void sendAll(together, connection);
		});
	};

	type Sending = {readonly entry: Entry; readonly attempt: number};

	const sendAll = async (together: readonly Sending[], connection: Connection) => {
		const sendable: Sending[] = [];
		const byJournal = Map.groupBy(together, ({entry}) => entry.journal);
		await Promise.all(
			[...byJournal].map(async ([journal, those]) => {
				for (const {entry, attempt} of those) {
					journal.append({at: clock.now(), type: 'sending', ref: entry.target.ref, attempt});
				}
				try {
					await journal.commit();
					sendable.push(...those);
				} catch (error) {
					// What is not on disk is not sent.
					const detail = `the journal cannot be written: ${(error as Error).message}`;
					for (const {entry, attempt} of those) {
						dispatch(entry, {type: 'failed', attempt, failure: {kind: 'unreachable', detail}});
					}
				}
			}),
		);
		if (signal.aborted) return;
		const {cancelMany} = connection.backend;
		if (cancelMany && sendable.length > 1) await sendMany(sendable, cancelMany);
		else await Promise.all(sendable.map(sending => sendOne(sending, connection)));
	};

	const sendOne = async ({entry, attempt}: Sending, {backend}: Connection) => {
		note(entry, 'sent', attempt > 1 ? `request ${attempt}` : undefined);
		try {
			if (!backend.cancel) throw new Error('a profile that cannot cancel was asked to');
			answered(entry, attempt, await backend.cancel(entry.id, {signal}));
		} catch (error) {
			if (signal.aborted) return;
			sendFailed(entry, attempt, failureOf(error));
		}
	};

	const sendMany = async (
		together: readonly Sending[],
		cancelMany: NonNullable<Connection['backend']['cancelMany']>,
	) => {
		for (const {entry, attempt} of together)
			note(entry, 'sent', attempt > 1 ? `request ${attempt}` : undefined);
		let answers: ReadonlyMap<string, CancelReceipt | Failure>;
		try {
			answers = await cancelMany(
				together.map(({entry}) => entry.id),
				{signal},
			);
		} catch (error) {
			if (signal.aborted) return;
			const failure = failureOf(error);
			for (const {entry, attempt} of together) sendFailed(entry, attempt, failure);
			return;
		}
		for (const {entry, attempt} of together) {
			const answer = answers.get(entry.id);
			if (!answer) sendFailed(entry, attempt, {kind: 'cut-off', detail: 'nothing was said of this job'});
			else if (isReceipt(answer)) answered(entry, attempt, answer);
			else sendFailed(entry, attempt, answer);
		}
	};

	const answered = (entry: Entry, attempt: number, receipt: CancelReceipt) => {
		const at = clock.now();
		entry.journal.append({
			at,
			type: 'answered',
			ref: entry.target.ref,
			attempt,
			receipt: receipt.kind,
			...(receipt.detail !== undefined && {detail: receipt.detail}),
		});
		commit(entry.journal);
		const worked = receipt.kind === 'accepted' || receipt.kind === 'done';
		const words = receiptWords[receipt.kind] + (receipt.detail ? `: ${receipt.detail}` : '');
		if (worked) entry.acceptedAt ??= at;
		note(entry, worked ? 'accepted' : 'answered', words);
		dispatch(entry, {type: 'answered', attempt, receipt});
	};

	const sendFailed = (entry: Entry, attempt: number, failure: Failure) => {
		const {kind, detail} = failure;
		entry.journal.append({
			at: clock.now(),
			type: 'answered',
			ref: entry.target.ref,
			attempt,
			failure: kind,
			detail,
		});
		commit(entry.journal);
		dispatch(entry, {type: 'failed', attempt, failure});
	};

	// ---- batches -----------------------------------------------------------------------------------

	const addEntry = (batch: Batch, journal: BatchJournal, target: CancelTarget, seenAlive: boolean): Entry => {
		const {profile, id} = parseRef(target.ref) ?? {profile: '', id: ''};
		const connection = connections.get(profile);
		const entry: Entry = {
			target,
			id,
			batch,
			journal,
			connection,
			policy: {
				resend: connection?.traits.resend ?? 'guarded',
				gone: connection?.traits.gone ?? 'unknown',
				...(connection?.traits.removedDetail !== undefined && {
					removedDetail: connection.traits.removedDetail,
				}),
				patience: connection?.traits.patience ?? strangersPatience,
				stageMs: options.stageMs(batch.refs.length),
				park: options.park,
			},
			timers: new Map(),
			moments: [],
			state: ask(seenAlive),
		};
		entries.set(`${batch.number}/${target.ref}`, entry);
		const others = byRef.get(target.ref) ?? new Set();
		byRef.set(target.ref, others.add(entry));
		return entry;
	};

	/** Starts a batch of exactly these targets. Rejects, with nothing sent, where its journal cannot be written. */
	const start = async (targets: readonly CancelTarget[], reason?: string): Promise<Batch> => {
		const unique = [...new Map(targets.map(target => [target.ref, target])).values()];
		if (unique.length === 0) throw new Error('a batch needs at least one job');
		const {by} = options;
		const askedAt = clock.now();
		const journal = await beginBatch(options.stateDirectory, number => ({
			at: askedAt,
			type: 'batch',
			version: journalVersion,
			batch: number,
			by,
			...(reason !== undefined && {reason}),
			targets: unique.map(({ref, name, phase, status}) => ({ref, name, phase, status})),
		}));
		const batch: Batch = {
			number: journal.number,
			askedAt,
			by,
			refs: unique.map(({ref}) => ref),
			...(reason !== undefined && {reason}),
		};
		journals.set(batch.number, journal);
		options.onBatch(batch);
		for (const entry of unique.map(target =>
			addEntry(batch, journal, target, options.seenAlive(target.ref)),
		)) {
			note(entry, 'asked', reason);
			dispatch(entry, {type: 'confirmed'});
		}
		return batch;
	};

	/**
	Takes up what an earlier process left unfinished; undefined where nothing is left. Rejects with a `BatchHeldError` where another process has it; `takeOver` breaks the lock of another host.
	*/
	const resume = async (
		number: number,
		how: {readonly takeOver?: boolean} = {},
	): Promise<Batch | undefined> => {
		const before = readBatch(options.stateDirectory, number);
		if (!before || before.finished) return undefined;
		const journal = await resumeBatch(options.stateDirectory, number, how);
		// Read again: the one who had it may have written until it let go.
		const journalled = readBatch(options.stateDirectory, number) as JournalledBatch;
		journal.append({at: clock.now(), type: 'resumed', by: options.by});
		await journal.commit();
		const batch: Batch = {
			number,
			askedAt: journalled.askedAt,
			by: journalled.by,
			refs: journalled.cancellations.map(({ref}) => ref),
			...(journalled.reason !== undefined && {reason: journalled.reason}),
		};
		journals.set(number, journal);
		options.onBatch(batch);
		for (const cancellation of journalled.cancellations) takeUp(batch, journal, cancellation);
		return batch;
	};

	const takeUp = (batch: Batch, journal: BatchJournal, cancellation: JournalledCancellation) => {
		const {ref, name, phase, status, attempts, accepted, outcome, settledAt} = cancellation;
		const entry = addEntry(batch, journal, {ref, name, phase, status}, true);
		if (outcome) {
			entry.state = {...entry.state, step: 'settled', attempt: attempts, since: moment(), outcome};
			if (settledAt !== undefined) entry.settledAt = settledAt;
			return tell(entry);
		}
		note(entry, 'resumed', attempts > 0 ? 'a request may have been sent' : 'nothing had been sent');
		dispatch(entry, {type: 'resumed', attempt: attempts, accepted});
	};

	return {
		start,
		resume,
		observe,
		/** There are new credentials for this profile. */
		renewed(profile: string) {
			for (const entry of entries.values()) {
				if (entry.connection?.profile === profile) dispatch(entry, {type: 'renewed'});
			}
		},
		/** Nobody waits any longer: what has not left is taken back, what has is told as it stands. */
		leave() {
			for (const entry of entries.values()) dispatch(entry, {type: 'recalled'});
			nobodyWaits = true;
			for (const entry of entries.values()) tell(entry);
		},
		/** Whether a cancellation of this job has not settled. */
		follows: (ref: Ref): boolean => [...(byRef.get(ref) ?? [])].some(({state}) => state.step !== 'settled'),
		async stop() {
			stopping.abort(new Error('jobtop stops'));
			for (const entry of entries.values()) for (const stop of entry.timers.values()) stop();
			await Promise.allSettled([...journals.values()].map(journal => journal.close()));
		},
	};
};

const whyOf = (state: CancelState): string | undefined => ('why' in state ? state.why : undefined);

/** For a profile that is not configured any more. */
const strangersPatience = {firstPollMs: 5000, slowestPollMs: 60_000, overdueAfterMs: 600_000} as const;

const receiptWords = {
	done: 'its system says that it is cancelled',
	accepted: 'the request was accepted; the job has not ended yet',
	already: 'it had been cancelled before',
	'too-late': 'it had ended or was ending',
} as const satisfies Record<CancelReceipt['kind'], string>;

/*
Performs what the machine asks for: looks, requests, timers, journal lines. It decides nothing.
*/

import {type CancelReceipt, type Connection, isReceipt} from '../../backends/backend.ts';
import type {Failure} from '../../job/failure.ts';
import {whyAnother} from '../../job/identity.ts';
import type {Job} from '../../job/job.ts';
import {isEnd} from '../../job/phase.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import {standingOfSet} from '../../job/set.ts';
import {unprovenWords} from '../../job/unproven.ts';
import type {Clock} from '../../process/clock.ts';
import {errorWords} from '../../process/error-words.ts';
import type {Audit} from '../audit.ts';
import {BatchHeldError} from '../journal/batch-lock.ts';
import {profileNamed, refHere} from '../journal/earlier-names.ts';
import {journalVersion} from '../journal/lines.ts';
import {type JournalledBatch, type JournalledCancellation, readBatch} from '../journal/read-batch.ts';
import {BatchWaitsError, findHindrances, openProfiles, systemsOf} from '../journal/whose-batch.ts';
import {type BatchJournal, beginBatch, resumeBatch} from '../journal/write-batch.ts';
import {
	ask,
	type CancelEffect,
	type CancelEvent,
	type CancelPolicy,
	type CancelState,
	type LookSource,
	leave,
	standing,
	type Timer,
	transition,
	whyOf,
} from '../machine/machine.ts';
import {type Outcome, outcomes} from '../outcomes.ts';
import type {Batch, CancellationMoment, CancellationReport, CancelTarget, MomentStep} from '../report.ts';
import {createLooks, type Looks} from './looks.ts';
import {createRequests, type Requests, type Sending} from './requests.ts';

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
	/** A look saw these jobs. */
	readonly onSeen: (jobs: readonly Job[], asked: number) => void;
	/** How long cancelling usually takes there. */
	readonly usual: (profile: string) => Usual | undefined;
	/** An accepted request has brought a job to its end, so many milliseconds after it was accepted. */
	readonly onEnded: (profile: string, ms: number) => void;
	readonly audit: Pick<Audit, 'append'>;
	readonly onBatch: (batch: Batch) => void;
	readonly onReports: (reports: readonly CancellationReport[]) => void;
	/** How this batch stands could not be written, in the system's words: its journal tells less than what was told. */
	readonly onLost: (batch: number, words: string) => void;
};

/** How an unfinished batch is taken up. */
export type ResumeManner = {
	/** Break the lock of another host. */
	readonly takeOver?: boolean;
	/** A person was told of what is not proven, and wants to go on. */
	readonly agreed?: boolean;
	/** Only where all that is left is of the systems that are here: who drives a part keeps all of it from others. */
	readonly whole?: boolean;
	/** Profiles that are not configured any more, and whose jobs are given up. */
	readonly without?: readonly string[];
};

/** Milliseconds from the acceptance of a request to the end of its job: the middle one, and that which 95 of 100 do not exceed. */
export type Usual = {readonly p50Ms: number; readonly p95Ms: number};

type Entry = {
	/** What the confirmation showed. A job that was put back into the queue since is known by its new submission. */
	target: CancelTarget;
	/** How the journal names it: a profile may have had another name then. */
	readonly journalled: Ref;
	readonly id: string;
	readonly batch: Batch;
	readonly journal: BatchJournal;
	readonly policy: CancelPolicy;
	readonly line: Line | undefined;
	readonly timers: Map<Timer, () => void>;
	readonly moments: CancellationMoment[];
	state: CancelState;
	/** Requests that may have left. */
	requests: number;
	/** How often its request was held back for another look. */
	held: number;
	/** This process has followed it from its beginning: how long it took is known. */
	watched: boolean;
	/** The latest list of active jobs did not hold it. */
	missed: boolean;
	/** When it was last looked at by itself, as a guarded backend needs it before a request. */
	lookedAt?: number;
	/** The last that its own record told, alone or with others; `at` in milliseconds. */
	record?: {readonly terminal: boolean; readonly asked: number; readonly at: number};
	/** The last that a list told. */
	listed?: {readonly terminal: boolean; readonly asked: number};
	/** The last look did not find it. */
	vanished: boolean;
	/** The submission of another job that was found in its place. */
	stranger?: number | undefined;
	seen?: {readonly phase: Job['phase']; readonly status: string; readonly at: number};
	acceptedAt?: number;
	settledAt?: number;
};

/** What leads to one profile, and what is on its way there. */
type Line = {
	readonly connection: Connection;
	readonly looks: Looks<Entry>;
	readonly requests: Requests<Entry>;
	/** Cancellations that are not settled. */
	readonly open: Set<Entry>;
	/** Good polls to pass over before a parked cancellation is tried again, and how many that were the last time. */
	patience: {left: number; next: number};
};

const mostMoments = 100;
/** A credential that lists but does not cancel is tried again after 1, 2, 4 … good polls, so many at most. */
const mostPatience = 64;
/** Where cancelling usually takes long, only what takes longer than this many times the usual is overdue. */
const overdueFactor = 2;
/** More than so many at once are told of every so many milliseconds only. */
const many = 100;
const tellEveryMs = 50;
/** A request that destroys something on an ended job leaves no later after its look than this many milliseconds; twice as many each time that it was held back, for there are servers that are slower than that. */
const lookLastsMs = 30_000;
/** What is tried again is not tried again by all in the same moment. */
const jitter = 0.1;
/** A batch of at least so many jobs, all of which vanish at once, is doubted. */
const severalJobs = 3;
/** Of those that lists call alive, at least so many, or this part of them, are looked at by themselves with each list. */
const verified = {least: 4, part: 0.02};
/** So many jobs of which a list tells otherwise than their own records are looked at with each list. */
const mostContradictions = 8;

type WithoutMoment<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

export const createRunner = (options: RunnerOptions) => {
	const {connections, clock, moment} = options;
	const entries = new Map<string, Entry>();
	const batches = new Map<number, Entry[]>();
	/** Those that are open, and those that have ended: a job may come back. */
	const byRef = new Map<Ref, Set<Entry>>();
	const lines = new Map<string, Line>();
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
			...(target.submittedAt !== undefined && {submittedAt: target.submittedAt}),
			...(target.set?.counts && {jobs: target.set.counts.live}),
			step: state.step,
			attempts: entry.requests,
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

	// All that happens in one turn is told at once, and where many are on their way a few times a second: thousands of answers make no thousands of messages.
	let telling = false;
	let toldAt = Number.NEGATIVE_INFINITY;
	const tellSoon = () => {
		if (telling) return;
		telling = true;
		// Never longer than that: the clock may have been set back.
		const wait = byRef.size > many ? Math.min(tellEveryMs, toldAt + tellEveryMs - clock.now()) : 0;
		if (wait > 0) clock.after(wait, tellAll);
		else setImmediate(tellAll);
	};
	const tell = (entry: Entry) => {
		changed.add(entry);
		tellSoon();
	};
	let looked: {readonly job: Job; readonly asked: number}[] = [];
	const tellJob = (job: Job, asked: number) => {
		looked.push({job, asked});
		tellSoon();
	};
	const tellAll = () => {
		telling = false;
		toldAt = clock.now();
		const seen = Map.groupBy(looked, ({asked}) => asked);
		looked = [];
		for (const [asked, those] of seen) {
			options.onSeen(
				those.map(({job}) => job),
				asked,
			);
		}
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
	const commit = (journal: BatchJournal) => {
		if (byRef.size <= many) return void journal.commit().catch(() => undefined);
		// The next request takes it along: a sync for each answer would hold the requests up.
		if (committing.has(journal)) return;
		committing.add(journal);
		clock.after(tellEveryMs, () => {
			committing.delete(journal);
			void journal.commit().catch(() => undefined);
		});
	};
	const committing = new Set<BatchJournal>();

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
		const {journal, journalled, target, batch, line} = entry;
		const at = clock.now();
		if (before.step === 'settled' && after.step !== 'settled') {
			delete entry.settledAt;
			line?.open.add(entry);
			journals.set(batch.number, journal);
			journal.append({at, type: 'reopened', ref: journalled});
			commit(journal);
		}
		if (after.endSeen && !before.endSeen && after.step !== 'settled') {
			journal.append({at, type: 'ended', ref: journalled});
			commit(journal);
		}
		if (after.cameBack && !before.cameBack) note(entry, 'came-back', 'it was seen ended and is alive again');
		if (after.overdue && !before.overdue) {
			if (standing(after)?.kind === 'overdue') note(entry, 'overdue', overdueWords(usualOf(line)));
			else tell(entry);
		}
		const outcomeBefore = before.step === 'settled' ? before.outcome : undefined;
		if (after.step === 'settled' && after.outcome !== outcomeBefore) {
			entry.settledAt = at;
			line?.open.delete(entry);
			line?.looks.spare(entry, 'alone');
			for (const stop of entry.timers.values()) stop();
			entry.timers.clear();
			journal.append({
				at,
				type: 'settled',
				ref: journalled,
				outcome: after.outcome,
				attempts: entry.requests,
			});
			commit(journal);
			audit(entry, after.outcome);
			const {kind} = after.outcome;
			if (
				line &&
				entry.watched &&
				entry.acceptedAt !== undefined &&
				(kind === 'cancelled' || kind === 'removed')
			) {
				options.onEnded(line.connection.profile, at - entry.acceptedAt);
			}
			note(entry, 'settled', outcomes[after.outcome.kind].sentence(target.ref, after.outcome));
		} else if (after.step !== before.step && after.step !== 'sending' && after.step !== 'asked') {
			note(entry, after.step, whyOf(after));
		} else if (after.attempt !== before.attempt || whyOf(after) !== whyOf(before)) tell(entry);
	};

	const usualOf = (line: Line | undefined): Usual | undefined =>
		line && options.usual(line.connection.profile);

	const audit = ({batch, target, requests, settledAt}: Entry, {kind, detail}: Outcome) =>
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
			attempts: requests,
		});

	const perform = (entry: Entry, effect: CancelEffect) => {
		switch (effect.type) {
			case 'look':
				return wantLook(entry, effect.source);
			case 'send':
				return entry.line?.requests.send({wanting: entry, attempt: effect.attempt, force: effect.force});
			case 'wait': {
				const {timer} = effect;
				const ms = timer === 'retry' ? Math.ceil(effect.ms * (1 + jitter * Math.random())) : effect.ms;
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

	const wantLook = (entry: Entry, source: LookSource) => {
		if (entry.line) return entry.line.looks.want(entry, source);
		const detail = `profile ${parseRef(entry.target.ref)?.profile} is not configured`;
		dispatch(entry, {type: 'look-failed', asked: moment(), failure: {kind: 'unreachable', detail}});
	};

	/** What a look says is said of the job that was shown, or it is no word about it. Only a look at this job alone tells it from one that was put back into the queue. */
	const isAnother = (entry: Entry, job: Job, asked: number, source: LookSource): boolean => {
		const {target, batch, state} = entry;
		const own = source === 'alone';
		const detail = whyAnother(target, job, batch.askedAt);
		if (detail === undefined) {
			const {createdAt} = job;
			if (own && job.restarts !== undefined && createdAt !== undefined && createdAt !== target.submittedAt) {
				entry.target = {...target, submittedAt: createdAt};
			}
			return false;
		}
		if (own) {
			entry.stranger = job.createdAt;
			dispatch(entry, {type: 'replaced', asked, detail});
		} else if (state.step !== 'settled' || entry.stranger !== job.createdAt) wantLook(entry, 'alone');
		return true;
	};

	const saw = (entry: Entry, job: Job, asked: number, source: LookSource) => {
		if (isAnother(entry, job, asked, source)) return;
		const {unproven} = job;
		const {phase, status, terminal} = standingOfSet(job);
		const members = job.set?.counts;
		compare(entry, terminal, asked, source);
		const words = unproven ? `${status || phase}; ${unprovenWords[unproven]}` : status || phase;
		if (entry.seen?.phase !== phase || entry.seen.status !== status) note(entry, 'seen', words);
		entry.seen = {phase, status, at: clock.now(), ...(unproven && {unproven})};
		if (source === 'alone') entry.lookedAt = clock.now();
		// A list may be right: what waits to be sent is looked at once more before it leaves.
		if (source === 'list' && terminal && entry.state.step === 'sending') delete entry.lookedAt;
		entry.missed = false;
		entry.vanished = false;
		// Whoever told it, and for whom: it need not be asked again.
		if (asked >= entry.state.since) entry.line?.looks.spare(entry, source);
		dispatch(entry, {
			type: 'looked',
			asked,
			source,
			phase,
			status,
			terminal,
			...(unproven && {unproven}),
			...(members && {members}),
			...(terminal && endedByOurs(entry, job) && {ours: true}),
		});
	};

	/** A list and a job's own record say the same, or the list is not believed for a while: it lags where it calls a job alive that had ended before it was asked for, and is wrong where it had called one ended that is alive. */
	const compare = (entry: Entry, terminal: boolean, asked: number, source: LookSource) => {
		const {record, listed, line} = entry;
		if (source === 'list') {
			entry.listed = {terminal, asked};
			if (contradicts(entry, terminal, asked)) line?.looks.distrust();
			return;
		}
		entry.record = {terminal, asked, at: clock.now()};
		if (!listed || listed.asked >= asked) return;
		if (listed.terminal && !terminal) line?.looks.distrust();
		else if (!listed.terminal && !terminal && record?.terminal) line?.looks.trust();
	};

	const contradicts = ({record}: Entry, terminal: boolean, asked: number): boolean =>
		record?.terminal === true && !terminal && record.asked < asked;

	/** Whether a request of this batch for the set that it is a part of may have ended it. */
	const endedByOurs = ({batch}: Entry, {parent}: Job): boolean =>
		parent !== undefined &&
		[...(byRef.get(parent) ?? [])].some(whole => whole.batch === batch && whole.state.mayHaveWorked);

	const lookFailed = (entry: Entry, failure: Failure, asked: number) => {
		if (failure.kind === 'not-found') {
			entry.vanished = true;
			return dispatch(entry, {type: 'missing', asked, doubted: allVanished(entry)});
		}
		if (failure.kind === 'unauthorized' && entry.line) refusedFor(entry.line, failure);
		dispatch(entry, {type: 'look-failed', asked, failure});
	};

	const allVanished = ({batch, line}: Entry): boolean => {
		const those = batches.get(batch.number)?.filter(other => other.line === line) ?? [];
		return those.length >= severalJobs && those.every(({vanished}) => vanished);
	};

	/** What a list tells of jobs, for every cancellation of them. A job that has ended is watched as long as jobtop runs: it may come back. */
	const sawList = (jobs: Iterable<Job>, asked: number) => {
		if (byRef.size === 0) return;
		const alive = new Map<Line, Entry[]>();
		let contradictions = 0;
		for (const job of jobs) {
			for (const entry of byRef.get(job.ref) ?? []) {
				const doubtful = contradicts(entry, job.terminal, asked);
				if (doubtful ? ++contradictions > mostContradictions : !entry.line?.looks.trusts()) continue;
				saw(entry, job, asked, 'list');
				const {line, state} = entry;
				if (line && !job.terminal && state.step === 'following') {
					alive.set(line, [...(alive.get(line) ?? []), entry]);
				}
			}
		}
		for (const [line, entries] of alive) verify(line, entries);
	};

	/** A list that lags keeps no job alive for ever: some of those that it calls alive are looked at by themselves, those first that were not for the longest time. */
	const verify = ({connection}: Line, entries: readonly Entry[]) => {
		const {slowestPollMs} = connection.traits.patience;
		const at = ({record}: Entry) => record?.at ?? Number.NEGATIVE_INFINITY;
		const most = Math.max(verified.least, Math.ceil(entries.length * verified.part));
		const old = entries.filter(entry => clock.now() - at(entry) >= slowestPollMs);
		for (const entry of old.sort((a, b) => at(a) - at(b)).slice(0, most)) wantLook(entry, 'record');
	};

	/** A page of a list that was read for those who want a look. */
	const sawPage = (jobs: readonly Job[], asked: number) => {
		for (const job of jobs) if (byRef.has(job.ref)) tellJob(job, asked);
		sawList(jobs, asked);
	};

	/** Somebody has seen these jobs: on a list, or in their own records. */
	const observe = (jobs: Iterable<Job>, asked: number, source: LookSource) => {
		if (source === 'list') return sawList(jobs, asked);
		for (const job of jobs) for (const entry of byRef.get(job.ref) ?? []) saw(entry, job, asked, source);
	};

	/** Somebody has looked for this job, and its system does not know it. */
	const missing = (ref: Ref, asked: number) => {
		const failure = {kind: 'not-found', detail: 'it is not known there'} as const;
		for (const entry of byRef.get(ref) ?? []) lookFailed(entry, failure, asked);
	};

	// ---- requests ----------------------------------------------------------------------------------

	const write = async (sendings: readonly Sending<Entry>[]): Promise<readonly Sending<Entry>[]> => {
		const written: Sending<Entry>[] = [];
		const byJournal = Map.groupBy(sendings, ({wanting}) => wanting.journal);
		await Promise.all(
			[...byJournal].map(async ([journal, those]) => {
				for (const {wanting, attempt, force} of those) {
					const line = {at: clock.now(), type: 'sending', ref: wanting.journalled, attempt} as const;
					journal.append(force ? {...line, force} : line);
				}
				try {
					await journal.commit();
					written.push(...those);
				} catch (error) {
					// What is not on disk is not sent.
					const detail = `the journal cannot be written: ${errorWords(error as Error)}`;
					for (const {wanting, attempt} of those) {
						dispatch(wanting, {type: 'failed', attempt, failure: {kind: 'unreachable', detail}});
					}
				}
			}),
		);
		return written;
	};

	/** What destroys something on an ended job follows its look at once, or waits for another one: a server may have asked for patience between the two, or this machine slept. */
	const mayLeave = ({wanting: {policy, state, lookedAt = 0, held}}: Sending<Entry>): boolean =>
		policy.resend === 'safe' ||
		(!state.endSeen && clock.now() - lookedAt <= lookLastsMs * 2 ** Math.min(held, 10));

	const held = ({wanting: entry, attempt}: Sending<Entry>, why?: string) => {
		const detail = why ?? 'held back: it is looked at once more before';
		const {journalled: ref} = entry;
		entry.held++;
		if (entry.requests === attempt) entry.requests = attempt - 1;
		entry.journal.append({at: clock.now(), type: 'answered', ref, attempt, failure: 'unreachable', detail});
		commit(entry.journal);
		dispatch(entry, {type: 'held', attempt});
	};

	const leaving = ({wanting: entry, attempt, force}: Sending<Entry>) => {
		entry.requests = attempt;
		const which = attempt > 1 ? `request ${attempt}` : undefined;
		note(entry, 'sent', force ? `request ${attempt}, by stronger means` : which);
	};

	const takeAnswer = ({wanting: entry, attempt}: Sending<Entry>, answer: CancelReceipt | Failure) => {
		const {line} = entry;
		if (line && answer.kind !== 'unauthorized') line.patience = {left: 0, next: 1};
		if (isReceipt(answer)) return answered(entry, attempt, answer);
		// The look that follows may renew it; until it has told, nothing more is sent with it.
		if (line && answer.kind === 'unauthorized') withhold(line, answer);
		sendFailed(entry, attempt, answer);
	};

	/** Takes back requests that have not left. */
	const withhold = (line: Line, failure: Failure, which?: (entry: Entry) => boolean) => {
		for (const {wanting, attempt} of line.requests.withdraw(which)) {
			dispatch(wanting, {type: 'failed', attempt, failure});
		}
		line.looks.goOn();
	};

	/** A refused credential is the same for all: nothing more goes out with it. */
	const refusedFor = (line: Line, failure: Failure) => {
		withhold(line, failure);
		for (const entry of line.looks.withdraw()) {
			dispatch(entry, {type: 'look-failed', asked: moment(), failure});
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
			ref: entry.journalled,
			attempt,
			failure: kind,
			detail,
		});
		commit(entry.journal);
		dispatch(entry, {type: 'failed', attempt, failure});
	};

	// ---- batches -----------------------------------------------------------------------------------

	const connectionTo = (name: string): Connection | undefined => profileNamed(connections.values(), name);

	const lineTo = (name: string): Line | undefined => {
		const connection = connectionTo(name);
		if (!connection) return undefined;
		const {profile} = connection;
		const known = lines.get(profile);
		if (known) return known;
		const open = new Set<Entry>();
		const idOf = (entry: Entry) => entry.id;
		const line: Line = {
			connection,
			open,
			patience: {left: 0, next: 1},
			looks: createLooks<Entry>({
				connection,
				clock,
				signal,
				moment,
				idOf,
				isSet: ({target, state}) => target.set !== undefined || state.members !== undefined,
				likelyEnded: ({state, missed}) =>
					missed || (state.step === 'following' && state.unproven !== undefined),
				sending: () => line.requests.size(),
				crowd: () => open.size,
				onLook(entry, job, asked, source) {
					tellJob(job, asked);
					saw(entry, job, asked, source);
				},
				onPage: sawPage,
				onFailure: lookFailed,
			}),
			requests: createRequests<Entry>({
				connection,
				clock,
				signal,
				idOf,
				write,
				mayLeave,
				onHeld: held,
				batchOf: ({batch}) => batch.number,
				onUnreachable: (failure, concerns) => withhold(line, failure, concerns),
				onLeaving: leaving,
				onFewer: () => line.looks.goOn(),
				onAnswer: takeAnswer,
			}),
		};
		lines.set(profile, line);
		return line;
	};

	const addEntry = (batch: Batch, journal: BatchJournal, asked: CancelTarget, state: CancelState): Entry => {
		const target = {...asked, ref: refHere(connections.values(), asked.ref)};
		const {profile, id} = parseRef(target.ref) ?? {profile: '', id: ''};
		const line = lineTo(profile);
		const traits = line?.connection.traits;
		const patience = traits?.patience ?? strangersPatience;
		const usual = usualOf(line);
		const entry: Entry = {
			target,
			journalled: asked.ref,
			id,
			batch,
			journal,
			line,
			policy: {
				resend: traits?.resend ?? 'guarded',
				gone: traits?.gone ?? 'unknown',
				...(traits?.removedDetail !== undefined && {removedDetail: traits.removedDetail}),
				patience: {
					...patience,
					overdueAfterMs: Math.max(patience.overdueAfterMs, overdueFactor * (usual?.p95Ms ?? 0)),
				},
				stageMs: options.stageMs(batch.refs.length),
				park: options.park,
			},
			timers: new Map(),
			moments: [],
			state,
			requests: 0,
			held: 0,
			watched: true,
			missed: false,
			vanished: false,
		};
		line?.open.add(entry);
		const others = batches.get(batch.number) ?? [];
		batches.set(batch.number, others);
		others.push(entry);
		entries.set(`${batch.number}/${target.ref}`, entry);
		byRef.set(target.ref, (byRef.get(target.ref) ?? new Set()).add(entry));
		return entry;
	};

	/** Jobs of batches that are asked for and not yet in their journals, and when they are. */
	const beginning = new Map<Ref, Promise<unknown>>();

	/** Starts a batch of exactly these targets. Rejects, with nothing sent, where its journal cannot be written. `force`: by the stronger means of their backends, which have them. */
	const start = async (targets: readonly CancelTarget[], reason?: string, force = false): Promise<Batch> => {
		const unique = [...new Map(targets.map(target => [target.ref, target])).values()];
		if (unique.length === 0) throw new Error('a batch needs at least one job');
		const begun = begin(unique, reason, force);
		for (const {ref} of unique) beginning.set(ref, begun);
		return begun.finally(() => {
			for (const {ref} of unique) beginning.delete(ref);
		});
	};

	const begin = async (
		unique: readonly CancelTarget[],
		reason: string | undefined,
		force: boolean,
	): Promise<Batch> => {
		const {by} = options;
		const askedAt = clock.now();
		const profiles = new Set(unique.map(({ref}) => parseRef(ref)?.profile));
		const asked = [...connections.values()].filter(({profile}) => profiles.has(profile));
		// Who stops meanwhile has been asked all the same: the batch is for the next one.
		const systems = Object.fromEntries(await systemsOf(asked, clock, signal));
		const journal = await beginBatch(options.stateDirectory, number => ({
			at: askedAt,
			type: 'batch',
			version: journalVersion,
			batch: number,
			by,
			...(reason !== undefined && {reason}),
			systems,
			targets: unique.map(({ref, name, phase, status, submittedAt, set}) => ({
				ref,
				name,
				phase,
				status,
				...(submittedAt !== undefined && {submittedAt}),
				...(set && {set: set.counts ? {counts: set.counts} : {}}),
			})),
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
			addEntry(
				batch,
				journal,
				target,
				ask(wasAlive(target) || options.seenAlive(target.ref), force, target.set?.counts),
			),
		)) {
			note(entry, 'asked', reason);
			dispatch(entry, {type: 'confirmed'});
		}
		return batch;
	};

	/**
	Takes up what an earlier process left unfinished; undefined where nothing is left. Jobs of another system than was asked stay in the journal for a jobtop that leads there. Nothing is changed where it rejects: with a `BatchHeldError` where another process has it, with a `BatchWaitsError` where all that is left is of another system or where something is not proven that nobody has `agreed` to, and where one of its profiles is read-only. `takeOver` breaks the lock of another host.
	*/
	const resume = async (number: number, how: ResumeManner = {}): Promise<Batch | undefined> => {
		const before = readBatch(options.stateDirectory, number);
		if (!before || before.finished) return undefined;
		refuseReadOnly(before);
		const here = {connections: connections.values(), clock, signal};
		const hindrances = await findHindrances(before, how.without ? {...here, without: how.without} : here);
		const {elsewhere, unproven, systems, damaged} = hindrances;
		const left = openProfiles(before).length;
		const mostElsewhere = how.whole ? 0 : left - 1;
		if ((left > 0 && elsewhere.size > mostElsewhere) || (unproven.length > 0 && !how.agreed)) {
			throw new BatchWaitsError(number, hindrances);
		}
		const journal = await resumeBatch(options.stateDirectory, number, how);
		let journalled: JournalledBatch | undefined;
		try {
			journal.append({
				at: clock.now(),
				type: 'resumed',
				by: options.by,
				...(unproven.length > 0 && {systems}),
				...(damaged !== undefined && {damaged}),
			});
			// Read again: the one who had it may have written until it let go.
			journalled = readBatch(options.stateDirectory, number);
			if (!journalled) throw new Error('its journal is gone');
			await journal.commit();
		} catch (error) {
			// Who does not drive it holds nobody else up.
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
		journals.set(number, journal);
		options.onBatch(batch);
		for (const cancellation of own) takeUp(batch, journal, cancellation, isHere(cancellation));
		return batch;
	};

	/** What was confirmed is not given up because somebody only wants to look. */
	const refuseReadOnly = ({cancellations}: JournalledBatch) => {
		const profiles = cancellations.flatMap(({ref, outcome}) =>
			outcome ? [] : (parseRef(ref)?.profile ?? []),
		);
		const readOnly = profiles.find(profile => connectionTo(profile)?.readOnly);
		if (readOnly !== undefined) throw new Error(`profile ${readOnly} is read-only here`);
	};

	/** `isHere`: its profile is known to lead to its system. Where it is not, no look at what has its id now is a word about it. */
	const takeUp = (
		batch: Batch,
		journal: BatchJournal,
		cancellation: JournalledCancellation,
		isHere: boolean,
	) => {
		const {attempts, acceptedAt, outcome, settledAt} = cancellation;
		const {left, accepted, mayHaveWorked, endSeen} = cancellation;
		const entry = addEntry(
			batch,
			journal,
			cancellation,
			ask(attempts > 0 || wasAlive(cancellation), false, cancellation.set?.counts),
		);
		entry.requests = attempts;
		entry.watched = false;
		if (acceptedAt !== undefined) entry.acceptedAt = acceptedAt;
		if (outcome) {
			entry.line?.open.delete(entry);
			if (!isHere) byRef.get(entry.target.ref)?.delete(entry);
			const known = {attempt: attempts, left, since: moment(), accepted, mayHaveWorked, endSeen};
			entry.state = {...entry.state, ...known, step: 'settled', outcome};
			if (settledAt !== undefined) entry.settledAt = settledAt;
			return tell(entry);
		}
		const nothing = attempts > 0 ? 'no request had been taken' : 'nothing had been sent';
		note(entry, 'resumed', mayHaveWorked ? 'a request may have been sent' : nothing);
		dispatch(entry, {type: 'resumed', attempt: attempts, left, accepted, mayHaveWorked, endSeen});
	};

	const openFor = (ref: Ref): readonly Entry[] =>
		[...(byRef.get(ref) ?? [])].filter(({state}) => state.step !== 'settled');

	/** Takes back what has not left. What waits for its turn to be sent is among it. */
	const recall = (which: (entry: Entry) => boolean, detail?: string) => {
		for (const line of lines.values()) {
			withhold(line, {kind: 'unreachable', detail: detail ?? 'recalled'}, which);
			const event = {type: 'recalled', ...(detail !== undefined && {detail})} as const;
			for (const entry of [...line.open]) if (which(entry)) dispatch(entry, event);
		}
	};

	return {
		start,
		resume,
		observe,
		missing,
		/** There are new credentials for this profile. */
		renewed(profile: string) {
			const line = lines.get(profile);
			if (!line) return;
			line.patience = {left: 0, next: 1};
			for (const entry of [...line.open]) dispatch(entry, {type: 'renewed'});
		},
		/** A poll was answered: its credential is good, for listing at least. */
		polled(profile: string) {
			const line = lines.get(profile);
			if (!line) return;
			const parked = [...line.open].filter(({state}) => state.step === 'parked');
			if (parked.length === 0 || line.patience.left-- > 0) return;
			const {next} = line.patience;
			line.patience = {left: next, next: Math.min(mostPatience, next * 2)};
			for (const entry of parked) dispatch(entry, {type: 'renewed'});
		},
		/** A list does not hold these jobs any more: those that are followed have likely ended. */
		missed(refs: readonly Ref[]) {
			for (const entry of refs.flatMap(openFor)) {
				entry.missed = true;
				const {state} = entry;
				// What is said to have ended is no longer on a list of active jobs; its own timer asks.
				const isOpen = state.step === 'following' && !state.ending && !state.unproven;
				if (isOpen) wantLook(entry, 'record');
			}
		},
		/** Takes back what has not left of a batch. */
		recall(number: number) {
			recall(({batch}) => batch.number === number);
		},
		/** Asks by the stronger means of its backend for the end of what has been asked before. Returns the refs where there are none, or where nothing is followed that they could end. */
		force(refs: readonly Ref[]): readonly Ref[] {
			return refs.filter(ref => {
				const those = openFor(ref);
				if (!those.some(({line}) => line?.connection.backend.forceCancel)) return true;
				const before = those.map(({state}) => state);
				for (const entry of those) dispatch(entry, {type: 'forced'});
				return those.every(({state}, index) => state === before[index]);
			});
		},
		/** Nobody wants to know any more. */
		unfollow(refs: readonly Ref[]) {
			const those = new Set(refs.flatMap(openFor));
			recall(entry => those.has(entry), 'not followed any more');
			for (const entry of those) dispatch(entry, {type: 'unfollowed'});
		},
		/** Nobody waits any longer: what has not left is taken back, what has is told as it stands. */
		leave() {
			recall(() => true, 'nobody waited any longer');
			nobodyWaits = true;
			for (const entry of entries.values()) tell(entry);
			tellAll();
		},
		/** Whether a cancellation of this job has been asked for and has not settled. */
		follows: (ref: Ref): boolean => beginning.has(ref) || openFor(ref).length > 0,
		/** Whether any cancellation on this profile has not settled. */
		isBusyWith: (profile: string): boolean => (lines.get(profile)?.open.size ?? 0) > 0,
		async stop() {
			stopping.abort(new Error('jobtop stops'));
			await Promise.allSettled(beginning.values());
			for (const entry of entries.values()) for (const stop of entry.timers.values()) stop();
			tellAll();
			await Promise.all(
				[...journals.values()].map(journal =>
					journal.close().catch((error: unknown) => {
						if (!(error instanceof BatchHeldError))
							options.onLost(journal.number, errorWords(error as Error));
					}),
				),
			);
		},
	};
};

/** Its confirmation showed it alive. One that could not be looked at then is of an unknown phase. */
const wasAlive = ({phase}: CancelTarget): boolean => phase !== 'unknown' && !isEnd(phase);

const overdueWords = (usual: Usual | undefined): string =>
	usual
		? `longer than is usual here: 95 of 100 end within ${Math.ceil(usual.p95Ms / 1000)} s; still following`
		: 'longer than is usual here; still following';

/** For a profile that is not configured any more. */
const strangersPatience = {
	firstPollMs: 5000,
	slowestPollMs: 60_000,
	overdueAfterMs: 600_000,
	confirmGoneAfterMs: 5000,
} as const;

const receiptWords = {
	done: 'its system says that it is cancelled; a look tells',
	accepted: 'the request was accepted; that is no end yet',
	already: 'it is said to have been cancelled before; a look tells',
	'too-late': 'it is said to have ended, or to be ending; a look tells',
} as const satisfies Record<CancelReceipt['kind'], string>;

import type {Connection} from '../../backends/backend.ts';
import {type Failure, failureOf, failurePolicies} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {Clock} from '../../process/clock.ts';
import type {ProfileHealth, Scope} from '../protocol.ts';
import {pace} from './pace.ts';
import {readList, type WholeList} from './read-list.ts';
import {jittered, relieved, strained, type Tempo, tempo} from './tempo.ts';

/** What the pace depends on outside of the profile. */
export type Watched = {
	/** Epoch milliseconds in which somebody did something here. */
	readonly since: number;
	/** Nobody looks. */
	readonly away: boolean;
	/** A cancellation is followed there, or somebody asked a moment ago. */
	readonly urgent: boolean;
};

export type PollerOptions = {
	readonly connection: Connection;
	readonly clock: Clock;
	readonly intervalMs: number;
	/** Milliseconds between two polls, at least. */
	readonly leastMs?: number;
	/** Who looks, and what is urgent; somebody does and nothing is, where it is absent. */
	readonly watched?: () => Watched;
	/** A number from 0 to 1. */
	readonly random?: () => number;
	readonly scope: () => Scope;
	/** The next number of the counter by which questions and answers are put in order. */
	readonly moment: () => number;
	/** Takes in the jobs of a page, and gives them as they are kept. */
	readonly onPage: (jobs: readonly Job[], asked: number) => readonly Job[];
	readonly onList: (list: WholeList, asked: number) => void;
	readonly onHealth: (health: ProfileHealth) => void;
};

/** Whether a server has said itself when it wants to be asked again. */
const wanted = (failure: Failure | undefined): boolean =>
	failure !== undefined && 'retryAfterMs' in failure && failure.retryAfterMs !== undefined;

/**
The loop of one profile: one poll at a time, later and later while it fails, never given up.
*/
export const createPoller = (options: PollerOptions) => {
	const {connection, clock, moment, onHealth, leastMs = 0, random = Math.random} = options;
	const watched = options.watched ?? (() => ({since: clock.now(), away: false, urgent: false}));
	let {intervalMs} = options;
	/** Epoch milliseconds. */
	let changedAt = clock.now();
	let endedAt = clock.now();
	let tookMs = 0;
	let strain = 1;
	let strainedAt = Number.NEGATIVE_INFINITY;
	/** The chance of this interval; it is rolled once, or who presses many keys would get the best of many. */
	let roll = 0.5;
	let health: ProfileHealth = {
		profile: connection.profile,
		state: 'loading',
		failures: 0,
		asking: false,
		intervalMs,
		jobs: 0,
		unreadable: 0,
	};
	let current: AbortController | undefined;
	let takeBack: (() => void) | undefined;
	let stopped = false;

	const become = (next: ProfileHealth) => {
		health = next;
		onHealth(next);
	};

	const poll = async () => {
		const mine = new AbortController();
		current = mine;
		const asked = moment();
		const askedAt = clock.now();
		const {nextAt: _nextAt, ...before} = health;
		become({...before, asking: true});
		try {
			const list = await readList(connection, options.scope(), mine.signal, {
				onPage: jobs => (mine.signal.aborted ? jobs : options.onPage(jobs, asked)),
			});
			if (mine.signal.aborted) return;
			current = undefined;
			const {failure: _failure, endless: _endless, ...rest} = health;
			tookMs = Math.max(0, clock.now() - askedAt);
			strain = relieved(strain);
			health = {
				...rest,
				state: 'ok',
				failures: 0,
				lastGoodAt: askedAt,
				jobs: list.jobs.size,
				unreadable: list.unreadable,
				...(list.endless && {endless: true}),
			};
			options.onList(list, asked);
			later(undefined);
		} catch (error) {
			if (mine.signal.aborted) return;
			current = undefined;
			const failure = failureOf(error);
			if (failure.kind === 'rate-limited') addStrain();
			health = {
				...health,
				state: failurePolicies[failure.kind].state,
				failure,
				failures: health.failures + 1,
			};
			later(failure);
		}
	};

	/** Many that were refused at the same time say it once. */
	const addStrain = () => {
		const now = clock.now();
		if (Math.abs(now - strainedAt) < intervalMs) return;
		strainedAt = now;
		strain = strained(strain);
	};

	const tempoNow = () => {
		const {since, away, urgent} = watched();
		const quietMs = clock.now() - Math.max(changedAt, since);
		return tempo({intervalMs, quietMs, away, tookMs, strain, urgent});
	};
	/** Its health at this pace. */
	const paced = ({everyMs, slowedBy}: Tempo): ProfileHealth => {
		const {everyMs: _everyMs, slowedBy: _slowedBy, ...rest} = health;
		return slowedBy ? {...rest, everyMs, slowedBy} : rest;
	};
	const pollIn = (ms: number, next: ProfileHealth) => {
		takeBack?.();
		become({...next, asking: false, nextAt: clock.now() + ms});
		takeBack = clock.after(ms, () => void poll());
	};

	const later = (failure: Failure | undefined) => {
		endedAt = clock.now();
		roll = random();
		const now = tempoNow();
		const ms = pace(now.everyMs, health.failures, failure);
		if (ms === undefined) return become({...paced(now), asking: false});
		pollIn(jittered(ms, roll, wanted(failure) ? ms : leastMs), paced(now));
	};

	/** The pace has changed: the next poll comes when it is due now. What fails is asked later all the same. */
	const reconsider = (mayBeLater: boolean) => {
		if (stopped || current || health.nextAt === undefined || health.failures > 0) return;
		const now = tempoNow();
		const time = clock.now();
		const ms = jittered(now.everyMs, roll, leastMs);
		// The clock may have been set back since.
		const dueAt = Math.min(time + ms, Math.max(time, endedAt + ms));
		if (!mayBeLater && dueAt >= health.nextAt) return;
		if (dueAt > time) return pollIn(dueAt - time, paced(now));
		takeBack?.();
		void poll();
	};

	return {
		/** Asks now. A poll that is under way is thrown away: it was asked too early. */
		now() {
			if (stopped || health.state === 'off') return;
			takeBack?.();
			current?.abort(new Error('asked anew'));
			void poll();
		},
		/** Asks nothing any longer, until it is turned on again. */
		turn(on: boolean) {
			if (stopped || on === (health.state !== 'off')) return;
			takeBack?.();
			current?.abort(new Error('it is turned off'));
			current = undefined;
			const {nextAt: _nextAt, failure: _failure, ...rest} = health;
			become({...rest, state: on ? 'loading' : 'off', asking: false, failures: 0});
			if (on) void poll();
		},
		/** Asks so often from now on. What fails is asked later all the same. */
		every(ms: number) {
			if (stopped) return;
			intervalMs = ms;
			become({...health, intervalMs});
			reconsider(true);
		},
		/** Somebody looks again, or something has become urgent: the next poll comes sooner where it may. */
		hasten() {
			reconsider(false);
		},
		/** Something has changed there. */
		changed() {
			changedAt = clock.now();
			reconsider(false);
		},
		/** It has asked for patience, on whatever it was asked. */
		asksForPatience(failure: Failure) {
			addStrain();
			if (stopped || current || health.nextAt === undefined) return;
			const now = tempoNow();
			const ms = pace(now.everyMs, Math.max(1, health.failures), failure);
			if (ms === undefined || clock.now() + ms <= health.nextAt) return;
			pollIn(jittered(ms, roll, ms), paced(now));
		},
		stop() {
			stopped = true;
			takeBack?.();
			current?.abort(new Error('jobtop stops'));
		},
		health: () => health,
	};
};

export type Poller = ReturnType<typeof createPoller>;

import type {Connection} from '../../backends/backend.ts';
import {type Failure, failureOf} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {Moment} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import type {ProfileHealth, Scope} from '../protocol.ts';
import {createCircumstances, type Watched} from './circumstances.ts';
import {answered, asking, failed, paced, turned, unasked} from './health.ts';
import {pace} from './pace.ts';
import {createPollTimer} from './poll-timer.ts';
import {readList, type WholeList} from './read-list.ts';

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
	readonly moment: () => Moment;
	/** Takes in the jobs of a page, and gives them as they are kept. */
	readonly onPage: (jobs: readonly Job[], asked: Moment) => readonly Job[];
	readonly onList: (list: WholeList, asked: Moment) => void;
	readonly onHealth: (health: ProfileHealth) => void;
};

/** Whether a server has said itself when it wants to be asked again. */
const wanted = (failure: Failure | undefined): boolean =>
	failure !== undefined && 'retryAfterMs' in failure && failure.retryAfterMs !== undefined;

/**
The loop of one profile: one poll at a time, later and later while it fails, never given up.
*/
export const createPoller = (options: PollerOptions) => {
	const {connection, clock, moment, onHealth, leastMs = 0} = options;
	const circumstances = createCircumstances(
		clock,
		options.watched ?? (() => ({since: clock.now(), away: false, urgent: false})),
	);
	let {intervalMs} = options;
	let health = unasked(connection.profile, intervalMs);
	let current: AbortController | undefined;
	let stopped = false;
	const timer = createPollTimer(clock, options.random ?? Math.random, () => void poll());

	const become = (next: ProfileHealth) => {
		health = next;
		onHealth(next);
	};

	const poll = async () => {
		const mine = new AbortController();
		current = mine;
		const asked = moment();
		const askedAt = clock.now();
		become(asking(health));
		try {
			const list = await readList(connection, options.scope(), mine.signal, {
				onPage: jobs => (mine.signal.aborted ? jobs : options.onPage(jobs, asked)),
			});
			if (mine.signal.aborted) return;
			current = undefined;
			circumstances.answered(askedAt);
			health = answered(health, list, askedAt);
			options.onList(list, asked);
			later(undefined);
		} catch (error) {
			if (mine.signal.aborted) return;
			current = undefined;
			const failure = failureOf(error);
			if (failure.kind === 'rate-limited') circumstances.askedForPatience(intervalMs);
			health = failed(health, failure);
			later(failure);
		}
	};

	const tempoNow = () => circumstances.tempo(intervalMs);
	const pollIn = (ms: number, next: ProfileHealth) => {
		become({...next, asking: false, nextAt: clock.now() + ms});
		timer.set(ms);
	};

	const later = (failure: Failure | undefined) => {
		timer.ended();
		const now = tempoNow();
		const ms = pace(now.everyMs, health.failures, failure);
		if (ms === undefined) return become({...paced(health, now), asking: false});
		pollIn(timer.jittered(ms, wanted(failure) ? ms : leastMs), paced(health, now));
	};

	/** The pace has changed: the next poll comes when it is due now. What fails is asked later all the same. */
	const reconsider = (mayBeLater: boolean) => {
		if (stopped || current || health.nextAt === undefined || health.failures > 0) return;
		const now = tempoNow();
		const dueAt = timer.dueAt(timer.jittered(now.everyMs, leastMs));
		if (!mayBeLater && dueAt >= health.nextAt) return;
		const leftMs = dueAt - clock.now();
		if (leftMs > 0) return pollIn(leftMs, paced(health, now));
		timer.cancel();
		void poll();
	};

	return {
		/** Asks now. A poll that is under way is thrown away: it was asked too early. */
		now() {
			if (stopped || health.state === 'off') return;
			timer.cancel();
			current?.abort(new Error('replaced by a new poll'));
			void poll();
		},
		/** Asks nothing any longer, until it is turned on again. */
		turn(on: boolean) {
			if (stopped || on === (health.state !== 'off')) return;
			timer.cancel();
			current?.abort(new Error('the profile is turned off'));
			current = undefined;
			become(turned(health, on));
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
			circumstances.changed();
			reconsider(false);
		},
		/** It has asked for patience, on whatever it was asked. */
		asksForPatience(failure: Failure) {
			circumstances.askedForPatience(intervalMs);
			if (stopped || current || health.nextAt === undefined) return;
			const now = tempoNow();
			const ms = pace(now.everyMs, Math.max(1, health.failures), failure);
			if (ms === undefined || clock.now() + ms <= health.nextAt) return;
			pollIn(timer.jittered(ms, ms), paced(health, now));
		},
		stop() {
			stopped = true;
			timer.cancel();
			current?.abort(new Error('jobtop stops'));
		},
		health: () => health,
	};
};

export type Poller = ReturnType<typeof createPoller>;

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
import {type ListEnd, takeList} from './read-list.ts';

export type PollerOptions = {
	readonly connection: Connection;
	readonly clock: Clock;
	readonly intervalMs: number;
	/** The minimum time between two polls, in milliseconds. */
	readonly minMs?: number;
	/** The circumstances of the user. Default: present, nothing urgent. */
	readonly watched?: () => Watched;
	/** Milliseconds for which this thread has been busy so far. Default: 0, and no list counts as large. */
	readonly busyMs?: () => number;
	/** Returns a number from 0 to 1. */
	readonly random?: () => number;
	readonly scope: () => Scope;
	/** The next moment: a counter that orders requests and answers. */
	readonly moment: () => Moment;
	/** Takes the jobs of a page, and returns how many of them are new to the list. */
	readonly onPage: (jobs: readonly Job[], askedMoment: Moment) => number;
	readonly onList: (list: ListEnd, askedMoment: Moment) => void;
	readonly onHealth: (health: ProfileHealth) => void;
};

/** Whether the server said when to try again. */
const hasRetryTime = (failure: Failure | undefined): boolean =>
	failure !== undefined && 'retryAfterMs' in failure && failure.retryAfterMs !== undefined;

/** Lists from this many jobs on may slow their polls by the work they are. Smaller ones are not charged for what the thread does for others meanwhile. */
export const largeList = 20_000;

/**
The poll loop of one profile: one poll at a time, less often while it fails, never given up.
*/
export const createPoller = (options: PollerOptions) => {
	const {connection, clock, moment, onHealth, minMs = 0, busyMs = () => 0} = options;
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
		const askedMoment = moment();
		const askedAt = clock.now();
		const busyBefore = busyMs();
		become(asking(health));
		try {
			const list = await takeList(connection, options.scope(), mine.signal, {
				take: jobs => (mine.signal.aborted ? 0 : options.onPage(jobs, askedMoment)),
			});
			if (mine.signal.aborted) return;
			current = undefined;
			circumstances.answered(askedAt, list.size < largeList ? 0 : busyMs() - busyBefore);
			health = answered(health, list, askedAt);
			options.onList(list, askedMoment);
			later(undefined);
		} catch (error) {
			if (mine.signal.aborted) return;
			current = undefined;
			const failure = failureOf(error);
			if (failure.kind === 'rate-limited') circumstances.rateLimited(intervalMs);
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
		pollIn(timer.jittered(ms, hasRetryTime(failure) ? ms : minMs), paced(health, now));
	};

	/** Reschedules the next poll after a change of pace, except while the profile fails. */
	const reconsider = (mayBeLater: boolean) => {
		if (stopped || current || health.nextAt === undefined || health.failures > 0) return;
		const now = tempoNow();
		const dueAt = timer.dueAt(timer.jittered(now.everyMs, minMs));
		if (!mayBeLater && dueAt >= health.nextAt) return;
		const leftMs = dueAt - clock.now();
		if (leftMs > 0) return pollIn(leftMs, paced(health, now));
		timer.cancel();
		void poll();
	};

	return {
		/** Polls now, and discards a poll that is under way because it began too early. */
		now() {
			if (stopped || health.state === 'off') return;
			timer.cancel();
			current?.abort(new Error('replaced by a new poll'));
			void poll();
		},
		/** Stops polling until it is turned on again. */
		turn(on: boolean) {
			if (stopped || on === (health.state !== 'off')) return;
			timer.cancel();
			current?.abort(new Error('the profile is turned off'));
			current = undefined;
			become(turned(health, on));
			if (on) void poll();
		},
		/** Sets the interval. A failing profile keeps its longer pause. */
		every(ms: number) {
			if (stopped) return;
			intervalMs = ms;
			become({...health, intervalMs});
			reconsider(true);
		},
		/** The user is back, or something has become urgent: polls sooner if possible. */
		hasten() {
			reconsider(false);
		},
		/** Something changed there. */
		changed() {
			circumstances.changed();
			reconsider(false);
		},
		/** The server limited any of its requests. */
		slowDown(failure: Failure) {
			circumstances.rateLimited(intervalMs);
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

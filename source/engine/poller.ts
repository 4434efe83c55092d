import type {Connection} from '../backends/backend.ts';
import type {Clock} from '../clock.ts';
import {type Failure, failureOf, failurePolicies} from '../job/failure.ts';
import type {Job} from '../job/job.ts';
import {pace} from './pace.ts';
import type {ProfileHealth, Scope} from './protocol.ts';
import {readList, type WholeList} from './read-list.ts';

export type PollerOptions = {
	readonly connection: Connection;
	readonly clock: Clock;
	readonly intervalMs: number;
	readonly scope: () => Scope;
	/** The next number of the counter by which questions and answers are put in order. */
	readonly moment: () => number;
	/** Takes in the jobs of a page, and gives them as they are kept. */
	readonly onPage: (jobs: readonly Job[], asked: number) => readonly Job[];
	readonly onList: (list: WholeList, asked: number) => void;
	readonly onHealth: (health: ProfileHealth) => void;
};

/**
The loop of one profile: one poll at a time, later and later while it fails, never given up.
*/
export const createPoller = (options: PollerOptions) => {
	const {connection, clock, moment, onHealth} = options;
	let {intervalMs} = options;
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
			const {failure: _failure, ...rest} = health;
			health = {
				...rest,
				state: 'ok',
				failures: 0,
				lastGoodAt: askedAt,
				jobs: list.jobs.size,
				unreadable: list.unreadable,
			};
			options.onList(list, asked);
			later(undefined);
		} catch (error) {
			if (mine.signal.aborted) return;
			current = undefined;
			const failure = failureOf(error);
			health = {
				...health,
				state: failurePolicies[failure.kind].state,
				failure,
				failures: health.failures + 1,
			};
			later(failure);
		}
	};

	const later = (failure: Failure | undefined) => {
		const ms = pace(intervalMs, health.failures, failure);
		become({...health, asking: false, ...(ms !== undefined && {nextAt: clock.now() + ms})});
		if (ms !== undefined) takeBack = clock.after(ms, () => void poll());
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
			if (current || health.nextAt === undefined || health.failures > 0) return;
			takeBack?.();
			const now = clock.now();
			// The clock may have been set back since.
			const nextAt = Math.min(now + ms, Math.max(now, (health.lastGoodAt ?? now) + ms));
			become({...health, nextAt});
			takeBack = clock.after(nextAt - now, () => void poll());
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

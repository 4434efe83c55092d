/*
Looks at the jobs of one profile with few requests. Those that are wanted at about the same time go out together, where the backend can tell of many; where it cannot, a list tells of many, and what it does not hold is asked for by itself.

A list may lag, and may be wrong. So it is read only for those whom it will do, and one that a job's own record has contradicted is left alone for a while.
*/

import type {Backend, Connection, ManyLooks, RequestOptions} from '../../backends/backend.ts';
import {type Failure, failureOf} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {Moment} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import {createQueue} from '../../process/queue.ts';
import type {LookSource} from '../machine/events.ts';

/** Looks that are wanted within so many milliseconds go out together. */
const gatherMs = 25;
/** Where many are followed, a few of them wait longer for the others: so many milliseconds for each that is followed, within bounds. */
const patience = {eachMs: 10, leastMs: 1000, mostMs: 5000};
/** So many are asked for one by one; of more a list is read: a page of it for each so many that are wanted. */
const few = 8;
/** A list that could not be read, or that was wrong, is left alone for so long. */
const listPauseMs = 60_000;

export type LooksOptions<Wanting> = {
	readonly connection: Connection;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** The next number of the counter by which questions and answers are put in order. */
	readonly moment: () => Moment;
	readonly idOf: (wanting: Wanting) => string;
	/** Its id stands for several jobs: only the whole detail tells of all of them. */
	readonly isSet: (wanting: Wanting) => boolean;
	/** It has likely ended: a list of active jobs will not hold it. */
	readonly likelyEnded: (wanting: Wanting) => boolean;
	/** How many requests are on their way; `goOn` is called when they become fewer. */
	readonly sending: () => number;
	/** How many might want a look before long. */
	readonly crowd: () => number;
	/** The job was asked for, alone or with others; `askedMoment` is the moment in which that was asked for. */
	readonly onLook: (wanting: Wanting, job: Job, askedMoment: Moment, source: 'alone' | 'record') => void;
	/** A page of a list: it may hold more than was asked for. */
	readonly onPage: (jobs: readonly Job[], askedMoment: Moment) => void;
	readonly onFailure: (wanting: Wanting, failure: Failure, askedMoment: Moment) => void;
};

/** Failures that concern whoever asks, not what was asked for: asking in another way is of no use. */
const concernsAll: ReadonlySet<Failure['kind']> = new Set(['unauthorized', 'unreachable', 'rate-limited']);

/** One job's own record, with as few requests as its backend needs for that. */
export const lookAt = async ({look, get}: Backend, id: string, request: RequestOptions): Promise<Job> => {
	if (look) return look(id, request);
	if (!get) throw new Error('a backend that cancels must be able to look');
	return (await get(id, request)).job;
};

export const createLooks = <Wanting>(options: LooksOptions<Wanting>) => {
	const {connection, clock, signal, moment, idOf, onFailure} = options;
	const {backend} = connection;
	/** Wanted, and not asked for yet: together with others, or each alone. */
	const together = new Map<Wanting, 'list' | 'record'>();
	const alone = createQueue<Wanting>();
	/** The same of looks that nothing is sent after. */
	const unhurried = createQueue<Wanting>();
	let asking = 0;
	let askingUnhurried = 0;
	let reading = false;
	let gathering: 'shortly' | 'patiently' | undefined;
	let listsFrom = 0;

	// ---- one by one --------------------------------------------------------------------------------

	/** So many are on their way at a time that the limiter never runs dry, requests that follow a look among them: no look grows old while others are asked. The others can be taken back. */
	const most = 4 * connection.traits.concurrency;
	const askNext = () => {
		while (asking + options.sending() < most) {
			const wanting = alone.take();
			if (wanting === undefined) break;
			asking++;
			void askFor(wanting).finally(() => {
				asking--;
				askNext();
			});
		}
		// A few of the others beside them: many would let those grow old after which something is sent.
		while (asking + options.sending() < most && askingUnhurried < connection.traits.concurrency) {
			const wanting = unhurried.take();
			if (wanting === undefined) return;
			asking++;
			askingUnhurried++;
			void askFor(wanting).finally(() => {
				asking--;
				askingUnhurried--;
				askNext();
			});
		}
	};
	const askFor = async (wanting: Wanting): Promise<void> => {
		const askedMoment = moment();
		try {
			const {get} = backend;
			const id = idOf(wanting);
			const whole = options.isSet(wanting) && get;
			const job = whole ? (await get(id, {signal})).job : await lookAt(backend, id, {signal});
			options.onLook(wanting, job, askedMoment, 'alone');
		} catch (error) {
			if (!signal.aborted) onFailure(wanting, failureOf(error), askedMoment);
		}
	};
	const askAlone = (those: Iterable<Wanting>) => {
		for (const wanting of those) alone.add(wanting);
		askNext();
	};

	// ---- together ----------------------------------------------------------------------------------

	const gather = (ms: number, how: NonNullable<typeof gathering>) => {
		gathering = how;
		clock.after(ms, () => {
			if (signal.aborted) return;
			const patient = gathering === 'patiently';
			gathering = undefined;
			if (together.size === 0) return;
			const many = options.crowd();
			const {eachMs, leastMs, mostMs} = patience;
			const ms = Math.min(mostMs, Math.max(leastMs, eachMs * many)) - gatherMs;
			if (!patient && many > few && together.size * 4 < many) gather(ms, 'patiently');
			else void askTogether();
		});
	};

	const askTogether = async () => {
		const those = [...together.keys()];
		together.clear();
		reading = true;
		try {
			if (backend.getMany && those.length > 1) await askMany(those);
			else if (!backend.getMany && those.length > few && trusts()) await readLists(those);
			else askAlone(those);
		} finally {
			reading = false;
			if (together.size > 0) gather(gatherMs, 'shortly');
		}
	};

	const askMany = async (those: readonly Wanting[]) => {
		const askedMoment = moment();
		let answer: ManyLooks;
		try {
			answer = (await backend.getMany?.([...new Set(those.map(idOf))], {signal})) as ManyLooks;
		} catch (error) {
			if (signal.aborted) return;
			const failure = failureOf(error);
			for (const wanting of those) onFailure(wanting, failure, askedMoment);
			return;
		}
		for (const wanting of those) {
			const id = idOf(wanting);
			const job = answer.jobs.get(id);
			if (job) options.onLook(wanting, job, askedMoment, 'record');
			else {
				const failure = answer.failures.get(id) ?? {kind: 'not-found', detail: 'it is not known there'};
				onFailure(wanting, failure, askedMoment);
			}
		}
	};

	/** The active jobs first, then the ended ones too; only these where most have likely ended. */
	const readLists = async (those: readonly Wanting[]) => {
		const left = new Map<string, Wanting[]>();
		for (const wanting of those) {
			const same = left.get(idOf(wanting));
			if (same) same.push(wanting);
			else left.set(idOf(wanting), [wanting]);
		}
		const mostEnded = those.filter(options.likelyEnded).length * 2 > those.length;
		let askedMoment = moment();
		try {
			for (const ended of mostEnded ? [true] : [false, true]) {
				let cursor: string | undefined;
				let pages = Math.ceil(left.size / few);
				while (left.size > few && pages-- > 0) {
					askedMoment = moment();
					const request = {everyone: true, ended, signal, ...(cursor !== undefined && {cursor})};
					const page = await backend.listPage(request);
					for (const {id} of page.jobs) left.delete(id);
					options.onPage(page.jobs, askedMoment);
					if (page.cursor === undefined || page.cursor === cursor) break;
					cursor = page.cursor;
				}
			}
		} catch (error) {
			if (signal.aborted) return;
			const failure = failureOf(error);
			if (concernsAll.has(failure.kind)) {
				for (const wanting of [...left.values()].flat()) onFailure(wanting, failure, askedMoment);
				return;
			}
			distrust();
		}
		// What a list tells that turned out to be wrong while it was read is no word about any of them.
		askAlone(trusts() ? [...left.values()].flat() : those);
	};

	const trusts = () => clock.now() >= listsFrom;
	const distrust = () => {
		listsFrom = clock.now() + listPauseMs;
	};

	return {
		/** Wants a look; `source` is the weakest that will do. */
		want(wanting: Wanting, source: LookSource) {
			if (source === 'alone' || (source === 'record' && !backend.getMany)) {
				together.delete(wanting);
				if (source === 'alone') return askAlone([wanting]);
				unhurried.add(wanting);
				return askNext();
			}
			if (together.get(wanting) !== 'record') together.set(wanting, source);
			if (!reading && gathering === undefined) gather(gatherMs, 'shortly');
		},
		goOn: askNext,
		/** Something else has told: what has not been asked yet need not be, if that will do. */
		spare(wanting: Wanting, source: LookSource) {
			if (source !== 'list' || together.get(wanting) === 'list') together.delete(wanting);
		},
		/** Whether a list is worth to be believed at the moment. */
		trusts,
		/** A job's own record tells otherwise than a list. */
		distrust,
		/** A job's own record tells what a list that was doubted had told. */
		trust() {
			listsFrom = 0;
		},
		/** Takes back all that has not been asked yet. */
		withdraw(): readonly Wanting[] {
			const those = [...new Set([...together.keys(), ...alone.all(), ...unhurried.all()])];
			together.clear();
			for (const wanting of those) {
				alone.remove(wanting);
				unhurried.remove(wanting);
			}
			return those;
		},
	};
};

export type Looks<Wanting> = ReturnType<typeof createLooks<Wanting>>;

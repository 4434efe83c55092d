/*
Looks at the jobs of one profile with few requests. Looks that are wanted at about the same time go out together, where the backend can show many jobs; where it cannot, a list shows many, and the jobs that it does not hold are fetched singly.

A list may lag, and may be wrong. So it is read only for jobs for which it is evidence enough.
*/

import type {ManyLooks} from '../../../backends/backend.ts';
import {type Failure, failureOf} from '../../../job/failure.ts';
import type {LookSource} from '../../machine/events.ts';
import {createListLooks} from './list-looks.ts';
import {type LooksOptions, maxSingleLooks} from './options.ts';
import {createSingleLooks} from './single-looks.ts';

/** Looks that are wanted within this many milliseconds go out together. */
const gatherMs = 25;
/** Where many jobs are followed, the first wanted looks wait longer for others: `eachMs` for each followed job, within bounds. */
const patience = {eachMs: 10, minMs: 1000, maxMs: 5000};

export const createLooks = <Wanting>(options: LooksOptions<Wanting>) => {
	const {clock, signal} = options;
	const {backend} = options.connection;
	const single = createSingleLooks(options);
	const lists = createListLooks(options);
	/** Wanted together with others and not asked for yet, with the weakest source that is evidence enough. */
	const together = new Map<Wanting, 'list' | 'record'>();
	/** A look at many is on its way. */
	let reading = false;
	let gathering: 'shortly' | 'patiently' | undefined;

	const gather = (ms: number, how: NonNullable<typeof gathering>) => {
		gathering = how;
		clock.after(ms, () => {
			if (signal.aborted) return;
			// What is wanted meanwhile goes out after the look under way.
			if (reading) {
				gathering = undefined;
				return;
			}
			const patient = gathering === 'patiently';
			gathering = undefined;
			if (together.size === 0) return;
			const followed = options.crowd();
			const {eachMs, minMs, maxMs} = patience;
			const ms = Math.min(maxMs, Math.max(minMs, eachMs * followed)) - gatherMs;
			if (!patient && followed > maxSingleLooks && together.size * 4 < followed) gather(ms, 'patiently');
			else void askTogether();
		});
	};

	/** Every followed job wants a look: there is nothing to wait for. */
	const askAtOnce = () =>
		queueMicrotask(() => {
			if (!signal.aborted && !reading && together.size > 0) void askTogether();
		});

	const askTogether = async () => {
		const wantings = [...together.keys()];
		together.clear();
		reading = true;
		try {
			if (backend.getMany && wantings.length > 1) await askMany(options, wantings);
			else if (!backend.getMany && wantings.length > maxSingleLooks && lists.trusts()) {
				single.want(await lists.read(wantings));
			} else single.want(wantings);
		} finally {
			reading = false;
			if (together.size > 0) gather(gatherMs, 'shortly');
		}
	};

	return {
		/** Wants a look; `source` is the weakest that is evidence enough. */
		want(wanting: Wanting, source: LookSource) {
			if (source === 'alone' || (source === 'record' && !backend.getMany)) {
				together.delete(wanting);
				return source === 'alone' ? single.want([wanting]) : single.wantUnhurried(wanting);
			}
			if (together.get(wanting) !== 'record') together.set(wanting, source);
			if (reading) return;
			if (together.size >= options.crowd()) askAtOnce();
			else if (gathering === undefined) gather(gatherMs, 'shortly');
		},
		/** How many jobs are looked at alone at the moment, after which something may be sent. */
		underway: single.underway,
		/** Asks for more where fewer requests than before are on their way. */
		goOn: single.goOn,
		/** Something else has shown the job: a look that has not been sent is dropped where this source is enough for it. */
		spare(wanting: Wanting, source: LookSource) {
			if (source !== 'list' || together.get(wanting) === 'list') together.delete(wanting);
		},
		/** Whether a list is worth believing at the moment. */
		trusts: lists.trusts,
		/** A job's own record contradicts a list. */
		distrust: lists.distrust,
		/** A job's own record confirms a list that was doubted. */
		trust: lists.trust,
		/** Takes back all looks that have not been sent. */
		withdraw(): readonly Wanting[] {
			const withdrawn = new Set([...together.keys(), ...single.withdraw()]);
			together.clear();
			return [...withdrawn];
		},
	};
};

/** Fetches the records of many jobs with one call. */
const askMany = async <Wanting>(
	{connection, signal, moment, idOf, onLook, onFailure}: LooksOptions<Wanting>,
	wantings: readonly Wanting[],
): Promise<void> => {
	const askedMoment = moment();
	let answer: ManyLooks;
	try {
		const ids = [...new Set(wantings.map(idOf))];
		answer = (await connection.backend.getMany?.(ids, {signal})) as ManyLooks;
	} catch (error) {
		if (signal.aborted) return;
		const failure = failureOfAll(failureOf(error));
		for (const wanting of wantings) onFailure(wanting, failure, askedMoment);
		return;
	}
	for (const wanting of wantings) {
		const id = idOf(wanting);
		const job = answer.jobs.get(id);
		if (job) onLook(wanting, job, askedMoment, 'record');
		else {
			const failure = answer.failures.get(id) ?? {kind: 'not-found', detail: 'it was not found'};
			onFailure(wanting, failure, askedMoment);
		}
	}
};

/** What a failed call says of each of its jobs. Where the call itself was not found, that is of none that it is gone. */
const failureOfAll = (failure: Failure): Failure =>
	failure.kind === 'not-found' ? {kind: 'broken', detail: failure.detail} : failure;

export type Looks<Wanting> = ReturnType<typeof createLooks<Wanting>>;

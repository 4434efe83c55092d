/*
Looks that fetch one job each.

Enough are on their way at a time that the limiter never runs dry, requests that follow a look among them: no look grows old while others wait. Looks that have not been sent can be taken back, also out of the limiter.
*/
import {failureOf} from '../../../job/failure.ts';
import type {Job} from '../../../job/job.ts';
import {createQueue} from '../../../process/queue.ts';
import {Withdrawn} from '../handed-over.ts';
import {lookAt} from './look-at.ts';
import type {LooksOptions} from './options.ts';

export const createSingleLooks = <Wanting>(options: LooksOptions<Wanting>) => {
	const {connection, signal} = options;
	const {concurrency} = connection.traits;
	const maxUnderway = () => Math.max(4 * concurrency, options.reach());
	const urgent = createQueue<Wanting>();
	/** Looks after which nothing is sent. */
	const unhurried = createQueue<Wanting>();
	/** Looks that are with the limiter. */
	const handedOver = new Set<{readonly wanting: Wanting}>();
	let underway = 0;
	let unhurriedUnderway = 0;

	const askNext = () => {
		while (underway + options.sending() < maxUnderway()) {
			const wanting = urgent.take();
			if (wanting === undefined) break;
			void askFor(wanting);
		}
		// Few unhurried looks at a time: with many of them the urgent ones would grow old.
		while (underway + options.sending() < maxUnderway() && unhurriedUnderway < concurrency) {
			const wanting = unhurried.take();
			if (wanting === undefined) return;
			unhurriedUnderway++;
			void askFor(wanting, () => unhurriedUnderway--);
		}
	};

	const askFor = async (wanting: Wanting, ended?: () => void): Promise<void> => {
		const askedMoment = options.moment();
		const look = {wanting};
		const leaving = () => {
			if (!handedOver.delete(look)) throw new Withdrawn();
		};
		const over = () => {
			handedOver.delete(look);
			underway--;
			ended?.();
		};
		handedOver.add(look);
		underway++;
		try {
			// Over before its answer is taken: the request that follows the last look waits for no other.
			const job = await ask(wanting, leaving).finally(over);
			options.onLook(wanting, job, askedMoment, 'alone');
		} catch (error) {
			const says = !signal.aborted && !(error instanceof Withdrawn);
			if (says) options.onFailure(wanting, failureOf(error), askedMoment);
		}
		askNext();
	};

	const ask = async (wanting: Wanting, leaving: () => void): Promise<Job> => {
		const {backend} = connection;
		const id = options.idOf(wanting);
		const getSet = options.isSet(wanting) ? backend.get : undefined;
		return getSet ? (await getSet(id, {signal, leaving})).job : lookAt(backend, id, {signal, leaving});
	};

	return {
		want(wantings: Iterable<Wanting>) {
			for (const wanting of wantings) urgent.add(wanting);
			askNext();
		},
		/** Wants a look after which nothing is sent: urgent looks go before it. */
		wantUnhurried(wanting: Wanting) {
			unhurried.add(wanting);
			askNext();
		},
		/** Asks for more where fewer requests than before are on their way. */
		goOn: askNext,
		/** How many are on their way after which something may be sent. */
		underway: () => underway - unhurriedUnderway,
		/** Takes back all looks that have not been sent. */
		withdraw(): readonly Wanting[] {
			const waiting = [...urgent.all(), ...unhurried.all()];
			for (const wanting of waiting) {
				urgent.remove(wanting);
				unhurried.remove(wanting);
			}
			const withdrawn = [...handedOver].map(({wanting}) => wanting);
			handedOver.clear();
			return [...withdrawn, ...waiting];
		},
	};
};

/*
Looks that fetch one job each.

Enough are on their way at a time that the limiter never runs dry, requests that follow a look among them: no look grows old while others wait. Looks that have not been sent can be taken back.
*/
import {failureOf} from '../../../job/failure.ts';
import {createQueue} from '../../../process/queue.ts';
import {lookAt} from './look-at.ts';
import type {LooksOptions} from './options.ts';

export const createSingleLooks = <Wanting>(options: LooksOptions<Wanting>) => {
	const {connection, signal} = options;
	const {concurrency} = connection.traits;
	const maxUnderway = 4 * concurrency;
	const urgent = createQueue<Wanting>();
	/** Looks after which nothing is sent. */
	const unhurried = createQueue<Wanting>();
	let underway = 0;
	let unhurriedUnderway = 0;

	const askNext = () => {
		while (underway + options.sending() < maxUnderway) {
			const wanting = urgent.take();
			if (wanting === undefined) break;
			underway++;
			void askFor(wanting).finally(() => {
				underway--;
				askNext();
			});
		}
		// Few unhurried looks at a time: with many of them the urgent ones would grow old.
		while (underway + options.sending() < maxUnderway && unhurriedUnderway < concurrency) {
			const wanting = unhurried.take();
			if (wanting === undefined) return;
			underway++;
			unhurriedUnderway++;
			void askFor(wanting).finally(() => {
				underway--;
				unhurriedUnderway--;
				askNext();
			});
		}
	};

	const askFor = async (wanting: Wanting): Promise<void> => {
		const {backend} = connection;
		const askedMoment = options.moment();
		try {
			const id = options.idOf(wanting);
			const getSet = options.isSet(wanting) ? backend.get : undefined;
			const job = getSet ? (await getSet(id, {signal})).job : await lookAt(backend, id, {signal});
			options.onLook(wanting, job, askedMoment, 'alone');
		} catch (error) {
			if (!signal.aborted) options.onFailure(wanting, failureOf(error), askedMoment);
		}
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
		/** Takes back all looks that have not been sent. */
		withdraw(): readonly Wanting[] {
			const withdrawn = [...urgent.all(), ...unhurried.all()];
			for (const wanting of withdrawn) {
				urgent.remove(wanting);
				unhurried.remove(wanting);
			}
			return withdrawn;
		},
	};
};

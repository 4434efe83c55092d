/*
Sends the cancel requests of one profile. A few at a time are handed to its limiter; all others can still be taken back, for nothing of them has left.
*/
import type {CancelAnswer, CancelReceipt, Connection, RequestOptions} from '../../backends/backend.ts';
import {type Failure, failureOf} from '../../job/failure.ts';
import type {Clock} from '../../process/clock.ts';
import {createChunkSize} from './chunk-size.ts';
import {createTurns} from './turns.ts';

/** A request that is wanted: its number, and whether by the stronger means. */
export type Sending<Wanting> = {
	readonly wanting: Wanting;
	readonly attempt: number;
	readonly force: boolean;
};

export type RequestsOptions<Wanting> = {
	readonly connection: Connection;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly idOf: (wanting: Wanting) => string;
	/** Those of different batches are sent in turn. */
	readonly batchOf: (wanting: Wanting) => unknown;
	/** Puts on disk that these are about to leave. Resolves with those of which that is certain. */
	readonly write: (sendings: readonly Sending<Wanting>[]) => Promise<readonly Sending<Wanting>[]>;
	/** Whether it may still leave; asked when its turn has come. */
	readonly mayLeave: (sending: Sending<Wanting>) => boolean;
	/** It may not, or its turn in a request for many had not come, as the words say: nothing of it has left. */
	readonly onHeld: (sending: Sending<Wanting>, why?: string) => void;
	/** Nobody was there for any of many: those that wait for the same need not be tried. */
	readonly onUnreachable: (failure: Failure, concerns: (wanting: Wanting) => boolean) => void;
	/** It leaves now. */
	readonly onLeaving: (sending: Sending<Wanting>) => void;
	/** There is place for others. */
	readonly onFewer: () => void;
	readonly onAnswer: (sending: Sending<Wanting>, answer: CancelReceipt | Failure) => void;
};

class HeldBack extends Error {}

export const createRequests = <Wanting>(options: RequestsOptions<Wanting>) => {
	const {connection, signal, idOf, onLeaving, onAnswer} = options;
	const {backend, traits} = connection;
	const waiting = createTurns<Sending<Wanting>>(({wanting}) => options.batchOf(wanting));
	const chunk = createChunkSize(options.clock);
	/** Where many go in one request, one such request at a time; else so many that the limiter never runs dry. */
	const room = () => {
		if (!backend.cancelMany) return 4 * traits.concurrency - under;
		return asking ? 0 : chunk.size();
	};
	let under = 0;
	/** A request for many is on its way. */
	let asking = false;
	let starting = false;

	const startSoon = () => {
		if (starting) return;
		starting = true;
		// What is wanted in this turn goes together: one line of the journal is synced for all.
		queueMicrotask(() => {
			starting = false;
			const those: Sending<Wanting>[] = [];
			for (let left = room(); left > 0; left--) {
				const sending = waiting.take();
				if (!sending) break;
				those.push(sending);
			}
			if (those.length === 0) return;
			under += those.length;
			if (backend.cancelMany) asking = true;
			void sendAll(those);
		});
	};

	const done = (count: number) => {
		under -= count;
		if (waiting.size() > 0) startSoon();
		else options.onFewer();
	};

	const sendAll = async (those: readonly Sending<Wanting>[]) => {
		const written = await options.write(those);
		done(those.length - written.length);
		if (signal.aborted) return;
		const forced = written.filter(({force}) => force);
		const plain = written.filter(({force}) => !force);
		const {cancelMany} = backend;
		await Promise.all([
			...forced.map(sendOne),
			...(cancelMany && plain.length > 1 ? [sendMany(plain, cancelMany)] : plain.map(sendOne)),
		]);
		if (!cancelMany) return;
		asking = false;
		done(0);
	};

	const sendOne = async (sending: Sending<Wanting>) => {
		const leaving = () => {
			if (!options.mayLeave(sending)) throw new HeldBack();
			onLeaving(sending);
		};
		const method = sending.force ? backend.forceCancel : backend.cancel;
		let answer: CancelReceipt | Failure;
		try {
			if (!method) throw new Error('the backend has no method for this request');
			answer = await method(idOf(sending.wanting), {signal, leaving});
		} catch (error) {
			if (signal.aborted) return;
			if (error instanceof HeldBack) {
				done(1);
				return options.onHeld(sending);
			}
			answer = failureOf(error);
		}
		done(1);
		onAnswer(sending, answer);
	};

	const sendMany = async (sendings: readonly Sending<Wanting>[], cancelMany: CancelMany) => {
		const leaving = () => sendings.forEach(onLeaving);
		const ended = chunk.begin();
		const ids = sendings.map(({wanting}) => idOf(wanting));
		const answers = await answersOf(cancelMany, ids, {signal, leaving});
		if (answers === undefined) return;
		under -= sendings.length;
		ended([...answers.values()].filter(({kind}) => kind !== 'not-asked').length);
		for (const sending of sendings) {
			const answer = answers.get(idOf(sending.wanting));
			if (answer?.kind === 'not-asked') options.onHeld(sending, answer.detail);
			else onAnswer(sending, answer ?? {kind: 'cut-off', detail: 'the answer does not mention this job'});
		}
		const unreachable = unreachableIn(answers);
		if (unreachable === undefined) return;
		const partOf = (wanting: Wanting) => backend.partOf?.(idOf(wanting));
		const parts = new Set(sendings.map(({wanting}) => partOf(wanting)));
		options.onUnreachable(unreachable, wanting => parts.has(partOf(wanting)));
	};

	return {
		send(sending: Sending<Wanting>) {
			waiting.add(sending);
			startSoon();
		},
		/** How many take the place of others at the limiter, or will. */
		size: () => (backend.cancelMany ? Number(asking) : waiting.size() + under),
		/** Takes back what has not left. */
		withdraw(which: (wanting: Wanting) => boolean = () => true): readonly Sending<Wanting>[] {
			return waiting.all().filter(sending => which(sending.wanting) && waiting.remove(sending));
		},
	};
};

type CancelMany = NonNullable<Connection['backend']['cancelMany']>;

/** Cancels many jobs with one request. A failure of the request is the answer about each job; undefined where jobtop stops. */
const answersOf = async (
	cancelMany: CancelMany,
	ids: readonly string[],
	request: RequestOptions,
): Promise<ReadonlyMap<string, CancelAnswer> | undefined> => {
	try {
		return await cancelMany(ids, request);
	} catch (error) {
		if (request.signal.aborted) return undefined;
		const failure = failureOf(error);
		return new Map(ids.map(id => [id, failure]));
	}
};

/** The first failure, where all answers say that nobody was there. */
const unreachableIn = (answers: ReadonlyMap<string, CancelAnswer>): Failure | undefined => {
	const [first, ...others] = answers.values();
	if (first?.kind !== 'unreachable') return undefined;
	return others.every(({kind}) => kind === 'unreachable') ? first : undefined;
};

export type Requests<Wanting> = ReturnType<typeof createRequests<Wanting>>;

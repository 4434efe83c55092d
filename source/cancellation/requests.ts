/*
Sends the cancel requests of one profile. A few at a time are handed to its limiter; all others can still be taken back, for nothing of them has left.
*/
import type {CancelReceipt, Connection} from '../backends/backend.ts';
import {type Failure, failureOf} from '../job/failure.ts';
import {createQueue} from '../queue.ts';

/** A request that is wanted: its number, and whether by the stronger means. */
export type Sending<Wanting> = {
	readonly wanting: Wanting;
	readonly attempt: number;
	readonly force: boolean;
};

export type RequestsOptions<Wanting> = {
	readonly connection: Connection;
	readonly signal: AbortSignal;
	readonly idOf: (wanting: Wanting) => string;
	/** Puts on disk that these are about to leave. Resolves with those of which that is certain. */
	readonly write: (sendings: readonly Sending<Wanting>[]) => Promise<readonly Sending<Wanting>[]>;
	/** Whether it may still leave; asked when its turn has come. */
	readonly mayLeave: (sending: Sending<Wanting>) => boolean;
	/** It may not: nothing of it has left. */
	readonly onHeld: (sending: Sending<Wanting>) => void;
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
	const waiting = createQueue<Sending<Wanting>>();
	/** Where many go in one request, nothing is gained by holding them back; else so many that the limiter never runs dry. */
	const most = backend.cancelMany ? Number.POSITIVE_INFINITY : 4 * traits.concurrency;
	let under = 0;
	let starting = false;

	const startSoon = () => {
		if (starting) return;
		starting = true;
		// What is wanted in this turn goes together: one line of the journal is synced for all.
		queueMicrotask(() => {
			starting = false;
			const those: Sending<Wanting>[] = [];
			while (under + those.length < most) {
				const sending = waiting.take();
				if (!sending) break;
				those.push(sending);
			}
			under += those.length;
			if (those.length > 0) void sendAll(those);
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
		for (const sending of forced) void sendOne(sending);
		if (backend.cancelMany && plain.length > 1) void sendMany(plain, backend.cancelMany);
		else for (const sending of plain) void sendOne(sending);
	};

	const sendOne = async (sending: Sending<Wanting>) => {
		const leaving = () => {
			if (!options.mayLeave(sending)) throw new HeldBack();
			onLeaving(sending);
		};
		const method = sending.force ? backend.forceCancel : backend.cancel;
		let answer: CancelReceipt | Failure;
		try {
			if (!method) throw new Error('a profile was asked for what it cannot do');
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

	const sendMany = async (
		those: readonly Sending<Wanting>[],
		cancelMany: NonNullable<Connection['backend']['cancelMany']>,
	) => {
		const leaving = () => those.forEach(onLeaving);
		let answers: ReadonlyMap<string, CancelReceipt | Failure>;
		try {
			const ids = those.map(({wanting}) => idOf(wanting));
			answers = await cancelMany(ids, {signal, leaving});
		} catch (error) {
			if (signal.aborted) return;
			const failure = failureOf(error);
			answers = new Map(those.map(({wanting}) => [idOf(wanting), failure]));
		}
		done(those.length);
		for (const sending of those) {
			const answer = answers.get(idOf(sending.wanting));
			onAnswer(sending, answer ?? {kind: 'cut-off', detail: 'nothing was said of this job'});
		}
	};

	return {
		send(sending: Sending<Wanting>) {
			waiting.add(sending);
			startSoon();
		},
		size: () => waiting.size() + under,
		/** Takes back what has not left. */
		withdraw(which: (wanting: Wanting) => boolean = () => true): readonly Sending<Wanting>[] {
			return waiting.all().filter(sending => which(sending.wanting) && waiting.remove(sending));
		},
	};
};

export type Requests<Wanting> = ReturnType<typeof createRequests<Wanting>>;

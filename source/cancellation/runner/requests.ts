/*
Sends the cancel requests of one profile: a slice at a time is written to the journal and passed to its limiter. What has not left can be withdrawn, also out of the limiter; a request for many jobs only until the limiter has it.
*/
import type {
	CancelAnswer,
	CancelReceipt,
	CancelRequest,
	Connection,
	RequestOptions,
} from '../../backends/backend.ts';
import {type Failure, failureOf} from '../../job/failure.ts';
import type {Operation} from '../../job/operation.ts';
import type {Clock} from '../../process/clock.ts';
import {createChunkSize} from './chunk-size.ts';
import {createHandedOver, Withdrawn} from './handed-over.ts';
import {createSliceSize} from './slice-size.ts';
import {createStartSoon} from './start-soon.ts';
import {createTurns} from './turns.ts';

/** A request to send: its number, and whether it is a force-cancel. */
export type Sending<Wanting> = {
	readonly wanting: Wanting;
	readonly attempt: number;
	readonly force: boolean;
};

/** The methods that send a request for one job. */
export type RequestMethod = Operation | 'forceCancel';

export type RequestsOptions<Wanting> = {
	readonly connection: Connection;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly idOf: (wanting: Wanting) => string;
	/** The method that sends this request. */
	readonly methodFor: (sending: Sending<Wanting>) => RequestMethod;
	/** The job as the look showed it that allows the request, if one did. */
	readonly seenOf: (wanting: Wanting) => Pick<CancelRequest, 'seen'>;
	/** The batch of a request. Batches take turns. */
	readonly batchOf: (wanting: Wanting) => unknown;
	/** Journals that these requests are about to leave. Resolves with the requests that are on disk. */
	readonly write: (sendings: readonly Sending<Wanting>[]) => Promise<readonly Sending<Wanting>[]>;
	/** Whether the request may still leave, checked at its turn. */
	readonly mayLeave: (sending: Sending<Wanting>) => boolean;
	/** The request was not sent, for the reason in `why`. */
	readonly onHeld: (sending: Sending<Wanting>, why?: string) => void;
	/** A request for many reached nobody: waiting requests to the same place need not be tried. */
	readonly onUnreachable: (failure: Failure, concerns: (wanting: Wanting) => boolean) => void;
	/** The request leaves now. */
	readonly onLeaving: (sending: Sending<Wanting>) => void;
	/** How many looks are on their way after which requests may follow. */
	readonly looking: () => number;
	/** No cancel requests wait, so looks may use the limiter. */
	readonly onRoom: () => void;
	readonly onAnswer: (sending: Sending<Wanting>, answer: CancelReceipt | Failure) => void;
};

class HeldBack extends Error {}

/** A request that was withdrawn; `isWritten` if the journal says that it was about to leave. */
export type Withdrawal<Wanting> = Sending<Wanting> & {readonly isWritten: boolean};

export const createRequests = <Wanting>(options: RequestsOptions<Wanting>) => {
	const {connection, signal, idOf, methodFor, onLeaving, onAnswer} = options;
	const {backend, traits} = connection;
	const waiting = createTurns<Sending<Wanting>>(({wanting}) => options.batchOf(wanting));
	const chunk = createChunkSize(options.clock);
	const slice = createSliceSize(options.clock, 4 * traits.concurrency);
	const handedOver = createHandedOver<Sending<Wanting>>(signal);
	/** How many requests to start: one request for many at a time, or a slice of single ones when half of the last is answered. */
	const room = () => {
		if (!backend.cancelMany) return inFlight <= slice.size() / 2 ? slice.size() - inFlight : 0;
		return isSendingMany ? 0 : chunk.size();
	};
	let inFlight = 0;
	/** A request for many is under way. */
	let isSendingMany = false;

	/** Looks under way will add more. */
	const mayWait = () => !backend.cancelMany && waiting.size() < slice.size() / 2 && options.looking() > 0;

	const start = () => {
		const sendings = waiting.takeUpTo(room());
		if (sendings.length === 0 || signal.aborted) return;
		if (backend.cancelMany) isSendingMany = true;
		else if (inFlight === 0) slice.begin();
		inFlight += sendings.length;
		void sendAll(sendings);
	};

	const startSoon = createStartSoon(options.clock, mayWait, start);
	const done = (count: number) => {
		inFlight -= count;
		if (waiting.size() > 0) startSoon();
		else options.onRoom();
	};

	const sendAll = async (sendings: readonly Sending<Wanting>[]) => {
		sendings.forEach(handedOver.add);
		const {ready, dropped} = handedOver.afterWriting(sendings, await options.write(sendings));
		done(dropped);
		if (signal.aborted) return;
		const {cancelMany} = backend;
		const {cancel: plain = [], ...single} = Object.groupBy(ready, methodFor);
		await Promise.all([
			...Object.values(single).flat().map(sendOne),
			...(cancelMany && plain.length > 1 ? [sendMany(plain, cancelMany)] : plain.map(sendOne)),
		]);
		if (!cancelMany) return;
		isSendingMany = false;
		done(0);
	};

	const sendOne = async (sending: Sending<Wanting>) => {
		const own = handedOver.signalOf(sending);
		if (own === undefined) return;
		const leaving = () => {
			handedOver.leave(sending);
			if (!options.mayLeave(sending)) throw new HeldBack();
			onLeaving(sending);
		};
		const {wanting} = sending;
		let answer: CancelReceipt | Failure;
		try {
			const method = methodOf(backend, methodFor(sending));
			answer = await method(idOf(wanting), {signal: own, leaving, ...options.seenOf(wanting)});
		} catch (error) {
			if (signal.aborted || error instanceof Withdrawn) return;
			if (error instanceof HeldBack) {
				done(1);
				return options.onHeld(sending);
			}
			answer = failureOf(error);
		} finally {
			handedOver.remove(sending);
		}
		slice.answered();
		done(1);
		onAnswer(sending, answer);
	};

	const sendMany = async (sendings: readonly Sending<Wanting>[], cancelMany: CancelMany) => {
		// One request for all of them: it leaves as a whole.
		sendings.forEach(handedOver.remove);
		const leaving = () => sendings.forEach(onLeaving);
		const ended = chunk.begin();
		const ids = sendings.map(({wanting}) => idOf(wanting));
		const answers = await answersOf(cancelMany, ids, {signal, leaving});
		if (answers === undefined) return;
		inFlight -= sendings.length;
		ended([...answers.values()].filter(({kind}) => kind !== 'not-asked').length);
		for (const sending of sendings) {
			const answer = answers.get(idOf(sending.wanting)) ?? notMentioned;
			if (answer.kind === 'not-asked') options.onHeld(sending, answer.detail);
			else onAnswer(sending, answer);
		}
		const unreachable = unreachableIn(answers);
		if (unreachable === undefined) return;
		const isInSamePart = inPartsOf(backend, ids);
		options.onUnreachable(unreachable, wanting => isInSamePart(idOf(wanting)));
	};

	return {
		send(sending: Sending<Wanting>) {
			waiting.add(sending);
			startSoon();
		},
		/** How many requests may be handed to the limiter at a time. */
		sliceSize: slice.size,
		/** How many requests occupy the limiter, or will. */
		size: () => (backend.cancelMany ? Number(isSendingMany) : waiting.size() + inFlight),
		/** Withdraws requests that have not left. */
		withdraw(which: (wanting: Wanting) => boolean = () => true): readonly Withdrawal<Wanting>[] {
			const unwritten = waiting.all().filter(sending => which(sending.wanting) && waiting.remove(sending));
			const written = handedOver.withdraw(({wanting}) => which(wanting));
			inFlight -= written.length;
			if (waiting.size() > 0) startSoon();
			const withdrawn = (isWritten: boolean) => (sending: Sending<Wanting>) => ({...sending, isWritten});
			return [...unwritten.map(withdrawn(false)), ...written.map(withdrawn(true))];
		},
	};
};

/** Whether an id is of one of the systems behind the profile that these are of. */
const inPartsOf = ({partOf}: Connection['backend'], ids: readonly string[]) => {
	const parts = new Set(ids.map(id => partOf?.(id)));
	return (id: string): boolean => parts.has(partOf?.(id));
};

/** What sends a request for one job. */
const methodOf = (backend: Connection['backend'], name: RequestMethod) => {
	const {[name]: method} = backend;
	if (!method) throw new Error('the backend has no method for this request');
	return method;
};

type CancelMany = NonNullable<Connection['backend']['cancelMany']>;

/** Cancels many jobs with one request. If it fails, the failure is the answer for each job. Undefined if jobtop stops. */
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

const notMentioned: Failure = {kind: 'cut-off', detail: 'the answer does not mention this job'};

/** The first failure, if all answers say `unreachable`. */
const unreachableIn = (answers: ReadonlyMap<string, CancelAnswer>): Failure | undefined => {
	const [first, ...others] = answers.values();
	if (first?.kind !== 'unreachable') return undefined;
	return others.every(({kind}) => kind === 'unreachable') ? first : undefined;
};

export type Requests<Wanting> = ReturnType<typeof createRequests<Wanting>>;

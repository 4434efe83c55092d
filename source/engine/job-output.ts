import type {Connection} from '../backends/backend.ts';
import {BackendError} from '../job/failure.ts';
import {parseRef, type Ref} from '../job/ref.ts';
import type {Clock} from '../process/clock.ts';
import {followLog} from './follow-log.ts';
import type {LogNews, Patch} from './protocol.ts';

/** Characters of a log that cross to the screen in one piece: a longer one would hold up the keys. */
const pieceLength = 64_000;

export type JobOutputOptions = {
	/** By profile, with everything going through its limiter. */
	readonly connections: ReadonlyMap<string, Connection>;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** A number from 0 to 1. */
	readonly random?: () => number;
	/** Whether the job is known to have ended. */
	readonly hasEnded: (ref: Ref) => boolean;
	readonly report: (patches: readonly Patch[]) => void;
};

/** What jobs print and leave behind: nothing is asked for that nobody wants to see. */
export const createJobOutput = ({
	connections,
	clock,
	signal,
	random = Math.random,
	hasEnded,
	report,
}: JobOutputOptions) => {
	let log: Wanted | undefined;
	let results: (Wanted & {readonly ended: boolean}) | undefined;

	const want = (ref: Ref): Wanted => {
		const stop = new AbortController();
		return {ref, stop, signal: AbortSignal.any([signal, stop.signal])};
	};

	const follow = async (wanted: Wanted) => {
		const {ref} = wanted;
		const tell = (news: LogNews) => {
			if (wanted.signal.aborted) return;
			wanted.failed = news.failure !== undefined;
			for (const piece of piecesOf(news)) report([{type: 'log', ref, at: clock.now(), news: piece}]);
		};
		const {profile, id} = parseRef(ref) ?? {profile: '', id: ''};
		const backend = connections.get(profile)?.backend;
		if (!backend?.logs && !backend?.listen) {
			const failure = {kind: 'rejected', detail: `profile ${profile} has no logs`} as const;
			return tell({text: '', failure, parked: true});
		}
		try {
			const {signal} = wanted;
			await followLog({backend, id, clock, signal, random, hasEnded: () => hasEnded(ref), tell});
		} catch (error) {
			if (!wanted.signal.aborted) throw error;
		}
	};

	const ask = async (wanted: Wanted) => {
		const {ref} = wanted;
		const tell = (patch: Patch) => {
			if (!wanted.signal.aborted) report([patch]);
		};
		const {profile, id} = parseRef(ref) ?? {profile: '', id: ''};
		try {
			const answer = await connections.get(profile)?.backend.results?.(id, {signal: wanted.signal});
			if (answer) return tell({type: 'results', ref, at: clock.now(), results: answer});
			const failure = {kind: 'rejected', detail: `profile ${profile} has no results`} as const;
			tell({type: 'results-failed', ref, at: clock.now(), failure});
		} catch (error) {
			if (wanted.signal.aborted) return;
			if (!(error instanceof BackendError)) throw error;
			tell({type: 'results-failed', ref, at: clock.now(), failure: error.failure});
		}
	};

	const wantLog = (ref: Ref | undefined) => {
		log?.stop.abort(unwanted);
		log = ref && want(ref);
		if (log) void follow(log);
	};
	const wantResults = (ref: Ref | undefined) => {
		results?.stop.abort(unwanted);
		results = ref && {...want(ref), ended: hasEnded(ref)};
		if (results) void ask(results);
	};

	return {
		/** Tells the log of one job as it grows, until another is wanted or none. */
		wantLog,
		/** Tells what one job left, now and once it has ended. */
		wantResults,
		/** Jobs were looked at: one that ended meanwhile has its results now. */
		looked() {
			if (results && !results.ended && hasEnded(results.ref)) wantResults(results.ref);
		},
		/** Somebody asks again: of one profile, or all. A log that could not be read is begun anew. */
		refresh(profile?: string) {
			const isAsked = ({ref}: Wanted) => profile === undefined || parseRef(ref)?.profile === profile;
			if (log?.failed && isAsked(log)) wantLog(log.ref);
			if (results && isAsked(results)) wantResults(results.ref);
		},
	};
};

export type JobOutput = ReturnType<typeof createJobOutput>;

type Wanted = {
	readonly ref: Ref;
	readonly stop: AbortController;
	readonly signal: AbortSignal;
	/** The last reading failed. */
	failed?: boolean;
};

const unwanted = new Error('no longer shown');

/** The same news in pieces of a bounded length, never through the middle of a character. */
const piecesOf = ({text, anew, cut, ...rest}: LogNews): readonly LogNews[] => {
	const pieces: LogNews[] = [];
	for (let from = 0; ; ) {
		let to = Math.min(text.length, from + pieceLength);
		if (to < text.length && /[\ud800-\udbff]/.test(text[to - 1] ?? '')) to--;
		const last = to >= text.length;
		pieces.push({
			text: text.slice(from, to),
			...(from === 0 && anew && {anew}),
			...(from === 0 && cut && {cut}),
			...(last && rest),
		});
		if (last) return pieces;
		from = to;
	}
};

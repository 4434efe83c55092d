import type {Connection} from '../backends/backend.ts';
import {BackendError} from '../job/failure.ts';
import {parseRef, type Ref} from '../job/ref.ts';
import type {Clock} from '../process/clock.ts';
import {followLog} from './follow-log.ts';
import type {LogNews, Patch} from './protocol.ts';

/** Maximum characters of a log per message to the screen: a longer one would delay keys. */
const pieceLength = 64_000;

export type JobOutputOptions = {
	/** By profile; all requests go through its limiter. */
	readonly connections: ReadonlyMap<string, Connection>;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** Returns a number from 0 to 1. */
	readonly random?: () => number;
	/** Whether the job is known to have ended. */
	readonly hasEnded: (ref: Ref) => boolean;
	readonly report: (patches: readonly Patch[]) => void;
};

/** The logs and results of jobs, fetched only while they are shown. */
export const createJobOutput = ({
	connections,
	clock,
	signal,
	random = Math.random,
	hasEnded,
	report,
}: JobOutputOptions) => {
	let log: Shown | undefined;
	let results: (Shown & {readonly ended: boolean}) | undefined;

	const begin = (ref: Ref): Shown => {
		const stop = new AbortController();
		return {ref, stop, signal: AbortSignal.any([signal, stop.signal])};
	};

	const follow = async (shown: Shown) => {
		const {ref} = shown;
		const send = (news: LogNews) => {
			if (shown.signal.aborted) return;
			shown.failed = news.failure !== undefined;
			for (const piece of piecesOf(news)) report([{type: 'log', ref, at: clock.now(), news: piece}]);
		};
		const {profile, id} = parseRef(ref) ?? {profile: '', id: ''};
		const backend = connections.get(profile)?.backend;
		if (!backend?.logs && !backend?.listen) {
			const failure = {kind: 'rejected', detail: `profile ${profile} has no logs`} as const;
			return send({text: '', failure, parked: true});
		}
		try {
			const {signal} = shown;
			await followLog({backend, id, clock, signal, random, hasEnded: () => hasEnded(ref), report: send});
		} catch (error) {
			if (!shown.signal.aborted) throw error;
		}
	};

	const fetchResults = async (shown: Shown) => {
		const {ref} = shown;
		const send = (patch: Patch) => {
			if (!shown.signal.aborted) report([patch]);
		};
		const {profile, id} = parseRef(ref) ?? {profile: '', id: ''};
		try {
			const answer = await connections.get(profile)?.backend.results?.(id, {signal: shown.signal});
			if (answer) return send({type: 'results', ref, at: clock.now(), results: answer});
			const failure = {kind: 'rejected', detail: `profile ${profile} has no results`} as const;
			send({type: 'results-failed', ref, at: clock.now(), failure});
		} catch (error) {
			if (shown.signal.aborted) return;
			if (!(error instanceof BackendError)) throw error;
			send({type: 'results-failed', ref, at: clock.now(), failure: error.failure});
		}
	};

	const wantLog = (ref: Ref | undefined) => {
		log?.stop.abort(noLongerShown);
		log = ref && begin(ref);
		if (log) void follow(log);
	};
	const wantResults = (ref: Ref | undefined) => {
		results?.stop.abort(noLongerShown);
		results = ref && {...begin(ref), ended: hasEnded(ref)};
		if (results) void fetchResults(results);
	};

	return {
		/** Reports the log of one job as it grows, until another log or none is shown. */
		wantLog,
		/** Reports the results of one job, now and once it has ended. */
		wantResults,
		/** New rows arrived: fetches the results of a job that has ended meanwhile. */
		looked() {
			if (results && !results.ended && hasEnded(results.ref)) wantResults(results.ref);
		},
		/** Refreshes one profile, or all. A log that could not be read starts again. */
		refresh(profile?: string) {
			const isRefreshed = ({ref}: Shown) => profile === undefined || parseRef(ref)?.profile === profile;
			if (log?.failed && isRefreshed(log)) wantLog(log.ref);
			if (results && isRefreshed(results)) wantResults(results.ref);
		},
	};
};

export type JobOutput = ReturnType<typeof createJobOutput>;

type Shown = {
	readonly ref: Ref;
	readonly stop: AbortController;
	readonly signal: AbortSignal;
	/** Whether the last request failed. */
	failed?: boolean;
};

const noLongerShown = new Error('no longer shown');

/** Splits log news into pieces of a bounded length, never inside a character. */
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

/*
How often a profile is polled: as the reader wants it, and slower where that costs nobody anything or somebody asks for it. Pure.
*/

/** Why a profile is polled less often than the reader wants. */
export type Slowness =
	/** Nothing has changed there for long, and nobody did anything here. */
	| 'quiet'
	/** The reader looks elsewhere: the terminal has no focus. */
	| 'away'
	/** Its answers take long, measured by the interval. */
	| 'slow'
	/** It has asked for patience a while ago. */
	| 'strained';

/** What the pace depends on. All times in milliseconds. */
export type Circumstances = {
	/** Between two polls, as the reader wants it. */
	readonly intervalMs: number;
	/** Since something changed there, or somebody did something here. */
	readonly quietMs: number;
	readonly away: boolean;
	/** How long the last poll took. */
	readonly tookMs: number;
	/** From 1 to `maxSlowdown`: what is left of the wish for patience. */
	readonly strain: number;
	/** A cancellation is followed there, or somebody asked a moment ago. */
	readonly urgent: boolean;
};

export type Tempo = {
	/** Milliseconds between two polls. */
	readonly everyMs: number;
	/** What slows it down most; absent where it is as the reader wants it. */
	readonly slowedBy?: Slowness;
};

/** No profile is slower than the interval of its reader by more than this. */
export const maxSlowdown = 4;
/** Nor is any slowed beyond this many milliseconds. */
const slowestMs = 300_000;
/** How far an interval may differ by chance, so that many who began together do not ask together for ever. */
const jitter = 0.1;
/** An answer may take this part of the interval; longer ones stretch it. */
const busyPart = 0.2;

/** After so much quiet, in milliseconds and in intervals, so much slower. */
const quietSteps = [
	{ms: 600_000, intervals: 40, factor: 4},
	{ms: 120_000, intervals: 10, factor: 2},
] as const;

const quietFactor = ({quietMs, intervalMs}: Circumstances): number =>
	quietSteps.find(({ms, intervals}) => quietMs >= Math.max(ms, intervals * intervalMs))?.factor ?? 1;

/** How much slower each makes it. */
const factors: Readonly<Record<Slowness, (circumstances: Circumstances) => number>> = {
	strained: ({strain}) => strain,
	slow: ({urgent, tookMs, intervalMs}) => (urgent ? 1 : tookMs / (busyPart * intervalMs)),
	away: circumstances => (circumstances.urgent || !circumstances.away ? 1 : 2 * quietFactor(circumstances)),
	quiet: circumstances => (circumstances.urgent ? 1 : quietFactor(circumstances)),
};

/** The pace under these circumstances. */
export const tempo = (circumstances: Circumstances): Tempo => {
	const {intervalMs} = circumstances;
	let slowedBy: Slowness | undefined;
	let slowest = 1;
	for (const [why, factorOf] of Object.entries(factors)) {
		const factor = factorOf(circumstances);
		if (factor > slowest) [slowest, slowedBy] = [factor, why as Slowness];
	}
	const slowed = Math.round(intervalMs * Math.min(slowest, maxSlowdown));
	const everyMs = Math.max(intervalMs, Math.min(slowed, slowestMs));
	return everyMs > intervalMs && slowedBy ? {everyMs, slowedBy} : {everyMs: intervalMs};
};

/** The time with its share of chance: up to a tenth less or more, and never less than `leastMs`. `roll` is from 0 to 1. */
export const jittered = (ms: number, roll: number, leastMs = 0): number => {
	const moved = Math.round(ms * (1 + jitter * (2 * roll - 1)));
	// What would be too early is as much too late instead: all waiting for the same least time would meet there.
	return moved < leastMs ? Math.max(2 * leastMs - moved, leastMs) : moved;
};

/** The strain once a server has asked for patience. */
export const strained = (strain: number): number => Math.min(maxSlowdown, strain * 2);

/** How much of the strain a good answer takes. */
const relief = 0.25;

/** The strain once a server has answered well. */
export const relieved = (strain: number): number => Math.max(1, strain - relief);

/*
How often a profile is polled: as the user wants, but less often if nothing is lost or if the server asks for it. Pure.
*/

/** Why a profile is polled less often than the user wants. */
export type Slowness =
	/** No changes there and no activity here for a long time. */
	| 'quiet'
	/** The terminal has no focus. */
	| 'away'
	/** Its answers take long compared to the interval. */
	| 'slow'
	/** The server limited requests recently. */
	| 'strained'
	/** Reading its list takes much processor time. */
	| 'large';

/** The factors of the pace. All times in milliseconds. */
export type Circumstances = {
	/** The interval that the user wants. */
	readonly intervalMs: number;
	/** Time since the last change there or activity here. */
	readonly quietMs: number;
	readonly away: boolean;
	/** The duration of the last poll. */
	readonly tookMs: number;
	/** From 1 to `maxSlowdown`: the remaining effect of rate limits. */
	readonly strain: number;
	/** jobtop follows a cancellation there, or the user made a request recently. */
	readonly urgent: boolean;
	/** For how long the last poll kept the engine busy; 0 for a list of usual size. */
	readonly workMs: number;
};

export type Tempo = {
	/** Milliseconds between two polls. */
	readonly everyMs: number;
	/** The strongest reason for a slower pace; absent at the interval that the user wants. */
	readonly slowedBy?: Slowness;
};

/** The maximum factor between the pace and the user's interval. */
export const maxSlowdown = 4;
/** No pace is slowed beyond this many milliseconds. */
const slowestMs = 300_000;
/** The random part of an interval, so that clients that started together do not poll together for ever. */
const jitter = 0.1;
/** The pause after a poll, in times of its work: so polling a profile takes a third of a core at most, whatever is urgent. */
const restPerWork = 2;
/** An answer may take this part of the interval; longer answers stretch the interval. */
const busyPart = 0.2;

/** The slowdown after a quiet time, in milliseconds and in intervals. */
const quietSteps = [
	{ms: 600_000, intervals: 40, factor: 4},
	{ms: 120_000, intervals: 10, factor: 2},
] as const;

const quietFactor = ({quietMs, intervalMs}: Circumstances): number =>
	quietSteps.find(({ms, intervals}) => quietMs >= Math.max(ms, intervals * intervalMs))?.factor ?? 1;

/** The slowdown factor of each reason. */
const factors: Readonly<Record<Exclude<Slowness, 'large'>, (circumstances: Circumstances) => number>> = {
	strained: ({strain}) => strain,
	slow: ({urgent, tookMs, intervalMs}) => (urgent ? 1 : tookMs / (busyPart * intervalMs)),
	away: circumstances => (circumstances.urgent || !circumstances.away ? 1 : 2 * quietFactor(circumstances)),
	quiet: circumstances => (circumstances.urgent ? 1 : quietFactor(circumstances)),
};

/** The pace under these circumstances. */
export const tempo = (circumstances: Circumstances): Tempo => {
	const {intervalMs, workMs} = circumstances;
	let slowedBy: Slowness | undefined;
	let slowest = 1;
	for (const [why, factorOf] of Object.entries(factors)) {
		const factor = factorOf(circumstances);
		if (factor > slowest) [slowest, slowedBy] = [factor, why as Slowness];
	}
	const slowed = Math.round(intervalMs * Math.min(slowest, maxSlowdown));
	const everyMs = Math.max(intervalMs, Math.min(slowed, slowestMs));
	const restMs = Math.min(Math.round(restPerWork * workMs), slowestMs);
	if (restMs > everyMs) return {everyMs: restMs, slowedBy: 'large'};
	return everyMs > intervalMs && slowedBy ? {everyMs, slowedBy} : {everyMs: intervalMs};
};

/** `ms` with jitter of up to a tenth, and never less than `minMs`. `roll` is from 0 to 1. */
export const jittered = (ms: number, roll: number, minMs = 0): number => {
	const moved = Math.round(ms * (1 + jitter * (2 * roll - 1)));
	// Mirror times below the minimum instead of clamping, so that polls do not meet at the minimum.
	return moved < minMs ? Math.max(2 * minMs - moved, minMs) : moved;
};

/** The strain after a rate limit. */
export const strained = (strain: number): number => Math.min(maxSlowdown, strain * 2);

/** How much a good answer reduces the strain. */
const relief = 0.25;

/** The strain after a good answer. */
export const relieved = (strain: number): number => Math.max(1, strain - relief);

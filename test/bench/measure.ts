/** The value below which so many of a hundred lie. */
export const percentile = (values: readonly number[], percent: number): number => {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => percentile(values, 50);

/** The least disturbed of several measurements. */
export const least = (values: readonly number[]): number => Math.min(...values);

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** One line of the table that the benchmark prints. */
export type Result = {
	/** What was measured, in a few words. */
	readonly what: string;
	readonly value: string;
	/** What it is measured against, in the same run. */
	readonly yardstick?: string;
	readonly ratio?: number;
	/** The most that is allowed, and whether that is kept. */
	readonly budget?: string;
	readonly kept?: boolean;
	/** A point of the curve: milliseconds of the key latency, and megabytes. */
	readonly curve?: {readonly jobs: number; readonly p95: number; readonly resident: number};
	/** A line of the table of peers, or a sentence below it. */
	readonly peers?: readonly string[] | string;
};

export type Settings = {
	readonly jobs: readonly number[] | undefined;
	readonly rounds: number;
	/** How long the soak lasts. */
	readonly minutes: number;
	/** Whether the soak measures the heap in use; that collects garbage more often than users see. */
	readonly heap: boolean;
};

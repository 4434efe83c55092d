/*
How long cancelling takes on each profile of a configuration, saved between runs.
*/
import {readFileSync} from 'node:fs';
import {rename, rm, writeFile} from 'node:fs/promises';
import type {Usual} from '../cancellation/usual.ts';
import type {Clock} from '../process/clock.ts';
import {makeDirectory} from '../process/make-directory.ts';
import {type KeptPlace, keptFile} from './kept-file.ts';

/** How long cancelling usually takes on a profile, and from how many cancellations that is known. */
export type Latency = Usual & {readonly samples: number};

/** The number of latest samples kept for each profile. */
const maxSamples = 200;
/** Fewer samples say nothing. */
const minSamples = 20;
const writeAfterMs = 5000;
const version = 1;

const fileOf = (place: KeptPlace): string => keptFile('latency', place);

/** Replaces an unreadable file and ignores write errors, because the file is only a cache. The last process to write wins. */
export const createLatencies = (place: KeptPlace, clock: Clock) => {
	let samples: Map<string, number[]> | undefined;
	let writing: Promise<void> = Promise.resolve();
	let takeBack: (() => void) | undefined;

	const known = (): Map<string, number[]> => {
		samples ??= read(place);
		return samples;
	};

	const write = async () => {
		const path = fileOf(place);
		const text = JSON.stringify({version, profiles: Object.fromEntries(known())});
		const draft = `${path}.${process.pid}`;
		makeDirectory(place.stateDirectory);
		try {
			await writeFile(draft, text, {mode: 0o600});
			await rename(draft, path);
		} catch (error) {
			await rm(draft, {force: true});
			throw error;
		}
	};
	const writeSoon = () => {
		takeBack ??= clock.after(writeAfterMs, () => {
			takeBack = undefined;
			writing = writing.then(write).catch(() => undefined);
		});
	};

	return {
		add(profile: string, ms: number) {
			const before = known().get(profile) ?? [];
			known().set(profile, [...before, Math.max(0, Math.round(ms))].slice(-maxSamples));
			writeSoon();
		},
		/** Undefined with too few samples. */
		of(profile: string): Latency | undefined {
			const sorted =
				known()
					.get(profile)
					?.toSorted((a, b) => a - b) ?? [];
			if (sorted.length < minSamples) return undefined;
			return {p50Ms: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95), samples: sorted.length};
		},
		/** Writes pending samples. */
		async close(): Promise<void> {
			if (takeBack) {
				takeBack();
				takeBack = undefined;
				writing = writing.then(write).catch(() => undefined);
			}
			await writing;
		},
	};
};

/** The smallest value that `part` of the sorted values do not exceed. */
const quantile = (sorted: readonly number[], part: number): number =>
	sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;

const read = (place: KeptPlace): Map<string, number[]> => {
	try {
		const file = JSON.parse(readFileSync(fileOf(place), 'utf8')) as {
			readonly version?: unknown;
			readonly profiles?: unknown;
		};
		if (file.version !== version || typeof file.profiles !== 'object' || file.profiles === null)
			return new Map();
		return new Map(
			Object.entries(file.profiles).map(([profile, values]) => [
				profile,
				(Array.isArray(values) ? values : []).filter(isMilliseconds).slice(-maxSamples),
			]),
		);
	} catch {
		return new Map();
	}
};

const isMilliseconds = (value: unknown): value is number =>
	typeof value === 'number' && Number.isFinite(value) && value >= 0;

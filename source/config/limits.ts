/*
What holds whatever anybody says: the `[limits]` of a site, or of oneself. Of several that are about the same, the strictest counts.
*/

import {type BackendKind, backendKinds, backends} from '../backends/index.ts';
import {placeOf} from './explain.ts';
import type {LimitedKey, ProfileSetting} from './profile-setting.ts';
import type {ConfigurationFile} from './schema.ts';

/** A configuration file: where it is, its text, and what it says. */
export type WrittenConfiguration = {
	readonly path: string;
	readonly source: string;
	readonly file: ConfigurationFile;
};

/** Where a value stands, as `FILE:LINE`. */
export const placeIn = ({path, source}: WrittenConfiguration, keys: readonly string[]): string =>
	`${path}:${placeOf(source, keys).line}`;

/** A limit, and where it is said. */
type Limit<Value> = {readonly value: Value; readonly from: string};

export type Limits = {
	/** Milliseconds between two polls, at least. */
	readonly minIntervalMs?: Limit<number>;
	/** Requests a second, at most. */
	readonly maxRate?: Limit<number>;
	readonly readOnly?: Limit<true>;
	readonly protect?: Limit<true>;
};

type LimitKey = 'min_interval' | 'max_rate' | 'read_only' | 'protect';

/** Whether a value is stricter than another. One that is true is as strict as it gets. */
const stricter: Readonly<Record<LimitKey, (one: number, other: number) => boolean>> = {
	min_interval: (one, other) => one > other,
	max_rate: (one, other) => one < other,
	read_only: () => false,
	protect: () => false,
};

/** What these files limit for a kind of profile, or, without one, for all. */
export const limitsOn = (files: readonly WrittenConfiguration[], kind?: BackendKind): Limits => {
	const strictest = <Value extends number | true>(key: LimitKey): Limit<Value> | undefined => {
		let found: {value: Value; file: WrittenConfiguration; keys: readonly string[]} | undefined;
		for (const file of files) {
			for (const keys of kind === undefined
				? [['limits', key]]
				: [
						['limits', key],
						['limits', kind, key],
					]) {
				const limits = file.file.limits;
				const table = keys.length === 2 || kind === undefined ? limits : limits?.[kind];
				const value = table?.[key] as Value | undefined;
				if (value === undefined) continue;
				if (!found || stricter[key](Number(value), Number(found.value))) found = {value, file, keys};
			}
		}
		return found && {value: found.value, from: placeIn(found.file, found.keys)};
	};
	const minIntervalMs = strictest<number>('min_interval');
	const maxRate = strictest<number>('max_rate');
	const readOnly = strictest<true>('read_only');
	const protect = strictest<true>('protect');
	return {
		...(minIntervalMs && {minIntervalMs}),
		...(maxRate && {maxRate}),
		...(readOnly && {readOnly}),
		...(protect && {protect}),
	};
};

/** What somebody has said of a profile, by key; absent where nobody said anything. */
export type Wishes = {readonly readOnly?: boolean | undefined};

/** The profile as it may be, with what was limited of it. */
export const withinLimits = (setting: ProfileSetting, limits: Limits, wishes: Wishes): ProfileSetting => {
	const {entry} = setting;
	const {traits} = backends[entry.backend];
	const {minIntervalMs: slowest, maxRate, readOnly, protect} = limits;
	const limited: Partial<Record<LimitedKey, {readonly from: string; readonly wanted?: string}>> = {};
	const limit = (key: LimitedKey, {from}: Limit<unknown>, wanted: unknown) => {
		limited[key] = {from, ...(wanted !== undefined && {wanted: String(wanted)})};
	};

	let {intervalMs} = setting;
	if (slowest && (intervalMs ?? traits.intervalMs) < slowest.value) {
		limit('interval', slowest, intervalMs === undefined ? undefined : secondsOf(intervalMs));
		intervalMs = slowest.value;
	}
	const wantedRate = setting.limits?.rate ?? entry.rate;
	let rate = setting.limits?.rate;
	if (maxRate && (wantedRate ?? traits.rate ?? Number.POSITIVE_INFINITY) > maxRate.value) {
		limit('rate', maxRate, wantedRate);
		rate = maxRate.value;
	}
	if (readOnly && !setting.readOnly)
		limit('read_only', readOnly, wishes.readOnly === false ? false : undefined);
	if (protect && !setting.protect) limit('protect', protect, entry.protect);
	return {
		...setting,
		protect: setting.protect || protect !== undefined,
		readOnly: setting.readOnly || readOnly !== undefined,
		...(intervalMs !== undefined && {intervalMs}),
		...(rate !== undefined && {limits: {...setting.limits, rate}}),
		...(slowest && {minInterval: {ms: slowest.value, from: slowest.from}}),
		...(Object.keys(limited).length > 0 && {limited}),
	};
};

/** `30s` */
export const secondsOf = (ms: number): string => `${ms / 1000}s`;

/** What came of a wish that a limit did not grant, for people. */
const grantedOf = ({
	intervalMs = 0,
	limits,
	readOnly,
	protect,
}: ProfileSetting): Record<LimitedKey, unknown> => ({
	interval: secondsOf(intervalMs),
	rate: limits?.rate,
	read_only: readOnly,
	protect,
});

/** One line about all that somebody wanted otherwise than the limits let it be; undefined where there is no such thing. */
export const limitedWords = (profiles: readonly ProfileSetting[]): string | undefined => {
	const changes = profiles.flatMap(profile =>
		Object.entries(profile.limited ?? {}).flatMap(([key, {from, wanted}]) =>
			wanted === undefined
				? []
				: {
						name: profile.name,
						words: `${key} is ${grantedOf(profile)[key as LimitedKey]} instead of ${wanted}`,
						from,
					},
		),
	);
	if (changes.length === 0) return undefined;
	const alike = Map.groupBy(changes, ({words, from}) => `${words}\n${from}`);
	return [...alike.values()]
		.map(those => {
			const {words, from} = those[0] as (typeof changes)[number];
			return `${those.map(({name}) => name).join(', ')}: ${words}, limited by ${from}`;
		})
		.join('; ');
};

/** Every limit there is, by its key in the file, as it holds: `limits.slurm.max_rate`. */
export const allLimits = (
	files: readonly WrittenConfiguration[],
): readonly {readonly key: string; readonly value: unknown; readonly from: string}[] =>
	[undefined, ...backendKinds].flatMap(kind => {
		const {minIntervalMs, maxRate, readOnly, protect} = limitsOn(files, kind);
		const prefix = kind === undefined ? 'limits' : `limits.${kind}`;
		// What holds for all is told once.
		const general = kind === undefined ? {} : limitsOn(files);
		const told = (
			key: LimitKey,
			limit: Limit<unknown> | undefined,
			whole: Limit<unknown> | undefined,
			value = limit?.value,
		) => (limit && limit.from !== whole?.from ? [{key: `${prefix}.${key}`, value, from: limit.from}] : []);
		return [
			...told(
				'min_interval',
				minIntervalMs,
				general.minIntervalMs,
				minIntervalMs && secondsOf(minIntervalMs.value),
			),
			...told('max_rate', maxRate, general.maxRate),
			...told('read_only', readOnly, general.readOnly),
			...told('protect', protect, general.protect),
		];
	});

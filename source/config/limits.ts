/*
The `[limits]` of a site or a user, which nothing can override. Of several limits on the same key, the strictest applies.
*/

import {type BackendKind, backendKinds, backends} from '../backends/index.ts';
import {placeOf} from './explain.ts';
import type {LimitedKey, ProfileSetting} from './profile-setting.ts';
import type {ConfigurationFile} from './schema.ts';

/** A configuration file: its path, text and content. */
export type WrittenConfiguration = {
	readonly path: string;
	readonly source: string;
	readonly file: ConfigurationFile;
};

/** The place of a value, as `FILE:LINE`. */
export const placeIn = ({path, source}: WrittenConfiguration, keys: readonly string[]): string =>
	`${path}:${placeOf(source, keys).line}`;

/** A limit, and its place. */
type Limit<Value> = {readonly value: Value; readonly from: string};

export type Limits = {
	/** The minimum interval between polls, in milliseconds. */
	readonly minIntervalMs?: Limit<number>;
	/** The maximum requests per second. */
	readonly maxRate?: Limit<number>;
	readonly readOnly?: Limit<true>;
	readonly protect?: Limit<true>;
};

type LimitKey = 'min_interval' | 'max_rate' | 'read_only' | 'protect';

/** Whether a value is stricter than another. `true` is the strictest. */
const stricter: Readonly<Record<LimitKey, (one: number, other: number) => boolean>> = {
	min_interval: (one, other) => one > other,
	max_rate: (one, other) => one < other,
	read_only: () => false,
	protect: () => false,
};

/** The limits for a kind of profile, or, without a kind, for all. */
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

/** The wanted values of a profile, by key; absent if not set. */
export type Wishes = {readonly readOnly?: boolean | undefined};

/** The profile within its limits, with the limited values. */
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

/** The values that apply instead of the wanted ones, for users. */
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

/** One line about all wanted values that a limit overrides, or undefined. */
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
		.map(same => {
			const {words, from} = same[0] as (typeof changes)[number];
			return `${same.map(({name}) => name).join(', ')}: ${words}, limited by ${from}`;
		})
		.join('; ');
};

/** All limits that apply, by their keys in the file: `limits.slurm.max_rate`. */
export const allLimits = (
	files: readonly WrittenConfiguration[],
): readonly {readonly key: string; readonly value: unknown; readonly from: string}[] =>
	[undefined, ...backendKinds].flatMap(kind => {
		const {minIntervalMs, maxRate, readOnly, protect} = limitsOn(files, kind);
		const prefix = kind === undefined ? 'limits' : `limits.${kind}`;
		// A limit for all kinds is listed once.
		const general = kind === undefined ? {} : limitsOn(files);
		const listed = (
			key: LimitKey,
			limit: Limit<unknown> | undefined,
			whole: Limit<unknown> | undefined,
			value = limit?.value,
		) => (limit && limit.from !== whole?.from ? [{key: `${prefix}.${key}`, value, from: limit.from}] : []);
		return [
			...listed(
				'min_interval',
				minIntervalMs,
				general.minIntervalMs,
				minIntervalMs && secondsOf(minIntervalMs.value),
			),
			...listed('max_rate', maxRate, general.maxRate),
			...listed('read_only', readOnly, general.readOnly),
			...listed('protect', protect, general.protect),
		];
	});

/*
The effective configuration, and the source of each value. Of possible secrets, it shows only the names.
*/

import {backends} from '../backends/index.ts';
import type {BackendFacts} from '../backends/profiles/profile.ts';
import type {ConfigurationInput} from './files.ts';
import {allLimits, placeIn, secondsOf} from './limits.ts';
import {type Configuration, fileOfProfile} from './load.ts';
import {methodsOf} from './profile-entries.ts';
import type {LimitedKey, ProfileSetting} from './profile-setting.ts';
import type {ConfigurationFile} from './schema.ts';

/** One value. `key` is as in the file: `profiles.prod.url`. */
export type EffectiveValue = {
	readonly key: string;
	readonly value: unknown;
	/** A place in a file, an option, a variable, or `default`. For a limited value: the limit's place and what it limits. */
	readonly from: string;
};

export const effectiveValues = async (
	{files, profiles, settings}: Configuration,
	{env, flags = {}}: ConfigurationInput,
): Promise<readonly EffectiveValue[]> => {
	/** The source of a top-level key: the strongest file that sets it. */
	const headFrom = (key: keyof ConfigurationFile): string => {
		const saying = files.find(({file}) => file[key] !== undefined);
		return saying ? placeIn(saying, [key]) : 'default';
	};
	const readOnlyFrom =
		flags.readOnly !== undefined
			? '--read-only'
			: env.JOBTOP_READ_ONLY
				? 'JOBTOP_READ_ONLY'
				: headFrom('read_only');

	const valuesOf = async (profile: ProfileSetting): Promise<readonly EffectiveValue[]> => {
		const {name, entry, readOnly, protect, intervalMs, limits} = profile;
		const {traits, discovery}: BackendFacts = backends[entry.backend];
		const written = fileOfProfile(files, name);
		const found: Readonly<Record<string, string>> = {...discovery?.foundIn};
		const from = (key: string) =>
			written
				? placeIn(written, ['profiles', name, key])
				: (found[key] ?? (key === 'backend' ? profile.found : undefined) ?? 'the environment');
		const own = (key: string) => entry[key as keyof typeof entry] !== undefined;
		const values: Record<string, {readonly value: unknown; readonly from: string}> = {};
		const put = (key: string, value: unknown, from: string) => {
			values[key] = {value, from};
		};
		const putLimited = (key: LimitedKey, value: unknown, wishedFrom: string) =>
			put(key, value, limitFrom(profile.limited?.[key]?.from, wishedFrom));
		for (const [key, value] of Object.entries(entry)) {
			if (value !== undefined) put(key, withoutSecret(key, value), from(key));
		}
		const {address: addressOf} = await methodsOf(entry.backend);
		const address = addressOf(entry);
		if (address !== undefined && !own('url')) put('url', address, 'default');
		putLimited('protect', protect, own('protect') ? from('protect') : 'default');
		putLimited('read_only', readOnly, own('read_only') ? from('read_only') : readOnlyFrom);
		putLimited(
			'interval',
			secondsOf(intervalMs ?? traits.intervalMs),
			flags.intervalMs !== undefined
				? '--interval'
				: own('interval')
					? from('interval')
					: headFrom('interval'),
		);
		put(
			'concurrency',
			limits?.concurrency ?? entry.concurrency ?? traits.concurrency,
			limits?.concurrency !== undefined
				? '--concurrency'
				: own('concurrency')
					? from('concurrency')
					: 'default',
		);
		const rate = limits?.rate ?? entry.rate ?? traits.rate;
		if (rate !== undefined)
			putLimited(
				'rate',
				rate,
				flags.limits?.rate !== undefined ? '--rate' : own('rate') ? from('rate') : 'default',
			);
		return Object.entries(values).map(([key, value]) => ({key: `profiles.${name}.${key}`, ...value}));
	};

	return [
		{
			key: 'read_only',
			value: settings.readOnly,
			from: limitFrom(settings.readOnlyLimit, readOnlyFrom),
		},
		{key: 'theme', value: settings.theme, from: headFrom('theme')},
		{key: 'plain', value: settings.plain, from: headFrom('plain')},
		{key: 'mouse', value: settings.mouse, from: headFrom('mouse')},
		{key: 'time_zone', value: settings.timeZone, from: headFrom('time_zone')},
		{key: 'notify', value: settings.notify, from: headFrom('notify')},
		...allLimits(files),
		...(await Promise.all(profiles.map(valuesOf))).flat(),
	];
};

/** Headers, program parameters and the address of a proxy may contain a key. */
const withoutSecret = (key: string, value: unknown): unknown => {
	if (key === 'proxy' && typeof value === 'string')
		return value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, `$1${hidden}@`);
	if (key === 'headers') return Object.fromEntries(Object.keys(value as object).map(name => [name, hidden]));
	if (key !== 'token_command') return value;
	const [program, ...parameters] = value as readonly string[];
	return [program, ...parameters.map(() => hidden)];
};

const hidden = '(not shown)';

/** The source of a value that a limit may override: the limit's place, and the overridden source. */
const limitFrom = (limit: string | undefined, wishedFrom: string): string =>
	limit === undefined ? wishedFrom : `${limit} limits ${wishedFrom}`;

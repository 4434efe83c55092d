/*
The configuration as it takes effect, and where each value comes from. What is or may hold a secret is told by its name alone.
*/
import {addressOf} from './addresses.ts';
import {placeOf} from './explain.ts';
import type {Configuration, ConfigurationInput} from './load.ts';
import {profileKinds} from './profile-kinds.ts';
import type {ProfileSetting} from './profile-setting.ts';

/** One value. `key` is as in the file: `profiles.prod.url`. */
export type EffectiveValue = {
	readonly key: string;
	readonly value: unknown;
	/** A place in the file, an option, a variable, or `default`. */
	readonly from: string;
};

export const effectiveValues = (
	{path, source, file, profiles, settings}: Configuration,
	{env, flags = {}}: ConfigurationInput,
): readonly EffectiveValue[] => {
	const inFile = (...keys: readonly string[]) =>
		source === undefined ? path : `${path}:${placeOf(source, keys).line}`;
	const fromFile = new Set(Object.keys(file?.profiles ?? {}));

	const readOnlyFrom =
		flags.readOnly !== undefined
			? '--read-only'
			: env.JOBTOP_READ_ONLY
				? 'JOBTOP_READ_ONLY'
				: file?.read_only === undefined
					? 'default'
					: inFile('read_only');

	const valuesOf = (profile: ProfileSetting): EffectiveValue[] => {
		const {name, entry, readOnly, protect, intervalMs, limits} = profile;
		const {traits} = profileKinds[entry.backend];
		const configured = fromFile.has(name);
		const from = (key: string) => (configured ? inFile('profiles', name, key) : 'the environment');
		const own = (key: string) => entry[key as keyof typeof entry] !== undefined;
		const values: Record<string, {readonly value: unknown; readonly from: string}> = {};
		const put = (key: string, value: unknown, from: string) => {
			values[key] = {value, from};
		};
		for (const [key, value] of Object.entries(entry)) {
			if (value !== undefined) put(key, withoutSecret(key, value), from(key));
		}
		const address = addressOf(entry);
		if (address !== undefined && !own('url')) put('url', address, 'default');
		put('protect', protect, own('protect') ? from('protect') : 'default');
		put('read_only', readOnly, own('read_only') ? from('read_only') : readOnlyFrom);
		put(
			'interval',
			seconds(intervalMs ?? traits.intervalMs),
			flags.intervalMs !== undefined
				? '--interval'
				: own('interval')
					? from('interval')
					: file?.interval !== undefined
						? inFile('interval')
						: 'default',
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
			put('rate', rate, limits?.rate !== undefined ? '--rate' : own('rate') ? from('rate') : 'default');
		return Object.entries(values).map(([key, value]) => ({key: `profiles.${name}.${key}`, ...value}));
	};

	return [
		{key: 'read_only', value: settings.readOnly, from: readOnlyFrom},
		{key: 'theme', value: settings.theme, from: file?.theme === undefined ? 'default' : inFile('theme')},
		{key: 'plain', value: settings.plain, from: file?.plain === undefined ? 'default' : inFile('plain')},
		{
			key: 'notify',
			value: settings.notify,
			from: file?.notify === undefined ? 'default' : inFile('notify'),
		},
		...profiles.flatMap(valuesOf),
	];
};

/** A header may be a key, and the parameters of a program that gives one too. */
const withoutSecret = (key: string, value: unknown): unknown => {
	if (key === 'headers') return Object.fromEntries(Object.keys(value as object).map(name => [name, hidden]));
	if (key !== 'token_command') return value;
	const [program, ...parameters] = value as readonly string[];
	return [program, ...parameters.map(() => hidden)];
};

const hidden = '(not shown)';

const seconds = (ms: number): string => `${ms / 1000}s`;

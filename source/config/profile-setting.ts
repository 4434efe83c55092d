import type {ProfileEntry} from './profile-entries.ts';

/** The limits on the requests of a profile. */
export type RequestLimits = {
	/** Concurrent requests. */
	readonly concurrency?: number;
	/** Requests per second. */
	readonly rate?: number;
};

/** The keys that a limit can override. */
export type LimitedKey = 'interval' | 'rate' | 'read_only' | 'protect';

/** A profile as it is configured. Plain data, without secrets. */
export type ProfileSetting = {
	readonly name: string;
	/** Earlier names: refs with these names refer to it too. */
	readonly aliases?: readonly string[];
	readonly entry: ProfileEntry;
	/** Why it was found, in words; absent for a configured profile. */
	readonly found?: string;
	/** The base folder for relative paths in the entry. */
	readonly folder: string;
	/** Cancelling requires typing its name. */
	readonly protect: boolean;
	/** Nothing is changed there. */
	readonly readOnly: boolean;
	/** Milliseconds between two polls; default: the backend's own. */
	readonly intervalMs?: number;
	/** Values of the command line or a limit that override the entry. */
	readonly limits?: RequestLimits;
	/** The minimum interval in milliseconds, and the place of that limit. */
	readonly minInterval?: {readonly ms: number; readonly from: string};
	/** The values that a limit overrides: the limit's place, and the wanted value. */
	readonly limited?: Readonly<Partial<Record<LimitedKey, {readonly from: string; readonly wanted?: string}>>>;
};

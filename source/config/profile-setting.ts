import type {ProfileEntry} from './profile-entries.ts';

/** How hard a profile may be asked. */
export type RequestLimits = {
	/** Requests at the same time. */
	readonly concurrency?: number;
	/** Requests a second. */
	readonly rate?: number;
};

/** What a limit of the site can be about, by its key in the file. */
export type LimitedKey = 'interval' | 'rate' | 'read_only' | 'protect';

/** A profile as it is configured. Plain data, without secrets. */
export type ProfileSetting = {
	readonly name: string;
	/** What it was called before: refs by these names mean it, too. */
	readonly aliases?: readonly string[];
	readonly entry: ProfileEntry;
	/** The folder from which the paths in the entry are meant. */
	readonly folder: string;
	/** Cancelling asks for its name. */
	readonly protect: boolean;
	/** Nothing is changed there. */
	readonly readOnly: boolean;
	/** Milliseconds between two polls; the backend's own where nobody said. */
	readonly intervalMs?: number;
	/** What the command line says instead of the entry, or a limit. */
	readonly limits?: RequestLimits;
	/** Milliseconds between two polls, at least, whoever asks for less; and where that is said. */
	readonly minInterval?: {readonly ms: number; readonly from: string};
	/** What is as it is because of a limit: where that is said, and what somebody wanted instead. */
	readonly limited?: Readonly<Partial<Record<LimitedKey, {readonly from: string; readonly wanted?: string}>>>;
};

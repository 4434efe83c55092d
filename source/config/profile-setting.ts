import type {ProfileEntry} from './profile-kinds.ts';

/** How hard a profile may be asked. */
export type RequestLimits = {
	/** Requests at the same time. */
	readonly concurrency?: number;
	/** Requests a second. */
	readonly rate?: number;
};

/** A profile as it is configured. Plain data, without secrets. */
export type ProfileSetting = {
	readonly name: string;
	readonly entry: ProfileEntry;
	/** The folder from which the paths in the entry are meant. */
	readonly folder: string;
	/** Cancelling asks for its name. */
	readonly protect: boolean;
	/** Nothing is changed there. */
	readonly readOnly: boolean;
	/** Milliseconds between two polls; the backend's own where nobody said. */
	readonly intervalMs?: number;
	/** What the command line says instead of the entry. */
	readonly limits?: RequestLimits;
};

import type {Connection} from '../../backends/backend.ts';
import type {Job} from '../../job/job.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import type {Poller} from '../polling/poller.ts';
import type {Rows} from '../polling/rows.ts';
import type {Scope} from '../protocol.ts';

/** A watched profile. */
export type Profile = {
	/** All its requests go through its limiter. */
	readonly connection: Connection;
	readonly rows: Rows;
	readonly poller: Poller;
};

/** The watched profiles and the scope of their jobs. Profiles are added when the engine is built; nothing is sent before it starts. */
export const createProfiles = (initialScope: Scope) => {
	const byName = new Map<string, Profile>();
	let scope = initialScope;
	const of = (ref: Ref): Profile | undefined => byName.get(parseRef(ref)?.profile ?? '');
	return {
		add: (profile: Profile) => void byName.set(profile.connection.profile, profile),
		all: (): Iterable<Profile> => byName.values(),
		names: (): readonly string[] => [...byName.keys()],
		named: (name: string): Profile | undefined => byName.get(name),
		/** The profile of a job. */
		of,
		/** A job as it was last seen. */
		rowOf: (ref: Ref): Job | undefined => of(ref)?.rows.get(ref),
		/** How many rows all profiles have. */
		rowCount(): number {
			let count = 0;
			for (const {rows} of byName.values()) count += rows.size();
			return count;
		},
		/** The user is back, or something has become urgent: polls sooner if possible. */
		hasten() {
			for (const {poller} of byName.values()) poller.hasten();
		},
		scope: (): Scope => scope,
		setScope(next: Scope) {
			scope = next;
		},
	};
};

export type Profiles = ReturnType<typeof createProfiles>;

import type {Connection} from '../../backends/backend.ts';
import {type ReadListOptions, readList, type WholeList} from '../../engine/polling/read-list.ts';
import type {Scope} from '../../engine/protocol.ts';
import {type Failure, failureOf} from '../../job/failure.ts';

/** The result of reading the list of a profile. */
export type ProfileList = {readonly profile: string; readonly backend: string} & (
	| {readonly list: WholeList; readonly failure?: undefined}
	| {readonly failure: Failure; readonly list?: undefined}
);

/** Milliseconds for the whole list of a profile. */
const wholeListMs = 120_000;

/** Reads the lists of all profiles at the same time. A failing profile does not affect the others. */
export const readProfiles = (
	connections: readonly Connection[],
	scope: Scope,
	options: ReadListOptions = {},
): Promise<readonly ProfileList[]> =>
	Promise.all(
		connections.map(async (connection): Promise<ProfileList> => {
			const about = {profile: connection.profile, backend: connection.traits.kind};
			const signal = AbortSignal.timeout(wholeListMs);
			try {
				return {...about, list: await readList(connection, scope, signal, options)};
			} catch (error) {
				if (!signal.aborted) return {...about, failure: failureOf(error)};
				const detail = `no list within ${wholeListMs / 1000} s`;
				return {...about, failure: {kind: 'timeout', detail}};
			}
		}),
	);

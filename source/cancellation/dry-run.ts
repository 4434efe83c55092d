import type {Connection} from '../backends/backend.ts';
import {BackendError} from '../job/failure.ts';
import type {Operation} from '../job/operation.ts';
import {parseRef, type Ref} from '../job/ref.ts';

/** One request that an operation would send, or why there is none. */
export type DryRequest = {
	readonly profile: string;
	/** `DELETE https://example.org/jobs/1`, `scancel -v 42`; without credentials. */
	readonly request: string;
};

/** The requests that an operation on these jobs would send. Sends nothing. */
export const dryRun = (
	connections: ReadonlyMap<string, Connection>,
	refs: readonly Ref[],
	operation: Operation = 'cancel',
): readonly DryRequest[] => {
	const places = refs.flatMap(ref => parseRef(ref) ?? []);
	return [...Map.groupBy(places, ({profile}) => profile)].flatMap(([profile, jobs]) => {
		const ids = jobs.map(({id}) => id);
		return requestsFor(connections.get(profile), ids, operation).map(request => ({profile, request}));
	});
};

const requestsFor = (
	connection: Connection | undefined,
	ids: readonly string[],
	operation: Operation,
): readonly string[] => {
	const {describeCancel, describeSuspend} = connection?.backend ?? {};
	const describe =
		operation === 'cancel'
			? describeCancel
			: describeSuspend && ((each: readonly string[]) => describeSuspend(each, operation));
	if (!describe) return [`nothing: this profile cannot ${operation}`];
	try {
		return describe(ids);
	} catch (error) {
		if (!(error instanceof BackendError)) throw error;
		const [only] = ids;
		if (ids.length > 1) return ids.flatMap(id => requestsFor(connection, [id], operation));
		return [`nothing for ${only}: ${error.failure.detail}`];
	}
};

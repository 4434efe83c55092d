import type {Job} from '../../job/job.ts';
import type {KnownRecords} from '../known-records.ts';
import type {Session} from './session.ts';

/** What every request of a profile needs. */
export type Cluster = {
	readonly profile: string;
	readonly session: Session;
	/** Those of the profile; that of the context if absent. */
	readonly namespaces?: readonly string[];
	/** Jobs a page. */
	readonly pageSize: number;
	readonly records: KnownRecords<Job>;
	/** Pages of each namespace in its last list. */
	readonly pages: Map<string, number>;
};

export const namespacesOf = async ({namespaces, session}: Cluster): Promise<readonly string[]> => {
	if (namespaces) return namespaces;
	const {reached} = await session.open();
	return [reached.namespace ?? 'default'];
};

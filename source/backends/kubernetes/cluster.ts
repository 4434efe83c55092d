import type {KnownRecords} from '../known-records.ts';
import type {Session} from './session.ts';
import type {SeenJob} from './wire.ts';

/** Why jobs wait, by their uid. */
export type Reasons = ReadonlyMap<string | undefined, string>;

/** What was answered to the last question why jobs wait, and when the next one is due, in epoch milliseconds. */
export type WaitAnswer = {readonly reasons: Reasons; readonly dueAt: number};

/** By what was asked for and its namespace. */
export type Waits = Map<string, WaitAnswer>;

/** What every request of a profile needs. */
export type Cluster = {
	readonly profile: string;
	readonly session: Session;
	/** Those of the profile; that of the context if absent. */
	readonly namespaces?: readonly string[];
	/** Jobs a page. */
	readonly pageSize: number;
	readonly records: KnownRecords<SeenJob>;
	/** Pages of each namespace in its last list. */
	readonly pages: Map<string, number>;
	readonly waits: Waits;
	/** Epoch milliseconds. */
	readonly now: () => number;
};

export const namespacesOf = async ({namespaces, session}: Cluster): Promise<readonly string[]> => {
	if (namespaces) return namespaces;
	const {reached} = await session.open();
	return [reached.namespace ?? 'default'];
};

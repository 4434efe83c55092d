import type {BackendTraits, Connection} from '../../backends/backend.ts';
import type {Operation} from '../../job/operation.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import {refHere} from '../journal/earlier-names.ts';
import type {BatchJournal} from '../journal/write-batch.ts';
import type {CancelPolicy} from '../machine/effects.ts';
import type {CancelState} from '../machine/state.ts';
import type {Batch} from '../report.ts';
import type {Usual} from '../usual.ts';
import type {Entries, Entry} from './entries.ts';
import type {Lanes} from './lanes.ts';

/** Where cancelling usually takes long, a cancellation is overdue only beyond this multiple of the usual time. */
const overdueFactor = 2;

/** For a profile that is no longer configured. */
const patienceWithoutProfile = {
	firstPollMs: 5000,
	slowestPollMs: 60_000,
	overdueAfterMs: 600_000,
	confirmGoneAfterMs: 5000,
} as const;

export type NewEntryOptions = {
	readonly connections: ReadonlyMap<string, Connection>;
	readonly lanes: Pick<Lanes, 'to'>;
	readonly entries: Pick<Entries, 'add'>;
	/** How long cancelling usually takes on a profile. */
	readonly usual: (profile: string) => Usual | undefined;
	/** Milliseconds in which a batch of this size can be recalled. */
	readonly stageMs: (targets: number) => number;
	/** Wait for a new credential instead of settling. */
	readonly park: boolean;
};

/** Adds a cancellation with this initial state. */
export type AddEntry = (
	batch: Batch,
	journal: BatchJournal,
	confirmed: JobTarget,
	state: CancelState,
) => Entry;

export const createAddEntry = (options: NewEntryOptions): AddEntry => {
	const {connections, lanes, entries} = options;
	return (batch, journal, confirmed, state) => {
		const ref: Ref = refHere(connections.values(), confirmed.ref);
		const {profile, id} = parseRef(ref) ?? {profile: '', id: ''};
		const lane = lanes.to(profile);
		const usual = lane && options.usual(lane.connection.profile);
		const entry: Entry = {
			target: {...confirmed, ref},
			journalled: confirmed.ref,
			id,
			batch,
			journal,
			lane,
			policy: {
				...policyOf(batch.operation, lane?.connection.traits, usual),
				stageMs: options.stageMs(batch.refs.length),
				park: options.park,
			},
			timers: new Map(),
			moments: [],
			state,
			requests: 0,
			held: 0,
			timed: true,
			missed: false,
		};
		entries.add(entry);
		return entry;
	};
};

/** The cancel policy from the backend's traits and the usual duration. */
const policyOf = (
	operation: Operation,
	traits: BackendTraits | undefined,
	usual: Usual | undefined,
): Omit<CancelPolicy, 'park' | 'stageMs'> => {
	const patience = traits?.patience ?? patienceWithoutProfile;
	const overdueAfterMs = Math.max(patience.overdueAfterMs, overdueFactor * (usual?.p95Ms ?? 0));
	return {
		operation,
		resend: traits?.resend ?? 'guarded',
		...(operation === 'cancel' ? endingOf(traits) : {gone: 'unknown'}),
		patience: {...patience, overdueAfterMs},
	};
};

/** The evidence that a cancel request leaves: no other request removes or ends a job. */
const endingOf = (
	traits: BackendTraits | undefined,
): Pick<CancelPolicy, 'deletionSignals' | 'gone' | 'removedDetail'> => ({
	gone: traits?.gone ?? 'unknown',
	...(traits?.removedDetail !== undefined && {removedDetail: traits.removedDetail}),
	...(traits?.deletionSignals && {deletionSignals: traits.deletionSignals}),
});

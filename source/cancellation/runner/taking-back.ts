import type {Operation} from '../../job/operation.ts';
import type {Ref} from '../../job/ref.ts';
import type {Dispatch, Entries, Entry} from './entries.ts';
import type {Lanes} from './lanes.ts';
import type {Reports} from './reports.ts';
import type {Sender} from './sending.ts';

export type TakingBackOptions = {
	readonly lanes: Pick<Lanes, 'all'>;
	readonly entries: Pick<Entries, 'all' | 'openOf'>;
	readonly sender: Pick<Sender, 'withhold'>;
	readonly reports: Pick<Reports, 'report' | 'send' | 'stopWaiting'>;
	readonly dispatch: Dispatch;
};

/** Withdraws requests that have not left. */
export const createTakingBack = ({lanes, entries, sender, reports, dispatch}: TakingBackOptions) => {
	/** Recalls cancellations, including requests that wait for their turn. */
	const recall = (which: (entry: Entry) => boolean, detail?: string) => {
		for (const lane of lanes.all()) {
			const failure = {kind: 'unreachable', detail: detail ?? 'recalled'} as const;
			sender.withhold(lane, failure, which, detail === undefined);
			const event = {type: 'recalled', ...(detail !== undefined && {detail})} as const;
			for (const entry of [...lane.open]) if (which(entry)) dispatch(entry, event);
		}
	};

	const unfollow = (unfollowed: ReadonlySet<Entry>) => {
		recall(entry => unfollowed.has(entry), 'no longer followed');
		for (const entry of unfollowed) dispatch(entry, {type: 'unfollowed'});
	};

	return {
		/** Recalls the requests of a batch that have not left. */
		recall(number: number) {
			recall(({batch}) => batch.number === number);
		},
		/** The user stopped following these jobs. */
		unfollow(refs: readonly Ref[]) {
			unfollow(new Set(refs.flatMap(entries.openOf)));
		},
		/** Another operation is requested for these jobs: nothing more is sent for the earlier ones. */
		supersede(refs: readonly Ref[], operation: Operation) {
			const open = refs.flatMap(entries.openOf);
			unfollow(new Set(open.filter(({batch}) => batch.operation !== operation)));
		},
		/** jobtop stops waiting: recalls requests that have not left, and reports the state of the others. */
		leave() {
			recall(() => true, 'jobtop stopped waiting');
			reports.stopWaiting();
			for (const entry of entries.all()) reports.report(entry);
			reports.send();
		},
	};
};

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

/** How a person takes back what has not left. */
export const createTakingBack = ({lanes, entries, sender, reports, dispatch}: TakingBackOptions) => {
	/** Takes back what has not left. What waits for its turn to be sent is among it. */
	const recall = (which: (entry: Entry) => boolean, detail?: string) => {
		for (const lane of lanes.all()) {
			const failure = {kind: 'unreachable', detail: detail ?? 'recalled'} as const;
			sender.withhold(lane, failure, which, detail === undefined);
			const event = {type: 'recalled', ...(detail !== undefined && {detail})} as const;
			for (const entry of [...lane.open]) if (which(entry)) dispatch(entry, event);
		}
	};

	return {
		/** Takes back what has not left of a batch. */
		recall(number: number) {
			recall(({batch}) => batch.number === number);
		},
		/** The user stopped following these jobs. */
		unfollow(refs: readonly Ref[]) {
			const left = new Set(refs.flatMap(entries.openOf));
			recall(entry => left.has(entry), 'no longer followed');
			for (const entry of left) dispatch(entry, {type: 'unfollowed'});
		},
		/** Nobody waits any longer: what has not left is taken back, the rest is reported as it stands. */
		leave() {
			recall(() => true, 'jobtop stopped waiting');
			reports.stopWaiting();
			for (const entry of entries.all()) reports.report(entry);
			reports.send();
		},
	};
};

import type {Dispatch} from './entries.ts';
import {newPatience} from './entries.ts';
import type {Lanes} from './lanes.ts';

/** A credential that may list but not cancel is retried after 1, 2, 4 … good polls, up to this many. */
const maxPatience = 64;

/** Retries parked cancellations, whose credential was refused. */
export const createParked = (lanes: Pick<Lanes, 'opened'>, dispatch: Dispatch) => ({
	/** The profile has a new credential. */
	renewed(profile: string) {
		const lane = lanes.opened(profile);
		if (!lane) return;
		lane.patience = newPatience();
		for (const entry of [...lane.open]) dispatch(entry, {type: 'renewed'});
	},
	/** A poll succeeded: the credential is good, at least for listing. */
	polled(profile: string) {
		const lane = lanes.opened(profile);
		if (!lane) return;
		const parked = [...lane.open].filter(({state}) => state.step === 'parked');
		if (parked.length === 0 || lane.patience.left-- > 0) return;
		const {next} = lane.patience;
		lane.patience = {left: next, next: Math.min(maxPatience, next * 2)};
		for (const entry of parked) dispatch(entry, {type: 'renewed'});
	},
});

import type {Dispatch} from './entries.ts';
import {newPatience} from './entries.ts';
import type {Lanes} from './lanes.ts';

/** A credential that lists but does not cancel is tried again after 1, 2, 4 … good polls, so many at most. */
const maxPatience = 64;

/** When parked cancellations, whose credential was refused, are tried again. */
export const createParked = (lanes: Pick<Lanes, 'opened'>, dispatch: Dispatch) => ({
	/** There are new credentials for this profile. */
	renewed(profile: string) {
		const lane = lanes.opened(profile);
		if (!lane) return;
		lane.patience = newPatience();
		for (const entry of [...lane.open]) dispatch(entry, {type: 'renewed'});
	},
	/** A poll was answered: its credential is good, for listing at least. */
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

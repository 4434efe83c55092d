import type {JobStore} from '../store/store.ts';
import {endedBatches, openBatches} from '../view-models/cancellation/batch-ends.ts';

/**
Tells the end of each batch to somebody who looks elsewhere, in the way that the configuration wants: the bell, or a notification of the desktop (OSC 9, which terminals that do not know it pass over). Returns how to stop it.
*/
export const notifyOfEnds = (store: JobStore, write: (text: string) => void): (() => void) => {
	let {reports} = store.getState().known;
	let open = openBatches(store.getState().known);
	return store.subscribe(({known}) => {
		if (known.reports === reports) return;
		reports = known.reports;
		const ended = endedBatches(open, known);
		open = openBatches(known);
		if (known.settings.notify === 'off' || ended.length === 0) return;
		write(
			known.settings.notify === 'bell'
				? '\u0007'
				: ended.map(text => `\u001b]9;jobtop: ${text}\u0007`).join(''),
		);
	});
};

import type {JobStore} from '../store/store.ts';
import {endedBatches, openBatches} from '../view-models/cancellation/batch-ends.ts';

/**
Notifies a user who looks elsewhere of the end of each batch, as configured: the bell, or a desktop notification (OSC 9, which other terminals ignore). Returns a function that stops it.
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

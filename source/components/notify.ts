import type {JobStore} from '../store/store.ts';
import {createBatchNews} from '../view-models/cancellation/batch-ends.ts';

/**
Notifies a user who looks elsewhere when a batch has ended or needs the user, as configured: the bell, or a desktop notification (OSC 9, which other terminals ignore). Returns a function that stops it.
*/
export const notifyOfBatches = (store: JobStore, write: (text: string) => void): (() => void) => {
	const newsOf = createBatchNews(store.getState().known);
	return store.subscribe(({known}) => {
		const news = newsOf(known);
		if (known.settings.notify === 'off' || news.length === 0) return;
		write(
			known.settings.notify === 'bell'
				? '\u0007'
				: news.map(text => `\u001b]9;jobtop: ${text}\u0007`).join(''),
		);
	});
};

import {journalTrouble} from '../cancellation/journal/journal-trouble.ts';
import type {Clock} from '../process/clock.ts';
import type {Report} from './protocol.ts';

/** Milliseconds until the next check while journals cannot be written. */
const againMs = 5000;

export type JournalCheckOptions = {
	readonly stateDirectory: string;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly report: Report;
};

/** Creates the function that checks whether journals can be written, and reports a change. While they cannot, it checks again and again. */
export const createJournalCheck = ({stateDirectory, clock, signal, report}: JournalCheckOptions) => {
	let reported: string | undefined;
	let isWaiting = false;

	const check = (): void => {
		if (signal.aborted) return;
		const trouble = journalTrouble(stateDirectory);
		if (trouble !== reported) report([{type: 'journals', ...(trouble !== undefined && {trouble})}]);
		reported = trouble;
		if (trouble === undefined || isWaiting) return;
		isWaiting = true;
		const stop = clock.after(againMs, () => {
			signal.removeEventListener('abort', stop);
			isWaiting = false;
			check();
		});
		signal.addEventListener('abort', stop, {once: true});
	};
	return check;
};

import {journalTrouble} from '../cancellation/journal/journal-trouble.ts';
import type {Clock} from '../process/clock.ts';
import type {Report} from './protocol.ts';
import {dismissalTrouble} from './visibility/dismissals.ts';

/** Milliseconds until the next check while a file cannot be written. */
const againMs = 5000;

export type FileCheckOptions = {
	readonly stateDirectory: string;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly report: Report;
	/** No journal will be written. */
	readonly readOnly: boolean;
};

/** Creates the function that checks whether journals and hidden rows can be written, and reports a change. While they cannot, it checks again and again. */
export const createFileCheck = ({stateDirectory, clock, signal, report, readOnly}: FileCheckOptions) => {
	let reported = '{}';
	let isWaiting = false;

	const check = (): void => {
		if (signal.aborted) return;
		const journals = readOnly ? undefined : journalTrouble(stateDirectory);
		const dismissals = dismissalTrouble(stateDirectory);
		const troubles = {
			...(journals !== undefined && {journals}),
			...(dismissals !== undefined && {dismissals}),
		};
		const now = JSON.stringify(troubles);
		if (now !== reported) report([{type: 'file-troubles', troubles}]);
		reported = now;
		if (now === '{}' || isWaiting) return;
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

import {journalTrouble} from '../../cancellation/journal/journal-trouble.ts';
import {CommandError} from './command-error.ts';

/** Throws, with nothing sent, if no journal can be written: before a question that would be in vain. */
export const refuseWithoutJournal = (stateDirectory: string): void => {
	const trouble = journalTrouble(stateDirectory);
	if (trouble !== undefined) throw new CommandError(`nothing was sent: ${trouble}`, 5);
};

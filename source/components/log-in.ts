import type {JobStore} from '../store/store.ts';
import {withoutInterrupts} from './interrupts.ts';

/**
Has the engine run the program of a profile's credential on the terminal, which has to be free: it may ask its owner for a passphrase. Resolves once it has ended, whatever came of it; the steps of the profile say that.
*/
export const logInOnTerminal = (
	store: JobStore,
	profile: string,
	write: (text: string) => unknown,
): Promise<void> =>
	withoutInterrupts(
		() =>
			new Promise(resolve => {
				const before = store.getState().known.tried;
				const stop = store.subscribe(({known: {tried}}) => {
					if (tried === before || tried?.profile !== profile || !tried.done) return;
					stop();
					write('\n');
					resolve();
				});
				write(`jobtop: log in to ${profile}; Ctrl-C gives up\n`);
				store.send({type: 'log-in', profile, terminal: 'lent'});
			}),
	);

import type {Clock} from '../process/clock.ts';

/** How long to wait for a stop, in milliseconds, before assuming that it will not happen. */
const neverMs = 250;
/** How long a new size takes to be read after SIGCONT, in milliseconds. */
const resizeMs = 20;

/** Stops the program and its process group as Ctrl-Z in a shell would, and resolves once it continues. */
export const stopAndContinue = (clock: Clock): Promise<void> =>
	new Promise(resolve => {
		const finish = () => {
			process.off('SIGCONT', finish);
			takeBack();
			// The size may have changed meanwhile; a stopped process gets no signal.
			process.kill(process.pid, 'SIGWINCH');
			clock.after(resizeMs, resolve);
		};
		process.once('SIGCONT', finish);
		// A program without a shell that could continue it must never stop.
		const takeBack = clock.after(neverMs, finish);
		process.kill(0, 'SIGTSTP');
	});

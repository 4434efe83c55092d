import type {Clock} from '../process/clock.ts';

/** How long a stop takes to come, before it is clear that it will not, in milliseconds. */
const neverMs = 250;
/** How long a new size takes to be read after the continuation, in milliseconds. */
const resizeMs = 20;

/** Stops the program and its group as the shell's Ctrl-Z would, and resolves once it is continued. */
export const stopAndContinue = (clock: Clock): Promise<void> =>
	new Promise(resolve => {
		const finish = () => {
			process.off('SIGCONT', finish);
			takeBack();
			// The size may have changed meanwhile, and nobody told a stopped process.
			process.kill(process.pid, 'SIGWINCH');
			clock.after(resizeMs, resolve);
		};
		process.once('SIGCONT', finish);
		// A program without a shell that could continue it is never stopped.
		const takeBack = clock.after(neverMs, finish);
		process.kill(0, 'SIGTSTP');
	});

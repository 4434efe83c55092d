import {setImmediate} from 'node:timers/promises';

/**
Stops reading a terminal whose last listener is gone, so that each key reaches only the program that has the terminal now. Without this Node keeps one read pending, and takes the next line before that program does. The next listener starts the reading again.
*/
export const releaseInput = async (stdin: Pick<NodeJS.ReadStream, 'pause'>): Promise<void> => {
	// Node counts the listeners after this turn, and stops reading after a further one.
	await setImmediate();
	stdin.pause();
	await setImmediate();
};

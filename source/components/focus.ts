/*
Whether the terminal has the focus, as it tells itself: xterm's focus reporting (`CSI ? 1004 h`, XTerm Control Sequences, "FocusIn/FocusOut"). A terminal that does not know it passes over it, and tmux tells it only with `focus-events on`.
*/
import type {Attending} from '../engine/protocol.ts';

const on = '\u001b[?1004h';
const off = '\u001b[?1004l';

const reports: Readonly<Record<string, Attending>> = {'\u001b[I': 'focus', '\u001b[O': 'blur'};

/** What a sequence of the terminal says of its focus; undefined for any other. */
export const focusIn = (sequence: string): Attending | undefined =>
	Object.hasOwn(reports, sequence) ? reports[sequence] : undefined;

export type FocusReporting = ReturnType<typeof reportFocus>;

/** Has the terminal report its focus, until it is put back. A process that ends without that puts it back too. */
export const reportFocus = (stdout: Pick<NodeJS.WriteStream, 'write'>) => {
	let reporting = false;
	const start = () => {
		reporting = true;
		stdout.write(on);
	};
	const putBack = () => {
		if (!reporting) return;
		reporting = false;
		stdout.write(off);
	};
	const leave = () => {
		process.off('exit', putBack);
		putBack();
	};
	process.once('exit', putBack);
	start();
	return {
		/** Anew, where somebody else had the terminal. */
		start,
		/** The terminal is given to somebody else, who asked for no reports, for as long as that takes. */
		async without(use: () => Promise<void>): Promise<void> {
			putBack();
			try {
				await use();
			} finally {
				start();
			}
		},
		leave,
	};
};

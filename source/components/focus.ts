/*
The terminal reports whether it has the focus: xterm's focus reporting (`CSI ? 1004 h`, XTerm Control Sequences, "FocusIn/FocusOut"). A terminal that does not know it passes over it, and tmux reports it only with `focus-events on`. `input-stage.ts` reads the reports.
*/
const on = '\u001b[?1004h';
const off = '\u001b[?1004l';

export type FocusReporting = ReturnType<typeof reportFocus>;

/**
Has the terminal report its focus from `start` on, until it is restored; a process that exits before restores it too.

Many terminals report the current focus at once. So reports are requested only in raw mode: otherwise the answer would be echoed onto the screen.
*/
export const reportFocus = (stdout: Pick<NodeJS.WriteStream, 'write'>) => {
	let reporting = false;
	let left = false;
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
		left = true;
		process.off('exit', putBack);
		putBack();
	};
	process.once('exit', putBack);
	return {
		/** Also restarts the reports after another program had the terminal. */
		start,
		/** Stops the reports while another program, which did not request them, has the terminal. Rejects as `lend` does. */
		async without(lend: () => Promise<void>): Promise<void> {
			putBack();
			try {
				await lend();
			} finally {
				if (!left) start();
			}
		},
		leave,
	};
};

/*
The terminal reports whether it has the focus: xterm's focus reporting (`CSI ? 1004 h`, XTerm Control Sequences, "FocusIn/FocusOut"). A terminal that does not know it passes over it, and tmux reports it only with `focus-events on`. `input-stage.ts` reads the reports.
*/
const on = '\u001b[?1004h';
const off = '\u001b[?1004l';

export type FocusReporting = ReturnType<typeof reportFocus>;

/**
Has the terminal report its focus from `start` on, until it is put back; a process that ends without that puts it back too.

Many terminals report at once how it is. So they are asked only while keys are read as they come: otherwise the answer would be echoed, and stand on the screen.
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
		/** Anew too, where somebody else had the terminal. */
		start,
		/** For as long as the terminal is lent to somebody else, who asked for no reports. Rejects with what `lend` rejects with. */
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

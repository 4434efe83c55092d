/*
What the terminal reports by itself: whether it has the focus (`CSI ? 1004 h`), and the mouse (`CSI ? 1000 h`, with coordinates in decimal: `CSI ? 1006 h`), if the user wants that. `input-stage.ts` reads the reports.

A terminal that does not know a mode passes over it, and tmux reports the focus only with `focus-events on`.

Source: XTerm Control Sequences, "FocusIn/FocusOut" and "Mouse Tracking".
*/
const focusOn = '\u001b[?1004h';
const focusOff = '\u001b[?1004l';
const mouseOn = '\u001b[?1000h\u001b[?1006h';
const mouseOff = '\u001b[?1006l\u001b[?1000l';

export type TerminalReports = ReturnType<typeof createReports>;

/**
Has the terminal report its focus from `start` on, and the mouse where that is wanted, until it is restored; a process that exits before restores it too.

Many terminals report the current focus at once. So reports are requested only in raw mode: otherwise the answer would be echoed onto the screen.
*/
export const createReports = (stdout: Pick<NodeJS.WriteStream, 'write'>) => {
	let reporting = false;
	let wantsMouse = false;
	let left = false;
	const start = () => {
		reporting = true;
		stdout.write(wantsMouse ? focusOn + mouseOn : focusOn);
	};
	const putBack = () => {
		if (!reporting) return;
		reporting = false;
		stdout.write(wantsMouse ? focusOff + mouseOff : focusOff);
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
		/** Wants reports of the mouse, or no longer. */
		wantMouse(wants: boolean) {
			if (wants === wantsMouse) return;
			wantsMouse = wants;
			if (reporting) stdout.write(wants ? mouseOn : mouseOff);
		},
		/** Whether the terminal reports the mouse now. */
		hasMouse: () => reporting && wantsMouse,
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

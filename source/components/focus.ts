/*
Whether the terminal has the focus, as it tells itself: xterm's focus reporting (`CSI ? 1004 h`, XTerm Control Sequences, "FocusIn/FocusOut"). A terminal that does not know it passes over it, and tmux tells it only with `focus-events on`.
*/
import type {Attending} from '../engine/protocol.ts';

const on = '\u001b[?1004h';
const off = '\u001b[?1004l';

const reports = /\u001b\[([IO])/g;

/** What was said last of the focus in what a terminal sent; undefined where that is nothing. */
const focusIn = (input: string): Attending | undefined => {
	const last = [...input.matchAll(reports)].at(-1)?.[1];
	if (last === undefined) return undefined;
	return last === 'I' ? 'focus' : 'blur';
};

/** Tells of the focus as it is read by whoever reads the input. Ink reads it, drops what is no key, and tells nobody; a second reader would take keys from a pager. Returns how to stop it. */
export const hearFocus = (
	stdin: Pick<NodeJS.ReadStream, 'read'>,
	tell: (what: Attending) => void,
): (() => void) => {
	const {read} = stdin;
	stdin.read = size => {
		const input: unknown = read.call(stdin, size);
		const focus = input === null ? undefined : focusIn(String(input));
		if (focus !== undefined) tell(focus);
		return input;
	};
	return () => {
		stdin.read = read;
	};
};

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

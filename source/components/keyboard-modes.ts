/*
Modes of the keyboard and the mouse that a program left on when it died. jobtop wants none of them.

Sources: XTerm Control Sequences (application cursor keys and keypad, mouse, modifyOtherKeys), the kitty keyboard protocol (`CSI < n u` takes modes off the stack; more than there are empties it).
*/

const off = [
	'\u001b[?1l',
	'\u001b>',
	...[9, 1000, 1001, 1002, 1003, 1005, 1006, 1015].map(mode => `\u001b[?${mode}l`),
].join('');

const extended = '\u001b[>4;0m\u001b[<99u';

/** Terminals that print a part of a sequence that they do not know. */
const plainTerminals = /^(?:linux|vt\d|ansi|cygwin|cons\d|dumb)/;

/** What to write to a terminal before its keys are read. */
export const modesOff = ({TERM = ''}: Readonly<Record<string, string | undefined>>): string =>
	plainTerminals.test(TERM) ? off : off + extended;

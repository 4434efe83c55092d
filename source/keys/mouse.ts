/*
Reports of the mouse: the buttons and the wheel (mode 1000), with coordinates in decimal (mode 1006).

Source: XTerm Control Sequences, "Mouse Tracking" and "SGR".
*/

/** A click of the left button, or a step of the wheel, at a cell of the screen; both counts begin at 0. */
export type MouseReport = {
	readonly action: 'click' | 'wheel-up' | 'wheel-down';
	readonly column: number;
	readonly row: number;
};

/** By the code of the button. Other buttons, releases, and any button with Shift, Alt or Ctrl mean nothing. */
const actions: Readonly<Record<string, MouseReport['action']>> = {
	0: 'click',
	64: 'wheel-up',
	65: 'wheel-down',
};

/** Reads a complete control sequence without its beginning, `ESC [`. Undefined if it reports nothing that jobtop uses. */
export const readMouse = (body: string): MouseReport | undefined => {
	const [, button = '', column, row] = /^<(\d{1,3});(\d{1,4});(\d{1,4})M$/.exec(body) ?? [];
	const action = actions[button];
	if (action === undefined || Number(column) < 1 || Number(row) < 1) return undefined;
	return {action, column: Number(column) - 1, row: Number(row) - 1};
};

/** Private codes of the kitty keyboard protocol that no keyboard sends; `terminal-input.ts` drops them where a terminal does. */
const codes: Readonly<Record<MouseReport['action'], number>> = {
	click: 63741,
	'wheel-up': 63742,
	'wheel-down': 63743,
};

/** A report as a key that Ink passes on: it drops reports of the mouse. */
export const mouseKey = ({action, column, row}: MouseReport): string =>
	`\u001b[${codes[action]}:${column}:${row}u`;

/** The report of such a key, or undefined. */
export const mouseIn = (sequence: string): MouseReport | undefined => {
	const [, code, column, row] = /^\u001b\[(\d+):(\d+):(\d+)u$/.exec(sequence) ?? [];
	const action = (['click', 'wheel-up', 'wheel-down'] as const).find(each => String(codes[each]) === code);
	return action && {action, column: Number(column), row: Number(row)};
};

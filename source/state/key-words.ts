/*
Keys as they are written for people, and which key a command has, for the words of the screen.
*/
import type {ScreenSettings} from '../engine/protocol.ts';

const labels: Readonly<Record<string, string>> = {
	up: 'Up',
	down: 'Down',
	left: 'Left',
	right: 'Right',
	pageup: 'PgUp',
	pagedown: 'PgDn',
	home: 'Home',
	end: 'End',
	enter: 'Enter',
	escape: 'Esc',
	tab: 'Tab',
	'shift+tab': 'Shift-Tab',
	backspace: 'Backspace',
	space: 'Space',
};

/** How a key is written for people. */
export const keyLabel = (key: string): string =>
	labels[key] ?? (/^f\d+$/.test(key) ? key.toUpperCase() : key.replace('ctrl+', 'Ctrl-'));

/** The key of a command as it is written: `usual`, unless the configuration gives it another. */
export const keyWord = (
	{known: {settings}}: {readonly known: {readonly settings: ScreenSettings}},
	id: string,
	usual: string,
): string => {
	const [key] = settings.keys?.[id] ?? [];
	return key === undefined ? usual : keyLabel(key);
};

/*
Keys as they are written for people, and which key a command has, for the words of the screen.
*/
import type {ScreenSettings} from '../engine/protocol.ts';
import {bindingOf, type CommandId} from './bindings.ts';

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

/** The key of a command as it is written for people, also where the configuration gives it another one. */
export const keyWord = (
	{known: {settings}}: {readonly known: {readonly settings: Pick<ScreenSettings, 'keys'>}},
	id: CommandId,
): string => {
	const [key] = settings.keys?.[id] ?? bindingOf(id).keys;
	return keyLabel(key ?? '');
};

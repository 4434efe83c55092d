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

/** Where the keys of the configuration are. */
export type KeySource = {readonly known: {readonly settings: Pick<ScreenSettings, 'keys'>}};

/** The keys of a command as they are written for people, also where the configuration gives it other ones. */
export const keyWords = ({known: {settings}}: KeySource, id: CommandId): readonly string[] =>
	(settings.keys?.[id] ?? bindingOf(id).keys).map(keyLabel);

/** The first key of a command, which is the one that is shown. */
export const keyWord = (source: KeySource, id: CommandId): string => keyWords(source, id)[0] ?? '';

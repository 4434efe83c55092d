/*
The labels of keys, and the keys of commands, for texts on the screen.
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

/** The label of a key. */
export const keyLabel = (key: string): string =>
	labels[key] ?? (/^f\d+$/.test(key) ? key.toUpperCase() : key.replace('ctrl+', 'Ctrl-'));

/** The part of the state with the configured keys. */
export type KeySource = {readonly known: {readonly settings: Pick<ScreenSettings, 'keys'>}};

/** The labels of a command's keys, configured or default. */
export const keyWords = ({known: {settings}}: KeySource, id: CommandId): readonly string[] =>
	(settings.keys?.[id] ?? bindingOf(id).keys).map(keyLabel);

/** The label of a command's first key, which the screen shows. */
export const keyWord = (source: KeySource, id: CommandId): string => keyWords(source, id)[0] ?? '';

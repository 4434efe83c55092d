/*
Text input: the field that gets letters that are not keys.
*/

import type {Screen} from '../../state/screen.ts';
import {changeBox, filterBy, openOverlay, type Transition} from '../../state/transitions.ts';
import type {JobStore} from '../../store/store.ts';

type Field = {
	readonly text: string;
	readonly with: (text: string) => Transition;
	/** A paste may go there, because its text answers no question. */
	readonly takesPaste: boolean;
};

/** The field being typed in; undefined if letters are keys. */
export const fieldOf = ({overlay, filter}: Screen): Field | undefined => {
	switch (overlay?.kind) {
		case 'filter':
			return {
				text: filter,
				with: text => screen => openOverlay({kind: 'filter', before: overlay.before})(filterBy(text)(screen)),
				takesPaste: true,
			};
		case 'mark':
			return {text: overlay.text, with: text => openOverlay({kind: 'mark', text}), takesPaste: true};
		case 'command': {
			const {completed: _completed, recalled: _recalled, ...rest} = overlay;
			return {text: overlay.text, with: text => openOverlay({...rest, text}), takesPaste: true};
		}
		case 'help':
			return overlay.typing
				? {
						text: overlay.find ?? '',
						with: find => openOverlay({...overlay, find, scroll: 0}),
						takesPaste: true,
					}
				: undefined;
		case 'delete-box':
			return {text: overlay.typed, with: typed => openOverlay({...overlay, typed}), takesPaste: false};
		case 'box': {
			if (overlay.view === 'reason')
				return {text: overlay.reason, with: reason => changeBox({reason}), takesPaste: true};
			if (overlay.view !== 'answer' || overlay.asks.kind === 'plain') return undefined;
			const digits = overlay.asks.kind === 'number';
			return {
				text: overlay.typed,
				with: typed => changeBox({typed: digits ? typed.replace(/\D/g, '') : typed}),
				takesPaste: false,
			};
		}
		default:
			return undefined;
	}
};

/** The space between a text and the next word of a query; none where the text is still open: after an operator, a comma, a `|` or a minus, and in quotes. */
export const gapAfter = (text: string): string =>
	/(?:^|[\s:~<>,|-])$/.test(text) || (text.match(/"/g) ?? []).length % 2 === 1 ? '' : ' ';

type Store = Pick<JobStore, 'change' | 'getState'>;

/** Maximum length of an input, in characters. */
const maxLetters = 500;

/** Appends letters to the input. Returns false if there is no input. */
export const typeText = (store: Store, letters: string, how: 'typed' | 'pasted' = 'typed'): boolean => {
	const {screen} = store.getState();
	const field = fieldOf(screen);
	if (!field || (how === 'pasted' && !field.takesPaste)) return false;
	// The next word accepts the shown completion; a comma or `|` adds another value to it.
	const {overlay} = screen;
	const isQuery = overlay?.kind === 'filter' || overlay?.kind === 'mark';
	const accepts = isQuery && overlay.offered !== undefined;
	// The only completion has the space before the next word already.
	const text = isQuery && /^[,|]/.test(letters) ? field.text.replace(/(?<=\S) $/, '') : field.text;
	const gap = accepts && /^[^\s,|]/.test(letters) ? gapAfter(text) : '';
	store.change(field.with((text + gap + letters).slice(0, maxLetters)));
	return true;
};

/** Changes the input. */
export const editText = (store: Store, edit: (text: string) => string): void => {
	const field = fieldOf(store.getState().screen);
	if (field) store.change(field.with(edit(field.text)));
};

/*
The part of a list in view: the chosen entry is always in it, and a line counts the entries above and below.
*/

import type {CommandId} from '../../keys/bindings.ts';
import {type KeySource, keyWords} from '../../keys/words.ts';
import {span, withEntry} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';

/** The commands that move in the list. */
type ListKeys = {readonly down: CommandId; readonly up: CommandId};

type ListWindow = {
	/** The index of the first entry in view. */
	readonly top: number;
	/** The number of entries in view. */
	readonly shown: number;
	/** Entries above and below the view. */
	readonly above: number;
	readonly below: number;
};

/** The entries in view in `room` lines, one of which counts the others, if there are others and room for two. */
const listWindow = (length: number, index: number, room: number): ListWindow => {
	const shown = length <= room ? length : Math.max(1, room - 1);
	const top = Math.max(0, Math.min(index - Math.floor(shown / 2), length - shown));
	return {top, shown, above: top, below: length - top - shown};
};

/** The arrow, if it is one of the keys: everybody knows it. */
const arrowOr = (source: KeySource, id: CommandId): string => {
	const words = keyWords(source, id);
	return words.find(word => word === 'Down' || word === 'Up') ?? words[0] ?? '';
};

/** The entries in view, in at most `room` lines. */
export const listLines = (
	entries: readonly Line[],
	{index, room}: {readonly index: number; readonly room: number},
	{down, up}: ListKeys,
	source: KeySource,
): readonly Line[] => {
	const {top, shown, above, below} = listWindow(entries.length, index, room);
	const visible = entries.slice(top, top + shown).map((line, place) => withEntry(line, top + place));
	if (above + below === 0 || room < 2) return visible;
	const words = [
		above > 0 ? `${above} above: ${arrowOr(source, up)}` : '',
		below > 0 ? `${below} more: ${arrowOr(source, down)}` : '',
	];
	return [...visible, [span(words.filter(Boolean).join('   '), 'dim')]];
};

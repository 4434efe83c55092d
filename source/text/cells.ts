import stringWidth from 'string-width';
import {isNarrow} from './narrow.ts';
import {type Pen, penAfter, plain} from './pen.ts';
import {graphemes} from './width.ts';

/** A line of a terminal, cell by cell. */
export type Cells = {
	/** The character of each cell; empty in the second cell of a wide one. */
	readonly characters: readonly string[];
	readonly pens: readonly Pen[];
};

const control = /\p{Control}/gu;
const sequence = /\u001b\[([\d;]*)m/g;

/** Whether the terminal takes as many cells for the cluster as its width says. */
const isSure = (grapheme: string, width: number): boolean => {
	if (width < 1 || width > 2) return false;
	const widths = Array.from(grapheme, character => stringWidth(character));
	return (widths[0] ?? 0) > 0 && widths.reduce((sum, each) => sum + each, 0) === width;
};

/**
The line in exactly `width` cells: cut at its end, or filled with blanks. The line may hold SGR sequences and no others. Only what is visible counts: a blank has no colour of its letter. `?` stands for a character whose width is not sure.
*/
export const cellsOf = (line: string, width: number): Cells => {
	const characters: string[] = [];
	const pens: Pen[] = [];
	let pen = plain;
	const put = (character: string) => {
		characters.push(character);
		pens.push(character === ' ' && pen.blank ? plain : pen);
	};
	const putText = (text: string) => {
		if (isNarrow(text)) {
			for (const character of text) put(character);
			return;
		}
		for (const grapheme of graphemes(text.replace(control, '?'))) {
			const wide = stringWidth(grapheme);
			if (!isSure(grapheme, wide)) for (let cell = 0; cell < wide; cell++) put('?');
			else if (wide === 1) put(grapheme);
			else if (characters.length + 2 <= width) {
				put(grapheme);
				put('');
			} else put(' ');
		}
	};
	let from = 0;
	for (const match of line.matchAll(sequence)) {
		putText(line.slice(from, match.index));
		pen = penAfter(pen, match[1] ?? '');
		from = match.index + match[0].length;
	}
	putText(line.slice(from));
	characters.length = Math.min(characters.length, width);
	pens.length = characters.length;
	pen = plain;
	while (characters.length < width) put(' ');
	return {characters, pens};
};

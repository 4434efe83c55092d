/*
Text that is exactly as wide as it says. Everything on the screen is measured and cut here.
*/
import stringWidth from 'string-width';
import {isNarrow} from './narrow.ts';

const isAscii = /^[ -~]*$/;
let segmenter: Intl.Segmenter | undefined;

const graphemes = (text: string): string[] => {
	// Made on first use: its data costs some 30 ms, and most programs never show a name that needs it.
	segmenter ??= new Intl.Segmenter();
	return Array.from(segmenter.segment(text), ({segment}) => segment);
};

/** Cells that the text takes. */
export const widthOf = (text: string): number => (isNarrow(text) ? text.length : stringWidth(text));

/**
The text without characters about whose width terminals disagree: where a cluster is not as wide as its parts, is wider than two cells, begins with a character that takes none, or would join what stands beside the text, `?` stands for it. In ASCII, `?` stands for every cell that another character would take.
*/
export const sureText = (text: string, ascii = false): string => {
	if (ascii ? isAscii.test(text) : isNarrow(text)) return text;
	let sure = '';
	const all = graphemes(text);
	for (const [index, grapheme] of all.entries()) {
		if (isAscii.test(grapheme)) sure += grapheme;
		else {
			const width = stringWidth(grapheme);
			const parts = [...grapheme].map(character => stringWidth(character));
			const together = parts.reduce((sum, part) => sum + part, 0);
			const atEdge = index === 0 || index === all.length - 1;
			const begins = (parts[0] ?? 0) > 0;
			const isSure =
				width > 0 && width <= 2 && together === width && begins && (!atEdge || standsAlone(grapheme));
			if (ascii) sure += '?'.repeat(width);
			else sure += isSure ? grapheme : '?'.repeat(Math.min(width, 1));
		}
	}
	return sure;
};

/** Whether it stays what it is between two others: a mark alone joins what stands before it. Inside a text it would have done so already. */
const standsAlone = (grapheme: string): boolean => graphemes(`a${grapheme}a`).length === 3;

/** The longest beginning that is not wider than `width`. */
const head = (text: string, width: number): string => {
	if (isNarrow(text)) return text.slice(0, Math.max(0, width));
	let kept = '';
	let used = 0;
	for (const grapheme of graphemes(text)) {
		used += stringWidth(grapheme);
		if (used > width) break;
		kept += grapheme;
	}
	return kept;
};

/** The longest end that is not wider than `width`. */
const tail = (text: string, width: number): string => {
	if (isNarrow(text)) return width <= 0 ? '' : text.slice(-width);
	let kept = '';
	let used = 0;
	for (const grapheme of graphemes(text).reverse()) {
		used += stringWidth(grapheme);
		if (used > width) break;
		kept = grapheme + kept;
	}
	return kept;
};

/** Names are cut at the end. */
export const cutEnd = (text: string, width: number, ellipsis: string): string =>
	widthOf(text) <= width ? text : width < 1 ? '' : head(text, width - 1) + ellipsis;

/** What is being typed is cut at its beginning. */
export const cutStart = (text: string, width: number, ellipsis: string): string =>
	widthOf(text) <= width ? text : width < 1 ? '' : ellipsis + tail(text, width - 1);

/** Ids are cut in the middle: both ends identify. */
export const cutMiddle = (text: string, width: number, ellipsis: string): string => {
	if (widthOf(text) <= width) return text;
	if (width < 3) return cutEnd(text, width, ellipsis);
	const front = head(text, Math.ceil((width - 1) / 2));
	return front + ellipsis + tail(text, width - 1 - widthOf(front));
};

export const padEnd = (text: string, width: number): string =>
	text + ' '.repeat(Math.max(0, width - widthOf(text)));

export const padStart = (text: string, width: number): string =>
	' '.repeat(Math.max(0, width - widthOf(text))) + text;

/** The text in lines of at most `width`, broken at spaces where there are some. Never empty. */
export const wrap = (text: string, width: number): readonly string[] => {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ')) {
		const longer = line === '' ? word : `${line} ${word}`;
		if (widthOf(longer) <= width) {
			line = longer;
			continue;
		}
		if (line !== '') lines.push(line);
		line = word;
		while (widthOf(line) > width) {
			const front = head(line, width) || line.slice(0, 1);
			lines.push(front);
			line = line.slice(front.length);
		}
	}
	lines.push(line);
	return lines;
};

/** The text in pieces of exactly `width` and a rest: for text whose spaces mean something. Never empty. */
export const hardWrap = (text: string, width: number): readonly string[] => {
	const lines: string[] = [];
	if (isNarrow(text)) {
		for (let from = 0; from < text.length; from += width) lines.push(text.slice(from, from + width));
		return lines.length > 0 ? lines : [''];
	}
	let line = '';
	let used = 0;
	for (const grapheme of graphemes(text)) {
		const wide = stringWidth(grapheme);
		if (used + wide > width && line !== '') {
			lines.push(line);
			line = '';
			used = 0;
		}
		line += grapheme;
		used += wide;
	}
	return [...lines, line];
};

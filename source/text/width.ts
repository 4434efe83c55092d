/*
Measures and cuts all text on the screen.
*/
import stringWidth from 'string-width';
import {isNarrow} from './narrow.ts';

const isAscii = /^[ -~]*$/;
let segmenter: Intl.Segmenter | undefined;

/** The text as characters that a reader sees as one. */
export const graphemes = (text: string): string[] => {
	// Created on first use: it costs some 30 ms, and most runs never need it.
	segmenter ??= new Intl.Segmenter();
	return Array.from(segmenter.segment(text), ({segment}) => segment);
};

/** The width of the text in cells. */
export const widthOf = (text: string): number => (isNarrow(text) ? text.length : stringWidth(text));

/**
Replaces characters of ambiguous width by `?`: clusters that are not as wide as their parts, are wider than two cells, begin with a character of no width, or would combine with text beside them. In ASCII, replaces every cell of other characters by `?`.
*/
export const safeText = (text: string, ascii = false): string => {
	if (ascii ? isAscii.test(text) : isNarrow(text)) return text;
	let safe = '';
	const all = graphemes(text);
	for (const [index, grapheme] of all.entries()) {
		if (isAscii.test(grapheme)) safe += grapheme;
		else {
			const width = stringWidth(grapheme);
			const parts = [...grapheme].map(character => stringWidth(character));
			const together = parts.reduce((sum, part) => sum + part, 0);
			const atEdge = index === 0 || index === all.length - 1;
			const begins = (parts[0] ?? 0) > 0;
			const isSafe =
				width > 0 && width <= 2 && together === width && begins && (!atEdge || standsAlone(grapheme));
			if (ascii) safe += '?'.repeat(width);
			else safe += isSafe ? grapheme : '?'.repeat(Math.min(width, 1));
		}
	}
	return safe;
};

/** Whether the cluster stays separate between two letters. A combining mark alone would join the character before it. */
const standsAlone = (grapheme: string): boolean => graphemes(`a${grapheme}a`).length === 3;

/** The longest prefix that is not wider than `width`. */
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

/** The longest suffix that is not wider than `width`. */
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

/** Cuts the end, for names. */
export const cutEnd = (text: string, width: number, ellipsis: string): string =>
	widthOf(text) <= width ? text : width < 1 ? '' : head(text, width - 1) + ellipsis;

/** Cuts the beginning, for text that is being typed. */
export const cutStart = (text: string, width: number, ellipsis: string): string =>
	widthOf(text) <= width ? text : width < 1 ? '' : ellipsis + tail(text, width - 1);

/** Cuts the middle, for ids: both ends identify. */
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

/** Wraps the text into lines of at most `width`, at spaces if possible. Never empty. */
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
		const pieces = hardWrap(word, Math.max(1, width));
		line = pieces.at(-1) ?? '';
		lines.push(...pieces.slice(0, -1));
	}
	lines.push(line);
	return lines;
};

/** Splits the text into pieces of exactly `width` and a rest, for text with significant spaces. Never empty. */
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

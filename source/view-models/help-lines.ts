import type {Glyphs, Line} from '../theme.ts';
import {fitLine, span} from './line.ts';
import {padEnd, wrap} from './text.ts';
import {clampScroll} from './window.ts';

export type Section = {
	readonly title: string;
	readonly entries: readonly {readonly keys: string; readonly help: string}[];
};

const keysWidth = 18;

/** The whole help, for a screen of this width. */
export const helpContent = (sections: readonly Section[], width: number): readonly Line[] =>
	sections.flatMap(({title, entries}): readonly Line[] => [
		[span(` ${title}`, 'strong')],
		...entries.flatMap(({keys, help}) =>
			wrap(help, Math.max(10, width - keysWidth - 4)).map(
				(text, index): Line => [span(`   ${padEnd(index === 0 ? keys : '', keysWidth)}`), span(text)],
			),
		),
		[],
	]);

/** The help, `height` lines of it. */
export const helpLines = (
	sections: readonly Section[],
	scroll: number,
	width: number,
	height: number,
	glyphs: Glyphs,
): readonly Line[] => {
	const all = helpContent(sections, width);
	const top = clampScroll(scroll, all.length, height);
	return Array.from({length: height}, (_, index) => fitLine(all[top + index] ?? [], width, glyphs));
};

import type {Glyphs, Line} from '../theme.ts';
import {fitLine, span} from './line.ts';
import {padEnd} from './text.ts';
import {clampScroll} from './window.ts';

export type Section = {
	readonly title: string;
	readonly entries: readonly {readonly keys: string; readonly help: string}[];
};

/** The help, `height` lines of it. */
export const helpLines = (
	sections: readonly Section[],
	scroll: number,
	width: number,
	height: number,
	glyphs: Glyphs,
): readonly Line[] => {
	const keysWidth = 18;
	const all = sections.flatMap(({title, entries}): readonly Line[] => [
		[span(` ${title}`, 'strong')],
		...entries.map(({keys, help}): Line => [span(`   ${padEnd(keys, keysWidth)}`), span(help)]),
		[],
	]);
	const top = clampScroll(scroll, all.length, height);
	return Array.from({length: height}, (_, index) => fitLine(all[top + index] ?? [], width, glyphs));
};

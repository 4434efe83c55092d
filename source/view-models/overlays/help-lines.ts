import {clampScroll} from '../../table/window.ts';
import type {Canvas} from '../../text/canvas.ts';
import {fitLine, rule, ruleRoom, span, typedText, withCursor} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {padEnd, wrap} from '../../text/width.ts';

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

export type HelpLook = {readonly scroll: number; readonly find: string; readonly typing: boolean};

/** The lines of the help beside the last one, which shows the position and the search. */
export const helpRoom = (height: number): number => Math.max(1, height - 1);

/** The help, `height` lines. */
export const helpLines = (
	sections: readonly Section[],
	{scroll, find, typing}: HelpLook,
	{width, height, glyphs}: Canvas,
): readonly Line[] => {
	const all = helpContent(sections, width);
	const looking = typing || find !== '';
	const room = helpRoom(height);
	const top = clampScroll(scroll, all.length, room);
	const lines = Array.from({length: room}, (_, index) => {
		const line = fitLine(all[top + index] ?? [], width, glyphs);
		return index === 0 ? withCursor(line) : line;
	});
	const position = `${top + 1}-${Math.min(all.length, top + room)} of ${all.length}`;
	if (!looking) return [...lines, rule(width, glyphs, '', position)];
	const found = sections.reduce((sum, {entries}) => sum + entries.length, 0);
	const label = 'find: ';
	const field = typing ? typedText(find, ruleRoom(width) - label.length, glyphs) : [span(find)];
	return [...lines, rule(width, glyphs, [span(label), ...field], `${found} found`)];
};

import type {CommandLine} from '../../state/screen.ts';
import type {Canvas} from '../../text/canvas.ts';
import {span} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {cutEnd, cutStart, padEnd, widthOf} from '../../text/width.ts';
import {framed} from './frame.ts';

/** A way to go on with what is typed. */
export type Completion = {readonly text: string; readonly help: string};

/** The widest text of a completion that its help stands beside. */
const widest = 24;

/** The command that is being typed, and below it how it could go on. */
export const commandLineLines = (
	{text, completed}: CommandLine,
	completions: readonly Completion[],
	canvas: Canvas,
): readonly Line[] => {
	const {width, height, glyphs} = canvas;
	const inner = width - 4;
	const room = Math.max(0, height - 3);
	const chosen = completed?.index ?? -1;
	const top = Math.max(0, Math.min(chosen - Math.floor(room / 2), completions.length - room));
	const column = Math.min(widest, Math.max(0, ...completions.map(({text}) => widthOf(text))));
	const list = completions.slice(top, top + room).map((completion, index): Line => {
		const here = top + index === chosen;
		const name = padEnd(cutEnd(completion.text, widest, glyphs.ellipsis), column);
		return [
			span(`${here ? '>' : ' '} ${name}`, here ? 'strong' : 'plain'),
			span(`  ${completion.help}`, 'dim'),
		];
	});
	// What is typed last is what has to be seen.
	const typed = cutStart(`:${text}_`, inner, glyphs.ellipsis);
	return framed('command', [[span(typed, 'strong')], ...list], canvas);
};

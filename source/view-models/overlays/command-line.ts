import type {CommandLine} from '../../state/screen.ts';
import type {Canvas} from '../../text/canvas.ts';
import {span, typedText} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {cutEnd, padEnd, widthOf} from '../../text/width.ts';
import {framed} from './frame.ts';

/** A completion of the typed text. */
export type Completion = {readonly text: string; readonly help: string};

/** The widest completion that still has its help beside it. */
const widest = 24;

/** The command line, with completions below it. */
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
	return framed('command', [typedText(`:${text}`, inner, glyphs, 'strong'), ...list], canvas);
};

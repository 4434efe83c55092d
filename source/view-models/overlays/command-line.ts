import type {KeySource} from '../../keys/words.ts';
import type {CommandLine} from '../../state/screen.ts';
import type {Canvas} from '../../text/canvas.ts';
import {span, typedText} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {cutEnd, padEnd, widthOf} from '../../text/width.ts';
import {framed} from './frame.ts';
import {listLines} from './list-window.ts';

/** A completion of the typed text. */
export type Completion = {readonly text: string; readonly help: string};

/** The widest completion that still has its help beside it. */
const widest = 24;

/** The command line, with completions below it. */
export const commandLineLines = (
	state: KeySource,
	{text, completed}: CommandLine,
	completions: readonly Completion[],
	canvas: Canvas,
): readonly Line[] => {
	const {width, height, glyphs} = canvas;
	const inner = width - 4;
	const room = Math.max(0, height - 3);
	const chosen = completed?.index ?? -1;
	const column = Math.min(widest, Math.max(0, ...completions.map(({text}) => widthOf(text))));
	const all = completions.map((completion, index): Line => {
		const here = index === chosen;
		const name = padEnd(cutEnd(completion.text, widest, glyphs.ellipsis), column);
		return [
			span(`${here ? '>' : ' '} ${name}`, here ? 'strong' : 'plain'),
			span(`  ${completion.help}`, 'dim'),
		];
	});
	const keys = {down: 'complete-name', up: 'complete-name-back'} as const;
	const list = room === 0 ? [] : listLines(all, {index: chosen, room}, keys, state);
	return framed('command', [typedText(`:${text}`, inner, glyphs, 'strong'), ...list], canvas);
};

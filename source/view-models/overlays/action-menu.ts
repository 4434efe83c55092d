import type {Ref} from '../../job/ref.ts';
import {keyWord} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import type {Canvas} from '../../text/canvas.ts';
import {span, withCursor} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {padEnd, widthOf} from '../../text/width.ts';
import {framed} from './frame.ts';
import {listLines} from './list-window.ts';

/** An action on the job, or why it is not available. */
type Item = {readonly key: string; readonly label: string; readonly why?: string};

/** The menu of all actions on one job. */
export const actionMenuLines = (
	state: State,
	{ref, index}: {readonly ref: Ref; readonly index: number},
	items: readonly Item[],
	canvas: Canvas,
): readonly Line[] => {
	const {height} = canvas;
	const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(widthOf));
	const keys = widest(items.map(({key}) => key));
	const labels = widest(items.map(({label}) => label));
	const all = items.map(({key, label, why}, place): Line => {
		const chosen = place === index;
		const tone = why === undefined ? (chosen ? 'strong' : 'plain') : 'dim';
		const words = `${chosen ? '>' : ' '} ${padEnd(key, keys)}  ${why === undefined ? label : padEnd(label, labels)}`;
		const line = [span(words, tone), ...(why === undefined ? [] : [span(`  ${why}`, 'dim')])];
		return chosen ? withCursor(line) : line;
	});
	const room = Math.max(1, height - 3);
	const moves = {down: 'actions-down', up: 'actions-up'} as const;
	const name = state.known.jobs.byRef.get(ref)?.name;
	const hint = `${keyWord(state, 'act')} or its key runs it, ${keyWord(state, 'close-actions')} closes`;
	return framed(
		`${ref}${name === undefined ? '' : `  ${name}`}`,
		[...listLines(all, {index, room}, moves, state), [span(hint, 'dim')]],
		canvas,
	);
};

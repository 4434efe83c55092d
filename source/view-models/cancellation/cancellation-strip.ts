import type {CancellationReport} from '../../engine/protocol.ts';
import {keyWord} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {needsUser, needsWords} from '../../table/cancellation-words.ts';
import {newMatchesWords} from '../../table/new-matches.ts';
import type {Canvas} from '../../text/canvas.ts';
import {rule, ruleRoom} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {widthOf} from '../../text/width.ts';
import {stagedWords} from '../frame/footer.ts';
import {progressLine} from './batch-progress.ts';

/** The current cancellations: those of the last batch, and of every unfinished batch. */
const current = ({cancellations}: State): readonly CancellationReport[] => {
	const open = new Set(cancellations.filter(({step}) => step !== 'settled').map(({batch}) => batch));
	open.add(cancellations.reduce((latest, {batch}) => Math.max(latest, batch), 0));
	return cancellations.filter(({batch}) => open.has(batch));
};

/** The title, with the jobs that match since a batch of all that matched. They matter more than the key, which the footer names too. */
const titleThatFits = (state: State, width: number, dot: string): string => {
	const title = 'cancellations';
	const opens = `${title} (${keyWord(state, 'cancellations')} opens)`;
	const since = newMatchesWords(state);
	if (since === '') return opens;
	const titles = [`${opens} ${dot} ${since}`, `${title} ${dot} ${since}`];
	return titles.find(each => widthOf(each) <= width) ?? since;
};

/** The two lines under the table while there are cancellations, so that users notice them without opening another screen. */
export const stripLines = (state: State, canvas: Canvas): readonly Line[] => {
	const {width, glyphs} = canvas;
	const reports = current(state);
	const needing = reports.filter(needsUser).length;
	const needsYou = needing > 0 ? needsWords(needing) : '';
	const staged = reports.some(({step}) => step === 'staged') ? stagedWords(state) : '';
	const label = staged || needsYou;
	const title = titleThatFits(state, ruleRoom(width) - (label ? widthOf(label) + 3 : 0), glyphs.dot);
	return [rule(width, glyphs, title, label), progressLine(reports, canvas)];
};

import type {CancellationReport} from '../../engine/protocol.ts';
import {keyWord} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {type CancellationWords, cancellationWords, needsUser} from '../../table/cancellation-words.ts';
import {jobsOfReports} from '../../table/job-count.ts';
import type {Canvas} from '../../text/canvas.ts';
import {fitLine, rule, span, widthOfLine} from '../../text/line.ts';
import type {Glyphs, Line, Span} from '../../text/theme.ts';
import {widthOf} from '../../text/width.ts';
import {stagedWords} from '../frame/footer.ts';

/** The current cancellations: those of the last batch, and of every unfinished batch. */
const current = ({cancellations}: State): readonly CancellationReport[] => {
	const open = new Set(cancellations.filter(({step}) => step !== 'settled').map(({batch}) => batch));
	open.add(cancellations.reduce((latest, {batch}) => Math.max(latest, batch), 0));
	return cancellations.filter(({batch}) => open.has(batch));
};

/** The progress bar `[####....]`. */
export const bar = (done: number, all: number, width: number, glyphs: Glyphs): string => {
	const full = all === 0 ? 0 : Math.floor((width * done) / all);
	return `[${glyphs.barFull.repeat(full)}${glyphs.barEmpty.repeat(width - full)}]`;
};

/** The count of each kind, in order of appearance. */
export const kindSpans = (reports: readonly CancellationReport[]): readonly Span[] => {
	const kinds = new Map<string, {number: number; words: CancellationWords}>();
	for (const report of reports) {
		// The kind does not depend on the time.
		const words = cancellationWords(report, 0);
		const kind = kinds.get(words.kind);
		const {jobs = 1} = report;
		if (kind) kind.number += jobs;
		else kinds.set(words.kind, {number: jobs, words});
	}
	return [...kinds].map(([kind, {number, words}]) => span(`  ${number} ${kind}`, words.tone));
};

/** The two lines under the table while there are cancellations, so that users notice them without opening another screen. */
export const stripLines = (state: State, canvas: Canvas): readonly Line[] => {
	const {width, glyphs} = canvas;
	const reports = current(state);
	const all = jobsOfReports(reports);
	const done = jobsOfReports(reports.filter(({step}) => step === 'settled'));
	const counts: readonly Span[] = [
		span(`${done} of ${all} finished `, done === all ? 'dim' : 'strong'),
		...kindSpans(reports),
	];
	const drawn = ` ${bar(done, all, width < 100 ? 10 : 20, glyphs)} `;
	// Counts say more than the bar.
	const line = [span(widthOf(drawn) + widthOfLine(counts) <= width ? drawn : ' '), ...counts];
	const needing = reports.filter(needsUser).length;
	const needsYou = needing > 0 ? `${needing} ${needing === 1 ? 'needs' : 'need'} you` : '';
	const staged = reports.some(({step}) => step === 'staged') ? stagedWords(state) : '';
	const title = `cancellations (${keyWord(state, 'cancellations')} opens)`;
	return [rule(width, glyphs, title, staged || needsYou), fitLine(line, width, glyphs)];
};

/*
The progress of a batch: how many of its cancellations have finished, and the count of each kind. No count is cut: they continue in further lines.
*/
import type {CancellationReport} from '../../engine/protocol.ts';
import {type CancellationWords, cancellationWords} from '../../table/cancellation-words.ts';
import {jobsOfReports} from '../../table/job-count.ts';
import type {Canvas} from '../../text/canvas.ts';
import {duration} from '../../text/format.ts';
import {fitLine, span, widthOfLine} from '../../text/line.ts';
import type {Glyphs, Line, Span} from '../../text/theme.ts';
import {widthOf} from '../../text/width.ts';

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

const barWidth = (width: number): number => (width < 100 ? 10 : 30);

/** Cells for the elapsed time: the number of lines must not depend on it. */
const timeWidth = 8;

const finishedWords = (reports: readonly CancellationReport[]) => {
	const all = jobsOfReports(reports);
	const done = jobsOfReports(reports.filter(({step}) => step === 'settled'));
	return {all, done, words: `${done} of ${all} finished`};
};

/** The counts in rows. The first row stands beside the bar, and is empty if not all counts fit there. */
const countRows = (reports: readonly CancellationReport[], width: number): readonly Line[] => {
	const counts = kindSpans(reports);
	const beside = width - barWidth(width) - 4 - finishedWords(reports).words.length - timeWidth;
	if (widthOfLine(counts) <= beside) return [counts];
	const rows: Span[][] = [[]];
	for (const count of counts) {
		const row = rows.at(-1) ?? [];
		if (rows.length > 1 && widthOfLine([...row, count]) <= width) row.push(count);
		else rows.push([count]);
	}
	return rows;
};

/** The progress in one line, cut at its end. The bar gives way to the counts. */
export const progressLine = (reports: readonly CancellationReport[], {width, glyphs}: Canvas): Line => {
	const {all, done, words} = finishedWords(reports);
	const counts: Line = [span(`${words} `, done === all ? 'dim' : 'strong'), ...kindSpans(reports)];
	const drawn = ` ${bar(done, all, width < 100 ? 10 : 20, glyphs)} `;
	const fits = widthOf(drawn) + widthOfLine(counts) <= width;
	return fitLine([span(fits ? drawn : ' '), ...counts], width, glyphs);
};

/** The number of lines of the progress. */
export const countProgressLines = (reports: readonly CancellationReport[], width: number): number =>
	countRows(reports, width).length;

/** The lines of the progress; `elapsedMs` since the batch was asked for. */
export const progressLines = (
	reports: readonly CancellationReport[],
	elapsedMs: number,
	{width, glyphs}: Canvas,
): readonly Line[] => {
	const {all, done, words} = finishedWords(reports);
	const [beside = [], ...below] = countRows(reports, width);
	const first: Line = [
		span(` ${bar(done, all, barWidth(width), glyphs)} `),
		span(words, done < all ? 'strong' : 'dim'),
		span(`  ${duration(elapsedMs)}`),
		...beside,
	];
	return [first, ...below].map(line => fitLine(line, width, glyphs));
};

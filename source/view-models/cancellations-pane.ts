import type {CancellationReport} from '../engine/protocol.ts';
import type {Screen} from '../store/screen.ts';
import type {State} from '../store/store.ts';
import type {Glyphs, Line} from '../theme.ts';
import {cancellationSentence, cancellationWords, momentWord} from './cancellation-words.ts';
import {count, latency, moment, timeOfDay} from './format.ts';
import {fitLine, rule, span} from './line.ts';
import {cutEnd, cutMiddle, padEnd, padStart, sureText, widthOf, wrap} from './text.ts';
import {windowTop} from './window.ts';

type PaneColumn = {
	readonly title: string;
	readonly width: number;
	/** Cells of screen from which it is there. */
	readonly from: number;
	readonly align?: 'right';
	readonly cut?: 'middle';
	readonly text: (report: CancellationReport, now: number) => string;
};

const took = (report: CancellationReport, at: number | undefined): string =>
	at === undefined ? '-' : latency(at - report.askedAt);

// The name takes what is left.
const paneColumns = (width: number): readonly PaneColumn[] =>
	(
		[
			{
				title: 'JOB',
				width: width < 70 ? 14 : width < 110 ? 22 : 30,
				from: 0,
				cut: 'middle',
				text: ({ref}) => ref,
			},
			{title: 'NAME', width: 0, from: 56, text: ({name}) => name},
			{title: 'ASKED', width: 8, from: 100, align: 'right', text: ({askedAt}) => timeOfDay(askedAt)},
			{title: 'ACCEPTED', width: 8, from: 70, align: 'right', text: each => took(each, each.acceptedAt)},
			{title: 'SETTLED', width: 8, from: 60, align: 'right', text: each => took(each, each.settledAt)},
		] satisfies readonly PaneColumn[]
	).filter(({from}) => width >= from);

const wordsWidth = 20;

const cells = (text: (column: PaneColumn) => string, width: number, glyphs: Glyphs): string => {
	const shown = paneColumns(width);
	const used = shown.reduce((sum, column) => sum + column.width + 1, 0);
	const left = Math.max(0, width - 2 - wordsWidth - used);
	return shown
		.map(column => {
			const cellWidth = column.width || left;
			const cut = column.cut === 'middle' ? cutMiddle : cutEnd;
			const pad = column.align === 'right' ? padStart : padEnd;
			return ` ${pad(cut(sureText(text(column), glyphs.ascii), cellWidth, glyphs.ellipsis), cellWidth)}`;
		})
		.join('');
};

/** The rule and the titles above the list. */
export const paneHead = (state: State, now: number, width: number, glyphs: Glyphs): readonly Line[] => {
	const needing = state.cancellations.filter(
		each => cancellationWords(each, now).group === 'needs-you',
	).length;
	const title = count(state.cancellations.length, 'cancellation');
	return [
		rule(
			width,
			glyphs,
			needing > 0 ? `${title}, ${needing} ${needing === 1 ? 'needs' : 'need'} you` : title,
			'needs you first',
		),
		fitLine(
			[span(`  ${padEnd('OUTCOME', wordsWidth)}${cells(({title: text}) => text, width, glyphs)}`, 'dim')],
			width,
			glyphs,
		),
	];
};

/** The line of one cancellation. */
export const cancellationLine = (
	report: CancellationReport,
	chosen: boolean,
	now: number,
	width: number,
	glyphs: Glyphs,
): Line => {
	const {text, tone, glyph, group} = cancellationWords(report, now);
	return fitLine(
		[
			span(chosen ? '> ' : '  '),
			span(padEnd(`${glyphs.state[glyph]} ${text}`, wordsWidth), tone),
			span(
				cells(column => column.text(report, now), width, glyphs),
				group === 'over' ? 'dim' : 'plain',
			),
		],
		width,
		glyphs,
	);
};

/** The rows of the list that are visible, so that the chosen one is among them. */
export const visibleCancellations = (
	reports: readonly CancellationReport[],
	{chosen}: Screen,
	height: number,
): readonly CancellationReport[] => {
	// The chosen one is kept in the middle: a list that sorts itself has no place to return to.
	const top = windowTop(
		Math.max(0, chosen.index - Math.floor(height / 2)),
		chosen.index,
		reports.length,
		height,
	);
	return reports.slice(top, top + height);
};

/** What the moments of a cancellation say, oldest first; what they tell is broken into lines of this width. */
export const momentLines = (
	report: CancellationReport,
	now: number,
	width: number,
	glyphs: Glyphs,
): readonly Line[] =>
	report.moments.flatMap(({at, step, detail = ''}) => {
		const time = ` ${moment(at, now)}  `;
		const tone = step === 'overdue' || step === 'came-back' ? 'needs-you' : 'plain';
		const indent = widthOf(time) + momentWidth;
		return wrap(sureText(detail, glyphs.ascii), Math.max(16, width - indent)).map(
			(text, index): Line =>
				index === 0
					? [span(time, 'dim'), span(padEnd(momentWord(step), momentWidth), tone), span(text)]
					: [span(' '.repeat(indent)), span(text)],
		);
	});

const momentWidth = 11;

/** What is known of the chosen one: its sentence, and the end of its timeline. */
export const chosenLines = (
	report: CancellationReport | undefined,
	now: number,
	lines: number,
	width: number,
	glyphs: Glyphs,
): readonly Line[] => {
	if (!report) return Array.from({length: lines}, () => fitLine([], width, glyphs));
	const {tone} = cancellationWords(report, now);
	const sentence = wrap(sureText(`${cancellationSentence(report)}.`, glyphs.ascii), width - 2)
		.slice(0, Math.max(1, Math.floor(lines / 2)))
		.map((text): Line => [span(` ${text}`, tone === 'dim' ? 'plain' : tone)]);
	const room = Math.max(0, lines - sentence.length);
	const moments = room > 0 ? momentLines(report, now, width, glyphs).slice(-room) : [];
	const shown = [...sentence, ...moments];
	return Array.from({length: lines}, (_, index) => fitLine(shown[index] ?? [], width, glyphs));
};

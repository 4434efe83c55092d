/*
The columns of the list of cancellations. JOB and NAME are as wide as what is in them anywhere in the batch, so that no width changes while rows change, and what they do not need is for the details.
*/
import type {CancellationReport} from '../../engine/protocol.ts';
import {shownRef} from '../../job/ref.ts';
import type {Canvas} from '../../text/canvas.ts';
import {latency, shortDuration} from '../../text/format.ts';
import {rememberedBy} from '../../text/remembered.ts';
import type {Glyphs} from '../../text/theme.ts';
import {timeOfDay} from '../../text/times.ts';
import {cutEnd, cutMiddle, padEnd, padStart, safeText, widthOf} from '../../text/width.ts';

/** A row of the list. */
export type Listed = {
	readonly report: CancellationReport;
	/** Epoch milliseconds of the last list that holds its job. */
	readonly lookedAt: number | undefined;
};

/** The cells that the refs and the names of a batch need. */
export type PaneFit = {readonly job: number; readonly name: number};

type PaneColumn = {
	readonly title: string;
	readonly width: number;
	/** Minimum width of the screen for this column, in cells. */
	readonly from: number;
	readonly align?: 'right';
	readonly cut?: 'middle';
	readonly text: (listed: Listed, canvas: Canvas) => string;
};

/** Cells of the outcome, before the columns. */
export const outcomeWidth = 20;

/** Cells of a column of times. */
const timeWidth = 8;

/** Minimum widths of the screen for columns, in cells. */
const from = {name: 56, settled: 60, accepted: 70, asked: 100, detail: 118} as const;

/** Cells that the details have before JOB and NAME are whole. */
const minDetail = 16;

/** The widest ref and name that a batch can ask for, in cells. */
const maxJob = 56;
const maxName = 60;

/** The cells that this batch needs: they change only with its jobs. */
export const paneFit: (reports: readonly CancellationReport[]) => PaneFit = rememberedBy(reports => {
	let [job, name] = ['JOB'.length, 'NAME'.length];
	for (const report of reports) {
		job = Math.max(job, widthOf(safeText(shownRef(report.ref))));
		name = Math.max(name, widthOf(safeText(report.name)));
	}
	return {job: Math.min(maxJob, job), name: Math.min(maxName, name)};
});

/** Cells for JOB where NAME needs more than is left. */
const minJob = (width: number): number => (width < from.accepted ? 14 : 22);

const took = (report: CancellationReport, at: number | undefined): string =>
	at === undefined ? '-' : latency(at - report.askedAt);

/** What delays the cancellation, or the last seen state of its job. */
const detailOf = ({report, lookedAt}: Listed, {now}: Canvas): string => {
	const {step, outcome, why, seen, attempts, cannotRepeat} = report;
	const tries = attempts > 1 ? [`${attempts} requests`] : [];
	const known = outcome?.detail ?? why;
	if (known !== undefined) return [...tries, known].join(', ');
	if (step === 'settled' || !seen) return tries.join();
	const state = seen.status || seen.phase;
	const age = `${shortDuration(now - Math.max(seen.at, lookedAt ?? 0))} ago`;
	if (!outcome) return [...tries, `seen ${state} ${age}`].join(', ');
	const advice = cannotRepeat ? '; end it on its system' : '';
	return [...tries, `still ${state}, seen ${age}`].join(', ') + advice;
};

/** The widths of the columns that share what the times leave. What neither JOB nor NAME needs goes to the last of them. */
const sharedWidths = (
	width: number,
	{job, name}: PaneFit,
): {readonly job: number; readonly name: number; readonly detail: number} => {
	const times = [from.asked, from.accepted, from.settled].filter(least => width >= least).length;
	const room = width - 2 - outcomeWidth - times * (timeWidth + 1) - 1;
	if (width < from.name) return {job: minJob(width), name: 0, detail: 0};
	const hasDetail = width >= from.detail;
	const both = room - 1 - (hasDetail ? minDetail + 1 : 0);
	const nameCells = Math.min(name, both - Math.min(job, minJob(width)));
	const jobCells = Math.min(job, both - nameCells);
	const rest = both - nameCells - jobCells;
	return hasDetail
		? {job: jobCells, name: nameCells, detail: minDetail + rest}
		: {job: jobCells, name: nameCells + rest, detail: 0};
};

const paneColumns = (width: number, fit: PaneFit): readonly PaneColumn[] => {
	const {job, name, detail} = sharedWidths(width, fit);
	const all: readonly PaneColumn[] = [
		{title: 'JOB', width: job, from: 0, cut: 'middle', text: ({report}) => shownRef(report.ref)},
		{title: 'NAME', width: name, from: from.name, text: ({report}) => report.name},
		{
			title: 'ASKED',
			width: timeWidth,
			from: from.asked,
			align: 'right',
			text: ({report}, {zone}) => timeOfDay(report.askedAt, zone),
		},
		{
			title: 'ACCEPTED',
			width: timeWidth,
			from: from.accepted,
			align: 'right',
			text: ({report}) => took(report, report.acceptedAt),
		},
		{
			title: 'SETTLED',
			width: timeWidth,
			from: from.settled,
			align: 'right',
			text: ({report}) => took(report, report.settledAt),
		},
		{title: 'DETAIL', width: detail, from: from.detail, text: detailOf},
	];
	return all.filter(column => width >= column.from);
};

/** The cells of a row on a list of this width, each with a blank before it. */
export const paneCells = (
	text: (column: PaneColumn) => string,
	width: number,
	fit: PaneFit,
	glyphs: Glyphs,
): string =>
	paneColumns(width, fit)
		.map(column => {
			const cut = column.cut === 'middle' ? cutMiddle : cutEnd;
			const pad = column.align === 'right' ? padStart : padEnd;
			const cell = cut(safeText(text(column), glyphs.ascii), column.width, glyphs.ellipsis);
			return ` ${pad(cell, column.width)}`;
		})
		.join('');

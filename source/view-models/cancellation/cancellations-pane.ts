import {countWords} from '../../cancellation/outcome-counts.ts';
import type {CancellationReport} from '../../engine/protocol.ts';
import {keyWord} from '../../keys/words.ts';
import type {Screen} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {
	cancellationSentence,
	cancellationWords,
	momentWord,
	needsUser,
	needsWords,
	requestWords,
} from '../../table/cancellation-words.ts';
import {jobsOfReports} from '../../table/job-count.ts';
import {filterWords} from '../../table/outcome-filter.ts';
import {windowTop} from '../../table/window.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count, duration, latency} from '../../text/format.ts';
import {fitLine, rule, ruleRoom, span} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {moment, shortStamp, stampInBoth} from '../../text/times.ts';
import {cutEnd, cutMiddle, padEnd, padStart, safeText, widthOf, wrap} from '../../text/width.ts';
import {bar, progressLine, progressLines} from './batch-progress.ts';
import {type Listed, outcomeWidth, type PaneFit, paneCells, paneFit} from './pane-columns.ts';
import {operationOf} from './retrying.ts';
import {profilesOf} from './run-profiles.ts';

/** Epoch milliseconds of the last list that shows the job as its cancellation saw it; undefined if it is not listed so. */
export const listedAt = ({known}: State, {ref, seen}: CancellationReport): number | undefined => {
	const job = known.jobs.byRef.get(ref);
	if (!job || job.terminal || job.phase !== seen?.phase) return undefined;
	return known.health.get(job.profile)?.lastGoodAt;
};

/** The rule of the batch, and its progress, in the given lines. If there is room for one only, the progress is more useful. */
export const runHead = (state: State, canvas: Canvas): readonly Line[] => {
	const {width, height, glyphs, now, zone} = canvas;
	const {run} = state;
	if (!run)
		return [
			rule(width, glyphs, 'cancellations'),
			fitLine([span(' no cancellations since the start')], width, glyphs),
		].slice(-height);
	if (height === 1) return [progressLine(run.reports, canvas)];
	const {batch, reports, number, place, of} = run;
	const askedAt = batch?.askedAt ?? reports[0]?.askedAt ?? now;
	const all = jobsOfReports(reports);
	const title = [
		`batch ${number}${of > 1 ? ` (${place} of ${of})` : ''}`,
		count(Math.max(batch?.refs.length ?? 0, all), 'job'),
		`asked ${moment(askedAt, now, zone)}${batch ? ` by ${batch.by}` : ''}`,
		...(batch?.reason === undefined ? [] : [`"${batch.reason}"`]),
	].join(` ${glyphs.dot} `);
	const done = jobsOfReports(reports.filter(({step}) => step === 'settled'));
	const open = done < all;
	const ended = reports.reduce((latest, {settledAt = 0}) => Math.max(latest, settledAt), askedAt);
	return [
		rule(width, glyphs, title, open ? 'saved in the journal: you can quit' : 'finished'),
		...progressLines(reports, (open ? now : ended) - askedAt, canvas),
	];
};

/** The cells of a profile's line. */
type ProfileCells = Readonly<Record<'name' | 'jobs' | 'progress' | 'p50' | 'p95' | 'note', string>>;

const profileTitles: ProfileCells = {
	name: 'PROFILE',
	jobs: 'JOBS',
	progress: 'FINISHED',
	p50: 'P50',
	p95: 'P95',
	note: 'NOTE',
};

/** The progress of the batch on each profile, in the given lines below a rule and titles. */
export const runProfileLines = (state: State, canvas: Canvas): readonly Line[] => {
	const {width, height, glyphs} = canvas;
	if (height === 0) return [];
	const profiles = profilesOf(state.run?.reports ?? []);
	/** The usual times there, until this batch has its own. */
	const usualOf = (name: string) => state.known.latencies.get(name);
	const time = (here: number | undefined, usual: number | undefined) =>
		here !== undefined ? latency(here) : usual === undefined ? '-' : `~${latency(usual)}`;
	const shown = profiles.length > height ? profiles.slice(0, height - 1) : profiles;
	const rest = profiles.length - shown.length;
	const line = ({name, jobs, progress, p50, p95, note}: ProfileCells) =>
		` ${padEnd(cutMiddle(name, 16, glyphs.ellipsis), 16)} ${padStart(jobs, 6)}  ${padEnd(progress, 26)} ${padStart(p50, 7)} ${padStart(p95, 7)}  ${note}`;
	return [
		rule(width, glyphs, 'by profile'),
		fitLine([span(line(profileTitles), 'dim')], width, glyphs),
		...shown.map(({name, jobs, done, p50, p95, note, needsYou}) =>
			fitLine(
				[
					span(
						line({
							name,
							jobs: String(jobs),
							progress: `${bar(done, jobs, 16, glyphs)} ${done}`,
							p50: time(p50, usualOf(name)?.p50Ms),
							p95: time(p95, usualOf(name)?.p95Ms),
							note: '',
						}),
					),
					span(note, needsYou ? 'needs-you' : 'plain'),
				],
				width,
				glyphs,
			),
		),
		...(rest > 0 ? [fitLine([span(` and ${count(rest, 'profile')} more`, 'dim')], width, glyphs)] : []),
	];
};

/** Batches of earlier sessions, in the given lines below a rule. */
export const earlierLines = ({known}: State, {width, height, glyphs, now, zone}: Canvas): readonly Line[] => {
	if (height === 0) return [];
	return [
		rule(width, glyphs, 'earlier', 'jobtop batches show N lists all'),
		...known.earlier.slice(0, height).map(({number, askedAt, endedAt, jobs, reason, ...outcomes}) => {
			const text = `batch ${number}  ${moment(askedAt, now, zone)}  ${count(jobs, 'job')}  ${countWords(outcomes).join(', ')}  in ${duration(endedAt - askedAt)}${reason ? `  "${reason}"` : ''}`;
			return fitLine([span(` ${text}`, 'dim')], width, glyphs);
		}),
	];
};

/** Unfinished batches that were not resumed, each with what to do, in as many lines as needed. */
export const waitingLines = ({known}: State, {width, glyphs}: Canvas): readonly Line[] =>
	known.waiting.flatMap(({text, needsYou}) =>
		waitingTexts(text, width).map(line =>
			fitLine([span(` ${safeText(line, glyphs.ascii)}`, needsYou ? 'needs-you' : 'plain')], width, glyphs),
		),
	);

/** The number of these lines. */
export const countWaitingLines = ({known}: State, width: number): number =>
	known.waiting.reduce((sum, {text}) => sum + waitingTexts(text, width).length, 0);

const waitingTexts = (text: string, width: number): readonly string[] => wrap(text, Math.max(16, width - 2));

/** `12 cancellations, 2 need you`; `1-3 of 12` if not all are in view. */
const listWords = (state: State, width: number, rows: number): string => {
	const listed = state.run?.listed ?? [];
	const needing = listed.filter(needsUser).length;
	const {outcomes} = state.screen;
	const all = state.run?.reports.length ?? 0;
	const each = count(all, requestWords[operationOf(state)]);
	const top = firstVisibleCancellation(listed.length, state.screen, rows);
	const position = listed.length > rows ? `${top + 1}-${top + rows} of ` : '';
	const isSaid = outcomes && 'group' in outcomes && outcomes.group === 'needs-you';
	const needs = needing > 0 && !isSaid ? `, ${needsWords(needing)}` : '';
	if (outcomes) {
		const inAll = position ? ` (${all} in all)` : ` of ${each}`;
		return `${position}${listed.length}${inAll}: ${filterWords(outcomes)}${needs}`;
	}
	const words = `${position}${each}${needs}`;
	// The counts are more useful than what they are of.
	return widthOf(words) <= ruleRoom(width) || !position ? words : `${position}${all}${needs}`;
};

/** The rule and the titles above so many rows of the list. */
export const paneHead = (state: State, {width, glyphs}: Canvas, rows: number): readonly Line[] => {
	const fit = paneFit(state.run?.reports ?? []);
	const hint = state.screen.outcomes
		? `${keyWord(state, 'close-cancellations')} lists all`
		: 'needs you first';
	return [
		rule(width, glyphs, listWords(state, width, rows), hint),
		fitLine(
			[
				span(
					`  ${padEnd('OUTCOME', outcomeWidth)}${paneCells(({title: text}) => text, width, fit, glyphs)}`,
					'dim',
				),
			],
			width,
			glyphs,
		),
	];
};

/** The line of one cancellation, in the columns of its batch. */
export const cancellationLine = (listed: Listed, chosen: boolean, canvas: Canvas, fit: PaneFit): Line => {
	const {report} = listed;
	const {width, glyphs, now} = canvas;
	const {text, tone, glyph, group} = cancellationWords(report, now);
	return fitLine(
		[
			span(chosen ? '> ' : '  '),
			span(padEnd(`${glyphs.state[glyph]} ${text}`, outcomeWidth), tone),
			span(
				paneCells(column => column.text(listed, canvas), width, fit, glyphs),
				group === 'over' ? 'dim' : 'plain',
			),
		],
		width,
		glyphs,
	);
};

/** The index of the first visible row of a list of this length. The selected row stays in the middle: in a list that sorts itself it has no fixed place. */
export const firstVisibleCancellation = (length: number, {chosen}: Screen, height: number): number =>
	windowTop(Math.max(0, chosen.index - Math.floor(height / 2)), chosen.index, length, height);

/** The visible rows of the list, the selected one included. */
export const visibleCancellations = (
	reports: readonly CancellationReport[],
	screen: Screen,
	height: number,
): readonly CancellationReport[] => {
	const top = firstVisibleCancellation(reports.length, screen, height);
	return reports.slice(top, top + height);
};

/** The timeline of a cancellation, oldest first, wrapped at this width. */
export const momentLines = (
	report: CancellationReport,
	{width, glyphs, now, zone}: Canvas,
): readonly Line[] =>
	report.moments.flatMap(({at, step, detail = ''}) => {
		const time = ` ${(width < widthForBoth ? shortStamp : stampInBoth)(at, now, zone)}  `;
		// It is past: the sentence above says whether it calls for the user now.
		const tone = step === 'overdue' || step === 'came-back' ? 'strong' : 'plain';
		const indent = widthOf(time) + momentWidth;
		return wrap(safeText(detail, glyphs.ascii), Math.max(16, width - indent)).map(
			(text, index): Line =>
				index === 0
					? [span(time, 'dim'), span(padEnd(momentWord(step), momentWidth), tone), span(text)]
					: [span(' '.repeat(indent)), span(text)],
		);
	});

const momentWidth = 11;

/** Minimum width for the time of both zones, in cells. */
const widthForBoth = 50;

/** The details of the selected cancellation: its sentence, and the end of its timeline. */
export const chosenLines = (report: CancellationReport | undefined, canvas: Canvas): readonly Line[] => {
	const {width, height, glyphs, now} = canvas;
	if (!report) return Array.from({length: height}, () => fitLine([], width, glyphs));
	const {tone} = cancellationWords(report, now);
	const all = wrap(safeText(`${cancellationSentence(report)}.`, glyphs.ascii), width - 2);
	// With few lines, the sentence is more useful than the timeline.
	const maxLines = height < 4 ? height : Math.floor(height / 2);
	const texts =
		all.length <= maxLines
			? all
			: [
					...all.slice(0, maxLines - 1),
					cutEnd(all.slice(maxLines - 1).join(' '), width - 2, glyphs.ellipsis),
				];
	const sentence = texts.map((text): Line => [span(` ${text}`, tone === 'dim' ? 'plain' : tone)]);
	const room = Math.max(0, height - sentence.length);
	const moments = room > 0 ? momentLines(report, canvas).slice(-room) : [];
	const shown = [...sentence, ...moments];
	return Array.from({length: height}, (_, index) => fitLine(shown[index] ?? [], width, glyphs));
};

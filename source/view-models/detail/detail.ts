import type {JobDetail} from '../../job/job.ts';
import type {DetailTab} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {cancellationSentence, cancellationWords, requestWords} from '../../table/cancellation-words.ts';
import {failureTone, failureWords} from '../../table/failure-words.ts';
import {cursorPart, layoutOf} from '../../table/layout.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import {profileOf} from '../../table/subject.ts';
import {zoneOf} from '../../table/time-zone.ts';
import {clampScroll} from '../../table/window.ts';
import type {Canvas} from '../../text/canvas.ts';
import {duration} from '../../text/format.ts';
import {fitLine, rule, span, withCursor} from '../../text/line.ts';
import {rememberedBy, rememberedLast} from '../../text/remembered.ts';
import {asciiGlyphs, type Line, type Span} from '../../text/theme.ts';
import {momentInBoth, recordedTime, stampInBoth} from '../../text/times.ts';
import {hardWrap, padEnd, safeText, wrap} from '../../text/width.ts';
import {momentLines} from '../cancellation/cancellations-pane.ts';
import {headLines, logLines, logText} from './log.ts';
import {causeFact, ownFields, queueFact} from './own-fields.ts';
import {relatedLines} from './related.ts';
import {requestsLines} from './requests.ts';
import {resultsLines} from './results.ts';

/** In display order. */
export const detailTabs: readonly DetailTab[] = ['summary', 'timeline', 'logs', 'results', 'raw', 'requests'];

const titles: Readonly<Record<DetailTab, string>> = {
	summary: 'Summary',
	timeline: 'Timeline',
	logs: 'Logs',
	results: 'Results',
	raw: 'Raw',
	requests: 'Requests',
};

const inspectedJob = ({known, screen}: State) =>
	known.detail?.ref === screen.detail?.ref ? known.detail : undefined;

const fact = (label: string, value: string, {width, glyphs}: Canvas): readonly Line[] => {
	const indent = 12;
	return wrap(safeText(value, glyphs.ascii), Math.max(8, width - indent - 2)).map((text, index) => [
		span(` ${padEnd(index === 0 ? `${label} ` : '', indent)}`, 'dim'),
		span(text),
	]);
};

const at = (time: number | undefined, {now, zone}: Canvas): string =>
	time === undefined ? '' : `${momentInBoth(time, now, zone)}, ${duration(now - time)} ago`;

const summary = (state: State, canvas: Canvas): readonly Line[] => {
	const {width, glyphs, now} = canvas;
	const {known, screen} = state;
	if (!screen.detail) return [];
	const {ref} = screen.detail;
	const inspected = inspectedJob(state);
	const job = known.jobs.byRef.get(ref) ?? inspected?.detail?.job;
	const report = known.cancellations.get(ref);
	const profile = profileOf(state, ref);
	const recorded = inspected?.detail?.fields ?? [];
	const facts: (readonly [string, string | undefined])[] = [];
	if (job) {
		facts.push(
			['name', job.name],
			['state', stateInWords(job)],
			['cause', causeFact(job)],
			['reason', job.reason],
			['error', job.error && `${job.error.kind}: ${job.error.message}`],
			['owner', job.owner && (job.mine ? job.owner : `${job.owner} (not you)`)],
			['runs', job.kind],
			['queue', queueFact(job, recorded)],
			['progress', job.progress?.percent === undefined ? undefined : `${job.progress.percent}%`],
			['submitted', at(job.createdAt, canvas)],
			['started', at(job.startedAt, canvas)],
			['ended', at(job.endedAt, canvas)],
		);
	}
	facts.push(['profile', profile ? `${profile.name}, ${profile.title}` : undefined]);
	const lines: Line[] = [];
	for (const [label, value] of facts) if (value) lines.push(...fact(label, value, canvas));
	if (!job) lines.push(...fact('job', 'no longer listed by its profile', canvas));
	if (report) {
		lines.push(
			[span('')],
			rule(width, glyphs, `${requestWords[report.operation]}: ${cancellationWords(report, now).text}`),
		);
		for (const text of wrap(`${cancellationSentence(report)}.`, width - 2)) lines.push([span(` ${text}`)]);
	}
	const fields = ownFields(job, recorded);
	if (fields.length > 0) lines.push([span('')]);
	for (const [label, value] of fields) lines.push(...fact(label, recordedTime(value, canvas.zone), canvas));
	lines.push(...relatedLines(state, canvas));
	return lines;
};

const timeline = (state: State, canvas: Canvas): readonly Line[] => {
	const {width, glyphs, now, zone} = canvas;
	const report = state.screen.detail && state.known.cancellations.get(state.screen.detail.ref);
	const moments = inspectedJob(state)?.detail?.timeline ?? [];
	const lines: Line[] = [];
	if (report) {
		lines.push(
			rule(
				width,
				glyphs,
				`${requestWords[report.operation]}, batch ${report.batch}: ${cancellationWords(report, now).text}`,
			),
		);
		lines.push(...momentLines(report, canvas), [span('')]);
	}
	lines.push(rule(width, glyphs, 'job'));
	for (const each of moments) {
		lines.push([
			span(` ${each.at === undefined ? '' : stampInBoth(each.at, now, zone)}`.padEnd(11), 'dim'),
			span(each.what),
			span(each.detail ? `  ${each.detail}` : '', 'dim'),
		]);
	}
	if (moments.length === 0) lines.push([span(' its system has no history', 'dim')]);
	return lines;
};

// A record of a thousand lines is wrapped once, not again for every key.
const rawLines = rememberedBy(({raw: record}: JobDetail) =>
	rememberedLast((width: number, ascii: boolean): readonly string[] =>
		record.split('\n').flatMap(line => hardWrap(safeText(line, ascii), width)),
	),
);

const raw = (state: State, {width, glyphs}: Canvas): readonly Line[] => {
	const detail = inspectedJob(state)?.detail;
	if (!detail) return [];
	return rawLines(detail)(width - 2, glyphs.ascii).map(text => [span(` ${text}`)]);
};

/** A log has its own window: it may be long, and starts at its end. */
const tabs: Readonly<Record<Exclude<DetailTab, 'logs'>, (state: State, canvas: Canvas) => readonly Line[]>> =
	{
		summary,
		timeline,
		results: resultsLines,
		raw,
		requests: requestsLines,
	};

/** The text of the open tab for another program; undefined if the tab has none. */
export const detailText = (state: State): string | undefined => {
	const tab = state.screen.detail?.tab;
	if (tab === 'logs') return logText(state);
	return tab === 'raw' ? inspectedJob(state)?.detail?.raw : undefined;
};

/** Whether the rest is still loading, or why it will not arrive. */
const note = (state: State): Line | undefined => {
	const {screen} = state;
	const inspected = inspectedJob(state);
	if (screen.detail && profileOf(state, screen.detail.ref)?.can.inspect === false) {
		return [span(' its system has no more details', 'dim')];
	}
	if (!inspected) return [span(' loading the rest', 'dim')];
	const {failure} = inspected;
	return failure && [span(` ${failureWords(state, failure)}`, failureTone(failure))];
};

const textOf = (tab: Exclude<DetailTab, 'logs'>, state: State, canvas: Canvas): readonly Line[] => {
	const more = tab === 'summary' || tab === 'raw' ? note(state) : undefined;
	return more ? [...tabs[tab](state, canvas), more] : tabs[tab](state, canvas);
};

/** The furthest scroll position of the details. */
export const lastScroll = (state: State, now: number): number => {
	const {detailColumns, body} = layoutOf(state.screen, state.cancellations.length > 0);
	// The glyphs of both sets have equal widths.
	return detailLines(state, {
		width: detailColumns,
		height: body,
		glyphs: asciiGlyphs,
		now,
		zone: zoneOf(state),
	}).last;
};

/** The line of the tabs in the details, below the rule. */
export const tabLine = 1;

/** The tab whose name is at this cell of a line that is `width` cells wide. Undefined where none is, or where not all names fit. */
export const tabAt = (width: number, cell: number): DetailTab | undefined => {
	let left = 0;
	const places = detailTabs.map(each => {
		const first = left + 1;
		left = first + titles[each].length + 2;
		return {each, first, end: left};
	});
	if (left > width) return undefined;
	return places.find(({first, end}) => cell >= first && cell < end)?.each;
};

/** The names of all tabs, or only the open one if they do not fit. */
const tabNames = (tab: DetailTab, width: number): readonly Span[] => {
	const names: Span[] = detailTabs.flatMap(each => [
		span(' '),
		each === tab ? span(`[${titles[each]}]`, 'strong') : span(` ${titles[each]} `, 'dim'),
	]);
	if (names.reduce((sum, {text}) => sum + text.length, 0) <= width) return names;
	const place = `  ${detailTabs.indexOf(tab) + 1} of ${detailTabs.length}`;
	return [span(' '), span(`[${titles[tab]}]`, 'strong'), span(place, 'dim')];
};

/** All details, `height` lines of `width` cells; `last` is the furthest scroll position. */
export const detailLines = (
	state: State,
	canvas: Canvas,
): {readonly lines: readonly Line[]; readonly last: number} => {
	const {screen, known} = state;
	const {width, height, glyphs} = canvas;
	if (!screen.detail) return {lines: [], last: 0};
	const {ref, tab, scroll} = screen.detail;
	const names = tabNames(tab, width);
	const room = height - headLines;
	const all = tab === 'logs' ? logLines(state, {...canvas, height: room}) : textOf(tab, state, canvas);
	const last = Math.max(0, all.length - room);
	const top = clampScroll(scroll, all.length, room);
	const position = last > 0 ? `${top + 1}-${Math.min(all.length, top + room)} of ${all.length}` : '';
	const head = [
		rule(width, glyphs, ref, known.jobs.byRef.has(ref) ? '' : 'not listed'),
		[...names, span(position ? `   ${position}` : '', 'dim')],
	];
	const text = all.slice(top, top + room);
	const isMarked = cursorPart(screen) !== 'detail' || text.some(line => line.some(({cursor}) => cursor));
	const shown = [...head, ...(isMarked ? text : [withCursor(text[0] ?? []), ...text.slice(1)])];
	return {
		lines: Array.from({length: height}, (_, index) => fitLine(shown[index] ?? [], width, glyphs)),
		last,
	};
};

import type {Scope} from '../../engine/protocol.ts';
import type {Phase} from '../../job/phase.ts';
import {keyWord} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {needsUser, needsWords} from '../../table/cancellation-words.ts';
import {everyOf} from '../../table/health.ts';
import {markWords} from '../../table/marks.ts';
import {problemWords} from '../../table/query.ts';
import {queryProblem} from '../../table/query-problem.ts';
import {needyBatch} from '../../table/runs.ts';
import {sortWords} from '../../table/sorting.ts';
import {countCancelling, countedPhases, phaseCounts} from '../../table/state-counts.ts';
import {tableColumns} from '../../table/table-columns.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count, duration, shortDuration} from '../../text/format.ts';
import {rule, ruleRoom, span, spread, typedText} from '../../text/line.ts';
import type {Line, Span, Tone} from '../../text/theme.ts';
import {clockTime} from '../../text/times.ts';
import {widthOf} from '../../text/width.ts';

/** The place of a count among those that give way on a narrow screen, and its tone. */
const countLooks: Readonly<Record<Phase, {readonly rank: number; readonly tone?: Tone}>> = {
	running: {rank: 8, tone: 'running'},
	starting: {rank: 5},
	queued: {rank: 5},
	held: {rank: 5},
	stopping: {rank: 4},
	unknown: {rank: 4},
	failed: {rank: 9, tone: 'failed'},
	partial: {rank: 9, tone: 'failed'},
	cancelled: {rank: 3, tone: 'dim'},
	succeeded: {rank: 3, tone: 'dim'},
};

/** A part of the header. The parts with the lowest rank give way first. */
type Part = Span & {
	readonly rank: number;
	/** A sign says that parts like this gave way. */
	readonly signed?: true;
};

const part = (rank: number, text: string, tone?: Tone): Part => ({...span(text, tone), rank});

/** A count or a mode. */
const signedPart = (rank: number, text: string, tone?: Tone): Part => ({
	...part(rank, text, tone),
	signed: true,
});

/** How many cancellations and batches need the user. */
const needsOf = ({known, cancellations}: State): number =>
	cancellations.filter(needsUser).length + known.waiting.filter(batch => batch.needsYou).length;

/** The key that leads to what needs the user, or acts on it: `: C`, `: [ to batch 3`. Empty where only a command of the shell helps. */
const keyForNeeds = (state: State): string => {
	const {screen, run} = state;
	if (screen.detail || screen.pane !== 'cancellations') return `: ${keyWord(state, 'cancellations')}`;
	const batch = needyBatch(state);
	if (batch === undefined) return '';
	const shown = run?.number ?? batch;
	if (batch === shown) return `: ${keyWord(state, 'retry')} to retry`;
	return `: ${keyWord(state, batch < shown ? 'earlier-batch' : 'later-batch')} to batch ${batch}`;
};

/** What needs the user, with the key that leads there, and the counts: they add up to the jobs. Those that are being cancelled are among them, so their number is in brackets. */
const countParts = (state: State): readonly Part[] => {
	const {known} = state;
	// Nothing is known yet, not even that there are no jobs.
	if (known.connecting) return [part(10, ' jobtop', 'strong'), part(10, '  connecting')];
	const {all, byPhase} = phaseCounts(known);
	const cancelling = countCancelling(known);
	const needsYou = needsOf(state);
	return [
		part(2, ' jobtop', 'strong'),
		...(needsYou > 0
			? [part(11, ' '), part(11, ` ${needsWords(needsYou)}${keyForNeeds(state)} `, 'needs-you')]
			: []),
		signedPart(6, `  ${count(all, 'job')}`),
		...countedPhases.flatMap(phase => {
			const number = byPhase.get(phase);
			const {rank, tone} = countLooks[phase];
			return number === undefined ? [] : [signedPart(rank, `  ${number} ${phase}`, tone)];
		}),
		...(cancelling > 0 ? [signedPart(7, `  (${cancelling} cancelling)`, 'cancelling')] : []),
	];
};

/** The modes, the marks, the interval and the time. */
const modeParts = (state: State, {width, now, zone}: Canvas): readonly Part[] => {
	const {known, screen} = state;
	const marked = markWords(state, now);
	const interval = intervalWords(state);
	const parts: Part[] = known.readOnly ? [signedPart(10, ' READ ONLY ', 'strong')] : [];
	if (known.unchecked) parts.push(signedPart(10, width < 80 ? ' TLS! ' : ' TLS UNCHECKED ', 'strong'));
	if (screen.frozenAt !== undefined)
		parts.push(signedPart(10, ` FROZEN ${duration(now - screen.frozenAt)} `, 'strong'));
	if (marked) parts.push(signedPart(10, ` ${marked} `, 'strong'));
	if (interval) parts.push(part(0, ` every ${interval} `, 'dim'));
	return [...parts, part(1, ` ${clockTime(now, zone)} `)];
};

const widthOfParts = (parts: readonly Part[]): number =>
	parts.reduce((sum, {text}) => sum + widthOf(text), 0);

/** The parts that fit beside the sign for counts and modes that gave way: those with the lowest rank leave first, later ones before earlier ones. */
const partsThatFit = (parts: readonly Part[], width: number, sign: Part): readonly Part[] => {
	let kept = parts;
	const leaving = parts.toReversed().sort((a, b) => a.rank - b.rank);
	for (const least of leaving) {
		if (widthOfParts(kept) <= width) break;
		const others = kept.filter(each => each !== least && each !== sign);
		kept = least.signed || kept.includes(sign) ? [...others, sign] : others;
	}
	return kept;
};

/** The interval of the profiles: `5s`, or `5s-30s` if they differ. */
const intervalWords = ({known}: State): string => {
	const all = [...known.health.values()].map(everyOf);
	if (all.length === 0) return '';
	const [shortest, longest] = [Math.min(...all), Math.max(...all)];
	return shortest === longest
		? shortDuration(shortest)
		: `${shortDuration(shortest)}-${shortDuration(longest)}`;
};

/** The first line: what needs the user comes first, and leaves last on a narrow screen. */
export const headerLine = (state: State, canvas: Canvas): Line => {
	const {width, glyphs} = canvas;
	const [left, right] = [countParts(state), modeParts(state, canvas)];
	const sign = part(11, ` ${glyphs.ellipsis}`, 'dim');
	const kept = new Set(partsThatFit([...left, ...right], width, sign));
	const [first, ...others] = [...left, sign].filter(each => kept.has(each));
	return spread(
		first ? [{...first, text: first.text.replace(/^ +/, ' ')}, ...others] : [],
		right.filter(each => kept.has(each)),
		width,
		glyphs,
	);
};

/** The scope in words. */
export const scopeWords = ({everyone, ended}: Scope): string =>
	`${everyone ? "everyone's" : 'my'} ${ended ? 'jobs, including ended' : 'active jobs'}`;

const wideWords = (state: State): string => {
	const {before, after} = tableColumns(state);
	return [
		'wide',
		before > 0 ? `${keyWord(state, 'columns-left')} ${before} more` : '',
		after > 0 ? `${keyWord(state, 'columns-right')} ${after} more` : '',
	]
		.filter(Boolean)
		.join(', ');
};

/** The rule above the table: its jobs and their order. */
export const tableRule = (state: State, {width, glyphs}: Canvas): Line => {
	const {screen, known, order} = state;
	if (known.connecting) return rule(width, glyphs);
	const {overlay} = screen;
	const typing = overlay?.kind === 'filter';
	// Marked jobs are shown regardless of the filter.
	const parts = screen.onlyMarked
		? [`only marked (${keyWord(state, 'only-marked')} shows all)`]
		: [screen.only ? `only ${screen.only}` : '', scopeWords(known.scope)];
	const typed = (label: string, text: string): Line => [
		span(label),
		...typedText(text, ruleRoom(width) - label.length, glyphs),
	];
	// What is typed comes first, so that it is visible.
	const fields = overlay?.kind === 'mark' ? [typed('mark: ', overlay.text)] : [];
	if (typing || (screen.filter && !screen.onlyMarked)) {
		const problem = queryProblem(screen.filter, known, typing ? 'typing' : 'complete');
		const wrong = span(problem ? ` (${problemWords(problem)})` : '');
		fields.push([...(typing ? typed('filter: ', screen.filter) : [span(`filter: ${screen.filter}`)]), wrong]);
	}
	const held = order.waiting.size === 0 || order.aside ? '' : ` ${glyphs.dot} sort paused`;
	const wide = screen.wide ? `${wideWords(state)} ${glyphs.dot} ` : '';
	const sort = `${wide}sort: ${sortWords(screen.sort)}${held}`;
	const dot = ` ${glyphs.dot} `;
	const words = span(parts.filter(Boolean).join(dot));
	return rule(width, glyphs, [...fields.flatMap(field => [...field, span(dot)]), words], sort);
};

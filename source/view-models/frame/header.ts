import type {Scope} from '../../engine/protocol.ts';
import type {Job} from '../../job/job.ts';
import {jobsOfRow} from '../../job/set.ts';
import {keyWord} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {cancellationWords} from '../../table/cancellation-words.ts';
import {jobsOfReports} from '../../table/job-count.ts';
import {markWords} from '../../table/marks.ts';
import {problemWords, readQuery} from '../../table/query.ts';
import {sortWords} from '../../table/sorting.ts';
import {tableColumns} from '../../table/table-columns.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count, duration, shortDuration} from '../../text/format.ts';
import {rule, span, spread} from '../../text/line.ts';
import {rememberedBy} from '../../text/remembered.ts';
import type {Line, Span} from '../../text/theme.ts';
import {clockTime} from '../../text/times.ts';
import {everyOf} from '../table/table.ts';

type Counts = {readonly all: number; readonly running: number; readonly waiting: number};

// A table of jobs is counted once, not at every tick of the clock.
const countsOf = rememberedBy((jobs: {readonly byRef: ReadonlyMap<string, Job>}): Counts => {
	let running = 0;
	let waiting = 0;
	let all = 0;
	for (const job of jobs.byRef.values()) {
		const {phase} = job;
		const number = jobsOfRow(job);
		all += number;
		if (phase === 'running' || phase === 'starting') running += number;
		else if (phase === 'queued' || phase === 'held') waiting += number;
	}
	return {all, running, waiting};
});

/** The interval of the profiles: `5s`, or `5s-30s` if they differ. */
const intervalWords = ({known}: State): string => {
	const all = [...known.health.values()].map(everyOf);
	if (all.length === 0) return '';
	const [shortest, longest] = [Math.min(...all), Math.max(...all)];
	return shortest === longest
		? shortDuration(shortest)
		: `${shortDuration(shortest)}-${shortDuration(longest)}`;
};

/** The first line: the program, counts, modes such as read-only, and the time. */
export const headerLine = (state: State, {width, glyphs, now, zone}: Canvas): Line => {
	const {known, cancellations} = state;
	const counts = countsOf(known.jobs);
	const onTheWay = jobsOfReports(cancellations.filter(({step}) => step !== 'settled'));
	const needsYou =
		cancellations.filter(report => cancellationWords(report, now).group === 'needs-you').length +
		known.waiting.filter(batch => batch.needsYou).length;
	const left: Span[] = [span(' jobtop', 'strong'), span(`  ${count(counts.all, 'job')}`)];
	if (counts.running > 0) left.push(span(`  ${counts.running} running`, 'running'));
	if (counts.waiting > 0) left.push(span(`  ${counts.waiting} waiting`));
	if (onTheWay > 0) left.push(span(`  ${onTheWay} cancelling`, 'cancelling'));
	if (needsYou > 0) left.push(span(`  ${needsYou} ${needsYou === 1 ? 'needs' : 'need'} you`, 'needs-you'));
	const marked = markWords(state, now);
	const right: Span[] = known.readOnly ? [span(' READ ONLY ', 'strong')] : [];
	if (known.unchecked) right.push(span(width < 80 ? ' TLS! ' : ' TLS UNCHECKED ', 'needs-you'));
	const {frozenAt} = state.screen;
	if (frozenAt !== undefined) right.push(span(` FROZEN ${duration(now - frozenAt)} `, 'needs-you'));
	if (marked) right.push(span(` ${marked} `, 'strong'));
	// On the smallest screens, the counts are more useful.
	const interval = width < 60 ? '' : intervalWords(state);
	if (interval) right.push(span(` ${width < 100 ? '' : 'every '}${interval} `, 'dim'));
	right.push(span(` ${clockTime(now, zone)} `));
	return spread(left, right, width, glyphs);
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
	const {overlay} = screen;
	const typing = overlay?.kind === 'filter';
	// Marked jobs are shown regardless of the filter.
	const parts = screen.onlyMarked
		? [`only marked (${keyWord(state, 'only-marked')} shows all)`]
		: [screen.only ? `only ${screen.only}` : '', scopeWords(known.scope)];
	if (overlay?.kind === 'mark') parts.unshift(`mark: ${overlay.text}_`);
	if ((screen.filter || typing) && !screen.onlyMarked) {
		const {problem} = readQuery(screen.filter);
		const wrong = problem ? ` (${problemWords(problem)})` : '';
		parts.unshift(`filter: ${screen.filter}${typing ? '_' : ''}${wrong}`);
	}
	const held = order.waiting.size === 0 || order.aside ? '' : ` ${glyphs.dot} order held`;
	const wide = screen.wide ? `${wideWords(state)} ${glyphs.dot} ` : '';
	const sort = `${wide}sort: ${sortWords(screen.sort)}${held}`;
	return rule(width, glyphs, parts.filter(Boolean).join(` ${glyphs.dot} `), sort);
};

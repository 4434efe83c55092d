/*
The columns of the table, as data: one record each.

Columns that change often come last, because a line is rewritten from its first changed cell to its end.
*/
import type {CancellationReport, Scope} from '../engine/protocol.ts';
import {reasonWords} from '../job/ended-by.ts';
import type {Job} from '../job/job.ts';
import {type Ref, shownId} from '../job/ref.ts';
import {compareNaturally} from '../text/compare-naturally.ts';
import {duration} from '../text/format.ts';
import type {Glyphs, Tone} from '../text/theme.ts';
import {shortMoment, type TimeZone} from '../text/times.ts';
import {cancellationWords, compareCancellations} from './cancellation-words.ts';
import {phaseLooks, phaseWord} from './phase-looks.ts';
import {percentOf, percentWords} from './progress.ts';
import {elapsedMs, leftMs} from './run-time.ts';

/** The input of a cell. */
export type Row = {
	readonly job: Job;
	readonly report: CancellationReport | undefined;
	/** Whether the profile answers, so that the row is current. */
	readonly sure: boolean;
	readonly now: number;
	/** The zone of the moments. */
	readonly zone: TimeZone;
	readonly glyphs: Glyphs;
	/** The row is below its shared row. */
	readonly inside?: boolean;
};

type Cell = {readonly text: string; readonly tone?: Tone};

/** What decides whether a column has content, besides the jobs. */
export type Surroundings = {
	readonly scope: Scope;
	/** How many profiles there are. */
	readonly profiles: number;
	/** Whether there are cancellations. */
	readonly cancelling: boolean;
};

export type Column = {
	readonly id: string;
	readonly title: string;
	/** The minimum and maximum width in cells. Without a maximum, the column takes the remaining width. The content of the rows in view decides between them. */
	readonly width: readonly [min: number, max?: number];
	/** The preferred width, which comes before optional columns. */
	readonly preferred?: number;
	/** Shown only if all other columns have their preferred width. */
	readonly optional?: true;
	/** Whether it has content there. */
	readonly visibleIn?: (surroundings: Surroundings) => boolean;
	/** Its width does not depend on its content. */
	readonly fixed?: true;
	/** Its content changes with the time. */
	readonly timed?: true;
	/** Its content is never cut. */
	readonly whole?: true;
	/** Comes after the whole of ids and names. */
	readonly luxury?: true;
	/** Whether it has content for this job; absent if it has for every job. */
	readonly appliesTo?: (job: Job) => boolean;
	/** Shown only if the user turns it on. */
	readonly hiddenByDefault?: true;
	/** If the screen is too narrow, the highest number is dropped first; 0 is never dropped. */
	readonly dropOrder: number;
	readonly align?: 'right';
	readonly cut?: 'middle';
	readonly cell: (row: Row) => Cell;
	readonly compare?: (a: Job, b: Job, cancellations: ReadonlyMap<Ref, CancellationReport>) => number;
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
// Unknown times sort last.
const compareTimes = (a = Number.NEGATIVE_INFINITY, b = Number.NEGATIVE_INFINITY): number =>
	a === b ? 0 : b > a ? 1 : -1;

const phaseOrder = {
	running: 0,
	starting: 1,
	stopping: 2,
	queued: 3,
	held: 4,
	unknown: 5,
	failed: 6,
	partial: 7,
	cancelled: 8,
	succeeded: 9,
} as const satisfies Record<Job['phase'], number>;

/** A text column that only some systems fill. */
const text = (
	shape: Pick<Column, 'id' | 'title' | 'dropOrder' | 'width'>,
	of: (job: Job) => string | undefined,
): Column => ({
	...shape,
	optional: true,
	appliesTo: job => of(job) !== undefined,
	cell: ({job}) => ({text: of(job) ?? ''}),
	compare: (a, b) => compareNaturally(of(a) ?? '', of(b) ?? ''),
});

/** A column of durations in milliseconds; the longest first. */
const time = (
	shape: Pick<Column, 'id' | 'title' | 'dropOrder'>,
	of: (job: Job, now: number) => number | undefined,
): Column => ({
	...shape,
	width: [4, 7],
	timed: true,
	whole: true,
	optional: true,
	align: 'right',
	cell: ({job, now}) => {
		const ms = of(job, now);
		return {text: ms === undefined ? '' : duration(ms)};
	},
	// An order that does not change with the time, as far as there is one.
	compare: (a, b) => compareTimes(of(a, referenceTime), of(b, referenceTime)),
});

/** Any moment: running jobs keep their order as time passes. */
const referenceTime = 8_000_000_000_000;

const negated = (time: number | undefined): number | undefined => (time === undefined ? undefined : -time);

/** When the job reaches its limit, in epoch milliseconds. */
const endOf = ({startedAt, limitMs, terminal}: Job): number | undefined =>
	startedAt === undefined || limitMs === undefined || terminal ? undefined : startedAt + limitMs;

export const columns: readonly Column[] = [
	{
		id: 'state',
		title: 'STATE',
		width: [11, 11],
		whole: true,
		dropOrder: 0,
		cell: ({job, report, now, glyphs}) => {
			// A tick would claim what the record does not prove.
			const look = job.unproven
				? {...phaseLooks[job.phase], glyph: 'unsure' as const}
				: phaseLooks[job.phase];
			const words = report && !job.terminal ? cancellationWords(report, now) : undefined;
			// While a job is being cancelled, show that glyph with the job's own word.
			const shown = words && words.group !== 'over' ? words : look;
			return {text: `${glyphs.state[shown.glyph]} ${phaseWord(job)}`, tone: shown.tone};
		},
		compare: (a, b) => phaseOrder[a.phase] - phaseOrder[b.phase],
	},
	{
		id: 'profile',
		title: 'PROFILE',
		width: [6, 24],
		preferred: 10,
		dropOrder: 2,
		visibleIn: ({profiles}) => profiles !== 1,
		cell: ({job}) => ({text: job.profile}),
		compare: (a, b) => compareText(a.profile, b.profile),
	},
	{
		id: 'id',
		title: 'JOB ID',
		// Wide enough for a UUID.
		width: [9, 40],
		preferred: 14,
		dropOrder: 0,
		cut: 'middle',
		cell: ({job}) => ({text: shownId(job.id)}),
		compare: (a, b) => compareNaturally(a.id, b.id),
	},
	{
		id: 'name',
		title: 'NAME',
		width: [12],
		preferred: 16,
		dropOrder: 1,
		// An id such as lab/train ends with the name.
		appliesTo: ({id, name}) => !id.endsWith(`/${name}`),
		cell: ({job, inside}) => ({text: inside ? `  ${job.name}` : job.name}),
		compare: (a, b) => compareNaturally(a.name, b.name),
	},
	{
		...text({id: 'kind', title: 'KIND', dropOrder: 15, width: [8, 30]}, ({kind}) => kind),
		luxury: true,
		hiddenByDefault: true,
	},
	{
		...text({id: 'project', title: 'PROJECT', dropOrder: 13, width: [8, 24]}, ({labels}) => labels?.project),
		luxury: true,
	},
	// A partition, a system, an instance type: where the job will run.
	text({id: 'queue', title: 'QUEUE', dropOrder: 9, width: [6, 20]}, ({queue}) => queue),
	{
		...text({id: 'account', title: 'ACCOUNT', dropOrder: 12, width: [8, 20]}, ({labels}) => labels?.account),
		luxury: true,
	},
	// The names of its nodes, or how many it waits for.
	text(
		{id: 'node', title: 'NODES', dropOrder: 10, width: [6, 24]},
		({labels}) => labels?.node ?? labels?.nodes,
	),
	text({id: 'reason', title: 'REASON', dropOrder: 8, width: [8, 60]}, reasonWords),
	{
		id: 'owner',
		title: 'OWNER',
		width: [7, 16],
		dropOrder: 7,
		optional: true,
		// Without other users' jobs, the owner is always the user.
		visibleIn: ({scope}) => scope.everyone,
		cell: ({job}) => ({text: job.owner ?? '', ...(!job.mine && {tone: 'dim' as const})}),
		compare: (a, b) => compareText(a.owner ?? '', b.owner ?? ''),
	},
	{
		id: 'started',
		title: 'STARTED',
		width: [7, 11],
		timed: true,
		whole: true,
		luxury: true,
		dropOrder: 14,
		optional: true,
		appliesTo: ({startedAt}) => startedAt !== undefined,
		align: 'right',
		cell: ({job: {startedAt}, now, zone}) => ({
			text: startedAt === undefined ? '' : shortMoment(startedAt, now, zone),
		}),
		compare: (a, b) => compareTimes(a.startedAt, b.startedAt),
	},
	{
		...time({id: 'limit', title: 'LIMIT', dropOrder: 11}, ({limitMs}) => limitMs),
		luxury: true,
		appliesTo: ({limitMs}) => limitMs !== undefined,
	},
	{
		...time({id: 'left', title: 'LEFT', dropOrder: 6}, leftMs),
		appliesTo: ({limitMs}) => limitMs !== undefined,
		// The first one to run out comes first.
		compare: (a, b) => compareTimes(negated(endOf(a)), negated(endOf(b))),
	},
	{
		...time({id: 'elapsed', title: 'ELAPSED', dropOrder: 4}, elapsedMs),
		appliesTo: ({startedAt}) => startedAt !== undefined,
	},
	{
		id: 'progress',
		title: 'DONE',
		width: [4, 4],
		dropOrder: 5,
		fixed: true,
		optional: true,
		appliesTo: job => percentOf(job) !== undefined,
		align: 'right',
		cell: ({job}) => {
			const percent = percentOf(job);
			return {text: percent === undefined ? '' : percentWords(percent)};
		},
		compare: (a, b) => compareTimes(percentOf(a), percentOf(b)),
	},
	{
		id: 'age',
		title: 'AGE',
		width: [5, 7],
		timed: true,
		whole: true,
		dropOrder: 3,
		align: 'right',
		// The last cell is `?` if the row may be out of date.
		cell: ({job, now, sure}) => {
			const age = job.createdAt === undefined ? '' : duration(now - job.createdAt);
			return {text: `${age}${sure ? ' ' : '?'}`};
		},
		compare: (a, b) => compareTimes(a.createdAt, b.createdAt),
	},
	{
		id: 'cancel',
		title: 'CANCEL',
		width: [15, 17],
		whole: true,
		dropOrder: 0,
		visibleIn: ({cancelling}) => cancelling,
		cell: ({report, now}) => (report ? cancellationWords(report, now) : {text: ''}),
		compare: (a, b, cancellations) => {
			const [one, other] = [cancellations.get(a.ref), cancellations.get(b.ref)];
			if (one && other) return compareCancellations(one, other);
			return one ? -1 : other ? 1 : 0;
		},
	},
];

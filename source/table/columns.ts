/*
The columns of the table, as data: one record each.

What changes often stands to the right, because a line is rewritten from its first changed cell to its end.
*/
import type {CancellationReport, Scope} from '../engine/protocol.ts';
import type {Job} from '../job/job.ts';
import {type Ref, shownId} from '../job/ref.ts';
import {compareNaturally} from '../text/compare-naturally.ts';
import {duration} from '../text/format.ts';
import type {Glyphs, Tone} from '../text/theme.ts';
import {cancellationWords, compareCancellations} from './cancellation-words.ts';
import {phaseLooks, phaseWord} from './phase-looks.ts';
import {percentOf, percentWords} from './progress.ts';

/** What a cell is made of. */
export type Row = {
	readonly job: Job;
	readonly report: CancellationReport | undefined;
	/** Whether the profile answers: what is shown is how it is, not how it was. */
	readonly sure: boolean;
	readonly now: number;
	readonly glyphs: Glyphs;
	/** It stands below the row that it shares with others. */
	readonly inside?: boolean;
};

type Cell = {readonly text: string; readonly tone?: Tone};

export type Column = {
	readonly id: string;
	readonly title: string;
	/** Cells, from what it needs to what it can use; without `most` it takes what is left. */
	readonly width: readonly [least: number, most?: number];
	/** Cells that it is given before a luxury has its place. */
	readonly comfort?: number;
	/** There only where everything else is comfortable. */
	readonly luxury?: true;
	/** Whether it says anything, given which jobs are asked for. */
	readonly when?: (scope: Scope) => boolean;
	/** Whether it says anything about this job; a column without is about every job. */
	readonly tells?: (job: Job) => boolean;
	/** There only where somebody asks for it. */
	readonly unusual?: true;
	/** Where there is too little room the highest number goes first; 0 stays. */
	readonly leaves: number;
	readonly align?: 'right';
	readonly cut?: 'middle';
	readonly cell: (row: Row) => Cell;
	readonly compare?: (a: Job, b: Job, cancellations: ReadonlyMap<Ref, CancellationReport>) => number;
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
// What nobody knows sorts last.
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

/** A column of text that only some systems tell. */
const text = (
	shape: Pick<Column, 'id' | 'title' | 'leaves' | 'width'>,
	of: (job: Job) => string | undefined,
): Column => ({
	...shape,
	luxury: true,
	tells: job => of(job) !== undefined,
	cell: ({job}) => ({text: of(job) ?? ''}),
	compare: (a, b) => compareNaturally(of(a) ?? '', of(b) ?? ''),
});

export const columns: readonly Column[] = [
	{
		id: 'state',
		title: 'STATE',
		width: [11, 11],
		leaves: 0,
		cell: ({job, report, now, glyphs}) => {
			const look = phaseLooks[job.phase];
			const words = report && !job.terminal ? cancellationWords(report, now) : undefined;
			// A job that is being cancelled shows that, and keeps its own word.
			const shown = words && words.group !== 'over' ? words : look;
			return {text: `${glyphs.state[shown.glyph]} ${phaseWord(job)}`, tone: shown.tone};
		},
		compare: (a, b) => phaseOrder[a.phase] - phaseOrder[b.phase],
	},
	{
		id: 'profile',
		title: 'PROFILE',
		width: [6, 14],
		comfort: 10,
		leaves: 2,
		cell: ({job}) => ({text: job.profile}),
		compare: (a, b) => compareText(a.profile, b.profile),
	},
	{
		id: 'id',
		title: 'JOB ID',
		width: [9, 22],
		comfort: 14,
		leaves: 0,
		cut: 'middle',
		cell: ({job}) => ({text: shownId(job.id)}),
		compare: (a, b) => compareNaturally(a.id, b.id),
	},
	{
		id: 'name',
		title: 'NAME',
		width: [12],
		comfort: 24,
		leaves: 1,
		cell: ({job, inside}) => ({text: inside ? `  ${job.name}` : job.name}),
		compare: (a, b) => compareNaturally(a.name, b.name),
	},
	{...text({id: 'kind', title: 'KIND', leaves: 12, width: [8, 20]}, ({kind}) => kind), unusual: true},
	text({id: 'project', title: 'PROJECT', leaves: 10, width: [8, 16]}, ({labels}) => labels?.project),
	// A partition, a system, an instance type: where it is to run.
	text({id: 'queue', title: 'QUEUE', leaves: 7, width: [7, 14]}, ({queue}) => queue),
	text({id: 'account', title: 'ACCOUNT', leaves: 9, width: [8, 12]}, ({labels}) => labels?.account),
	text({id: 'node', title: 'NODE', leaves: 8, width: [8, 16]}, ({labels}) => labels?.node),
	text({id: 'reason', title: 'REASON', leaves: 11, width: [10, 30]}, ({reason}) => reason),
	{
		id: 'owner',
		title: 'OWNER',
		width: [7, 12],
		leaves: 5,
		luxury: true,
		// My jobs are mine.
		when: ({everyone}) => everyone,
		cell: ({job}) => ({text: job.owner ?? '', ...(!job.mine && {tone: 'dim' as const})}),
		compare: (a, b) => compareText(a.owner ?? '', b.owner ?? ''),
	},
	{
		id: 'started',
		title: 'STARTED',
		width: [7, 7],
		leaves: 4,
		luxury: true,
		align: 'right',
		cell: ({job, now}) => ({text: job.startedAt === undefined ? '' : duration(now - job.startedAt)}),
		compare: (a, b) => compareTimes(a.startedAt, b.startedAt),
	},
	{
		id: 'progress',
		title: 'DONE',
		width: [4, 4],
		leaves: 6,
		luxury: true,
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
		width: [7, 7],
		leaves: 3,
		align: 'right',
		// The last cell says whether that is still so.
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
		leaves: 0,
		cell: ({report, now}) => (report ? cancellationWords(report, now) : {text: ''}),
		compare: (a, b, cancellations) => {
			const [one, other] = [cancellations.get(a.ref), cancellations.get(b.ref)];
			if (one && other) return compareCancellations(one, other);
			return one ? -1 : other ? 1 : 0;
		},
	},
];

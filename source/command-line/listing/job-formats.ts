/*
The formats of a list of jobs.
*/

import {reasonWords} from '../../job/ended-by.ts';
import {failurePolicies} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import {isoTime, jobJson} from '../../job/job-json.ts';
import {shownRef} from '../../job/ref.ts';
import {type ColumnShape, fitColumns} from '../../table/fit-columns.ts';
import {jobsOfRows} from '../../table/job-count.ts';
import {phaseLooks, stateInWords} from '../../table/phase-looks.ts';
import {percentWords} from '../../table/progress.ts';
import {elapsedMs, leftMs} from '../../table/run-time.ts';
import {duration} from '../../text/format.ts';
import type {Line, Theme, Tone} from '../../text/theme.ts';
import {cutEnd, cutMiddle, padEnd, padStart, safeText, widthOf} from '../../text/width.ts';
import type {ProfileList} from './read-profiles.ts';

export type Written = {
	readonly jobs: readonly Job[];
	readonly lists: readonly ProfileList[];
	readonly now: number;
	readonly theme: Theme;
	readonly colour: boolean;
	/** Cells of a line; absent if nothing is cut. */
	readonly columns: number | undefined;
};

type Column = Omit<ColumnShape, 'id' | 'fixed'> & {
	readonly right?: true;
	readonly cut?: 'middle';
	readonly cell: (job: Job, now: number) => string;
	readonly tone?: (job: Job) => Tone;
};

const lasting = (ms: number | undefined): string => (ms === undefined ? '-' : duration(ms));

const since = (at: number | undefined, now: number): string => (at === undefined ? '-' : duration(now - at));

const percent = ({progress}: Job): string => {
	if (progress?.percent !== undefined) return percentWords(progress.percent);
	return progress?.done === undefined ? '-' : `${progress.done}/${progress.total ?? '?'}`;
};

// The widths and the order of dropping are for a terminal that is too narrow; elsewhere nothing is cut.
const columns = {
	state: {
		title: 'STATE',
		width: [10, 24],
		dropOrder: 0,
		cell: stateInWords,
		tone: ({phase}) => phaseLooks[phase].tone,
	},
	// A cut ref cannot be copied.
	ref: {
		title: 'JOB',
		width: [12, 80],
		whole: true,
		dropOrder: 0,
		cut: 'middle',
		cell: ({ref}) => shownRef(ref),
	},
	name: {title: 'NAME', width: [8], dropOrder: 1, cell: ({name}) => name},
	owner: {title: 'OWNER', width: [6, 20], dropOrder: 3, cell: ({owner}) => owner ?? '-'},
	age: {
		title: 'AGE',
		width: [3, 7],
		whole: true,
		right: true,
		dropOrder: 2,
		cell: ({createdAt}, now) => since(createdAt, now),
	},
	elapsed: {
		title: 'ELAPSED',
		width: [7, 7],
		whole: true,
		right: true,
		dropOrder: 4,
		cell: (job, now) => lasting(elapsedMs(job, now)),
	},
	left: {
		title: 'LEFT',
		width: [4, 7],
		whole: true,
		right: true,
		dropOrder: 5,
		cell: (job, now) => lasting(leftMs(job, now)),
	},
	progress: {title: 'DONE', width: [4, 12], right: true, dropOrder: 6, cell: percent},
	queue: {title: 'QUEUE', width: [6, 20], dropOrder: 7, cell: ({queue}) => queue ?? '-'},
	nodes: {
		title: 'NODES',
		width: [6, 24],
		dropOrder: 8,
		cell: ({labels}) => labels?.node ?? labels?.nodes ?? '-',
	},
	why: {
		title: 'WHY',
		width: [8, 60],
		dropOrder: 9,
		cell: job => job.error?.message ?? reasonWords(job) ?? '-',
	},
	kind: {title: 'KIND', width: [8, 30], dropOrder: 10, cell: ({kind}) => kind ?? '-'},
} as const satisfies Record<string, Column>;

const usual: readonly Column[] = [columns.state, columns.ref, columns.name, columns.owner, columns.age];
const wide: readonly Column[] = [
	columns.state,
	columns.ref,
	columns.name,
	columns.owner,
	columns.age,
	columns.elapsed,
	columns.left,
	columns.progress,
	columns.kind,
	columns.queue,
	columns.nodes,
	columns.why,
];

/** Cells between two columns. */
const gap = 2;

type Fitted = {readonly index: number; readonly width: number};

/** The columns that fit a line of so many cells; without a limit, all of them at the width of their content. */
const fit = (
	shown: readonly Column[],
	widths: readonly number[],
	cells: {readonly isEmpty: (index: number) => boolean; readonly most: number | undefined},
): readonly Fitted[] => {
	const {isEmpty, most} = cells;
	const whole = widths.map((width, index) => ({index, width}));
	const sum = whole.reduce((total, {width}) => total + width + gap, -gap);
	if (most === undefined || sum <= most) return whole;
	const filled = whole.filter(({index}) => !isEmpty(index));
	// The fit counts one cell between columns, so each has the other one at its end.
	const shapes = filled.map(({index}) => ({...(shown[index] as Column), id: String(index)}));
	const needs = Object.fromEntries(filled.map(({index, width}) => [String(index), width + gap - 1]));
	return fitColumns(shapes, most + gap - 1, needs).map(({column: {id}, width}) => ({
		index: Number(id),
		width: width - gap + 1,
	}));
};

const table =
	(shown: readonly Column[]) =>
	({jobs, now, theme, colour, columns: most}: Written): string => {
		if (jobs.length === 0) return '';
		const {ascii, ellipsis} = theme.glyphs;
		const rows = jobs.map(job => shown.map(({cell}) => safeText(cell(job, now), ascii)));
		const widths = shown.map(({title}, index) =>
			rows.reduce((widest, row) => Math.max(widest, widthOf(row[index] as string)), title.length),
		);
		const isEmpty = (index: number) => rows.every(row => row[index] === '-');
		const fitted = fit(shown, widths, {isEmpty, most});
		const write = (cells: readonly string[], tone: (column: Column) => Tone): string => {
			const line = fitted.flatMap(({index, width}, place): readonly {text: string; tone: Tone}[] => {
				const column = shown[index] as Column;
				const cut = column.cut === 'middle' ? cutMiddle : cutEnd;
				const text = cut(cells[index] as string, width, ellipsis);
				const padded = column.right ? padStart(text, width) : padEnd(text, width);
				return [{text: `${padded}${place < fitted.length - 1 ? ' '.repeat(gap) : ''}`, tone: tone(column)}];
			});
			return `${paint(line, theme, colour).trimEnd()}\n`;
		};
		return [
			write(
				shown.map(({title}) => title),
				() => 'dim',
			),
			...rows.map((row, index) => {
				const job = jobs[index] as Job;
				return write(row, column => column.tone?.(job) ?? (job.terminal || !job.mine ? 'dim' : 'plain'));
			}),
		].join('');
	};

/** Without colour, there is no escape code at all: the output may go anywhere. */
const paint = (line: Line, theme: Theme, colour: boolean): string =>
	colour ? theme.paint(line) : line.map(({text}) => text).join('');

const csvCells: readonly (readonly [
	title: string,
	cell: (job: Job) => string | number | boolean | undefined,
])[] = [
	['ref', ({ref}) => ref],
	['profile', ({profile}) => profile],
	['backend', ({backend}) => backend],
	['id', ({id}) => id],
	['name', ({name}) => name],
	['kind', ({kind}) => kind],
	['owner', ({owner}) => owner],
	['phase', ({phase}) => phase],
	['status', ({status}) => status],
	['terminal', ({terminal}) => terminal],
	['createdAt', ({createdAt}) => isoTime(createdAt)],
	['startedAt', ({startedAt}) => isoTime(startedAt)],
	['endedAt', ({endedAt}) => isoTime(endedAt)],
	['percent', ({progress}) => progress?.percent],
	['done', ({progress}) => progress?.done],
	['total', ({progress}) => progress?.total],
	['errorKind', ({error}) => error?.kind],
	['errorMessage', ({error}) => error?.message],
];

// https://www.rfc-editor.org/rfc/rfc4180
const csvLine = (cells: readonly (string | number | boolean | undefined)[]): string =>
	`${cells
		.map((cell = '') =>
			/[",\r\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell),
		)
		.join(',')}\r\n`;

const profileJson = ({profile, backend, list, failure}: ProfileList) => ({
	profile,
	backend,
	state: failure ? failurePolicies[failure.kind].state : 'ok',
	error: failure && {kind: failure.kind, message: failure.detail},
	jobs: jobsOfRows(list?.jobs.values() ?? []),
	unreadable: list?.unreadable ?? 0,
});

export const jobFormats = {
	table: table(usual),
	wide: table(wide),
	json: ({jobs, lists}) =>
		`${JSON.stringify({version: 1, profiles: lists.map(profileJson), jobs: jobs.map(jobJson)})}\n`,
	jsonl: ({jobs}) => jobs.map(job => `${JSON.stringify(jobJson(job))}\n`).join(''),
	csv: ({jobs}) =>
		[
			csvLine(csvCells.map(([title]) => title)),
			...jobs.map(job => csvLine(csvCells.map(([, cell]) => cell(job)))),
		].join(''),
	ref: ({jobs}) => jobs.map(({ref}) => `${ref}\n`).join(''),
} as const satisfies Record<string, (written: Written) => string>;

export type JobFormat = keyof typeof jobFormats;

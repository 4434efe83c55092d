/*
The formats of a list of jobs.
*/

import {failurePolicies} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import {isoTime, jobJson} from '../../job/job-json.ts';
import {shownRef} from '../../job/ref.ts';
import {jobsOfRows} from '../../table/job-count.ts';
import {phaseLooks, stateInWords} from '../../table/phase-looks.ts';
import {percentWords} from '../../table/progress.ts';
import {duration} from '../../text/format.ts';
import type {Line, Theme, Tone} from '../../text/theme.ts';
import {cutEnd, padEnd, padStart, safeText, widthOf} from '../../text/width.ts';
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

type Column = {
	readonly title: string;
	readonly right?: true;
	readonly cell: (job: Job, now: number) => string;
	readonly tone?: (job: Job) => Tone;
};

const since = (at: number | undefined, now: number): string => (at === undefined ? '-' : duration(now - at));

const percent = ({progress}: Job): string => {
	if (progress?.percent !== undefined) return percentWords(progress.percent);
	return progress?.done === undefined ? '-' : `${progress.done}/${progress.total ?? '?'}`;
};

const columns = {
	state: {title: 'STATE', cell: stateInWords, tone: ({phase}) => phaseLooks[phase].tone},
	ref: {title: 'JOB', cell: ({ref}) => shownRef(ref)},
	name: {title: 'NAME', cell: ({name}) => name},
	owner: {title: 'OWNER', cell: ({owner}) => owner ?? '-'},
	age: {title: 'AGE', right: true, cell: ({createdAt}, now) => since(createdAt, now)},
	kind: {title: 'KIND', cell: ({kind}) => kind ?? '-'},
	queue: {title: 'QUEUE', cell: ({queue}) => queue ?? '-'},
	progress: {title: 'DONE', right: true, cell: percent},
	elapsed: {
		title: 'ELAPSED',
		right: true,
		cell: ({startedAt, endedAt}, now) =>
			startedAt === undefined ? '-' : duration((endedAt ?? now) - startedAt),
	},
	why: {title: 'WHY', cell: ({error, reason}) => error?.message ?? reason ?? '-'},
} as const satisfies Record<string, Column>;

const usual: readonly Column[] = [columns.state, columns.ref, columns.name, columns.owner, columns.age];
const wide: readonly Column[] = [
	columns.state,
	columns.ref,
	columns.name,
	columns.owner,
	columns.age,
	columns.elapsed,
	columns.progress,
	columns.kind,
	columns.queue,
	columns.why,
];

const table =
	(shown: readonly Column[]) =>
	({jobs, now, theme, colour, columns: most}: Written): string => {
		if (jobs.length === 0) return '';
		const {ascii, ellipsis} = theme.glyphs;
		const rows = jobs.map(job => shown.map(({cell}) => safeText(cell(job, now), ascii)));
		const widths = shown.map(({title}, index) =>
			rows.reduce((widest, row) => Math.max(widest, widthOf(row[index] as string)), title.length),
		);
		const write = (cells: readonly string[], tone: (column: Column) => Tone): string => {
			let left = most ?? Number.POSITIVE_INFINITY;
			const line: {text: string; tone: Tone}[] = [];
			for (const [index, column] of shown.entries()) {
				const last = index === shown.length - 1;
				const width = widths[index] as number;
				const text = cells[index] as string;
				const padded = column.right ? padStart(text, width) : last ? text : padEnd(text, width);
				const whole = last ? padded : `${padded}  `;
				const cut = Number.isFinite(left) ? cutEnd(whole, left, ellipsis) : whole;
				line.push({text: cut, tone: tone(column)});
				left -= widthOf(cut);
				if (left <= 0) break;
			}
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

/*
The rows of qstat, read as jobs. A row is a job, a task that has started, or the tasks of an array that wait.
*/
import {cleanText} from '../../job/clean-text.ts';
import type {Job} from '../../job/job.ts';
import type {Phase} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {noMembers} from '../../job/set.ts';
import {readTime} from '../read-time.ts';
import {countTasks, type TaskSet} from '../task-set.ts';
import {idOf, readTasks} from './ids.ts';
import type {Memory} from './memory.ts';
import {decode} from './xml.ts';

/** Whose jobs are mine, the profile that they belong to, and what is known of them. */
export type Viewer = {
	readonly profile: string;
	readonly isMine: (owner: string) => boolean;
	readonly memory: Memory;
};

export type QueueRow = {readonly number: number; readonly tasks: TaskSet | undefined; readonly job: Job};

/** https://manpages.debian.org/bookworm/gridengine-common/sge_status.5.en.html */
const letters = /^[dEhqwtrRsSTNPz]+$/;

export const phaseOfLetters = (state: string): Phase => {
	if (!letters.test(state) || state.includes('z')) return 'unknown';
	if (state.includes('d')) return 'stopping';
	const waits = state.includes('w') || state.includes('q');
	if (state.includes('E') || (waits && state.includes('h'))) return 'held';
	if (waits) return 'queued';
	// A process that is stopped goes on only when somebody lets it.
	if (/[sSTNP]/.test(state)) return 'held';
	if (state.includes('t')) return 'starting';
	return /[rR]/.test(state) ? 'running' : 'unknown';
};

const begin = '<job_list';
const end = '</job_list>';

/** The rows in an answer of qstat, as it printed them; undefined if the answer is something else, or was cut. */
export const rowsIn = (text: string): readonly string[] | undefined => {
	const first = text.indexOf('<job_info');
	const last = text.lastIndexOf('</job_info>');
	if (first === -1 || last === -1) return undefined;
	const rows: string[] = [];
	for (let from = text.indexOf(begin, first); from !== -1 && from < last; ) {
		const next = text.indexOf(begin, from + begin.length);
		const to = text.indexOf(end, from);
		// A row that does not end is a row all the same.
		rows.push(text.slice(from, to === -1 || (next !== -1 && to > next) ? (next === -1 ? last : next) : to));
		from = next;
	}
	return rows;
};

/** Reads one row; undefined if it has no number, no state or tasks that nobody can read. */
export const readRow = (row: string, viewer: Viewer): QueueRow | undefined => {
	const fields = fieldsOf(row);
	const state = clean(fields.state);
	const number = Number(fields.JB_job_number);
	if (!/^[1-9]\d{0,9}$/.test(fields.JB_job_number ?? '') || number >= 2 ** 31 || state === '')
		return undefined;
	const written = fields.tasks?.trim() ?? '';
	const tasks = written === '' ? undefined : readTasks(written);
	if (written !== '' && tasks === undefined) return undefined;
	return {number, tasks, job: jobOf({number, tasks, state, fields}, viewer)};
};

type Fields = Readonly<Record<string, string>>;

const fieldsOf = (row: string): Fields => {
	const fields: Record<string, string> = {};
	for (const [, name = '', value = ''] of row.matchAll(/<(\w+)>([^<]*)<\/\1>/g)) {
		if (!Object.hasOwn(fields, name)) fields[name] = decode(value);
	}
	return fields;
};

const clean = (text: string | undefined): string => cleanText(text ?? '').trim();

const jobOf = (
	{number, tasks, state, fields}: Omit<QueueRow, 'job'> & {readonly state: string; readonly fields: Fields},
	{profile, isMine, memory}: Viewer,
): Job => {
	const id = idOf(number, tasks);
	const phase = phaseOfLetters(state);
	const owner = clean(fields.JB_owner);
	const name = clean(fields.JB_name) || id;
	const started = state.includes('q') || state.includes('w') ? undefined : readTime(fields.JAT_start_time);
	const shown = readTime(fields.JB_submission_time);
	memory.remember(number, {
		owner,
		name,
		...(shown !== undefined && {submitted: shown}),
		...(started !== undefined && {started}),
	});
	const createdAt = memory.of(number)?.submitted;
	// `all.q@node1`
	const [queue = '', node = ''] = clean(fields.queue_name).split('@');
	const count = tasks === undefined ? 1 : countTasks(tasks);
	return {
		ref: refOf(profile, id),
		profile,
		backend: 'gridengine',
		id,
		name,
		...(owner !== '' && {owner}),
		mine: owner !== '' && isMine(owner),
		phase,
		status: state,
		terminal: false,
		...(queue !== '' && {queue}),
		...(node !== '' && {labels: {node}}),
		...(createdAt !== undefined && {createdAt}),
		...(started !== undefined && {startedAt: started}),
		...(tasks !== undefined && {parent: refOf(profile, String(number))}),
		...(count > 1 && {set: {counts: {...noMembers, live: count}, together: true as const}}),
	};
};

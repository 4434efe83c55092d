/*
What the qstat of Grid Engine 8.1.9 prints of jobs in the queue, as a table and as XML.
*/
import {setOfTasks} from './arguments.ts';
import {isWaiting, nodeOf, type QueuedJob} from './gridengine-jobs.ts';
import {americanTime, isoTime} from './gridengine-times.ts';
import {type XmlElements, xmlText} from './gridengine-xml.ts';

/** A row of qstat: a job, a task that has started, or the tasks of an array that wait. */
export type QueueRow = {
	/** The first job that it is about. */
	readonly first: QueuedJob;
	/** Undefined for a job that is no array. */
	readonly tasks: readonly number[] | undefined;
};

/** The rows of these jobs, in the order of qstat: what runs, what waits. `apart`: a row for each task. */
export const rowsOf = (jobs: readonly QueuedJob[], apart: boolean): readonly QueueRow[] => {
	const rows = Map.groupBy(jobs, one =>
		isWaiting(one) && !apart ? `${one.number} ${one.state}` : `${one.number} ${one.task}`,
	);
	return [...rows.values()]
		.map(members => {
			const [first] = members as [QueuedJob, ...QueuedJob[]];
			return {first, tasks: first.task === undefined ? undefined : members.map(({task = 1}) => task)};
		})
		.sort((a, b) => Number(isWaiting(a.first)) - Number(isWaiting(b.first)) || priorityOf(b) - priorityOf(a));
};

/** Task numbers as Grid Engine writes them: `3`, `3,4`, `3-10:1`. */
export const taskWords = (tasks: readonly number[]): string =>
	setOfTasks(tasks).replace(/(\d+)-(\d+)/g, (_, from: string, to: string) =>
		Number(to) - Number(from) === 1 ? `${from},${to}` : `${from}-${to}:1`,
	);

const priorityOf = ({first}: QueueRow): number => {
	if (!isWaiting(first)) return 0.55;
	return first.job.phase === 'held' ? 0 : 0.5;
};

const queueOf = (one: QueuedJob): string => (isWaiting(one) ? '' : `all.q@${nodeOf(one)}`);

/** When the job started; of one that waits, when it was submitted. */
const shownTime = (one: QueuedJob): number =>
	isWaiting(one) ? one.job.createdAt : (one.job.startedAt ?? one.job.createdAt);

const heading = `job-ID  prior   name       user         state submit/start at     queue                          slots ja-task-ID 
${'-'.repeat(113)}
`;

export const tableText = (rows: readonly QueueRow[]): string => {
	if (rows.length === 0) return '';
	const column = (text: string, width: number) => text.slice(0, width).padEnd(width);
	const lines = rows.map(row => {
		const {first, tasks} = row;
		return [
			String(first.number).padStart(7),
			priorityOf(row).toFixed(5),
			column(first.job.plan.name, 10),
			column(first.user.name, 12),
			column(first.state, 5),
			americanTime(shownTime(first)),
			column(queueOf(first), 30),
			'    1',
			tasks === undefined ? ' '.repeat(7) : taskWords(tasks),
		].join(' ');
	});
	return `${heading}${lines.join('\n')}\n`;
};

export const queueXml = (rows: readonly QueueRow[]): string => {
	const {running = [], pending = []} = Object.groupBy(rows, ({first}) =>
		isWaiting(first) ? 'pending' : 'running',
	);
	return xmlText('job_info', {
		queue_info: running.map(row => rowXml('running', row)),
		job_info: pending.map(row => rowXml('pending', row)),
	});
};

const rowXml = (state: 'running' | 'pending', row: QueueRow): XmlElements => {
	const {first, tasks} = row;
	return {
		[`job_list state="${state}"`]: {
			JB_job_number: first.number,
			JAT_prio: priorityOf(row).toFixed(5),
			JB_name: first.job.plan.name,
			JB_owner: first.user.name,
			state: first.state,
			[state === 'running' ? 'JAT_start_time' : 'JB_submission_time']: isoTime(shownTime(first)),
			queue_name: queueOf(first),
			slots: 1,
			...(tasks && {tasks: taskWords(tasks)}),
		},
	};
};

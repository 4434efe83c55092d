import type {Job, JobDetail, JobMoment} from '../../job/job.ts';
import {shownJson} from '../read-fields.ts';
import {cronCaution} from '../slurm/details.ts';
import {isInfinite, isObject, readExit, readNumber, type SourcedRecord, textOf} from './wire.ts';

type Field = readonly [label: string, value: string | undefined];

/** What is worth reading of a job, from the controller's record or from that of the accounts. */
export const detailsOf = (job: Job, {record, source}: SourcedRecord): JobDetail => {
	const text = (key: string): string | undefined => textOf(source[key]) || undefined;
	const number = (key: string): string | undefined => {
		const value = readNumber(source[key]);
		return value ? String(value) : undefined;
	};
	const time = isObject(source.time) ? source.time : {};
	const limit = source.time_limit ?? time.limit;
	const fields: Field[] = [
		['State', job.status],
		['Reason', job.reason],
		['Array tasks', /_\[(.+)\]$/.exec(job.id)?.[1]],
		['User', job.owner],
		['Exit code', job.endedAt === undefined ? undefined : readExit(source.exit_code)],
		['Partition', record.partition || undefined],
		['Account', text('account')],
		['QOS', text('qos')],
		['Nodes', text('nodes')],
		['Node count', number('node_count')],
		['CPUs', number('cpus')],
		['Time limit', isInfinite(limit) ? 'unlimited' : minutes(readNumber(limit))],
		['Depends on', text('dependency')],
		['Priority', number('priority')],
		['Restarts', number('restart_cnt')],
		['Tasks at once', number('array_max_tasks')],
		['Resources', text('tres_alloc_str') ?? text('tres_req_str')],
		['Comment', text('comment')],
		['Command', text('command')],
		['Work dir', text('current_working_directory') ?? text('working_directory')],
		['Output', text('stdout_expanded') ?? text('standard_output')],
	];
	const flags = Array.isArray(source.flags) ? source.flags : [];
	const restarts = readNumber(source.restart_cnt);
	return {
		job: {
			...job,
			// Each time it has got a new time of submission.
			...(restarts && {restarts}),
			...(flags.includes('CRON_JOB') && {caution: cronCaution}),
		},
		fields: fields.filter((field): field is readonly [string, string] => field[1] !== undefined),
		timeline: timelineOf(job),
		raw: shownJson(source),
	};
};

const minutes = (count: number | undefined): string | undefined => {
	if (!count) return undefined;
	const [hours, rest] = [Math.floor(count / 60), count % 60];
	return [hours > 0 && `${hours} h`, rest > 0 && `${rest} min`].filter(Boolean).join(' ');
};

const timelineOf = (job: Job): JobMoment[] => {
	const moments: JobMoment[] = [];
	const add = (what: string, at: number | undefined, detail?: string) => {
		if (at !== undefined) moments.push({at, what, ...(detail !== undefined && {detail})});
	};
	add('Submitted', job.createdAt);
	add('Started', job.startedAt);
	add(job.terminal ? 'Ended' : 'Ending', job.endedAt, job.status);
	return moments;
};

/*
What `qstat -j` of Grid Engine 8.1.9 prints of jobs in the queue.
*/
import {isWaiting, type QueuedJob} from './gridengine-jobs.ts';
import {wordyTime} from './gridengine-times.ts';
import {type XmlElements, xmlText} from './gridengine-xml.ts';

/** A job, or an array with the tasks that are in the queue. */
export type DetailedJob = {
	readonly first: QueuedJob;
	readonly members: readonly QueuedJob[];
	/** The last task of the array, in the queue or not; undefined for a job that is no array. */
	readonly lastTask: number | undefined;
};

/** Why jobs wait, in the words of the scheduler: one that is held, and all others. */
const reasons = {
	held: 'Job is in hold state',
	all: 'All queues dropped because of overload or full',
} as const;

const isHeld = ({first}: DetailedJob): boolean => first.job.phase === 'held';

const home = ({user}: QueuedJob): string => `/home/${user.name}`;

const elementOf = ({first, members, lastTask}: DetailedJob): XmlElements => {
	const {number, user, job, folder} = first;
	return {
		element: {
			JB_job_number: number,
			JB_ar: 0,
			JB_exec_file: `job_scripts/${number}`,
			JB_submission_time: Math.floor(job.createdAt / 1000),
			JB_owner: user.name,
			JB_uid: user.uid,
			JB_group: 'users',
			JB_gid: 100,
			JB_account: 'sge',
			JB_merge_stderr: 'true',
			JB_mail_list: {element: {MR_user: user.name, MR_host: 'login1'}},
			JB_notify: 'false',
			JB_job_name: job.plan.name,
			JB_jobshare: 0,
			JB_env_list: environment(first),
			JB_script_file: job.plan.process,
			JB_ja_tasks: members.filter(one => !isWaiting(one)).map(taskElement),
			JB_cwd: folder,
			JB_deadline: 0,
			JB_execution_time: 0,
			JB_priority: 1024,
			JB_ja_structure: {task_id_range: {RN_min: 1, RN_max: lastTask ?? 1, RN_step: 1}},
			JB_type: 0,
		},
	};
};

const environment = (one: QueuedJob): readonly XmlElements[] =>
	Object.entries({HOME: home(one), LOGNAME: one.user.name, WORKDIR: one.folder, HOST: 'login1'}).map(
		([name, value]) => ({job_sublist: {VA_variable: `__SGE_PREFIX__O_${name}`, VA_value: value}}),
	);

const taskElement = ({task, job}: QueuedJob): XmlElements => ({
	ulong_sublist: {
		JAT_status: 128,
		JAT_task_number: task ?? 1,
		JAT_start_time: Math.floor((job.startedAt ?? job.createdAt) / 1000),
	},
});

const messages = (jobs: readonly DetailedJob[]): XmlElements => {
	const held = jobs.filter(isHeld).map(({first}) => ({ulong_sublist: {ULNG_value: first.number}}));
	const own = {MES_job_number_list: held, MES_message_number: 33, MES_message: reasons.held};
	return {
		...(held.length > 0 && {SME_message_list: {element: own}}),
		SME_global_message_list: {element: {MES_message_number: 28, MES_message: reasons.all}},
	};
};

export const detailsXml = (jobs: readonly DetailedJob[]): string =>
	xmlText('detailed_job_info', {
		djob_info: jobs.map(elementOf),
		messages: {element: messages(jobs)},
	});

export const detailsText = (jobs: readonly DetailedJob[]): string =>
	jobs
		.map(one => {
			const {first, lastTask} = one;
			const {number, user, job, folder} = first;
			const lines: readonly (readonly [label: string, value: string | number])[] = [
				['job_number:', number],
				['exec_file:', `job_scripts/${number}`],
				['submission_time:', wordyTime(job.createdAt)],
				['owner:', user.name],
				['uid:', user.uid],
				['group:', 'users'],
				['gid:', 100],
				['sge_o_home:', home(first)],
				['sge_o_log_name:', user.name],
				['sge_o_host:', 'login1'],
				['account:', 'sge'],
				['cwd:', folder],
				['merge:', 'y'],
				['mail_list:', `${user.name}@login1`],
				['notify:', 'FALSE'],
				['job_name:', job.plan.name],
				['jobshare:', 0],
				['script_file:', job.plan.process],
				...(lastTask === undefined ? [] : [['job-array tasks:', `1-${lastTask}:1`] as const]),
				['scheduling info:', reasons[isHeld(one) ? 'held' : 'all']],
			];
			const rule = '='.repeat(62);
			return `${rule}\n${lines.map(([label, value]) => `${label.padEnd(28)}${value}\n`).join('')}`;
		})
		.join('');

export const unknownXml = (ids: readonly string[]): string =>
	`<?xml version='1.0'?>\n<unknown_jobs >\n${ids.map(id => `    <ST_name>${id}</ST_name>\n`).join('')}</unknown_jobs>\n`;

export const unknownText = (ids: readonly string[]): string =>
	`Following jobs do not exist: \n${ids.map(id => `${id}\n`).join('')}`;

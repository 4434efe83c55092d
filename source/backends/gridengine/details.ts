/* What Grid Engine shows of one job, in the order in which it is worth reading. */

import {cleanText} from '../../job/clean-text.ts';
import type {Job, JobDetail, JobMoment} from '../../job/job.ts';
import type {AccountRecord} from './accounts.ts';
import {type JobId, onlyTask} from './ids.ts';
import type {KnownJob, OutputPlace} from './memory.ts';
import {readEpoch} from './times.ts';
import {type Element, find, findAll} from './xml.ts';

type Fields = JobDetail['fields'];

const textIn = (element: Element | undefined, ...path: readonly string[]): string | undefined => {
	const text = cleanText(find(element, ...path)?.text ?? '').trim();
	return text === '' || text === 'NONE' ? undefined : text;
};

/** What is worth remembering of a job in the queue. */
export const factsOf = (element: Element): KnownJob => {
	const submitted = readEpoch(find(element, 'JB_submission_time')?.text.trim());
	const ranges = findAll(find(element, 'JB_ja_structure'), 'task_id_range');
	const tasks = ranges.reduce((sum, range) => {
		const [min, max, step] = ['RN_min', 'RN_max', 'RN_step'].map(name => Number(find(range, name)?.text));
		const count = Math.floor(((max ?? 0) - (min ?? 0)) / (step || 1)) + 1;
		return sum + (Number.isSafeInteger(count) && count > 0 ? count : 0);
	}, 0);
	const id = textIn(element, 'JB_job_number') ?? '';
	return {
		owner: textIn(element, 'JB_owner') ?? '',
		name: textIn(element, 'JB_job_name') ?? id,
		...(submitted !== undefined && {submitted}),
		...(tasks > 1 && {tasks}),
		output: outputPlaceOf(element),
	};
};

/** A path as it is: what is cleaned is another file. */
const outputPlaceOf = (element: Element): OutputPlace => {
	const path = pathIn(find(element, 'JB_stdout_path_list', 'path_list', 'PN_path'));
	const folder = pathIn(find(element, 'JB_cwd'));
	const variables = findAll(find(element, 'JB_env_list'), 'job_sublist');
	const home = variables.find(each => find(each, 'VA_variable')?.text === '__SGE_PREFIX__O_HOME');
	const homePath = pathIn(find(home, 'VA_value'));
	return {
		...(path !== undefined && {path}),
		...(folder !== undefined && {folder}),
		...(homePath !== undefined && {home: homePath}),
	};
};

const pathIn = (element: Element | undefined): string | undefined =>
	element === undefined || element.text === '' || element.text.includes('\0') ? undefined : element.text;

/** Why the job waits or is held, in the words of Grid Engine: the last error of its tasks, what its scheduler says of it, else of all jobs. */
export const reasonIn = (messages: Element | undefined, element: Element, id: JobId): string | undefined => {
	const task = onlyTask(id);
	const own = findAll(find(element, 'JB_ja_tasks'), 'ulong_sublist').filter(
		each => task === undefined || Number(find(each, 'JAT_task_number')?.text) === task,
	);
	const error = own.flatMap(each => findAll(each, 'QIM_message')).at(-1)?.text;
	// `11/29/2026 06:53:07 [1001:13168]: error: can't open …`
	if (error !== undefined) return wordsOf(error.replace(/^[\d/]+ [\d:.]+ \[[\d:]+\]: /, ''));
	const said = findAll(find(messages, 'element', 'SME_message_list'), 'element').filter(each =>
		findAll(each, 'ulong_sublist').some(one => one.children.some(({text}) => Number(text) === id.job)),
	);
	const [first, ...others] = said.map(each => find(each, 'MES_message')?.text ?? '');
	if (first !== undefined) return wordsOf([first, ...others].join('; '));
	const all = findAll(find(messages, 'element', 'SME_global_message_list'), 'MES_message');
	return wordsOf(all.at(-1)?.text ?? '');
};

const wordsOf = (text: string): string | undefined => cleanText(text, 300).trim() || undefined;

export const queueFields = (job: Job, element: Element): Fields => {
	const {fields, add} = createFields(job);
	add('Reason', job.reason);
	addPlace(job, add);
	add('Project', textIn(element, 'JB_project'));
	add('Department', textIn(element, 'JB_department'));
	add('Parallel environment', textIn(element, 'JB_pe'));
	const requests = findAll(find(element, 'JB_hard_resource_list'), 'qstat_l_requests').map(
		each => `${textIn(each, 'CE_name') ?? '?'}=${textIn(each, 'CE_stringval') ?? '?'}`,
	);
	add('Requests', requests.join(', ') || undefined);
	const waitsFor = findAll(find(element, 'JB_jid_request_list'), 'element').map(each =>
		textIn(each, 'JRE_job_name'),
	);
	add('Waits for', [...new Set(waitsFor)].join(', ') || undefined);
	const args = findAll(find(element, 'JB_job_args'), 'element').map(each => textIn(each, 'ST_name') ?? '');
	add('Command', [textIn(element, 'JB_script_file') ?? '', ...args].join(' ').trim() || undefined);
	add('Work dir', textIn(element, 'JB_cwd'));
	add('Output', textIn(element, 'JB_stdout_path_list', 'path_list', 'PN_path'));
	return fields;
};

export const accountFields = (job: Job, record: AccountRecord | undefined): Fields => {
	const {fields, add} = createFields(job);
	add('Reason', job.reason);
	if (job.endedBy?.kind === 'signal') add('Signal', String(job.endedBy.signal));
	else if (record !== undefined) add('Exit code', String(record.exit));
	addPlace(job, add);
	const value = (name: string) => {
		const text = cleanText(record?.fields[name] ?? '').trim();
		return text === '' || text === 'NONE' || text === 'undefined' ? undefined : text;
	};
	add('Project', value('project'));
	add('Parallel environment', value('granted_pe'));
	add('Slots', value('slots'));
	add('CPU time', value('cpu'));
	add('Memory used', value('maxvmem'));
	add('Work dir', value('cwd'));
	return fields;
};

const createFields = (job: Job) => {
	const fields: [string, string][] = [['State', job.status]];
	return {
		fields,
		add(label: string, value: string | undefined) {
			if (value !== undefined) fields.push([label, value]);
		},
	};
};

const addPlace = (
	{owner, queue, labels}: Job,
	add: (label: string, value: string | undefined) => void,
): void => {
	add('User', owner);
	add('Queue', queue);
	add('Node', labels?.node);
};

export const timelineOf = (job: Job): JobMoment[] => {
	const moments: JobMoment[] = [];
	const add = (what: string, at: number | undefined, detail?: string) => {
		if (at !== undefined) moments.push({at, what, ...(detail !== undefined && {detail})});
	};
	add('Submitted', job.createdAt);
	add('Started', job.startedAt);
	add('Ended', job.endedAt, job.status);
	return moments;
};

/*
Ids of Grid Engine: `12` is a job or a whole array, `12.3` a task of it, `12.3-9`, `12.3-9:2` and, in jobtop alone, `12.3,7-9` are several tasks. Its programs take much more for an id: a word is the name of jobs, with patterns; `015` is 15, `15.5-1` are the tasks 1 to 5, and of a number beyond 32 bits the rest is another task. So no text is sent that is not read here first.
*/
import {cleanText} from '../../job/clean-text.ts';
import {countTasks, parseTaskSet, type TaskSet, tasksOf} from '../task-set.ts';

export type JobId = {
	readonly job: number;
	/** Undefined for a whole job. */
	readonly tasks: TaskSet | undefined;
};

const maxNumber = 2 ** 31 - 1;

/** Undefined if the text is not the id of a job or of tasks, exactly as jobtop writes it. */
export const parseId = (text: string): JobId | undefined => {
	const match = /^([1-9]\d{0,9})(?:\.([\d,:-]+))?$/.exec(text);
	if (match === null) return undefined;
	const job = Number(match[1]);
	const tasks = match[2] === undefined ? undefined : readTasks(match[2]);
	if (match[2] !== undefined && tasks === undefined) return undefined;
	return job <= maxNumber && idOf(job, tasks) === text ? {job, tasks} : undefined;
};

/** Tasks as Grid Engine writes them: `3`, `3-10:1`, `3,5`. Undefined for what it never writes. */
export const readTasks = (text: string): TaskSet | undefined => {
	const set = parseTaskSet(text);
	if (set === undefined) return undefined;
	let last = 0;
	for (const {from, to, step} of set) {
		if (from <= last || to > maxNumber || step > maxNumber) return undefined;
		last = to;
	}
	return set.map(({from, to, step}) => {
		// `1-8:3` are the tasks 1, 4 and 7.
		const end = to - ((to - from) % step);
		return {from, to: end, step: end === from ? 1 : step};
	});
};

export const idOf = (job: number, tasks: TaskSet | undefined): string =>
	tasks === undefined ? String(job) : `${job}.${tasks.map(rangeText).join(',')}`;

const rangeText = ({from, to, step}: TaskSet[number]): string => {
	if (from === to) return String(from);
	return step === 1 ? `${from}-${to}` : `${from}-${to}:${step}`;
};

/** The arguments of qdel for this id: it takes one range in each. */
export const argumentsOf = ({job, tasks}: JobId): readonly string[] =>
	tasks === undefined ? [String(job)] : tasks.map(range => idOf(job, [range]));

/** The one task that an id names. */
export const onlyTask = ({tasks}: JobId): number | undefined => {
	if (tasks === undefined || countTasks(tasks) !== 1) return undefined;
	return tasksOf(tasks).next().value ?? undefined;
};

/** Why a text is no id, as a sentence. */
export const whyNoId = (text: string): string => {
	const shown = cleanText(text, 60);
	return `"${shown}" is not an id of Grid Engine: a job is 12, a task of an array 12.3, several are 12.3-9`;
};

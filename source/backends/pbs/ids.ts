/*
Ids of PBS: `12.server` is a job, `12[].server` an array, `12[3].server` one of its tasks. Its programs take more for an id: without the server's name they add one by themselves, `12[1-3]` is a range of tasks, `@` leads to another server, and a word is a queue to qstat and an option to qdel. So no text is sent that is not read here first.
*/
import {cleanText} from '../../job/clean-text.ts';

export type JobId = {
	/** `12` */
	readonly number: string;
	/** `[]` for a whole array, `[3]` for a task of it. */
	readonly brackets: string;
	readonly server: string;
};

const pattern =
	/^(0|[1-9]\d{0,14})(\[(?:0|[1-9]\d{0,9})?\])?\.([A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?)$/;

/** Undefined if the text is not the id of one job or one array, exactly as PBS writes it. */
export const parseId = (text: string): JobId | undefined => {
	const [, number, brackets = '', server] = pattern.exec(text) ?? [];
	return number === undefined || server === undefined ? undefined : {number, brackets, server};
};

/** Whether it stands for the jobs of an array. */
export const isArray = (id: string): boolean => parseId(id)?.brackets === '[]';

/** The id of the array that a task belongs to; undefined for any other job. */
export const arrayOf = (id: string): string | undefined => {
	const {number, brackets, server} = parseId(id) ?? {};
	return brackets === undefined || brackets === '' || brackets === '[]' ? undefined : `${number}[].${server}`;
};

/** Why a text is no id, as a sentence. */
export const whyNoId = (text: string): string =>
	`"${cleanText(text, 60)}" is not an id of PBS: a job is 12.server, an array 12[].server, its task 12[3].server`;

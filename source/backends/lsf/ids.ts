/*
Ids of LSF: `123` is a job or a whole array, `123[4]` one element of it. Its programs take more: no id means the job that was submitted last, 0 means all jobs, and `123[1-5]` several. A number beyond 32 bits could become another one, and 4294967296 even 0. So no text is sent that is not read here first.
*/
import {cleanText} from '../../job/clean-text.ts';

export type JobId = {
	readonly job: number;
	/** Undefined for a job that is no element of an array, and for a whole array. */
	readonly element: number | undefined;
};

const maxNumber = 2 ** 31 - 1;

/** Undefined if the text is not an id exactly as LSF writes it. */
export const parseId = (text: string): JobId | undefined => {
	const match = /^([1-9]\d{0,9})(?:\[([1-9]\d{0,9})\])?$/.exec(text);
	if (match === null) return undefined;
	const job = Number(match[1]);
	const element = match[2] === undefined ? undefined : Number(match[2]);
	return job > maxNumber || (element ?? 0) > maxNumber ? undefined : {job, element};
};

export const idOf = ({job, element}: JobId): string =>
	element === undefined ? `${job}` : `${job}[${element}]`;

/** Why a text is no id, as a sentence. */
export const whyNoId = (text: string): string => {
	const shown = cleanText(text, 60);
	return `"${shown}" is not an id of LSF: a job or an array is 123, an element 123[4]`;
};

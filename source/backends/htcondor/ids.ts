/*
Ids of HTCondor: `12.3` is a job, `12` the cluster that it was submitted with. Its programs take much more for an id: a word is a user, a bare number a whole cluster, and a number beyond 32 bits is another job (`condor_rm 4294967297.0` removes job 1.0). So no text is sent that is not read here first.
*/
import {cleanText} from '../../job/clean-text.ts';

export type JobId = {
	readonly cluster: number;
	/** Undefined for a whole cluster. */
	readonly proc: number | undefined;
};

const maxNumber = 2 ** 31 - 1;

/** Undefined if the text is not the id of a job or a cluster, exactly as HTCondor writes it. */
export const parseId = (text: string): JobId | undefined => {
	const match = /^([1-9]\d{0,9})(?:\.(0|[1-9]\d{0,9}))?$/.exec(text);
	if (match === null) return undefined;
	const cluster = Number(match[1]);
	const proc = match[2] === undefined ? undefined : Number(match[2]);
	return cluster > maxNumber || (proc ?? 0) > maxNumber ? undefined : {cluster, proc};
};

/** Why a text is no id, as a sentence. */
export const whyNoId = (text: string): string => {
	const shown = cleanText(text, 60);
	return `"${shown}" is not an id of HTCondor: a job is 12.3, its cluster 12`;
};

/*
What ended a job, by the marks that PBS leaves in its record.
*/
import type {EndedBy} from '../../job/ended-by.ts';
import {numberOf, textOf} from './attributes.ts';
import {isArray} from './ids.ts';
import type {JobRecord} from './records.ts';

// https://github.com/openpbs/openpbs/blob/master/src/include/job.h (`JOB_SUBSTATE_TERMINATED` and those after it)
const substates: Readonly<Record<number, string>> = {
	91: 'Terminated',
	92: 'Finished',
	93: 'Failed',
	94: 'Moved',
};

/** How an ended task stands in the record of its array. */
const taskComments: ReadonlyMap<string, string> = new Map([
	['Subjob terminated', 'Terminated'],
	['Subjob finished', 'Finished'],
	['Subjob failed', 'Failed'],
]);

/** The word for how it ended. */
export const endStatus = (record: JobRecord, borrowed: boolean): string => {
	if (borrowed) return taskComments.get(textOf(record, 'comment') ?? '') ?? 'Expired';
	const code = numberOf(record, 'Exit_status');
	const known = substates[numberOf(record, 'substate') ?? 0];
	// PBS writes down that it was to be deleted, also where its work had ended before the signal came. The code of an array is not that of its tasks.
	// https://github.com/openpbs/openpbs/blob/master/src/server/svr_jobfunc.c (`svr_setjob_histinfo`)
	if (known === 'Terminated' && code === 0 && !isArray(record.Job_Id)) return 'Finished';
	if (known !== undefined) return known;
	return code === undefined ? 'Ended' : code === 0 ? 'Finished' : 'Failed';
};

/** `Job run at … on (node:ncpus=1) and terminated by alice@host` */
const terminated = /\band terminated(?: by ([^\s@]+)\S*)?$/;

/** Whether PBS is ending it: its state stays R until it has ended. */
export const isBeingTerminated = (comment: string | undefined): boolean => terminated.test(comment ?? '');

// https://github.com/openpbs/openpbs/blob/master/src/include/job.h (`JOB_EXEC_KILL_VMEM` and those after it)
const exitCodes: Readonly<Record<number, EndedBy>> = {
	[-26]: {kind: 'memory'},
	[-27]: {kind: 'memory'},
	[-28]: {kind: 'time-limit'},
	[-29]: {kind: 'time-limit'},
};

/** Beyond this number, an exit code is a signal. */
const signalBase = 256;

/** Of a job that has ended with this word. */
export const endedByOf = (record: JobRecord, status: string, borrowed: boolean): EndedBy | undefined => {
	if (status === 'Terminated') {
		const by = borrowed ? undefined : terminated.exec(textOf(record, 'comment') ?? '')?.[1];
		return {kind: 'cancelled', ...(by !== undefined && {by})};
	}
	// Beside any other word, a code proves nothing.
	const code = borrowed || status !== 'Failed' ? undefined : numberOf(record, 'Exit_status');
	if (code === undefined || code === 0) return undefined;
	if (code > signalBase) return {kind: 'signal', signal: code - signalBase};
	return exitCodes[code] ?? {kind: 'exit', code};
};

/** 256 and SIGKILL. Where a manager forces the end, the server itself writes it: https://github.com/openpbs/openpbs/blob/master/src/server/req_delete.c */
const killedExit = 265;

/** Whether the server dropped it without waiting for its node (`qdel -W force`): it ran, and its node has reported nothing of its end. */
export const isForced = (record: JobRecord, status: string, borrowed: boolean): boolean =>
	status === 'Terminated' &&
	!borrowed &&
	textOf(record, 'exec_host') !== undefined &&
	[undefined, killedExit].includes(numberOf(record, 'Exit_status')) &&
	textOf(record, 'obittime') === undefined;

/*
What ended a job, by its result, its exception and its exit code in Flux.
*/
import type {EndedBy} from '../../job/ended-by.ts';
import {type FluxRecord, numberOf, recordOf, textOf} from './record.ts';

/** Of a job that has ended. What a note explains better has no kind here. */
export const endedByOf = (record: FluxRecord): EndedBy | undefined => {
	const result = textOf(record, 'result');
	const exception = recordOf(record, 'exception');
	const type = exception.occurred === true ? textOf(exception, 'type') : undefined;
	if (result === 'CANCELED') return {kind: 'cancelled'};
	if (result === 'TIMEOUT') return {kind: 'time-limit'};
	if (result !== 'FAILED') return undefined;
	if (type === 'dependency') return {kind: 'dependency'};
	if (type === 'node-failure') return {kind: 'node'};
	// The note says what failed: the command that is not there, the request that no node can satisfy.
	if (type !== undefined && textOf(exception, 'note') !== undefined) return undefined;
	return endOfProgram(numberOf(record, 'returncode'));
};

/** The shell of a job ends with 128 and the signal that ended the job. A negative code is a signal, too, and -128 a job that never ran. */
const endOfProgram = (code: number | undefined): EndedBy | undefined => {
	if (code === undefined || code === 0 || code === -128) return undefined;
	if (code < 0) return {kind: 'signal', signal: -code};
	return code > 128 && code <= 128 + 64 ? {kind: 'signal', signal: code - 128} : {kind: 'exit', code};
};

/** Who raised the exception that cancelled a job, by the number of the user. */
export const byUser = (userid: number, record: FluxRecord): string => {
	if (userid === 0) return 'root';
	const owner = textOf(record, 'username');
	return owner !== undefined && userid === numberOf(record, 'userid') ? owner : `uid ${userid}`;
};

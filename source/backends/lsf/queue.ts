/*
How bjobs is asked.
*/
import {BackendError, type Failure} from '../../job/failure.ts';
import {strangeAnswer} from '../programs/complaints.ts';
import {failureOfProgram, saysNone, unknownIn} from './answers.ts';
import type {LsfPrograms} from './programs.ts';
import {isRecord, readAnswer, textOf} from './record.ts';
import {fields} from './wire.ts';

/** The answer of bjobs: records, and the ids that it does not know. */
export type Answer = {readonly records: readonly unknown[]; readonly unknown: ReadonlySet<string>};

/** The records of jobs, with these fields. The exit code is no answer: with no jobs, or with one unknown id among many, it depends on the site. */
export const readQueue = async (
	{run}: LsfPrograms,
	which: readonly string[],
	signal: AbortSignal,
	wanted: readonly string[] = fields,
): Promise<Answer> => {
	const result = await run('bjobs', ['-json', '-o', wanted.join(' '), ...which], signal);
	const all = readAnswer(result.stdout);
	const unknown = new Set(unknownIn(`${result.stdout}\n${result.stderr}`));
	if (all === undefined) {
		if (result.signal === undefined && (saysNone(result) || unknown.size > 0)) return {records: [], unknown};
		const failure: Failure =
			result.code === 0 ? strangeAnswer('bjobs', result) : failureOfProgram('bjobs', result);
		throw new BackendError(failure);
	}
	const records = all.filter(record => !(isRecord(record) && textOf(record, 'ERROR') !== undefined));
	return {records, unknown};
};

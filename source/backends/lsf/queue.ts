/*
How bjobs is asked.
*/
import {BackendError, type Failure} from '../../job/failure.ts';
import {strangeAnswer} from '../programs/complaints.ts';
import {failureOfProgram, saysNone, unknownIn} from './answers.ts';
import type {LsfPrograms} from './programs.ts';
import {isRecord, readAnswer, textOf} from './record.ts';
import {fields} from './wire.ts';

/** The answer of bjobs: records, and which ids it says that it does not know. */
export type Answer = {
	readonly records: readonly unknown[];
	readonly isUnknown: (id: string) => boolean;
};

/** The records of jobs, with these fields. The exit code is no answer: with no jobs, or with one unknown id among many, it depends on the site. */
export const readQueue = async (
	{run}: LsfPrograms,
	which: readonly string[],
	signal: AbortSignal,
	wanted: readonly string[] = fields,
): Promise<Answer> => {
	const result = await run('bjobs', ['-json', '-o', wanted.join(' '), ...which], signal);
	const all = readAnswer(result.stdout);
	if (all === undefined) {
		const unknown = unknownIn(`${result.stdout}\n${result.stderr}`);
		const isNone = saysNone(result);
		if (result.signal === undefined && (isNone || unknown.size > 0))
			return {records: [], isUnknown: id => isNone || unknown.has(id)};
		const failure: Failure =
			result.code === 0 ? strangeAnswer('bjobs', result) : failureOfProgram('bjobs', result);
		throw new BackendError(failure);
	}
	const errors = all.flatMap(record => (isRecord(record) ? (textOf(record, 'ERROR') ?? []) : []));
	const unknown = unknownIn([...errors, result.stderr].join('\n'));
	return {
		records: all.filter(record => !(isRecord(record) && textOf(record, 'ERROR') !== undefined)),
		isUnknown: id => all.length === 0 || unknown.has(id),
	};
};

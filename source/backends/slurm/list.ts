import {randomBytes} from 'node:crypto';
import {BackendError} from '../../job/failure.ts';
import type {ListPage, ListRequest} from '../backend.ts';
import {failureOfProgram, strangeAnswer} from './answers.ts';
import type {Controller} from './controller.ts';
import {jobsOf, type Records} from './records.ts';
import {queueFormat, readQueue} from './wire.ts';

/** All jobs of the controller, in one page. */
export const listPage = async (
	controller: Controller,
	{everyone, ended, signal}: ListRequest,
): Promise<ListPage> => {
	const {user, viewer} = controller;
	await user.find(signal);
	const owner = everyone ? [] : ['-u', String(user.uid())];
	const args = [...owner, ...(ended ? ['-t', 'all'] : [])];
	const {records, unreadable} = await readSqueue(controller, args, signal);
	return {jobs: jobsOf(records, viewer), unreadable, covers: 'everything'};
};

/** Runs squeue with these arguments, reads what it prints and remembers whose jobs it shows. */
export const readSqueue = async (
	{programs, owners}: Controller,
	args: readonly string[],
	signal: AbortSignal,
): Promise<Records> => {
	const mark = newMark();
	const result = await programs.run('squeue', ['-a', '-o', queueFormat(mark), ...args], signal);
	if (result.code !== 0) throw new BackendError(failureOfProgram('squeue', result));
	const answer = readQueue(result.stdout, mark);
	// With a user that it does not know, squeue complains, lists nothing and ends with 0.
	const refused = /^squeue: error: Invalid user/m.test(result.stderr);
	if (refused && !answer?.records.length) throw new BackendError(failureOfProgram('squeue', result));
	if (answer === undefined) throw new BackendError(strangeAnswer('squeue', result));
	owners.remember(answer.records);
	return answer;
};

/** A separator that no text of a job holds. */
export const newMark = (): string => randomBytes(9).toString('hex');

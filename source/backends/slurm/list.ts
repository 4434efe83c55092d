import {BackendError} from '../../job/failure.ts';
import {randomMark} from '../../process/random-mark.ts';
import type {ListPage, ListRequest} from '../backend.ts';
import {strangeAnswer} from '../programs/complaints.ts';
import {failureOfProgram} from './answers.ts';
import type {Controller} from './controller.ts';
import {jobsOf, type Records} from './records.ts';
import {
	createLineReading,
	createQueueReader,
	type LineReading,
	type QueueAnswer,
	queueFormat,
} from './wire.ts';

/** All jobs of the controller, in one page. */
export const listPage = async (
	controller: Controller,
	{everyone, ended, signal}: ListRequest,
): Promise<ListPage> => {
	const {user, viewer, lines} = controller;
	await user.find(signal);
	const owner = everyone ? [] : ['-u', String(user.uid())];
	const args = [...owner, ...(ended ? ['-t', 'all'] : [])];
	lines.begin();
	const {read, unreadable} = await runSqueue(controller, args, {signal, lines});
	return {jobs: jobsOf(read, viewer), unreadable, covers: 'everything'};
};

/** Runs squeue with these arguments, reads what it prints and remembers whose jobs it shows. */
export const readSqueue = async (
	controller: Controller,
	args: readonly string[],
	signal: AbortSignal,
): Promise<Records> => {
	const {read, unreadable} = await runSqueue(controller, args, {signal, lines: {read: createLineReading()}});
	for (const record of read) controller.owners.remember(record);
	return {records: read, unreadable};
};

type Reading<Result> = {
	readonly signal: AbortSignal;
	readonly lines: LineReading<Result>;
};

/** Runs squeue with these arguments, and reads its lines while it prints others. */
const runSqueue = async <Result>(
	{programs}: Controller,
	args: readonly string[],
	{signal, lines}: Reading<Result>,
): Promise<QueueAnswer<Result>> => {
	const mark = randomMark();
	const reader = createQueueReader(mark, lines);
	const result = await programs.run('squeue', ['-a', '-o', queueFormat(mark), ...args], signal, {
		onOutput: reader.take,
	});
	if (result.code !== 0) throw new BackendError(failureOfProgram('squeue', result));
	const answer = reader.end();
	// With a user that it does not know, squeue complains, lists nothing and ends with 0.
	const refused = /^squeue: error: Invalid user/m.test(result.stderr);
	if (refused && !answer?.read.length) throw new BackendError(failureOfProgram('squeue', result));
	if (answer === undefined) throw new BackendError(strangeAnswer('squeue', result));
	return answer;
};

/*
How `flux jobs` is asked.
*/
import {BackendError} from '../../job/failure.ts';
import {failureOfFlux, strangeJobs} from './answers.ts';
import type {FluxPrograms} from './programs.ts';
import {readAnswer} from './record.ts';

/** All that there are: without it, `flux jobs` cuts its list at 1,000 jobs, and says nothing in JSON. */
export const uncut = ['-c', '0'];

/** The records of jobs. */
export const readJobs = async (
	{run}: FluxPrograms,
	which: readonly string[],
	signal: AbortSignal,
): Promise<readonly unknown[]> => {
	const result = await run('flux', ['jobs', '--json', ...which], signal);
	if (result.code !== 0) throw new BackendError(failureOfFlux(result));
	const records = readAnswer(result.stdout);
	if (records === undefined) throw new BackendError(strangeJobs(result));
	return records;
};

/*
What ended a job, by its record in the accounts.
*/
import type {EndedBy} from '../../job/ended-by.ts';

/** `SSTATE_FAILURE_AFTER_JOB`: the job itself ended with more than 128. https://manpages.debian.org/bookworm/gridengine-common/sge_status.5.en.html */
const afterJob = 100;

/** The signals with which Grid Engine ends a job: SIGKILL, SIGUSR2 before it with `-notify`, SIGTERM by the terminate_method of a queue. */
export const deletionSignals: readonly number[] = [9, 12, 15];

export type EndFacts = {
	/** The number of the failure; 0 if there is none. */
	readonly failed: number;
	readonly exit: number;
	/** Who deleted it, where the version keeps that. */
	readonly deletedBy: string | undefined;
};

export const endedByOf = ({failed, exit, deletedBy}: EndFacts): EndedBy | undefined => {
	if (failed === 0 && exit === 0) return undefined;
	if (deletedBy !== undefined) return {kind: 'cancelled', by: deletedBy};
	if (failed === afterJob && exit > 128 && exit < 193) return {kind: 'signal', signal: exit - 128};
	if (failed !== 0 && failed !== afterJob) return undefined;
	return {kind: 'exit', code: exit};
};

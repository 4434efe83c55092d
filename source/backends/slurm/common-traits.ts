/*
What is true of Slurm, however it is spoken to.
*/
import type {BackendTraits} from '../backend.ts';
import {statuses} from './records.ts';

/** What cancelling does: https://slurm.schedmd.com/scancel.html and `KillWait` of https://slurm.schedmd.com/slurm.conf.html. */
export const commonTraits = {
	statuses,
	resend: 'safe',
	// A task that is cancelled while it waits leaves no record.
	gone: 'removed',
	consequence:
		'Slurm sends SIGTERM, and SIGKILL to what is left after KillWait; pending jobs are removed from the queue, and a job of scrontab has its line in the crontab disabled',
	shows: {others: 'asked', history: 'times', cautions: true},
	patience: {firstPollMs: 1000, slowestPollMs: 15_000, overdueAfterMs: 180_000, confirmGoneAfterMs: 5000},
	concurrency: 2,
} as const satisfies Partial<BackendTraits>;

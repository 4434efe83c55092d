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
		'Slurm sends SIGTERM, and SIGKILL after KillWait; it removes pending jobs from the queue, and disables the crontab line of a scrontab job',
	shows: {others: 'asked', history: 'times', cautions: true},
	patience: {firstPollMs: 1000, slowestPollMs: 15_000, overdueAfterMs: 180_000, confirmGoneAfterMs: 5000},
	concurrency: 2,
} as const satisfies Partial<BackendTraits>;

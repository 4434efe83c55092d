/*
What is true of Slurm, however it is spoken to.
*/
import type {StatusTable} from '../../job/phase.ts';
import type {BackendTraits} from '../backend.ts';

// https://slurm.schedmd.com/job_state_codes.html and, as squeue spells them, https://slurm.schedmd.com/squeue.html#SECTION_JOB-STATE-CODES
export const statuses = {
	pending: 'queued',
	requeued: 'queued',
	requeue_fed: 'queued',
	configuring: 'starting',
	power_up_node: 'starting',
	running: 'running',
	resizing: 'running',
	signaling: 'running',
	suspended: 'held',
	stopped: 'held',
	requeue_hold: 'held',
	special_exit: 'held',
	resv_del_hold: 'held',
	completing: 'stopping',
	stage_out: 'stopping',
	completed: 'succeeded',
	canceled: 'cancelled',
	failed: 'failed',
	timeout: 'failed',
	node_fail: 'failed',
	preempted: 'failed',
	boot_fail: 'failed',
	deadline: 'failed',
	out_of_memory: 'failed',
} as const satisfies StatusTable;

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

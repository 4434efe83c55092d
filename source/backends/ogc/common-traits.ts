/*
What is true of every server of OGC API - Processes, Weaver among them.
*/
import type {StatusTable} from '../../job/phase.ts';
import type {BackendTraits} from '../backend.ts';

/**
Every word of the three vocabularies that these servers speak (OGC API - Processes, WPS, openEO).

`finished` is openEO's word for success. https://github.com/crim-ca/weaver/blob/master/weaver/status.py
*/
export const statuses: StatusTable = {
	created: 'held',
	accepted: 'queued',
	queued: 'queued',
	running: 'running',
	started: 'running',
	paused: 'held',
	successful: 'succeeded',
	succeeded: 'succeeded',
	finished: 'succeeded',
	failed: 'failed',
	exception: 'failed',
	error: 'failed',
	dismissed: 'cancelled',
	canceled: 'cancelled',
};

/** `DELETE` on an ended job destroys its results: https://docs.ogc.org/is/18-062r2/18-062r2.html, Requirements Class "Dismiss". */
export const commonTraits = {
	statuses,
	resend: 'guarded',
	gone: 'removed',
	cancelIsDismiss: true,
	resultsOnSuccess: true,
	shows: {others: 'shown', progress: true, history: 'times'},
	patience: {
		firstPollMs: 2000,
		slowestPollMs: 15_000,
		overdueAfterMs: 120_000,
		confirmAfterMs: 1500,
		confirmGoneAfterMs: 3000,
		proofAfterMs: 60_000,
	},
	concurrency: 4,
	intervalMs: 5000,
} as const satisfies Partial<BackendTraits>;

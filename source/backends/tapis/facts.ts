/*
What is known of Tapis before a profile of it is loaded: its traits, and how it is found.
*/

import type {StatusTable} from '../../job/phase.ts';
import type {BackendTraits} from '../backend.ts';
import {partlySet} from '../profiles/partly-set.ts';
import type {BackendFacts} from '../profiles/profile.ts';

/**
What a job of Tapis goes through. `blocked` waits for a resource to come back, and goes on by itself.

https://tapis.readthedocs.io/en/latest/technical/jobs.html
*/
export const statuses: StatusTable = {
	pending: 'queued',
	processing_inputs: 'starting',
	staging_inputs: 'starting',
	staging_job: 'starting',
	submitting_job: 'starting',
	queued: 'queued',
	running: 'running',
	archiving: 'running',
	blocked: 'held',
	paused: 'held',
	finished: 'succeeded',
	failed: 'failed',
	canceled: 'cancelled',
};

const minute = 60_000;

export const traits: BackendTraits = {
	kind: 'tapis',
	title: 'Tapis',
	statuses,
	resend: 'safe',
	gone: 'unknown',
	consequence:
		"Tapis stops the job at its worker's next poll, up to ten minutes later; the remote scheduler's job may outlive it.",
	// A worker looks for orders between two polls of the remote system, which grow to ten minutes apart.
	shows: {others: 'asked', history: 'events'},
	patience: {
		firstPollMs: 5000,
		slowestPollMs: 30_000,
		overdueAfterMs: 20 * minute,
		reissueAfterMs: 11 * minute,
		confirmGoneAfterMs: 3000,
	},
	concurrency: 4,
	intervalMs: 5000,
};

export const tapis = {
	traits,
	discovery: {
		lookedFor: 'TAPIS_BASE_URL with TAPIS_TOKEN in the environment (Tapis)',
		tokenVariables: ['TAPIS_TOKEN'],
		find: ({env}) =>
			env.TAPIS_BASE_URL && env.TAPIS_TOKEN ? {url: env.TAPIS_BASE_URL, token_env: 'TAPIS_TOKEN'} : undefined,
		evidence: () => 'TAPIS_BASE_URL and TAPIS_TOKEN are set',
		missing: ({env}) => partlySet(env, 'TAPIS_BASE_URL', 'TAPIS_TOKEN'),
	},
} satisfies BackendFacts;

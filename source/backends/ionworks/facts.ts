/*
What is known of Ionworks before a profile of it is loaded: its traits, and how it is found.
*/

import type {StatusTable} from '../../job/phase.ts';
import type {BackendTraits} from '../backend.ts';
import type {BackendFacts} from '../profiles/profile.ts';

/** `waiting` is the word of a job that waits for its child jobs. https://docs.ionworks.com */
export const statuses: StatusTable = {
	pending: 'queued',
	processing: 'running',
	waiting: 'running',
	completed: 'succeeded',
	failed: 'failed',
	canceled: 'cancelled',
};

export const traits: BackendTraits = {
	kind: 'ionworks',
	title: 'Ionworks',
	statuses,
	resend: 'safe',
	gone: 'unknown',
	consequence:
		'Ionworks ends the job permanently; its child jobs may end with it or keep running: check them.',
	shows: {others: 'shown', children: true, progress: true, history: 'times'},
	patience: {firstPollMs: 2000, slowestPollMs: 15_000, overdueAfterMs: 300_000, confirmGoneAfterMs: 3000},
	concurrency: 4,
	intervalMs: 5000,
};

export const ionworks = {
	traits,
	discovery: {
		lookedFor: 'IONWORKS_API_KEY or IONWORKS_API_TOKEN in the environment (Ionworks)',
		tokenVariables: ['IONWORKS_API_KEY', 'IONWORKS_API_TOKEN'],
		find: ({env}) => {
			const bearer = Boolean(env.IONWORKS_API_TOKEN);
			if (!bearer && !env.IONWORKS_API_KEY) return undefined;
			return {
				token_env: bearer ? 'IONWORKS_API_TOKEN' : 'IONWORKS_API_KEY',
				auth: bearer ? ('bearer' as const) : ('header' as const),
				...(env.IONWORKS_API_URL && {url: env.IONWORKS_API_URL}),
				...(env.IONWORKS_ORGANIZATION_ID && {organization: env.IONWORKS_ORGANIZATION_ID}),
			};
		},
		evidence: ({env}) => `${env.IONWORKS_API_TOKEN ? 'IONWORKS_API_TOKEN' : 'IONWORKS_API_KEY'} is set`,
	},
} satisfies BackendFacts;

/*
What is known of Dex before a profile of it is loaded: its traits, and how it is found.
*/

import type {StatusTable} from '../../job/phase.ts';
import type {BackendTraits} from '../backend.ts';
import {partlySet} from '../profiles/partly-set.ts';
import type {BackendFacts} from '../profiles/profile.ts';

/** There is no word for a job that is being cancelled: it goes on as `running`. `JobStatus` of https://dex.sgp.scale.com/openapi.json */
export const statuses: StatusTable = {
	pending: 'queued',
	running: 'running',
	succeeded: 'succeeded',
	partially_succeeded: 'partial',
	failed: 'failed',
	canceled: 'cancelled',
};

export const traits: BackendTraits = {
	kind: 'dex',
	title: 'Dex',
	statuses,
	resend: 'safe',
	gone: 'unknown',
	consequence:
		'Dex ends a waiting job at once, and a running one when its workflow handles the request; a batch can end with some of its documents done.',
	shows: {others: 'shown', children: true, progress: true, history: 'events'},
	patience: {firstPollMs: 2000, slowestPollMs: 15_000, overdueAfterMs: 600_000, confirmGoneAfterMs: 3000},
	concurrency: 4,
	intervalMs: 5000,
};

export const dex = {
	traits,
	discovery: {
		lookedFor: 'SGP_API_KEY with SGP_ACCOUNT_ID in the environment (Dex; SGP_PROJECT_ID names one project)',
		tokenVariables: ['SGP_API_KEY'],
		find: ({env}) =>
			env.SGP_API_KEY && env.SGP_ACCOUNT_ID
				? {
						token_env: 'SGP_API_KEY',
						account: env.SGP_ACCOUNT_ID,
						// Its own tools know no project.
						...(env.SGP_PROJECT_ID ? {project: env.SGP_PROJECT_ID} : {projects: 'all' as const}),
						...(env.SGP_BASE_URL && {url: env.SGP_BASE_URL}),
					}
				: undefined,
		evidence: () => 'SGP_API_KEY and SGP_ACCOUNT_ID are set',
		missing: ({env}) => partlySet(env, 'SGP_API_KEY', 'SGP_ACCOUNT_ID'),
	},
} satisfies BackendFacts;

/*
What is known of TensorPool before a profile of it is loaded: its traits, and how it is found.
*/

import {join} from 'node:path';
import type {StatusTable} from '../../job/phase.ts';
import type {BackendTraits} from '../backend.ts';
import {readDotenvLine} from '../profiles/dotenv.ts';
import type {BackendFacts} from '../profiles/profile.ts';

/**
The words of TensorPool. `error` is the end of a program that failed, `failed` that of machinery that failed.

https://docs.tensorpool.dev/api-reference/job/get-job-info
*/
export const statuses: StatusTable = {
	pending: 'queued',
	running: 'running',
	canceling: 'stopping',
	completed: 'succeeded',
	error: 'failed',
	failed: 'failed',
	canceled: 'cancelled',
};

export const traits: BackendTraits = {
	kind: 'tensorpool',
	title: 'TensorPool',
	statuses,
	resend: 'safe',
	gone: 'unknown',
	consequence:
		'TensorPool stops the job and releases its machines; anything that the job has not saved is lost.',
	deleteConsequence: 'TensorPool removes the job from its lists and answers; nothing brings it back.',
	shows: {others: 'asked', ownerInListOnly: true, history: 'times'},
	patience: {firstPollMs: 2000, slowestPollMs: 10_000, overdueAfterMs: 600_000, confirmGoneAfterMs: 3000},
	concurrency: 4,
	intervalMs: 5000,
};

/** The name of TensorPool's key, in the environment and in the `.env` file of its own tool. */
export const keyVariable = 'TENSORPOOL_KEY';

/** TensorPool's own tool keeps its key in the folder in which its login was called. */
const dotenvIn = (folder: string): string => join(folder, '.env');

export const tensorpool = {
	traits,
	discovery: {
		lookedFor: 'TENSORPOOL_KEY in the environment or in ./.env (TensorPool)',
		tokenVariables: [keyVariable],
		foundIn: {token_dotenv: 'the current folder'},
		find: ({env, here}) => {
			const url = env.TENSORPOOL_ENGINE && {url: env.TENSORPOOL_ENGINE};
			if (env[keyVariable]) return {token_env: keyVariable, ...url};
			if (here === undefined || !('value' in readDotenvLine(dotenvIn(here), keyVariable))) return undefined;
			return {token_dotenv: dotenvIn(here), ...url};
		},
		evidence: ({env, here}) =>
			env[keyVariable] || here === undefined
				? `${keyVariable} is set`
				: `${dotenvIn(here)} has ${keyVariable}`,
		missing: ({env, here}) => {
			if (env[keyVariable] || here === undefined) return undefined;
			const line = readDotenvLine(dotenvIn(here), keyVariable);
			return 'missing' in line && line.said ? `${dotenvIn(here)} ${line.missing}` : undefined;
		},
	},
} satisfies BackendFacts;

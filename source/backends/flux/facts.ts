/*
What is known of Flux before a profile of it is loaded: its traits, and how it is found.
*/

import {existsSync} from 'node:fs';
import {join} from 'node:path';
import type {StatusTable} from '../../job/phase.ts';
import type {BackendTraits} from '../backend.ts';
import type {BackendFacts, DiscoverySurroundings} from '../profiles/profile.ts';
import {pathOfProgram} from '../programs/program-path.ts';

/** https://flux-framework.readthedocs.io/projects/flux-core/en/latest/man1/flux-jobs.html#job-status */
export const statuses: StatusTable = {
	depend: 'queued',
	priority: 'queued',
	sched: 'queued',
	run: 'running',
	cleanup: 'stopping',
	completed: 'succeeded',
	failed: 'failed',
	canceled: 'cancelled',
	timeout: 'failed',
};

export const traits: BackendTraits = {
	kind: 'flux',
	title: 'Flux',
	fromDocuments: true,
	statuses,
	resend: 'safe',
	// An instance may purge its ended jobs.
	gone: 'unknown',
	consequence:
		'Flux takes a waiting job from its queue, and sends a running one SIGTERM, and SIGKILL after its kill timeout; with an instance, the jobs inside it end',
	shows: {others: 'asked', history: 'events'},
	patience: {firstPollMs: 1000, slowestPollMs: 15_000, overdueAfterMs: 180_000, confirmGoneAfterMs: 5000},
	concurrency: 2,
	intervalMs: 10_000,
};

/** Where the system's own instance listens. */
const systemSocket = ({run = '/run'}: DiscoverySurroundings): string => join(run, 'flux', 'local');

/** Where an instance is that flux would ask, in words; undefined where there is none. */
const placeOfInstance = (surroundings: DiscoverySurroundings): string | undefined => {
	if (surroundings.env.FLUX_URI) return 'FLUX_URI is set';
	const socket = systemSocket(surroundings);
	return existsSync(socket) ? `${socket} is there` : undefined;
};

export const flux = {
	traits,
	discovery: {
		lookedFor: 'flux on PATH, with FLUX_URI or /run/flux/local (Flux)',
		tokenVariables: [],
		ofThisMachine: true,
		// The name alone says nothing: a tool for Kubernetes is called flux, too.
		find: surroundings =>
			pathOfProgram('flux', surroundings.env) !== undefined && placeOfInstance(surroundings) !== undefined
				? {}
				: undefined,
		evidence: surroundings =>
			`${placeOfInstance(surroundings)}, and flux is ${pathOfProgram('flux', surroundings.env)}`,
		passedOver(surroundings) {
			const file = pathOfProgram('flux', surroundings.env);
			if (file === undefined || placeOfInstance(surroundings) !== undefined) return undefined;
			return `flux is ${file}, but FLUX_URI is not set and there is no ${systemSocket(surroundings)}`;
		},
		missing: ({env}) =>
			env.FLUX_URI && pathOfProgram('flux', env) === undefined
				? 'FLUX_URI is set, but flux is not on PATH'
				: undefined,
	},
} satisfies BackendFacts;

/*
What is known of LSF before a profile of it is loaded: its traits, and how it is found.
*/

import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {StatusTable} from '../../job/phase.ts';
import type {BackendTraits} from '../backend.ts';
import type {BackendFacts, DiscoverySurroundings} from '../profiles/profile.ts';
import {isSlurmWrapper, pathOfProgram} from '../programs/program-path.ts';

/** https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=execution-about-job-states */
export const statuses: StatusTable = {
	pend: 'queued',
	fwd_pend: 'queued',
	wait: 'queued',
	psusp: 'held',
	prov: 'starting',
	run: 'running',
	ususp: 'running',
	ssusp: 'running',
	// Its host cannot be reached: nobody knows what it does.
	unkwn: 'unknown',
	// It was killed, and its host cannot be reached.
	zombi: 'stopping',
	done: 'succeeded',
	pdone: 'succeeded',
	exit: 'failed',
	canceled: 'cancelled',
};

export const traits: BackendTraits = {
	kind: 'lsf',
	title: 'LSF',
	fromDocuments: true,
	statuses,
	resend: 'safe',
	// Where a queue has a JOB_CONTROLS of its own, LSF knows no reason for the end: SIGINT, SIGTERM and SIGKILL are what bkill sends.
	deletionSignals: [2, 15, 9],
	// bjobs forgets an ended job after an hour in most clusters, and bhist some time later.
	gone: 'unknown',
	consequence:
		'LSF takes a waiting job from its queue, and sends a running one SIGINT, SIGTERM and SIGKILL, some seconds apart; an array ends with all its elements',
	forceConsequence:
		'LSF removes the job without waiting for its host: if that is out of reach, the processes may go on there',
	shows: {others: 'asked', children: true, history: 'events'},
	patience: {firstPollMs: 1000, slowestPollMs: 15_000, overdueAfterMs: 300_000, confirmGoneAfterMs: 10_000},
	concurrency: 2,
	intervalMs: 10_000,
};

/** What is wrong with the bjobs on PATH, in words; undefined if it is LSF's. */
const otherBjobs = (file: string): string | undefined => {
	if (isSlurmWrapper(file)) return `${file} is Slurm's wrapper, and asks Slurm`;
	// OpenLava and others have a bjobs, too.
	return existsSync(join(dirname(file), 'lsid')) ? undefined : `${file} is there, but no lsid beside it`;
};

const bjobsOf = ({env}: DiscoverySurroundings): string | undefined => pathOfProgram('bjobs', env);

export const lsf = {
	traits,
	discovery: {
		lookedFor: 'bjobs on PATH, with lsid beside it (LSF)',
		tokenVariables: [],
		ofThisMachine: true,
		find(surroundings) {
			const file = bjobsOf(surroundings);
			return file === undefined || otherBjobs(file) !== undefined ? undefined : {};
		},
		evidence(surroundings) {
			const folder = surroundings.env.LSF_ENVDIR;
			return `bjobs is ${bjobsOf(surroundings)}${folder ? `, and LSF_ENVDIR is ${folder}` : ''}`;
		},
		passedOver(surroundings) {
			const file = bjobsOf(surroundings);
			return file === undefined ? undefined : otherBjobs(file);
		},
		missing: ({env}) =>
			env.LSF_ENVDIR && pathOfProgram('bjobs', env) === undefined
				? 'LSF_ENVDIR is set, but bjobs is not on PATH'
				: undefined,
	},
} satisfies BackendFacts;

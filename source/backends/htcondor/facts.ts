/*
What is known of HTCondor before a profile of it is loaded: its traits, and how it is found.
*/

import type {StatusTable} from '../../job/phase.ts';
import type {BackendTraits} from '../backend.ts';
import type {BackendFacts} from '../profiles/profile.ts';
import {pathOfProgram, programEvidence} from '../programs/program-path.ts';

export const statuses: StatusTable = {
	idle: 'queued',
	running: 'running',
	removing: 'stopping',
	removed: 'cancelled',
	canceled: 'cancelled',
	completed: 'succeeded',
	held: 'held',
	transferring_output: 'running',
	suspended: 'running',
};

export const traits: BackendTraits = {
	kind: 'htcondor',
	title: 'HTCondor',
	statuses,
	resend: 'safe',
	// The history holds a job from the moment at which it leaves the queue.
	gone: 'unknown',
	consequence:
		'HTCondor removes the job from its queue: a running one gets SIGTERM first, and SIGKILL after its vacate time; with a DAG its nodes end',
	forceConsequence:
		'HTCondor drops the job from its queue without waiting for its machine: the processes may go on there for a while',
	shows: {others: 'asked', children: true, history: 'times'},
	patience: {firstPollMs: 1000, slowestPollMs: 15_000, overdueAfterMs: 900_000, confirmGoneAfterMs: 5000},
	concurrency: 2,
	intervalMs: 10_000,
};

export const htcondor = {
	traits,
	discovery: {
		lookedFor: 'condor_q on PATH (HTCondor)',
		tokenVariables: [],
		ofThisMachine: true,
		find: ({env}) => (pathOfProgram('condor_q', env) ? {} : undefined),
		evidence: programEvidence('condor_q'),
	},
} satisfies BackendFacts;

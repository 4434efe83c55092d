/*
What is known of PBS before a profile of it is loaded: its traits, and how it is found.
*/

import type {StatusTable} from '../../job/phase.ts';
import type {BackendTraits} from '../backend.ts';
import type {BackendFacts} from '../profiles/profile.ts';
import {findInstallation, hasPrograms, otherQstat} from './installation.ts';

export const statuses: StatusTable = {
	begun: 'running',
	exiting: 'stopping',
	held: 'held',
	queued: 'queued',
	running: 'running',
	terminating: 'stopping',
	suspended: 'held',
	'suspended_(workstation_busy)': 'held',
	transiting: 'queued',
	waiting: 'queued',
	finished: 'succeeded',
	failed: 'failed',
	terminated: 'cancelled',
	canceled: 'cancelled',
};

export const traits: BackendTraits = {
	kind: 'pbs',
	title: 'PBS',
	statuses,
	resend: 'safe',
	// A server that keeps no history forgets a job with its end.
	gone: 'unknown',
	// After a restart of the server between a request and the end.
	deletionSignals: [15],
	consequence:
		'PBS deletes the job: a running one gets SIGTERM first, and SIGKILL after the kill_delay of its queue; an array ends as a whole',
	forceConsequence:
		'PBS removes the job from its server without waiting for its node: if that is out of reach, the processes may go on there',
	shows: {others: 'asked', children: true, history: 'times'},
	patience: {firstPollMs: 1000, slowestPollMs: 15_000, overdueAfterMs: 300_000, confirmGoneAfterMs: 5000},
	// Requests to cancel are single ones: the server got no more than this many at a time.
	concurrency: 4,
	intervalMs: 15_000,
};

export const pbs = {
	traits,
	discovery: {
		lookedFor: 'PBS_CONF_FILE or /etc/pbs.conf (PBS Professional, OpenPBS)',
		tokenVariables: [],
		ofThisMachine: true,
		find(surroundings) {
			const bin = findInstallation(surroundings)?.bin;
			return bin !== undefined && hasPrograms(bin) ? {bin} : undefined;
		},
		evidence(surroundings) {
			const {file, bin} = findInstallation(surroundings) ?? {};
			return `${file} names ${bin}`;
		},
		missing(surroundings) {
			const found = findInstallation(surroundings);
			if (found === undefined) return undefined;
			if (found.bin === undefined) return `${found.file} does not name PBS_EXEC`;
			return hasPrograms(found.bin) ? undefined : `there is no qstat, qdel or qselect in ${found.bin}`;
		},
		passedOver: surroundings =>
			findInstallation(surroundings) === undefined ? otherQstat(surroundings.env) : undefined,
		localName: surroundings => findInstallation(surroundings)?.server?.replace(/[.:].*$/, ''),
	},
} satisfies BackendFacts;

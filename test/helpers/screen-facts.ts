/*
Facts for screens: profiles, jobs and cancellations that never change.
*/
import './time-zone.ts';
import type {CancellationReport, Patch, ProfileHealth, ProfileInfo} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import {isEnd} from '../../source/job/phase.ts';
import {parseRef, type Ref} from '../../source/job/ref.ts';

/** The moment in which the manual clock starts. */
export const start = Date.UTC(2026, 10, 23, 12);

export const profile = (name: string, changes: Partial<ProfileInfo> = {}): ProfileInfo => ({
	name,
	backend: 'slurm',
	title: 'Slurm',
	statuses: ['pending', 'running', 'completing', 'completed', 'failed', 'canceled', 'timeout'],
	can: {
		inspect: true,
		cancel: true,
		force: false,
		suspend: false,
		hide: false,
		delete: false,
		logs: false,
		results: false,
	},
	consequence: 'Slurm sends TERM, then KILL.',
	cancelIsDismiss: false,
	...changes,
});

export const health = (name: string, changes: Partial<ProfileHealth> = {}): ProfileHealth => ({
	profile: name,
	state: 'ok',
	failures: 0,
	asking: false,
	lastGoodAt: start,
	intervalMs: 5000,
	jobs: 0,
	unreadable: 0,
	...changes,
});

export const job = (ref: Ref, changes: Partial<Job> = {}): Job => {
	const {profile: name, id} = parseRef(ref) as {profile: string; id: string};
	const phase = changes.phase ?? 'running';
	return {
		ref,
		profile: name,
		backend: 'slurm',
		id,
		name: `name-${id}`,
		owner: 'alice',
		mine: true,
		phase,
		status: phase.toUpperCase(),
		terminal: isEnd(phase),
		createdAt: start - 60_000,
		...changes,
	};
};

export const jobs = (...upserts: readonly Job[]): Patch => ({type: 'jobs', upserts, removes: []});

export const hello = (
	profiles: readonly ProfileInfo[],
	changes: Partial<Extract<Patch, {type: 'hello'}>> = {},
): Patch => ({
	type: 'hello',
	profiles,
	scope: {everyone: false, ended: false},
	dismissed: [],
	readOnly: false,
	lookedFor: [],
	settings: {notify: 'off'},
	...changes,
});

export const report = (ref: Ref, changes: Partial<CancellationReport> = {}): CancellationReport => ({
	ref,
	batch: 1,
	operation: 'cancel',
	name: `name-${parseRef(ref)?.id}`,
	step: 'following',
	attempts: 1,
	cameBack: false,
	askedAt: start,
	moments: [],
	...changes,
});

/*
The jobs of the embedded HTCondor, as the records of HTCondor 23.9.
*/
import {join} from 'node:path';
import {isEnd} from '../../job/phase.ts';
import type {WorldJob} from '../lives.ts';
import type {ClassAd} from './classad.ts';
import {scheddName} from './schedd.ts';
import type {Site} from './site.ts';
import {isStopping, lastStop} from './stopping.ts';
import {type ProgramUser, userOf} from './users.ts';

export type CondorJob = {
	/** Its number in the world. */
	readonly index: number;
	readonly cluster: number;
	readonly proc: number;
	readonly user: ProgramUser;
	readonly job: WorldJob;
	/** Its JobStatus. */
	readonly status: number;
	/** It has left the queue, and is in the history. */
	readonly hasLeft: boolean;
	readonly ad: ClassAd;
};

/** https://htcondor.readthedocs.io/en/latest/classad-attributes/job-classad-attributes.html#JobStatus */
export const jobStatus = {idle: 1, running: 2, removed: 3, completed: 4, held: 5} as const;

const statuses = {
	held: jobStatus.held,
	queued: jobStatus.idle,
	running: jobStatus.running,
	succeeded: jobStatus.completed,
	failed: jobStatus.completed,
	cancelled: jobStatus.removed,
} as const;

/** All jobs, in the queue and in the history, oldest first. */
export const condorJobs = (site: Site): readonly CondorJob[] => {
	const numbers = site.jobs.controls.ids().map((_, index) => site.numberOf(index));
	const sizes = new Map<number, number>();
	for (const {base} of numbers) sizes.set(base, (sizes.get(base) ?? 0) + 1);
	return numbers.flatMap(({base, task = 0}, index) => {
		const job = site.world.job(index);
		if (job === undefined) return [];
		const one = {
			index,
			cluster: base,
			proc: task,
			user: userOf(job.plan.owner, site.me),
			job,
			status: isStopping(site, index) ? jobStatus.removed : statuses[job.phase],
			hasLeft: isEnd(job.phase),
		};
		return [{...one, ad: adOf(site, one, sizes.get(base) ?? 1)}];
	});
};

const secondsOf = (ms: number | undefined): number | undefined =>
	ms === undefined ? undefined : Math.floor(ms / 1000);

const adOf = (site: Site, one: Omit<CondorJob, 'ad'>, clusterSize: number): ClassAd => {
	const {index, cluster, proc, user, job, status, hasLeft} = one;
	const {name, process} = job.plan;
	const id = `${cluster}.${proc}`;
	const submitted = secondsOf(job.createdAt);
	return {
		AcctGroup: 'imagery',
		Args: clusterSize > 1 ? String(proc) : name,
		ClusterId: cluster,
		Cmd: `/nowhere/${process}`,
		Err: '/dev/null',
		GlobalJobId: `${scheddName}#${id}#${submitted}`,
		Iwd: '/nowhere',
		JobBatchName: name,
		JobPrio: 0,
		JobStatus: status,
		JobUniverse: 5,
		MyType: 'Job',
		Out: outputOf(site, one),
		Owner: user.name,
		ProcId: proc,
		QDate: submitted,
		RequestCpus: 4,
		RequestMemory: 2048,
		StreamOut: true,
		TotalSubmitProcs: clusterSize,
		User: `${user.name}@${scheddName}`,
		...runAttributes(job, index, hasLeft),
		...statusAttributes(site, one),
	};
};

/** Where it runs or ran, and since when. */
const runAttributes = ({startedAt}: WorldJob, index: number, hasLeft: boolean): ClassAd => {
	if (startedAt === undefined) return {NumJobStarts: 0};
	const host = `slot1_${1 + (index % 8)}@n${1 + (index % 12)}`;
	return {
		JobCurrentStartDate: secondsOf(startedAt),
		JobStartDate: secondsOf(startedAt),
		NumJobStarts: 1,
		...(hasLeft ? {LastRemoteHost: host} : {RemoteHost: host}),
	};
};

/** Since when it is as it is, and why. */
const statusAttributes = (
	site: Site,
	{index, user, job, status, hasLeft}: Omit<CondorJob, 'ad'>,
): ClassAd => {
	const ended = secondsOf(job.endedAt ?? job.updatedAt);
	const began = secondsOf(job.startedAt ?? job.createdAt);
	if (status === jobStatus.held) {
		const HoldReason = "submitted on hold at user's request";
		return {EnteredCurrentStatus: began, ExitBySignal: false, HoldReason, HoldReasonCode: 15};
	}
	if (status === jobStatus.completed) {
		const ExitCode = job.phase === 'failed' ? 1 : 0;
		return {CompletionDate: ended, EnteredCurrentStatus: ended, ExitBySignal: false, ExitCode};
	}
	if (status === jobStatus.removed) {
		const last = lastStop(site, index);
		const program = last?.what === 'drop' ? 'condor_rm -forcex' : 'condor_rm';
		return {
			EnteredCurrentStatus: hasLeft ? ended : secondsOf(last?.at),
			ExitBySignal: hasLeft && job.startedAt !== undefined,
			RemoveReason: `via ${program} (by user ${user.name})`,
		};
	}
	const isUnmatched = status === jobStatus.idle && index % 3 === 0;
	return {
		EnteredCurrentStatus: began,
		ExitBySignal: false,
		...(isUnmatched && {LastRejMatchReason: 'no match found '}),
	};
};

/** The file of its output. */
export const outputOf = ({folder}: Site, {cluster, proc}: Pick<CondorJob, 'cluster' | 'proc'>): string =>
	join(folder, 'output', `${cluster}.${proc}.out`);

/*
What a demo begins with besides its random jobs, so that its first minute shows what jobtop is for: a job that fails, arrays, and a batch of cancellations that an earlier jobtop has sent, with a job that does not end.
*/
import type {SystemName} from './imposed-faults.ts';
import {arrayProcess} from './programs/site.ts';
import type {JobPlan} from './scenario.ts';

const second = 1000;
const minute = 60 * second;

const job = (
	plan: Pick<JobPlan, 'name' | 'process' | 'createdAgoMs' | 'runMs'> & Partial<JobPlan>,
): JobPlan => ({
	owner: 'amara',
	queuedMs: 2 * second,
	end: 'succeeded',
	progress: true,
	...plan,
});

/** The children come right after the running optimization that has created them. */
const optimization = (): readonly JobPlan[] => [
	job({
		name: 'optimize-separator',
		process: 'optimize',
		createdAgoMs: 50_500,
		queuedMs: 100,
		runMs: 20 * minute,
	}),
	...[8, 10, 12, 14].map((minutes, child) =>
		job({
			name: `simulate-separator-${child + 1}`,
			process: 'simulate',
			createdAgoMs: 50_300 - 50 * child,
			queuedMs: (2 + 30 * child) * second,
			runMs: minutes * minute,
		}),
	),
];

/** Running jobs whose end was requested five minutes ago, longer than Ionworks usually takes. One of them runs on. */
const cancelled = (): readonly JobPlan[] =>
	[undefined, 'never-stops' as const, undefined].map((quirk, index) =>
		job({
			name: `validation-${index + 1}`,
			process: 'validation',
			createdAgoMs: 330 * second + index * second,
			runMs: 90 * minute,
			cancelledAgoMs: 305 * second,
			...(quirk && {quirk}),
		}),
	);

/** The tasks of an array, two of which run at a time. */
const sweep = (): readonly JobPlan[] =>
	Array.from({length: 8}, (_, task) =>
		job({
			name: 'sweep-roughness',
			process: arrayProcess,
			createdAgoMs: 6 * minute - task,
			queuedMs: (5 + 3 * Math.floor(task / 2)) * minute,
			runMs: 3 * minute,
		}),
	);

/** An Indexed job amid its parts, and jobs that do not start: no node has room, the image is not there, the quota is used up. */
const kubernetes = (): readonly JobPlan[] => [
	job({
		name: 'sweep-roughness',
		process: 'zonal-statistics',
		createdAgoMs: 6 * minute,
		runMs: 12 * minute,
		parts: 8,
	}),
	...[undefined, 'image' as const, 'quota' as const].map((obstacle, index) =>
		job({
			name: `train-canopy-${index + 1}`,
			process: 'canopy-height',
			createdAgoMs: (9 - index) * minute,
			queuedMs: 90 * minute,
			runMs: 20 * minute,
			...(obstacle && {obstacle}),
		}),
	),
];

/** A job that fails half a minute after the demo has begun. */
const failure = (name: string, process: string): JobPlan =>
	job({name, process, createdAgoMs: 20 * second, runMs: 30 * second, end: 'failed'});

/** The plans of the opening, by system. */
export const openingPlans: Readonly<Partial<Record<SystemName, () => readonly JobPlan[]>>> = {
	weaver: () => [failure('flood-extent-t32tqm-0041', 'flood-extent')],
	ionworks: () => [...optimization(), ...cancelled()],
	slurm: sweep,
	kubernetes,
	flux: () => [failure('burn-scar-map-t43rfm-0041', 'burn-scar-map')],
	lsf: sweep,
	htcondor: sweep,
	pbs: sweep,
	gridengine: sweep,
};

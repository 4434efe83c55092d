import {cleanLines} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job, JobDetail} from '../../job/job.ts';
import type {ManyLooks} from '../backend.ts';
import {jobsIn, type Looks, oneIn} from '../programs/looks.ts';
import {type Ad, isAd, numberOf} from './ad.ts';
import {shownDetails} from './details.ts';
import {type JobId, parseId, whyNoId} from './ids.ts';
import {queueArguments, rangeConstraint, readHistory, readQueue} from './queue.ts';
import type {Schedd} from './schedd.ts';
import {summarize, withNodes} from './sets.ts';
import {type Source, toJob} from './wire.ts';

/** A job, its record, and where that is. */
export type Found = {readonly job: Job; readonly ad: Ad; readonly source: Source};

/** Records of the history that are read first, its newest ones: a job that jobtop follows has just ended. */
const nearby = 2000;
/** Clusters whose jobs are remembered. */
const maxClusters = 1000;

/** One job with all attributes that HTCondor shows. */
export const getJob = async (schedd: Schedd, id: string, signal: AbortSignal): Promise<JobDetail> => {
	const found = await lookAtOne(schedd, id, signal);
	const ad = await readWhole(schedd, found, signal);
	return {job: found.job, ...shownDetails(found.job, ad), raw: textOfAd({JobId: id, ...ad})};
};

/** All attributes of a job; of a cluster those of its first job that a list has. */
export const readWhole = async (
	{programs}: Schedd,
	{job: {id}, ad, source}: Found,
	signal: AbortSignal,
): Promise<Ad> => {
	if (parseId(id)?.proc === undefined) return ad;
	const ads =
		source === 'queue'
			? await readQueue(programs, [id], signal, ['-json'])
			: await readHistory(programs, ['-limit', '1', id], signal, ['-json']);
	// It may have left the queue a moment ago.
	return ads.find(isAd) ?? ad;
};

const textOfAd = (ad: Ad): string => cleanLines(JSON.stringify(ad, undefined, 2));

export const getJobs = async (
	schedd: Schedd,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<ManyLooks> => jobsIn(await look(schedd, [...new Set(ids)], signal));

/** One job. Rejects with `not-found` where neither the queue nor the history knows it. */
export const lookAtOne = async (schedd: Schedd, id: string, signal: AbortSignal): Promise<Found> =>
	oneIn(await look(schedd, [id], signal), id, 'HTCondor');

/** Asks the queue for all jobs, then the history for those that it does not hold. */
const look = async (schedd: Schedd, ids: readonly string[], signal: AbortSignal): Promise<Looks<Found>> => {
	await schedd.user.find(signal);
	const failures = new Map<string, Failure>();
	const readable = new Map<string, JobId>();
	for (const id of ids) {
		const parsed = parseId(id);
		if (parsed !== undefined) readable.set(id, parsed);
		else failures.set(id, {kind: 'rejected', detail: whyNoId(id)});
	}
	const pool = createPool(schedd);
	/** Takes in what a program printed. What lacks a record that nobody can read is neither gone nor at its end. */
	const add = (ads: readonly unknown[], source: Source) => {
		const unreadable = pool.add(ads, source);
		for (const [id, {cluster}] of readable) {
			if (pool.isComplete(id) || !unreadable.some(one => one === undefined || one === cluster)) continue;
			failures.set(id, {kind: 'malformed', detail: 'HTCondor printed a record that jobtop cannot read'});
			readable.delete(id);
		}
	};
	if (readable.size > 0) {
		add(await readQueue(schedd.programs, queueArguments([...readable.values()]), signal), 'queue');
		await addNodes(schedd, pool, [...readable.keys()], signal);
	}
	// First what has just ended, then as far back as the history goes.
	for (const limit of [['-scanlimit', String(nearby)], []]) {
		const missing = [...readable].filter(([id]) => !pool.isComplete(id)).map(([, parsed]) => parsed);
		if (missing.length === 0) break;
		try {
			const which = ['-constraint', rangeConstraint(missing), ...limit];
			add(await readHistory(schedd.programs, which, signal), 'history');
		} catch (error) {
			// They have left the queue, and the history is out of reach: nobody knows how they ended.
			if (!(error instanceof BackendError)) throw error;
			for (const id of readable.keys()) if (pool.get(id) === undefined) failures.set(id, error.failure);
			break;
		}
	}
	return {found: pool.found([...readable.keys()]), failures};
};

type Pool = {
	/** Returns the cluster of each record that cannot be read; undefined where not even that can. */
	readonly add: (ads: readonly unknown[], source: Source) => readonly (number | undefined)[];
	readonly get: (id: string) => Found | undefined;
	/** What there is of these ids, sets with their members. */
	readonly found: (ids: readonly string[]) => ReadonlyMap<string, Found>;
	/** Whether nothing more can be learned about it. */
	readonly isComplete: (id: string) => boolean;
};

/** The records about some jobs, by id; the first record of a job stands. */
const createPool = ({viewer, members}: Schedd): Pool => {
	const byId = new Map<string, Found>();
	const byCluster = new Map<string, Found[]>();
	const clusterOf = (id: string): readonly Found[] => byCluster.get(id) ?? [];
	const wholeOf = (found: readonly Found[]): number => {
		const [first] = found;
		if (first === undefined) return 1;
		// Jobs that are still to be made have no record.
		if (numberOf(first.ad, 'JobMaterializeLimit') !== undefined) return found.length;
		return Math.max(found.length, numberOf(first.ad, 'TotalSubmitProcs') ?? 1);
	};
	const get = (id: string): Found | undefined => {
		if (parseId(id)?.proc !== undefined) return byId.get(id);
		const all = clusterOf(id);
		const [first] = all;
		if (first === undefined) return undefined;
		const jobs = all.map(({job}) => job);
		if (members.size >= maxClusters) members.clear();
		const live = jobs.filter(({terminal}) => !terminal);
		members.set(
			id,
			live.map(job => job.id),
		);
		return {...first, job: summarize(id, jobs, wholeOf(all))};
	};
	return {
		add(ads, source) {
			const unreadable: (number | undefined)[] = [];
			for (const ad of ads) {
				const job = toJob(ad, source, viewer);
				if (job === undefined) {
					unreadable.push(isAd(ad) ? numberOf(ad, 'ClusterId') : undefined);
					continue;
				}
				if (byId.has(job.id)) continue;
				const found = {job, ad: ad as Ad, source};
				byId.set(job.id, found);
				const cluster = job.id.slice(0, job.id.indexOf('.'));
				const others = byCluster.get(cluster);
				if (others) others.push(found);
				else byCluster.set(cluster, [found]);
			}
			return unreadable;
		},
		get,
		found(ids) {
			const jobs = new Map(withNodes([...byId.values()].map(({job}) => job)).map(job => [job.id, job]));
			return new Map(
				ids.flatMap(id => {
					const one = get(id);
					return one === undefined ? [] : [[id, {...one, job: jobs.get(id) ?? one.job}] as const];
				}),
			);
		},
		isComplete(id) {
			if (parseId(id)?.proc !== undefined) return byId.has(id);
			const all = clusterOf(id);
			return all.length > 0 && all.length >= wholeOf(all);
		},
	};
};

/** The universe of programs that run beside the schedd, as DAGMan does. */
const schedulerUniverse = 7;

/** With a job of DAGMan its nodes end, so they are looked at with it. */
const addNodes = async (
	{programs}: Schedd,
	pool: Pool,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<void> => {
	const dags = ids.flatMap(id => {
		const ad = pool.get(id)?.ad;
		return ad && numberOf(ad, 'JobUniverse') === schedulerUniverse ? (numberOf(ad, 'ClusterId') ?? []) : [];
	});
	if (dags.length === 0) return;
	const condition = [...new Set(dags)].map(dag => `DAGManJobId == ${dag}`).join(' || ');
	pool.add(await readQueue(programs, ['-constraint', condition], signal), 'queue');
};

/** The command that looks at one job, for a shell. */
export const describeLook = ({programs}: Schedd, id: string): string => {
	if (parseId(id) === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
	return programs.describe('condor_q', ['-allusers', '-long', id]);
};

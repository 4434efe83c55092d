import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import {refOf} from '../../job/ref.ts';
import type {Backend, CancelAnswer} from '../backend.ts';

/**
Several clusters as one backend. Each counts its jobs separately, so an id holds the cluster, `42;east`, as `sbatch --parsable` prints it. Each gets its own requests: a line of squeue does not name its cluster.
*/
export const ofClusters = (
	profile: string,
	names: readonly string[],
	connect: (cluster: string) => Backend,
): Backend => {
	const clusters = new Map(names.map(name => [name, connect(name)]));

	const named = (job: Job, cluster: string): Job => {
		const id = `${job.id};${cluster}`;
		return {...job, id, ref: refOf(profile, id), name: job.name === job.id ? id : job.name};
	};
	const find = (
		id: string,
	): {readonly cluster: string; readonly own: string; readonly backend: Backend} | undefined => {
		const at = id.lastIndexOf(';');
		const cluster = id.slice(at + 1);
		const backend = at > 0 ? clusters.get(cluster) : undefined;
		return backend && {cluster, own: id.slice(0, at), backend};
	};
	const need = (id: string, kind: 'not-found' | 'rejected') => {
		const found = find(id);
		if (found !== undefined) return found;
		throw new BackendError({kind, detail: elsewhere(id)});
	};
	const elsewhere = (id: string) =>
		`${cleanText(id)} names none of the clusters ${[...clusters.keys()].join(', ')}`;
	/** The ids of each cluster; `strange` gets the ids of no cluster. */
	const byCluster = (ids: readonly string[], strange: (id: string) => void) => {
		const groups = new Map<string, string[]>();
		for (const id of new Set(ids)) {
			const found = find(id);
			if (found === undefined) strange(id);
			else groups.set(found.cluster, [...(groups.get(found.cluster) ?? []), found.own]);
		}
		return groups;
	};
	/** Names the cluster in a failure. */
	const at = async <Result>(cluster: string, work: Promise<Result>): Promise<Result> => {
		try {
			return await work;
		} catch (error) {
			if (!(error instanceof BackendError)) throw error;
			throw new BackendError(
				{...error.failure, detail: `${cluster}: ${error.failure.detail}`},
				{cause: error},
			);
		}
	};
	const backendOf = (cluster: string) => clusters.get(cluster) as Required<Backend>;

	return {
		// The cluster of a job is a part of its id.
		async system(request) {
			const {cluster: _cluster, ...system} = await backendOf(names[0] as string).system(request);
			return {...system, clusters: [...names].sort().join(' ')};
		},

		// A page for each.
		async listPage({cursor = names[0] as string, ...request}) {
			const page = await at(cursor, backendOf(cursor).listPage(request));
			const next = names[names.indexOf(cursor) + 1];
			return {
				...page,
				jobs: page.jobs.map(job => named(job, cursor)),
				...(next !== undefined && {cursor: next}),
			};
		},

		async get(id, request) {
			const {cluster, own} = need(id, 'not-found');
			const detail = await backendOf(cluster).get(own, request);
			return {...detail, job: named(detail.job, cluster), fields: [['Cluster', cluster], ...detail.fields]};
		},

		async getMany(ids, request) {
			const jobs = new Map<string, Job>();
			const failures = new Map<string, Failure>();
			for (const [cluster, own] of byCluster(ids, () => {})) {
				try {
					const looks = await at(cluster, backendOf(cluster).getMany(own, request));
					for (const [id, job] of looks.jobs) jobs.set(`${id};${cluster}`, named(job, cluster));
					for (const [id, failure] of looks.failures) failures.set(`${id};${cluster}`, failure);
				} catch (error) {
					// The other clusters are asked all the same.
					if (!(error instanceof BackendError)) throw error;
					for (const id of own) failures.set(`${id};${cluster}`, error.failure);
				}
			}
			return {jobs, failures};
		},

		async cancel(id, request) {
			const {cluster, own} = need(id, 'rejected');
			return at(cluster, backendOf(cluster).cancel(own, request));
		},

		async cancelMany(ids, request) {
			const answers = new Map<string, CancelAnswer>();
			const strange = (id: string) => answers.set(id, {kind: 'rejected', detail: elsewhere(id)});
			for (const [cluster, own] of byCluster(ids, strange)) {
				for (const [id, answer] of await backendOf(cluster).cancelMany(own, request)) {
					answers.set(`${id};${cluster}`, answer);
				}
			}
			return answers;
		},

		partOf: id => find(id)?.cluster,

		describeCancel: ids =>
			[...byCluster(ids, id => need(id, 'rejected'))].flatMap(([cluster, own]) =>
				backendOf(cluster).describeCancel(own),
			),

		async logs(id, request) {
			const {cluster, own} = need(id, 'not-found');
			return backendOf(cluster).logs(own, request);
		},
	};
};

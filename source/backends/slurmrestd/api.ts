import {BackendError} from '../../job/failure.ts';

/** Where a slurmrestd takes its requests: the newest version that it and jobtop speak. */
export type Api = {
	/** `v0.0.42` */
	readonly version: string;
	readonly jobs: string;
	/** The path of one job; `id` is a segment of a path. */
	readonly job: (id: string) => string;
	/** The path at which it describes its controller. */
	readonly ping: string;
	/** The path that ends several jobs with one request, with an answer for each; 0.0.40 and later. */
	readonly endMany?: string;
	/** The path of one job in the accounts; absent where slurmrestd was started without them. */
	readonly account?: (id: string) => string;
	/** A list holds the time at which it was made, and a later request can ask for changes since then only. */
	readonly tellsUpdates: boolean;
};

/** The path of slurmrestd's own description, in every version. https://slurm.schedmd.com/rest.html */
export const descriptionPath = '/openapi/v3';

const oldest = 38;
const newest = 45;
/** Earlier versions give no time with their list, or do not take it back as a number. */
const updatesFrom = 42;

/** Reads what slurmrestd says of itself. Of versions that jobtop does not know the oldest is likeliest to be understood. */
export const readApi = (description: unknown): Api => {
	const paths = pathsOf(description);
	const numbers = [...paths.keys()]
		.map(path => Number(/^\/slurm\/v0\.0\.(\d+)\/job\/\{job_id\}\/?$/.exec(path)?.[1]))
		.filter(number => number >= oldest);
	if (numbers.length === 0) {
		const detail = `jobtop cannot use this slurmrestd: it offers no version from v0.0.${oldest} to v0.0.${newest}`;
		throw new BackendError({kind: 'malformed', detail});
	}
	const known = numbers.filter(number => number <= newest);
	const number = known.length > 0 ? Math.max(...known) : Math.min(...numbers);
	const version = `v0.0.${number}`;
	// With or without a slash at its end, as it says.
	const find = (path: string) => [path, `${path}/`].find(one => paths.has(one));
	const jobs = find(`/slurm/${version}/jobs`) ?? `/slurm/${version}/jobs`;
	return {
		version,
		jobs,
		ping: find(`/slurm/${version}/ping`) ?? `/slurm/${version}/ping`,
		job: id => `/slurm/${version}/job/${id}`,
		...(paths.get(jobs)?.has('delete') && {endMany: jobs}),
		...(find(`/slurmdb/${version}/job/{job_id}`) && {
			account: (id: string) => `/slurmdb/${version}/job/${id}`,
		}),
		tellsUpdates: number >= updatesFrom,
	};
};

const pathsOf = (description: unknown): ReadonlyMap<string, ReadonlySet<string>> => {
	const {paths} = (description ?? {}) as {readonly paths?: unknown};
	if (typeof paths !== 'object' || paths === null) return new Map();
	return new Map(Object.entries(paths).map(([path, methods]) => [path, new Set(Object.keys(methods ?? {}))]));
};

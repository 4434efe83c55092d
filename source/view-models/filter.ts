import type {Job} from '../job/job.ts';

// Jobs keep their identity while they do not change, so their text is put together once.
const haystacks = new WeakMap<Job, string>();

const haystackOf = (job: Job): string => {
	let haystack = haystacks.get(job);
	if (haystack === undefined) {
		haystack = `${job.ref}\n${job.name}\n${job.owner ?? ''}\n${job.status}`.toLowerCase();
		haystacks.set(job, haystack);
	}
	return haystack;
};

/** Whether a job is meant by the filter: its words all stand in the ref, the name, the owner or the status. */
export const createFilter = (filter: string): ((job: Job) => boolean) | undefined => {
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	if (words.length === 0) return undefined;
	return job => {
		const haystack = haystackOf(job);
		return words.every(word => haystack.includes(word));
	};
};

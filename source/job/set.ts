import type {Job, MemberCounts} from './job.ts';
import type {Ref} from './ref.ts';

export const noMembers: MemberCounts = {live: 0, cancelled: 0, ended: 0, lost: 0};

/** The number of members, in any state. */
export const sizeOfSet = ({live, cancelled, ended, lost}: MemberCounts): number =>
	live + cancelled + ended + lost;

export type Standing = Pick<Job, 'phase' | 'status' | 'terminal'>;

/** The state of a set: live while any member is live, whatever the member that its id names says. */
export const standingOfSet = ({phase, status, terminal, set}: Standing & Pick<Job, 'set'>): Standing => {
	const live = set?.counts?.live ?? 0;
	return terminal && live > 0
		? {phase: 'stopping', status: `${status}, and ${live} of its jobs not ended`, terminal: false}
		: {phase, status, terminal};
};

/** The number of jobs, and of sets of unknown size among them. Each such set counts as one job. */
export type JobCount = {readonly jobs: number; readonly unknown: number};

/** What a count needs to know. `jobs`: the share of a target, settled at its confirmation. */
export type Counted = Pick<Job, 'ref' | 'set'> & {readonly parent?: Ref; readonly jobs?: number};

/**
How many jobs each of these accounts for, at least one, in the same order. A job that several of them name counts once: for itself where it is among them, else for the first that names it. So the shares add up, in whatever groups they are summed.
*/
export const sharesOf = (jobs: readonly Counted[]): readonly number[] => {
	const counted = new Set(jobs.map(({ref}) => ref));
	const children = new Map<Ref, number>();
	for (const {ref, parent} of jobs) {
		if (parent !== undefined && parent !== ref) children.set(parent, (children.get(parent) ?? 0) + 1);
	}
	return jobs.map(({ref, set, jobs: share}) => {
		if (share !== undefined) return share;
		if (!set) return 1;
		if (set.apart === undefined || set.apart.length === 0) {
			// Members without rows of their own cannot be among these.
			const among = set.apart === undefined ? 0 : (children.get(ref) ?? 0);
			return Math.max(1, (set.counts?.live ?? 1) - among);
		}
		let own = set.apart.includes(ref) ? 1 : 0;
		for (const member of set.apart) {
			if (counted.has(member)) continue;
			counted.add(member);
			own++;
		}
		return Math.max(1, own);
	});
};

/** The number of jobs that end with these. A job that several of them name counts once. */
export const countLive = (jobs: readonly Counted[]): JobCount => ({
	jobs: sharesOf(jobs).reduce((sum, share) => sum + share, 0),
	unknown: jobs.filter(({set}) => set && !set.counts).length,
});

/** Leaves out jobs that a request for another of these jobs ends. */
export const withoutCovered = <One extends Pick<Job, 'ref' | 'set' | 'parent'>>(
	jobs: readonly One[],
): readonly One[] => {
	const wholes = jobs.filter(({set}) => set?.together);
	if (wholes.length === 0) return jobs;
	const refs = new Set(wholes.map(({ref}) => ref));
	const covered = new Set(wholes.flatMap(({ref, set}) => (set?.apart ?? []).filter(each => each !== ref)));
	return jobs.filter(
		({ref, parent}) => !covered.has(ref) && !(parent !== undefined && parent !== ref && refs.has(parent)),
	);
};

/** What a row needs for its count. */
export type CountedRow = Pick<Job, 'set'> & Partial<Pick<Job, 'terminal'>>;

/** The number of jobs in the state of a row: its members, if they have no rows of their own. Of a live row these are the live ones, as in the question about it. */
export const jobsOfRow = ({set, terminal}: CountedRow): number => {
	if (!set?.counts || set.apart) return 1;
	return terminal ? sizeOfSet(set.counts) : Math.max(1, set.counts.live);
};

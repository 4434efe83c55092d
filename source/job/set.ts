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

/** The number of jobs that end with these. A job that several of them name counts once. */
export const countLive = (jobs: readonly Pick<Job, 'ref' | 'set'>[]): JobCount => {
	const named = new Set<Ref>();
	let unnamed = 0;
	let unknown = 0;
	for (const {ref, set} of jobs) {
		if (set?.apart && set.apart.length > 0) for (const member of set.apart) named.add(member);
		// A set without live members still counts as one job.
		else if (set?.counts) unnamed += Math.max(1, set.counts.live);
		else named.add(ref);
		if (set && !set.counts) unknown++;
	}
	return {jobs: named.size + unnamed, unknown};
};

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

/** The number of jobs that a row stands for: its members, if they have no rows of their own. */
export const jobsOfRow = ({set}: Pick<Job, 'set'>): number =>
	set?.counts && !set.apart ? sizeOfSet(set.counts) : 1;

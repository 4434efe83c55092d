import type {Job, MemberCounts} from './job.ts';
import type {Ref} from './ref.ts';

export const noMembers: MemberCounts = {live: 0, cancelled: 0, ended: 0, lost: 0};

/** How many members there are, wherever they are. */
export const sizeOfSet = ({live, cancelled, ended, lost}: MemberCounts): number =>
	live + cancelled + ended + lost;

export type Standing = Pick<Job, 'phase' | 'status' | 'terminal'>;

/** How a set stands: not as the one member that its id names, but live for as long as any of its members is. */
export const standingOfSet = ({phase, status, terminal, set}: Standing & Pick<Job, 'set'>): Standing => {
	const live = set?.counts?.live ?? 0;
	return terminal && live > 0
		? {phase: 'stopping', status: `${status}, and ${live} of its jobs not ended`, terminal: false}
		: {phase, status, terminal};
};

/** How many jobs, and how many of the sets among them are of an unknown size: each of those counts as one. */
export type JobCount = {readonly jobs: number; readonly unknown: number};

/** How many jobs end with these. A job that is named by several of them counts once. */
export const countLive = (those: readonly Pick<Job, 'ref' | 'set'>[]): JobCount => {
	const named = new Set<Ref>();
	let unnamed = 0;
	let unknown = 0;
	for (const {ref, set} of those) {
		if (set?.apart && set.apart.length > 0) for (const member of set.apart) named.add(member);
		// What waits for nothing more than its own end is one job.
		else if (set?.counts) unnamed += Math.max(1, set.counts.live);
		else named.add(ref);
		if (set && !set.counts) unknown++;
	}
	return {jobs: named.size + unnamed, unknown};
};

/** Without those that the request for another one of them ends. */
export const withoutCovered = <Asked extends Pick<Job, 'ref' | 'set' | 'parent'>>(
	those: readonly Asked[],
): readonly Asked[] => {
	const wholes = those.filter(({set}) => set?.together);
	if (wholes.length === 0) return those;
	const refs = new Set(wholes.map(({ref}) => ref));
	const covered = new Set(wholes.flatMap(({ref, set}) => (set?.apart ?? []).filter(each => each !== ref)));
	return those.filter(
		({ref, parent}) => !covered.has(ref) && !(parent !== undefined && parent !== ref && refs.has(parent)),
	);
};

/** How many jobs a row stands for: its members, where these have no rows of their own. */
export const jobsOfRow = ({set}: Pick<Job, 'set'>): number =>
	set?.counts && !set.apart ? sizeOfSet(set.counts) : 1;

/*
One job made of the members of a set, where a system has no record of the set itself.
*/
import type {Job, MemberCounts} from '../job/job.ts';
import {isEnd, type Phase} from '../job/phase.ts';
import {refOf} from '../job/ref.ts';

/** Members in the same state, and how many they are. */
export type Members = {readonly job: Job; readonly count: number};

/** `whole`: how many members there are, where some may have no record. */
export const countMembers = (members: readonly Members[], whole = 0): MemberCounts => {
	const counts = {live: 0, cancelled: 0, ended: 0};
	for (const {job, count} of members) {
		counts[job.terminal ? (job.phase === 'cancelled' ? 'cancelled' : 'ended') : 'live'] += count;
	}
	const known = counts.live + counts.cancelled + counts.ended;
	return {...counts, lost: Math.max(0, whole - known)};
};

// The first that occurs speaks for the whole: what runs matters more to who is about to cancel than what waits.
const loudness: readonly Phase[] = ['running', 'starting', 'unknown', 'stopping', 'queued', 'held'];

/** The set as one job: at least one member. A request for its id ends all of them. */
export const summarizeSet = (id: string, members: readonly Members[], counts: MemberCounts): Job => {
	const jobs = members.map(({job}) => job);
	const loudest = loudness.find(phase => jobs.some(job => !job.terminal && job.phase === phase));
	const leading = jobs.find(({phase}) => phase === loudest) ?? (jobs[0] as Job);
	const endings = new Set(jobs.map(({phase}) => phase));
	// How the others ended nobody tells.
	if (counts.lost > 0) endings.add('unknown');
	const phase = loudest ?? (endings.size === 1 ? leading.phase : 'partial');
	const statuses = new Map<string, number>();
	for (const {job, count} of members) statuses.set(job.status, (statuses.get(job.status) ?? 0) + count);
	const {startedAt: _, endedAt: __, parent: ___, set: ____, endedBy: _____, ...rest} = leading;
	const startedAt = Math.min(...jobs.map(job => job.startedAt ?? Number.POSITIVE_INFINITY));
	const endedAt = Math.max(...jobs.map(job => job.endedAt ?? 0));
	return {
		...rest,
		ref: refOf(leading.profile, id),
		id,
		phase,
		status:
			statuses.size === 1
				? leading.status
				: [...statuses].map(([status, count]) => `${status} ${count}`).join(', '),
		terminal: isEnd(phase),
		...(Number.isFinite(startedAt) && {startedAt}),
		...(isEnd(phase) && endedAt > 0 && {endedAt}),
		set: {counts, together: true},
	};
};

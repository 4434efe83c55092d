/*
The outcome of cancelling a set. It never follows from one member, but from the counts of all members.
*/

import type {MemberCounts} from '../job/job.ts';
import type {Phase} from '../job/phase.ts';
import {noMembers, sizeOfSet} from '../job/set.ts';
import type {Outcome} from './outcomes.ts';

/** `before`: the counts at the last look before the request. `removed`: a cancelled member may leave no record. */
export type EndedSet = {
	readonly before: MemberCounts | undefined;
	readonly now: MemberCounts;
	/** The phase that the system reports for the set. */
	readonly phase: Phase;
	readonly removed: boolean;
};

/** The outcome for a set without live members, after a request that may have worked. */
export const outcomeOfSet = ({before, now, phase, removed}: EndedSet): Outcome => {
	// Without a look before, every member may have been alive: then each end came after the request.
	const {live, cancelled, ended, lost} = before ?? {...noMembers, live: sizeOfSet(now)};
	const all = Math.max(sizeOfSet(now), live + cancelled + ended + lost);
	const late = Math.max(0, now.ended - ended);
	const vanished = removed ? Math.max(0, now.lost - lost) : 0;
	const stopped = Math.min(live - late, Math.max(0, now.cancelled - cancelled) + vanished);
	const counts = {cancelled: Math.max(0, stopped), all};
	// Where a cancelled member leaves a record, nobody can tell how one without a record ended.
	const untold = removed ? 0 : Math.min(live - late - counts.cancelled, now.lost - lost);
	if (untold > 0 && phase === 'partial') {
		const detail = `${counts.cancelled} of ${all} cancelled; ${untold} left no record of how they ended`;
		return {kind: 'unknown', detail, counts};
	}
	if (late === 0 && (stopped > 0 || phase === 'cancelled')) {
		// A system may report only that the whole set is cancelled.
		return stopped > 0 && all > 1 ? {kind: 'cancelled', counts} : {kind: 'cancelled'};
	}
	if (stopped > 0 || phase === 'cancelled') return {kind: 'finished-first', phase: 'partial', counts};
	return {kind: 'finished-first', phase};
};

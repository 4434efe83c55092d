/*
What became of a set whose end was asked for. A set is never told by one of its members: how many of them are where decides.
*/

import type {MemberCounts} from '../job/job.ts';
import type {Phase} from '../job/phase.ts';
import {noMembers, sizeOfSet} from '../job/set.ts';
import type {Outcome} from './outcomes.ts';

/** `before`: at the last look before the request. `removed`: a member that is cancelled may leave no record. */
export type EndedSet = {
	readonly before: MemberCounts | undefined;
	readonly now: MemberCounts;
	/** The set's own, as its system tells it. */
	readonly phase: Phase;
	readonly removed: boolean;
};

/** The outcome of a request that may have worked on a set of which no member lives any more. */
export const outcomeOfSet = ({before, now, phase, removed}: EndedSet): Outcome => {
	// Where nobody looked before, each of them may have lived: then an end of its own is one after the request.
	const {live, cancelled, ended, lost} = before ?? {...noMembers, live: sizeOfSet(now)};
	const all = Math.max(sizeOfSet(now), live + cancelled + ended + lost);
	const late = Math.max(0, now.ended - ended);
	const vanished = removed ? Math.max(0, now.lost - lost) : 0;
	const stopped = Math.min(live - late, Math.max(0, now.cancelled - cancelled) + vanished);
	const counts = {cancelled: Math.max(0, stopped), all};
	if (late === 0 && (stopped > 0 || phase === 'cancelled')) {
		// A system may say no more of its members than that the whole is cancelled.
		return stopped > 0 && all > 1 ? {kind: 'cancelled', counts} : {kind: 'cancelled'};
	}
	if (stopped > 0 || phase === 'cancelled') return {kind: 'finished-first', phase: 'partial', counts};
	return {kind: 'finished-first', phase};
};

/*
An array as one job: how its tasks ended stands in their own records.
*/
import type {Job, MemberCounts} from '../../job/job.ts';
import {isEnd, type Phase} from '../../job/phase.ts';

/** Whether it is an array that has ended: only its tasks show how. */
export const needsTasks = ({terminal, set}: Job): boolean => terminal && set?.counts !== undefined;

/** The ended array with what its tasks show; the array itself where none of them has a record. */
export const withTasks = (array: Job, tasks: readonly Job[]): Job => {
	const {counts} = array.set ?? {};
	if (counts === undefined || tasks.length === 0) return array;
	const whole = Math.max(tasks.length, counts.live + counts.cancelled + counts.ended + counts.lost);
	const live = tasks.filter(({terminal}) => !terminal).length;
	const ended = tasks.filter(({terminal}) => terminal);
	const cancelled = ended.filter(({phase}) => phase === 'cancelled').length;
	// That a task has ended says its record; how, not always.
	const unclear = ended.filter(({phase}) => !isEnd(phase)).length;
	const lost = unclear + whole - tasks.length;
	const members: MemberCounts = {live, cancelled, ended: ended.length - cancelled - unclear, lost};
	const phases = new Set<Phase>(ended.map(({phase}) => phase));
	if (lost > 0) phases.add('unknown');
	const [only] = phases;
	const phase = phases.size === 1 && only !== undefined && isEnd(only) ? only : 'partial';
	const {endedBy, ...rest} = array;
	return {
		...rest,
		...(endedBy && phase === array.phase && {endedBy}),
		...(live === 0 && {phase}),
		set: {counts: members, together: true},
	};
};

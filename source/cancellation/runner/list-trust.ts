/*
Whether lists and the jobs' own records agree. A list may lag, and may be wrong: which jobs are looked at although a list shows them alive.
*/

import type {Moment} from '../../job/time.ts';
import type {LookSource} from '../machine/events.ts';
import type {Entry, Lane} from './entries.ts';

/** Of the jobs that lists show alive, at least so many, or this part of them, are looked at by themselves with each list. */
const verified = {min: 4, part: 0.02};

/** A list shows a job alive that its own record had shown ended before. */
export const contradicts = (
	{record}: Pick<Entry, 'record'>,
	terminal: boolean,
	askedMoment: Moment,
): boolean => record?.terminal === true && !terminal && record.askedMoment < askedMoment;

type Compared = Pick<Entry, 'listed' | 'record'> & {
	readonly lane: {readonly looks: Pick<Lane['looks'], 'distrust' | 'trust'>} | undefined;
};

/** A list and a job's own record show the same, or the list is not believed for a while: it lags where it shows a job alive that had ended before it was asked for, and is wrong where it had shown one ended that is alive. */
export const compareWithList = (
	entry: Compared,
	seen: {readonly terminal: boolean; readonly askedMoment: Moment; readonly source: LookSource},
	now: number,
): void => {
	const {record, listed, lane} = entry;
	const {terminal, askedMoment, source} = seen;
	if (source === 'list') {
		entry.listed = {terminal, askedMoment};
		if (contradicts(entry, terminal, askedMoment)) lane?.looks.distrust();
		return;
	}
	entry.record = {terminal, askedMoment, at: now};
	if (!listed || listed.askedMoment >= askedMoment) return;
	if (listed.terminal && !terminal) lane?.looks.distrust();
	else if (!listed.terminal && !terminal && record?.terminal) lane?.looks.trust();
};

/** Of the jobs that a list shows alive, those whose own records are read: a list that lags keeps no job alive for ever. The longest unread come first; one read within `restMs` is left out. */
export const toVerify = <One extends Pick<Entry, 'record'>>(
	alive: readonly One[],
	restMs: number,
	now: number,
): readonly One[] => {
	const readAt = ({record}: One) => record?.at ?? Number.NEGATIVE_INFINITY;
	const max = Math.max(verified.min, Math.ceil(alive.length * verified.part));
	return alive
		.filter(entry => now - readAt(entry) >= restMs)
		.sort((a, b) => readAt(a) - readAt(b))
		.slice(0, max);
};

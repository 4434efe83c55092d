/*
Compares lists with the jobs' own records. A list may lag or be wrong, so some jobs that a list shows alive are looked at anyway.
*/

import type {Moment} from '../../job/time.ts';
import type {LookSource} from '../machine/events.ts';
import type {Entry, Lane} from './entries.ts';

/** How many of the jobs that a list shows alive are looked at after each list: this part of them, but at least `min`. */
const verified = {min: 4, part: 0.02};

/** Whether a list shows a job alive after its own record showed it ended. */
export const contradicts = (
	{record}: Pick<Entry, 'record'>,
	terminal: boolean,
	askedMoment: Moment,
): boolean => record?.terminal === true && !terminal && record.askedMoment < askedMoment;

type Compared = Pick<Entry, 'listed' | 'record'> & {
	readonly lane: {readonly looks: Pick<Lane['looks'], 'distrust' | 'trust'>} | undefined;
};

/** Distrusts lists for a while if one contradicts a job's own record. A list lags if it shows a job alive that ended before the list was requested. A list is wrong if it showed a job ended that is alive. */
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

/** Selects jobs that a list shows alive and whose own records to read, so that a lagging list cannot keep a job alive for ever. The longest unread come first; records read within `restMs` are left out. */
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

/*
Records a transition: the journal for recovery, the audit for good, the timeline for people.
*/
import type {Millis} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import type {Audit} from '../audit.ts';
import {standing, whyOf} from '../machine/standing.ts';
import type {CancelState} from '../machine/state.ts';
import {type Outcome, outcomes} from '../outcomes.ts';
import type {Usual} from '../usual.ts';
import type {Entry} from './entries.ts';
import type {CommitSoon} from './gathering.ts';
import type {Reports} from './reports.ts';

export type RecordOptions = {
	readonly clock: Clock;
	readonly reports: Pick<Reports, 'note' | 'report'>;
	readonly commitSoon: CommitSoon;
	readonly audit: Pick<Audit, 'append'>;
	/** How long cancelling usually takes on a profile. */
	readonly usual: (profile: string) => Usual | undefined;
	/** A job ended this many milliseconds after its request was accepted. */
	readonly onEnded: (profile: string, ms: number) => void;
};

/** Records a transition of a cancellation. */
export type RecordTransition = (entry: Entry, before: CancelState, after: CancelState) => void;

export const createTransitionRecord = (options: RecordOptions): RecordTransition => {
	const {clock, commitSoon} = options;
	const {note, report} = options.reports;

	const reopen = (entry: Entry) => {
		const {journal, journalled, lane} = entry;
		delete entry.settledAt;
		lane?.open.add(entry);
		journal.append({at: clock.now(), type: 'reopened', ref: journalled});
		commitSoon(journal);
	};

	const settle = (entry: Entry, outcome: Outcome) => {
		const {journal, journalled, target, lane} = entry;
		const at = clock.now();
		entry.settledAt = at;
		lane?.open.delete(entry);
		lane?.looks.spare(entry, 'alone');
		for (const stop of entry.timers.values()) stop();
		entry.timers.clear();
		journal.append({at, type: 'settled', ref: journalled, outcome, attempts: entry.requests});
		commitSoon(journal);
		options.audit.append(auditLineOf(entry, outcome, at));
		const endedByUs = outcome.kind === 'cancelled' || outcome.kind === 'removed';
		if (lane && entry.timed && entry.acceptedAt !== undefined && endedByUs) {
			options.onEnded(lane.connection.profile, at - entry.acceptedAt);
		}
		note(entry, 'settled', outcomes[outcome.kind].sentence(target.ref, outcome, entry.policy.operation));
	};

	return (entry, before, after) => {
		const {journal, journalled} = entry;
		if (before.step === 'settled' && after.step !== 'settled') reopen(entry);
		if (after.endSeen && !before.endSeen && after.step !== 'settled') {
			journal.append({at: clock.now(), type: 'ended', ref: journalled});
			commitSoon(journal);
		}
		if (after.cameBack && !before.cameBack) note(entry, 'came-back', 'it was seen ended and is alive again');
		if (after.overdue && !before.overdue) {
			if (standing(after)?.kind === 'overdue') note(entry, 'overdue', overdueWords(usualOn(entry)));
			else report(entry);
		}
		const outcomeBefore = before.step === 'settled' ? before.outcome : undefined;
		if (after.step === 'settled' && after.outcome !== outcomeBefore) {
			settle(entry, after.outcome);
		} else if (after.step !== before.step && after.step !== 'sending' && after.step !== 'asked') {
			note(entry, after.step, whyOf(after));
		} else if (after.attempt !== before.attempt || whyOf(after) !== whyOf(before)) report(entry);
	};

	function usualOn({lane, policy}: Entry): Usual | undefined {
		return lane && policy.operation === 'cancel' ? options.usual(lane.connection.profile) : undefined;
	}
};

const auditLineOf = ({batch, target, requests}: Entry, {kind, detail}: Outcome, at: Millis) => ({
	at: new Date(at).toISOString(),
	askedAt: new Date(batch.askedAt).toISOString(),
	batch: batch.number,
	ref: target.ref,
	name: target.name,
	by: batch.by,
	pid: process.pid,
	...(batch.reason !== undefined && {reason: batch.reason}),
	operation: batch.operation,
	outcome: kind,
	...(detail !== undefined && {detail}),
	attempts: requests,
});

const overdueWords = (usual: Usual | undefined): string =>
	usual
		? `longer than usual here: 95% end within ${Math.ceil(usual.p95Ms / 1000)} s; still following`
		: 'longer than usual here; still following';

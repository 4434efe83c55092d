/*
Settled: later evidence may reopen it.
*/
import {type OutcomeKind, outcomes} from '../outcomes.ts';
import {stay} from './effects.ts';
import {isSettling, settleLook} from './ends.ts';
import type {EventOf} from './events.ts';
import type {Row} from './rows.ts';
import {type In, looksLate} from './state.ts';
import {follow} from './steps.ts';

export const settled: Row<'settled'> = {
	looked(state, event, policy) {
		if (looksLate(state, event) || !overtakes(state, event)) return stay(state);
		// A list may lag, or be wrong.
		if (event.source === 'list') return [state, [{type: 'look', source: 'record'}]];
		if (isSettling(event)) return settleLook(state, event, policy);
		const alive = {stillAlive: true, blind: 0, cameBack: true, endSeen: true};
		return follow({...state, ...alive, since: event.at}, policy);
	},
};

/** Whether new evidence replaces the outcome: late evidence counts, because a server may still change its record. */
function overtakes({outcome: {kind}, unproven, endSeen}: In<'settled'>, event: EventOf<'looked'>): boolean {
	if (event.approach === 'reached') return isOpen(kind) || endsTheJob.has(kind);
	if (!event.terminal) return endsTheJob.has(kind) || (isOpen(kind) && endSeen);
	if (isOpen(kind)) return true;
	if (event.phase === 'cancelled') return unproven !== undefined && event.unproven === undefined;
	return outcomes[kind].saysCancelled && event.phase !== 'unknown';
}

/** Outcomes that say nothing final about the job: any later evidence replaces them. */
const isOpen = (kind: OutcomeKind): boolean => kind === 'unknown' || kind === 'overdue';

/** Outcomes that claim that the job has ended. */
const endsTheJob: ReadonlySet<OutcomeKind> = new Set([
	'cancelled',
	'already-cancelled',
	'removed',
	'finished-first',
]);

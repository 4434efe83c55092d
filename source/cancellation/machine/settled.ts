/*
Settled: later evidence may reopen it.
*/
import {type OutcomeKind, outcomes} from '../outcomes.ts';
import {stay} from './effects.ts';
import {settleEnd} from './ends.ts';
import type {EventOf} from './events.ts';
import type {Row} from './rows.ts';
import {type In, looksLate} from './state.ts';
import {follow} from './steps.ts';

export const settled: Row<'settled'> = {
	looked(state, event, policy) {
		if (looksLate(state, event) || !overtakes(state, event)) return stay(state);
		// A list may lag, or be wrong.
		if (event.source === 'list') return [state, [{type: 'look', source: 'record'}]];
		if (event.terminal) return settleEnd(state, event.at, policy, event);
		const alive = {stillAlive: true, blind: 0, cameBack: true, endSeen: true};
		return follow({...state, ...alive, since: event.at}, policy);
	},
};

/** Late evidence is better than none; and a server may still overwrite what it said. */
function overtakes({outcome: {kind}, unproven, endSeen}: In<'settled'>, event: EventOf<'looked'>): boolean {
	if (!event.terminal) return endsTheJob.has(kind) || (isOpen(kind) && endSeen);
	if (isOpen(kind)) return true;
	if (event.phase === 'cancelled') return unproven !== undefined && event.unproven === undefined;
	return outcomes[kind].saysCancelled && event.phase !== 'unknown';
}

/** Outcomes that leave open what becomes of the job: any later evidence is better. */
const isOpen = (kind: OutcomeKind): boolean => kind === 'unknown' || kind === 'overdue';

/** Outcomes that say that the job is no more. */
const endsTheJob: ReadonlySet<OutcomeKind> = new Set([
	'cancelled',
	'already-cancelled',
	'removed',
	'finished-first',
]);

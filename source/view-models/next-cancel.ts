import type {State} from '../store/store.ts';
import {subjectOf, unsettledCursor, whyNotCancel} from './subject.ts';

/** What the next `c` will do, or why it will not. Empty where there is nothing to say. */
export const nextCancel = (state: State, now: number): string => {
	const ref = subjectOf(state);
	if (ref === undefined) return '';
	const why = unsettledCursor(state, now) ?? whyNotCancel(state, ref, now);
	if (why) return `${ref}: ${why}`;
	const name = state.known.jobs.byRef.get(ref)?.name;
	return `c cancels ${ref}${name ? ` ${name}` : ''}`;
};

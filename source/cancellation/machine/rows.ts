import type {CancelPolicy, Transition} from './effects.ts';
import type {CancelEvent, EventOf} from './events.ts';
import type {CancelStep, In} from './state.ts';

/** What can happen in a step, by the type of the event; what is not listed changes nothing. */
export type Row<Step extends CancelStep> = {
	readonly [Type in CancelEvent['type']]?: (
		state: In<Step>,
		event: EventOf<Type>,
		policy: CancelPolicy,
	) => Transition;
};

import type {CancelPolicy, Transition} from './effects.ts';
import type {CancelEvent, EventOf} from './events.ts';
import type {CancelStep, In} from './state.ts';

/** The handlers of a step, by event type. An event without a handler changes nothing. */
export type Row<Step extends CancelStep> = {
	readonly [Type in CancelEvent['type']]?: (
		state: In<Step>,
		event: EventOf<Type>,
		policy: CancelPolicy,
	) => Transition;
};

import type {MouseReport} from '../../keys/mouse.ts';
import type {KeyPress} from '../../keys/names.ts';
import type {Clock} from '../../process/clock.ts';
import type {State} from '../../state/state.ts';
import type {JobStore} from '../../store/store.ts';
import type {Command, Host} from '../command.ts';

/** What keys act on. */
export type Keyboard = {
	/** All commands, with their keys. */
	readonly commandsOf: (state: State) => readonly Command[];
	readonly store: JobStore;
	readonly host: Host;
	readonly clock: Clock;
};

/** A key, or a click or the wheel of the mouse. */
export type Press = KeyPress | {readonly mouse: MouseReport};

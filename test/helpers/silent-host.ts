import type {Host} from '../../source/commands/command.ts';

/** A host that does nothing. */
export const silentHost: Host = {
	quit: () => undefined,
	suspend: () => undefined,
	redraw: () => undefined,
	copy: () => undefined,
	page: () => undefined,
	logIn: () => undefined,
};

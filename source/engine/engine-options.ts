import type {Connection} from '../backends/backend.ts';
import type {Clock} from '../process/clock.ts';
import type {Report, Scope, ScreenSettings} from './protocol.ts';

/** What an engine is built from. */
export type EngineOptions = {
	readonly connections: readonly Connection[];
	readonly clock: Clock;
	/** Where journals are kept; made when the first cancellation needs it. */
	readonly stateDirectory: string;
	readonly report: Report;
	readonly scope: Scope;
	/** Milliseconds between two polls; the backend's own where it is absent. */
	readonly intervalMs?: number;
	/** Wait for new credentials (the screen), or settle at once (the command line). */
	readonly park: boolean;
	readonly readOnly?: boolean;
	readonly lookedFor?: readonly string[];
	/** What somebody wanted otherwise than a limit lets it be, in a line. */
	readonly limited?: string;
	/** Profiles where cancelling asks for the profile's name. */
	readonly protect?: readonly string[];
	readonly settings?: ScreenSettings;
	/** Nobody checks the certificates of servers. */
	readonly unchecked?: boolean;
	/** A number from 0 to 1, for the intervals between polls. */
	readonly random?: () => number;
};

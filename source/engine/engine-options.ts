import type {Connection} from '../backends/backend.ts';
import type {ExportPlace} from '../cancellation/export-batch.ts';
import type {Clock} from '../process/clock.ts';
import type {Report, Scope, ScreenSettings} from './protocol.ts';

/** The options of an engine. */
export type EngineOptions = {
	readonly connections: readonly Connection[];
	readonly clock: Clock;
	/** The directory for journals, created by the first cancellation. */
	readonly stateDirectory: string;
	/** Default: the state directory. It must last longer than jobtop. */
	readonly exportPlace?: ExportPlace;
	/** The path of the configuration file; absent for the usual one. */
	readonly configuration?: string;
	readonly report: Report;
	readonly scope: Scope;
	/** Milliseconds between two polls; default: the backend's own. */
	readonly intervalMs?: number;
	/** Whether to wait for new credentials (the screen) or settle at once (the command line). */
	readonly park: boolean;
	readonly readOnly?: boolean;
	readonly lookedFor?: readonly string[];
	/** One line about settings that a limit overrides. */
	readonly limited?: string;
	/** Profiles where cancelling requires typing the profile's name. */
	readonly protect?: readonly string[];
	readonly settings?: ScreenSettings;
	/** Server certificates are not checked. */
	readonly unchecked?: boolean;
	/** Milliseconds for which this thread has been busy so far, to poll long lists less often. */
	readonly busyMs?: () => number;
	/** Returns a number from 0 to 1, for the jitter of polls. */
	readonly random?: () => number;
};

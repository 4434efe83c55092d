import type {Connection} from '../backends/backend.ts';
import type {Clock} from '../clock.ts';
import type {Batch, CancelTarget, Intention, Patch, Scope} from './protocol.ts';

export type EngineOptions = {
	readonly connections: readonly Connection[];
	readonly clock: Clock;
	/** Where journals are kept; made when the first cancellation needs it. */
	readonly stateDirectory: string;
	/** What the engine has to tell. Patches that belong together come together. */
	readonly report: (patches: readonly Patch[]) => void;
	readonly scope: Scope;
	/** Milliseconds between two polls; the backend's own where it is absent. */
	readonly intervalMs?: number;
	/** Wait for new credentials (the screen), or settle at once (the command line). */
	readonly park: boolean;
	readonly readOnly?: boolean;
	readonly lookedFor?: readonly string[];
};

export type Engine = {
	/** Says hello and starts to poll every profile. The command line's `cancel` works without. */
	readonly start: () => void;
	readonly handle: (intention: Intention) => void;
	/**
	Starts a batch: exactly these targets, by ref. Resolves once the journal that names them is on disk; rejects, with nothing sent, where it cannot be written.
	*/
	readonly cancel: (targets: readonly CancelTarget[], reason?: string) => Promise<Batch>;
	/** Nobody waits any longer: what has not left is taken back, what has is reported as it stands. */
	readonly leave: () => void;
	/** Stops polling and following, and flushes the journals. Cancellations that are not settled stay in them. */
	readonly stop: () => Promise<void>;
};

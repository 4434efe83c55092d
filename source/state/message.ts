/*
The answer to a key: until the engine has answered, and until it is no longer true.
*/
import type {CancellationReport} from '../engine/protocol.ts';
import type {Operation} from '../job/operation.ts';
import type {Ref} from '../job/ref.ts';

/** Jobs were dismissed: the data to undo it. */
export type DismissAct = {
	readonly kind: 'dismiss';
	readonly refs: readonly Ref[];
	/** The marks that left with the rows. */
	readonly unmarked: readonly Ref[];
};

/** A pending intention. The marks of its jobs leave once the engine has accepted a cancellation of them. */
export type Awaited = {
	readonly kind: Operation | 'force' | 'delete' | 'dismiss' | 'restore';
	/** Its jobs. The next answer of this kind that names the first one is its answer. */
	readonly refs: readonly Ref[];
	/** The message until the answer. */
	readonly meanwhile: string;
	/** The dismissal that this is, or that it undoes. If the engine does not accept it, that act is taken back, or comes back. */
	readonly act?: DismissAct;
	/** The message once the engine has accepted it; absent if a notice reports the result. */
	readonly word?: string;
	/** What that message is about. */
	readonly about?: About;
	/** It cancels jobs that were marked all at once under a filter. */
	readonly filtered?: FilteredMarks;
};

/** All jobs in view were marked under a filter. */
export type FilteredMarks = {
	readonly filter: string;
	/** Only this profile's jobs. */
	readonly only?: string;
	/** The marks then. */
	readonly refs: ReadonlySet<Ref>;
};

/** What a message is about. Once the message is no longer true, it leaves, or the facts replace it. */
export type About =
	/** These cancellations: true while one of them is in that state. */
	| {
			readonly kind: 'cancellations';
			/** The reports when a key was pressed: only newer ones count. */
			readonly reports: ReadonlyMap<Ref, CancellationReport | undefined>;
			readonly during: 'on-its-way' | 'staged';
			/** The message while it is true. */
			readonly text: string;
	  }
	/** These jobs are hidden, or shown: true while they are. */
	| {
			readonly kind: 'hidden';
			readonly refs: readonly Ref[];
			readonly hidden: boolean;
			/** The jobs whose servers have not answered, and the message once all have. */
			readonly there: ReadonlySet<Ref>;
			readonly answered: string;
	  }
	/** These profiles are being polled: true until each poll has ended. */
	| {readonly kind: 'polls'; readonly profiles: ReadonlySet<string>};

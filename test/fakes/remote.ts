import type {Connection} from '../../source/backends/backend.ts';
import type {FailureKind} from '../../source/job/failure.ts';
import type {Phase} from '../../source/job/phase.ts';

/** The far side of a backend, as the contract tests see it: a small real server or program, and how to reach it. */
export type Remote = {
	readonly connection: Connection;
	/** Puts a job there that stays in its phase. False where this system has no such phase. */
	readonly add: (id: string, phase: Phase, extra?: {readonly name?: string}) => Promise<boolean>;
	/** Puts a job there whose status nobody knows. False where this cannot happen. */
	readonly addStrange: (id: string) => Promise<boolean>;
	/** Puts a record there that cannot be read. False where this cannot happen. */
	readonly addUnreadable: () => Promise<boolean>;
	/** The next request fails that way. False where this cannot happen. */
	readonly failNext: (kind: FailureKind) => Promise<boolean>;
	/** Requests that read or change jobs so far: a hidden retry shows. */
	readonly requests: () => Promise<number>;
	/** The n-th id, in this system's form. */
	readonly idFor: (n: number) => string;
	readonly close: () => Promise<void>;
};

/** What the fakes take as a credential, and spell out in their complaints. It may never be seen in a failure. */
export const secret = 'tell-nobody-2f9c41';

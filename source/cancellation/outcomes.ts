import type {Operation, ReversibleOperation} from '../job/operation.ts';
import {type Phase, phases} from '../job/phase.ts';
import {unprovenWords} from '../job/unproven.ts';

/** How a cancellation, or another operation, ended, or its state when jobtop stops waiting. */
export type Outcome = {
	readonly kind: OutcomeKind;
	/** Why, in one clean line: the backend's words, if any. */
	readonly detail?: string;
	/** The end phase of a job that ended by itself; `unknown` if no record is left. */
	readonly phase?: Phase;
	/** For a set: how many members the request cancelled. The others had ended, or ended by themselves. */
	readonly counts?: {readonly cancelled: number; readonly all: number};
	/** The reason is a missing, wrong or expired credential. */
	readonly credential?: true;
	/** The user recalled it before a request had left. */
	readonly recalled?: true;
	/** The job belongs to another person; the detail says to whom. */
	readonly notYours?: true;
};

type Words = {
	/** One or two words for a table. */
	readonly label: string;
	/** Whether the user can act: ask again. */
	readonly needsYou: boolean;
	/** Whether this outcome may be called cancelled. */
	readonly saysCancelled: boolean;
	/** Whether the job is now as was requested. */
	readonly isReached?: true;
	readonly exitCode: number;
	/** The sentence about the job with this name, after this operation. */
	readonly sentence: (name: string, outcome: Outcome, operation: Operation) => string;
};

const because = (outcome: Outcome): string => (outcome.detail ? `: ${outcome.detail}` : '');

/** `14 of 18, 4` */
const membersWords = ({cancelled, all}: NonNullable<Outcome['counts']>): string =>
	`${cancelled} of ${all}, ${all - cancelled}`;

/** What may still happen if the record is no proof. */
const andStill = (detail: string | undefined): string => (detail ? `; ${detail}` : '');

const overdueWords = {
	cancel: name => `${name} was asked to stop and is still alive`,
	suspend: name => `${name} was asked to suspend, and not all of it has stopped`,
	unsuspend: name => `${name} was asked to start again and is still suspended`,
} as const satisfies Record<Operation, (name: string) => string>;

/** The words and the exit code of each outcome. */
export const outcomes = {
	cancelled: {
		label: 'cancelled',
		needsYou: false,
		saysCancelled: true,
		exitCode: 0,
		sentence: (name, {counts, detail}) =>
			counts && counts.cancelled < counts.all
				? `the rest of ${name} was cancelled: ${membersWords(counts)} had ended`
				: `${name} is cancelled${counts ? `: ${counts.cancelled} of ${counts.all}` : ''}${andStill(detail)}`,
	},
	suspended: {
		label: 'suspended',
		needsYou: false,
		saysCancelled: false,
		isReached: true,
		exitCode: 0,
		sentence: (name, outcome) => `${name} is suspended, and nothing of it runs${because(outcome)}`,
	},
	'already-suspended': {
		label: 'already suspended',
		needsYou: false,
		saysCancelled: false,
		isReached: true,
		exitCode: 0,
		sentence: (name, outcome) => `${name} was already suspended${because(outcome)}`,
	},
	unsuspended: {
		label: 'unsuspended',
		needsYou: false,
		saysCancelled: false,
		isReached: true,
		exitCode: 0,
		sentence: (name, outcome) => `${name} is no longer suspended${because(outcome)}`,
	},
	'already-unsuspended': {
		label: 'not suspended before',
		needsYou: false,
		saysCancelled: false,
		isReached: true,
		exitCode: 0,
		sentence: (name, outcome) => `${name} was not suspended${because(outcome)}`,
	},
	'already-cancelled': {
		label: 'already cancelled',
		needsYou: false,
		saysCancelled: true,
		exitCode: 0,
		sentence: (name, {detail}) => `${name} was already cancelled${andStill(detail)}`,
	},
	replaced: {
		label: 'replaced',
		needsYou: false,
		saysCancelled: false,
		exitCode: 5,
		sentence: (name, outcome) => `nothing was sent for ${name}${because(outcome)}`,
	},
	removed: {
		label: 'removed',
		needsYou: false,
		saysCancelled: true,
		exitCode: 0,
		sentence: (name, outcome) => `${name} was removed from its system after the request${because(outcome)}`,
	},
	'finished-first': {
		label: 'finished first',
		needsYou: false,
		saysCancelled: false,
		exitCode: 6,
		sentence: (name, {phase, detail, counts}, operation) =>
			counts
				? `${name} was cancelled in part: ${membersWords(counts)} ended by themselves`
				: `${name} ended ${operation === 'cancel' ? 'by itself ' : ''}first${phase && phase !== 'unknown' ? ` (${phases[phase].label.toLowerCase()})` : ''}${detail ? `: ${detail}` : ''}`,
	},
	refused: {
		label: 'refused',
		needsYou: true,
		saysCancelled: false,
		exitCode: 5,
		sentence: (name, outcome, operation) =>
			`${operation === 'cancel' ? `${name} continues` : `${name} is unchanged`}; its system refused to ${operation} it${because(outcome)}`,
	},
	denied: {
		label: 'denied',
		needsYou: true,
		saysCancelled: false,
		exitCode: 5,
		sentence: (name, outcome, operation) =>
			`this credential is not allowed to ${operation} ${name}${because(outcome)}`,
	},
	'not-found': {
		label: 'not found',
		needsYou: false,
		saysCancelled: false,
		exitCode: 7,
		sentence: (name, outcome) => `${name} was not found on its system${because(outcome)}`,
	},
	'not-sent': {
		label: 'not sent',
		needsYou: true,
		saysCancelled: false,
		exitCode: 5,
		sentence: (name, outcome) => `nothing was sent for ${name}${because(outcome)}`,
	},
	overdue: {
		label: 'overdue',
		needsYou: true,
		saysCancelled: false,
		exitCode: 8,
		sentence: (name, outcome, operation) => `${overdueWords[operation](name)}${because(outcome)}`,
	},
	unknown: {
		label: 'unknown',
		needsYou: true,
		saysCancelled: false,
		exitCode: 5,
		sentence: (name, outcome) => `the outcome of ${name} is unknown${because(outcome)}`,
	},
} as const satisfies Record<string, Words>;

export type OutcomeKind = keyof typeof outcomes;

/** The outcomes of an operation that is reached: after a request, or before any. */
export const reachedKinds = {
	suspend: {reached: 'suspended', reachedBefore: 'already-suspended'},
	unsuspend: {reached: 'unsuspended', reachedBefore: 'already-unsuspended'},
} as const satisfies Record<ReversibleOperation, Record<'reached' | 'reachedBefore', OutcomeKind>>;

/** Whether the job is now as was requested. */
export const isReached = (kind: OutcomeKind): boolean => {
	const {saysCancelled, isReached}: Words = outcomes[kind];
	return saysCancelled || isReached === true;
};

/** Whether only its record says that the job is cancelled: the work behind it may go on. The detail says so. */
export const isUnproven = ({kind, detail}: Outcome): boolean =>
	(kind === 'cancelled' || kind === 'already-cancelled') &&
	Object.values(unprovenWords).some(words => detail?.includes(words));

/** Whether a retry may help: the job was left unchanged, or its outcome is unknown. A denied job of another person stays denied. */
export const isWorthRetrying = ({kind, notYours}: Outcome): boolean => outcomes[kind].needsYou && !notYours;

/** The exit code of one outcome. */
export const exitCodeOf = (outcome: Outcome): number =>
	outcome.credential ? 4 : outcomes[outcome.kind].exitCode;

const severity = [1, 130, 143, 129, 4, 5, 8, 7, 6, 3, 2, 0];

/** The exit code for several outcomes: the first of 1, 130/143/129, 4, 5, 8, 7, 6, 0 that occurs. */
export const worstExitCode = (codes: readonly number[]): number =>
	severity.find(code => codes.includes(code)) ?? codes[0] ?? 0;

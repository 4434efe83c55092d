import type {ExitCodes} from '../definitions/exit-code-help.ts';

/** What `wait` ends with. */
export const waitExitCodes: ExitCodes = [
	['0', 'every job has ended, a failed one too; with --for PHASE, every job has come to that phase'],
	['4', 'a credential is missing or expired'],
	['5', 'at least one could not be looked at'],
	['6', 'with --for PHASE: at least one has ended otherwise'],
	['7', 'at least one is not known there, or is gone and nothing tells how it ended'],
	['8', 'the time is up, and at least one has not come so far'],
	['130, 143, 129', 'interrupted, terminated, hung up'],
];

/** What the program ends with, for the help, the manual page and docs/scripts.md. Where several apply it is the first of 1, 130, 143, 129, 4, 5, 8, 7, 6, 0. */
export const exitCodes: ExitCodes = [
	['0', 'every target is cancelled, had been cancelled, or is removed (or accepted, with --wait accepted)'],
	['1', 'an unexpected error'],
	['2', 'the command line or the configuration is wrong; nothing was sent'],
	['3', 'declined, or a question would have been needed'],
	['4', 'a credential is missing or expired'],
	['5', 'at least one was refused, denied, not sent, or nobody can tell; or a profile could not be read'],
	['6', 'at least one finished by itself first, and nothing worse'],
	['7', 'nothing matched, or is not known there'],
	['8', 'accepted, and not ended yet; the journal keeps it'],
	['130, 143, 129', 'interrupted, terminated, hung up; the journal keeps what is not settled'],
];

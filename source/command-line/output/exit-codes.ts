import type {ExitCodes} from '../definitions/exit-code-help.ts';

/** The exit codes of `wait`. */
export const waitExitCodes: ExitCodes = [
	['0', 'every job has ended, failed or not; with --for PHASE, every job has reached that phase'],
	['4', 'a credential is missing or expired'],
	['5', 'at least one job could not be read'],
	['6', 'with --for PHASE: at least one job ended otherwise'],
	['7', 'at least one job is unknown, or is gone without a record of how it ended'],
	['8', 'stopped waiting before every job had ended or reached the phase'],
	['130, 143, 129', 'interrupted, terminated, hung up'],
];

/** The exit codes of the program, for the help, the manual page and docs/scripts.md. If several apply, it is the first of 1, 130, 143, 129, 4, 5, 8, 7, 6, 0. */
export const exitCodes: ExitCodes = [
	[
		'0',
		'every target is cancelled, was cancelled before, or is removed; or is suspended or unsuspended, as requested (or accepted, with --wait accepted)',
	],
	['1', 'an unexpected error'],
	['2', 'the command line or the configuration is wrong; nothing was sent'],
	['3', 'declined, or confirmation was needed and not possible'],
	['4', 'a credential is missing or expired'],
	[
		'5',
		'at least one was refused, denied, not sent or has an unknown outcome; or a profile could not be read',
	],
	['6', 'at least one finished on its own first; nothing worse'],
	['7', 'nothing matched, or a job was not found'],
	['8', 'accepted, not ended or not as requested yet; the journal keeps it'],
	['130, 143, 129', 'interrupted, terminated, hung up; the journal keeps unsettled jobs'],
];

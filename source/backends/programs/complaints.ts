/* What programs complain of, whichever system they belong to. */

import {cleanText} from '../../job/clean-text.ts';
import type {Failure} from '../../job/failure.ts';
import type {CommandResult} from './command.ts';

/** A library or an option that the program of this site lacks, in the words of the loader and of getopt. */
const unableToRun =
	/error while loading shared libraries|cannot open shared object file|symbol lookup error|version `[^']+' not found|(?:unrecognized|unknown|invalid|illegal) option\b/i;

/** The failure of a program that could not do its work at all: it has sent nothing. */
export const failureToRun = (program: string, stderr: string): Failure | undefined => {
	const line = stderr.split('\n').find(each => unableToRun.test(each));
	if (line === undefined) return undefined;
	const words = cleanText(line.trim().replace(/^\S*: (?:error: )?/, ''), 300);
	return {kind: 'unreachable', detail: `${program} does not run: ${words}`, local: 'program'};
};

/** Why a program did not answer. `sort` sorts the complaint of one that ran by the words of its system. */
export const failureOfRun = (
	program: string,
	{stderr, code, signal}: CommandResult,
	sort: (stderr: string, otherwise: string) => Failure,
): Failure => {
	if (signal !== undefined) return {kind: 'broken', detail: `${program} was ended by ${signal}`};
	const failed = failureToRun(program, stderr);
	if (failed !== undefined) return failed;
	const failure = sort(stderr, `${program} ended with code ${code}`);
	// Code 126 or 127: a shell script in its place did not find the program, or may not run it.
	return code === 126 || code === 127
		? {kind: 'unreachable', detail: `${program} does not run: ${failure.detail}`, local: 'program'}
		: failure;
};

/** `squeue: error: …`, `slurm_load_jobs error: …` */
const ownComplaint = /^(?:\w+: )?(?:\w+ )?(?:error|fatal): /;

/** The last complaint of a program, without the program's name before it. */
export const lastComplaint = (stderr: string): string | undefined => {
	const lines = stderr.split('\n').filter(line => line.trim() !== '');
	// What a site prints beside it may speak of errors, too.
	const own = lines.findLast(line => ownComplaint.test(line));
	const complaint = own ?? lines.findLast(line => /error|fatal/i.test(line)) ?? lines.at(-1);
	return complaint?.replace(ownComplaint, '').trim();
};

/** A program printed something other than its answer, as a site's wrapper does. */
export const strangeAnswer = (
	program: string,
	{stdout, stderr}: Pick<CommandResult, 'stdout' | 'stderr'>,
): Failure => {
	const words = cleanText(`${stdout}\n${stderr}`.trim(), 200);
	const detail = `${program} printed ${words === '' ? 'nothing' : `only: ${words}`}`;
	return {kind: 'malformed', detail, local: 'program'};
};

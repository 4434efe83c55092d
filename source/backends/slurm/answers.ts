/* What Slurm's programs complain of. Their exit codes alone say nothing: scancel ends with 0 for a job that it does not know. */

import {cleanText} from '../../job/clean-text.ts';
import type {Failure, FailureKind} from '../../job/failure.ts';
import type {CancelAnswer, CancelReceipt} from '../backend.ts';
import type {CommandResult} from '../programs/command.ts';
import {failureOfRun, failureToRun, lastComplaint, strangeAnswer} from '../programs/complaints.ts';

type Complaint = readonly [pattern: RegExp, kind: FailureKind];

// The words are those of slurm_strerror: https://github.com/SchedMD/slurm/blob/master/src/common/slurm_errno.c
const complaints: readonly Complaint[] = [
	// An older program that has no words for an error prints its number.
	[/rate limit exceeded|retry momentarily|back(?:ing)? off|unknown error 180[45]\b/i, 'rate-limited'],
	// Without a credential nothing is sent, and one that does not hold is not heard.
	[/munge|authentication (?:error|credential)/i, 'unreachable'],
	[/invalid job id specified/i, 'not-found'],
	[/access\/permission denied|permission denied/i, 'forbidden'],
	[/timed out/i, 'timeout'],
	[/unable to contact slurm controller|connect failure|connection refused/i, 'unreachable'],
	[/zero bytes were transmitted|broken pipe|connection reset|unexpected missing socket/i, 'cut-off'],
	[/standby mode|problem talking to the database/i, 'unreachable'],
	[/configuration (file|source)|clustername|cannot stat file|dns srv/i, 'unreachable'],
	[/operation not permitted|can not be altered|individual component/i, 'rejected'],
	[/invalid (user|job id|partition|job array|range)|no job identification|bad job/i, 'rejected'],
];

/** Sorts a complaint by its words. */
export const sortComplaint = (text: string, otherwise: FailureKind): Failure => {
	const kind = complaints.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;
	return {kind, detail: cleanText(text)};
};

/** Why a program did not answer. */
export const failureOfProgram = (program: string, result: CommandResult): Failure =>
	failureOfRun(program, result, (stderr, otherwise) =>
		sortComplaint(tellingComplaint(stderr) ?? otherwise, 'broken'),
	);

/** The reason in one line: a missing credential explains more than its consequences. */
const tellingComplaint = (stderr: string): string | undefined => {
	const munge = stderr.split('\n').findLast(line => /error: .*munge .*(?:failed|error)/i.test(line));
	return lastComplaint(munge ?? stderr);
};

/** Whether sacct says that nobody keeps accounts here. */
export const isAccountingOff = (stderr: string): boolean => /accounting storage is disabled/i.test(stderr);

/** Whether a program says that the controller made it wait: `RPC rate limited 1 time(s). Sleeping then trying again.` */
export const saysPatience = (stderr: string): boolean => /\brate limited\b/i.test(stderr);

export type ScancelResult = Omit<CommandResult, 'code' | 'signal'> & {
	readonly end:
		| {readonly code: number}
		| {readonly signal: string}
		/** Not within its time, as these words say; it may go on where nobody can stop it. */
		| {readonly overtime: string; readonly goesOn: boolean};
};

/**
What `scancel -v` said of each id. It begins one line for each job that it asks for, and complains in any order; no complaint about a job that it has begun means that its request went through. What it has not begun it has not asked for: its code alone proves nothing, for a site may have put something else in its place.
*/
export const readCancel = (
	{stdout, stderr, end}: ScancelResult,
	ids: readonly string[],
): ReadonlyMap<string, CancelAnswer> => {
	const begun = new Set<string>();
	const said = new Map<string, string>();
	for (const line of stderr.split('\n')) {
		const begins = /^scancel: (?:Terminating|Signal \d+ to) (?:full )?job (\S+)/.exec(line);
		if (begins !== null) begun.add(begins[1] as string);
		const complains = /error:? .*?\bon job id (\S+?): (.*)$/i.exec(line);
		if (complains !== null) said.set(complains[1] as string, complains[2] as string);
	}
	const heard = begun.size > 0 || said.size > 0;
	const rest = restOf({stdout, stderr, end}, heard);
	return new Map(
		ids.map(id => {
			const complaint = said.get(id);
			if (complaint !== undefined) return [id, answerTo(complaint, id, stderr)];
			return [id, begun.has(id) ? rest.begun : rest.other];
		}),
	);
};

const answerTo = (complaint: string, id: string, stderr: string): CancelReceipt | Failure => {
	if (/already complet/i.test(complaint)) {
		return answerOfSet(id, {kind: 'too-late', detail: cleanText(complaint)});
	}
	// What kept it from having a credential stands beside it.
	const telling = /authentication/i.test(complaint) ? (tellingComplaint(stderr) ?? complaint) : complaint;
	return answerOfSet(id, sortComplaint(telling, 'rejected'));
};

/** Of a set Slurm says what became of one of its members, and has ended the others all the same: 22.05 and 24.11 complain so of `42_[2-19]` of which some had ended, or had been forgotten. */
export const answerOfSet = (id: string, answer: CancelReceipt | Failure): CancelReceipt | Failure =>
	isSet(id) && (answer.kind === 'too-late' || answer.kind === 'not-found')
		? {kind: 'accepted', detail: `about some of its jobs: ${answer.detail}`}
		: answer;

/** Tasks of an array, or the leader of a het job. A number alone may be one, too: a look shows it. */
const isSet = (id: string): boolean => /_\[|\+0$/.test(id);

type Rest = {readonly begun: CancelReceipt | Failure; readonly other: CancelAnswer};

/** What is to be said of an id without a complaint of its own. */
const restOf = ({stdout, stderr, end}: ScancelResult, heard: boolean): Rest => {
	if ('overtime' in end) {
		const why = saysPatience(stderr) ? `${end.overtime}: the controller asked to slow down` : end.overtime;
		const timeout: Failure = {kind: 'timeout', detail: why};
		const detail = `${why}; it had not reached this job`;
		return {begun: timeout, other: end.goesOn ? timeout : {kind: 'not-asked', detail}};
	}
	if ('signal' in end) {
		const cut: Failure = {kind: 'cut-off', detail: `scancel was ended by ${end.signal}`};
		return {begun: cut, other: cut};
	}
	const accepted: CancelReceipt = {kind: 'accepted'};
	if (end.code === 0) {
		const nothing: Failure = {kind: 'malformed', detail: 'scancel printed nothing about this job'};
		return {begun: accepted, other: heard ? nothing : strangeAnswer('scancel', {stdout, stderr})};
	}
	if (heard) {
		const detail = `scancel ended with code ${end.code} and printed nothing about this job`;
		return {begun: accepted, other: {kind: 'cut-off', detail}};
	}
	const failed = failureToRun('scancel', stderr);
	if (failed !== undefined) return {begun: failed, other: failed};
	// With one unreadable id in the list, scancel cancels nothing.
	const words = tellingComplaint(stderr) ?? (stdout.trim() || `scancel ended with code ${end.code}`);
	const failure = sortComplaint(words, 'broken');
	return {begun: failure, other: failure};
};

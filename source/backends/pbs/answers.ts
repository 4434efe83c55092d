/* What PBS's programs say. Their exit code is the error of the server, of which eight bits arrive: 15001 is 153. */

import {cleanText} from '../../job/clean-text.ts';
import type {Failure, FailureKind} from '../../job/failure.ts';
import type {CancelReceipt} from '../backend.ts';
import type {EndedRun} from '../programs/cancelling.ts';
import type {CommandResult} from '../programs/command.ts';
import {failureOfRun} from '../programs/complaints.ts';

// https://github.com/openpbs/openpbs/blob/master/src/include/pbs_error.h
const codeOf = (error: number): number => error & 0xff;

/** The job has ended; the task of an array has. */
const ended: ReadonlySet<number> = new Set([codeOf(15139), codeOf(15159)]);

const failureKinds: ReadonlyMap<number, FailureKind> = new Map([
	[codeOf(15001), 'not-found'],
	// Not the owner; not from this host.
	[codeOf(15007), 'forbidden'],
	[codeOf(15008), 'forbidden'],
	// In this state, as a job that is leaving for another server; or already on its way out.
	[codeOf(15016), 'conflict'],
	[codeOf(15050), 'conflict'],
	[codeOf(15085), 'conflict'],
	[codeOf(15019), 'unauthorized'],
	[codeOf(15020), 'unauthorized'],
	[codeOf(15033), 'rate-limited'],
	[codeOf(15034), 'unreachable'],
	[codeOf(15060), 'unreachable'],
	[codeOf(15117), 'rate-limited'],
	[codeOf(15208), 'rate-limited'],
]);

const complaints: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
	// Ended, where qstat was not asked for ended jobs.
	[/\bunknown job id\b|\bjob has finished\b/i, 'not-found'],
	[/\bunauthorized request\b|\bpermission\b/i, 'forbidden'],
	[/\b(?:invalid|expired) credential\b|\bauthentication\b|\bmunge\b/i, 'unauthorized'],
	[/\btimed? ?out\b/i, 'timeout'],
	// Before those of a server that cannot be reached: where it went away under a request, it cannot be reached afterwards.
	[/\b(?:broken pipe|connection (?:reset|closed)|end of file|protocol)\b/i, 'cut-off'],
	[
		/\bconnection refused\b|\b(?:cannot|couldn't) connect\b|\bunknown host\b|\bcannot resolve\b|\bno (?:default )?server\b|pbs_(?:default|conf)/i,
		'unreachable',
	],
	[/\billegally formed\b|^usage:/im, 'rejected'],
];

const sortComplaint = (stderr: string, otherwise: string, code: number | undefined): Failure => {
	const lines = stderr.split('\n').map(line => line.trim().replace(/^q(?:stat|del|select): /, ''));
	const text = lines.filter(line => line !== '').join('; ') || otherwise;
	// 1, 2 and 255 are not the code of one error, and 162 (15010) is any trouble of the system, on either side: only the words sort those.
	const byWords = complaints.find(([pattern]) => pattern.test(stderr))?.[1];
	const kind = failureKinds.get(code ?? 0) ?? byWords ?? 'broken';
	return {kind, detail: cleanText(text, 400)};
};

/** Why a program did not answer. */
export const failureOfProgram = (program: string, result: CommandResult): Failure =>
	failureOfRun(program, result, (stderr, otherwise) => sortComplaint(stderr, otherwise, result.code));

/** What qstat complains of these jobs, each in a line of its own. Its exit code is that of one of them. */
export const complaintsAbout = (ids: readonly string[], stderr: string): ReadonlyMap<string, Failure> => {
	const asked = new Set(ids);
	const found = new Map<string, Failure>();
	for (const line of stderr.split('\n')) {
		const id = line.split(/\s+/).find(word => asked.has(word));
		if (id !== undefined) found.set(id, sortComplaint(line, '', undefined));
	}
	return found;
};

/** Whether the server keeps no ended jobs. qstat says so and ends with 0. */
export const isHistoryOff = ({code, stderr}: Pick<CommandResult, 'code' | 'stderr'>): boolean =>
	code === codeOf(15140) || /job_history_enable|not configured to maintain job history/i.test(stderr);

/** What qdel said of the one job that it was run for: nothing, if the request was taken. */
export const readDelete = ({stdout, stderr, end}: EndedRun): CancelReceipt | Failure => {
	if ('overtime' in end) return {kind: 'timeout', detail: end.overtime};
	if ('signal' in end) return {kind: 'cut-off', detail: `qdel was ended by ${end.signal}`};
	const {code} = end;
	if (code === 0) return {kind: 'accepted'};
	if (ended.has(code) || /\bjob has finished\b/i.test(stderr)) {
		return {kind: 'too-late', detail: cleanText(stderr.trim().replace(/^qdel: /, ''), 200)};
	}
	return failureOfProgram('qdel', {stdout, stderr, code});
};

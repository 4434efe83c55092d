/* What Flux's program says. */

import {cleanText} from '../../job/clean-text.ts';
import type {Failure, FailureKind} from '../../job/failure.ts';
import type {CancelAnswer, CancelReceipt} from '../backend.ts';
import type {EndedRun} from '../programs/cancelling.ts';
import type {CommandResult} from '../programs/command.ts';
import {failureOfRun, lastComplaint, strangeAnswer} from '../programs/complaints.ts';
import {readId} from './ids.ts';

const complaints: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
	[/munge|authenticat/i, 'unauthorized'],
	[/not permitted|permission denied|restricted to|guests can only|owner credentials/i, 'forbidden'],
	[/timed out|timeout/i, 'timeout'],
	[/unable to connect|broker socket|connection refused|no such file or directory|ENOENT/i, 'unreachable'],
	[/lost connection|connection reset|broken pipe|ECONNRESET|EPIPE/i, 'cut-off'],
	[/usage:|invalid|unrecognized|not a flux command/i, 'rejected'],
];

/** Why the program did not answer. */
export const failureOfFlux = (result: CommandResult): Failure =>
	failureOfRun('flux', result, (stderr, otherwise) => {
		const complaint = complaintIn(stderr) ?? otherwise;
		const kind = complaints.find(([pattern]) => pattern.test(complaint))?.[1] ?? 'broken';
		return {kind, detail: cleanText(complaint, 400)};
	});

/** The last complaint, without the name of the command before it. */
const complaintIn = (stderr: string): string | undefined =>
	lastComplaint(stderr)?.replace(/^flux(?:-\w+)?: (?:ERROR: |error: )?(?:\[Errno \d+\] )?/, '');

/** The ids that `flux jobs` says it does not know, and what else it complained of. */
export const readUnknown = (
	stderr: string,
): {readonly unknown: ReadonlySet<string>; readonly others: readonly string[]} => {
	const unknown = new Set<string>();
	const others: string[] = [];
	for (const line of stderr.split('\n')) {
		const text = line.trim();
		const id = readId(/^JobID (\S+) unknown$/.exec(text)?.[1] ?? '');
		if (id !== undefined) unknown.add(id);
		else if (text !== '') others.push(text);
	}
	return {unknown, others};
};

/** What a line about one job means. */
const refusals: readonly (readonly [pattern: RegExp, kind: CancelReceipt['kind'] | FailureKind])[] = [
	[/^job is inactive$/i, 'too-late'],
	[/^unknown job id$/i, 'not-found'],
	[/not permitted|permission denied|guests can only/i, 'forbidden'],
	[/timed out/i, 'timeout'],
	[/connection|broken pipe|no route to host/i, 'cut-off'],
	[/invalid|not implemented|not supported/i, 'rejected'],
];

/** `flux-cancel: ERROR: ƒ2bGzJKq: job is inactive` */
const refusal = /^flux-cancel: ERROR: (\S+): (.+)$/;

/** What `flux cancel` said of each id: a line for each that it could not cancel, and nothing about the others. */
export const readCancel = (run: EndedRun, ids: readonly string[]): ReadonlyMap<string, CancelAnswer> => {
	const said = new Map<string, CancelAnswer>();
	let others = 0;
	for (const line of run.stderr.split('\n')) {
		const text = line.trim();
		if (text === '') continue;
		const [, form = '', words = ''] = refusal.exec(text) ?? [];
		const id = readId(form);
		if (id === undefined) {
			if (/^(?:flux\b|Traceback )/.test(text)) others++;
			continue;
		}
		const kind = refusals.find(([pattern]) => pattern.test(words))?.[1] ?? 'broken';
		said.set(id, {kind, detail: cleanText(words, 400)});
	}
	const isHeard = others === 0 && ids.some(id => said.has(id));
	const rest = restOf(run, isHeard);
	return new Map(ids.map(id => [id, said.get(id) ?? rest]));
};

/** What is to be said of an id that no line names. `isHeard`: all complaints are about single jobs. */
const restOf = ({stdout, stderr, end}: EndedRun, isHeard: boolean): CancelAnswer => {
	if ('overtime' in end) return {kind: 'timeout', detail: end.overtime};
	if ('signal' in end) return {kind: 'cut-off', detail: `flux cancel was ended by ${end.signal}`};
	if (end.code === 0 || (end.code === 1 && isHeard)) return {kind: 'accepted'};
	return failureOfFlux({stdout, stderr, code: end.code});
};

/** Flux printed something other than JSON. */
export const strangeJobs = (result: CommandResult): Failure => strangeAnswer('flux jobs', result);

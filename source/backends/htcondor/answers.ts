/* What HTCondor's programs say. The exit code alone says nothing: condor_rm ends with 0 where two of four jobs were refused. */

import {cleanText} from '../../job/clean-text.ts';
import type {Failure, FailureKind} from '../../job/failure.ts';
import type {CancelAnswer, CancelReceipt} from '../backend.ts';
import type {EndedRun} from '../programs/cancelling.ts';
import type {CommandResult} from '../programs/command.ts';
import {failureOfRun, strangeAnswer} from '../programs/complaints.ts';

const complaints: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
	// condor_rm had sent its request: https://github.com/htcondor/htcondor/blob/main/src/condor_daemon_client/dc_schedd.cpp (`DCSchedd::actOnJobs`)
	[/can't read (?:response ad|confirmation)|can't send reply/i, 'cut-off'],
	[
		/failed to authenticate|authentication (?:failed|error)|AUTHENTICATE:|\btoken\b.*\b(?:expired|invalid)/i,
		'unauthorized',
	],
	[/permission denied|not authorized|authorization/i, 'forbidden'],
	[/timed? ?out|read failure|failed to receive|failed to read/i, 'timeout'],
	[
		/can't find address|unknown host|unable to locate|CONDOR_CONFIG|configuration|connection refused|failed to connect|can't connect|couldn't connect/i,
		'unreachable',
	],
	[/failed to (?:fetch|send)|connection (?:reset|closed)|broken pipe/i, 'cut-off'],
	[/invalid|constraint|usage/i, 'rejected'],
];

const sortComplaint = (text: string, otherwise: FailureKind): Failure => {
	const kind = complaints.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;
	return {kind, detail: cleanText(text, 400)};
};

/** Why a program did not answer. */
export const failureOfProgram = (program: string, result: CommandResult): Failure =>
	failureOfRun(program, result, (stderr, otherwise) =>
		sortComplaint(complaintIn(stderr) ?? otherwise, 'broken'),
	);

/** What condor_rm says of each job where it has no answer: the reason stands above. */
const noResult = /^No result found for job /;

/** The complaint in one line, without the advice of several paragraphs below it. */
const complaintIn = (stderr: string): string | undefined => {
	const [own = ''] = stderr.split(/^\s*Extra Info:/m, 1);
	const lines = own.split('\n').flatMap(line => {
		const text = line.trim().replace(/^(?:--\s*|condor_\w+: |Error: |ERROR: )+/i, '');
		return text === '' || noResult.test(text) ? [] : [text];
	});
	return lines.length === 0 ? undefined : lines.join(' ');
};

/** Whether condor_history says that this schedd keeps none. */
export const isHistoryOff = (stderr: string): boolean =>
	/no history file|history (?:file )?(?:is )?not (?:defined|configured)|HISTORY is not defined/i.test(stderr);

/** What a line about one job means. https://github.com/htcondor/htcondor/blob/main/src/condor_daemon_client/dc_schedd.cpp (`JobActionResults::getResultString`) */
const lines: readonly (readonly [pattern: RegExp, answer: (said: string) => CancelReceipt | Failure])[] = [
	[/^Job (\S+) marked for removal$/, () => ({kind: 'accepted'})],
	[/^Job (\S+) already marked for (?:forced )?removal$/, detail => ({kind: 'accepted', detail})],
	[/^Job (\S+) removed locally \(.*\)$/, detail => ({kind: 'accepted', detail})],
	[/^Job (\S+) not found$/, detail => ({kind: 'not-found', detail})],
	[/^Permission denied to (?:remove|force removal of) job (\S+)$/, detail => ({kind: 'forbidden', detail})],
	[/^Job (\S+) not in .* state to be .*$/, detail => ({kind: 'conflict', detail})],
	[/^Job (\S+) (.+)$/, detail => ({kind: 'rejected', detail})],
	[/^Unable to .* job (\S+)(?:: .*)?$/, detail => ({kind: 'rejected', detail})],
];

/** What condor_rm said of each id: one line each, successes and failures apart, in any order. */
export const readRemove = (
	{stdout, stderr, end}: EndedRun,
	ids: readonly string[],
): ReadonlyMap<string, CancelAnswer> => {
	const said = new Map<string, CancelReceipt | Failure>();
	for (const line of `${stdout}\n${stderr}`.split('\n')) {
		const text = line.trim();
		for (const [pattern, answer] of lines) {
			const id = pattern.exec(text)?.[1];
			if (id === undefined) continue;
			said.set(id, answer(cleanText(text)));
			break;
		}
	}
	const heard = ids.some(id => said.has(id));
	const rest = restOf({stdout, stderr, end}, heard);
	return new Map(ids.map(id => [id, said.get(id) ?? rest]));
};

/** What is to be said of an id that no line names. */
const restOf = ({stdout, stderr, end}: EndedRun, heard: boolean): Failure => {
	if ('overtime' in end) return {kind: 'timeout', detail: end.overtime};
	if ('signal' in end) return {kind: 'cut-off', detail: `condor_rm was ended by ${end.signal}`};
	if (heard) return {kind: 'cut-off', detail: 'condor_rm printed no result for this job'};
	if (end.code === 0) return strangeAnswer('condor_rm', {stdout, stderr});
	return failureOfProgram('condor_rm', {stdout, stderr, code: end.code});
};

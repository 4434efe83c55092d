/* What Slurm's programs complain of. Their exit codes alone say nothing: scancel ends with 0 for a job that it does not know. */

import {cleanText} from '../../job/clean-text.ts';
import type {Failure, FailureKind} from '../../job/failure.ts';
import type {CancelReceipt} from '../backend.ts';
import type {CommandResult} from '../command.ts';

type Complaint = readonly [pattern: RegExp, kind: FailureKind];

// The words are those of slurm_strerror: https://github.com/SchedMD/slurm/blob/master/src/common/slurm_errno.c
const complaints: readonly Complaint[] = [
	[/invalid job id specified/i, 'not-found'],
	[/access\/permission denied|permission denied/i, 'forbidden'],
	[/timed out/i, 'timeout'],
	[/unable to contact slurm controller|connect failure|connection refused/i, 'unreachable'],
	[/zero bytes were transmitted|broken pipe|connection reset|unexpected missing socket/i, 'cut-off'],
	[/standby mode|problem talking to the database/i, 'unreachable'],
	[/configuration (file|source)|clustername|cannot stat file|dns srv/i, 'unreachable'],
	[/operation not permitted|can not be altered|individual component/i, 'rejected'],
	[
		/invalid (user|job id|partition|job array|range)|no job identification|bad job|unrecognized option/i,
		'rejected',
	],
];

/** Sorts a complaint by its words. */
export const sortComplaint = (text: string, otherwise: FailureKind): Failure => {
	const kind = complaints.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;
	return {kind, detail: cleanText(text)};
};

/** Why a program that was to tell something did not. */
export const failureOfProgram = (program: string, {stderr, code, signal}: CommandResult): Failure => {
	if (signal !== undefined) return {kind: 'broken', detail: `${program} was ended by ${signal}`};
	return sortComplaint(lastComplaint(stderr) ?? `${program} ended with code ${code}`, 'broken');
};

/** The last complaint of a program, without the program's name before it. */
export const lastComplaint = (stderr: string): string | undefined => {
	const lines = stderr.split('\n').filter(line => line.trim() !== '');
	const errors = lines.filter(line => /error|fatal/i.test(line));
	return (errors.at(-1) ?? lines.at(-1))?.replace(/^(?:\w+: )?(?:\w+ )?(?:error|fatal): /, '').trim();
};

/** Whether sacct says that nobody keeps accounts here. */
export const isAccountingOff = (stderr: string): boolean => /accounting storage is disabled/i.test(stderr);

/** What scontrol ping says where no controller is up, as `login1: DOWN`; undefined where one is, or where it says anything else. */
export const controllersDown = (stdout: string): string | undefined => {
	const states = [...stdout.matchAll(/^Slurmctld\(.*?\) at (.*?) (?:is|are) ([A-Z/]+)/gm)].map(
		([, host = '', state = '']) => ({host: cleanText(host), state}),
	);
	if (states.length === 0 || states.some(({state}) => state.includes('UP'))) return undefined;
	return states.map(({host, state}) => `${host}: ${state}`).join(', ');
};

/**
What `scancel -v` said of each id. It begins one line for each job that it asks for, and complains in any order; no complaint about a job means that its request went through.
*/
export const readCancel = (
	{stderr, code, signal}: CommandResult,
	ids: readonly string[],
): ReadonlyMap<string, CancelReceipt | Failure> => {
	const begun = new Set<string>();
	const said = new Map<string, string>();
	for (const line of stderr.split('\n')) {
		const begins = /^scancel: (?:Terminating|Signal \d+ to) (?:full )?job (\S+)/.exec(line);
		if (begins !== null) begun.add(begins[1] as string);
		const complains = /error:? .*?\bon job id (\S+?): (.*)$/i.exec(line);
		if (complains !== null) said.set(complains[1] as string, complains[2] as string);
	}
	const rest = restOf(
		{stderr, ...(code !== undefined && {code}), ...(signal !== undefined && {signal})},
		begun,
		said,
	);
	return new Map(
		ids.map(id => {
			const complaint = said.get(id);
			if (complaint !== undefined) return [id, answerTo(complaint, id)];
			return [id, rest(id)];
		}),
	);
};

/** Of a set scancel says what became of one of its members, and has ended the others all the same: 22.05 and 24.11 complain so of `42_[2-19]` of which some had ended, or had been forgotten. */
const answerTo = (complaint: string, id: string): CancelReceipt | Failure => {
	const over = /already complet/i.test(complaint);
	if (isSet(id) && (over || /invalid job id specified/i.test(complaint))) {
		return {kind: 'accepted', detail: `said of a part of it: ${cleanText(complaint)}`};
	}
	return over ? {kind: 'too-late', detail: cleanText(complaint)} : sortComplaint(complaint, 'rejected');
};

/** Several tasks of an array, or the leader of a het job. A number alone may be one, too: a look tells. */
const isSet = (id: string): boolean => /_\[\d+[,-]|\+0$/.test(id);

/** What is to be said of an id without a complaint of its own. */
const restOf = (
	{stderr, code, signal}: Omit<CommandResult, 'stdout'>,
	begun: ReadonlySet<string>,
	said: ReadonlyMap<string, string>,
): ((id: string) => CancelReceipt | Failure) => {
	if (signal !== undefined) {
		return () => ({kind: 'cut-off', detail: `scancel was ended by ${signal}`});
	}
	if (code === 0) return () => ({kind: 'accepted'});
	// One id that it cannot read, and scancel asks for none of the list.
	if (begun.size === 0 && said.size === 0) {
		const failure = sortComplaint(lastComplaint(stderr) ?? `scancel ended with code ${code}`, 'broken');
		return () => failure;
	}
	return id =>
		begun.has(id)
			? {kind: 'accepted'}
			: {kind: 'cut-off', detail: `scancel ended with code ${code} and said nothing of this job`};
};

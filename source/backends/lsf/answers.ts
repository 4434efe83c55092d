/* What LSF's programs say. */

import {cleanText} from '../../job/clean-text.ts';
import type {Failure, FailureKind} from '../../job/failure.ts';
import type {CancelAnswer, CancelReceipt} from '../backend.ts';
import type {EndedRun} from '../programs/cancelling.ts';
import type {CommandResult} from '../programs/command.ts';
import {failureOfRun, strangeAnswer} from '../programs/complaints.ts';
import {hasTask, parseTaskSet} from '../task-set.ts';
import {parseId} from './ids.ts';

const complaints: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
	[/authenticat|eauth|token|credential/i, 'unauthorized'],
	[/permission denied|not authori[sz]ed/i, 'forbidden'],
	[/timed?[ -]?out|not responding|still trying/i, 'timeout'],
	[/connection (?:reset|closed)|broken pipe|communication/i, 'cut-off'],
	[
		/cannot connect|LSF is down|cannot (?:open|find) .*lsf\.conf|unable to contact|connection refused|master .*(?:down|unknown)/i,
		'unreachable',
	],
	[/illegal|unknown (?:option|field)|cannot use|invalid|usage/i, 'rejected'],
];

const kindOf = (words: string): FailureKind | undefined =>
	complaints.find(([pattern]) => pattern.test(words))?.[1];

/** Why a program did not answer. */
export const failureOfProgram = (program: string, result: CommandResult): Failure =>
	failureOfRun(program, result, (stderr, otherwise) => {
		// It says the same again and again while it waits.
		const lines = stderr.split('\n').filter(line => line.trim() !== '');
		const words = lines.find(line => kindOf(line) !== undefined) ?? lines[0] ?? otherwise;
		return {kind: kindOf(words) ?? 'broken', detail: cleanText(words.trim(), 400)};
	});

/** Whether bjobs says that there is no such job at all; its exit code depends on the site. */
export const saysNone = ({stdout, stderr}: Pick<CommandResult, 'stdout' | 'stderr'>): boolean =>
	/^No (?:\w+ )?jobs? found\.?$/m.test(`${stdout}\n${stderr}`);

/** The ids that a program says it does not know. */
export const unknownIn = (text: string): ReadonlySet<string> =>
	new Set([...text.matchAll(/^Job <([^<>]+)> is not found/gm)].map(([, id]) => id as string));

/** What a line about one job, or elements of one array, means. */
const lines: readonly (readonly [pattern: RegExp, kind: CancelReceipt['kind'] | FailureKind])[] = [
	[/^Job <([^<>]+)> is being (?:terminated|signaled|killed|removed)/, 'accepted'],
	[/^Job <([^<>]+)>: .*\bin progress/, 'accepted'],
	[/^Job <([^<>]+)>: Job has already finished/, 'too-late'],
	[/^Job <([^<>]+)>: No matching job found/, 'not-found'],
	[/^Job <([^<>]+)> is not found/, 'not-found'],
	[/^Job <([^<>]+)>: .*(?:permission denied|not authori[sz]ed)/i, 'forbidden'],
	[/^Job <([^<>]+)>: .*connection refused/i, 'unreachable'],
	[/^Job <([^<>]+)>: .*timed?[ -]?out/i, 'timeout'],
	[/^Job <([^<>]+)>: .*(?:connect|contact|connection reset|broken pipe)/i, 'cut-off'],
	[/^Job <([^<>]+)>: .*(?:\bbad\b|not supported|cannot operate|illegal|invalid)/i, 'rejected'],
	// Of any other trouble nobody knows what had been done before.
	[/^Job <([^<>]+)>: ./, 'broken'],
	[/^(\S+): Illegal job ID/i, 'rejected'],
];

/** Words about the request as a whole, where a site prints no ids. */
const wholes: readonly (readonly [pattern: RegExp, kind: CancelReceipt['kind'] | FailureKind])[] = [
	[/^Job has already finished/, 'too-late'],
	[/^No matching job found/, 'not-found'],
	[/^User permission denied/, 'forbidden'],
];

/** What bkill said of each id. */
export const readKill = (run: EndedRun, ids: readonly string[]): ReadonlyMap<string, CancelAnswer> => {
	const said = new Map<string, CancelAnswer>();
	const asked = new Set(ids);
	const printed = `${run.stdout}\n${run.stderr}`.split('\n').map(line => line.trim());
	for (const line of printed) {
		for (const [pattern, kind] of lines) {
			const named = pattern.exec(line)?.[1];
			if (named === undefined) continue;
			const about = asked.has(named) ? [named] : elementsIn(named, ids);
			for (const id of about) said.set(id, {kind, detail: cleanText(line, 400)});
			break;
		}
	}
	const [only, ...others] = ids;
	if (only !== undefined && others.length === 0 && !said.has(only)) {
		const found = wholes.find(([pattern]) => printed.some(line => pattern.test(line)));
		if (found) said.set(only, {kind: found[1], detail: cleanText(printed.join(' ').trim(), 400)});
	}
	const rest = restOf(run, said.size > 0);
	return new Map(ids.map(id => [id, said.get(id) ?? rest]));
};

/** The ids among these that a line about `123[1-3:1]` names. */
const elementsIn = (named: string, ids: readonly string[]): readonly string[] => {
	const [, job, set = ''] = /^(\d+)\[([^\]]+)\]$/.exec(named) ?? [];
	const tasks = parseTaskSet(set);
	if (tasks === undefined) return [];
	return ids.filter(id => {
		const own = parseId(id);
		return own?.element !== undefined && job === String(own.job) && hasTask(tasks, own.element);
	});
};

/** What is to be said of an id that no line names. */
const restOf = ({stdout, stderr, end}: EndedRun, isHeard: boolean): Failure => {
	if ('overtime' in end) return {kind: 'timeout', detail: end.overtime};
	if ('signal' in end) return {kind: 'cut-off', detail: `bkill was ended by ${end.signal}`};
	if (isHeard) return {kind: 'cut-off', detail: 'bkill printed nothing about this job'};
	if (end.code === 0) return strangeAnswer('bkill', {stdout, stderr});
	return failureOfProgram('bkill', {stdout, stderr, code: end.code});
};

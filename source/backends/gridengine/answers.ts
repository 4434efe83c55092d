/* What Grid Engine's programs say. The exit code alone says nothing: qstat ends with 0 where it knows no such job, and qdel with 1 where one of many was refused. */

import {cleanText} from '../../job/clean-text.ts';
import type {Failure, FailureKind} from '../../job/failure.ts';
import type {CancelAnswer, CancelReceipt} from '../backend.ts';
import type {EndedRun} from '../programs/cancelling.ts';
import type {CommandResult} from '../programs/command.ts';
import {failureOfRun, strangeAnswer} from '../programs/complaints.ts';
import {hasTask, parseTaskSet, type TaskSet, tasksOf} from '../task-set.ts';
import {type JobId, parseId} from './ids.ts';
import {find, parseXml} from './xml.ts';

const complaints: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
	[/authenticat|credential|certificate|munge|csp/i, 'unauthorized'],
	[/neither submit nor admin host|not (?:a|an) (?:submit|admin)|permission|privileges|denied:/i, 'forbidden'],
	// The request was sent, and nobody answered it in time.
	[/syncron message receive timeout|gdi request response|got read (?:error|timeout)|timed? ?out/i, 'timeout'],
	[
		/unable to (?:send message to|contact) qmaster|can't (?:get|resolve|open)|act_qmaster|cell directory|SGE_ROOT|connection refused|got (?:select|send) error|not resolvable|unknown host/i,
		'unreachable',
	],
	[/communication error|connection (?:reset|closed)|broken pipe/i, 'cut-off'],
	[/usage:|invalid|unknown option|wrong/i, 'rejected'],
];

/** Why a program did not answer. */
export const failureOfProgram = (program: string, result: CommandResult): Failure =>
	failureOfRun(program, result, (stderr, otherwise) => {
		const text = errorIn(result.stdout) ?? complaintIn(stderr) ?? complaintIn(result.stdout) ?? otherwise;
		// What stands in quotes is the name of a host, a file or a job.
		const words = text.replaceAll(/"[^"]*"/g, '""');
		const kind = complaints.find(([pattern]) => pattern.test(words))?.[1] ?? 'broken';
		return {kind, detail: cleanText(text, 400)};
	});

/** Where it is asked for one job with `-xml`, qstat prints its complaint in place of the answer, in an element whose name 8.1 misspells, and ends with 0. */
export const errorIn = (printed: string): string | undefined => {
	const name = /<(comm?unication_error)\b/.exec(printed)?.[1];
	return name && find(parseXml(printed, name), 'AN_text')?.text.trim();
};

/** Its complaint in one line: `error: commlib error: got select error (Connection refused)`. */
const complaintIn = (printed: string): string | undefined => {
	const lines = printed
		.split('\n')
		.flatMap(line => line.trim().replace(/^(?:error|critical error): /i, '') || []);
	return lines.length === 0 ? undefined : [...new Set(lines)].slice(0, 3).join('; ');
};

/** Whether qacct says that it has no such record. */
export const hasNoRecord = ({stdout, stderr}: Pick<CommandResult, 'stdout' | 'stderr'>): boolean =>
	/job (?:id|name) \S+ not found|no jobs running since startup/i.test(`${stdout}\n${stderr}`);

type Said = {readonly about: JobId; readonly answer: CancelReceipt | Failure};

type Line = readonly [pattern: RegExp, answer: (detail: string) => CancelReceipt | Failure];

const removed = {kind: 'done', removed: true} as const;

/** What a line of qdel means; `job` and `tasks` say what it is about. https://github.com/hpc-gridware/clusterscheduler/blob/master/source/libs/gdi/msg_sge_gdi.h and msg_qmaster.h */
const lines: readonly Line[] = [
	[
		/\bhas registered the (?:job|job-array task|task) (?<job>\d+)(?:\.(?<tasks>\d+))? (?:of job \d+ )?for deletion$/,
		() => ({kind: 'accepted'}),
	],
	[
		/^(?:job|job-array task|task) "?(?<job>\d+)(?:\.(?<tasks>\d+))?"? is already in deletion$/,
		detail => ({kind: 'accepted', detail}),
	],
	[/\bhas deleted job-array tasks? (?<tasks>[\d,:-]+) of job (?<job>\d+)$/, detail => ({...removed, detail})],
	[
		/\bhas deleted (?:job|job-array task|task) (?<job>\d+)(?:\.(?<tasks>\d+))?$/,
		detail => ({...removed, detail}),
	],
	[/^denied: job "(?<job>\d+)" does not exist$/, detail => ({kind: 'not-found', detail})],
	[/^job "(?<job>\d+)" tasks? "(?<tasks>\d+)" does not exist$/, detail => ({kind: 'not-found', detail})],
	[
		/^job "(?<job>\d+)" task id range "(?<tasks>[\d:-]+)" comprises no tasks$/,
		detail => ({kind: 'not-found', detail}),
	],
	[
		/not have the necessary privileges to delete the (?:job|job-array task|task) "(?<job>\d+)(?:\.(?<tasks>\d+))?"/,
		detail => ({kind: 'forbidden', detail}),
	],
	[/^(?:denied|error|critical error): .*\bjob "?(?<job>\d+)"?\b.*$/, detail => ({kind: 'rejected', detail})],
];

const readLine = (text: string): Said | undefined => {
	for (const [pattern, answer] of lines) {
		const {job, tasks} = pattern.exec(text)?.groups ?? {};
		if (job === undefined) continue;
		const set = tasks === undefined ? undefined : parseTaskSet(tasks);
		return {about: {job: Number(job), tasks: set}, answer: answer(cleanText(text))};
	}
	return undefined;
};

/** What qdel said of each argument: lines about a job, or about tasks of it. `ids`: arguments as they were sent. */
export const readDelete = (run: EndedRun, ids: readonly string[]): ReadonlyMap<string, CancelAnswer> => {
	const said = new Map<number, Said[]>();
	for (const line of `${run.stdout}\n${run.stderr}`.split('\n')) {
		const one = readLine(line.trim());
		if (one === undefined) continue;
		const others = said.get(one.about.job);
		if (others) others.push(one);
		else said.set(one.about.job, [one]);
	}
	const heard = said.size > 0;
	return new Map(
		ids.map(id => {
			const {job, tasks} = parseId(id) as JobId;
			const own = (said.get(job) ?? []).filter(({about}) => overlap(about.tasks, tasks));
			const exact = own.filter(({about}) => about.tasks !== undefined);
			return [id, answerFrom(covers(exact, tasks) ? exact : own) ?? restOf(run, heard)];
		}),
	);
};

/** Whether each of these tasks is named: then a line about the whole job speaks of others. Of a task that is being deleted already qdel names the job alone. */
const covers = (said: readonly Said[], tasks: TaskSet | undefined): boolean => {
	if (tasks === undefined) return false;
	for (const task of tasksOf(tasks)) {
		if (!said.some(({about}) => about.tasks && hasTask(about.tasks, task))) return false;
	}
	return true;
};

/** Whether two sets have a task in common; undefined is a whole job. */
const overlap = (one: TaskSet | undefined, other: TaskSet | undefined): boolean => {
	if (one === undefined || other === undefined) return true;
	for (const task of tasksOf(one)) if (hasTask(other, task)) return true;
	return false;
};

/** The answer for one argument: what was accepted for one task is under way, whatever became of the others. */
const answerFrom = (said: readonly Said[]): CancelAnswer | undefined => {
	const answers = said.map(({answer}) => answer);
	const accepted = answers.find(({kind}) => kind === 'accepted');
	const done = answers.find(({kind}) => kind === 'done');
	const left = answers.find(({kind}) => kind !== 'accepted' && kind !== 'done');
	if (accepted === undefined) return done ?? left;
	const detail = left?.detail ?? ('detail' in accepted ? accepted.detail : undefined);
	return {
		kind: 'accepted',
		...(done && {removed: true as const}),
		...(detail !== undefined && {detail}),
	};
};

/** What is to be said of an argument that no line names. */
const restOf = ({stdout, stderr, end}: EndedRun, heard: boolean): Failure => {
	if ('overtime' in end) return {kind: 'timeout', detail: end.overtime};
	if ('signal' in end) return {kind: 'cut-off', detail: `qdel was ended by ${end.signal}`};
	if (heard) return {kind: 'cut-off', detail: 'qdel printed nothing about this job'};
	if (end.code === 0) return strangeAnswer('qdel', {stdout, stderr});
	return failureOfProgram('qdel', {stdout, stderr, code: end.code});
};

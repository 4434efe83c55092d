/*
What bhist tells of a job: each event with its time, and who asked for its end. https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=reference-bhist
*/
import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure, localCauseOf} from '../../job/failure.ts';
import type {JobMoment} from '../../job/job.ts';
import type {Millis} from '../../job/time.ts';
import {failureOfProgram, saysNone} from './answers.ts';
import {parseId} from './ids.ts';
import type {LsfPrograms} from './programs.ts';
import {readTime} from './times.ts';

export type History = {
	readonly id: string;
	readonly name?: string;
	readonly owner?: string;
	readonly moments: readonly (JobMoment & {readonly at: Millis})[];
};

const begin = /^Job <([^<>]+)>(?:, Job Name <([^<>]*)>)?.*?, User <([^<>]+)>/;
const event = /^((?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?: \d{4})?): (.+)$/;

/** Whose job it is; undefined where another text of the line looks like a user, too. */
const ownerIn = (line: string, owner: string | undefined): string | undefined =>
	line.split(', User <').length === 2 ? owner : undefined;

/** The histories in an answer, by id. */
export const parseHistories = (text: string, now: Millis): ReadonlyMap<string, History> => {
	const histories = new Map<string, History & {moments: (JobMoment & {at: Millis})[]}>();
	// Without -UF, long lines go on below, indented.
	let current: (History & {moments: (JobMoment & {at: Millis})[]}) | undefined;
	for (const line of text.replace(/\n {15,}/g, '').split('\n')) {
		const [, id, name, user] = begin.exec(line) ?? [];
		if (id !== undefined) {
			const owner = ownerIn(line, user);
			current = {
				id,
				...(name !== undefined && {name: cleanText(name)}),
				...(owner !== undefined && {owner: cleanText(owner)}),
				moments: [],
			};
			if (parseId(id) !== undefined) histories.set(id, current);
			continue;
		}
		const [, time = '', what = ''] = event.exec(line) ?? [];
		const at = readTime(time, now);
		if (at !== undefined) current?.moments.push({at, what: cleanText(what.replace(/;\s*$/, ''), 300)});
	}
	return histories;
};

/** The histories that bhist has, or why it has shown none. */
export type Histories = {readonly found: ReadonlyMap<string, History>; readonly failure?: Failure};

/** The histories of these jobs. Where there is no bhist, there are none. */
export const readHistories = async (
	{run}: LsfPrograms,
	ids: readonly string[],
	now: Millis,
	signal: AbortSignal,
): Promise<Histories> => {
	try {
		const result = await run('bhist', ['-a', '-l', '-UF', ...ids], signal);
		// Of unknown jobs it says so, or it prints the others and ends well. What it printed before it failed may be half a history.
		if (result.code === 0 || saysNone(result)) return {found: parseHistories(result.stdout, now)};
		return noHistories(failureOfProgram('bhist', result));
	} catch (error) {
		if (error instanceof BackendError) return noHistories(error.failure);
		throw error;
	}
};

const noHistories = (failure: Failure): Histories =>
	localCauseOf(failure) === 'program' ? {found: new Map()} : {found: new Map(), failure};

/** With these words a run of the job begins, or the job goes back to its queue. */
const beginning = /^(?:Dispatched|Start(?:ing|ed)|Running|Pending|(?:Exited|Job)\b.*\bre(?:queued|run)\b)/;

/** A job may run several times: what was before the last beginning says nothing about its end. */
export const lastRun = ({moments}: History): History['moments'] =>
	moments.slice(moments.findLastIndex(({what}) => beginning.test(what)) + 1);

/** Who asked for the end of the job. */
export const cancellerIn = (history: History): string | undefined =>
	lastRun(history)
		.map(
			({what}) =>
				/^(?:Signal <(?:KILL|TERM|INT)>|Delete) requested by user or administrator <([^<>]+)>/.exec(
					what,
				)?.[1],
		)
		.findLast(name => name !== undefined);

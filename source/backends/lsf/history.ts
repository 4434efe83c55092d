/*
What bhist tells of a job: each event with its time, and who asked for its end. https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=reference-bhist
*/
import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import type {Job, JobMoment} from '../../job/job.ts';
import {refOf} from '../../job/ref.ts';
import type {Millis} from '../../job/time.ts';
import {endedByOf, isForced, termOf} from './ended-by.ts';
import {parseId} from './ids.ts';
import type {LsfPrograms} from './programs.ts';
import {readTime} from './times.ts';
import type {Viewer} from './wire.ts';

export type History = {
	readonly id: string;
	readonly name?: string;
	readonly owner?: string;
	readonly moments: readonly (JobMoment & {readonly at: Millis})[];
};

const begin = /^Job <([^<>]+)>(?:, Job Name <([^<>]*)>)?.*?, User <([^<>]+)>/;
const event = /^((?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?: \d{4})?): (.+)$/;

/** The histories in an answer, by id. */
export const parseHistories = (text: string, now: Millis): ReadonlyMap<string, History> => {
	const histories = new Map<string, History & {moments: (JobMoment & {at: Millis})[]}>();
	// Without -UF, long lines go on below, indented.
	let current: (History & {moments: (JobMoment & {at: Millis})[]}) | undefined;
	for (const line of text.replace(/\n {15,}/g, '').split('\n')) {
		const [, id, name, owner] = begin.exec(line) ?? [];
		if (id !== undefined) {
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

/** The histories of these jobs, as far as bhist has them; empty where it does not answer. */
export const readHistories = async (
	{run}: LsfPrograms,
	ids: readonly string[],
	now: Millis,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, History>> => {
	try {
		return parseHistories((await run('bhist', ['-a', '-l', '-UF', ...ids], signal)).stdout, now);
	} catch (error) {
		if (error instanceof BackendError) return new Map();
		throw error;
	}
};

/** Who asked for the end of the job. */
export const cancellerIn = ({moments}: History): string | undefined =>
	moments
		.map(({what}) => /^Signal <\w+> requested by user or administrator <([^<>]+)>/.exec(what)?.[1])
		.findLast(name => name !== undefined);

/** The job, if its history says that it has ended. */
export const endedJob = (history: History, {profile, isMine}: Viewer): Job | undefined => {
	const {id, name, owner, moments} = history;
	const last = (pattern: RegExp) => moments.findLast(({what}) => pattern.test(what));
	const done = last(/^Done successfully/);
	const exited = last(/^(?:Exited|Completed <exit>)/);
	const end = exited ?? done;
	if (end === undefined) return undefined;
	const term = exited && termOf(moments.map(({what}) => what).join('\n'));
	const code = Number(/Exited with exit code (\d+)/.exec(exited?.what ?? '')?.[1] ?? 0);
	const endedBy = exited && endedByOf(term, {owner, code});
	const by = cancellerIn(history) ?? endedBy?.by;
	const element = parseId(id)?.element;
	const submitted = last(/^Submitted from/);
	const started = last(/^(?:Starting|Started|Dispatched|Running)/);
	return {
		ref: refOf(profile, id),
		profile,
		backend: 'lsf',
		id,
		name: name ?? id,
		...(owner !== undefined && {owner}),
		mine: owner !== undefined && isMine(owner),
		phase: exited === undefined ? 'succeeded' : endedBy?.kind === 'cancelled' ? 'cancelled' : 'failed',
		status: exited === undefined ? 'DONE' : term === undefined ? 'EXIT' : `EXIT, ${term}`,
		terminal: true,
		...(endedBy?.kind === 'cancelled' && isForced(term) && {unproven: 'may-run' as const}),
		...(endedBy && {endedBy: {...endedBy, ...(endedBy.kind === 'cancelled' && by !== undefined && {by})}}),
		...(submitted && {createdAt: submitted.at}),
		...(started && {startedAt: started.at}),
		endedAt: end.at,
		...(element !== undefined && {parent: refOf(profile, String(parseId(id)?.job))}),
	};
};

/*
A job that only bhist knows any more: how it ended, by the events of its last run.
*/
import type {Job} from '../../job/job.ts';
import {refOf} from '../../job/ref.ts';
import {endedByOf, isForced, termOf} from './ended-by.ts';
import {cancellerIn, type History, lastRun} from './history.ts';
import {parseId} from './ids.ts';
import {nameOf, type Viewer} from './wire.ts';

/** The exit code, 128 and the number of a signal; 0 where no line says it. */
const codeIn = (text: string): number => {
	const [, code, signal] = /^Exited (?:with exit code (\d+)|by signal (\d+))/m.exec(text) ?? [];
	return signal === undefined ? Number(code ?? 0) : 128 + Number(signal);
};

/** How the last run ended: `EXIT` with its termination reason and its code, or `DONE`. */
const endIn = (run: History['moments']) => {
	const done = run.findLast(({what}) => /^Done successfully/.test(what));
	const exits = run.filter(({what}) => /^(?:Exited|Completed <exit>)/.test(what));
	const exited = exits.at(-1);
	if (exited === undefined) return done && {at: done.at, isDone: true};
	const text = exits.map(({what}) => what).join('\n');
	return {at: exited.at, isDone: false, term: termOf(text), code: codeIn(text)};
};

/** The job, if its history says that it has ended. That of a whole array has the events of its elements: it says nothing about the array. */
export const endedJob = (history: History, {profile, isMine}: Viewer): Job | undefined => {
	const {id, name, owner, moments} = history;
	const end = endIn(lastRun(history));
	const own = parseId(id);
	if (end === undefined || (own?.element === undefined && name?.endsWith(']'))) return undefined;
	const {at, isDone, term, code} = end;
	const endedBy = isDone ? undefined : endedByOf(term, {owner, code});
	const isCancelled = endedBy?.kind === 'cancelled';
	const by = isCancelled ? (cancellerIn(history) ?? endedBy.by) : undefined;
	const submitted = moments.findLast(({what}) => /^Submitted from/.test(what));
	const started = moments.findLast(({what}) => /^(?:Dispatched|Start(?:ing|ed)|Running)/.test(what));
	return {
		ref: refOf(profile, id),
		profile,
		backend: 'lsf',
		id,
		name: nameOf(name, own?.element) ?? id,
		...(owner !== undefined && {owner}),
		mine: owner !== undefined && isMine(owner),
		phase: isDone ? 'succeeded' : isCancelled ? 'cancelled' : 'failed',
		status: isDone ? 'DONE' : term === undefined ? 'EXIT' : `EXIT, ${term}`,
		terminal: true,
		...(isCancelled && isForced(term) && {unproven: 'may-run' as const}),
		...(endedBy && {endedBy: {...endedBy, ...(by !== undefined && {by})}}),
		...(submitted && {createdAt: submitted.at}),
		...(started && {startedAt: started.at}),
		endedAt: at,
		...(own?.element !== undefined && {parent: refOf(profile, String(own.job))}),
	};
};

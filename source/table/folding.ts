/*
Jobs that belong together (the tasks of an array, the children of a job) share one row. A key on it applies to exactly the jobs that the row stands for at that moment.

A shared row has a ref that no job can have, so that no command for one job applies to it by mistake.
*/

import type {Job} from '../job/job.ts';
import type {Phase} from '../job/phase.ts';
import type {Ref} from '../job/ref.ts';
import {jobsOfRow} from '../job/set.ts';
import type {Fold, TableRow} from '../state/rows.ts';
import type {Cursor} from '../state/screen.ts';
import {count} from '../text/format.ts';
import {rememberedBy, rememberedLast} from '../text/remembered.ts';
import {follow, type ListChange, lookAgainMs} from './cursor.ts';
import {jobsOfRows} from './job-count.ts';
import {countedPhases} from './state-counts.ts';

/** Up to this many jobs that belong together keep their own rows. */
const maxUnfolded = 3;

export const isFold = (row: TableRow): row is Fold => 'members' in row;

export const foldRef = (parent: Ref): Ref => `/${parent}`;

/** All members are in one profile. */
export const profileOfFold = ({members}: Fold): string => members[0]?.profile ?? '';

/** The text of a shared row in the columns STATE and JOB ID: a sign for open or closed, the number of jobs, and their parent. */
export const foldTexts = ({open, members, parent}: Fold): {readonly state: string; readonly id: string} => ({
	state: `${open ? '-' : '+'} ${count(jobsOfRows(members), 'job')}`,
	id: parent.slice(parent.indexOf('/') + 1),
});

/** A job's ref never begins with a slash: it begins with its profile's name. */
export const isFoldRef = (ref: Ref): boolean => ref.startsWith('/');

/** The jobs that a row stands for. */
export const refsOf = (row: TableRow): readonly Ref[] =>
	isFold(row) ? row.members.map(({ref}) => ref) : [row.ref];

const noFolds: ReadonlyMap<Ref, Fold> = new Map();

/** The shared rows by ref, computed once per list of rows. */
export const foldsIn = rememberedBy((rows: readonly TableRow[]): ReadonlyMap<Ref, Fold> => {
	const folds = new Map<Ref, Fold>();
	for (const row of rows) if (isFold(row)) folds.set(row.ref, row);
	return folds.size > 0 ? folds : noFolds;
});

export type FoldInputs = {
	/** The jobs in their order. */
	readonly jobs: readonly Job[];
	/** The number of unsorted newcomers at the end. Each keeps its own row until it is sorted in. */
	readonly newcomers: number;
	readonly folding: boolean;
	readonly opened: ReadonlySet<Ref>;
	/** No row may be folded or unfolded now. */
	readonly held: boolean;
	readonly byKey: boolean;
	readonly now: number;
};

/** The rows of the table. A shared row takes the place of its first job. */
export const foldRows = (before: readonly TableRow[], inputs: FoldInputs): readonly TableRow[] => {
	const {jobs, newcomers, folding, opened, held, byKey, now} = inputs;
	if (!folding) return jobs;
	const placed = jobs.length - newcomers;
	const groups = new Map<Ref, Job[]>();
	for (let index = 0; index < placed; index++) {
		const job = jobs[index] as Job;
		if (job.parent === undefined) continue;
		const group = groups.get(job.parent);
		if (group) group.push(job);
		else groups.set(job.parent, [job]);
	}
	const earlier = foldsIn(before);
	const isFolded = (parent: Ref, members: readonly Job[]): boolean =>
		held && !byKey ? earlier.has(foldRef(parent)) : members.length > maxUnfolded;
	const folds = new Map<Ref, Fold>();
	for (const [parent, members] of groups) {
		if (!isFolded(parent, members)) continue;
		const ref = foldRef(parent);
		const grownAt = byKey ? undefined : grown(earlier.get(ref), members, now);
		folds.set(parent, {
			ref,
			parent,
			members,
			open: opened.has(ref),
			...(grownAt !== undefined && {grownAt}),
		});
	}
	if (folds.size === 0) return jobs;
	const rows: TableRow[] = [];
	const done = new Set<Ref>();
	for (const [index, job] of jobs.entries()) {
		const fold = index < placed && job.parent !== undefined ? folds.get(job.parent) : undefined;
		if (!fold) rows.push(job);
		else if (!done.has(fold.ref)) {
			done.add(fold.ref);
			rows.push(fold);
			if (fold.open) for (const member of fold.members) rows.push(member);
		}
	}
	return rows;
};

/** When the row last gained a job. */
const grown = (before: Fold | undefined, members: readonly Job[], now: number): number | undefined => {
	if (!before) return now;
	const refs = new Set(before.members.map(({ref}) => ref));
	return members.every(({ref}) => refs.has(ref)) ? before.grownAt : now;
};

/** Whether the row gained jobs a moment ago, without a key. */
export const grewByItself = ({grownAt}: Fold, now: number): boolean =>
	grownAt !== undefined && now - grownAt < lookAgainMs;

/** The cursor after the rows changed. It follows a job into a shared row, and back. */
export const followRows = (
	cursor: Cursor,
	before: readonly TableRow[],
	after: readonly TableRow[],
	change: ListChange,
): Cursor => {
	const next = follow(cursor, before, after, change);
	const {ref} = cursor;
	if (ref === undefined || next.ref === ref) return next;
	const home = homeOf(ref, before, after);
	if (home === undefined) return next;
	const index = after.findIndex(row => row.ref === home);
	return index < 0 ? next : {ref: home, index, ...(!change.byKey && {movedAt: change.now})};
};

const homeOf = (ref: Ref, before: readonly TableRow[], after: readonly TableRow[]): Ref | undefined => {
	const fold = foldsIn(before).get(ref);
	if (fold) {
		const members = new Set(fold.members.map(member => member.ref));
		return after.find(row => members.has(row.ref))?.ref;
	}
	for (const each of foldsIn(after).values()) {
		if (each.members.some(member => member.ref === ref)) return each.ref;
	}
	return undefined;
};

/** Short, for a shared row. */
const words: Readonly<Record<Phase, string>> = {
	running: 'run',
	starting: 'start',
	queued: 'queued',
	held: 'held',
	stopping: 'stop',
	unknown: 'unknown',
	failed: 'failed',
	partial: 'partial',
	cancelled: 'cancelled',
	succeeded: 'done',
};

type Jobs = {readonly byRef: ReadonlyMap<Ref, Job>};
type StateCounts = {readonly words: string; readonly live: number};

const countsAmong = rememberedBy((members: readonly Job[]) =>
	rememberedLast((jobs: Jobs): StateCounts => {
		const counts = new Map<Phase, number>();
		let live = 0;
		for (const member of members) {
			const job = jobs.byRef.get(member.ref) ?? member;
			const number = jobsOfRow(job);
			counts.set(job.phase, (counts.get(job.phase) ?? 0) + number);
			if (!job.terminal) live += number;
		}
		const parts = countedPhases.flatMap(phase => {
			const number = counts.get(phase);
			return number === undefined ? [] : `${number} ${words[phase]}`;
		});
		return {words: parts.join(' '), live};
	}),
);

/** The members by state: `8 run 3 queued 1 failed`. */
export const stateCounts = ({members}: Fold, jobs: Jobs): StateCounts => countsAmong(members)(jobs);

/* Jobs of Slurm, from its programs or from slurmrestd. */

import {cleanText} from '../../job/clean-text.ts';
import type {Job, JobSet, MemberCounts} from '../../job/job.ts';
import {isEnd, type Phase, phaseOf} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {sameJson} from '../../job/same-json.ts';
import {noMembers, sizeOfSet} from '../../job/set.ts';
import {countTasks, hasTask, parseTaskSet, type TaskSet, tasksOf, withoutSteps} from '../task-set.ts';
import {statuses} from './common-traits.ts';
import {type EndFacts, endedByOf} from './ended-by.ts';

/** What squeue, sacct or slurmrestd says of a job. A pending array remainder is one record for many tasks. */
export type JobRecord = EndFacts & {
	/** As Slurm shows it: `42`, `42_5`, `42_[5-9]` (without the limit of tasks at the same time), `42+1`. */
	readonly id: string;
	/** The number of the job, of its array or of its het job. */
	readonly base: string;
	/** The tasks of a remainder. */
	readonly tasks: TaskSet | undefined;
	readonly task: number | undefined;
	readonly partition: string;
	/** Only where every answer holds it, so that a job does not change with the program that was asked. */
	readonly account?: string;
	/** How many nodes it wants or has; empty if the answer does not say. */
	readonly nodeCount: string;
	/** Milliseconds that it may run; undefined without a limit. */
	readonly limitMs: number | undefined;
	readonly name: string;
	/** Nodes were given to it. */
	readonly placed: boolean;
	/** Epoch milliseconds, as Slurm gives them: of a job that waits or runs they may be forecasts. */
	readonly submit: number | undefined;
	readonly start: number | undefined;
	readonly end: number | undefined;
};

export type Records = {readonly records: readonly JobRecord[]; readonly unreadable: number};

/** A record of a list, the job that it is, and which component of a het job that is. */
export type ListedRecord = {
	readonly record: JobRecord;
	readonly job: Job;
	readonly component: number | undefined;
};

export type Identity = Pick<JobRecord, 'id' | 'base' | 'tasks' | 'task'>;

/** The parts of an id as Slurm shows it, or of one that an answer is put together to. */
export const readId = (text: string): Identity | undefined => {
	if (/^\d+$/.test(text)) return {id: text, base: text, tasks: undefined, task: undefined};
	const match = /^(\d+)(?:_(\d+)|_\[([^\]]*)\]|\+\d+)?$/.exec(text);
	if (match === null) return undefined;
	const [, base = '', task, set] = match;
	if (task !== undefined) return {id: text, base, tasks: undefined, task: Number(task)};
	if (set === undefined) return {id: text, base, tasks: undefined, task: undefined};
	const tasks = parseTaskSet(set);
	if (tasks === undefined) return undefined;
	return {id: `${base}_[${set.replace(/%\d+$/, '')}]`, base, tasks, task: undefined};
};

/** The id's parts where it is one that may be handed to Slurm's programs; undefined for anything else, above all what they would take for an option or for a list. */
export const parseId = (id: string): Identity | undefined => {
	const parts = readId(id);
	return parts?.id === id ? parts : undefined;
};

/** The number of a job, or that of its array or het job. */
export const baseOf = (id: string): string => parseId(id)?.base ?? id;

/** Why a text is no id of a job, in words for the person who typed it. */
export const whyNoId = (id: string): string => {
	const [, job] = /^(\d+(?:_\d+|\+\d+)?)\.(?:\d+(?:\+\d+)?|batch|extern|interactive)$/.exec(id) ?? [];
	return job === undefined
		? `${JSON.stringify(cleanText(id))} is not a Slurm job id`
		: `${id} is a step of job ${job}, and jobtop cancels whole jobs: use ${job}, or end only the step with scancel ${id}`;
};

/** The id as a request to cancel takes it; undefined where it is no id. */
export const sendableId = (id: string): string | undefined => {
	const parts = parseId(id);
	return parts?.tasks === undefined ? parts?.id : `${parts.base}_[${withoutSteps(parts.tasks)}]`;
};

/** In which profile jobs are seen, of which kind, and which of them are the user's own. */
export type Viewer = {
	readonly profile: string;
	readonly backend: 'slurm' | 'slurmrestd';
	readonly isMine: (record: JobRecord) => boolean;
};

export const jobOf = (record: JobRecord, viewer: Viewer): Job => {
	const phase = phaseOfRecord(record);
	const terminal = isEnd(phase);
	const reason = record.reason === 'None' || record.reason === '' ? undefined : record.reason;
	// Of a job that waits both times are forecasts, of one that runs the end is. One that completes has ended its work: its clock stands still.
	const begun = begunPhases.has(phase) || (terminal && !neverStarted(record));
	const done = terminal || phase === 'stopping';
	const job: Writable<Job> = {
		ref: refOf(viewer.profile, record.id),
		profile: viewer.profile,
		backend: viewer.backend,
		id: record.id,
		name: nameOf(record) ?? record.id,
		mine: viewer.isMine(record),
		phase,
		status: record.state,
		terminal,
	};
	if (record.user !== '') job.owner = record.user;
	if (record.partition !== '') job.queue = record.partition;
	if (reason !== undefined) job.reason = reason;
	const endedBy = terminal ? endedByOf(record) : undefined;
	if (endedBy !== undefined) job.endedBy = endedBy;
	const labels = labelsOf(record);
	if (labels !== undefined) job.labels = labels;
	if (record.limitMs !== undefined) job.limitMs = record.limitMs;
	// A task of an array is a part of it, and so is the rest that waits; a component is one of its het job.
	if (record.id !== record.base) job.parent = refOf(viewer.profile, record.base);
	if (componentOf(record.id)) {
		job.caution = `Slurm may end other components of het job ${record.base} with it`;
	}
	if (record.tasks !== undefined) {
		job.set = {counts: {...noMembers, [fateOf(phase)]: countTasks(record.tasks)}, together: true};
	}
	if (record.submit !== undefined) job.createdAt = record.submit;
	if (begun && record.start !== undefined) job.startedAt = record.start;
	if (done && record.end !== undefined) job.endedAt = record.end;
	return job;
};

/** What a list says with this record. */
export const listedRecord = (record: JobRecord, viewer: Viewer): ListedRecord => ({
	record,
	job: jobOf(record, viewer),
	component: componentOf(record.id),
});

/** The nodes of a job that has some, or how many a waiting one wants; with its account. */
const labelsOf = ({account, placed, nodes, nodeCount}: JobRecord): Job['labels'] => {
	const node = placed ? nodes : '';
	const count = placed ? '' : nodeCount;
	if (!account && !node && !count) return undefined;
	return {...(account && {account}), ...(node && {node}), ...(count && {nodes: count})};
};

/** The jobs of a list. The leader of a het job stands for all components that the list holds: a cancel of the leader cancels them all. */
export const jobsOf = (listed: readonly ListedRecord[], viewer: Viewer): Job[] => {
	const jobs: Job[] = [];
	const parts: JobRecord[] = [];
	for (const {record, job, component} of listed) {
		jobs.push(job);
		if (component !== undefined) parts.push(record);
	}
	if (parts.length === 0) return jobs;
	const components = Map.groupBy(parts, ({base}) => base);
	return listed.map(({record, job, component}) => {
		const all = component === 0 ? components.get(record.base) : undefined;
		return all !== undefined && all.length > 1 ? {...job, set: setOfComponents(all, viewer)} : job;
	});
};

/** The number of a component in its het job; that of the leader is 0. */
export const componentOf = (id: string): number | undefined => {
	const plus = id.indexOf('+');
	return plus === -1 ? undefined : Number(id.slice(plus + 1));
};

/** Whether it is an array that is over, and of which the controller has forgotten tasks: the accounts may know how these ended. */
export const lacksMembers = (job: Job | undefined): boolean =>
	job?.terminal === true && (job.set?.counts?.lost ?? 0) > 0;

const setOfComponents = (components: readonly JobRecord[], viewer: Viewer): JobSet => ({
	counts: countShares(components.map(record => ({record, count: 1}))),
	apart: components.filter(record => !isEnd(phaseOfRecord(record))).map(({id}) => refOf(viewer.profile, id)),
	together: true,
});

const fateOf = (phase: Phase): 'live' | 'cancelled' | 'ended' =>
	!isEnd(phase) ? 'live' : phase === 'cancelled' ? 'cancelled' : 'ended';

/** `whole`: how many there are, where more may be asked for than there are records of. */
const countShares = (shares: readonly Share[], whole = 0): MemberCounts => {
	const counts = {live: 0, cancelled: 0, ended: 0};
	for (const {record, count} of shares) counts[fateOf(phaseOfRecord(record))] += count;
	const listed = counts.live + counts.cancelled + counts.ended;
	return {...counts, lost: Math.max(0, whole - listed)};
};

type Writable<T> = {-readonly [K in keyof T]: T[K]};

const nameOf = ({name}: JobRecord) => (name === '' || name === '(null)' ? undefined : name);

const begunPhases: ReadonlySet<Phase> = new Set(['starting', 'running', 'stopping']);

/**
The phase of a state. sacct says who did it: `CANCELLED by 1001`. slurmrestd says a state and what is the matter with it: `CANCELLED+COMPLETING`, a job whose outcome is known and that has not ended.
*/
export const phaseOfState = (state: string): Phase => {
	const known = spelled.get(state);
	if (known !== undefined) return known;
	const [base = '', ...flags] = state.replace(/ by \d+$/, '').split('+');
	const telling = flags.filter(flag => !asides.has(flag)).map(flag => phaseOf(statuses, flag));
	// Whatever else holds, it is not over before its resources are free.
	if (telling.includes('stopping')) return 'stopping';
	return telling[0] ?? phaseOf(statuses, base);
};

/** What may be the matter with a job without a change to where it is. https://slurm.schedmd.com/job_state_codes.html#flags */
const asides: ReadonlySet<string> = new Set([
	'EXPEDITING',
	'LAUNCH_FAILED',
	'RECONFIG_FAIL',
	'RESIZING',
	'SIGNALING',
	'UPDATE_DB',
]);

/** The words as squeue spells them: a list looks each of them up thousands of times. */
const spelled: ReadonlyMap<string, Phase> = new Map(
	Object.entries(statuses).map(([word, phase]) => [word.toUpperCase(), phase]),
);

const phaseOfRecord = ({state, reason}: JobRecord): Phase => {
	const phase = phaseOfState(state);
	return phase === 'queued' && /held|jobhold/i.test(reason) ? 'held' : phase;
};

/** A job that ends while it waits is given the moment of its end as its start, too; one that ran for less than a second had nodes. */
const neverStarted = ({state, start, end, placed}: JobRecord) =>
	!placed && start !== undefined && end !== undefined && start >= end && /^(CANCELLED|DEADLINE)/.test(state);

/**
The job that an id names, made of the records about it; undefined without a record.

What is asked for and what Slurm shows need not be the same: task 5 may be inside the remainder `42_[4-9]`, tasks of the remainder may have started since it was shown, and `42` may be a whole array. The job that comes out has the id that was asked for.
*/
export const findJob = (
	id: string,
	records: readonly JobRecord[],
	viewer: Viewer,
): {readonly job: Job; readonly leading: JobRecord} | undefined => {
	const parts = parseId(id);
	if (parts === undefined) return undefined;
	const all = records.filter(record => record.base === parts.base);
	// What is left of an array when none of its tasks waits any more has the number of the whole, and says nothing of the tasks that run.
	const others = all.filter(record => record.id !== record.base);
	const related = others.length > 0 ? others : all;
	const rest = all.find(record => record.id === record.base && phaseOfRecord(record) === 'cancelled');
	const exact = related.find(record => record.id === id);
	const shares = exact !== undefined && exact.tasks === undefined ? [] : sharesOf(parts, related, rest);
	const [only] = shares;
	if (exact !== undefined && shares.length <= 1) {
		const job = jobOf(exact, viewer);
		if (componentOf(id) !== 0 || related.length < 2) return {job, leading: exact};
		return {job: {...job, set: setOfComponents(related, viewer)}, leading: exact};
	}
	if (only === undefined) return undefined;
	const whole = parts.tasks === undefined ? undefined : countTasks(parts.tasks);
	return summarize(id, shares, whole, viewer);
};

type Share = {readonly record: JobRecord; readonly count: number};

/** The records that hold requested tasks, each with the number of those tasks. `rest`: the record of an array whose waiting tasks were all cancelled. It names none of them, but each has no other record. */
const sharesOf = (parts: Identity, related: readonly JobRecord[], rest?: JobRecord): Share[] => {
	const {task, tasks, base, id} = parts;
	// `42`: every part of the array or het job. `42+1` is the only one of its name.
	if (task === undefined && tasks === undefined) {
		return id === base ? related.map(record => ({record, count: sizeOf(record)})) : [];
	}
	const asked: TaskSet = tasks ?? [{from: task as number, to: task as number, step: 1}];
	const single = related.filter(record => record.task !== undefined && hasTask(asked, record.task));
	const seen = new Set(single.map(record => record.task));
	const shares: Share[] = single.map(record => ({record, count: 1}));
	for (const record of related) {
		if (record.tasks === undefined) continue;
		let count = 0;
		// A task's own record says more about it than a remainder that once held it.
		for (const one of tasksOf(asked)) if (hasTask(record.tasks, one) && !seen.has(one)) count++;
		if (count > 0) shares.push({record, count});
	}
	// Of a single task that no record names, nobody knows whether it ever was.
	if (tasks === undefined || rest === undefined) return shares;
	const others = countTasks(tasks) - shares.reduce((sum, {count}) => sum + count, 0);
	return others > 0 ? [...shares, {record: rest, count: others}] : shares;
};

const sizeOf = ({tasks}: JobRecord) => (tasks === undefined ? 1 : countTasks(tasks));

// The first that occurs speaks for the whole: what runs matters more to who is about to cancel than what waits.
const loudness: readonly Phase[] = ['running', 'starting', 'unknown', 'stopping', 'queued', 'held'];

const summarize = (id: string, shares: readonly Share[], whole: number | undefined, viewer: Viewer) => {
	const parts = shares.map(({record, count}) => ({record, count, job: jobOf(record, viewer)}));
	const alive = parts.filter(({job}) => !job.terminal);
	const loudest = loudness.find(phase => alive.some(({job}) => job.phase === phase));
	const leading = parts.find(({job}) => job.phase === loudest) ?? (parts[0] as (typeof parts)[number]);
	const counts = new Map<string, number>();
	for (const {job, count} of parts) counts.set(job.status, (counts.get(job.status) ?? 0) + count);
	const known = shares.reduce((sum, {count}) => sum + count, 0);
	const endings = new Set(parts.map(({job}) => job.phase));
	// Tasks without a record were cancelled while they waited, or are long over: they make no success whole.
	if (whole !== undefined && whole > known && !endings.has('cancelled')) endings.add('unknown');
	const phase = loudest ?? (endings.size === 1 ? leading.job.phase : 'partial');
	const {startedAt: _, endedAt: __, parent, set: ___, endedBy, ...rest} = leading.job;
	const set = setOfShares(shares, whole, viewer);
	const ref = refOf(viewer.profile, id);
	const startedAt = earliest(parts.map(({job}) => job.startedAt));
	const endedAt = latest(parts.map(({job}) => job.endedAt));
	// A task that was put back into the queue has a later time than the array it is of.
	const createdAt = earliest(parts.map(({job}) => job.createdAt));
	const job: Job = {
		...rest,
		...(createdAt !== undefined && {createdAt}),
		ref,
		// What all of an array comes to is no part of itself.
		...(parent !== undefined && parent !== ref && {parent}),
		...(set && {set}),
		id,
		name: nameOf(leading.record) ?? id,
		phase,
		status:
			counts.size === 1
				? leading.job.status
				: [...counts].map(([status, count]) => `${status} ${count}`).join(', '),
		terminal: isEnd(phase),
		...(endedBy && parts.every(({job}) => sameJson(job.endedBy, endedBy)) && {endedBy}),
		...(startedAt !== undefined && {startedAt}),
		...(isEnd(phase) && endedAt !== undefined && {endedAt}),
	};
	return {job, leading: leading.record};
};

/** What an id stands for that the records about it come to; undefined where that is one job. */
const setOfShares = (
	shares: readonly Share[],
	whole: number | undefined,
	viewer: Viewer,
): JobSet | undefined => {
	const components = shares.map(({record}) => record).filter(({id}) => componentOf(id) !== undefined);
	if (components.length > 1) return setOfComponents(components, viewer);
	const counts = countShares(shares, whole);
	return sizeOfSet(counts) > 1 || whole !== undefined ? {counts, together: true} : undefined;
};

const defined = (times: readonly (number | undefined)[]) => times.filter(time => time !== undefined);
const earliest = (times: readonly (number | undefined)[]) =>
	defined(times).reduce<number | undefined>(
		(best, time) => (best === undefined ? time : Math.min(best, time)),
		undefined,
	);
const latest = (times: readonly (number | undefined)[]) =>
	defined(times).reduce<number | undefined>(
		(best, time) => (best === undefined ? time : Math.max(best, time)),
		undefined,
	);

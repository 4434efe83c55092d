import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job, JobDetail} from '../../job/job.ts';
import {randomMark} from '../../process/random-mark.ts';
import type {ManyLooks} from '../backend.ts';
import {chunksOf} from '../programs/chunks.ts';
import {strangeAnswer} from '../programs/complaints.ts';
import {jobsIn, type Looks, oneIn} from '../programs/looks.ts';
import {tasksOf} from '../task-set.ts';
import {failureOfProgram, isAccountingOff} from './answers.ts';
import type {Controller} from './controller.ts';
import {accountDetails, cautionIn, ownText, restartsIn, shownDetails} from './details.ts';
import {readSqueue} from './list.ts';
import {
	baseOf,
	componentOf,
	findJob,
	type Identity,
	type JobRecord,
	lacksMembers,
	parseId,
	type Records,
	type Viewer,
	whyNoId,
} from './records.ts';
import {type AccountRecords, accountFields, accountSeparator, readAccounts} from './wire.ts';

/** A job, and the record that stands for it. */
export type Found = {
	readonly job: Job;
	readonly leading: JobRecord;
	/** The job in the words of sacct, where only sacct knows it. */
	readonly account?: NonNullable<ReturnType<AccountRecords['texts']['get']>>;
};

const nothing: AccountRecords = {records: [], unreadable: 0, texts: new Map()};

/** One job with the details that scontrol shows; with those of the accounts where the controller has forgotten it. */
export const getJob = async (controller: Controller, id: string, signal: AbortSignal): Promise<JobDetail> => {
	const one = await lookAtOne(controller, id, signal);
	if (one.account !== undefined) return {job: one.job, ...accountDetails(one.job, one.account)};
	const text = (await show(controller, one, signal)) ?? '';
	const restarts = restartsIn(text);
	const caution = cautionIn(text);
	const job = {...one.job, ...(restarts > 0 && {restarts}), ...(caution && {caution})};
	return {job, ...shownDetails(job, text)};
};

export const getJobs = async (
	controller: Controller,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<ManyLooks> => jobsIn(await look(controller, [...new Set(ids)], signal));

/** One job. Rejects with `not-found` where neither the controller nor the accounts know it. */
export const lookAtOne = async (controller: Controller, id: string, signal: AbortSignal): Promise<Found> =>
	oneIn(await look(controller, [id], signal), id, 'Slurm');

/** Asks the controller for all jobs, then the accounts for the jobs that it does not know. */
const look = async (
	controller: Controller,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<Looks<Found>> => {
	await controller.user.find(signal);
	const {viewer} = controller;
	const found = new Map<string, Found>();
	const failures = new Map<string, Failure>();
	const readable = ids.filter(id => parseId(id) !== undefined);
	for (const id of ids) {
		if (parseId(id) === undefined) failures.set(id, {kind: 'rejected', detail: whyNoId(id)});
	}
	const queuedRecords: JobRecord[] = [];
	let unreadable = 0;
	for (const chunk of chunksOf(readable)) {
		const answer = await readQueued(controller, queueIds(chunk), signal);
		unreadable += answer.unreadable;
		for (const [id, one] of findAll(chunk, answer, viewer)) found.set(id, one);
		if (chunk.some(id => lacksMembers(found.get(id)?.job))) queuedRecords.push(...answer.records);
	}
	const queuedIds = new Set(queuedRecords.map(({id}) => id));
	const missing = readable.filter(id => !found.has(id) || lacksMembers(found.get(id)?.job));
	for (const chunk of chunksOf(missing)) {
		try {
			const {records, texts} = await readSacct(controller, accountIds(chunk), signal);
			const others = records.filter(({id}) => !queuedIds.has(id));
			const known = {records: [...queuedRecords, ...others], texts};
			for (const [id, one] of findAll(chunk, known, viewer)) found.set(id, one);
		} catch (error) {
			// The controller has forgotten them and the accounts are out of reach: nobody knows how they ended.
			if (!(error instanceof BackendError)) throw error;
			for (const id of chunk) if (!found.has(id)) failures.set(id, error.failure);
		}
	}
	// A job whose line cannot be read is not unknown.
	if (unreadable > 0) {
		const detail = 'squeue printed a line that jobtop cannot read';
		for (const id of readable) {
			if (!found.has(id) && !failures.has(id)) failures.set(id, {kind: 'malformed', detail});
		}
	}
	return {found, failures};
};

/** Of several jobs slurmctld loads those of all users unless squeue names one: `slurm_load_job_user` of https://slurm.schedmd.com/api.html. */
const readQueued = async (
	controller: Controller,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<Records> => {
	const {owners, user} = controller;
	const mine = ids.length > 1 && ids.every(id => owners.isMine(baseOf(id)));
	const owner = mine ? ['-u', String(user.uid())] : [];
	try {
		return await readSqueue(controller, [...owner, '-t', 'all', '-j', ids.join(',')], signal);
	} catch (error) {
		// Of several ids squeue leaves out the unknown ones; a single unknown id is an error.
		if (error instanceof BackendError && error.failure.kind === 'not-found') return nothing;
		throw error;
	}
};

const readSacct = async (
	{programs}: Controller,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<AccountRecords> => {
	const mark = randomMark();
	const format = `--format=${accountFields.join(',')}`;
	const options = ['-X', '-p', `--delimiter=${accountSeparator(mark)}`, format];
	const result = await programs.run('sacct', [...options, '-j', ids.join(',')], signal);
	const answer = result.code === 0 ? readAccounts(result.stdout, mark) : undefined;
	if (answer !== undefined) return answer;
	if (result.code === 0) throw new BackendError(strangeAnswer('sacct', result));
	if (isAccountingOff(result.stderr)) return nothing;
	throw new BackendError(failureOfProgram('sacct', result));
};

/** What scontrol shows of the job; undefined where it knows no such job, as with a job that only the accounts remember. */
export const show = async (
	{programs}: Controller,
	{leading}: Found,
	signal: AbortSignal,
): Promise<string | undefined> => {
	const result = await programs.run('scontrol', showArguments(leading), signal, {
		// It is text for people: local times, as everywhere else in Slurm.
		env: {SLURM_TIME_FORMAT: 'standard'},
	});
	if (result.code === 0 && /^JobId=/m.test(result.stdout)) return ownText(result.stdout);
	const failure = failureOfProgram('scontrol', result);
	if (failure.kind === 'not-found' || /not found/i.test(failure.detail)) return undefined;
	throw new BackendError(failure);
};

/** The command that looks at one job, for a shell. */
export const describeLook = ({programs}: Controller, id: string): string => {
	const parts = parseId(id);
	if (parts !== undefined) return programs.describe('scontrol', showArguments(parts));
	throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
};

/** scontrol takes one job. The first task of a remainder stands for all of them. */
const showArguments = ({id, base, tasks}: Identity): string[] => {
	const [first] = tasks === undefined ? [] : tasksOf(tasks);
	return ['-a', 'show', 'job', first === undefined ? id : `${base}_${first}`];
};

/** The ids for squeue: it reads no sets, so a remainder is found through its array; and a component through its het job, whose other components may end with it. */
const queueIds = (ids: readonly string[]): string[] => [
	...new Set(
		ids.map(id => (parseId(id)?.tasks === undefined && componentOf(id) === undefined ? id : baseOf(id))),
	),
];

/** The ids for sacct: a task that was cancelled while it waited stands only in the record of the remainder. */
const accountIds = (ids: readonly string[]): string[] => [
	...new Set(ids.map(id => (id.includes('_') ? baseOf(id) : id))),
];

/** The jobs of these ids that the records hold. */
const findAll = (
	ids: readonly string[],
	{records, texts}: Pick<Records, 'records'> & Partial<Pick<AccountRecords, 'texts'>>,
	viewer: Viewer,
): ReadonlyMap<string, Found> => {
	const found = new Map<string, Found>();
	const byBase = Map.groupBy(records, record => record.base);
	for (const id of ids) {
		const one = findJob(id, byBase.get(baseOf(id)) ?? [], viewer);
		if (one === undefined) continue;
		const account = texts?.get(one.leading.id);
		found.set(id, {...one, ...(account !== undefined && {account})});
	}
	return found;
};

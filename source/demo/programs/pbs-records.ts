/*
The attributes of the embedded PBS's jobs, as OpenPBS 23.06 prints them.
*/
import {join} from 'node:path';
import {setOfTasks} from './arguments.ts';
import {pbsServer} from './lost.ts';
import {outputText} from './output.ts';
import {hasEnded, type PbsJob, submitHost} from './pbs-jobs.ts';

/** Writes a time without its zone: `Sat Nov 28 07:51:49 2026`. */
export type TimeWords = (at: number) => string;

/** Times of this zone, or of the machine. As for the C library, a zone that is none is UTC. */
export const timeWords = (zone: string | undefined): TimeWords => {
	const format = formatOf(zone);
	return at => {
		const parts = format.formatToParts(at).map(({type, value}) => [type, value] as const);
		const {weekday, month, day = '', hour, minute, second, year} = Object.fromEntries(parts);
		return `${weekday} ${month} ${day.padStart(2)} ${hour}:${minute}:${second} ${year}`;
	};
};

const formatOf = (timeZone: string | undefined): Intl.DateTimeFormat => {
	const two = '2-digit';
	const fields = {
		...({weekday: 'short', month: 'short', day: 'numeric', year: 'numeric'} as const),
		...({hour: two, minute: two, second: two, hourCycle: 'h23'} as const),
	};
	try {
		return new Intl.DateTimeFormat('en-US', {...fields, ...(timeZone && {timeZone})});
	} catch {
		return new Intl.DateTimeFormat('en-US', {...fields, timeZone: 'UTC'});
	}
};

/** What the server itself writes is in its own zone. */
const serverTime = timeWords(undefined);

const two = (value: number): string => String(value).padStart(2, '0');

/** `01:30:00` */
const duration = (ms: number): string => {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

const queues = ['workq', 'long', 'gpu'] as const;

/** Every other job writes to its file from the beginning (`qsub -kod`); of the others, PBS copies it at the end. */
const isWrittenDirectly = ({members: [index = 0]}: PbsJob): boolean => index % 2 === 0;

const limit = '04:00:00';
const resources = {mem: '8gb', ncpus: 4, nodect: 1, place: 'pack', select: '1:ncpus=4:mem=8gb'};

const nodeOf = ({members: [index = 0]}: PbsJob): string => `n${1 + (index % 12)}`;

/** The file of a job's output, or of one task. */
const outputFile = ({job, base}: PbsJob, task: number | string | undefined, folder: string): string =>
	join(folder, 'output', `${job.plan.name}.o${base}${task === undefined ? '' : `.${task}`}`);

/** The file of a job's output, and what is in it now; undefined where PBS has not copied it yet. */
export const outputOf = (one: PbsJob, folder: string): {file: string; text: string} | undefined => {
	if (one.tasks !== undefined || one.job.startedAt === undefined) return undefined;
	if (!hasEnded(one) && !isWrittenDirectly(one)) return undefined;
	return {file: outputFile(one, one.task, folder), text: outputText(one.job)};
};

const commentOf = (one: PbsJob): string | undefined => {
	const {job, ending = '', state, tasks, members} = one;
	if (state === 'H' || (job.plan.held && job.startedAt === undefined)) return undefined;
	// What the server forgot in a restart.
	if (one.substate === 93 && ending === '') return undefined;
	const [day, month, date, clock] = job.startedAt === undefined ? [] : serverTime(job.startedAt).split(/ +/);
	const when = `${day} ${month} ${date} at ${clock?.slice(0, 5)}`;
	if (tasks !== undefined && day !== undefined) return `Job Array Began at ${when}${ending}`;
	if (day !== undefined) return `Job run at ${when} on (${nodeOf(one)}:ncpus=4)${ending}`;
	const [index = 0] = members;
	const why = index % 3 === 0 ? 'Insufficient amount of resource: ncpus' : 'Not enough free nodes available';
	return `Not Running: ${why}${ending}`;
};

type Attributes = Readonly<Record<string, unknown>>;

/** What only a job has that a node has run. */
const runAttributes = (one: PbsJob, {now}: Place): Attributes => {
	const {job, endedAt, members, user, tasks} = one;
	if (job.startedAt === undefined || tasks !== undefined) return {};
	const ranMs = (endedAt ?? now) - job.startedAt;
	return {
		resources_used: {
			cpupercent: 380,
			cput: duration(ranMs * 3.8),
			mem: '1843200kb',
			ncpus: 4,
			vmem: '2097152kb',
			walltime: duration(ranMs),
		},
		exec_host: `${nodeOf(one)}/0*4`,
		exec_vnode: `(${nodeOf(one)}:ncpus=4)`,
		session_id: 16_000 + (members[0] ?? 0),
		jobdir: `/home/${user.name}`,
		run_count: 1,
	};
};

const endAttributes = ({endedAt, reported, exit}: PbsJob, {time}: Place): Attributes => ({
	...(endedAt !== undefined && reported && {obittime: time(endedAt)}),
	...(exit !== undefined && {Stageout_status: 1, Exit_status: exit}),
	...(endedAt !== undefined && {history_timestamp: Math.floor(endedAt / 1000)}),
});

const arrayAttributes = ({tasks}: PbsJob): Attributes => {
	if (tasks === undefined) return {};
	const withState = (state: string) => tasks.filter(one => one.state === state);
	const numbers = (some: readonly PbsJob[]) => setOfTasks(some.flatMap(({task}) => task ?? []));
	const counts = Object.entries({Queued: 'Q', Running: 'R', Exiting: 'E', Expired: 'F'});
	return {
		array: 'True',
		array_state_count: counts.map(([word, state]) => `${word}:${withState(state).length}`).join(' '),
		array_indices_submitted: numbers(tasks),
		array_indices_remaining: numbers(withState('Q')) || '-',
	};
};

/** Where and when a record is printed. */
export type Place = {readonly folder: string; readonly now: number; readonly time: TimeWords};

/** All attributes of a job, or of an array without its tasks. */
export const attributesOf = (one: PbsJob, place: Place): Attributes => {
	const {job, user, base, task, tasks} = one;
	const {time, folder} = place;
	const created = time(job.createdAt);
	const output = `${submitHost}:${outputFile(one, tasks === undefined ? task : '^array_index^', folder)}`;
	const comment = commentOf(one);
	return {
		Job_Name: job.plan.name,
		Job_Owner: `${user.name}@${submitHost}`,
		job_state: task !== undefined && hasEnded(one) ? 'X' : one.state,
		queue: queues[base % queues.length],
		server: pbsServer,
		ctime: created,
		Error_Path: output.replace(/\.o(\d+)/, '.e$1'),
		Hold_Types: job.plan.held ? 'u' : 'n',
		Join_Path: 'oe',
		Keep_Files: isWrittenDirectly(one) ? 'od' : 'n',
		mtime: time(one.endedAt ?? job.updatedAt),
		Output_Path: output,
		Priority: 0,
		qtime: created,
		Rerunable: 'True',
		Resource_List: {...resources, walltime: limit},
		...(job.startedAt !== undefined && {stime: time(job.startedAt)}),
		substate: one.substate,
		Variable_List: {PBS_O_HOME: `/home/${user.name}`, PBS_O_LOGNAME: user.name, PBS_O_HOST: submitHost},
		...(comment !== undefined && {comment}),
		etime: created,
		...runAttributes(one, place),
		...endAttributes(one, place),
		Submit_arguments: `-N ${job.plan.name} ${job.plan.process}.sh`,
		...arrayAttributes(one),
		...(task !== undefined && {array_id: `${base}[].${pbsServer}`, array_index: task}),
		project: '_pbs_project_default',
		Submit_Host: submitHost,
	};
};

/** The attributes of a task. The server has none of one that did not run: it shows those of the array. */
export const taskAttributes = (task: PbsJob, array: PbsJob, place: Place): Attributes => {
	if (task.job.startedAt !== undefined) return attributesOf(task, place);
	const ended = hasEnded(task);
	const own = Object.entries(attributesOf(array, place)).filter(([name]) => !name.startsWith('array'));
	return {
		...Object.fromEntries(own),
		job_state: ended ? 'X' : task.state,
		...(ended && {comment: 'Subjob terminated'}),
	};
};

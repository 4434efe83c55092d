import {readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pbs} from '../../source/backends/pbs/index.ts';
import type {ServerOptions} from '../../source/backends/pbs/server.ts';
import type {FailureKind} from '../../source/job/failure.ts';
import type {Phase} from '../../source/job/phase.ts';
import {openProgramFolder} from './program-folder.ts';
import type {Remote} from './remote.ts';

/** The attributes of a job, in PBS's own words. Times are epoch seconds. */
export type PbsJob = Readonly<Record<string, unknown>>;

type Program = 'qstat' | 'qdel' | 'qselect';

/** What a site puts around a program, `complaint` on stderr; with a code, the program itself is not run. */
type Wrapper = {
	readonly before?: string;
	readonly after?: string;
	readonly complaint?: string;
	readonly code?: number;
};

export type FakePbs = Remote & {
	/** Puts a job there; what is not given is that of a job of mine that waits. `stubborn`: how often it is still shown while it is being deleted; `forgotten`: the server restarts between the request and the end. */
	readonly put: (
		id: string,
		job?: PbsJob,
		hidden?: {readonly stubborn?: number; readonly forgotten?: true},
	) => Promise<void>;
	/** Puts an array there, with the state and the other attributes of each task. */
	readonly putArray: (id: string, tasks: Readonly<Record<number, PbsJob>>, job?: PbsJob) => Promise<void>;
	/** No server answers from now on. */
	readonly stopServer: () => Promise<void>;
	readonly isDown: () => Promise<boolean>;
	readonly turnHistoryOff: () => Promise<void>;
	/** `bare`: numbers and quotes as users wrote them; `lines`: line breaks, too; `first`: only the first job. */
	readonly breakJson: (fault: 'bare' | 'lines' | 'first') => Promise<void>;
	/** qstat says nothing of this job. */
	readonly hide: (id: string) => Promise<void>;
	/** qstat refuses to show this job. */
	readonly forbid: (id: string) => Promise<void>;
	/** qdel waits until it is released. */
	readonly holdDeletions: () => Promise<() => Promise<void>>;
	readonly wrap: (wrappers: Readonly<Partial<Record<Program, Wrapper>>>) => Promise<void>;
	/** The programs that ran, with their arguments. */
	readonly calls: () => Promise<readonly (readonly string[])[]>;
	/** The begins and ends of deletions, in order. */
	readonly deletions: () => Promise<readonly string[]>;
	/** The ids of the jobs that have not ended. */
	readonly live: () => Promise<readonly string[]>;
	readonly folder: string;
};

export const fakePbsUser = 'alice';
/** Epoch seconds. */
const now = 1_767_225_600;

export const openPbs = (): Promise<Remote> => openFakePbs();

/** A PBS of its own: the three programs, over jobs in a folder. */
export const openFakePbs = async (
	more: Pick<ServerOptions, 'server'> & {readonly ssh?: true} = {},
): Promise<FakePbs> => {
	const {ssh, ...place} = more;
	const {folder, bin, calls} = await openProgramFolder({
		name: 'pbs',
		folders: ['jobs'],
		script: 'pbs-programs.mjs',
		programs: ['qstat', 'qdel', 'qselect'],
		user: fakePbsUser,
	});
	const backend = pbs.connect('far', {
		bin,
		...place,
		// The zone of the user: what the programs print may not depend on it.
		programEnv: {...process.env, TZ: 'America/New_York', ...(ssh && {PATH: `${bin}:${process.env.PATH}`})},
		...(ssh ? {ssh: {destination: 'login1', controlPath: join(folder, 'ssh-socket')}} : {user: fakePbsUser}),
		env: {FAKE_PBS: folder, FAKE_PBS_USER: fakePbsUser, NODE_OPTIONS: ''},
	});

	let order = 0;
	const write = (record: {readonly id: string; readonly job: PbsJob} & Readonly<Record<string, unknown>>) => {
		order++;
		return writeFile(join(folder, 'jobs', `${record.id}.json`), JSON.stringify({order, ...record}));
	};
	const put: FakePbs['put'] = (id, job = {}, hidden = {}) =>
		write({id, job: {...waiting(id), ...job}, hidden});
	const lines = async (name: string) =>
		(await readFile(join(folder, name), 'utf8').catch(() => '')).split('\n').filter(line => line !== '');

	return {
		connection: {profile: 'far', traits: pbs.traits, backend},
		async add(id, phase, {name} = {}) {
			const words = wordsFor[phase];
			if (words === undefined) return false;
			await put(id, {...words, ...(name !== undefined && {Job_Name: name})});
			return true;
		},
		async addStrange(id) {
			await put(id, {job_state: 'Z'});
			return true;
		},
		async addUnreadable() {
			await write({id: '99.fakepbs', job: {Job_Name: 'x', Job_Owner: `${fakePbsUser}@login1`}});
			return true;
		},
		async failNext(kind) {
			if (!possible.has(kind)) return false;
			await writeFile(join(folder, 'fail'), kind);
			return true;
		},
		requests: async () => (await calls()).length,
		idFor: n => `${1000 + n}.fakepbs`,
		close: () => rm(folder, {recursive: true, force: true}),
		put,
		putArray(id, tasks, job = {}) {
			const indices = Object.keys(tasks).join(',');
			const own = {...waiting(id), job_state: 'B', substate: 70, array: 'True', comment: began};
			return write({id, job: {...own, array_indices_submitted: indices, ...job}, tasks});
		},
		stopServer: () => writeFile(join(folder, 'down'), ''),
		isDown: async () => (await readdir(folder)).includes('down'),
		turnHistoryOff: () => writeFile(join(folder, 'no-history'), ''),
		breakJson: fault => writeFile(join(folder, 'fault'), fault),
		hide: id => writeFile(join(folder, 'hidden'), id),
		forbid: id => writeFile(join(folder, 'forbidden'), id),
		async holdDeletions() {
			await writeFile(join(folder, 'hold'), '');
			return () => rm(join(folder, 'hold'));
		},
		wrap: wrappers => writeFile(join(folder, 'wrappers.json'), JSON.stringify(wrappers)),
		calls,
		deletions: () => lines('deleting'),
		async live() {
			const files = await readdir(join(folder, 'jobs'));
			const texts = await Promise.all(files.map(file => readFile(join(folder, 'jobs', file), 'utf8')));
			const jobs = texts.map(text => JSON.parse(text) as {id: string; job: PbsJob});
			return jobs.filter(({job}) => job.job_state !== 'F').map(({id}) => id);
		},
		folder,
	};
};

const began = 'Job Array Began at Thu Jan 01 at 00:00';

const waiting = (id: string): PbsJob => ({
	...{Job_Name: 'simulate', Job_Owner: `${fakePbsUser}@login1`, job_state: 'Q', queue: 'workq'},
	...{server: 'fakepbs', ctime: now - 3600, qtime: now - 3600, mtime: now - 60, Hold_Types: 'n'},
	...{Join_Path: 'n', Keep_Files: 'n', Output_Path: `login1:/nowhere/simulate.o${id.split(/[[.]/)[0]}`},
	...{Resource_List: {ncpus: 1, nodect: 1, walltime: '01:00:00'}, substate: 10},
	...{Variable_List: {PBS_O_HOME: '/home/alice'}, project: '_pbs_project_default'},
});

const possible: ReadonlySet<FailureKind> = new Set<FailureKind>([
	'unreachable',
	'cut-off',
	'unauthorized',
	'forbidden',
	'rejected',
	'rate-limited',
	'broken',
	'malformed',
]);

/** A job that runs, in PBS's own words. */
export const pbsRunning = {
	job_state: 'R',
	substate: 42,
	stime: now - 600,
	exec_host: 'node1/0*2',
	jobdir: '/home/alice',
	comment: 'Job run at Thu Jan 01 at 00:00 on (node1:ncpus=1)',
} as const;

const ended = {...pbsRunning, job_state: 'F', obittime: now - 60, history_timestamp: now - 59};

const wordsFor: Partial<Record<Phase, PbsJob>> = {
	queued: {comment: 'Not Running: Insufficient amount of resource: ncpus'},
	held: {job_state: 'H', Hold_Types: 'u'},
	running: pbsRunning,
	stopping: {...pbsRunning, job_state: 'E', substate: 51},
	succeeded: {...ended, substate: 92, Exit_status: 0},
	failed: {...ended, substate: 93, Exit_status: 7},
	cancelled: {
		...{...ended, substate: 91, Exit_status: 271},
		comment: 'Job run at Thu Jan 01 at 00:00 on (node1:ncpus=1) and terminated by alice@fakepbs',
	},
};

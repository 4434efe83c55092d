import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {CellOptions} from '../../source/backends/gridengine/cell.ts';
import {gridengine} from '../../source/backends/gridengine/index.ts';
import type {FailureKind} from '../../source/job/failure.ts';
import type {Phase} from '../../source/job/phase.ts';
import {openProgramFolder} from './program-folder.ts';
import type {Remote} from './remote.ts';

/** A row of the queue: a job, a task that has started, or tasks that wait. Times are epoch seconds. */
export type FakeRow = {
	readonly owner?: string;
	readonly name?: string;
	readonly state?: string;
	/** `3`, `3-10:1`, `3,5`, as qstat prints them. */
	readonly tasks?: string;
	readonly submitted?: number;
	readonly started?: number;
	/** How often it is still shown as being deleted. */
	readonly stubborn?: number;
	/** How many calls of qacct do not know its end yet. */
	readonly late?: number;
	/** What it ends with when it is deleted while it runs; 137 if absent. */
	readonly exit?: number;
	readonly output?: string;
	readonly error?: string;
	/** What the scheduler says of it. */
	readonly why?: string;
};

/** The fields of a record of qacct; what is not given is that of a job of mine that succeeded. */
export type FakeRecord = Readonly<Record<string, string>>;

type Program = 'qstat' | 'qdel' | 'qacct';

/** What a site puts around a program; with a code, the program itself is not run. */
type Wrapper = {readonly before?: string; readonly after?: string; readonly code?: number};

export type FakeGridEngine = Remote & {
	readonly put: (job: number, row?: FakeRow) => Promise<void>;
	readonly putEnd: (job: number, record?: FakeRecord) => Promise<void>;
	/** No qmaster answers from now on. */
	readonly stopQmaster: () => Promise<void>;
	readonly wrap: (wrappers: Readonly<Partial<Record<Program, Wrapper>>>) => Promise<void>;
	/** The programs that ran, with their arguments. */
	readonly calls: () => Promise<readonly (readonly string[])[]>;
	readonly folder: string;
};

export const fakeGridUser = 'alice';
/** Epoch seconds. */
const now = 1_767_225_600;

export const openGridengine = (): Promise<Remote> => openFakeGridEngine();

/** A Grid Engine of its own: its programs, over records in a folder. */
export const openFakeGridEngine = async (
	more: Pick<CellOptions, 'root' | 'cell'> & {readonly ssh?: true} = {},
): Promise<FakeGridEngine> => {
	const {ssh, ...place} = more;
	const {folder, bin, calls} = await openProgramFolder({
		name: 'gridengine',
		folders: ['queue', 'accounts'],
		script: 'gridengine-programs.mjs',
		programs: ['qstat', 'qdel', 'qacct', 'qconf'],
		user: fakeGridUser,
	});
	const backend = gridengine.connect('far', {
		bin,
		...place,
		...(ssh
			? {
					ssh: {destination: 'login1', controlPath: join(folder, 'ssh-socket')},
					programEnv: {...process.env, PATH: `${bin}:${process.env.PATH}`},
				}
			: {user: fakeGridUser}),
		env: {FAKE_GRIDENGINE: folder, FAKE_GRIDENGINE_USER: fakeGridUser, NODE_OPTIONS: ''},
	});

	let order = 0;
	const write = (where: 'queue' | 'accounts', record: object) => {
		order++;
		return writeFile(join(folder, where, `${order}.json`), JSON.stringify({order, ...record}));
	};
	const put: FakeGridEngine['put'] = (job, row = {}) => {
		const usual = {owner: fakeGridUser, name: 'simulate', state: 'qw', submitted: now - 3600};
		return write('queue', {job, ...usual, ...(row.state?.includes('r') && {started: now - 600}), ...row});
	};
	const putEnd: FakeGridEngine['putEnd'] = (job, record = {}) => {
		const usual = {
			qname: 'all.q',
			hostname: 'node1',
			owner: fakeGridUser,
			jobname: 'simulate',
			taskid: 'undefined',
		};
		const times = {qsub_time: at(now - 3600), start_time: at(now - 600), end_time: at(now - 60)};
		const end = {failed: '0', exit_status: '0'};
		return write('accounts', {fields: {...usual, jobnumber: String(job), ...times, ...end, ...record}});
	};

	return {
		connection: {profile: 'far', traits: gridengine.traits, backend},
		async add(id, phase, {name} = {}) {
			const job = Number(id);
			const state = states[phase];
			const end = ends[phase];
			if (state !== undefined) await put(job, {state, ...(name !== undefined && {name})});
			else if (end !== undefined) await putEnd(job, {...end, ...(name !== undefined && {jobname: name})});
			return state !== undefined || end !== undefined;
		},
		async addStrange(id) {
			await put(Number(id), {state: 'x'});
			return true;
		},
		async addUnreadable() {
			await write('queue', {state: 'r', owner: fakeGridUser, name: 'odd'});
			return true;
		},
		async failNext(kind) {
			if (!possible.has(kind)) return false;
			await writeFile(join(folder, 'fail'), kind);
			return true;
		},
		requests: async () => (await calls()).length,
		idFor: n => String(1000 + n),
		close: () => rm(folder, {recursive: true, force: true}),
		put,
		putEnd,
		stopQmaster: () => writeFile(join(folder, 'down'), ''),
		wrap: wrappers => writeFile(join(folder, 'wrappers.json'), JSON.stringify(wrappers)),
		calls,
		folder,
	};
};

/** `Wed Dec 31 23:00:00 2025` */
const at = (seconds: number): string => {
	const [, day, month, date, year, clock] =
		/^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(seconds * 1000).toUTCString())?.map(String) ?? [];
	return `${day} ${date} ${month?.padStart(2, ' ')} ${clock} ${year}`;
};

const states: Partial<Record<Phase, string>> = {
	queued: 'qw',
	held: 'hqw',
	starting: 't',
	running: 'r',
	stopping: 'dr',
};

const ends: Partial<Record<Phase, FakeRecord>> = {
	succeeded: {},
	failed: {exit_status: '7'},
	// As the versions of Altair write it.
	cancelled: {failed: '100 : assumedly after job', exit_status: '137', deleted_by: 'alice'},
};

const possible: ReadonlySet<FailureKind> = new Set<FailureKind>([
	'unreachable',
	'timeout',
	'cut-off',
	'unauthorized',
	'forbidden',
	'rejected',
	'broken',
	'malformed',
]);

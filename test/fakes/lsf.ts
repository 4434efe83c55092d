import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {lsf} from '../../source/backends/lsf/index.ts';
import type {FailureKind} from '../../source/job/failure.ts';
import type {Phase} from '../../source/job/phase.ts';
import {openProgramFolder} from './program-folder.ts';
import type {Remote} from './remote.ts';

/** The fields of a job by their names in `bjobs -o`. Numbers are times, in epoch seconds. */
export type LsfFields = Readonly<Record<string, string | number>>;

/** What bjobs does not print: how often the job is still shown as running after a kill (not at all if absent), the reason that LSF gives for its end then, who killed it, what it printed. */
type Hidden = {
	readonly stubborn?: number;
	readonly reason?: string;
	readonly by?: string;
	readonly killed?: true;
	readonly output?: string;
};

type Program = 'bjobs' | 'bkill' | 'bhist' | 'bpeek';

/** What a site puts around a program; with a code, the program itself is not run. */
type Wrapper = {readonly before?: string; readonly after?: string; readonly code?: number};

export type FakeLsf = Remote & {
	/** Puts a job there; what is not given is that of a job of mine that waits. */
	readonly put: (id: string, fields?: LsfFields, hidden?: Hidden) => Promise<void>;
	/** Puts a job there that bjobs has forgotten. */
	readonly forget: (id: string, fields: LsfFields, hidden?: Hidden) => Promise<void>;
	/** No mbatchd answers from now on. */
	readonly stopDaemon: () => Promise<void>;
	/** bjobs ends with 255 where there is no job. */
	readonly endWith255: () => Promise<void>;
	readonly wrap: (wrappers: Readonly<Partial<Record<Program, Wrapper>>>) => Promise<void>;
	/** The programs that ran, with their arguments. */
	readonly calls: () => Promise<readonly (readonly string[])[]>;
	readonly folder: string;
};

export const fakeLsfUser = 'alice';
/** Epoch seconds. */
const now = 1_767_225_600;

export const openLsf = (): Promise<Remote> => openFakeLsf();

/** An LSF of its own: its programs, over records in a folder. */
export const openFakeLsf = async ({ssh}: {readonly ssh?: true} = {}): Promise<FakeLsf> => {
	const {folder, bin, calls} = await openProgramFolder({
		name: 'lsf',
		folders: ['jobs'],
		script: 'lsf-programs.mjs',
		programs: ['bjobs', 'bkill', 'bhist', 'bpeek', 'lsid'],
		user: fakeLsfUser,
	});
	const backend = lsf.connect('far', {
		bin,
		now: () => now * 1000,
		...(ssh
			? {
					ssh: {destination: 'login1', controlPath: join(folder, 'ssh-socket')},
					programEnv: {...process.env, PATH: `${bin}:${process.env.PATH}`},
				}
			: {user: fakeLsfUser}),
		env: {FAKE_LSF: folder, FAKE_LSF_USER: fakeLsfUser, NODE_OPTIONS: ''},
	});

	let order = 0;
	const recordOf = (id: string, fields: LsfFields, hidden: Hidden) => {
		const [, jobid = '', jobindex = '0'] = /^(\d+)(?:\[(\d+)\])?$/.exec(id) ?? [];
		const usual = {
			stat: 'PEND',
			user: fakeLsfUser,
			queue: 'normal',
			job_name: 'simulate',
			proj_name: 'default',
		};
		const more = {submit_time: now - 3600, command: '/usr/bin/simulate -v', sub_cwd: '/nowhere'};
		order++;
		return {order, hidden, fields: {jobid, jobindex, ...usual, ...more, ...fields}};
	};
	const write = (record: object) => writeFile(join(folder, 'jobs', `${order}.json`), JSON.stringify(record));
	const put: FakeLsf['put'] = (id, fields = {}, hidden = {}) => write(recordOf(id, fields, hidden));

	return {
		connection: {profile: 'far', traits: lsf.traits, backend},
		async add(id, phase, {name} = {}) {
			const words = wordsFor[phase];
			if (words === undefined) return false;
			await put(id, {...words, ...(name !== undefined && {job_name: name})});
			return true;
		},
		async addStrange(id) {
			await put(id, {stat: 'HIBER'});
			return true;
		},
		async addUnreadable() {
			await write({...recordOf('1', {}, {}), fields: {stat: 'RUN', user: fakeLsfUser}});
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
		forget: (id, fields, hidden = {}) =>
			writeFile(join(folder, 'forgotten.json'), JSON.stringify([recordOf(id, fields, hidden)])),
		stopDaemon: () => writeFile(join(folder, 'down'), ''),
		endWith255: () => writeFile(join(folder, 'quiet'), ''),
		wrap: wrappers => writeFile(join(folder, 'wrappers.json'), JSON.stringify(wrappers)),
		calls,
		folder,
	};
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

const ran = {start_time: now - 600, exec_host: '4*n1:n2'};
const ended = {...ran, finish_time: now - 60};

const wordsFor: Partial<Record<Phase, LsfFields>> = {
	queued: {pend_reason: 'New job is waiting for scheduling;'},
	held: {stat: 'PSUSP', pend_reason: 'The job was suspended by the user while pending;'},
	starting: {stat: 'PROV', exec_host: 'n1'},
	running: {...ran, stat: 'RUN', finish_time: now + 600},
	stopping: {...ran, stat: 'ZOMBI'},
	succeeded: {...ended, stat: 'DONE'},
	failed: {...ended, stat: 'EXIT', exit_code: '3'},
	cancelled: {...ended, stat: 'EXIT', exit_code: '130', exit_reason: 'TERM_OWNER: job killed by owner'},
};

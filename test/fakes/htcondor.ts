import {readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {htcondor} from '../../source/backends/htcondor/index.ts';
import type {ScheddOptions} from '../../source/backends/htcondor/schedd.ts';
import type {FailureKind} from '../../source/job/failure.ts';
import type {Phase} from '../../source/job/phase.ts';
import {openProgramFolder} from './program-folder.ts';
import type {Remote} from './remote.ts';

/** The attributes of a record, in HTCondor's own words. Times are epoch seconds. */
export type CondorAd = Readonly<Record<string, unknown>>;

type Program = 'condor_q' | 'condor_rm' | 'condor_history';

/** What a site puts before a program; with a code, the program itself is not run. */
type Wrapper = {readonly before?: string; readonly after?: string; readonly code?: number};

export type FakeCondor = Remote & {
	/** Puts a record there; what is not given is that of a job of mine that waits. `stubborn`: how often it is still shown as being removed. */
	readonly put: (
		id: string,
		ad?: CondorAd,
		more?: {readonly where?: 'queue' | 'history'; readonly stubborn?: number},
	) => Promise<void>;
	/** The request after so many others fails that way. */
	readonly failAfter: (requests: number, kind: FailureKind) => Promise<void>;
	/** No schedd answers from now on. */
	readonly stopSchedd: () => Promise<void>;
	readonly turnHistoryOff: () => Promise<void>;
	readonly wrap: (wrappers: Readonly<Partial<Record<Program, Wrapper>>>) => Promise<void>;
	/** The programs that ran, with their arguments. */
	readonly calls: () => Promise<readonly (readonly string[])[]>;
	/** The ids in the queue. */
	readonly queued: () => Promise<readonly string[]>;
	readonly folder: string;
};

export const fakeCondorUser = 'alice';
/** Epoch seconds. */
const now = 1_767_225_600;

export const openHtcondor = (): Promise<Remote> => openFakeCondor();

/** An HTCondor of its own: the three programs, over records in a folder. */
export const openFakeCondor = async (
	more: Pick<ScheddOptions, 'pool' | 'schedd'> & {readonly ssh?: true} = {},
): Promise<FakeCondor> => {
	const {ssh, ...place} = more;
	const {folder, bin, calls} = await openProgramFolder({
		name: 'condor',
		folders: ['queue', 'history'],
		script: 'htcondor-programs.mjs',
		programs: ['condor_q', 'condor_rm', 'condor_history'],
		user: fakeCondorUser,
	});
	const backend = htcondor.connect('far', {
		bin,
		...place,
		...(ssh
			? {
					ssh: {destination: 'login1', controlPath: join(folder, 'ssh-socket')},
					programEnv: {...process.env, PATH: `${bin}:${process.env.PATH}`},
				}
			: {user: fakeCondorUser}),
		env: {FAKE_CONDOR: folder, FAKE_CONDOR_USER: fakeCondorUser, NODE_OPTIONS: ''},
	});

	let order = 0;
	const write = (where: 'queue' | 'history', ad: CondorAd, hidden = {}) => {
		order++;
		return writeFile(join(folder, where, `${order}.json`), JSON.stringify({order, hidden, ad}));
	};
	const put: FakeCondor['put'] = (id, ad = {}, {where = 'queue', stubborn} = {}) => {
		const [cluster, proc] = id.split('.').map(Number);
		const submitted = now - 3600;
		const record = {
			...{ClusterId: cluster, ProcId: proc, GlobalJobId: `submit.example.org#${id}#${submitted}`},
			...{Owner: fakeCondorUser, Cmd: '/usr/bin/simulate', JobStatus: 1, JobUniverse: 5, QDate: submitted},
			...{EnteredCurrentStatus: now - 60, TotalSubmitProcs: 1, Iwd: '/nowhere', Out: 'out.txt'},
			...ad,
		};
		return write(where, record, {...(stubborn !== undefined && {stubborn})});
	};
	return {
		connection: {profile: 'far', traits: htcondor.traits, backend},
		async add(id, phase, {name} = {}) {
			const words = wordsFor[phase];
			if (words === undefined) return false;
			const {where, ...ad} = words;
			await put(id, {...ad, ...(name !== undefined && {JobBatchName: name})}, where && {where});
			return true;
		},
		async addStrange(id) {
			await put(id, {JobStatus: 9});
			return true;
		},
		async addUnreadable() {
			await write('queue', {ProcId: 0, JobStatus: 2});
			return true;
		},
		async failNext(kind) {
			if (!possible.has(kind)) return false;
			await writeFile(join(folder, 'fail'), kind);
			return true;
		},
		requests: async () => (await calls()).length,
		idFor: n => `${1000 + n}.0`,
		close: () => rm(folder, {recursive: true, force: true}),
		put,
		failAfter: (requests, kind) => writeFile(join(folder, 'fail'), `${kind} ${requests}`),
		stopSchedd: () => writeFile(join(folder, 'down'), ''),
		turnHistoryOff: () => writeFile(join(folder, 'no-history'), ''),
		wrap: wrappers => writeFile(join(folder, 'wrappers.json'), JSON.stringify(wrappers)),
		calls,
		async queued() {
			const files = await readdir(join(folder, 'queue'));
			const texts = await Promise.all(files.map(file => readFile(join(folder, 'queue', file), 'utf8')));
			return texts.map(text => {
				const {ad} = JSON.parse(text);
				return `${ad.ClusterId}.${ad.ProcId}`;
			});
		},
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

const ran = {JobStartDate: now - 600, JobCurrentStartDate: now - 600, RemoteHost: 'slot1_1@node1'};
const ended = {where: 'history', JobStartDate: now - 600, LastRemoteHost: 'slot1_1@node1'} as const;

const wordsFor: Partial<Record<Phase, CondorAd & {readonly where?: 'history'}>> = {
	queued: {JobStatus: 1},
	held: {JobStatus: 5, HoldReason: "submitted on hold at user's request", HoldReasonCode: 15},
	running: {JobStatus: 2, ...ran},
	stopping: {JobStatus: 3, ...ran, RemoveReason: 'via condor_rm (by user alice)'},
	succeeded: {...ended, JobStatus: 4, ExitCode: 0, ExitBySignal: false, CompletionDate: now - 60},
	failed: {...ended, JobStatus: 4, ExitCode: 7, ExitBySignal: false, CompletionDate: now - 60},
	cancelled: {...ended, JobStatus: 3, ExitBySignal: true, RemoveReason: 'via condor_rm (by user alice)'},
};

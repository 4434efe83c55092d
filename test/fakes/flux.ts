import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {readId} from '../../source/backends/flux/ids.ts';
import {flux} from '../../source/backends/flux/index.ts';
import type {InstanceOptions} from '../../source/backends/flux/instance.ts';
import type {FailureKind} from '../../source/job/failure.ts';
import type {Phase} from '../../source/job/phase.ts';
import {openProgramFolder} from './program-folder.ts';
import type {Remote} from './remote.ts';

/** The fields of a record, in Flux's own words. Times are epoch seconds with a fraction. */
export type FluxFields = Readonly<Record<string, unknown>>;

/** What no list prints: the events of a job, its output, and how often it is still shown in CLEANUP after a cancel. */
type Hidden = {
	readonly events?: readonly FluxFields[];
	readonly output?: readonly FluxFields[];
	readonly stubborn?: number;
};

export type FakeFlux = Remote & {
	/** Puts a job there; what is not given is that of a job of mine that waits. */
	readonly put: (id: string, fields?: FluxFields, hidden?: Hidden) => Promise<void>;
	/** No broker answers from now on. */
	readonly stopBroker: () => Promise<void>;
	/** What a site prints around the program; with a code, the program itself is not run. */
	readonly wrap: (wrapper: {
		readonly complaint?: string;
		readonly before?: string;
		readonly after?: string;
		readonly code?: number;
	}) => Promise<void>;
	/** The commands of flux that ran, with their arguments. */
	readonly calls: () => Promise<readonly (readonly string[])[]>;
	readonly folder: string;
};

export const fakeFluxUser = 1001;
/** Epoch seconds. */
const now = 1_767_225_600;

export const openFlux = (): Promise<Remote> => openFakeFlux();

/** A Flux of its own: the program, over records in a folder. */
export const openFakeFlux = async (
	more: Pick<InstanceOptions, 'uri'> & {readonly ssh?: true} = {},
): Promise<FakeFlux> => {
	const {ssh, ...place} = more;
	const {folder, bin, calls} = await openProgramFolder({
		name: 'flux',
		folders: ['jobs'],
		script: 'flux-programs.mjs',
		programs: ['flux'],
		user: String(fakeFluxUser),
	});
	const backend = flux.connect('far', {
		bin,
		...place,
		...(ssh
			? {
					ssh: {destination: 'login1', controlPath: join(folder, 'ssh-socket')},
					programEnv: {...process.env, PATH: `${bin}:${process.env.PATH}`},
				}
			: {uid: fakeFluxUser}),
		env: {FAKE_FLUX: folder, FAKE_FLUX_USER: String(fakeFluxUser), NODE_OPTIONS: ''},
	});

	let order = 0;
	const write = (record: FluxFields, hidden: Hidden = {}) => {
		order++;
		return writeFile(join(folder, 'jobs', `${order}.json`), JSON.stringify({order, hidden, record}));
	};
	const put: FakeFlux['put'] = (id, fields = {}, hidden = {}) => {
		const record = {
			...{jobid: `ƒ${id.slice(1)}`, name: 'simulate', cwd: '/nowhere', ntasks: 1, ncores: 1, nnodes: 1},
			...{state: 'SCHED', status: 'SCHED', username: 'alice', userid: fakeFluxUser, urgency: 16},
			...{t_submit: now - 3600.25, duration: 0, dependencies: [], annotations: {}},
			...{exception: {occurred: false}},
			...fields,
		};
		return write(record, hidden);
	};
	return {
		connection: {profile: 'far', traits: flux.traits, backend},
		async add(id, phase, {name} = {}) {
			const words = wordsFor[phase];
			if (words === undefined) return false;
			await put(id, {...words, ...(name !== undefined && {name})});
			return true;
		},
		async addStrange(id) {
			await put(id, {state: 'HIBERNATE', status: 'HIBERNATE'});
			return true;
		},
		async addUnreadable() {
			await write({state: 'RUN', status: 'RUN', userid: fakeFluxUser});
			return true;
		},
		async failNext(kind) {
			if (!possible.has(kind)) return false;
			await writeFile(join(folder, 'fail'), kind);
			return true;
		},
		requests: async () => (await calls()).length,
		idFor: n => readId(String(55_733_911_552 + n)) ?? '',
		close: () => rm(folder, {recursive: true, force: true}),
		put,
		stopBroker: () => writeFile(join(folder, 'down'), ''),
		wrap: flux => writeFile(join(folder, 'wrappers.json'), JSON.stringify({flux})),
		calls: async () => (await calls()).map(([, ...args]) => args),
		folder,
	};
};

const possible: ReadonlySet<FailureKind> = new Set<FailureKind>([
	'unreachable',
	'timeout',
	'cut-off',
	'forbidden',
	'rejected',
	'broken',
	'malformed',
]);

const ran = {t_run: now - 600.5, nodelist: 'fluke3', ranks: '2'};
const ended = {...ran, state: 'INACTIVE', t_cleanup: now - 61, t_inactive: now - 60.5};

const wordsFor: Partial<Record<Phase, FluxFields>> = {
	queued: {},
	held: {urgency: 0},
	running: {...ran, state: 'RUN', status: 'RUN'},
	stopping: {...ran, state: 'CLEANUP', status: 'CLEANUP', t_cleanup: now - 1},
	succeeded: {...ended, status: 'COMPLETED', result: 'COMPLETED', success: true, returncode: 0},
	failed: {...ended, status: 'FAILED', result: 'FAILED', success: false, returncode: 3},
	cancelled: {
		...ended,
		...{status: 'CANCELED', result: 'CANCELED', success: false, returncode: 143},
		exception: {occurred: true, severity: 0, type: 'cancel', note: ''},
	},
};

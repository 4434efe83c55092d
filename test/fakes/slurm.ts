import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {type SlurmOptions, slurm} from '../../source/backends/slurm/index.ts';
import type {FailureKind} from '../../source/job/failure.ts';
import type {Phase} from '../../source/job/phase.ts';
import type {Remote} from './remote.ts';

/** A record of the fake Slurm, in Slurm's own words. Times are epoch seconds. */
export type SlurmRecord = {
	/** As squeue prints it: `42`, `42_5`, `42_[5-9%4]`. */
	readonly id: string;
	readonly state: string;
	/** The raw id of an array task. */
	readonly raw?: string;
	readonly name?: string;
	readonly reason?: string;
	readonly uid?: number;
	readonly submit?: number;
	/** It comes from scrontab. */
	readonly cron?: boolean;
	/** How often it was put back into the queue. */
	readonly restarts?: number;
	readonly start?: number;
	readonly end?: number;
	/** How often it is still shown COMPLETING after a cancel. */
	readonly stubborn?: number;
	/** Those that it was given; `n1` if not said, and none where it never ran. */
	readonly nodes?: string;
	/** The file that its output goes to. */
	readonly output?: string;
	/** The file that its errors go to; that of its output if not said. */
	readonly errors?: string;
};

/** What a site puts before a program: it prints something before, on stderr, and behind; with a code, the program itself is not run. */
export type Wrapper = {
	readonly before?: string;
	readonly complaint?: string;
	readonly after?: string;
	readonly code?: number;
};
type Program = 'squeue' | 'scancel' | 'scontrol' | 'sacct';

export type FakeSlurm = Remote & {
	/** Puts a record into the queue, or into the accounts only. */
	readonly put: (
		record: SlurmRecord,
		where?: 'jobs' | 'accounts' | `clusters/${string}/jobs`,
	) => Promise<void>;
	/** What an ssh does that leads here: lets in, refuses with these words, or breaks before an answer. */
	readonly setSsh: (how: 'open' | 'gone' | 'breaks' | {readonly refuses: string}) => Promise<void>;
	/** The controller is down from now on. */
	readonly stopController: () => Promise<void>;
	readonly turnAccountingOff: () => Promise<void>;
	/** No credential can be had from now on. */
	readonly killMunge: () => Promise<void>;
	readonly wrap: (wrappers: Readonly<Partial<Record<Program, Wrapper>>>) => Promise<void>;
	/** Of more than `most` requests to cancel each has to wait so long. */
	readonly limitRate: (most: number, waitMs: number) => Promise<void>;
	/** The programs that ran, with their arguments. */
	readonly calls: () => Promise<readonly (readonly string[])[]>;
	readonly folder: string;
};

export const fakeSlurmUser = 4242;
/** Epoch seconds. */
const now = 1_767_225_600;

export const openSlurm = (): Promise<Remote> => openFakeSlurm();

/** A Slurm of its own: the four programs, over records in a folder. */
export const openFakeSlurm = async (
	more: Pick<SlurmOptions, 'clusters'> & {readonly ssh?: true} = {},
): Promise<FakeSlurm> => {
	const folder = await mkdtemp(join(tmpdir(), 'fake-slurm-'));
	const bin = join(folder, 'bin');
	for (const name of ['bin', 'jobs', 'accounts']) await mkdir(join(folder, name));
	for (const name of more.clusters ?? [])
		await mkdir(join(folder, 'clusters', name, 'jobs'), {recursive: true});
	await writeFile(join(bin, 'ssh'), fakeSsh);
	await chmod(join(bin, 'ssh'), 0o755);
	for (const program of ['squeue', 'scancel', 'scontrol', 'sacct']) {
		const script = `#!/bin/sh\nexec '${process.execPath}' '${programs}' ${program} "$@"\n`;
		await writeFile(join(bin, program), script);
		await chmod(join(bin, program), 0o755);
	}
	const backend = slurm.connect('far', {
		bin,
		uid: fakeSlurmUser,
		...(more.clusters && {clusters: more.clusters}),
		...(more.ssh && {
			ssh: {destination: 'login1', controlPath: join(folder, 'ssh')},
			programEnv: {...process.env, PATH: `${bin}:${process.env.PATH}`},
		}),
		env: {FAKE_SLURM: folder, FAKE_SLURM_UID: String(fakeSlurmUser), NODE_OPTIONS: ''},
	});

	let order = 0;
	const put: FakeSlurm['put'] = async (record, where = 'jobs') => {
		const stored = {
			uid: fakeSlurmUser,
			user: record.uid === undefined || record.uid === fakeSlurmUser ? 'alice' : 'bob',
			name: 'simulation',
			reason: 'None',
			submit: now - 3600,
			output: '/nowhere/slurm.out',
			now,
			...record,
			order: order++,
		};
		await writeFile(join(folder, where, `${order}.json`), JSON.stringify(stored));
	};
	const calls = async () => {
		const text = await readFile(join(folder, 'requests'), 'utf8').catch(() => '');
		return text
			.split('\n')
			.filter(line => line !== '')
			.map(line => JSON.parse(line) as string[]);
	};

	return {
		connection: {profile: 'far', traits: slurm.traits, backend},
		async add(id, phase, extra = {}) {
			const words = wordsFor[phase];
			if (words !== undefined) await put({id, ...words, ...extra});
			return words !== undefined;
		},
		async addStrange(id) {
			await put({id, state: 'HIBERNATING', start: now - 60});
			return true;
		},
		async addUnreadable() {
			await put({id: '77_[1,3,5,...]', state: 'PENDING'});
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
		stopController: () => writeFile(join(folder, 'down'), ''),
		killMunge: () => writeFile(join(folder, 'munge-dead'), ''),
		wrap: wrappers => writeFile(join(folder, 'wrappers.json'), JSON.stringify(wrappers)),
		limitRate: (most, waitMs) => writeFile(join(folder, 'rate'), JSON.stringify({most, waitMs})),
		turnAccountingOff: () => writeFile(join(folder, 'no-accounts'), ''),
		calls,
		async setSsh(how) {
			for (const name of ['ssh-refuses', 'ssh-gone', 'ssh-breaks'])
				await rm(join(folder, name), {force: true});
			await rm(join(folder, 'ssh-up'), {force: true});
			if (typeof how === 'object') await writeFile(join(folder, 'ssh-refuses'), how.refuses);
			else if (how !== 'open') await writeFile(join(folder, `ssh-${how}`), '');
		},
		folder,
	};
};

// An ssh whose other side is this machine, with a shell that greets.
const fakeSsh = `#!/bin/sh
case " $* " in *' -O check '*) [ -e "$FAKE_SLURM/ssh-up" ]; exit ;; esac
for command; do :; done
if [ "$command" = exit ]; then
	if [ -e "$FAKE_SLURM/ssh-refuses" ]; then cat "$FAKE_SLURM/ssh-refuses" >&2; exit 255; fi
	: >"$FAKE_SLURM/ssh-up"
	exit 0
fi
if [ -e "$FAKE_SLURM/ssh-gone" ]; then
	echo 'kex_exchange_identification: Connection closed by remote host' >&2
	exit 255
fi
echo 'Welcome to login1'
echo 'have a lot of fun' >&2
if [ -e "$FAKE_SLURM/ssh-breaks" ]; then
	sed 's/^printf .%s %s. .*/kill -KILL $$/' | /bin/sh -s
	exit 255
fi
sh -c "$command"
`;

const programs = fileURLToPath(new URL('slurm-programs.mjs', import.meta.url));

const possible: ReadonlySet<FailureKind> = new Set<FailureKind>([
	'unreachable',
	'timeout',
	'cut-off',
	'forbidden',
	'rejected',
	'rate-limited',
	'broken',
	'malformed',
]);

// The times are what squeue prints: of a job that waits or runs, forecasts are among them.
const wordsFor: Partial<Record<Phase, Omit<SlurmRecord, 'id'>>> = {
	queued: {state: 'PENDING', reason: 'Priority', start: now + 3600, end: now + 7200},
	held: {state: 'PENDING', reason: 'JobHeldUser'},
	starting: {state: 'CONFIGURING', start: now - 10, end: now + 3590},
	running: {state: 'RUNNING', start: now - 600, end: now + 3000},
	stopping: {state: 'COMPLETING', start: now - 600, end: now - 5},
	succeeded: {state: 'COMPLETED', start: now - 600, end: now - 60},
	failed: {state: 'FAILED', reason: 'NonZeroExitCode', start: now - 600, end: now - 60},
	cancelled: {state: 'CANCELLED', start: now - 600, end: now - 60},
};

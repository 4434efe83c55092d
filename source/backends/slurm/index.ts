import {randomBytes} from 'node:crypto';
import {accessSync, constants, statSync} from 'node:fs';
import {delimiter, isAbsolute, join, resolve} from 'node:path';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job, JobDetail} from '../../job/job.ts';
import {shellWord} from '../../text/shell-word.ts';
import {
	type Backend,
	type BackendDefinition,
	type BackendTraits,
	type CancelAnswer,
	isReceipt,
	type ManyLooks,
	type RequestOptions,
} from '../backend.ts';
import {CommandTimeout, runCommand} from '../command.ts';
import {
	failureOfProgram,
	isAccountingOff,
	readCancel,
	type ScancelResult,
	saysPatience,
	strangeAnswer,
} from './answers.ts';
import {ofClusters} from './clusters.ts';
import {commonTraits} from './common-traits.ts';
import {accountDetails, cautionIn, outputOf, ownText, restartsIn, shownDetails} from './details.ts';
import {openLocal, readOutput} from './output.ts';
import {createOwners} from './owners.ts';
import {
	componentOf,
	findJob,
	type Identity,
	type JobRecord,
	jobsOf,
	lacksMembers,
	parseId,
	type Records,
	sendableId,
	type Viewer,
	whyNoId,
} from './records.ts';
import {openSsh, type SshOptions} from './ssh.ts';
import {readClusterName, slurmSystem} from './system.ts';
import {tasksOf} from './task-set.ts';
import {
	type AccountRecords,
	accountFields,
	accountSeparator,
	queueFormat,
	readAccounts,
	readQueue,
} from './wire.ts';

export type SlurmOptions = {
	/** The folder of squeue, scancel, scontrol and sacct, where they run; without it they are looked up on PATH. */
	readonly bin?: string;
	/** Run them on another machine. */
	readonly ssh?: SshOptions;
	/** The clusters that are asked; only that to which the machine belongs, if not said. */
	readonly clusters?: readonly string[];
	/** Whose jobs are mine; the user who runs jobtop if not said. */
	readonly uid?: number;
	/** The environment of the programs; jobtop's own, if not said. */
	readonly programEnv?: Readonly<Record<string, string | undefined>>;
	/** Set for the programs beside it. */
	readonly env?: Readonly<Record<string, string>>;
};

const traits: BackendTraits = {
	kind: 'slurm',
	title: 'Slurm',
	...commonTraits,
	intervalMs: 5000,
};

/** More ids than this are asked for in several calls. */
const idsInOneCall = 1000;
/** Linux takes 128 KiB in one argument. */
const lettersInOneCall = 100_000;
const cancelLimitMs = 120_000;

type Program = 'squeue' | 'scancel' | 'scontrol' | 'sacct';

const connect = (profile: string, options: SlurmOptions): Backend =>
	options.clusters === undefined
		? connectOne(profile, options)
		: ofClusters(profile, options.clusters, cluster => connectOne(profile, options, cluster));

const connectOne = (profile: string, options: SlurmOptions, cluster?: string): Backend => {
	let uid = options.uid ?? (options.ssh === undefined ? (process.getuid?.() ?? -1) : undefined);
	const viewer: Viewer = {profile, backend: 'slurm', isMine: record => record.uid === uid};
	const owners = createOwners(viewer.isMine);
	const env = programEnvironment(options.programEnv ?? process.env, options.env ?? {});
	const ssh = options.ssh && openSsh(options.ssh, env);
	// Which cluster it is stands before everything else.
	const which = cluster === undefined ? [] : ['-M', cluster];

	const fileOf = (program: Program): string => {
		if (options.bin === undefined) return program;
		return join(ssh === undefined ? resolve(options.bin) : options.bin, program);
	};

	/** What is run, for a shell of this machine: the same number is another job on another cluster. */
	const describe = (program: Program, args: readonly string[]): string => {
		const words = [fileOf(program), ...which, ...args].map(shellWord).join(' ');
		return options.ssh === undefined
			? words
			: `ssh ${shellWord(options.ssh.destination)} ${shellWord(words)}`;
	};

	const run = (program: Program, args: readonly string[], signal: AbortSignal, more?: RunOptions) => {
		const {limitMs} = more ?? {};
		const bounds = {args: [...which, ...args], signal, ...(limitMs !== undefined && {limitMs})};
		const file = fileOf(program);
		if (ssh !== undefined) return ssh.run({file, env: {...ownSettings, ...more?.env}, ...bounds});
		return runCommand({file, env: {...env, ...more?.env}, ...bounds});
	};

	/** Who we are over there is somebody else than here, and it is asked for once. */
	const knowUser = async (signal: AbortSignal): Promise<void> => {
		if (uid !== undefined || ssh === undefined) return;
		const {stdout} = await ssh.run({file: 'id', args: ['-u'], env: {}, signal});
		if (!/^\d+\n?$/.test(stdout)) {
			throw new BackendError({kind: 'malformed', detail: `id -u said: ${cleanText(stdout, 100)}`});
		}
		uid = Number(stdout);
	};

	const queue = async (args: readonly string[], signal: AbortSignal): Promise<Records> => {
		const mark = newMark();
		const result = await run('squeue', ['-a', '-o', queueFormat(mark), ...args], signal);
		if (result.code !== 0) throw new BackendError(failureOfProgram('squeue', result));
		const answer = readQueue(result.stdout, mark);
		// With a user that it does not know, squeue complains, lists nothing and ends with 0.
		const refused = /^squeue: error: Invalid user/m.test(result.stderr);
		if (refused && !answer?.records.length) throw new BackendError(failureOfProgram('squeue', result));
		if (answer === undefined) throw new BackendError(strangeAnswer('squeue', result));
		owners.remember(answer.records);
		return answer;
	};

	/** Of several jobs slurmctld loads everybody's, unless it is told whose they are: `slurm_load_job_user` of https://slurm.schedmd.com/api.html. */
	const queued = async (ids: readonly string[], signal: AbortSignal): Promise<Records> => {
		const mine = ids.length > 1 && ids.every(id => owners.of(baseOf(id)) === 'me');
		const whose = mine ? ['-u', String(uid)] : [];
		try {
			return await queue([...whose, '-t', 'all', '-j', ids.join(',')], signal);
		} catch (error) {
			// Of several ids squeue leaves out those that it does not know; one alone is an error.
			if (error instanceof BackendError && error.failure.kind === 'not-found') return nothing;
			throw error;
		}
	};

	const accounts = async (ids: readonly string[], signal: AbortSignal): Promise<AccountRecords> => {
		const mark = newMark();
		const format = `--format=${accountFields.join(',')}`;
		const how = ['-X', '-p', `--delimiter=${accountSeparator(mark)}`, format];
		const result = await run('sacct', [...how, '-j', ids.join(',')], signal);
		const answer = result.code === 0 ? readAccounts(result.stdout, mark) : undefined;
		if (answer !== undefined) return answer;
		if (result.code === 0) throw new BackendError(strangeAnswer('sacct', result));
		if (isAccountingOff(result.stderr)) return nothing;
		throw new BackendError(failureOfProgram('sacct', result));
	};

	const look = async (ids: readonly string[], signal: AbortSignal): Promise<Looks> => {
		await knowUser(signal);
		const found = new Map<string, Found>();
		const failures = new Map<string, Failure>();
		const readable = ids.filter(id => parseId(id) !== undefined);
		for (const id of ids) {
			if (parseId(id) === undefined) failures.set(id, {kind: 'rejected', detail: whyNoId(id)});
		}
		const queuedRecords: JobRecord[] = [];
		for (const chunk of chunksOf(readable)) {
			const {records} = await queued(queueIds(chunk), signal);
			place(chunk, records, viewer, found);
			if (chunk.some(id => lacksMembers(found.get(id)?.job))) queuedRecords.push(...records);
		}
		const shown = new Set(queuedRecords.map(({id}) => id));
		const missing = readable.filter(id => !found.has(id) || lacksMembers(found.get(id)?.job));
		for (const chunk of chunksOf(missing)) {
			try {
				const {records, texts} = await accounts(accountIds(chunk), signal);
				const others = records.filter(({id}) => !shown.has(id));
				place(chunk, [...queuedRecords, ...others], viewer, found, texts);
			} catch (error) {
				// The controller has forgotten them and the accounts are out of reach: nobody knows how they ended.
				if (!(error instanceof BackendError)) throw error;
				for (const id of chunk) if (!found.has(id)) failures.set(id, error.failure);
			}
		}
		return {found, failures};
	};

	const lookAtOne = async (id: string, signal: AbortSignal): Promise<Found> => {
		const {found, failures} = await look([id], signal);
		const failure = failures.get(id);
		if (failure !== undefined) throw new BackendError(failure);
		const one = found.get(id);
		if (one !== undefined) return one;
		throw new BackendError({kind: 'not-found', detail: `Slurm does not know job ${cleanText(id)}`});
	};

	/** What scontrol shows of the job; undefined where it has none, as of a job that only the accounts remember. */
	const show = async ({leading}: Found, signal: AbortSignal): Promise<string | undefined> => {
		const result = await run('scontrol', showArguments(leading), signal, {
			// It is text for people: local times, as everywhere else in Slurm.
			env: {SLURM_TIME_FORMAT: 'standard'},
		});
		if (result.code === 0 && /^JobId=/m.test(result.stdout)) return ownText(result.stdout);
		const failure = failureOfProgram('scontrol', result);
		if (failure.kind === 'not-found' || /not found/i.test(failure.detail)) return undefined;
		throw new BackendError(failure);
	};

	const cancelChunk = async (
		ids: readonly string[],
		{signal, onPatience}: RequestOptions,
	): Promise<ReadonlyMap<string, CancelAnswer>> => {
		const forms = new Map(ids.map(id => [id, sendableId(id) ?? id]));
		try {
			const result = await runScancel([...forms.values()], signal);
			const answers = readCancel(result, [...forms.values()]);
			if (saysPatience(result.stderr)) onPatience?.(madeToWait);
			return new Map([...forms].map(([id, form]) => [id, answers.get(form) as CancelAnswer]));
		} catch (error) {
			if (!(error instanceof BackendError)) throw error;
			return new Map(ids.map(id => [id, error.failure]));
		}
	};

	const runScancel = async (forms: readonly string[], signal: AbortSignal): Promise<ScancelResult> => {
		try {
			const {
				code,
				signal: killed = 'a signal',
				...printed
			} = await run('scancel', cancelArguments(forms), signal, {limitMs: cancelLimitMs});
			return {...printed, end: code === undefined ? {signal: killed} : {code}};
		} catch (error) {
			if (!(error instanceof CommandTimeout)) throw error;
			// Over there nobody stops it: it may still come to those that it had not begun.
			return {...error.printed, end: {overtime: error.failure.detail, goesOn: ssh !== undefined}};
		}
	};

	const cancelMany = async (ids: readonly string[], request: RequestOptions) => {
		const answers = new Map<string, CancelAnswer>();
		const safe = [...new Set(ids)].filter(id => {
			const readable = parseId(id) !== undefined;
			if (!readable) answers.set(id, {kind: 'rejected', detail: whyNoId(id)});
			return readable;
		});
		let unreachable: CancelAnswer | undefined;
		for (const chunk of chunksOf(safe)) {
			const those = unreachable ? undefined : await cancelChunk(chunk, request);
			for (const id of chunk) answers.set(id, (those?.get(id) ?? unreachable) as CancelAnswer);
			// Each of the others would wait for nothing, one after the other.
			if (those) unreachable = unreachableIn(those);
		}
		return answers;
	};

	/** Asked for once: a cluster does not change its name while jobtop runs. */
	let clusterName = cluster;
	const knowCluster = async (signal: AbortSignal): Promise<string | undefined> => {
		if (clusterName !== undefined) return clusterName;
		const {stdout} = await run('scontrol', ['show', 'config'], signal).catch(error => {
			if (error instanceof BackendError) return {stdout: ''};
			throw error;
		});
		clusterName = readClusterName(stdout);
		return clusterName;
	};

	return {
		async system({signal}) {
			return slurmSystem(await knowCluster(signal), options.ssh?.destination);
		},

		async listPage({everyone, ended, signal}) {
			await knowUser(signal);
			const whose = everyone ? [] : ['-u', String(uid)];
			const {records, unreadable} = await queue([...whose, ...(ended ? ['-t', 'all'] : [])], signal);
			return {jobs: jobsOf(records, viewer), unreadable, covers: 'everything'};
		},

		async get(id, {signal}): Promise<JobDetail> {
			const one = await lookAtOne(id, signal);
			if (one.account !== undefined) return {job: one.job, ...accountDetails(one.job, one.account)};
			const text = (await show(one, signal)) ?? '';
			const restarts = restartsIn(text);
			const caution = cautionIn(text);
			const job = {...one.job, ...(restarts > 0 && {restarts}), ...(caution && {caution})};
			return {job, ...shownDetails(job, text)};
		},

		async getMany(ids, {signal}): Promise<ManyLooks> {
			const {found, failures} = await look([...new Set(ids)], signal);
			return {jobs: new Map([...found].map(([id, {job}]) => [id, job])), failures};
		},

		async cancel(id, request) {
			const answer = (await cancelMany([id], request)).get(id) as CancelAnswer;
			if (isReceipt(answer)) return answer;
			throw new BackendError(answer.kind === 'not-asked' ? {...answer, kind: 'unreachable'} : answer);
		},

		cancelMany,

		describeLook(id) {
			const parts = parseId(id);
			if (parts !== undefined) return describe('scontrol', showArguments(parts));
			throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
		},

		describeCancel(ids) {
			const strange = ids.find(id => parseId(id) === undefined);
			if (strange !== undefined) {
				throw new BackendError({kind: 'rejected', detail: whyNoId(strange)});
			}
			return chunksOf([...new Set(ids)]).map(chunk =>
				describe('scancel', cancelArguments(chunk.map(id => sendableId(id) ?? id))),
			);
		},

		async logs(id, {signal, after}) {
			const one = await lookAtOne(id, signal);
			const text = one.account === undefined ? await show(one, signal) : undefined;
			if (text === undefined) {
				throw new BackendError({
					kind: 'not-found',
					detail: 'Slurm no longer tells where the output of this job is',
				});
			}
			if (one.job.startedAt === undefined) {
				throw new BackendError({kind: 'not-found', detail: 'this job has not started: it has no output'});
			}
			const {path, nodes} = outputOf(text);
			if (path?.startsWith('/') && path !== '/dev/null') {
				const ended = one.job.terminal;
				const request = {path, ended, signal, ...(nodes && {nodes}), ...(after !== undefined && {after})};
				return readOutput(request, ssh?.openOutput ?? openLocal);
			}
			throw new BackendError({kind: 'not-found', detail: 'this job writes its output to no file'});
		},
	};
};

export const slurm: BackendDefinition<SlurmOptions> = {traits, connect};

/** Where there is a Slurm to ask: the squeue that PATH leads to. Runs nothing. */
export const pathOfSqueue = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
	(env.PATH ?? '')
		.split(delimiter)
		.map(folder => join(folder, 'squeue'))
		.find(file => {
			try {
				accessSync(file, constants.X_OK);
				return isAbsolute(file) && statSync(file).isFile();
			} catch {
				return false;
			}
		});

type RunOptions = {readonly limitMs?: number; readonly env?: Readonly<Record<string, string>>};

type Found = {
	readonly job: Job;
	readonly leading: JobRecord;
	/** What sacct said, where only sacct knows the job. */
	readonly account?: NonNullable<ReturnType<AccountRecords['texts']['get']>>;
};

type Looks = {readonly found: ReadonlyMap<string, Found>; readonly failures: ReadonlyMap<string, Failure>};

const nothing: AccountRecords = {records: [], unreadable: 0, texts: new Map()};

const newMark = () => randomBytes(9).toString('hex');

/** The settings of the user's own squeue would change what it prints here. */
const programEnvironment = (
	own: Readonly<Record<string, string | undefined>>,
	more: Readonly<Record<string, string>>,
): Record<string, string> => {
	const env: Record<string, string> = {};
	for (const [name, value] of Object.entries(own)) {
		if (value !== undefined && !/^(SQUEUE|SCANCEL|SACCT|SCONTROL)_|^SLURM_CLUSTERS$/.test(name)) {
			env[name] = value;
		}
	}
	return {...env, ...more, ...ownSettings};
};

const ownSettings = {
	LC_ALL: 'C.UTF-8',
	SLURM_TIME_FORMAT: '%s',
	// Otherwise a remainder of many tasks is cut to `42_[1,3,5,...`.
	SLURM_BITSTR_LEN: '0',
};

const cancelArguments = (forms: readonly string[]): string[] => ['-v', ...forms];

/** `rl_enable` of https://slurm.schedmd.com/slurm.conf.html: the programs wait, and try again. */
const madeToWait: Failure = {kind: 'rate-limited', detail: 'slurmctld made scancel wait (RPC rate limited)'};

/** Why none of these could be asked for, where no controller was there for any of them. */
const unreachableIn = (answers: ReadonlyMap<string, CancelAnswer>): CancelAnswer | undefined => {
	const all = [...answers.values()];
	return all.every(({kind}) => kind === 'unreachable') ? all[0] : undefined;
};

/** Never empty: scancel without an id, or squeue with an empty list, would mean something else. */
const chunksOf = (ids: readonly string[]): string[][] => {
	const chunks: string[][] = [];
	let letters = 0;
	for (const id of ids) {
		const last = chunks.at(-1);
		letters += id.length + 1;
		if (last !== undefined && last.length < idsInOneCall && letters <= lettersInOneCall) last.push(id);
		else {
			chunks.push([id]);
			letters = id.length + 1;
		}
	}
	return chunks;
};

/** What to ask squeue for: it reads no sets, so a remainder is found through its array; and a component through its het job, whose other components may end with it. */
const queueIds = (ids: readonly string[]): string[] => [
	...new Set(
		ids.map(id => (parseId(id)?.tasks === undefined && componentOf(id) === undefined ? id : baseOf(id))),
	),
];

/** What to ask sacct for: a task that was cancelled while it waited stands only in the record of the remainder. */
const accountIds = (ids: readonly string[]): string[] => [
	...new Set(ids.map(id => (id.includes('_') ? baseOf(id) : id))),
];

const baseOf = (id: string) => parseId(id)?.base ?? id;

/** What scontrol is asked for: one job. Of a remainder that is its first task, which stands for all of them. */
const showArguments = ({id, base, tasks}: Identity): string[] => {
	const [first] = tasks === undefined ? [] : tasksOf(tasks);
	return ['-a', 'show', 'job', first === undefined ? id : `${base}_${first}`];
};

const place = (
	ids: readonly string[],
	records: readonly JobRecord[],
	viewer: Viewer,
	found: Map<string, Found>,
	texts?: AccountRecords['texts'],
) => {
	const byBase = Map.groupBy(records, record => record.base);
	for (const id of ids) {
		const one = findJob(id, byBase.get(baseOf(id)) ?? [], viewer);
		if (one === undefined) continue;
		const account = texts?.get(one.leading.id);
		found.set(id, {...one, ...(account !== undefined && {account})});
	}
};

import type {WorldJob, WorldPhase} from './lives.ts';

/** What a Tapis job is beside what its world says. */
export type TapisJob = {
	readonly uuid: string;
	readonly owner: string;
	readonly tenant: string;
	/** The moment in which the record is read, epoch milliseconds. */
	readonly now: number;
	readonly visible: boolean;
	readonly job: WorldJob;
};

const words: Readonly<Record<WorldPhase, string>> = {
	held: 'BLOCKED',
	queued: 'QUEUED',
	running: 'RUNNING',
	succeeded: 'FINISHED',
	failed: 'FAILED',
	cancelled: 'CANCELLED',
};

/** Names that no Tapis knows: an address made of one leads nowhere. */
const executionSystem = 'cluster.invalid';
const archiveSystem = 'archive.invalid';

/** What a young job goes through, and until what age, in milliseconds. */
const beginnings = [
	['PENDING', 2000],
	['PROCESSING_INPUTS', 4000],
	['STAGING_INPUTS', 8000],
	['STAGING_JOB', 10_000],
	['SUBMITTING_JOB', 12_000],
] as const;

/** The outputs are archived at the end of a run. */
const archivesFrom = 97;

export const wordOf = (job: WorldJob, now: number): string => {
	const {phase, createdAt, percent} = job;
	if (phase === 'running' && percent >= archivesFrom) return 'ARCHIVING';
	if (phase !== 'queued') return words[phase];
	const age = now - createdAt;
	return beginnings.find(([, until]) => age < until)?.[0] ?? words.queued;
};

export const isTerminal = ({phase}: WorldJob): boolean =>
	phase === 'succeeded' || phase === 'failed' || phase === 'cancelled';

const failures = [
	['JOB_REMOTE_OUTCOME_ERROR', 'The application returned a non-zero exit code: 2.'],
	['SCHEDULER_TIMEOUT', 'The scheduler ended the job at its time limit.'],
	['SCHEDULER_OUT_OF_MEMORY', 'The scheduler ended the job, which needed more memory than it had.'],
] as const;

const failureOf = ({createdAt}: WorldJob) =>
	failures[Math.abs(Math.floor(createdAt)) % failures.length] ?? failures[0];

const conditionOf = (job: WorldJob): string | null => {
	if (job.phase === 'succeeded') return 'NORMAL_COMPLETION';
	if (job.phase === 'failed') return failureOf(job)[0];
	return job.phase === 'cancelled' ? 'CANCELLED_BY_USER' : null;
};

/** Microseconds and `Z`, as Tapis writes them. */
const time = (at: number | undefined): string | null =>
	at === undefined || !Number.isFinite(at) ? null : new Date(at).toISOString().replace('Z', '000Z');

/** A job in the lists. */
export const summary = ({uuid, owner, tenant, now, job}: TapisJob): Record<string, unknown> => ({
	uuid,
	name: job.plan.name,
	owner,
	appId: job.plan.process,
	appVersion: '1.2',
	created: time(job.createdAt),
	status: wordOf(job, now),
	condition: conditionOf(job),
	remoteStarted: time(job.startedAt),
	ended: time(job.endedAt),
	tenant,
	execSystemId: executionSystem,
	archiveSystemId: archiveSystem,
	lastUpdated: time(job.updatedAt),
});

const messages: Readonly<Record<WorldPhase, string>> = {
	held: 'The job is blocked: the execution system takes no more jobs of this user.',
	queued: 'The job waits on its execution system.',
	running: 'The job runs on its execution system.',
	succeeded: 'The job and its archiving have ended.',
	failed: 'The job has failed.',
	cancelled: 'The job was cancelled by its user.',
};

/** All of a job. */
export const details = (of: TapisJob): Record<string, unknown> => {
	const {uuid, job, visible} = of;
	const started = job.startedAt !== undefined;
	return {
		...summary(of),
		description: `${job.plan.process} for ${job.plan.name}`,
		lastMessage: job.phase === 'failed' ? failureOf(job)[1] : messages[job.phase],
		createdby: of.owner,
		remoteJobId: started ? String(4_200_000 + (Number.parseInt(uuid.slice(0, 5), 16) % 99_999)) : null,
		remoteOutcome: job.phase === 'succeeded' ? 'FINISHED' : job.phase === 'failed' ? 'FAILED' : null,
		remoteResultInfo: job.phase === 'failed' ? '2' : null,
		execSystemLogicalQueue: 'normal',
		nodeCount: 1,
		coresPerNode: 16,
		memoryMB: 32_000,
		maxMinutes: 120,
		blockedCount: job.phase === 'held' ? 1 : 0,
		visible,
		parameterSet: parametersOf(of),
		execSystemOutputDir: `/${outputFolderOf(of)}`,
		archiveSystemDir: `/${archiveOf(of)}`,
	};
};

/** What happened to a job, oldest first. */
export const historyOf = ({job}: TapisJob): Record<string, unknown>[] => {
	const event = (at: number | undefined, status: string, description: string) =>
		at === undefined
			? []
			: [
					{
						event: 'JOB_NEW_STATUS',
						created: time(at),
						eventDetail: status,
						description,
						transferTaskUuid: null,
					},
				];
	return [
		...event(job.createdAt, 'PENDING', 'Job accepted.'),
		...event(job.startedAt, 'RUNNING', messages.running),
		...event(isTerminal(job) ? job.endedAt : undefined, words[job.phase], messages[job.phase]),
	];
};

/** What the job printed. */
const outputOf = ({job}: TapisJob): string => {
	const steps = Array.from({length: Math.floor(job.percent / 10) + 1}, (_, n) => `step ${n} of 10\n`);
	return `Starting ${job.plan.process}\n${steps.join('')}`;
};

/** Whether its errors go to a file of their own. */
const hasErrors = ({job}: TapisJob): boolean => job.phase === 'failed';

/** The parameters of a job, as the text that Tapis sends. */
const parametersOf = (of: TapisJob): string =>
	JSON.stringify({
		appArgs: [],
		logConfig: {
			stdoutFilename: 'tapisjob.out',
			stderrFilename: hasErrors(of) ? 'tapisjob.err' : 'tapisjob.out',
		},
	});

/** What the job has written, by paths below its output; nothing before it starts. */
export const filesOf = (of: TapisJob): ReadonlyMap<string, Buffer> => {
	const files = new Map<string, Buffer>();
	const {job} = of;
	if (job.startedAt === undefined) return files;
	files.set('tapisjob.sh', Buffer.from(`#!/bin/bash\n${job.plan.process} --name ${job.plan.name}\n`));
	files.set('tapisjob.out', Buffer.from(outputOf(of)));
	if (hasErrors(of)) files.set('tapisjob.err', Buffer.from('Segmentation fault (core dumped)\n'));
	if (isTerminal(job)) files.set('tapisjob.exitcode', Buffer.from(job.phase === 'succeeded' ? '0' : '2'));
	if (job.phase === 'succeeded') files.set('results/summary.csv', Buffer.from('step,value\n10,1.0\n'));
	return files;
};

/** The place of its files: they are archived at its end, unless it was cancelled. */
const archiveOf = ({uuid}: TapisJob): string => `jobs/${uuid}/archive`;
const outputFolderOf = ({uuid}: TapisJob): string => `jobs/${uuid}/output`;

/** Files and folders in the form of the Files service. */
export const fileRecords = (
	of: TapisJob,
	files: readonly (readonly [path: string, content: Buffer])[],
): Record<string, unknown>[] => {
	const archived = of.job.phase === 'succeeded' || of.job.phase === 'failed';
	const folder = archived ? archiveOf(of) : outputFolderOf(of);
	const record = (path: string, type: 'file' | 'dir', size: number) => ({
		mimeType: path.endsWith('.sh') ? 'application/x-shar' : null,
		type,
		owner: '1003',
		group: '1003',
		nativePermissions: type === 'dir' ? 'rwxrwxr-x' : 'rw-rw-r--',
		url: `tapis://${archived ? archiveSystem : executionSystem}/${folder}/${path}`,
		lastModified: time(of.job.updatedAt),
		name: path.slice(path.lastIndexOf('/') + 1),
		path: `/${folder}/${path}`,
		size,
	});
	const folders = new Set(files.flatMap(([path]) => (path.includes('/') ? [path.replace(/\/.*/, '')] : [])));
	return [
		...files.map(([path, content]) => record(path, 'file', content.length)),
		...[...folders].map(path => record(path, 'dir', 4096)),
	];
};

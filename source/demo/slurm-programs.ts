/*
An embedded Slurm: squeue, scancel, scontrol and sacct over the jobs of a world, with an array and the jobs of other users.
*/
import {mkdirSync, writeFileSync} from 'node:fs';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {type Clock, wait} from '../process/clock.ts';
import {createNamedJobs, type JobControls} from './named-jobs.ts';
import type {ProgramAnswer, ProgramCall} from './program-call.ts';
import {type ProgramServer, servePrograms} from './program-server.ts';
import {
	accountValue,
	outputText,
	queueLetters,
	reasonOf,
	type SlurmJob,
	type SlurmUser,
	shownText,
	stateOf,
	timeWords,
} from './slurm-records.ts';
import type {World} from './world.ts';

export type SlurmPrograms = ProgramServer & JobControls;

export type SlurmProgramsOptions = {
	readonly world: World;
	readonly clock: Clock;
	readonly speed: number;
	readonly port?: number;
	readonly jobtop?: readonly string[];
};

/** The process of a job that is a task of an array: its name is the array's. */
export const arrayProcess = 'parameter-sweep';

/** Users whose jobs nobody else may cancel. */
const strangers: ReadonlyMap<string, SlurmUser> = new Map([
	['emeka', {uid: 30_001, name: 'emeka'}],
	['freya', {uid: 30_002, name: 'freya'}],
]);

const firstNumber = 4100;
const slowAnswerMs = 2000;
/** How long the controller knows an ended job: `MinJobAge` of https://slurm.schedmd.com/slurm.conf.html */
const knownMs = 300_000;
const stopMs = {usual: 4000, stubborn: 20_000} as const;

/** The user who runs the demo; a machine may have no name for the number. */
const currentUser = (): SlurmUser => {
	const uid = process.getuid?.() ?? 1000;
	try {
		return {uid, name: userInfo().username};
	} catch {
		return {uid, name: 'demo'};
	}
};

type Controller = Pick<SlurmProgramsOptions, 'world' | 'clock' | 'speed'> & {
	readonly me: SlurmUser;
	readonly jobs: ReturnType<typeof createNamedJobs>;
	/** The folder of the files that jobs write to. */
	readonly folder: string;
};

export const startSlurmPrograms = async (options: SlurmProgramsOptions): Promise<SlurmPrograms> => {
	const {world, clock, speed, port, jobtop} = options;
	let array: {readonly base: number; tasks: number} | undefined;
	const jobs = createNamedJobs(world, index => {
		const number = firstNumber + index;
		if (world.job(index)?.plan.process !== arrayProcess) return `${number}`;
		array ??= {base: number, tasks: 0};
		array.tasks += 1;
		return `${array.base}_${array.tasks}`;
	});
	const me = currentUser();
	const server = await servePrograms({
		programs: Object.keys(programs),
		answer: (call, folder) => answer({world, clock, speed, me, jobs, folder}, call),
		clock,
		...(port !== undefined && {port}),
		...(jobtop && {jobtop}),
	});
	return {...server, ...jobs.controls};
};

type Program = (controller: Controller, call: ProgramCall) => ProgramAnswer | Promise<ProgramAnswer>;

const answer = (controller: Controller, call: ProgramCall): ProgramAnswer | Promise<ProgramAnswer> => {
	const program = programs[call.program];
	if (program === undefined) return {stderr: `${call.program}: no such program\n`, code: 127};
	if (/^(?:--version|-V)$/.test(call.args[0] ?? '')) return {stdout: 'slurm 24.11.5\n'};
	return program(controller, call);
};

const stopMsOf = ({speed}: Controller, quirk: string | undefined): number =>
	stopMs[quirk === 'stubborn' ? 'stubborn' : 'usual'] / speed;

/** The job of this number in the world; undefined where there is none. */
const jobOf = (controller: Controller, index: number): SlurmJob | undefined => {
	const {world, clock, jobs, me, folder} = controller;
	const job = world.job(index);
	if (job === undefined) return undefined;
	const id = jobs.idOf(index);
	const [base = 0, task] = id.split('_').map(Number);
	const last = world.history(index).findLast(({effect}) => effect === 'stopped');
	return {
		members: [index],
		base,
		tasks: task === undefined ? [] : [task],
		job,
		state: stateOf(job, last, clock.now(), stopMsOf(controller, job.plan.quirk)),
		reason: reasonOf(job, index),
		user: strangers.get(job.plan.owner) ?? me,
		...(last && {cancelledBy: me.uid}),
		output: join(folder, 'output', `slurm-${id}.out`),
	};
};

const allJobs = (controller: Controller): readonly SlurmJob[] =>
	controller.jobs.controls.ids().flatMap((_, index) => jobOf(controller, index) ?? []);

const isEnd = (state: string): boolean => /^(?:COMPLETED|FAILED|CANCELLED)$/.test(state);

/** Whether the controller has not forgotten it yet. */
const isKnown = ({clock}: Controller, {state, job}: SlurmJob): boolean =>
	!isEnd(state) || clock.now() - (job.endedAt ?? job.updatedAt) <= knownMs;

/** The waiting tasks of an array are one record. */
const joined = (jobs: readonly SlurmJob[]): readonly SlurmJob[] => {
	const waits = (one: SlurmJob) => one.tasks.length > 0 && one.state === 'PENDING';
	const rest = jobs.filter(waits);
	const [first] = rest;
	if (first === undefined) return jobs;
	const together: SlurmJob = {
		...first,
		members: rest.flatMap(({members}) => members),
		tasks: rest.flatMap(({tasks}) => tasks),
	};
	return jobs.flatMap(one => (one === first ? together : waits(one) ? [] : one));
};

const tasksIn = (set: string): readonly number[] =>
	set.split(',').flatMap(part => {
		const [from = 0, to = from] = part.split('-').map(Number);
		return Array.from({length: Math.max(0, Math.min(to, 10_000) - from + 1)}, (_, step) => from + step);
	});

/** Whether an id, as it is written for the programs, is about a job. */
const isAbout = (id: string, {base, tasks}: SlurmJob): boolean => {
	const [number, task] = id.split('_');
	if (Number(number) !== base) return false;
	return task === undefined || tasksIn(task.replace(/^\[|\]$/g, '')).some(one => tasks.includes(one));
};

const optionOf = (args: readonly string[], ...names: readonly string[]): string | undefined => {
	for (const [index, arg] of args.entries()) {
		if (names.includes(arg)) return args[index + 1];
		const name = names.find(name => name.startsWith('--') && arg.startsWith(`${name}=`));
		if (name !== undefined) return arg.slice(name.length + 1);
	}
	return undefined;
};

const usualFormat = '%.18i %.9P %.24j %.8u %.2t %.10M %.6D %R';

/** A line in a format of squeue, whose fields may have a width. */
const formatted = (format: string, fieldOf: (letter: string) => string | number): string =>
	`${format.replace(/%(\.)?(\d+)?(\w)/g, (_, right, width, letter: string) => {
		const text = String(fieldOf(letter));
		if (width === undefined) return text;
		const cut = text.slice(0, Number(width));
		return right === undefined ? cut.padEnd(Number(width)) : cut.padStart(Number(width));
	})}\n`;

const invalidId = 'slurm_load_jobs error: Invalid job id specified\n';

const squeue: Program = (controller, {args, env}) => {
	const {clock} = controller;
	const ids = optionOf(args, '-j', '--jobs')?.split(',');
	const everything = optionOf(args, '-t', '--states') === 'all';
	const user = optionOf(args, '-u', '--user');
	const format = optionOf(args, '-o', '--format') ?? usualFormat;
	const time = timeWords(env.SLURM_TIME_FORMAT);
	const all = allJobs(controller).filter(one => isKnown(controller, one));
	const asked = all.filter(one => ids === undefined || ids.some(id => isAbout(id, one)));
	if (ids?.length === 1 && asked.length === 0) return {stderr: invalidId, code: 1};
	const shown = asked.filter(
		one =>
			(everything || !isEnd(one.state)) &&
			(user === undefined || user === String(one.user.uid) || user === one.user.name),
	);
	const lines = joined(shown).map(one =>
		formatted(format, letter => queueLetters[letter]?.[1](one, time, clock.now()) ?? ''),
	);
	// Who asks for one job alone looks at it.
	if (ids?.length === 1)
		for (const {members} of asked) for (const index of members) controller.world.look(index);
	const heading = args.includes('-h') ? '' : formatted(format, letter => queueLetters[letter]?.[0] ?? '');
	return {stdout: heading + lines.join('')};
};

const scontrol: Program = (controller, {args, env}) => {
	const words = args.filter(arg => !arg.startsWith('-'));
	if (words.join(' ') === 'show config') {
		return {
			stdout: 'Configuration data\nClusterName             = demo\nSLURM_VERSION           = 24.11.5\n',
		};
	}
	const [show, what, id = ''] = words;
	if (show !== 'show' || what !== 'job')
		return {stderr: 'the demo only knows: scontrol show job ID\n', code: 1};
	const found = allJobs(controller).filter(one => isKnown(controller, one) && isAbout(id, one));
	if (found.length === 0) return {stderr: invalidId, code: 1};
	mkdirSync(join(controller.folder, 'output'), {recursive: true});
	for (const one of found) writeFileSync(one.output, outputText(one));
	const time = timeWords(env.SLURM_TIME_FORMAT, 'Unknown');
	return {stdout: found.map(one => `${shownText(one, time)}\n`).join('')};
};

const sacct: Program = (controller, {args, env}) => {
	const between = optionOf(args, '--delimiter') ?? '|';
	const fields = (optionOf(args, '--format', '-o') ?? 'JobID,JobName,Partition,Account,State,ExitCode').split(
		',',
	);
	const ids = optionOf(args, '-j', '--jobs')?.split(',');
	const {me} = controller;
	const shown = allJobs(controller).filter(one =>
		ids === undefined ? one.user.uid === me.uid : ids.some(id => isAbout(id, one)),
	);
	const time = timeWords(env.SLURM_TIME_FORMAT, 'Unknown');
	const row = (values: readonly string[]) => `${values.map(value => `${value}${between}`).join('')}\n`;
	const rows = joined(shown).map(one => row(fields.map(field => accountValue(one, field, time))));
	return {stdout: row(fields) + rows.join('')};
};

const scancel: Program = async (controller, {args}) => {
	const ids = args.filter(arg => !arg.startsWith('-'));
	if (ids.length === 0) return {stderr: 'scancel: error: No job identification provided\n', code: 1};
	const wrong = ids.find(id => !/^\d+(?:_\d+|_\[[\d,-]+\])?$/.test(id));
	if (wrong !== undefined) return {stderr: `scancel: error: Invalid job id ${wrong}\n`, code: 1};
	let isSlow = false;
	let code = 0;
	const lines = ids.map(id => `scancel: Terminating job ${id}`);
	for (const id of ids) {
		const targets = allJobs(controller).filter(one => isKnown(controller, one) && isAbout(id, one));
		const problem = cancel(controller, targets);
		if (problem !== undefined) lines.push(`scancel: error: Kill job error on job id ${id}: ${problem}`);
		if (problem === denied) code = 210;
		isSlow ||= targets.some(({job}) => job.plan.quirk === 'slow');
	}
	if (isSlow) await wait(controller.clock, slowAnswerMs);
	// Without -v it only complains.
	const said = args.includes('-v') ? lines : lines.slice(ids.length);
	return {stderr: said.map(line => `${line}\n`).join(''), code};
};

const denied = 'Access/permission denied';

/** The problem; undefined where it worked. */
const cancel = (controller: Controller, targets: readonly SlurmJob[]): string | undefined => {
	const {world, me} = controller;
	if (targets.length === 0) return 'Invalid job id specified';
	if (targets.some(({user}) => user.uid !== me.uid)) return denied;
	const live = targets.filter(({state}) => state === 'PENDING' || state === 'RUNNING');
	for (const {members, job, state} of live) {
		const runs = state === 'RUNNING';
		const wins = runs && job.plan.quirk === 'late-write';
		const takesMs = runs ? stopMsOf(controller, job.plan.quirk) : 0;
		for (const index of members) world.stop(index, takesMs, wins ? 'succeeded' : 'cancelled');
	}
	return live.length < targets.length ? 'Job/step already completing or completed' : undefined;
};

const programs: Readonly<Record<string, Program>> = {squeue, scancel, scontrol, sacct};

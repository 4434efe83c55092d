/*
An embedded Slurm: squeue, scancel, scontrol and sacct over the jobs of a world, with an array and the jobs of other users.
*/
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {optionOf, tasksIn} from './arguments.ts';
import {outputText} from './output.ts';
import {type Program, type ProgramPlace, type Programs, type Site, startPrograms} from './site.ts';
import {
	accountValue,
	queueLetters,
	reasonOf,
	type SlurmJob,
	shownText,
	stateOf,
	timeWords,
} from './slurm-records.ts';
import {isStopping, lastStop, stopJob, waitForSlow} from './stopping.ts';
import {userOf} from './users.ts';

export const startSlurm = (place: ProgramPlace) =>
	startPrograms(
		{
			system: 'slurm',
			programs,
			firstNumber: 4100,
			firstTask: 1,
			idOf: ({base, task}) => (task === undefined ? `${base}` : `${base}_${task}`),
		},
		place,
	);

/** How long the controller knows an ended job: `MinJobAge` of https://slurm.schedmd.com/slurm.conf.html */
const knownMs = 300_000;
/** The job of this number in the world; undefined where there is none. */
const jobOf = (site: Site, index: number): SlurmJob | undefined => {
	const {world, jobs, numberOf, me, folder} = site;
	const job = world.job(index);
	if (job === undefined) return undefined;
	const id = jobs.idOf(index);
	const {base, task} = numberOf(index);
	return {
		members: [index],
		base,
		tasks: task === undefined ? [] : [task],
		job,
		state: stateOf(job, isStopping(site, index)),
		reason: reasonOf(job, index),
		user: userOf(job.plan.owner, me),
		...(lastStop(site, index) && {cancelledBy: me.uid}),
		output: join(folder, 'output', `slurm-${id}.out`),
	};
};

const allJobs = (site: Site): readonly SlurmJob[] =>
	site.jobs.controls.ids().flatMap((_, index) => jobOf(site, index) ?? []);

const isEnd = (state: string): boolean => /^(?:COMPLETED|FAILED|CANCELLED)$/.test(state);

/** Whether the controller has not forgotten it yet. */
const isKnown = ({clock}: Site, {state, job}: SlurmJob): boolean =>
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

/** Whether an id, as it is written for the programs, is about a job. */
const isAbout = (id: string, {base, tasks}: SlurmJob): boolean => {
	const [number, task] = id.split('_');
	if (Number(number) !== base) return false;
	return task === undefined || tasksIn(task.replace(/^\[|\]$/g, '')).some(one => tasks.includes(one));
};

/** Those of the jobs that any of these ids is about. */
const jobsAbout = (ids: readonly string[], jobs: readonly SlurmJob[]): readonly SlurmJob[] => {
	const ofBase = Map.groupBy(ids, id => Number(id.split('_')[0]));
	return jobs.filter(one => ofBase.get(one.base)?.some(id => isAbout(id, one)));
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

const squeue: Program = (site, {args, env}) => {
	const {clock} = site;
	const ids = optionOf(args, '-j', '--jobs')?.split(',');
	const everything = optionOf(args, '-t', '--states') === 'all';
	const user = optionOf(args, '-u', '--user');
	const format = optionOf(args, '-o', '--format') ?? usualFormat;
	const time = timeWords(env.SLURM_TIME_FORMAT);
	const all = allJobs(site).filter(one => isKnown(site, one));
	const asked = ids === undefined ? all : jobsAbout(ids, all);
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
	if (ids?.length === 1) for (const {members} of asked) for (const index of members) site.world.look(index);
	const heading = args.includes('-h') ? '' : formatted(format, letter => queueLetters[letter]?.[0] ?? '');
	return {stdout: heading + lines.join('')};
};

const scontrol: Program = (site, {args, env}) => {
	const words = args.filter(arg => !arg.startsWith('-'));
	if (words.join(' ') === 'show config') {
		return {
			stdout: 'Configuration data\nClusterName             = demo\nSLURM_VERSION           = 24.11.5\n',
		};
	}
	const [show, what, id = ''] = words;
	if (show !== 'show' || what !== 'job')
		return {stderr: 'the demo only knows: scontrol show job ID\n', code: 1};
	const found = allJobs(site).filter(one => isKnown(site, one) && isAbout(id, one));
	if (found.length === 0) return {stderr: invalidId, code: 1};
	mkdirSync(join(site.folder, 'output'), {recursive: true});
	for (const one of found) writeFileSync(one.output, outputText(one.job));
	const time = timeWords(env.SLURM_TIME_FORMAT, 'Unknown');
	return {stdout: found.map(one => `${shownText(one, time)}\n`).join('')};
};

const sacct: Program = (site, {args, env}) => {
	const between = optionOf(args, '--delimiter') ?? '|';
	const fields = (optionOf(args, '--format', '-o') ?? 'JobID,JobName,Partition,Account,State,ExitCode').split(
		',',
	);
	const ids = optionOf(args, '-j', '--jobs')?.split(',');
	const {me} = site;
	const all = allJobs(site);
	const shown = ids === undefined ? all.filter(({user}) => user.uid === me.uid) : jobsAbout(ids, all);
	const time = timeWords(env.SLURM_TIME_FORMAT, 'Unknown');
	const row = (values: readonly string[]) => `${values.map(value => `${value}${between}`).join('')}\n`;
	const rows = joined(shown).map(one => row(fields.map(field => accountValue(one, field, time))));
	return {stdout: row(fields) + rows.join('')};
};

const scancel: Program = async (site, {args}) => {
	const ids = args.filter(arg => !arg.startsWith('-'));
	if (ids.length === 0) return {stderr: 'scancel: error: No job identification provided\n', code: 1};
	const wrong = ids.find(id => !/^\d+(?:_\d+|_\[[\d,-]+\])?$/.test(id));
	if (wrong !== undefined) return {stderr: `scancel: error: Invalid job id ${wrong}\n`, code: 1};
	const known = allJobs(site).filter(one => isKnown(site, one));
	const ofBase = Map.groupBy(known, ({base}) => base);
	const asked: number[] = [];
	let code = 0;
	const lines = ids.map(id => `scancel: Terminating job ${id}`);
	for (const id of ids) {
		const targets = (ofBase.get(Number(id.split('_')[0])) ?? []).filter(one => isAbout(id, one));
		const problem = cancel(site, targets);
		if (problem !== undefined) lines.push(`scancel: error: Kill job error on job id ${id}: ${problem}`);
		if (problem === denied) code = 210;
		asked.push(...targets.flatMap(({members}) => members));
	}
	await waitForSlow(site, asked);
	// Without -v it only complains.
	const said = args.includes('-v') ? lines : lines.slice(ids.length);
	return {stderr: said.map(line => `${line}\n`).join(''), code};
};

const denied = 'Access/permission denied';

/** The problem; undefined where it worked. */
const cancel = (site: Site, targets: readonly SlurmJob[]): string | undefined => {
	if (targets.length === 0) return 'Invalid job id specified';
	if (targets.some(({user}) => user.uid !== site.me.uid)) return denied;
	const live = targets.filter(({state}) => state === 'PENDING' || state === 'RUNNING');
	for (const {members} of live) for (const index of members) stopJob(site, index);
	return live.length < targets.length ? 'Job/step already completing or completed' : undefined;
};

/** Each of them tells its version. */
const versioned =
	(program: Program): Program =>
	(site, call) =>
		/^(?:--version|-V)$/.test(call.args[0] ?? '') ? {stdout: 'slurm 24.11.5\n'} : program(site, call);

const programs: Programs = {
	squeue: versioned(squeue),
	scancel: versioned(scancel),
	scontrol: versioned(scontrol),
	sacct: versioned(sacct),
};

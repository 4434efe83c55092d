/*
An embedded Grid Engine: qstat, qdel, qacct and qconf over the jobs of a world, with an array and the jobs of other users.
*/
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {optionOf} from './arguments.ts';
import {accountText, summaryText} from './gridengine-accounts.ts';
import {qdel} from './gridengine-delete.ts';
import {type DetailedJob, detailsText, detailsXml, unknownText, unknownXml} from './gridengine-details.ts';
import {accountedEnds, type GridJob, isQueued, isWaiting, jobsOf, queuedJobs} from './gridengine-jobs.ts';
import {queueXml, rowsOf, tableText} from './gridengine-queue.ts';
import {outputText} from './output.ts';
import {type Program, type ProgramPlace, type Programs, type Site, startPrograms} from './site.ts';

export const startGridEngine = (place: ProgramPlace) =>
	startPrograms(
		{
			system: 'gridengine',
			programs: createPrograms(),
			firstNumber: 7200,
			firstTask: 1,
			idOf: ({base, task}) => (task === undefined ? `${base}` : `${base}.${task}`),
		},
		place,
	);

/** The programs of one Grid Engine. */
const createPrograms = (): Programs => {
	// A look at one job is `qstat -j`, and then a list.
	const lookedAt = new Set<number>();
	return {
		qstat(site, call) {
			const jobs = optionOf(call.args, '-j');
			return jobs === undefined
				? listQueue(site, call.args, lookedAt)
				: showJobs(site, call.args, jobs, lookedAt);
		},
		qdel,
		qacct,
		qconf,
	};
};

const usageOf = (program: string, problem: string) => ({
	stderr: `SGE 8.1.9\nusage: ${program} [options]\n${problem}\n`,
	code: 1,
});

const listQueue = (site: Site, args: readonly string[], lookedAt: Set<number>) => {
	const states = optionOf(args, '-s') ?? 'a';
	if (!/^[aprsz]+$/.test(states)) return usageOf('qstat', 'ERROR! wrong argument to -s option');
	const users = optionOf(args, '-u')?.split(',') ?? [site.me.name];
	const shown = queuedJobs(site).filter(
		one =>
			(states.includes('a') || states.includes(isWaiting(one) ? 'p' : 'r')) &&
			(users.includes('*') || users.includes(one.user.name)),
	);
	const rows = rowsOf(shown, optionOf(args, '-g') === 'd');
	for (const {index} of shown) if (lookedAt.delete(index)) site.world.look(index);
	return {stdout: args.includes('-xml') ? queueXml(rows) : tableText(rows)};
};

/** `qstat -j`: of several ids it drops the unknown ones silently. */
const showJobs = (site: Site, args: readonly string[], list: string, lookedAt: Set<number>) => {
	const ids = list.split(',');
	const known = ids.flatMap(id => detailedJob(site, Number(id)) ?? []);
	if (known.length === 0)
		return args.includes('-xml') ? {stdout: unknownXml(ids)} : {stderr: unknownText(ids), code: 1};
	const members = known.flatMap(one => one.members);
	for (const {index} of members) lookedAt.add(index);
	writeOutput(members);
	return {stdout: args.includes('-xml') ? detailsXml(known) : detailsText(known)};
};

const detailedJob = (site: Site, number: number): DetailedJob | undefined => {
	const all = jobsOf(site, number);
	const members = all.filter(isQueued);
	const [first] = members;
	return first && {first, members, lastTask: all.at(-1)?.task};
};

/** The files that the jobs write to, as they are by now. */
const writeOutput = (jobs: readonly GridJob[]) => {
	for (const {folder, number, task, job} of jobs) {
		if (job.startedAt === undefined) continue;
		mkdirSync(folder, {recursive: true});
		const name = `${job.plan.name}.o${number}${task === undefined ? '' : `.${task}`}`;
		writeFileSync(join(folder, name), outputText(job));
	}
};

const dayMs = 24 * 3600 * 1000;

/** From when on runs are shown, in epoch milliseconds: `-b 202611290653`, or the last days with `-d`. */
const beginOf = (args: readonly string[], now: number): number => {
	const minute = optionOf(args, '-b');
	if (minute !== undefined)
		return Date.parse(minute.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5Z'));
	const days = optionOf(args, '-d');
	return days === undefined ? 0 : now - Number(days) * dayMs;
};

const qacct: Program = (site, {args}) => {
	const at = args.indexOf('-j');
	const id = at === -1 || args[at + 1]?.startsWith('-') ? undefined : args[at + 1];
	const owner = optionOf(args, '-o');
	const since = beginOf(args, site.clock.now());
	const ends = accountedEnds(site).filter(
		({one, startedAt}) =>
			startedAt >= since &&
			(owner === undefined || one.user.name === owner) &&
			(id === undefined || String(one.number) === id || one.job.plan.name === id),
	);
	if (id === undefined)
		return {stdout: (at === -1 ? '' : ends.map(accountText).join('')) + summaryText(ends, owner)};
	if (ends.length === 0) return {stderr: `error: job id ${id} not found\n`, code: 1};
	writeOutput(ends.map(({one}) => one));
	return {stdout: ends.map(accountText).join('')};
};

const qconf: Program = (_, {args: [option]}) => {
	const answers: Readonly<Record<string, string>> = {
		'-help': 'SGE 8.1.9\nusage: qconf [options]',
		'-sss': 'master1',
		'-sql': 'all.q',
	};
	if (option === undefined) return usageOf('qconf', 'ERROR! no option argument');
	const answer = answers[option];
	return answer === undefined
		? usageOf('qconf', `invalid option argument "${option}"`)
		: {stdout: `${answer}\n`};
};

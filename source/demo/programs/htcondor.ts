/*
An embedded HTCondor: condor_q, condor_rm and condor_history over the jobs of a world, with a cluster of several jobs and the jobs of other users.
*/
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {type Arguments, readArguments} from './arguments.ts';
import {type ClassAd, jsonOf, longOf} from './classad.ts';
import {type CondorJob, condorJobs, outputOf} from './htcondor-records.ts';
import {condorRm} from './htcondor-removal.ts';
import {idsIn, invalidConstraint, selectedOf, valued} from './htcondor-selection.ts';
import {batchTable, headingOf, historyTable, jobTable, totalsOf} from './htcondor-tables.ts';
import {outputText} from './output.ts';
import {type Program, type ProgramPlace, type Programs, type Site, startPrograms} from './site.ts';

export const startHtcondor = (place: ProgramPlace) =>
	startPrograms(
		{
			system: 'htcondor',
			programs,
			firstNumber: 4100,
			firstTask: 0,
			idOf: ({base, task = 0}) => `${base}.${task}`,
		},
		place,
	);

/** Writes what the jobs have printed until now: their records name the files. */
const writeOutputs = (site: Site, jobs: readonly CondorJob[]): void => {
	for (const one of jobs) {
		const file = outputOf(site, one);
		mkdirSync(dirname(file), {recursive: true});
		writeFileSync(file, outputText(one.job));
	}
};

/** The records, in the form that the options ask for; undefined where they ask for a table. */
const recordsText = ({options}: Arguments, jobs: readonly CondorJob[]): string | undefined => {
	const names = options.get('-attributes')?.split(',');
	const ads: readonly ClassAd[] = jobs.map(({ad}) => ad);
	if (options.has('-json')) return jsonOf(ads, names);
	return options.has('-long') ? longOf(ads, names) : undefined;
};

const condorQ: Program = (site, {args}) => {
	const call = readArguments(args, valued);
	const {options, words} = call;
	const queue = condorJobs(site).filter(({hasLeft}) => !hasLeft);
	const isMine = ({user}: CondorJob) => user.uid === site.me.uid;
	const everybody = options.has('-allusers') || words.some(word => idsIn(word) === undefined);
	const jobs = selectedOf(everybody ? queue : queue.filter(isMine), call);
	if (jobs === undefined) return invalidConstraint(call);
	const records = recordsText(call, jobs);
	if (words.length > 0 && !options.has('-attributes')) writeOutputs(site, jobs);
	// Who asks for one job alone looks at it.
	if (words.length === 1 && jobs.length === 1) for (const {index} of jobs) site.world.look(index);
	// Where no job matches, not even the brackets are printed.
	if (options.has('-json')) return {stdout: records === '' ? '' : `[\n${records}]\n`};
	if (records !== undefined) return {stdout: records};
	const now = site.clock.now();
	const table = options.has('-nobatch') ? jobTable(jobs, now) : batchTable(jobs);
	const own = everybody ? '' : totalsOf(site.me.name, queue.filter(isMine));
	const totals = `${totalsOf('query', jobs)}${own}${totalsOf('all users', queue)}\n`;
	return {stdout: headingOf(now) + (options.has('-totals') ? totals : `${table}\n${totals}`)};
};

const endOf = ({job}: CondorJob): number => job.endedAt ?? job.updatedAt;

const condorHistory: Program = (site, {args}) => {
	const call = readArguments(args, valued);
	const limitOf = (option: string) => Number(call.options.get(option) ?? Number.POSITIVE_INFINITY);
	const history = condorJobs(site).filter(({hasLeft}) => hasLeft);
	const newest = history.sort((a, b) => endOf(b) - endOf(a)).slice(0, limitOf('-scanlimit'));
	const jobs = selectedOf(newest, call)?.slice(0, limitOf('-limit'));
	if (jobs === undefined) return invalidConstraint(call);
	if (call.words.length > 0 && !call.options.has('-attributes')) writeOutputs(site, jobs);
	const records = recordsText(call, jobs);
	if (call.options.has('-json')) return {stdout: `[\n${records}]\n`};
	return {stdout: records ?? historyTable(jobs, site.clock.now())};
};

/** A program with these options, which tells its version, too. */
const withOptions =
	(options: readonly string[], program: Program): Program =>
	(site, call) => {
		if (call.args[0] === '-version')
			return {stdout: '$CondorVersion: 23.9.6 2026-07-12 $\n$CondorPlatform: X86_64-Debian_13 $\n'};
		const known = ['-constraint', '-name', '-pool', ...options];
		const unknown = [...readArguments(call.args, valued).options.keys()].find(name => !known.includes(name));
		if (unknown === undefined) return program(site, call);
		return {stderr: `the demo does not know ${unknown} of ${call.program}\n`, code: 1};
	};

const programs: Programs = {
	condor_q: withOptions(['-allusers', '-attributes', '-json', '-long', '-nobatch', '-totals'], condorQ),
	condor_rm: withOptions(['-all', '-forcex', '-reason'], condorRm),
	condor_history: withOptions(['-attributes', '-json', '-limit', '-long', '-scanlimit'], condorHistory),
};

/*
An embedded LSF: bjobs, bkill, bhist, bpeek and lsid over the jobs of a world, with an array and the jobs of other users.
*/
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {optionOf, readArguments, tasksIn} from './arguments.ts';
import {
	endOf,
	fieldOf,
	hasEnded,
	heading,
	jsonRecord,
	type LsfJob,
	longText,
	shownLine,
	statOf,
	summaryHeading,
	summaryLine,
} from './lsf-records.ts';
import {styleOf} from './lsf-times.ts';
import {outputText} from './output.ts';
import {type Program, type ProgramPlace, type Programs, type Site, startPrograms} from './site.ts';
import {stopJob, waitForSlow} from './stopping.ts';
import {userOf} from './users.ts';

export const startLsf = (place: ProgramPlace) =>
	startPrograms(
		{
			system: 'lsf',
			programs,
			firstNumber: 4100,
			firstTask: 1,
			idOf: ({base, task}) => (task === undefined ? `${base}` : `${base}[${task}]`),
		},
		place,
	);

/** How long bjobs shows an ended job: https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=parameters-clean-period */
const knownMs = 3_600_000;

/** The job of this number in the world; undefined where there is none. */
const jobOf = (site: Site, index: number): LsfJob | undefined => {
	const {world, jobs, numberOf, me, folder} = site;
	const job = world.job(index);
	if (job === undefined) return undefined;
	const {base, task} = numberOf(index);
	const id = jobs.idOf(index);
	const kills = world.history(index).filter(({effect}) => effect === 'stopped');
	return {
		index,
		base,
		element: task,
		id,
		job,
		removedAt: kills.find(({what}) => what === 'dismiss')?.at,
		user: userOf(job.plan.owner, me),
		kills,
		killedBy: me.name,
		output: join(folder, 'output', `${id}.out`),
	};
};

const allJobs = (site: Site): readonly LsfJob[] =>
	site.jobs.controls.ids().flatMap((_, index) => jobOf(site, index) ?? []);

const isKnown = ({clock}: Site, one: LsfJob): boolean => clock.now() - (endOf(one) ?? clock.now()) <= knownMs;

const idForm = /^(\d+)(?:\[([\d,-]+)\])?$/;

/** The jobs among these that a word names: one job, an array, or elements of one. */
const named = (word: string, jobs: readonly LsfJob[]): readonly LsfJob[] => {
	const [, number, elements] = idForm.exec(word) ?? [];
	const wanted = elements === undefined ? undefined : tasksIn(elements);
	return jobs.filter(
		({base, element}) => base === Number(number) && (wanted === undefined || wanted.includes(element ?? 0)),
	);
};

/** The options that have a value behind them. */
const valued = ['-o', '-u', '-s', '-J', '-q', '-n', '-N'];

const wordsIn = (args: readonly string[]): readonly string[] => readArguments(args, valued).words;

const illegal = (words: readonly string[]): string | undefined => words.find(word => !idForm.test(word));

const notFound = (word: string): string => `Job <${word}> is not found\n`;

const bjobs: Program = (site, {args, env}) => {
	const words = wordsIn(args);
	const wrong = illegal(words);
	if (wrong !== undefined) return {stderr: `${wrong}: Illegal job ID.\n`, code: 255};
	const whose = optionOf(args, '-u') ?? site.me.name;
	const known = allJobs(site).filter(
		one => isKnown(site, one) && (whose === 'all' || whose === one.user.name),
	);
	const visible = args.includes('-a') ? known : known.filter(one => !hasEnded(one));
	const jobs = words.length === 0 ? visible : words.flatMap(word => named(word, visible));
	const missing = words.filter(word => named(word, known).length === 0);
	if (jobs.length === 0 && missing.length === 0) return {stderr: 'No unfinished job found\n'};
	if (jobs.length === 0) return {stderr: missing.map(notFound).join(''), code: 255};
	const answer = printJobs(jobs, missing, args, env);
	const [only] = jobs;
	if (words.length === 1 && jobs.length === 1 && only !== undefined) lookAt(site, only, args);
	return answer;
};

/** Who asks for one job alone looks at it. Its output is there for who asks where. */
const lookAt = (site: Site, {index, job, output}: LsfJob, args: readonly string[]): void => {
	site.world.look(index);
	if (!/\boutput_file\b/.test(optionOf(args, '-o') ?? '')) return;
	mkdirSync(join(site.folder, 'output'), {recursive: true});
	writeFileSync(output, outputText(job));
};

const printJobs = (
	jobs: readonly LsfJob[],
	missing: readonly string[],
	args: readonly string[],
	env: Readonly<Record<string, string>>,
) => {
	const style = styleOf(env);
	const names = optionOf(args, '-o')?.split(/\s+/);
	const stderr = missing.map(notFound).join('');
	if (args.includes('-json') && names !== undefined) {
		const absent = missing.map(
			word => `    {\n      "JOBID":"${word}",\n      "ERROR":"Job <${word}> is not found"\n    }`,
		);
		const records = [...jobs.map(one => jsonRecord(one, names, style)), ...absent];
		return {
			stdout: `{\n  "COMMAND":"bjobs",\n  "JOBS":${records.length},\n  "RECORDS":[\n${records.join(',\n')}\n  ]\n}\n`,
		};
	}
	if (args.includes('-l')) {
		return {stdout: jobs.map(one => longText(one, style, statOf(one))).join(''), stderr};
	}
	const lines = names
		? [
				names.map(name => name.toUpperCase()).join(' '),
				...jobs.map(one => names.map(name => fieldOf(one, name, style) || '-').join(' ')),
			]
		: [heading, ...jobs.map(one => shownLine(one, style))];
	return {stdout: `${lines.join('\n')}\n`, stderr};
};

/** The ids that bkill acts on: without one the job that was submitted last, and for 0 all jobs of the caller. https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=reference-bkill */
const idsToKill = (given: readonly string[], own: readonly LsfJob[]): readonly string[] => {
	if (given.includes('0')) return own.map(({id}) => id);
	return given.length === 0 ? own.slice(-1).map(({id}) => id) : given;
};

const ownLiveJobs = (site: Site): readonly LsfJob[] =>
	allJobs(site).filter(one => one.user.uid === site.me.uid && !hasEnded(one));

const bkill: Program = async (site, {args}) => {
	const words = idsToKill(wordsIn(args), ownLiveJobs(site));
	if (words.length === 0) return {stderr: 'No matching job found\n', code: 255};
	const known = allJobs(site).filter(one => isKnown(site, one));
	const killed: number[] = [];
	let stdout = '';
	let stderr = '';
	for (const word of words) {
		const targets = named(word, known);
		const problem = idForm.test(word) ? kill(site, targets, args.includes('-r')) : 'Illegal job ID.';
		if (problem === undefined) stdout += `Job <${word}> is being terminated\n`;
		else stderr += `${idForm.test(word) ? `Job <${word}>` : word}: ${problem}\n`;
		killed.push(...targets.map(({index}) => index));
	}
	await waitForSlow(site, killed);
	return {stdout, stderr, code: stderr === '' ? 0 : 255};
};

/** The problem; undefined where it worked. */
const kill = (site: Site, targets: readonly LsfJob[], isForced: boolean): string | undefined => {
	if (targets.length === 0) return 'No matching job found';
	const live = targets.filter(one => !hasEnded(one));
	if (live.length === 0) return 'Job has already finished';
	if (live.some(({user}) => user.uid !== site.me.uid)) return 'User permission denied';
	for (const one of live) {
		// LSF removes a job whose host does not answer, and says so: its work may go on.
		if (isForced && one.job.phase === 'running' && one.kills.length > 0) site.world.dismiss(one.index);
		else stopJob(site, one.index);
	}
	return undefined;
};

const bhist: Program = (site, {args, env}) => {
	const words = wordsIn(args);
	const wrong = illegal(words);
	if (wrong !== undefined) return {stderr: `${wrong}: Illegal job ID.\n`, code: 255};
	const all = allJobs(site);
	const jobs = words.length === 0 ? ownLiveJobs(site) : words.flatMap(word => named(word, all));
	if (jobs.length === 0) return {stderr: 'No matching job found\n', code: 255};
	const style = styleOf(env);
	if (args.includes('-l')) return {stdout: jobs.map(one => longText(one, style)).join('')};
	const lines = [summaryHeading, ...jobs.map(one => summaryLine(one, site.clock.now()))];
	return {stdout: `${lines.join('\n')}\n`};
};

/** Without an id it shows the job that was submitted last. */
const bpeek: Program = (site, {args}) => {
	const own = ownLiveJobs(site);
	const word = wordsIn(args)[0] ?? own.at(-1)?.id ?? '';
	const [one] = named(word, own);
	if (one === undefined) return {stderr: `Job <${word}> : No matching job found\n`, code: 255};
	if (one.job.startedAt === undefined) return {stderr: `Job <${word}> : Not yet started.\n`, code: 255};
	return {stdout: `<< output from stdout >>\n${outputText(one.job)}`};
};

const version = 'IBM Spectrum LSF Standard 10.1.0.13, Apr 15 2022';

/** Each of them tells its version, on stderr. */
const versioned =
	(program: Program): Program =>
	(site, call) =>
		call.args[0] === '-V' ? {stderr: `${version}\n`} : program(site, call);

const programs: Programs = {
	bjobs: versioned(bjobs),
	bkill: versioned(bkill),
	bhist: versioned(bhist),
	bpeek: versioned(bpeek),
	lsid: versioned(() => ({
		stdout: `${version}\n\nMy cluster name is demo\nMy master name is m1\n`,
	})),
};

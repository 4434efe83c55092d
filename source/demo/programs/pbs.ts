/*
An embedded PBS: qstat, qdel and qselect over the jobs of a world, with an array and the jobs of other users. Its server keeps a history, and dies of one request as OpenPBS 23.06 does.
*/
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {optionOf} from './arguments.ts';
import type {ProgramAnswer} from './exchange.ts';
import {lostAnswers, pbsServer} from './lost.ts';
import {allJobs, hasEnded, jobsNamed, type PbsJob, type ServerMemory} from './pbs-jobs.ts';
import {inJson, inTable, inText, inWideTable, type Shown, serverText, version} from './pbs-output.ts';
import {outputOf, timeWords} from './pbs-records.ts';
import {type Program, type ProgramPlace, type Programs, type Site, startPrograms} from './site.ts';
import {stopJob, waitForSlow} from './stopping.ts';

export const startPbs = (place: ProgramPlace) => {
	const memory: ServerMemory = {crashes: [], forced: new Map(), deletedArrays: new Set()};
	return startPrograms(
		{
			system: 'pbs',
			programs: programsOf(memory),
			firstNumber: 4100,
			firstTask: 1,
			idOf: ({base, task}) => `${base}${task === undefined ? '' : `[${task}]`}.${pbsServer}`,
		},
		place,
	);
};

/** How long a dead server takes until it answers again, in milliseconds. */
const restartMs = 30_000;

/** A program that asks the server, with what the server remembers. */
type Asking = (
	site: Site,
	args: readonly string[],
	memory: ServerMemory,
	env: Readonly<Record<string, string>>,
) => ProgramAnswer | Promise<ProgramAnswer>;

const programsOf = (memory: ServerMemory): Programs => {
	const program =
		(ask: Asking): Program =>
		(site, call) => {
			if (call.args[0] === '--version') return {stdout: `pbs_version = ${version}\n`};
			const since = site.clock.now() - (memory.crashes.at(-1) ?? Number.NEGATIVE_INFINITY);
			if (since < restartMs) return lostAnswers.pbs(call, 'unreachable');
			return ask(site, call.args, memory, call.env);
		};
	return {qstat: program(qstat), qdel: program(qdel), qselect: program(qselect)};
};

/** Options whose next word is their value. */
const valued = /^-[FuWsD]$/;

/** The words that are no options. */
const wordsIn = (args: readonly string[]): readonly string[] =>
	args.filter((arg, at) => !arg.startsWith('-') && !valued.test(args[at - 1] ?? ''));

/** A letter among the options, also joined with others: `-xf`. */
const hasLetter = (args: readonly string[], letter: string): boolean =>
	args.some(arg => /^-[a-zA-Z]+$/.test(arg) && arg.includes(letter));

// https://github.com/openpbs/openpbs/blob/master/src/include/pbs_error.h: eight bits of it are the exit code.
const codes = {
	unknown: 153,
	forbidden: 159,
	badState: 168,
	unknownQueue: 170,
	ended: 35,
	endedTask: 55,
} as const;

const qstat: Asking = (site, args, memory, env) => {
	const jobs = allJobs(site, memory);
	if (hasLetter(args, 'B')) return {stdout: serverText(jobs.filter(one => !hasEnded(one)))};
	const history = hasLetter(args, 'x');
	const user = optionOf(args, '-u');
	const words = wordsIn(args);
	const {shown, complaints, code} =
		words.length === 0
			? {shown: jobs.filter(one => history || !hasEnded(one)).map(one => ({one})), complaints: [], code: 0}
			: find(words, jobs, history);
	const mine = user === undefined ? shown : shown.filter(({one}) => user.split(',').includes(one.user.name));
	const whole = hasLetter(args, 't') ? mine.flatMap(unfolded) : mine;
	const place = {folder: site.folder, now: site.clock.now(), time: timeWords(env.TZ)};
	const stdout = formOf(args)(whole, place);
	// Who asks for one job alone looks at it, and may read its output.
	if (words.length === 1) for (const {one} of shown) look(site, one);
	return {stdout, stderr: complaints.map(line => `qstat: ${line}\n`).join(''), code};
};

/** The form in which qstat prints jobs. */
const formOf = (args: readonly string[]) => {
	if (hasLetter(args, 'f')) return optionOf(args, '-F') === 'json' ? inJson : inText;
	return hasLetter(args, 'u') || hasLetter(args, 'a') ? inWideTable : inTable;
};

const unfolded = ({one, array}: Shown): readonly Shown[] => [
	{one, ...(array && {array})},
	...(one.tasks ?? []).map(task => ({one: task, array: one})),
];

type Findings = {
	readonly shown: readonly Shown[];
	readonly complaints: readonly string[];
	readonly code: number;
};

const find = (words: readonly string[], jobs: readonly PbsJob[], history: boolean): Findings => {
	const shown: Shown[] = [];
	const complaints: string[] = [];
	let code = 0;
	const complain = (error: number, text: string) => {
		code = error;
		complaints.push(text);
	};
	for (const word of words) {
		const found = jobsNamed(word, jobs);
		if (found === 'ill-formed') complain(codes.unknownQueue, `Unknown queue ${word}`);
		else if (found.named.length === 0) complain(codes.unknown, `Unknown Job Id ${found.id}`);
		else if (!history && found.named.some(one => hasEnded(one) && one.task === undefined)) {
			complain(
				codes.ended,
				`${found.id} Job has finished, use -x or -H to obtain historical job information`,
			);
		} else {
			const arrayOf = ({base, task}: PbsJob) =>
				task === undefined ? undefined : jobs.find(one => one.base === base && one.tasks !== undefined);
			for (const one of found.named) {
				const array = arrayOf(one);
				shown.push({one, ...(array && {array})});
			}
		}
	}
	return {shown, complaints, code};
};

const look = ({world, folder}: Site, one: PbsJob): void => {
	for (const index of one.members) world.look(index);
	const output = outputOf(one, folder);
	if (output === undefined) return;
	mkdirSync(dirname(output.file), {recursive: true});
	writeFileSync(output.file, output.text);
};

const qselect: Asking = (site, args, memory) => {
	const states = optionOf(args, '-s');
	const users = optionOf(args, '-u')?.split(',');
	const chosen = allJobs(site, memory).filter(
		one =>
			(users === undefined || users.includes(one.user.name)) &&
			(states === undefined || states.includes(one.state)) &&
			(hasLetter(args, 'x') || !hasEnded(one)),
	);
	return {stdout: chosen.map(({id}) => `${id}\n`).join('')};
};

const usage = 'usage:\n\tqdel [-W force|suppress_email=X] [-x] job_identifier...\n\tqdel --version\n';

const qdel: Asking = async (site, args, memory) => {
	const words = wordsIn(args);
	if (words.length === 0) return {stderr: usage, code: 2};
	const how = {isForced: optionOf(args, '-W') === 'force', withHistory: hasLetter(args, 'x')};
	let first: Refusal | undefined;
	let isDeleted = false;
	for (const word of words) {
		const found = jobsNamed(word, allJobs(site, memory));
		const refusal = found === 'ill-formed' ? illFormed(word) : refusalOf(site, found, how);
		if (refusal === undefined && found !== 'ill-formed') {
			await deleteJobs(site, found.named, how, memory);
			isDeleted = true;
		} else if (refusal?.code === codes.unknown && isDeleted) {
			// A job that it deletes and then one that it does not know: the server dies, and qdel says nothing (https://github.com/openpbs/openpbs/issues/2716).
			memory.crashes.push(site.clock.now());
			return {};
		}
		// Of several that are refused it names the first.
		first ??= refusal;
	}
	return first === undefined ? {} : {stderr: `qdel: ${first.said}\n`, code: first.code};
};

type Refusal = {readonly code: number; readonly said: string};

const illFormed = (word: string): Refusal => ({code: 1, said: `illegally formed job identifier: ${word}`});

type Named = Exclude<ReturnType<typeof jobsNamed>, 'ill-formed'>;

type Deletion = {
	readonly isForced: boolean;
	/** Take the record of an ended job away (`qdel -x`). */
	readonly withHistory: boolean;
};

/** Why the server refuses to delete these jobs; undefined where it does not. */
const refusalOf = (site: Site, {id, named}: Named, how: Deletion): Refusal | undefined => {
	const [one] = named;
	if (one === undefined) return {code: codes.unknown, said: `Unknown Job Id ${id}`};
	if (one.user.uid !== site.me.uid) return {code: codes.forbidden, said: `Unauthorized Request  ${id}`};
	// Of a range of tasks, it passes over those that have ended.
	if (named.length > 1) return undefined;
	if (one.task !== undefined) {
		if (hasEnded(one))
			return {code: codes.endedTask, said: `Request invalid for finished array subjob ${id}`};
		if (one.state === 'E' && !how.isForced) {
			return {code: codes.badState, said: `Request invalid for state of job ${id}`};
		}
	}
	return hasEnded(one) && !how.withHistory ? {code: codes.ended, said: `Job has finished ${id}`} : undefined;
};

const deleteJobs = async (
	site: Site,
	named: readonly PbsJob[],
	{isForced, withHistory}: Deletion,
	memory: ServerMemory,
): Promise<void> => {
	for (const {base, tasks} of named) if (tasks !== undefined) memory.deletedArrays.add(base);
	const jobs = named.flatMap(one => one.tasks ?? one);
	for (const one of jobs) {
		for (const index of one.members) {
			if (!hasEnded(one)) stopJob(site, index);
			else if (withHistory) site.world.remove(index);
			if (isForced && one.state === 'R') memory.forced.set(index, site.clock.now());
		}
	}
	await waitForSlow(
		site,
		jobs.flatMap(({members}) => members),
	);
};

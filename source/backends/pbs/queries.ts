/*
How qstat and qselect are asked.
*/
import {BackendError, type Failure} from '../../job/failure.ts';
import {chunksOf} from '../programs/chunks.ts';
import type {CommandResult} from '../programs/command.ts';
import {strangeAnswer} from '../programs/complaints.ts';
import {complaintsAbout, failureOfProgram, isHistoryOff} from './answers.ts';
import {parseId} from './ids.ts';
import type {PbsPrograms} from './programs.ts';
import {isRecord, readJson, readServer, readText} from './records.ts';

export type Query = {
	/** Ended jobs too, where the server keeps them. */
	readonly history?: boolean;
	/** The tasks of arrays beside them. */
	readonly tasks?: boolean;
};

/** What qstat answered: the records, and what it complains of single jobs. */
export type Answered = {
	readonly records: readonly unknown[];
	readonly complaints: ReadonlyMap<string, Failure>;
};

/** The records of these jobs, of all jobs without ids. A job that the server does not know has a complaint in place of a record. */
export const readJobs = async (
	programs: PbsPrograms,
	query: Query,
	ids: readonly string[] | undefined,
	signal: AbortSignal,
): Promise<Answered> => {
	if (ids === undefined) return readCall(programs, query, [], signal);
	const answers: Answered[] = [];
	for (const chunk of chunksOf(ids)) answers.push(await readCall(programs, query, chunk, signal));
	return {
		records: answers.flatMap(({records}) => records),
		complaints: new Map(answers.flatMap(({complaints}) => [...complaints])),
	};
};

const readCall = async (
	programs: PbsPrograms,
	query: Query,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<Answered> => {
	const inJson = await runQstat(programs, ['-f', '-F', 'json'], {query, ids}, signal);
	const json = readJson(inJson.stdout);
	if (json === undefined) throw new BackendError(strangeAnswer('qstat', inJson));
	const complaints = complaintsAbout(ids, inJson.stderr);
	// Some versions print only the first of several jobs: https://github.com/openpbs/openpbs/issues/2672
	if (json !== 'faulty' && accountsFor(ids, json, complaints)) return {records: json, complaints};
	const inText = await runQstat(programs, ['-f'], {query, ids}, signal);
	const text = readText(inText.stdout);
	if (text === undefined || text === 'faulty') throw new BackendError(strangeAnswer('qstat', inText));
	return {records: text, complaints: complaintsAbout(ids, inText.stderr)};
};

type Asked = {readonly query: Query; readonly ids: readonly string[]};

const runQstat = async (
	programs: PbsPrograms,
	format: readonly string[],
	{query, ids}: Asked,
	signal: AbortSignal,
): Promise<CommandResult> => {
	const args = [...(query.history ? ['-x'] : []), ...(query.tasks ? ['-t'] : []), ...format, ...ids];
	const result = await programs.run('qstat', args, signal);
	if (query.history && isHistoryOff(result)) {
		return runQstat(programs, format, {query: {...query, history: false}, ids}, signal);
	}
	if (result.code === 0 || complaintsAbout(ids, result.stderr).size > 0) return result;
	const failure = failureOfProgram('qstat', result);
	const isAboutOne = failure.kind !== 'not-found' || ids.length === 1;
	throw new BackendError(isAboutOne ? failure : {kind: 'broken', detail: failure.detail});
};

/** Whether each id has a record or a complaint. */
const accountsFor = (
	ids: readonly string[],
	records: readonly unknown[],
	complaints: Answered['complaints'],
): boolean => {
	const known = new Set(records.map(record => isRecord(record) && record.Job_Id));
	return ids.every(id => known.has(id) || complaints.has(id));
};

/** The ids of the jobs of a user, or of all; `ended` ones alone, or live ones. Empty if the server keeps no ended jobs. */
export const selectIds = async (
	{run}: PbsPrograms,
	{user, ended}: {readonly user: string | undefined; readonly ended: boolean},
	signal: AbortSignal,
): Promise<readonly string[]> => {
	const args = [...(user === undefined ? [] : ['-u', user]), ...(ended ? ['-x', '-s', 'F'] : [])];
	const result = await run('qselect', args, signal);
	if (ended && isHistoryOff(result)) return [];
	if (result.code !== 0) throw new BackendError(failureOfProgram('qselect', result));
	const lines = result.stdout.split('\n').map(line => line.trim());
	return lines.filter(line => parseId(line) !== undefined);
};

/** The attributes of the server, with its name; undefined where it does not answer now. */
export const askServer = async (
	{run}: PbsPrograms,
	signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> => {
	try {
		return readServer((await run('qstat', ['-B', '-f'], signal)).stdout);
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

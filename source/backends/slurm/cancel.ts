import {BackendError, type Failure} from '../../job/failure.ts';
import type {CancelAnswer, CancelReceipt, RequestOptions} from '../backend.ts';
import {cancelInChunks, receiptOf, untilItsEnd} from '../programs/cancelling.ts';
import {chunksOf} from '../programs/chunks.ts';
import {readCancel, type ScancelResult, saysPatience} from './answers.ts';
import type {SlurmPrograms} from './programs.ts';
import {parseId, sendableId, whyNoId} from './records.ts';

const cancelLimitMs = 120_000;

export const cancelOne = async (
	programs: SlurmPrograms,
	id: string,
	request: RequestOptions,
): Promise<CancelReceipt> => receiptOf((await cancelMany(programs, [id], request)).get(id) as CancelAnswer);

/** Cancels the jobs with few calls of scancel; the map has an answer for every id. */
export const cancelMany = async (
	programs: SlurmPrograms,
	ids: readonly string[],
	request: RequestOptions,
): Promise<ReadonlyMap<string, CancelAnswer>> => {
	const all = [...new Set(ids)];
	const sendable = all.filter(id => parseId(id) !== undefined);
	const answers = await cancelInChunks(sendable, chunk => cancelChunk(programs, chunk, request));
	for (const id of all) if (!answers.has(id)) answers.set(id, {kind: 'rejected', detail: whyNoId(id)});
	return answers;
};

/** The commands that `cancelMany` would run, for a shell. */
export const describeCancel = (programs: SlurmPrograms, ids: readonly string[]): readonly string[] => {
	const strange = ids.find(id => parseId(id) === undefined);
	if (strange !== undefined) {
		throw new BackendError({kind: 'rejected', detail: whyNoId(strange)});
	}
	return chunksOf([...new Set(ids)]).map(chunk =>
		programs.describe('scancel', cancelArguments(chunk.map(id => sendableId(id) ?? id))),
	);
};

const cancelChunk = async (
	programs: SlurmPrograms,
	ids: readonly string[],
	{signal, onPatience}: RequestOptions,
): Promise<ReadonlyMap<string, CancelAnswer>> => {
	const forms = new Map(ids.map(id => [id, sendableId(id) ?? id]));
	try {
		const result = await runScancel(programs, [...forms.values()], signal);
		const answers = readCancel(result, [...forms.values()]);
		if (saysPatience(result.stderr)) onPatience?.(delayed);
		return new Map([...forms].map(([id, form]) => [id, answers.get(form) as CancelAnswer]));
	} catch (error) {
		if (!(error instanceof BackendError)) throw error;
		return new Map(ids.map(id => [id, error.failure]));
	}
};

const runScancel = async (
	programs: SlurmPrograms,
	forms: readonly string[],
	signal: AbortSignal,
): Promise<ScancelResult> => {
	const limits = {limitMs: cancelLimitMs};
	const {end, ...printed} = await untilItsEnd(
		programs.run('scancel', cancelArguments(forms), signal, limits),
	);
	// On another machine nobody stops scancel: it may still cancel the jobs that it had not reached.
	const goesOn = programs.ssh !== undefined;
	return {...printed, end: 'overtime' in end ? {...end, goesOn} : end};
};

const cancelArguments = (forms: readonly string[]): string[] => ['-v', ...forms];

/** `rl_enable` of https://slurm.schedmd.com/slurm.conf.html: the programs wait, and try again. */
const delayed: Failure = {kind: 'rate-limited', detail: 'slurmctld made scancel wait (RPC rate limited)'};

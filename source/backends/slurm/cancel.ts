import {BackendError, type Failure} from '../../job/failure.ts';
import {type CancelAnswer, type CancelReceipt, isReceipt, type RequestOptions} from '../backend.ts';
import {chunksOf} from '../programs/chunks.ts';
import {CommandTimeout} from '../programs/command.ts';
import {readCancel, type ScancelResult, saysPatience} from './answers.ts';
import type {SlurmPrograms} from './programs.ts';
import {parseId, sendableId, whyNoId} from './records.ts';

const cancelLimitMs = 120_000;

export const cancelOne = async (
	programs: SlurmPrograms,
	id: string,
	request: RequestOptions,
): Promise<CancelReceipt> => {
	const answer = (await cancelMany(programs, [id], request)).get(id) as CancelAnswer;
	if (isReceipt(answer)) return answer;
	throw new BackendError(answer.kind === 'not-asked' ? {...answer, kind: 'unreachable'} : answer);
};

/** Cancels the jobs with few calls of scancel; the map has an answer for every id. */
export const cancelMany = async (
	programs: SlurmPrograms,
	ids: readonly string[],
	request: RequestOptions,
): Promise<ReadonlyMap<string, CancelAnswer>> => {
	const answers = new Map<string, CancelAnswer>();
	const sendable = [...new Set(ids)].filter(id => {
		const readable = parseId(id) !== undefined;
		if (!readable) answers.set(id, {kind: 'rejected', detail: whyNoId(id)});
		return readable;
	});
	let unreachable: CancelAnswer | undefined;
	for (const chunk of chunksOf(sendable)) {
		const ofChunk = unreachable ? undefined : await cancelChunk(programs, chunk, request);
		for (const id of chunk) answers.set(id, (ofChunk?.get(id) ?? unreachable) as CancelAnswer);
		// Each further chunk would wait in vain, one after the other.
		if (ofChunk) unreachable = unreachableIn(ofChunk);
	}
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
	try {
		const {
			code,
			signal: killed = 'a signal',
			...printed
		} = await programs.run('scancel', cancelArguments(forms), signal, {limitMs: cancelLimitMs});
		return {...printed, end: code === undefined ? {signal: killed} : {code}};
	} catch (error) {
		if (!(error instanceof CommandTimeout)) throw error;
		// On another machine nobody stops scancel: it may still cancel the jobs that it had not reached.
		const goesOn = programs.ssh !== undefined;
		return {...error.printed, end: {overtime: error.failure.detail, goesOn}};
	}
};

const cancelArguments = (forms: readonly string[]): string[] => ['-v', ...forms];

/** `rl_enable` of https://slurm.schedmd.com/slurm.conf.html: the programs wait, and try again. */
const delayed: Failure = {kind: 'rate-limited', detail: 'slurmctld made scancel wait (RPC rate limited)'};

/** The failure that all answers share where no controller was there for any of them. */
const unreachableIn = (answers: ReadonlyMap<string, CancelAnswer>): CancelAnswer | undefined => {
	const all = [...answers.values()];
	return all.every(({kind}) => kind === 'unreachable') ? all[0] : undefined;
};

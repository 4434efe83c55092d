/*
Requests for the end of jobs. condor_rm gets ids of single jobs and nothing else: a bare cluster, a word and a constraint mean other jobs too.
*/
import {BackendError, type Failure} from '../../job/failure.ts';
import {type CancelAnswer, type CancelReceipt, isReceipt, type RequestOptions} from '../backend.ts';
import {cancelInChunks, leastCertain, receiptOf, untilItsEnd} from '../programs/cancelling.ts';
import {chunksOf} from '../programs/chunks.ts';
import {readRemove} from './answers.ts';
import {parseId, whyNoId} from './ids.ts';
import {getJobs} from './look.ts';
import type {CondorPrograms} from './programs.ts';
import type {Schedd} from './schedd.ts';

const removeLimitMs = 120_000;

export const cancelOne = async (
	schedd: Schedd,
	id: string,
	request: RequestOptions,
): Promise<CancelReceipt> => receiptOf((await cancelMany(schedd, [id], request)).get(id) as CancelAnswer);

/** Cancels the jobs with few calls of condor_rm; the map has an answer for every id. */
export const cancelMany = async (
	schedd: Schedd,
	ids: readonly string[],
	request: RequestOptions,
): Promise<ReadonlyMap<string, CancelAnswer>> => {
	const asked = [...new Set(ids)];
	const answers = new Map<string, CancelAnswer>();
	await findMembers(schedd, asked, request);
	const jobs = new Map<string, readonly string[]>();
	for (const id of asked) {
		const own = jobsOf(schedd, id);
		if (own === undefined) answers.set(id, {kind: 'rejected', detail: whyNoId(id)});
		else if (own.length === 0)
			answers.set(id, {kind: 'not-found', detail: `no job of cluster ${id} is alive`});
		else jobs.set(id, own);
	}
	const single = [...new Set([...jobs.values()].flat())];
	const said = await cancelInChunks(single, chunk => remove(schedd.programs, chunk, request.signal));
	for (const [id, own] of jobs)
		answers.set(
			id,
			joined(
				id,
				own.map(job => said.get(job) as CancelAnswer),
			),
		);
	return answers;
};

/** Looks at the clusters whose jobs are not known yet. */
const findMembers = async (schedd: Schedd, ids: readonly string[], {signal}: RequestOptions) => {
	const unknown = ids.filter(id => {
		const parsed = parseId(id);
		return parsed !== undefined && parsed.proc === undefined && !schedd.members.has(id);
	});
	if (unknown.length > 0) await getJobs(schedd, unknown, signal);
};

/** The single jobs that an id stands for, as the last look at it showed them; undefined where it is no id. */
const jobsOf = ({members}: Schedd, id: string): readonly string[] | undefined => {
	const parsed = parseId(id);
	if (parsed === undefined) return undefined;
	return parsed.proc === undefined ? (members.get(id) ?? []) : [id];
};

/** The answer for a cluster, from those for its jobs: what was accepted for one of them is under way. */
const joined = (id: string, answers: readonly CancelAnswer[]): CancelAnswer => {
	const [first] = answers as readonly [CancelAnswer, ...CancelAnswer[]];
	if (answers.length === 1 && parseId(id)?.proc !== undefined) return first;
	const other = leastCertain(answers);
	if (other === undefined) return first;
	const accepted = answers.filter(isReceipt).length;
	if (accepted === 0) return other;
	return {kind: 'accepted', detail: `${accepted} of its ${answers.length} jobs; of another: ${other.detail}`};
};

/** One call of condor_rm. */
const remove = async (
	programs: CondorPrograms,
	jobs: readonly string[],
	signal: AbortSignal,
	options: readonly string[] = [],
): Promise<ReadonlyMap<string, CancelAnswer>> => {
	try {
		const run = programs.run('condor_rm', [...options, ...jobs], signal, {limitMs: removeLimitMs});
		return readRemove(await untilItsEnd(run), jobs);
	} catch (error) {
		if (!(error instanceof BackendError)) throw error;
		const {failure} = error;
		return new Map(jobs.map(id => [id, failure]));
	}
};

/** Drops the job from the queue, whatever its node says. HTCondor does that only for a job that is being removed, so an ordinary request comes first where there was none. */
export const forceCancel = async (
	{programs}: Schedd,
	id: string,
	{signal}: RequestOptions,
): Promise<CancelReceipt> => {
	if (parseId(id)?.proc === undefined) throw new BackendError(noForce(id));
	const force = async () => (await remove(programs, [id], signal, ['-forcex'])).get(id) as CancelAnswer;
	const first = await force();
	if (first.kind !== 'conflict') return receiptOf(first);
	const ordinary = receiptOf((await remove(programs, [id], signal)).get(id) as CancelAnswer);
	const second = await force();
	if (isReceipt(second)) return second;
	// A job without a process is gone with the ordinary request, which stands in any case.
	return second.kind === 'not-found' ? ordinary : {...ordinary, detail: `not by force: ${second.detail}`};
};

const noForce = (id: string): Failure => ({
	kind: 'rejected',
	detail: parseId(id) === undefined ? whyNoId(id) : 'only a single job can be force-cancelled',
});

/** The commands that `cancelMany` would run, for a shell. */
export const describeCancel = (schedd: Schedd, ids: readonly string[]): readonly string[] => {
	const jobs = ids.flatMap(id => {
		const own = jobsOf(schedd, id);
		if (own === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
		if (own.length > 0) return own;
		throw new BackendError({kind: 'rejected', detail: `no live job of cluster ${id} is known`});
	});
	return chunksOf([...new Set(jobs)]).map(chunk => schedd.programs.describe('condor_rm', chunk));
};

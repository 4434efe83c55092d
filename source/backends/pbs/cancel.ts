/*
Requests for the end of jobs. qdel gets exactly one id: with several, of which one was unknown, pbs_server died (https://github.com/openpbs/openpbs/issues/2716).
*/
import {BackendError} from '../../job/failure.ts';
import {type CancelReceipt, isReceipt, type RequestOptions} from '../backend.ts';
import {untilItsEnd} from '../programs/cancelling.ts';
import {readDelete} from './answers.ts';
import {parseId, whyNoId} from './ids.ts';
import type {Server} from './server.ts';

const deleteLimitMs = 120_000;

export const cancelOne = (server: Server, id: string, request: RequestOptions): Promise<CancelReceipt> =>
	requestEnd(server, id, [], request);

/** Removes the job from the server, whatever its node says. */
export const forceCancel = (server: Server, id: string, request: RequestOptions): Promise<CancelReceipt> =>
	requestEnd(server, id, ['-W', 'force'], request);

const requestEnd = async (
	server: Server,
	id: string,
	options: readonly string[],
	{signal}: RequestOptions,
): Promise<CancelReceipt> => {
	if (parseId(id) === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
	return oneAfterTheOther(server.underWay, id, async () => {
		const run = server.programs.run('qdel', [...options, id], signal, {limitMs: deleteLimitMs});
		const answer = readDelete(await untilItsEnd(run));
		if (isReceipt(answer)) return answer;
		throw new BackendError(answer);
	});
};

/** Two requests for one job at the same time have harmed servers (https://github.com/openpbs/openpbs/issues/2552). */
const oneAfterTheOther = async <Result>(
	underWay: Map<string, Promise<unknown>>,
	id: string,
	work: () => Promise<Result>,
): Promise<Result> => {
	const before = underWay.get(id);
	const own = (before ?? Promise.resolve()).then(work, work);
	underWay.set(id, own);
	try {
		return await own;
	} finally {
		if (underWay.get(id) === own) underWay.delete(id);
	}
};

/** The commands that cancelling these would run, for a shell. */
export const describeCancel = ({programs}: Server, ids: readonly string[]): readonly string[] =>
	[...new Set(ids)].map(id => {
		if (parseId(id) === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
		return programs.describe('qdel', [id]);
	});

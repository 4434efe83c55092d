import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import type {Job, JobDetail} from '../../job/job.ts';
import {jobPath} from './paths.ts';
import {isAmbiguous} from './refusals.ts';
import {malformed, type Server} from './server.ts';
import {readDetail, readJob, readTraces, type Traces} from './wire.ts';

/** How one job of a profile is fetched. */
export type Looks = {
	readonly look: (id: string, signal: AbortSignal) => Promise<Job>;
	readonly get: (id: string, signal: AbortSignal) => Promise<JobDetail>;
	/** The job, where its files are and which of them it prints to. */
	readonly traces: (id: string, signal: AbortSignal) => Promise<Traces>;
};

export const looksOf = (server: Server, profile: string): Looks => {
	/** A job, checked to be the requested one. */
	const recordOf = async (id: string, signal: AbortSignal) => {
		const result = await askFor(server, id, signal);
		const job = readJob(result, profile, server.claims());
		checkIdentity(job?.id, id);
		return {result, job};
	};

	return {
		async look(id, signal) {
			const {job} = await recordOf(id, signal);
			if (job === undefined) throw malformed('the answer is not a job');
			return job;
		},
		async get(id, signal) {
			const {result} = await recordOf(id, signal);
			const history = await readHistory(server, id, signal);
			const detail = readDetail(result, history, profile, server.claims());
			if (detail === undefined) throw malformed('the answer is not a job');
			return detail;
		},
		async traces(id, signal) {
			const traces = readTraces(await askFor(server, id, signal), profile, server.claims());
			checkIdentity(traces?.job.id, id);
			return traces as Traces;
		},
	};
};

const askFor = async (server: Server, id: string, signal: AbortSignal): Promise<unknown> => {
	const {result} = await server
		.ask({path: jobPath(id), fresh: true, signal})
		.catch((error: unknown) => decide(server, id, error, signal));
	return result;
};

/** Whether a job that could not be selected is unknown: only the status of an unknown one is answered with a 404. */
const decide = async (server: Server, id: string, error: unknown, signal: AbortSignal): Promise<never> => {
	if (!isAmbiguous(error)) throw error;
	try {
		await server.ask({path: `${jobPath(id)}/status`, fresh: true, signal});
	} catch (second) {
		signal.throwIfAborted();
		if (second instanceof BackendError && second.failure.kind === 'not-found') throw second;
	}
	throw error;
};

/** What happened to a job, for people. A failure of this request costs no job. */
const readHistory = async (server: Server, id: string, signal: AbortSignal): Promise<unknown> => {
	try {
		return (await server.ask({path: `${jobPath(id)}/history`, query: {limit: 1000}, signal})).result;
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

const checkIdentity = (answered: string | undefined, id: string): void => {
	if (answered === undefined) throw malformed('the answer is not a job');
	if (answered !== id) throw malformed(`asked for ${cleanText(id, 100)}, got ${answered}`);
};

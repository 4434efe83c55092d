import {cleanLines} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job, JobDetail} from '../../job/job.ts';
import type {ManyLooks} from '../backend.ts';
import {chunksOf} from '../programs/chunks.ts';
import {jobsIn, type Looks, oneIn} from '../programs/looks.ts';
import {failureOfFlux, readUnknown, strangeJobs} from './answers.ts';
import {shownDetails} from './details.ts';
import {readEvents} from './events.ts';
import {readId, whyNoId} from './ids.ts';
import type {Instance} from './instance.ts';
import {uncut} from './jobs.ts';
import {type FluxRecord, readAnswer} from './record.ts';
import {toJob} from './wire.ts';

/** A job and its record. */
export type Found = {readonly job: Job; readonly record: FluxRecord};

/** One job with its events. Flux shows the events of other people's jobs to the owner of the instance alone: they are left out then. */
export const getJob = async (instance: Instance, id: string, signal: AbortSignal): Promise<JobDetail> => {
	const {job, record} = await lookAtOne(instance, id, signal);
	const events = await readEvents(instance.programs, job.id, signal);
	const lines = events.map(event => JSON.stringify(event));
	const raw = [JSON.stringify({f58: job.id, ...record}, undefined, 2), ...lines].join('\n');
	return {...shownDetails(job, record, events), raw: cleanLines(raw)};
};

export const lookJob = async (instance: Instance, id: string, signal: AbortSignal): Promise<Job> =>
	(await lookAtOne(instance, id, signal)).job;

export const getJobs = async (
	instance: Instance,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<ManyLooks> => jobsIn(await look(instance, [...new Set(ids)], signal));

/** One job. Rejects with `not-found` where Flux does not know it (any more). */
export const lookAtOne = async (instance: Instance, id: string, signal: AbortSignal): Promise<Found> =>
	oneIn(await look(instance, [id], signal), id, 'Flux');

/** Asks for the jobs by their ids, in as few calls as possible. */
const look = async (
	instance: Instance,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<Looks<Found>> => {
	await instance.user.find(signal);
	const failures = new Map<string, Failure>();
	/** What was asked for, by the id that is sent: two forms may mean the same job. */
	const forms = new Map<string, string[]>();
	for (const id of ids) {
		const own = readId(id);
		if (own === undefined) failures.set(id, {kind: 'rejected', detail: whyNoId(id)});
		else forms.set(own, [...(forms.get(own) ?? []), id]);
	}
	const found = new Map<string, Found>();
	for (const chunk of chunksOf([...forms.keys()])) {
		const answer = await lookAtChunk(instance, chunk, signal);
		for (const own of chunk) {
			const one = answer.found.get(own);
			const failure = answer.failures.get(own);
			for (const form of forms.get(own) ?? []) {
				if (one !== undefined) found.set(form, one);
				else if (failure !== undefined) failures.set(form, failure);
			}
		}
	}
	return {found, failures};
};

const lookAtChunk = async (
	{programs, viewer}: Instance,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<Looks<Found>> => {
	const result = await programs.run('flux', ['jobs', '--json', ...uncut, ...ids], signal);
	const {unknown, others} = readUnknown(result.stderr);
	const records = readAnswer(result.stdout);
	const found = new Map<string, Found>();
	for (const record of records ?? []) {
		const job = toJob(record, viewer);
		if (job !== undefined) found.set(job.id, {job, record: record as FluxRecord});
	}
	// A job is unknown only where Flux says so.
	const open = ids.filter(id => !found.has(id) && !unknown.has(id));
	// Of unknown ids alone it prints no JSON, and ends with 1: a whole answer is one, whatever the code.
	if (open.length === 0) return {found, failures: new Map()};
	if (result.code !== 0) throw new BackendError(failureOfFlux(result));
	if (records === undefined) throw new BackendError(strangeJobs(result));
	const silence: Failure = {
		kind: 'malformed',
		detail: others[0] ?? 'flux jobs printed nothing about this job',
	};
	return {found, failures: new Map(open.map(id => [id, silence]))};
};

/** The command that looks at one job, for a shell. */
export const describeLook = ({programs}: Instance, id: string): string => {
	const own = readId(id);
	if (own === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
	return programs.describe('flux', ['jobs', '--json', ...uncut, own]);
};

/*
Finds the jobs that the user typed. A ref names its profile; a bare id counts only if exactly one profile knows it.
*/
import type {Connection} from '../../backends/backend.ts';
import {profileNamed} from '../../cancellation/journal/earlier-names.ts';
import {readList} from '../../engine/polling/read-list.ts';
import {BackendError, type Failure, failureOf} from '../../job/failure.ts';
import type {Job, JobDetail} from '../../job/job.ts';
import {parseRef, type Ref, refOf} from '../../job/ref.ts';
import {didYouMean} from '../../text/nearest.ts';
import {CommandError} from '../output/command-error.ts';
import {connectionOf} from '../profiles/failure-words.ts';

export type Resolution = {readonly given: string} & (
	| {readonly kind: 'found'; readonly ref: Ref; readonly job: Job; readonly detail?: JobDetail}
	/** Its profile does not know it. */
	| {readonly kind: 'not-found'; readonly ref?: Ref; readonly detail: string}
	/** Its profile did not answer. */
	| {readonly kind: 'failed'; readonly ref: Ref; readonly failure: Failure}
	/** More than one profile knows the bare id. */
	| {readonly kind: 'ambiguous'; readonly refs: readonly Ref[]}
	/** Not every profile answered whether it knows the bare id. */
	| {readonly kind: 'unsure'; readonly failures: readonly (readonly [profile: string, failure: Failure])[]}
);

export type Look = {readonly job: Job; readonly detail?: JobDetail} | Failure;

/** From this number on, a list is cheaper than a request for each job. */
const manyIds = 30;
/** Milliseconds for all requests together. */
const wholeMs = 120_000;

const unknown: Failure = {kind: 'not-found', detail: 'no such job'};

export const resolveRefs = async (
	connections: readonly Connection[],
	given: readonly string[],
	stop?: AbortSignal,
): Promise<readonly Resolution[]> => {
	// Probably an unset variable of a script.
	if (given.some(text => text.trim() === '')) throw new CommandError('a job is empty; write PROFILE/ID');
	const half = given.find(text => /^[^/]*\/\s*$/.test(text));
	if (half !== undefined) throw new CommandError(`${JSON.stringify(half)} names no job; write PROFILE/ID`);
	const profiles = new Set(connections.map(({profile}) => profile));
	const named = [...new Set(given)].map(text => {
		const parsed = parseRef(text);
		const profile = parsed && profileNamed(connections, parsed.profile)?.profile;
		return {given: text, ref: profile === undefined ? undefined : {id: parsed?.id ?? '', profile}};
	});
	const bare = named.filter(({ref}) => ref === undefined).map(({given}) => given);
	const looks = new Map(
		await Promise.all(
			connections.map(async connection => {
				const own = named.flatMap(({ref}) => (ref?.profile === connection.profile ? ref.id : []));
				const ids = [...new Set([...own, ...bare])];
				return [connection.profile, await lookAll(connection, ids, stop)] as const;
			}),
		),
	);
	const lookOf = (profile: string, id: string): Look => looks.get(profile)?.get(id) ?? unknown;

	return named.map(({given, ref}): Resolution => {
		if (ref) return resolution(given, refOf(ref.profile, ref.id), lookOf(ref.profile, ref.id));
		const answers = connections.map(({profile}) => [profile, lookOf(profile, given)] as const);
		const known = answers.filter(([, look]) => 'job' in look);
		const failures = answers.flatMap(([profile, look]) =>
			'job' in look || knowsNothing(look) ? [] : ([[profile, look]] as const),
		);
		const [first, second] = known;
		if (first && second) {
			return {given, kind: 'ambiguous', refs: known.map(([profile]) => refOf(profile, given))};
		}
		if (failures.length > 0) return {given, kind: 'unsure', failures};
		if (first) return resolution(given, refOf(first[0], given), first[1]);
		const typed = parseRef(given)?.profile;
		const hint =
			typed === undefined ? '' : ` (there is no profile "${typed}"; ${didYouMean(typed, [...profiles])})`;
		const [refused] = answers.flatMap(([, look]) =>
			'kind' in look && look.kind === 'rejected' ? `: ${look.detail}` : [],
		);
		return {given, kind: 'not-found', detail: `no profile knows ${given}${hint || (refused ?? '')}`};
	});
};

const resolution = (given: string, ref: Ref, look: Look): Resolution => {
	// The system may take several forms of one id: the job has the usual one.
	if ('job' in look) return {given, kind: 'found', ref: look.job.ref, ...look};
	return look.kind === 'not-found'
		? {given, kind: 'not-found', ref, detail: look.detail}
		: {given, kind: 'failed', ref, failure: look};
};

/** A bare id may be malformed for this system: then the system does not know it. */
const knowsNothing = ({kind}: Failure): boolean => kind === 'not-found' || kind === 'rejected';

/** The answer of a profile for each id, with as few requests as possible. */
export const lookAll = async (
	connection: Connection,
	ids: readonly string[],
	stop?: AbortSignal,
): Promise<ReadonlyMap<string, Look>> => {
	const {get, getMany} = connection.backend;
	const signal = stop ? AbortSignal.any([stop, AbortSignal.timeout(wholeMs)]) : AbortSignal.timeout(wholeMs);
	const seen = new Map<string, Look>();
	if (ids.length === 0) return seen;
	const failed = (error: unknown): Failure =>
		signal.aborted ? {kind: 'timeout', detail: `no answer within ${wholeMs / 1000} s`} : failureOf(error);
	try {
		if (getMany && ids.length > 1) {
			const {jobs, failures} = await getMany(ids, {signal});
			for (const [id, job] of jobs) seen.set(id, {job});
			for (const [id, failure] of failures) seen.set(id, failure);
			return seen;
		}
		if (!get || ids.length > manyIds) {
			const {jobs} = await readList(connection, {everyone: true, ended: !get}, signal);
			for (const job of jobs.values()) if (ids.includes(job.id)) seen.set(job.id, {job});
		}
	} catch (error) {
		const failure = failed(error);
		return new Map(ids.map(id => [id, failure]));
	}
	if (!get) return seen;
	const waiting = ids.filter(id => !seen.has(id));
	const one = async () => {
		for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
			try {
				const detail = await get(id, {signal});
				seen.set(id, {job: detail.job, detail});
			} catch (error) {
				seen.set(id, failed(error));
			}
		}
	};
	await Promise.all(Array.from({length: connection.traits.concurrency}, one));
	return seen;
};

/** The details of a found job from its backend. */
export const detailOf = async (
	connections: readonly Connection[],
	{job, detail}: Extract<Resolution, {kind: 'found'}>,
): Promise<JobDetail | undefined> => {
	if (detail) return detail;
	const {get} = connectionOf(connections, job.profile).backend;
	try {
		return await get?.(job.id, {signal: AbortSignal.timeout(wholeMs)});
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {System} from '../../job/system.ts';
import {
	type Backend,
	type BackendDefinition,
	type BackendTraits,
	type CancelReceipt,
	isReceipt,
	type ManyLooks,
} from '../backend.ts';
import {type HttpOptions, type HttpRequest, openHttp, pathSegment} from '../http.ts';
import {isLoopback} from '../http-limits.ts';
import {httpSystem} from '../http-system.ts';
import {readRecords} from '../read-records.ts';
import {answerOfSet} from '../slurm/answers.ts';
import {commonTraits} from '../slurm/common-traits.ts';
import {findJob, jobsOf, lacksMembers, parseId, sendableId, type Viewer, whyNoId} from '../slurm/records.ts';
import {withoutSecrets} from '../without-secrets.ts';
import {asReceipt, complaintsOf, explained, failureIn, isUnknownAddress, readEnd} from './answers.ts';
import {type Api, descriptionPath, readApi} from './api.ts';
import {controllerIn} from './controller.ts';
import {detailsOf} from './details.ts';
import {readAccount, readJob, readNumber, type Told} from './wire.ts';

export type SlurmrestdOptions = HttpOptions & {
	/** Whose jobs are mine, by name. */
	readonly user: string;
	/** Say the user beside the token. */
	readonly sendUser?: boolean;
};

const traits: BackendTraits = {
	kind: 'slurmrestd',
	title: 'Slurm REST',
	...commonTraits,
	// One list of 10,000 jobs costs the server 6 to 14 seconds and gigabytes of memory.
	intervalMs: 15_000,
};

/** slurmrestd itself takes 18 s to find out that the controller is down, and more than that for a long list; 10,000 jobs are 77 MB. */
const limits = {headersMs: 60_000, bodyMs: 60_000, wholeMs: 180_000, bodyBytes: 400 * 1024 * 1024};
/** A look at one job is a matter of milliseconds there; of more than these a list is read. */
const oneByOne = 300;

/** The last list: it holds for as long as slurmrestd, asked each time, says that nothing has changed since. */
type Remembered = {readonly api: Api; readonly update: number; readonly list: List};
type List = {readonly jobs: readonly Told[]; readonly unreadable: number};
type Found = {readonly job: Job; readonly told: Told};

const connect = (profile: string, options: SlurmrestdOptions): Backend => {
	const http = openHttp(
		{connections: traits.concurrency, ...options, limits: {...limits, ...options.limits}},
		{title: 'slurmrestd', isOwn: body => complaintsOf(body).length > 0},
	);
	const viewer: Viewer = {
		profile,
		backend: 'slurmrestd',
		isMine: ({user}) => user === options.user,
	};
	const headers = options.sendUser ? {'x-slurm-user-name': options.user} : {};
	/** What the server speaks, found out with the first request, and again when an address is not known there any more. */
	let known: Api | undefined;
	let remembered: Remembered | undefined;
	let controller: System | undefined;

	/** One that complains is no good answer, whatever its code: an empty list may be a controller that is down. */
	const ask = async (request: HttpRequest): Promise<unknown> => {
		let body: unknown;
		try {
			({body} = await http.json({...request, fresh: true, headers}));
		} catch (error) {
			if (isUnknownAddress(error)) known = undefined;
			throw explained(error, await options.headers?.());
		}
		const failure = failureIn(body);
		if (failure === undefined) return body;
		throw new BackendError(withoutSecrets(failure, (await options.headers?.()) ?? {}));
	};

	const describe = async (signal: AbortSignal): Promise<Api> => {
		signal.throwIfAborted();
		known ??= readApi(await ask({path: descriptionPath, signal}));
		return known;
	};

	/** Asked for once. */
	const knowController = async (signal: AbortSignal): Promise<System> => {
		try {
			controller ??= controllerIn(await ask({path: (await describe(signal)).ping, signal}));
		} catch (error) {
			if (!(error instanceof BackendError)) throw error;
		}
		return controller ?? {};
	};

	const recordsOf = (body: unknown, read: (value: unknown) => Told | undefined): List => {
		const {jobs} = (body ?? {}) as {readonly jobs?: unknown};
		if (!Array.isArray(jobs)) {
			throw new BackendError({kind: 'malformed', detail: 'the answer is no list of jobs of slurmrestd'});
		}
		const records = readRecords(jobs, read);
		return {jobs: records.read, unreadable: records.unreadable};
	};

	const listAll = async (signal: AbortSignal): Promise<List> => {
		const spoken = await describe(signal);
		const last = remembered?.api === spoken ? remembered : undefined;
		const body = await ask({path: spoken.jobs, query: {update_time: last?.update}, signal});
		const list = recordsOf(body, readJob);
		if (last !== undefined && list.jobs.length === 0 && saysUnchanged(body)) return last.list;
		const update = readNumber((body as {readonly last_update?: unknown}).last_update);
		remembered = spoken.tellsUpdates && update ? {api: spoken, update, list} : undefined;
		return list;
	};

	/** The records of one job or array; none where nobody there knows it. */
	const recordsAt = async (path: string, read: typeof readJob, signal: AbortSignal) => {
		try {
			return recordsOf(await ask({path, signal}), read).jobs;
		} catch (error) {
			if (error instanceof BackendError && isNothing(error.failure)) return [];
			throw error;
		}
	};

	/** Looks at jobs of one array, or at one job. The whole array is asked for: a task that waits cannot be asked for alone. What the controller has forgotten the accounts may know. */
	const look = async (base: string, ids: readonly string[], signal: AbortSignal) => {
		const spoken = await describe(signal);
		const found = new Map<string, Found>();
		const known = (id: string): boolean => found.has(id) && !lacksMembers(found.get(id)?.job);
		const place = (told: readonly Told[]) => {
			for (const id of ids) {
				const one = known(id) ? undefined : find(id, told, viewer);
				if (one !== undefined) found.set(id, one);
			}
		};
		const told = await recordsAt(spoken.job(base), readJob, signal);
		place(told);
		if (ids.every(known) || spoken.account === undefined) return found;
		const shown = new Set(told.map(({record}) => record.id));
		const accounted = await recordsAt(spoken.account(base), readAccount, signal);
		place([...told, ...accounted.filter(({record}) => !shown.has(record.id))]);
		return found;
	};

	const requestFor = (spoken: Api | undefined, id: string): Omit<HttpRequest, 'signal'> => {
		const form = sendableId(id);
		if (form === undefined) {
			throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
		}
		// Only with this one does 0.0.40 say what became of the request.
		if (spoken?.endMany !== undefined) {
			return {method: 'DELETE', path: spoken.endMany, body: {jobs: [form]}};
		}
		const segment = pathSegment(form);
		return {method: 'DELETE', path: spoken?.job(segment) ?? `/slurm/{version}/job/${segment}`};
	};

	return {
		async listPage({everyone, ended, signal}) {
			const {jobs, unreadable} = await listAll(signal);
			const records = jobs.map(({record}) => record);
			const wanted = jobsOf(records, viewer).filter(
				job => (everyone || job.mine) && (ended || !job.terminal),
			);
			return {jobs: wanted, unreadable, covers: 'everything'};
		},

		async get(id, {signal}) {
			signal.throwIfAborted();
			const base = parseId(id)?.base;
			if (base === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
			const found = (await look(base, [id], signal)).get(id);
			if (found !== undefined) return detailsOf(found.job, found.told);
			throw new BackendError({kind: 'not-found', detail: `Slurm does not know job ${cleanText(id)}`});
		},

		async getMany(ids, {signal}): Promise<ManyLooks> {
			signal.throwIfAborted();
			const jobs = new Map<string, Job>();
			const failures = new Map<string, Failure>();
			const baseOf = (id: string) => parseId(id)?.base ?? '';
			const byBase = Map.groupBy(new Set(ids), baseOf);
			for (const id of byBase.get('') ?? []) failures.set(id, {kind: 'rejected', detail: whyNoId(id)});
			byBase.delete('');
			if (byBase.size > oneByOne) {
				const told = Map.groupBy((await listAll(signal)).jobs, ({record}) => record.base);
				for (const [base, asked] of byBase) {
					const left = asked.filter(id => {
						const found = find(id, told.get(base) ?? [], viewer);
						if (found !== undefined) jobs.set(id, found.job);
						return found === undefined;
					});
					if (left.length > 0) byBase.set(base, left);
					else byBase.delete(base);
				}
			}
			for (const [base, asked] of byBase) {
				try {
					for (const [id, {job}] of await look(base, asked, signal)) jobs.set(id, job);
				} catch (error) {
					if (!(error instanceof BackendError)) throw error;
					for (const id of asked) failures.set(id, error.failure);
				}
			}
			return {jobs, failures};
		},

		async cancel(id, {signal}): Promise<CancelReceipt> {
			signal.throwIfAborted();
			const form = sendableId(id) ?? '';
			const request = requestFor(form === '' ? known : await describe(signal), id);
			const answer = await ask({...request, signal}).then(
				body => readEnd(body, form),
				(error: unknown) => {
					if (!(error instanceof BackendError)) throw error;
					return asReceipt(error.failure);
				},
			);
			const said = answerOfSet(form, answer);
			if (isReceipt(said)) return said;
			throw new BackendError(said);
		},

		describeCancel: ids => [...new Set(ids)].map(id => http.describe(requestFor(known, id))),

		async system({signal}) {
			const own = httpSystem(traits.kind, {...options, account: options.account ?? options.user});
			return {...own, ...(isHere(options) && (await knowController(signal)))};
		},
		close: http.close,
	};
};

export const slurmrestd: BackendDefinition<SlurmrestdOptions> = {traits, connect};

const find = (id: string, told: readonly Told[], viewer: Viewer): Found | undefined => {
	const records = told.map(({record}) => record);
	const found = findJob(id, records, viewer);
	const leading = told.find(({record}) => record === found?.leading);
	return found && leading && {job: found.job, told: leading};
};

/** An address of this machine, which on another one is that of another server. */
const isHere = ({socketPath, url}: HttpOptions): boolean =>
	socketPath !== undefined || isLoopback(new URL(url).hostname);

/** Nothing is known of the job there: slurmdbd has none of it, or is not kept. */
const isNothing = ({kind, detail}: Failure): boolean =>
	kind === 'not-found' || /accounting storage is disabled/i.test(detail);

/** An empty list that stands for the last one. */
const saysUnchanged = (body: unknown): boolean => {
	const {warnings} = body as {readonly warnings?: unknown};
	return (
		Array.isArray(warnings) &&
		warnings.some(one =>
			/^No job changes since update_time/i.test((one as {description?: string})?.description ?? ''),
		)
	);
};

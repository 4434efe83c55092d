import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import type {Job, JobDetail} from '../../job/job.ts';
import {isEnd, phaseOf} from '../../job/phase.ts';
import {type Clock, systemClock} from '../../process/clock.ts';
import type {BackendDefinition, CancelReceipt, RequestOptions} from '../backend.ts';
import {explainPath} from '../fastapi.ts';
import {type HttpOptions, type JsonAnswer, openHttp, pathSegment} from '../http.ts';
import {HttpError, readRetryAfter} from '../http-failure.ts';
import {httpSystem} from '../http-system.ts';
import {shown} from '../read-fields.ts';
import {createScrubber} from '../without-secrets.ts';
import {statuses, traits} from './facts.ts';
import type {ListenLimits, LogAddress} from './listen.ts';
import {
	cancellationSchema,
	createListReading,
	infoSchema,
	isTensorpoolAnswer,
	listSchema,
	readDetail,
	readResults,
} from './wire.ts';

/** `headers` gives the key as `Authorization: Bearer`. */
export type TensorpoolOptions = HttpOptions & {
	/** How a log is listened to. */
	readonly listen?: Partial<ListenLimits>;
	/** Time for that; the system's if not said. */
	readonly clock?: Clock;
};

/** Where TensorPool is, unless a profile says another place. */
export const tensorpoolUrl = 'https://engine.tensorpool.dev';

/** Jobs of TensorPool. https://docs.tensorpool.dev/api/introduction */
export const tensorpool: BackendDefinition<TensorpoolOptions> = {
	traits,
	connect(profile, options) {
		const http = openHttp(
			{connections: traits.concurrency, ...options},
			{title: traits.title, isOwn: isTensorpoolAnswer},
		);
		const clock = options.clock ?? systemClock;

		// The organization's list holds one's own jobs too.
		const own = createListReading(profile, true);
		const organizations = createListReading(profile, false);
		/** The jobs that were only in the organization's list: a look does not say whose a job is. */
		let others: ReadonlySet<string> = new Set();

		const readList = async (organization: boolean, signal: AbortSignal) => {
			const query = organization ? {include_org: true} : {};
			const records = organization ? organizations : own;
			const request = {path: '/job/list', query, parse: records.parse, signal};
			const {body} = await http.json(request).catch(explainPath);
			const list = listSchema.safeParse(body).data;
			if (list === undefined) throw malformed('the answer is not a list of jobs');
			return records.read(list.jobs);
		};

		const look = async (id: string, {signal}: RequestOptions): Promise<JobDetail> => {
			const path = `/job/info/${pathSegment(id)}`;
			const {body} = await http.json({path, fresh: true, signal}).catch(explainPath).catch(explainId);
			const info = infoSchema.safeParse(body).data?.job_info;
			const detail = readDetail(info, {profile, id, mine: !others.has(id)});
			if (detail === undefined) throw malformed('the answer is not a job');
			if (detail.job.id !== id) throw malformed(`asked for ${cleanText(id, 100)}, got ${detail.job.id}`);
			return detail;
		};

		/** A conversation that is refused does not say why; a look before it does. */
		const logOf = async (id: string, signal: AbortSignal): Promise<LogAddress> => {
			const {job} = await look(id, {signal});
			const path = `/job/listen/${pathSegment(id)}`;
			return {path, clock, limits: options.listen ?? {}, over: job.terminal, signal};
		};

		return {
			async listPage({everyone, ended, signal}) {
				own.begin();
				organizations.begin();
				// The organization's list replaces one's own: only both together are everything, and show whose a job is.
				const mine = await readList(false, signal);
				const organization = everyone ? await readList(true, signal) : {read: [], unreadable: 0};
				const ids = new Set(mine.read.map(job => job.id));
				const foreign = organization.read.filter(job => !ids.has(job.id));
				if (everyone) others = new Set(foreign.map(job => job.id));
				const jobs: Job[] = [...mine.read, ...foreign];
				return {
					jobs: ended ? jobs : jobs.filter(job => !job.terminal),
					// A record that cannot be read is likely in both.
					unreadable: Math.max(mine.unreadable, organization.unreadable),
					covers: 'everything',
				};
			},
			get: look,
			async cancel(id, {signal}) {
				const answer = await http.json({...cancelRequest(id), signal}).catch(explainPath);
				return readReceipt(answer, id);
			},
			describeLook: id => http.describe({path: `/job/info/${pathSegment(id)}`}),
			describeCancel: ids => ids.map(id => http.describe(cancelRequest(id))),
			async delete(id, request) {
				// What becomes of a live job that is deleted is written nowhere.
				const {job} = await look(id, request);
				if (!job.terminal) {
					const detail = `the job is ${job.status || 'perhaps alive'}; only an ended job can be deleted`;
					throw new BackendError({kind: 'conflict', detail});
				}
				const path = `/job/delete/${pathSegment(id)}`;
				await http.json({method: 'DELETE', path, signal: request.signal}).catch(explainPath);
			},
			async logs(id, {signal}) {
				const {hear} = await import('./listen.ts');
				return hear(options, await logOf(id, signal));
			},
			async listen(id, {signal, onText}) {
				const {listen} = await import('./listen.ts');
				return listen(options, {...(await logOf(id, signal)), onText});
			},
			async results(id, {signal}) {
				// What it would take is asked for, and nothing is taken.
				const path = `/job/pull/${pathSegment(id)}`;
				const query = {dry_run: true};
				const {body} = await http.json({path, query, signal}).catch(explainPath).catch(explainId);
				const results = readResults(body, createScrubber((await options.headers?.()) ?? {}));
				if (results === undefined) throw malformed('the answer is not a list of files');
				return results;
			},
			system: async () => httpSystem(traits.kind, options),
			close: http.close,
		};
	},
};

const cancelRequest = (id: string) => ({method: 'POST', path: `/job/cancel/${pathSegment(id)}`}) as const;

/**
What an answer to a cancel proves. A 200 stands for a job that was cancelled before, a 202 for one that will be; the status in the body, where there is one, is the job's own.
*/
const readReceipt = ({status, body, header}: JsonAnswer, id: string): CancelReceipt => {
	const answer = cancellationSchema.safeParse(body).data;
	if (typeof answer?.job_id === 'string' && answer.job_id !== id) {
		throw malformed(
			`asked to cancel ${cleanText(id, 100)}, the answer names ${cleanText(answer.job_id, 100)}`,
		);
	}
	const retryAfterMs = readRetryAfter(header('retry-after'), header('date'));
	const request = shown(answer?.request_id);
	const detail = [
		shown(answer?.message),
		request && `request ${request}`,
		retryAfterMs && `it asks for a retry after ${Math.ceil(retryAfterMs / 1000)} s`,
	]
		.filter(Boolean)
		.join('; ');
	return {kind: kindOf(status, answer?.status ?? ''), ...(detail !== '' && {detail})};
};

const kindOf = (code: number, status: string): CancelReceipt['kind'] => {
	const phase = phaseOf(statuses, status);
	if (phase === 'cancelled') return code === 200 ? 'already' : 'done';
	return isEnd(phase) ? 'too-late' : 'accepted';
};

/** An id of another form than the server's own names nothing there. To a cancel the same code also says that the job cannot be cancelled. */
const explainId = (error: unknown): never => {
	if (
		error instanceof HttpError &&
		error.status === 400 &&
		isTensorpoolAnswer((error.body ?? {}) as Readonly<Record<string, unknown>>) &&
		/\binvalid\b.*\bid\b/i.test(error.failure.detail)
	) {
		throw new HttpError({kind: 'not-found', detail: error.failure.detail}, error.status, error.body);
	}
	throw error;
};

const malformed = (detail: string): BackendError => new BackendError({kind: 'malformed', detail});

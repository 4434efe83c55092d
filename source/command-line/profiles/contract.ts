/*
Tries on a real system what every backend promises, as far as nothing is changed there. What the tests try on imitations is tried here on the real one.
*/
import type {Backend, Connection} from '../../backends/backend.ts';
import {readList} from '../../engine/polling/read-list.ts';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import {isEnd, normalizeStatus} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {compareSystems} from '../../job/system.ts';
import {count} from '../../text/format.ts';

/** What became of one promise. */
export type Tried = {
	readonly promise: string;
	readonly result: 'kept' | 'broken' | 'not tried';
	/** What was seen, or why it was not tried. */
	readonly detail: string;
};

/** What a trial has to go on. */
type Trial = {
	readonly connection: Connection;
	readonly signal: AbortSignal;
	/** Epoch milliseconds. */
	readonly now: number;
	/** The live jobs of the user, and all jobs that the system lists. */
	readonly live: readonly Job[];
	readonly all: readonly Job[];
	/** Records of the two lists that could not be read. */
	readonly unreadable: number;
	/** One job of each phase. */
	readonly samples: readonly Job[];
	/** An id in the form of this system that no listed job has. */
	readonly unknownId: string | undefined;
};

type Seen = Omit<Tried, 'promise'>;

const kept = (detail: string): Seen => ({result: 'kept', detail});
const broken = (detail: string): Seen => ({result: 'broken', detail});
const notTried = (detail: string): Seen => ({result: 'not tried', detail});

/** Milliseconds for everything together. */
const wholeMs = 300_000;
/** A clock may differ from that of the system. */
const clockTolerance = 300_000;

/** Tries every promise in turn. Sends only requests that read. */
export const tryContract = async (connection: Connection, now: number): Promise<readonly Tried[]> => {
	const signal = AbortSignal.timeout(wholeMs);
	let trial: Trial;
	try {
		const mine = await readList(connection, {everyone: false, ended: false}, signal);
		const all = await readList(connection, {everyone: true, ended: true}, signal);
		const live = [...mine.jobs.values()];
		const listed = [...all.jobs.values()];
		trial = {
			...{connection, signal, now, live, all: listed, unreadable: mine.unreadable + all.unreadable},
			samples: [...new Map([...listed, ...live].map(job => [job.phase, job])).values()],
			unknownId: unlikelyId(listed),
		};
	} catch (error) {
		return [{promise: promises[0]?.[0] ?? '', ...broken(wordsOf(error))}];
	}
	const tried: Tried[] = [];
	for (const [promise, attempt] of promises) {
		const seen = await attempt(trial).catch((error: unknown) => broken(wordsOf(error)));
		tried.push({promise, ...seen, detail: cleanText(seen.detail, 400)});
	}
	return tried;
};

const wordsOf = (error: unknown): string => {
	if (error instanceof BackendError) return error.message;
	if ((error as Error).name === 'TimeoutError') return `no answer within ${wholeMs / 1000} s`;
	throw error;
};

/** An id that differs from that of a listed job in its last digits. */
export const unlikelyId = (jobs: readonly Job[]): string | undefined => {
	const known = new Set(jobs.map(({id}) => id));
	for (const id of known) {
		for (let step = 8; step > 0; step--) {
			const other = id.replace(/\d+(?=\D*$)/, digits =>
				digits.replace(/\d/g, digit => String(((Number(digit) + step) % 9) + 1)),
			);
			if (!known.has(other)) return other;
		}
	}
	return undefined;
};

const sameFacts = (a: Job, b: Job): boolean =>
	a.ref === b.ref && a.phase === b.phase && a.terminal === b.terminal && a.status === b.status;

/** The first of the jobs for which a rule does not hold, as what is wrong with it. */
const firstWrong = (jobs: readonly Job[], wrongWith: (job: Job) => string | undefined): Seen => {
	for (const job of jobs) {
		const wrong = wrongWith(job);
		if (wrong !== undefined) return broken(`${job.ref}: ${wrong}`);
	}
	return jobs.length === 0 ? notTried('no job is listed') : kept(count(jobs.length, 'job'));
};

const failureOfAttempt = async (attempt: Promise<unknown>): Promise<Failure | undefined> => {
	try {
		await attempt;
		return undefined;
	} catch (error) {
		if (error instanceof BackendError) return error.failure;
		throw error;
	}
};

/** Texts that are no id of any system, and mean other jobs to the programs of some. */
const noIds = ['*', '-all', '0', 'a b', '--'] as const;

type Attempt = (trial: Trial) => Promise<Seen>;

const promises: readonly (readonly [promise: string, attempt: Attempt])[] = [
	[
		'every record of the lists can be read',
		async ({live, all, unreadable}) =>
			unreadable > 0
				? broken(`${count(unreadable, 'record')} cannot be read`)
				: kept(`${count(live.length, 'active job')} of yours, ${all.length} listed`),
	],
	[
		'the system has a name, and the same one twice',
		async ({connection: {backend}, signal}) => {
			const [first, second] = [await backend.system({signal}), await backend.system({signal})];
			if (compareSystems(first, second) === 'other') return broken('two answers differ');
			const facts = Object.keys(first).filter(name => name !== 'kind');
			return facts.length === 0 ? broken('only its kind is known') : kept(`known by ${facts.join(', ')}`);
		},
	],
	[
		'every status is known',
		async ({connection: {traits}, all}) => {
			// Of some words, a table says that they say nothing.
			const isStrange = ({phase, status}: Job) =>
				phase === 'unknown' && !Object.hasOwn(traits.statuses, normalizeStatus(status));
			const strange = new Set(all.filter(isStrange).map(({status}) => status));
			if (strange.size > 0) return broken(`not known: ${[...strange].slice(0, 5).join('; ')}`);
			return firstWrong(all, () => undefined);
		},
	],
	[
		'a job is plain JSON, with a name and a status, clean',
		async ({connection: {profile, traits}, all}) =>
			firstWrong(all, job => {
				if (job.ref !== refOf(profile, job.id) || job.backend !== traits.kind) return 'a wrong ref';
				if (job.name.trim() === '' || job.status.trim() === '') return 'no name or no status';
				if (job.name !== cleanText(job.name)) return 'its name is not clean';
				const isPlain = JSON.stringify(structuredClone(job)) === JSON.stringify(job);
				return isPlain ? undefined : 'it is not plain';
			}),
	],
	[
		'an end has the flag, a cause and a time only where the job has ended',
		async ({all}) =>
			firstWrong(all, ({phase, terminal, endedBy, endedAt}) => {
				if (terminal !== isEnd(phase)) return `${phase}, but ${terminal ? '' : 'not '}ended`;
				// What is being cleaned up has its end behind it.
				if (!terminal && (endedBy || (endedAt !== undefined && phase !== 'stopping')))
					return `${phase}, with an end`;
				return phase === 'succeeded' && endedBy ? `succeeded, but ended by ${endedBy.kind}` : undefined;
			}),
	],
	[
		'times are in order, and not in the future',
		async ({all, now}) =>
			firstWrong(all, ({createdAt, startedAt, endedAt}) => {
				const times = [createdAt, startedAt, endedAt].filter(time => time !== undefined);
				if (times.some(time => time > now + clockTolerance)) return 'a time in the future';
				// Some systems give whole seconds of one and parts of the other.
				return times.some((time, index) => time + 1000 < (times[index - 1] ?? 0))
					? 'times are not in order'
					: undefined;
			}),
	],
	[
		'only live jobs are listed where ended ones are not requested',
		async ({live}) => firstWrong(live, ({terminal, phase}) => (terminal ? phase : undefined)),
	],
	[
		'only your jobs are listed where others are not requested',
		async ({connection: {traits}, live}) =>
			traits.shows.others === 'asked'
				? firstWrong(live, ({mine}) => (mine ? undefined : 'it is not yours'))
				: notTried('this system shows what it wants'),
	],
	['a look at a job agrees with its list', lookAtSamples],
	['a look at many jobs shows these and no others', lookAtMany],
	[
		'an unknown job is not found',
		async ({connection: {backend}, unknownId, signal}) => {
			if (!backend.get || unknownId === undefined) return notTried('no id to try with');
			const failure = await failureOfAttempt(backend.get(unknownId, {signal}));
			if (failure === undefined) return notTried('the id that was tried is that of a job');
			return failure.kind === 'not-found' ? kept('not found') : broken(`${failure.kind}: ${failure.detail}`);
		},
	],
	[
		'a text that is not an id finds no job',
		async ({connection: {backend}, signal}) => {
			if (!backend.get) return notTried('there are no looks at one job');
			for (const text of noIds) {
				if ((await failureOfAttempt(backend.get(text, {signal}))) === undefined)
					return broken(`${JSON.stringify(text)} is a job`);
				const described = backend.describeCancel && describedOf(backend, text);
				if (described?.some(line => /^(?:\S*\/)?\w+(?: -\S+)*$/.test(line)))
					return broken(`cancelling ${JSON.stringify(text)} would send no id`);
			}
			return kept(`${noIds.length} texts`);
		},
	],
	[
		'what a cancellation would send can be said in one line, and is not sent',
		async ({connection: {backend, profile}, live}) => {
			const [job] = live;
			if (!backend.describeCancel || job === undefined) return notTried('no live job of yours');
			const lines = backend.describeCancel([job.id]);
			return lines.length === 1 && !lines[0]?.includes('\n')
				? kept('one line')
				: broken(`${lines.length} lines for ${refOf(profile, job.id)}`);
		},
	],
	[
		'an aborted request ends with the reason, and nothing else',
		async ({connection: {backend}}) => {
			const reason = new Error('aborted on purpose');
			const list = {everyone: false, ended: false, signal: AbortSignal.abort(reason)};
			const ended = await backend.listPage(list).catch((error: unknown) => error);
			return ended === reason ? kept('it does') : broken('it ended otherwise');
		},
	],
	['a log is readable or refused with a reason, and grows without repeating itself', readLogTwice],
];

/** What cancelling this text would send; undefined where it is refused, as it should be. */
const describedOf = (backend: Backend, text: string): readonly string[] | undefined => {
	try {
		return backend.describeCancel?.([text]);
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

async function lookAtSamples({connection, signal, samples}: Trial): Promise<Seen> {
	const {get} = connection.backend;
	if (!get) return notTried('there are no looks at one job');
	if (samples.length === 0) return notTried('no job is listed');
	for (const listed of samples) {
		const {job, fields, raw} = await get(listed.id, {signal});
		if (fields.length === 0 || raw.trim() === '') return broken(`${listed.ref}: without details`);
		if (sameFacts(job, listed)) continue;
		// It may have changed in between: then the list has, too.
		const again = (await readList(connection, {everyone: true, ended: true}, signal)).jobs.get(listed.ref);
		const later = (await get(listed.id, {signal})).job;
		if (again === undefined || (!sameFacts(job, again) && !sameFacts(later, again)))
			return broken(`${listed.ref}: listed as ${listed.status}, looked at as ${job.status}`);
	}
	return kept(`${count(samples.length, 'job')}: ${samples.map(({phase}) => phase).join(', ')}`);
}

async function lookAtMany({connection: {backend}, signal, samples, unknownId}: Trial): Promise<Seen> {
	if (!backend.getMany) return notTried('there are no looks at many jobs');
	if (samples.length === 0) return notTried('no job is listed');
	const ids = samples.map(({id}) => id);
	const asked = unknownId === undefined ? ids : [...ids, unknownId];
	const {jobs, failures} = await backend.getMany(asked, {signal});
	const [failure] = failures.values();
	if (failure !== undefined) return broken(`${failure.kind}: ${failure.detail}`);
	const missing = ids.find(id => jobs.get(id)?.id !== id);
	if (missing !== undefined) return broken(`${missing} is missing, or is another job`);
	return kept(`${count(ids.length, 'job')}${unknownId === undefined ? '' : ', and not an unknown one'}`);
}

async function readLogTwice({connection: {backend}, signal, samples, live}: Trial): Promise<Seen> {
	if (!backend.logs) return notTried('there are no logs');
	const job = [...live, ...samples].find(({phase, mine}) => mine && phase === 'running');
	if (job === undefined) return notTried('no running job of yours');
	let first: Awaited<ReturnType<NonNullable<Backend['logs']>>>;
	try {
		first = await backend.logs(job.id, {signal});
	} catch (error) {
		if (!(error instanceof BackendError)) throw error;
		const {kind, detail} = error.failure;
		return /\S/.test(detail) ? kept(`refused: ${kind}`) : broken(`${kind}, without words`);
	}
	if (first.cursor === undefined) return kept('read once: each answer is the whole log');
	const again = await backend.logs(job.id, {signal, after: first.cursor});
	const isRepeated = first.text.length > 40 && !again.anew && again.text.startsWith(first.text);
	return isRepeated ? broken(`${job.ref}: the same text came twice`) : kept('read twice');
}

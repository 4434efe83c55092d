import {readFile} from 'node:fs/promises';
import {text as wholeText} from 'node:stream/consumers';
import type {Connection} from '../../backends/backend.ts';
import {dryRun} from '../../cancellation/dry-run.ts';
import {whyAnother} from '../../job/identity.ts';
import type {Job} from '../../job/job.ts';
import {isOpenTo, type Operation, participles} from '../../job/operation.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import {countLive, withoutCovered} from '../../job/set.ts';
import {type JobTarget, targetOf, withShares} from '../../job/target.ts';
import {systemClock} from '../../process/clock.ts';
import {causeWords} from '../../process/error-words.ts';
import {jobCountWords, liveJobsWords} from '../../table/job-count.ts';
import {readQuery} from '../listing/query.ts';
import {readProfiles} from '../listing/read-profiles.ts';
import {detailOf, type Resolution, resolveRefs} from '../listing/resolve-refs.ts';
import {refuseDoubtful} from '../listing/unresolved.ts';
import {confirm} from '../output/asking.ts';
import {CommandError} from '../output/command-error.ts';
import type {Console} from '../output/console.ts';
import {refuseWithoutJournal} from '../output/refuse-unwritable.ts';
import {connectionOf, exitCodeOfFailures, failureLine} from '../profiles/failure-words.ts';
import type {OpenSession, Session} from '../session.ts';
import {
	type CancelResult,
	resultNotSent,
	resultOfClosed,
	resultOfEnded,
	resultOfFailure,
	resultReplaced,
} from './cancel-results.ts';
import {type Candidate, confirmationLines, leftOutLines} from './confirmation.ts';
import {onlyMine} from './only-mine.ts';
import {type PursuitOptions, printSettled, pursue} from './pursue.ts';

/** How to cancel jobs, and then to follow them. */
export type CancelManner = PursuitOptions & {
	readonly reason?: string;
	/** What to request. */
	readonly operation: Operation;
	/** Force-cancel. */
	readonly force: boolean;
	readonly dryRun: boolean;
	readonly yes: boolean;
	/** The confirmed protected profiles, by name. */
	readonly protected: readonly string[];
};

/** The targets of an earlier batch: another job that got the id since is not cancelled. */
export type AskedBefore = {
	/** Epoch milliseconds. */
	readonly askedAt: number;
	readonly targets: ReadonlyMap<Ref, JobTarget>;
	/** Profiles that now lead to another system, and how. */
	readonly other: ReadonlyMap<string, string>;
};

export type CancelOptions = CancelManner & {
	readonly refs: readonly string[];
	readonly before?: AskedBefore;
	readonly query?: string;
	/** A file of refs, one per line; `-` is stdin. */
	readonly from?: string;
	/** Send nothing if more jobs match. */
	readonly max?: number;
	/** Leave out the jobs of other people. */
	readonly mine?: boolean;
};

/** The jobs to cancel, and the results that need no request. */
type Chosen = {
	readonly candidates: readonly Candidate[];
	readonly results: readonly CancelResult[];
	readonly codes: readonly number[];
};

/** Cancels, suspends or unsuspends jobs, and follows them until they have really ended, or are really so. */
export const cancel = async (
	options: CancelOptions,
	console: Console,
	open: OpenSession,
): Promise<number> => {
	// Probably an unset variable of a script, and it would match every job.
	if (options.query?.trim() === '')
		throw new CommandError('--query is empty; use state:active for every active job; nothing was sent');
	const query = options.query === undefined ? undefined : readQuery(options.query);
	const refs = await refsOf(options);
	const session = await open();
	try {
		const chosen = query
			? await chooseByQuery(session, query(session), {console, operation: options.operation})
			: await chooseByRefs(session, refs, {...options, console});
		return await carryOut(
			options.mine ? await withoutOthersJobs(chosen, session, console) : chosen,
			options,
			console,
			session,
		);
	} finally {
		await session.close();
	}
};

const withoutOthersJobs = async (
	{candidates: all, results: known, codes}: Chosen,
	{connections}: Session,
	console: Console,
): Promise<Chosen> => {
	const {candidates, results} = await onlyMine(all, connections, console);
	const nothing = all.length > 0 && candidates.length + known.length + results.length === 0;
	if (nothing) console.say('jobtop: none of these jobs is yours; nothing was sent');
	return {candidates, results: [...known, ...results], codes: nothing ? [...codes, 7] : codes};
};

const refsOf = async ({refs, query, from}: CancelOptions): Promise<readonly string[]> => {
	const ways = [refs.length > 0, query !== undefined, from !== undefined].filter(Boolean).length;
	if (ways !== 1) throw new CommandError('choose one way to name jobs: REF..., --query QUERY or --from FILE');
	if (from === undefined) return refs;
	let text: string;
	try {
		text = from === '-' ? await wholeText(process.stdin) : await readFile(from, 'utf8');
	} catch (error) {
		throw new CommandError(
			`--from ${from}: cannot be read: ${causeWords(error)}; write a file with one ref a line`,
		);
	}
	const lines = text.split(/\r?\n/).filter(line => line.trim() !== '');
	if (lines.length === 0)
		throw new CommandError(
			`${from === '-' ? 'stdin' : from} is empty: no job to cancel; nothing was sent`,
			7,
		);
	return lines;
};

const candidateOf = (job: Job): Candidate => ({
	target: targetOf(job),
	profile: job.profile,
	job,
});

const chooseByQuery = async (
	{connections}: Session,
	matches: (job: Job) => boolean,
	{console, operation}: {readonly console: Console; readonly operation: Operation},
): Promise<Chosen> => {
	const lists = await readProfiles(connections, {everyone: false, ended: false});
	const failures = lists.flatMap(({failure}) => failure ?? []);
	for (const {profile, failure} of lists) if (failure) console.say(failureLine(profile, failure));
	const jobs = lists.flatMap(({list}) => [...(list?.jobs.values() ?? [])]);
	const candidates = jobs.filter(job => isOpenTo(operation, job) && matches(job)).map(candidateOf);
	const codes = failures.length > 0 ? [exitCodeOfFailures(failures)] : [];
	if (candidates.length > 0) return {candidates, results: [], codes};
	const can = operation === 'cancel' ? '' : ` and can be ${participles[operation]}`;
	console.say(`jobtop: no active job matches${can}; nothing was sent`);
	return {candidates, results: [], codes: [...codes, 7]};
};

const chooseByRefs = async (
	{connections}: Session,
	all: readonly string[],
	{console, before, operation}: Pick<CancelOptions, 'before' | 'operation'> & {readonly console: Console},
): Promise<Chosen> => {
	const elsewhere = (ref: string) => before?.other.get(parseRef(ref)?.profile ?? '');
	const results: CancelResult[] = [];
	const given = all.filter(ref => {
		const how = elsewhere(ref);
		if (how !== undefined) results.push(resultReplaced(ref, how));
		return how === undefined;
	});
	const resolutions = refuseDoubtful(await resolveRefs(connections, given), console);
	const candidates = new Map<Ref, Candidate>();
	for (const resolution of resolutions) {
		if (resolution.kind === 'found') {
			const {job} = resolution;
			if (candidates.has(job.ref)) continue;
			const another = before && (await whyNotAgain(connections, resolution, before));
			if (another !== undefined) results.push(resultReplaced(job.ref, another));
			else if (job.terminal) results.push(resultOfEnded(job, operation));
			else if (
				operation !== 'cancel' &&
				whyImpossible(connections, job.profile, {operation}) === undefined &&
				!isOpenTo(operation, job)
			)
				results.push(resultOfClosed(job, operation));
			else candidates.set(job.ref, candidateOf(job));
		} else if (resolution.kind === 'failed') {
			const {ref, failure} = resolution;
			const result = resultOfFailure(ref, failure);
			const {profile = '', id = ''} = parseRef(ref) ?? {};
			if (result) results.push(result);
			else {
				const target = {ref, name: id, phase: 'unknown', status: ''} as const;
				candidates.set(ref, {target, profile, why: failure.detail});
			}
		} else if (resolution.kind === 'not-found') {
			const {given, ref = given, detail} = resolution;
			results.push({ref, outcome: {kind: 'not-found', detail}, attempts: 0});
		}
	}
	return {candidates: [...candidates.values()], results, codes: []};
};

/** Why a job is not the one of the earlier batch; undefined if it is. */
const whyNotAgain = async (
	connections: readonly Connection[],
	found: Extract<Resolution, {kind: 'found'}>,
	{targets, askedAt}: AskedBefore,
): Promise<string | undefined> => {
	const shown = targets.get(found.given as Ref);
	if (!shown || whyAnother(shown, found.job, askedAt) === undefined) return undefined;
	// Only a look at this job alone shows whether it was requeued since.
	const detail = await detailOf(connections, found);
	return whyAnother(shown, detail?.job ?? found.job, askedAt);
};

const carryOut = async (
	{candidates: all, results: known, codes}: Chosen,
	options: CancelOptions,
	console: Console,
	session: Session,
): Promise<number> => {
	const {connections} = session;
	const {force, operation, reason} = options;
	const [each, impossible] = partition(
		all,
		({profile}) => whyImpossible(connections, profile, options) === undefined,
	);
	const candidates = withShares(withoutOthers(each, console));
	const settled: CancelResult[] = [
		...known,
		...impossible.map(({target, profile}) =>
			resultNotSent(target.ref, `profile ${profile} ${whyImpossible(connections, profile, options)}`),
		),
	];
	if (candidates.length === 0) return printSettled(settled, {codes, options, operation, console});
	if (options.max !== undefined) refuseMore(candidates, options.max, operation);
	if (!options.dryRun) refuseWithoutJournal(session.stateDirectory);
	const verb = force ? 'force-cancel' : operation;
	const lines = confirmationLines(verb, candidates, connections, systemClock.now());
	for (const line of [...lines, ...leftOutLines(settled.length)]) console.say(line);
	if (options.dryRun) {
		const places = new Map(connections.map(connection => [connection.profile, connection]));
		const refs = candidates.map(({target}) => target.ref);
		const how = options.force ? ', by force' : '';
		for (const {profile, request} of dryRun(places, refs, operation))
			console.say(`would send to ${profile}: ${request}${how}`);
		const unsent = candidates.map(({target}) => resultNotSent(target.ref, 'dry run'));
		printSettled([...settled, ...unsent], {codes, options, operation, console});
		console.say('dry run: nothing was sent');
		return 0;
	}
	await confirm(console, session, {
		profiles: candidates.map(({profile}) => profile),
		yes: options.yes,
		protected: options.protected,
		mayAsk: options.from !== '-',
		question: `${verb} ${liveJobsWords(candidates.map(({target}) => target))}? [y/N] `,
	});
	const targets = new Map(candidates.map(({target}) => [target.ref, target]));
	return pursue(session, {
		begin: engine =>
			engine.cancel([...targets.values()], {force, operation, ...(reason !== undefined && {reason})}),
		targets,
		settled,
		codes,
		options,
		operation,
		console,
	});
};

/** Throws if the operation concerns more jobs than `max`, or if their number is unknown. */
const refuseMore = (candidates: readonly Candidate[], max: number, operation: Operation): void => {
	const number = countLive(candidates.map(({target}) => target));
	if (number.jobs <= max && number.unknown === 0) return;
	throw new CommandError(
		`${jobCountWords(number)} would be ${participles[operation]}, and --max is ${max}; nothing was sent`,
		3,
	);
};

/** Without the candidates that end with another candidate: one request covers them. */
const withoutOthers = (all: readonly Candidate[], console: Console): readonly Candidate[] => {
	const byRef = new Map(all.map(candidate => [candidate.target.ref, candidate]));
	const asked = all.map(({target, job}) => ({...target, ...(job?.parent && {parent: job.parent})}));
	const kept = new Set(withoutCovered(asked).map(({ref}) => ref));
	const covered = [...byRef.keys()].filter(ref => !kept.has(ref));
	if (covered.length > 0)
		console.say(`jobtop: the request for the whole set also ends: ${covered.join(', ')}`);
	return all.filter(({target}) => kept.has(target.ref));
};

/** Why nothing can be sent to a profile; undefined if it can. */
const whyImpossible = (
	connections: readonly Connection[],
	profile: string,
	{operation, force = false}: {readonly operation: Operation; readonly force?: boolean},
): string | undefined => {
	const {backend, traits, readOnly} = connectionOf(connections, profile);
	if (backend[force ? 'forceCancel' : operation] !== undefined) return undefined;
	if (readOnly) return `cannot ${operation}: it is read-only`;
	return force
		? `does not support --force (${traits.title}); remove it`
		: `has no way to ${operation} a job (${traits.title})`;
};

const partition = <Item>(items: readonly Item[], belongs: (item: Item) => boolean): [Item[], Item[]] => [
	items.filter(belongs),
	items.filter(item => !belongs(item)),
];

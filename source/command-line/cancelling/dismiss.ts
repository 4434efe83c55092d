import {refHere} from '../../cancellation/journal/earlier-names.ts';
import {worstExitCode} from '../../cancellation/outcomes.ts';
import {whyKept} from '../../engine/visibility/deletion.ts';
import {createDismissals, type Dismissed, dismissalTrouble} from '../../engine/visibility/dismissals.ts';
import {hideOnServer, hidingTrouble, type ServerHiding} from '../../engine/visibility/hiding.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import {targetOf} from '../../job/target.ts';
import {systemClock} from '../../process/clock.ts';
import {unwritableWords} from '../../process/writable-state.ts';
import {resolveRefs} from '../listing/resolve-refs.ts';
import {refuseDoubtful} from '../listing/unresolved.ts';
import {CommandError} from '../output/command-error.ts';
import type {Console} from '../output/console.ts';
import {untilSignal} from '../output/signals.ts';
import type {OpenSession, Session} from '../session.ts';

export type DismissOptions = {
	readonly refs: readonly string[];
	/** Hide them, or restore them. */
	readonly hidden: boolean;
	readonly output: 'text' | 'json';
};

/** The local result for one job. */
const outcomes = {
	dismissed: {exitCode: 0, words: 'was dismissed'},
	restored: {exitCode: 0, words: 'was restored'},
	'not-dismissed': {exitCode: 0, words: 'was not dismissed'},
	refused: {exitCode: 5, words: 'is not dismissed'},
	'not-found': {exitCode: 7, words: 'is unknown there'},
} as const;

type Result = {
	readonly ref: string;
	readonly outcome: keyof typeof outcomes;
	/** The result on its server; absent if nothing was done locally either. */
	readonly server?: ServerHiding['kind'] | 'read-only';
	readonly detail?: string;
	readonly credential?: true;
};

/** Hides ended jobs from view, or restores them: locally, and on servers that support it. */
export const dismiss = async (
	options: DismissOptions,
	console: Console,
	open: OpenSession,
): Promise<number> => {
	const session = await open();
	const {signal, code, off} = untilSignal();
	try {
		const trouble = dismissalTrouble(session.stateDirectory);
		if (trouble !== undefined) throw new CommandError(`${trouble}; nothing was changed`, 5);
		const dismissals = remember(() => hiddenIn(session));
		const {jobs, results} = options.hidden
			? await chooseEnded(session, options.refs, console)
			: await chooseHidden(session, options.refs, dismissals.hidden, console);
		const hiddenBefore = new Set(dismissals.hidden.keys());
		if (jobs.length > 0) remember(() => dismissals.set(jobs, options.hidden));
		results.push(
			...(await Promise.all(
				jobs.map(({ref}) =>
					carryOut({ref, hidden: options.hidden, hiddenBefore: hiddenBefore.has(ref)}, session, signal),
				),
			)),
		);
		if (options.output === 'json') console.data(documentOf(results));
		else for (const result of results) console.data(`${sentenceOf(result, options.hidden)}\n`);
		const left = code();
		return worstExitCode([...(left === undefined ? [] : [left]), ...results.map(exitCodeOf)]);
	} finally {
		off();
		await session.close();
	}
};

const remember = <Result>(work: () => Result): Result => {
	try {
		return work();
	} catch (error) {
		const words = `hidden rows cannot be saved: ${unwritableWords(error as Error)}; nothing was changed`;
		throw new CommandError(words, 5, {cause: error});
	}
};

type Chosen = {readonly jobs: readonly Dismissed[]; readonly results: Result[]};
const hiddenIn = ({stateDirectory, connections}: Session) =>
	createDismissals(stateDirectory, systemClock.now, ref => refHere(connections, ref));

type Hidden = ReturnType<typeof createDismissals>['hidden'];

/** Only ended jobs are dismissed: a look checks that. */
const chooseEnded = async (
	{connections}: Session,
	given: readonly string[],
	console: Console,
): Promise<Chosen> => {
	const jobs = new Map<Ref, Dismissed>();
	const results: Result[] = [];
	for (const resolution of refuseDoubtful(await resolveRefs(connections, given), console)) {
		if (resolution.kind === 'not-found') {
			const {given, ref = given, detail} = resolution;
			results.push({ref, outcome: 'not-found', detail});
		} else if (resolution.kind === 'failed') {
			const {ref, failure} = resolution;
			const credential = failure.kind === 'unauthorized' && {credential: true as const};
			results.push({ref, outcome: 'refused', detail: failure.detail, ...credential});
		} else {
			const {ref, job} = resolution;
			const detail = whyKept(targetOf(job), job);
			if (detail === undefined) jobs.set(ref, targetOf(job));
			else results.push({ref, outcome: 'refused', detail});
		}
	}
	return {jobs: [...jobs.values()], results};
};

/** Locally hidden jobs are known locally, without a request. */
const chooseHidden = async (
	{connections}: Session,
	given: readonly string[],
	hidden: Hidden,
	console: Console,
): Promise<Chosen> => {
	const refs = new Set<Ref>();
	const others: string[] = [];
	for (const text of new Set(given.map(one => refHere(connections, one as Ref)))) {
		const profile = parseRef(text)?.profile;
		const known = connections.some(connection => connection.profile === profile);
		const sameId = [...hidden.keys()].filter(ref => parseRef(ref)?.id === text);
		if (known || hidden.has(text as Ref)) refs.add(text as Ref);
		else if (sameId.length === 1) refs.add(sameId[0] as Ref);
		else if (sameId.length > 1) {
			throw new CommandError(`${text} is dismissed in several profiles; choose one: ${sameId.join(', ')}`);
		} else others.push(text);
	}
	const results: Result[] = [];
	if (others.length > 0) {
		for (const resolution of refuseDoubtful(await resolveRefs(connections, others), console)) {
			if (resolution.kind === 'not-found') {
				const {given, ref = given, detail} = resolution;
				results.push({ref, outcome: 'not-found', detail});
			} else refs.add(resolution.ref);
		}
	}
	return {jobs: [...refs].map(ref => ({ref})), results};
};

/** A job to hide or show, and its previous state. */
type Hiding = {readonly ref: Ref; readonly hidden: boolean; readonly hiddenBefore: boolean};

const carryOut = async (
	{ref, hidden, hiddenBefore}: Hiding,
	{connections, profiles}: Session,
	signal: AbortSignal,
): Promise<Result> => {
	const connection = connections.find(({profile}) => profile === parseRef(ref)?.profile);
	const done = hidden ? 'dismissed' : 'restored';
	const here = hidden || hiddenBefore ? done : 'not-dismissed';
	const readOnly = profiles.some(({name, readOnly}) => name === connection?.profile && readOnly);
	if (readOnly) return {ref, outcome: here, server: 'read-only'};
	if (!connection) return {ref, outcome: here, server: 'none'};
	const {kind, ...why} = await hideOnServer(connection, ref, hidden, signal).catch(
		(error: unknown): ServerHiding => {
			if (!signal.aborted) throw error;
			return {kind: 'unknown', detail: 'interrupted'};
		},
	);
	return {ref, outcome: kind === 'done' ? done : here, server: kind, ...why};
};

const exitCodeOf = ({outcome, server, credential}: Result): number => {
	if (credential) return 4;
	if (server === 'not-found') return 7;
	return server === 'refused' || server === 'unknown' ? 5 : outcomes[outcome].exitCode;
};

const sentenceOf = ({ref, outcome, server, detail}: Result, hidden: boolean): string => {
	if (server === 'read-only') return `${ref} ${outcomes[outcome].words} here only: read-only`;
	const trouble = server && hidingTrouble(hidden, {kind: server, ...(detail !== undefined && {detail})});
	if (trouble !== undefined) return `${ref} ${trouble}`;
	const there = server === 'done' ? ', on its server too' : '';
	return `${ref} ${outcomes[outcome].words}${there}${detail === undefined ? '' : `: ${detail}`}`;
};

const documentOf = (results: readonly Result[]): string =>
	`${JSON.stringify({
		version: 1,
		results: results.map(({ref, outcome, server, detail}) => ({ref, outcome, server, detail})),
	})}\n`;

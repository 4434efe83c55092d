import {worstExitCode} from '../../cancellation/outcomes.ts';
import {
	type Deletion,
	deleteJob,
	type deletions,
	exitCodeOfDeletion,
	sentenceOfDeletion,
	whyKept,
} from '../../engine/visibility/deletion.ts';
import {createDismissals} from '../../engine/visibility/dismissals.ts';
import type {Ref} from '../../job/ref.ts';
import {targetOf} from '../../job/target.ts';
import {systemClock} from '../../process/clock.ts';
import {errorWords} from '../../process/error-words.ts';
import {count} from '../../text/format.ts';
import {endOfId} from '../../view-models/overlays/delete-box.ts';
import {resolveRefs} from '../listing/resolve-refs.ts';
import {refuseDoubtful} from '../listing/unresolved.ts';
import {confirm} from '../output/asking.ts';
import type {Console} from '../output/console.ts';
import {refuseWithoutJournal} from '../output/refuse-unwritable.ts';
import {untilSignal} from '../output/signals.ts';
import {connectionOf} from '../profiles/failure-words.ts';
import type {OpenSession, Session} from '../session.ts';
import {type Candidate, deletionLines, leftOutLines} from './confirmation.ts';

export type DeleteOptions = {
	readonly refs: readonly string[];
	readonly yes: boolean;
	/** The confirmed protected profiles, by name. */
	readonly protected: readonly string[];
	readonly output: 'text' | 'json';
};

type Result = Deletion & {readonly ref: string};

/** Deletes ended jobs on their servers permanently. */
export const deleteJobs = async (
	options: DeleteOptions,
	console: Console,
	open: OpenSession,
): Promise<number> => {
	const session = await open();
	try {
		const {candidates, results} = await choose(session, options.refs, console);
		const print = (result: Result) => {
			if (options.output === 'text') console.data(`${sentenceOfDeletion(result.ref, result)}\n`);
			return result;
		};
		const codes: number[] = [];
		if (candidates.length > 0) {
			refuseWithoutJournal(session.stateDirectory);
			const lines = deletionLines(candidates, session.connections, systemClock.now());
			for (const line of [...lines, ...leftOutLines(results.length)]) console.say(line);
			await confirm(console, session, {...questionAbout(candidates), ...options, mayAsk: true});
		}
		results.forEach(print);
		const {signal, code, off} = untilSignal();
		try {
			results.push(
				...(await Promise.all(
					candidates.map(async one => print(await carryOut(one, session, signal, console))),
				)),
			);
		} finally {
			off();
		}
		const left = code();
		if (left !== undefined) codes.push(left);
		if (options.output === 'json') console.data(documentOf(results));
		return worstExitCode([...codes, ...results.map(exitCodeOfDeletion)]);
	} finally {
		await session.close();
	}
};

/** The jobs to delete, and the results that need no request. */
const choose = async (
	{connections, profiles}: Session,
	given: readonly string[],
	console: Console,
): Promise<{readonly candidates: readonly Candidate[]; readonly results: Result[]}> => {
	const candidates = new Map<Ref, Candidate>();
	const results: Result[] = [];
	for (const resolution of refuseDoubtful(await resolveRefs(connections, given), console)) {
		if (resolution.kind === 'not-found') {
			const {given, ref = given, kind, detail} = resolution;
			results.push({ref, kind, detail});
		} else if (resolution.kind === 'failed') {
			const {kind, detail} = resolution.failure;
			const credential = kind === 'unauthorized' && {credential: true as const};
			results.push({ref: resolution.ref, kind: 'not-sent', detail, ...credential});
		} else if (!candidates.has(resolution.ref)) {
			const {ref, job} = resolution;
			const {profile} = job;
			const {traits, backend} = connectionOf(connections, profile);
			const readOnly = profiles.some(setting => setting.name === profile && setting.readOnly);
			const why = readOnly
				? `profile ${profile} is read-only`
				: backend.delete
					? whyKept(targetOf(job), job)
					: `${traits.title} has no way to delete a job`;
			if (why === undefined) candidates.set(ref, {target: targetOf(job), profile, job});
			else results.push({ref, kind: 'not-sent', detail: why, job});
		}
	}
	return {candidates: [...candidates.values()], results};
};

/** A question that nobody answers by reflex: the end of the id of one job, or the number of several. */
const questionAbout = (candidates: readonly Candidate[]) => {
	const [first, second] = candidates;
	const id = first?.job?.id ?? '';
	const {what, text} =
		second === undefined ? endOfId(id) : {what: `the number of jobs`, text: String(candidates.length)};
	return {
		profiles: candidates.map(({profile}) => profile),
		question: `type ${text}, ${what}, to delete ${count(candidates.length, 'job')} permanently: `,
		agrees: (answer: string) => answer === text.trim(),
	};
};

const carryOut = async (
	{target, profile}: Candidate,
	{connections, stateDirectory}: Session,
	signal: AbortSignal,
	console: Console,
): Promise<Result> => {
	const deletion = await deleteJob(connectionOf(connections, profile), target, signal);
	if (deletion.kind === 'deleted' && deletion.job) {
		// The remaining record is useless: the screen need not show it.
		try {
			createDismissals(stateDirectory, systemClock.now).set([target], true);
		} catch (error) {
			console.say(`jobtop: its record is still listed: ${errorWords(error as Error)}`);
		}
	}
	return {...deletion, ref: target.ref};
};

const documentOf = (results: readonly Result[]): string => {
	const counts: Partial<Record<keyof typeof deletions, number>> = {};
	for (const {kind} of results) counts[kind] = (counts[kind] ?? 0) + 1;
	return `${JSON.stringify({
		version: 1,
		results: results.map(({ref, kind, job, detail}) => ({
			ref,
			outcome: kind,
			phase: job?.phase,
			status: job?.status,
			detail,
		})),
		counts,
	})}\n`;
};

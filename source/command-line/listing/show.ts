import {worstExitCode} from '../../cancellation/outcomes.ts';
import {type Failure, failureOf} from '../../job/failure.ts';
import type {Job, JobChild, JobDetail, JobResult} from '../../job/job.ts';
import {jobJson, momentJson} from '../../job/job-json.ts';
import {systemClock} from '../../process/clock.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import {duration} from '../../text/format.ts';
import {momentInBoth, recordedTime, type TimeZone} from '../../text/times.ts';
import {padEnd, widthOf} from '../../text/width.ts';
import {causeFact, ownFields, queueFact} from '../../view-models/detail/own-fields.ts';
import {resultFacts} from '../../view-models/detail/results.ts';
import type {Console} from '../output/console.ts';
import {connectionOf, exitCodeOfFailures} from '../profiles/failure-words.ts';
import type {OpenSession, Session} from '../session.ts';
import {detailOf, resolveRefs} from './resolve-refs.ts';
import {sayUnresolved} from './unresolved.ts';

export type ShowOptions = {
	readonly refs: readonly string[];
	readonly output: 'text' | 'json';
	/** Print results too. */
	readonly results: boolean;
};

type Shown = {readonly job: Job; readonly detail?: JobDetail; readonly results?: readonly JobResult[]};

/** Milliseconds for the results of one job. */
const resultsMs = 120_000;

/** Prints the details of some jobs. */
export const show = async (options: ShowOptions, console: Console, open: OpenSession): Promise<number> => {
	const session = await open();
	try {
		const codes: number[] = [];
		const shown: Shown[] = [];
		for (const resolution of await resolveRefs(session.connections, options.refs)) {
			if (resolution.kind !== 'found') {
				codes.push(sayUnresolved(resolution, console));
				continue;
			}
			const detail = await detailOf(session.connections, resolution);
			const job = detail?.job ?? resolution.job;
			const left = options.results ? await resultsOf(session, job) : undefined;
			if (left && 'detail' in left) {
				console.say(`jobtop: ${job.ref}: ${left.detail}`);
				codes.push(left.code);
			}
			shown.push({job, ...(detail && {detail}), ...(left && 'results' in left && left)});
		}
		console.data(formats[options.output](shown, session.configuration?.settings.timeZone ?? 'local'));
		if (options.output === 'text') for (const line of hints(shown, session, options)) console.say(line);
		return worstExitCode(codes);
	} finally {
		await session.close();
	}
};

/** The results of a job, or why there are none, with the exit code. */
const resultsOf = async (
	{connections}: Session,
	job: Job,
): Promise<{readonly results: readonly JobResult[]} | {readonly detail: string; readonly code: number}> => {
	const {traits, backend} = connectionOf(connections, job.profile);
	if (!backend.results) {
		return {
			detail: `${traits.title} has no results`,
			code: 5,
		};
	}
	try {
		return {results: await backend.results(job.id, {signal: AbortSignal.timeout(resultsMs)})};
	} catch (error) {
		const failure: Failure =
			(error as Error).name === 'TimeoutError'
				? {kind: 'timeout', detail: `no results within ${resultsMs / 1000} s`}
				: failureOf(error);
		const {kind, detail} = failure;
		return {detail, code: kind === 'not-found' ? 7 : exitCodeOfFailures([failure])};
	}
};

/** Further commands for these jobs. */
const hints = (
	shown: readonly Shown[],
	{connections, journalsLast}: Session,
	{results}: ShowOptions,
): readonly string[] => {
	const jobtop = journalsLast ? 'jobtop' : 'jobtop demo';
	const [only, ...others] = shown;
	if (!only || others.length > 0) return [];
	const {job, detail} = only;
	const {backend, traits} = connectionOf(connections, job.profile);
	const hasResults = job.terminal && (!traits.resultsOnSuccess || job.phase === 'succeeded');
	const [child] = detail?.children ?? [];
	const more = [
		backend.logs && `its log: ${jobtop} logs ${job.ref}`,
		backend.results && hasResults && !results && `its results: ${jobtop} show --results ${job.ref}`,
		child && `a child: ${jobtop} show ${child.ref}`,
	].filter(hint => typeof hint === 'string');
	return more.length > 0 ? [`jobtop: ${more.join('; ')}`] : [];
};

const text = (shown: readonly Shown[], zone: TimeZone): string =>
	shown.map(each => textOf(each, zone)).join('\n');

const textOf = ({job, detail, results}: Shown, zone: TimeZone): string => {
	const now = systemClock.now();
	const time = (at: number | undefined) =>
		at === undefined ? undefined : `${momentInBoth(at, undefined, zone)}, ${duration(now - at)} ago`;
	const facts: (readonly [string, string | undefined])[] = [
		['ref', job.ref],
		['name', job.name],
		['state', stateInWords(job)],
		['cause', causeFact(job)],
		['kind', job.kind],
		['owner', job.owner],
		['queue', queueFact(job, detail?.fields ?? [])],
		['created', time(job.createdAt)],
		['started', time(job.startedAt)],
		['ended', time(job.endedAt)],
		['progress', job.progress?.percent === undefined ? undefined : `${job.progress.percent}%`],
		['reason', job.reason],
		['error', job.error && `${job.error.kind}: ${job.error.message}`],
		['parent', job.parent],
	];
	const fields = ownFields(job, detail?.fields ?? []).map(
		([label, value]) => [label, recordedTime(value, zone)] as const,
	);
	const all = [...facts, ...fields];
	const lines = all.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
	const width = Math.max(...lines.map(([label]) => widthOf(label)));
	const timeline = (detail?.timeline ?? []).map(({at, ...rest}) => ({
		time: at === undefined ? '-' : momentInBoth(at, undefined, zone),
		...rest,
	}));
	const timeWidth = Math.max(0, ...timeline.map(({time}) => time.length));
	const moments = timeline.map(
		({time, what, detail}) => `  ${time.padEnd(timeWidth)}  ${what}${detail ? `  ${detail}` : ''}\n`,
	);
	return [
		...lines.map(([label, value]) => `${padEnd(label, width)}  ${value}\n`),
		...(moments.length > 0 ? ['timeline\n', ...moments] : []),
		...(detail?.children?.length ? ['parts\n', ...detail.children.map(childLine)] : []),
		...(results ? ['results\n', ...(results.length > 0 ? results.map(resultText) : ['  none\n'])] : []),
	].join('');
};

const childLine = ({ref, name, phase, status, error}: JobChild): string =>
	`  ${[stateInWords({phase, status}), ref, name, error].filter(Boolean).join('  ')}\n`;

const resultText = (result: JobResult): string => {
	const {name, url, value} = result;
	const below = [...(url === undefined ? [] : [url]), ...(value?.replace(/\n$/, '').split('\n') ?? [])];
	return [[name, resultFacts(result)].filter(Boolean).join('  '), ...below.map(line => `  ${line}`)]
		.map(line => `  ${line}\n`)
		.join('');
};

const json = (shown: readonly Shown[]): string =>
	`${JSON.stringify({
		version: 1,
		jobs: shown.map(({job, detail, results}) => ({
			...jobJson(job),
			queue: job.queue,
			reason: job.reason,
			details: detail?.fields.map(([label, value]) => ({label, value})),
			timeline: detail?.timeline.map(momentJson),
			parent: job.parent,
			children: detail?.children?.map(({ref, name, phase, status, error}) => ({
				ref,
				name,
				phase,
				status,
				error,
			})),
			results: results?.map(({name, kind, size, url, value}) => ({name, kind, size, url, value})),
		})),
	})}\n`;

const formats = {text, json} as const satisfies Record<
	ShowOptions['output'],
	(shown: readonly Shown[], zone: TimeZone) => string
>;

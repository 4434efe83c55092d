import {worstExitCode} from '../cancellation/outcomes.ts';
import {systemClock} from '../clock.ts';
import type {Job, JobDetail} from '../job/job.ts';
import {duration} from '../view-models/format.ts';
import {stateInWords} from '../view-models/phase-looks.ts';
import {padEnd, widthOf} from '../view-models/text.ts';
import type {Console} from './console.ts';
import {isoTime, jobJson, momentJson} from './job-json.ts';
import {detailOf, resolveRefs} from './resolve-refs.ts';
import type {OpenSession} from './session.ts';
import {sayUnresolved} from './unresolved.ts';

export type ShowOptions = {readonly refs: readonly string[]; readonly output: 'text' | 'json'};

type Shown = {readonly job: Job; readonly detail?: JobDetail};

/** Prints all that is known of some jobs. */
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
			shown.push({job: detail?.job ?? resolution.job, ...(detail && {detail})});
		}
		console.data(formats[options.output](shown));
		return worstExitCode(codes);
	} finally {
		await session.close();
	}
};

const text = (shown: readonly Shown[]): string => shown.map(textOf).join('\n');

const textOf = ({job, detail}: Shown): string => {
	const now = systemClock.now();
	const time = (at: number | undefined) => {
		const iso = isoTime(at);
		return at === undefined || iso === undefined ? undefined : `${iso} (${duration(now - at)} ago)`;
	};
	const facts: (readonly [string, string | undefined])[] = [
		['ref', job.ref],
		['name', job.name],
		['state', stateInWords(job)],
		['kind', job.kind],
		['owner', job.owner],
		['queue', job.queue],
		['created', time(job.createdAt)],
		['started', time(job.startedAt)],
		['ended', time(job.endedAt)],
		['progress', job.progress?.percent === undefined ? undefined : `${job.progress.percent}%`],
		['reason', job.reason],
		['error', job.error && `${job.error.kind}: ${job.error.message}`],
	];
	const own = new Set(facts.flatMap(([label, value]) => (value === undefined ? [] : label)));
	const all = [...facts, ...(detail?.fields ?? []).filter(([label]) => !own.has(label))];
	const lines = all.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
	const width = Math.max(...lines.map(([label]) => widthOf(label)));
	const moments = (detail?.timeline ?? []).map(
		({at, what, detail}) => `  ${isoTime(at) ?? '-'.padEnd(24)}  ${what}${detail ? `  ${detail}` : ''}\n`,
	);
	return [
		...lines.map(([label, value]) => `${padEnd(label, width)}  ${value}\n`),
		...(moments.length > 0 ? ['timeline\n', ...moments] : []),
	].join('');
};

const json = (shown: readonly Shown[]): string =>
	`${JSON.stringify({
		version: 1,
		jobs: shown.map(({job, detail}) => ({
			...jobJson(job),
			queue: job.queue,
			reason: job.reason,
			details: detail?.fields.map(([label, value]) => ({label, value})),
			timeline: detail?.timeline.map(momentJson),
		})),
	})}\n`;

const formats = {text, json} as const satisfies Record<
	ShowOptions['output'],
	(shown: readonly Shown[]) => string
>;

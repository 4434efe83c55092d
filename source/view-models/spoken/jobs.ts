/*
Jobs as sentences: what the table shows, for screen readers.
*/

import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {State} from '../../state/state.ts';
import {cancellationWords} from '../../table/cancellation-words.ts';
import {isSure, profileState, troubleOf} from '../../table/health.ts';
import {stateAndCause} from '../../table/phase-looks.ts';
import {zoneOf} from '../../table/time-zone.ts';
import {count, duration} from '../../text/format.ts';
import {scopeWords} from '../frame/header.ts';

/** The rows of the table, each with the current job. */
export const jobsInView = ({order, known}: State): readonly Job[] =>
	order.inView.map(job => known.jobs.byRef.get(job.ref) ?? job);

/** `w/17: RUNNING, mesh, 2h14m old, asked, stopping` */
export const jobSentence = ({known}: State, job: Job, now: number): string => {
	const report = known.cancellations.get(job.ref);
	const parts = [
		stateAndCause(job),
		isSure(known.health.get(job.profile), now) ? '' : 'as last seen',
		job.name,
		job.mine ? '' : (job.owner ?? 'of another owner'),
		job.createdAt === undefined ? '' : `${duration(now - job.createdAt)} old`,
		report ? cancellationWords(report, now).text : '',
	];
	return `${job.ref}: ${parts.filter(Boolean).join(', ')}`;
};

/** Why a profile has no jobs, or only old ones. */
const profileTroubles = (state: State, now: number): readonly string[] =>
	state.known.profiles.flatMap(({name}) => {
		const own = state.known.health.get(name);
		if (profileState(own, now).word === 'loading') return [`${name}: its jobs are not loaded yet`];
		return troubleOf(state.known, name, now, zoneOf(state)) ?? [];
	});

/** The maximum number of jobs in a list: nobody listens to more. */
const maxListed = 200;

/** The whole list, or the given jobs: their number, then one job per line. */
export const listSentences = (
	state: State,
	now: number,
	jobs: readonly Job[] = jobsInView(state),
	of = scopeWords(state.known.scope),
): readonly string[] => {
	const {known} = state;
	if (known.profiles.length === 0)
		return [
			'no profiles; looked for:',
			...known.lookedFor.map(line => `  ${line}`),
			'jobtop --plain demo shows built-in job systems',
		];
	const left = jobs.length - maxListed;
	return [
		`${count(jobs.length, 'job')}: ${of}${known.readOnly ? ', read-only' : ''}`,
		...jobs.slice(0, maxListed).map(job => jobSentence(state, job, now)),
		...(left > 0 ? [`and ${left} more; list QUERY narrows the list, such as list state:running`] : []),
		...profileTroubles(state, now),
	];
};

/** The job of a typed text: a ref, or an id that only one profile has. Returns why if there is no such job. */
export const namedJob = ({known}: State, typed: string): Job | string => {
	const exact = known.jobs.byRef.get(typed as Ref);
	if (exact) return exact;
	const same = [...known.jobs.byRef.values()].filter(({id}) => id === typed);
	const [only] = same;
	if (only && same.length === 1) return only;
	if (only) return `${typed} could be ${same.map(({ref}) => ref).join(' or ')}: write its profile too`;
	return `there is no job ${typed}; list shows all`;
};

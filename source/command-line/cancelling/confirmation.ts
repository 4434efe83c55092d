/*
The confirmation before anything is sent. The same frozen targets are sent.
*/

import type {BackendTraits, Connection} from '../../backends/backend.ts';
import type {Job} from '../../job/job.ts';
import type {Operation} from '../../job/operation.ts';
import {shownRef} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import {type AskedRefs, endWord, liveJobsWords, othersOf, setWords} from '../../table/job-count.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import {count, duration} from '../../text/format.ts';
import {padEnd, widthOf} from '../../text/width.ts';
import {connectionOf} from '../profiles/failure-words.ts';

/** A target, and its job as seen at the confirmation. */
export type Candidate = {
	readonly target: JobTarget;
	readonly profile: string;
	/** Absent if the look failed. */
	readonly job?: Job;
	readonly why?: string;
};

const stateOf = ({job, why}: Candidate, asked: AskedRefs, now: number): string => {
	if (!job) return `state not known: ${why}`;
	const age = job.createdAt === undefined ? '' : `, ${duration(now - job.createdAt)} old`;
	const owner = job.mine ? '' : `, not yours${job.owner ? ` but ${job.owner}'s` : ''}`;
	const whole = setWords(job, asked);
	return `${stateInWords(job)}${age}${owner}${whole ? `, ${whole}` : ''}`;
};

/** The lines of a confirmation: each job by its ref, and the effect of what is requested. */
export const confirmationLines = (
	verb: Exclude<Verb, 'delete'>,
	candidates: readonly Candidate[],
	connections: readonly Connection[],
	now: number,
): readonly string[] => linesOf(verb, candidates, connections, now);

/** What is said of the named jobs that the confirmation does not list; empty if it lists all. */
export const leftOutLines = (number: number): readonly string[] =>
	number === 0
		? []
		: [`${count(number, 'job')} left out; ${number === 1 ? 'its result follows' : 'their results follow'}`];

/** The same before a deletion: each job by its ref, and what is lost with it. */
export const deletionLines = (
	candidates: readonly Candidate[],
	connections: readonly Connection[],
	now: number,
): readonly string[] => linesOf('delete', candidates, connections, now);

/** What is requested, and what that does, or what is lost with a job. */
const consequenceOf = {
	cancel: ({consequence}) => consequence,
	'force-cancel': ({consequence, forceConsequence = consequence}) => forceConsequence,
	suspend: ({suspendConsequences}) => suspendConsequences?.suspend ?? '',
	unsuspend: ({suspendConsequences}) => suspendConsequences?.unsuspend ?? '',
	delete: ({deleteConsequence = ''}) => deleteConsequence,
} satisfies Record<Operation | 'delete' | 'force-cancel', (traits: BackendTraits) => string>;

type Verb = keyof typeof consequenceOf;

/** Whether it leaves its jobs alive: no other job ends with them. */
const isReversible = (verb: Verb): boolean => verb === 'suspend' || verb === 'unsuspend';

const linesOf = (
	verb: Verb,
	candidates: readonly Candidate[],
	connections: readonly Connection[],
	now: number,
): readonly string[] => {
	const width = (texts: readonly string[]) =>
		texts.reduce((widest, text) => Math.max(widest, widthOf(text)), 0);
	const refs = width(candidates.map(({target}) => shownRef(target.ref)));
	const names = width(candidates.map(({target}) => target.name));
	const profiles = [...new Set(candidates.map(({profile}) => profile))];
	const traits = profiles.map(profile => connectionOf(connections, profile).traits);
	const asked = new Set(candidates.map(({target}) => target.ref));
	const consequences = new Map(traits.map(each => [each.title, consequenceOf[verb](each)]));
	return [
		`${verb} ${liveJobsWords(candidates.map(({target}) => target))}${profiles.length > 1 ? ` in ${count(profiles.length, 'profile')}` : ''}:`,
		...candidates.flatMap(candidate => {
			const {ref, name} = candidate.target;
			const others = isReversible(verb) ? [] : othersOf(candidate.target, asked);
			return [
				`  ${padEnd(shownRef(ref), refs)}  ${padEnd(name, names)}  ${stateOf(candidate, asked, now)}`,
				...(verb !== 'delete' && !isReversible(verb) && candidate.job?.caution
					? [`    ${candidate.job.caution}`]
					: []),
				...(others.length > 0
					? [
							`    ${count(others.length, 'job')} ${endWord(candidate.target.set ?? {}, others.length)} with it: ${others.join(', ')}`,
						]
					: []),
			];
		}),
		...[...consequences].map(([title, consequence]) =>
			consequence.startsWith(title) ? consequence : `${title}: ${consequence}`,
		),
	];
};

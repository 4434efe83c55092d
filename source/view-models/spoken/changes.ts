/*
Events as sentences: changed jobs, progress of cancellations, problems.
*/

import type {CancellationReport, Notice} from '../../engine/protocol.ts';
import type {Ref} from '../../job/ref.ts';
import type {State} from '../../state/state.ts';
import {cancellationSentence, cancellationWords, needsUser} from '../../table/cancellation-words.ts';
import {isStale, troubleOf} from '../../table/health.ts';
import {jobsOfRows} from '../../table/job-count.ts';
import {fileTrouble} from '../../table/news.ts';
import {stateAndCause, stateInWords} from '../../table/phase-looks.ts';
import {zoneOf} from '../../table/time-zone.ts';
import {count} from '../../text/format.ts';
import {timeOfDay, zoneName} from '../../text/times.ts';
import {endedBatches, openBatches} from '../cancellation/batch-ends.ts';
import {jobSentence, jobsInView, listSentences} from './jobs.ts';

/** Returns the news since the last call. */
export type Telling = (state: State, now: number) => readonly string[];

/** How long the first list waits for slow profiles, in milliseconds. */
const patienceMs = 5000;
/** Up to this many changes of a kind are reported one by one. */
const maxAtOnce = 20;

// Steps that pass within a moment, or that the answer to the user already reports.
const quietSteps: ReadonlySet<CancellationReport['step']> = new Set([
	'asked',
	'staged',
	'checking',
	'sending',
]);

/** Identifies the state of a report, regardless of its times. */
const standOf = ({step, outcome, cameBack, acceptedAt}: CancellationReport): string =>
	[step, outcome?.kind, outcome?.detail, cameBack, acceptedAt !== undefined].join(' ');

/** Counts of each: `3 FAILED, 17 SUCCEEDED`. */
const counted = (words: readonly string[]): string =>
	[...Map.groupBy(words, word => word)].map(([word, group]) => `${group.length} ${word}`).join(', ');

/** The list, once all profiles have answered or the wait is over; after that, changes. */
export const createTelling = (openedAt: number): Telling => {
	const listed = new Set<string>();
	const states = new Map<Ref, string>();
	const stale = new Set<string>();
	let notices: readonly Notice[] = [];
	/** Why a file of jobtop cannot be written, as it was said last. */
	let file: string | undefined;
	let listPrinted = false;
	let jobsSeen: unknown;
	let reportsSeen: unknown;
	const cancellationChanges = createCancellationChanges();

	/** Profiles that have listed their jobs, or failed to, for the first time. */
	const newlyListed = ({known}: State): readonly string[] =>
		known.profiles
			.map(({name}) => name)
			.filter(name => !listed.has(name) && (known.health.get(name)?.state ?? 'loading') !== 'loading');

	const lists = (state: State, now: number): readonly string[] => {
		const {profiles, lookedFor} = state.known;
		// The engine has not reported yet whether there are profiles.
		if (profiles.length === 0 && lookedFor.length === 0) return [];
		const ready = newlyListed(state);
		if (!listPrinted) {
			if (ready.length < profiles.length && now - openedAt < patienceMs) return [];
			listPrinted = true;
			for (const name of ready) listed.add(name);
			for (const job of jobsInView(state))
				if (listed.has(job.profile)) states.set(job.ref, stateInWords(job));
			// The list already says why a profile does not answer.
			notices = state.known.notices.filter(({profile, tone}) => profile !== undefined && tone === 'error');
			// The screen has this in its header.
			return [...listSentences(state, now), `times are ${zoneName(now, zoneOf(state))}`];
		}
		return ready.flatMap(name => {
			listed.add(name);
			const own = jobsInView(state).filter(({profile}) => profile === name);
			for (const job of own) states.set(job.ref, stateInWords(job));
			return [
				`${name} answers: ${count(jobsOfRows(own), 'job')}`,
				...own.map(job => jobSentence(state, job, now)),
			];
		});
	};

	const jobChanges = (state: State, now: number): readonly string[] => {
		const lines: {readonly word: string; readonly text: string}[] = [];
		const inView = new Set<Ref>();
		for (const job of jobsInView(state)) {
			inView.add(job.ref);
			if (!listed.has(job.profile)) continue;
			const before = states.get(job.ref);
			const word = stateInWords(job);
			if (before === word) continue;
			states.set(job.ref, word);
			lines.push(
				before === undefined
					? {word: 'new', text: `new: ${jobSentence(state, job, now)}`}
					: {word, text: `${job.ref} is ${stateAndCause(job)}, was ${before}: ${job.name}`},
			);
		}
		for (const ref of states.keys()) {
			if (inView.has(ref)) continue;
			states.delete(ref);
			lines.push({word: 'no longer listed', text: `${ref} is no longer listed`});
		}
		if (lines.length <= maxAtOnce) return lines.map(({text}) => text);
		return [`${lines.length} jobs changed: ${counted(lines.map(({word}) => word))}; list shows them`];
	};

	const troubles = (state: State, now: number): readonly string[] => {
		const {known} = state;
		const before = new Set(notices);
		const lines = known.notices
			.filter(notice => !before.has(notice))
			.map(({profile, text}) => `${profile ? `${profile}: ` : ''}${text}`);
		notices = known.notices;
		const trouble = fileTrouble(known);
		if (trouble !== file) lines.push(trouble ?? 'jobtop can write its files again');
		file = trouble;
		for (const {name} of known.profiles) {
			const own = known.health.get(name);
			const isOld = own !== undefined && own.state === 'ok' && isStale(own, now);
			if (isOld && !stale.has(name)) lines.push(troubleOf(known, name, now, zoneOf(state)) ?? '');
			if (isOld) stale.add(name);
			else stale.delete(name);
		}
		return lines;
	};

	return (state, now) => {
		const {known} = state;
		const first = lists(state, now);
		if (!listPrinted) return [];
		const lines: string[] = [];
		if (known.jobs !== jobsSeen || first.length > 0) lines.push(...jobChanges(state, now));
		jobsSeen = known.jobs;
		if (known.reports !== reportsSeen) {
			lines.push(...cancellationChanges(state, now));
		}
		reportsSeen = known.reports;
		lines.push(...troubles(state, now));
		return [...first, ...lines.map(text => `${timeOfDay(now, zoneOf(state))} ${text}`)];
	};
};

/** How cancellations went on since the last time, and which batches are over. */
const createCancellationChanges = (): Telling => {
	const stands = new Map<Ref, string>();
	let batches: ReadonlySet<number> = new Set();

	return ({known}, now) => {
		const changed: CancellationReport[] = [];
		for (const report of known.cancellations.values()) {
			const stand = standOf(report);
			if (stands.get(report.ref) === stand) continue;
			stands.set(report.ref, stand);
			if (!quietSteps.has(report.step)) changed.push(report);
		}
		const words = (report: CancellationReport) => cancellationWords(report, now).text;
		const sentence = (report: CancellationReport) =>
			`${report.ref}: ${words(report)}; ${cancellationSentence(report)}`;
		const single = changed.length <= maxAtOnce ? changed : changed.filter(needsUser).slice(0, maxAtOnce);
		const others = changed.filter(report => !single.includes(report));
		const ended = endedBatches(batches, known).map(text => `finished: ${text}`);
		batches = openBatches(known);
		return [
			...single.map(sentence),
			...(others.length > 0
				? [`${count(others.length, 'cancellation')} changed: ${counted(others.map(words))}`]
				: []),
			...ended,
		];
	};
};

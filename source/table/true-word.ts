/*
The answer to a key while the facts change: true, replaced by what is true, or gone.
*/
import type {CancellationReport, FileTroubles, Patch} from '../engine/protocol.ts';
import {keyWord} from '../keys/words.ts';
import type {Known} from '../state/known.ts';
import type {About} from '../state/message.ts';
import type {Screen} from '../state/screen.ts';
import {say} from '../state/transitions.ts';
import {count} from '../text/format.ts';
import {cancellationWords, needsUser} from './cancellation-words.ts';
import {jobsOfReports} from './job-count.ts';

type OfKind<Kind extends About['kind']> = Extract<About, {readonly kind: Kind}>;

/** What is known before some patches, and after them. */
export type Change = {readonly before: Known; readonly known: Known; readonly patches: readonly Patch[]};

/** The screen with a message that is true after this change. */
export const withTrueWord = (screen: Screen, {before, known, patches}: Change): Screen => {
	const {about} = screen;
	switch (about?.kind) {
		case undefined:
			return withoutOldTrouble(screen, before.troubles, known.troubles);
		case 'cancellations':
			if (before.cancellations === known.cancellations) return screen;
			return say(cancellationsWord(about, known) ?? screen.word, about)(screen);
		case 'hidden':
			return hiddenWord(screen, about, known, patches);
		case 'polls':
			return pollsWord(screen, about, patches);
	}
};

/** The screen without the reason why a key was refused, if that has passed. */
const withoutOldTrouble = (screen: Screen, before: FileTroubles, after: FileTroubles): Screen => {
	if (before === after || screen.word === undefined) return screen;
	const left = new Set(Object.values(after));
	const isOld = Object.values(before).some(words => !left.has(words) && screen.word?.includes(words));
	return isOld ? say(undefined)(screen) : screen;
};

/** The message about these cancellations; undefined while there are no news of them. */
const cancellationsWord = ({reports, during, text}: OfKind<'cancellations'>, known: Known) => {
	const newer: CancellationReport[] = [];
	for (const [ref, before] of reports) {
		const report = known.cancellations.get(ref);
		if (!report || report === before) return undefined;
		newer.push(report);
	}
	return newer.some(report => isDuring(report, during)) ? text : standingWords(newer, known);
};

const isDuring = (report: CancellationReport, during: OfKind<'cancellations'>['during']): boolean =>
	during === 'staged'
		? report.step === 'staged' || report.step === 'asked'
		: cancellationWords(report, 0).group === 'on-its-way';

/** `w/1: cancelled`, `12 jobs: 10 cancelled, 2 overdue; C shows them`. */
const standingWords = (reports: readonly CancellationReport[], known: Known): string => {
	const kinds = [...Map.groupBy(reports, report => cancellationWords(report, 0).kind)]
		.map(([kind, each]) => ({kind, jobs: jobsOfReports(each)}))
		.sort((a, b) => b.jobs - a.jobs);
	const [first] = reports;
	const one = reports.length === 1;
	const who = one ? first?.ref : count(jobsOfReports(reports), 'job');
	const words = one ? kinds[0]?.kind : kinds.map(({kind, jobs}) => `${jobs} ${kind}`).join(', ');
	const where = reports.some(needsUser)
		? `; ${keyWord({known}, 'cancellations')} shows ${one ? 'it' : 'them'}`
		: '';
	return `${who}: ${words}${where}`;
};

const hiddenWord = (
	screen: Screen,
	about: OfKind<'hidden'>,
	{dismissed}: Known,
	patches: readonly Patch[],
): Screen => {
	if (about.refs.some(ref => dismissed.has(ref) !== about.hidden)) return say(undefined)(screen);
	if (about.there.size === 0) return screen;
	const there = new Set(about.there);
	for (const patch of patches) {
		if (patch.type === 'servers-answered') for (const ref of patch.refs) there.delete(ref);
	}
	if (there.size === about.there.size) return screen;
	return say(there.size === 0 ? about.answered : screen.word, {...about, there})(screen);
};

/** A poll has ended once its profile is reported without one. */
const pollsWord = (screen: Screen, about: OfKind<'polls'>, patches: readonly Patch[]): Screen => {
	const profiles = new Set(about.profiles);
	for (const patch of patches) {
		if (patch.type === 'health' && !patch.health.asking) profiles.delete(patch.health.profile);
	}
	if (profiles.size === about.profiles.size) return screen;
	return say(profiles.size === 0 ? undefined : screen.word, {...about, profiles})(screen);
};

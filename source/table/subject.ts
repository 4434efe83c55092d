import type {CancellationReport, ProfileInfo} from '../engine/protocol.ts';
import {isOpenTo, participles, type ReversibleOperation, whyClosed} from '../job/operation.ts';
import {phases} from '../job/phase.ts';
import {parseRef, type Ref} from '../job/ref.ts';
import {keyWord} from '../keys/words.ts';
import type {Awaited} from '../state/message.ts';
import type {Fold} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {count} from '../text/format.ts';
import {rememberedBy} from '../text/remembered.ts';
import {cancellationWords, isBeingCancelled, isOnItsWay, mayAskAgain} from './cancellation-words.ts';
import {movedByItself} from './cursor.ts';
import {foldsIn, grewByItself, isFoldRef} from './folding.ts';
import {jobsOfRows} from './job-count.ts';

/** The job that a key applies to: the one with open details, else the one under the cursor. Undefined for a shared row. */
export const subjectOf = ({screen, run}: State): Ref | undefined => {
	if (screen.detail) return screen.detail.ref;
	if (screen.pane === 'cancellations') return run?.listed[screen.chosen.index]?.ref;
	const {ref} = screen.cursor;
	return ref === undefined || isFoldRef(ref) ? undefined : ref;
};

/** The shared row that a key applies to. */
export const foldOf = ({screen, rows}: State): Fold | undefined =>
	screen.detail || screen.pane !== 'table' || screen.cursor.ref === undefined
		? undefined
		: foldsIn(rows).get(screen.cursor.ref);

/** Why a command for one job cannot run here. */
export const noJobHere = (state: State): string => {
	const fold = foldOf(state);
	return fold
		? `this row is ${count(jobsOfRows(fold.members), 'job')}; ${keyWord(state, 'fold')} opens it`
		: 'there is no job here';
};

/** The profile of a ref. */
export const profileOf = ({known}: State, ref: Ref): ProfileInfo | undefined => {
	const name = parseRef(ref)?.profile;
	return known.profiles.find(profile => profile.name === name);
};

export const lookAgain = 'the row under the cursor changed; look again';

/** The jobs whose servers are asked too when they are dismissed or restored. */
export const askedOnServers = (state: State, refs: readonly Ref[]): readonly Ref[] =>
	state.known.readOnly
		? []
		: refs.filter(ref => {
				const profile = profileOf(state, ref);
				return profile?.can.hide === true && !profile.readOnly;
			});

/** A note on whether dismissing and restoring also happen on the servers. */
export const askedThere = (state: State, refs: readonly Ref[]): string => {
	const asked = new Set(askedOnServers(state, refs).flatMap(ref => profileOf(state, ref)?.title ?? []));
	const readOnly = new Set(
		refs.flatMap(ref => (profileOf(state, ref)?.readOnly ? (profileOf(state, ref) ?? []) : [])),
	);
	if (asked.size === 0) return state.known.readOnly || readOnly.size > 0 ? ' (here only: read-only)' : '';
	const others = [...readOnly].map(({name}) => `; ${name} is read-only`);
	return ` (${[...asked].join(' and ')} ${asked.size === 1 ? 'is' : 'are'} asked too${others.join('')})`;
};

/** Why destructive keys are refused for a moment. */
export const unsettledCursor = (state: State, now: number): string | undefined => {
	const {screen} = state;
	if (screen.detail) return undefined;
	const fold = foldOf(state);
	if (fold && grewByItself(fold, now)) return 'this row gained jobs; look again';
	const cursor = screen.pane === 'cancellations' ? screen.chosen : screen.cursor;
	return movedByItself(cursor, now) ? lookAgain : undefined;
};

/** The jobs of each pending intention. */
const refsIn = rememberedBy(({refs}: Awaited): ReadonlySet<Ref> => new Set(refs));

const requests: ReadonlySet<Awaited['kind']> = new Set(['cancel', 'force', 'suspend', 'unsuspend']);

/** Whether the engine has not answered yet about a request for this job. */
const isBeingSent = ({screen: {awaited}}: State, ref: Ref): boolean =>
	awaited.some(each => requests.has(each.kind) && refsIn(each).has(ref));

/** Why this job cannot be cancelled now; undefined if it can. */
export const whyNotCancel = (state: State, ref: Ref | undefined, now: number): string | undefined => {
	if (ref === undefined) return noJobHere(state);
	const {known} = state;
	const job = known.jobs.byRef.get(ref);
	const report: CancellationReport | undefined = known.cancellations.get(ref);
	const profile = profileOf(state, ref);
	if (isBeingCancelled(report) && !mayAskAgain(report)) {
		return `already being cancelled: ${cancellationWords(report as CancellationReport, now).text}`;
	}
	if (isBeingSent(state, ref)) return 'already being sent';
	if (!job) return 'no longer listed by its profile';
	if (job.terminal) return `it has ended: ${phases[job.phase].label.toLowerCase()}`;
	if (known.readOnly) return 'jobtop is read-only';
	if (profile?.readOnly) return `profile ${profile.name} is read-only`;
	if (profile && !profile.can.cancel) return `${profile.title} has no way to cancel a job`;
	return known.troubles.journals;
};

/** Why this job cannot be suspended or unsuspended now; undefined if it can. */
export const whyNotSuspend = (
	state: State,
	ref: Ref | undefined,
	operation: ReversibleOperation,
): string | undefined => {
	if (ref === undefined) return noJobHere(state);
	const {known} = state;
	const job = known.jobs.byRef.get(ref);
	const report = known.cancellations.get(ref);
	const profile = profileOf(state, ref);
	if (profile?.readOnly) return `profile ${profile.name} is read-only`;
	if (profile && !profile.can.suspend) return `${profile.title} has no way to ${operation} a job`;
	if (isBeingCancelled(report)) return 'it is being cancelled';
	if (report?.operation === operation && isOnItsWay(report) && !mayAskAgain(report)) {
		return `already being ${participles[operation]}`;
	}
	if (isBeingSent(state, ref)) return 'already being sent';
	if (!job) return 'no longer listed by its profile';
	if (job.terminal) return `it has ended: ${phases[job.phase].label.toLowerCase()}`;
	if (known.readOnly) return 'jobtop is read-only';
	return isOpenTo(operation, job) ? known.troubles.journals : whyClosed(operation, job);
};

/** Why this job cannot be deleted on its server now; undefined if it can. */
export const whyNotDelete = (state: State, ref: Ref | undefined): string | undefined => {
	if (ref === undefined) return noJobHere(state);
	const {known} = state;
	const job = known.jobs.byRef.get(ref);
	const profile = profileOf(state, ref);
	if (known.readOnly) return 'jobtop is read-only';
	if (profile?.readOnly) return `profile ${profile.name} is read-only`;
	if (profile && !profile.can.delete) return `${profile.title} has no way to delete a job`;
	if (!job) return 'no longer listed by its profile';
	if (!job.terminal) return `still ${phases[job.phase].label.toLowerCase()}: cancel it first`;
	// What cannot be recorded is not done.
	return known.troubles.journals;
};

/** Why this job cannot be force-cancelled now; undefined if it can. Force is for jobs that are already being cancelled. */
export const whyNotForce = (state: State, ref: Ref | undefined): string | undefined => {
	if (ref === undefined) return noJobHere(state);
	const profile = profileOf(state, ref);
	if (profile?.can.force !== true) return `${profile?.title ?? 'its system'} has no force-cancel`;
	if (state.known.readOnly || profile.readOnly) return 'jobtop is read-only there';
	return isBeingCancelled(state.known.cancellations.get(ref))
		? state.known.troubles.journals
		: `force-cancel needs a job that is being cancelled; ${keyWord(state, 'cancel')} cancels it`;
};

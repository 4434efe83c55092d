import type {ProfileInfo} from '../../engine/protocol.ts';
import type {Job} from '../../job/job.ts';
import type {JobTarget} from '../../job/target.ts';
import type {State} from '../../state/state.ts';
import {profileState} from '../../table/health.ts';
import {profileOf} from '../../table/subject.ts';
import {duration} from '../../text/format.ts';

/** The current facts about the one job in a question. */
export type TargetFacts = {
	readonly profile: ProfileInfo | undefined;
	/** The listed job; undefined if it is no longer listed. */
	readonly job: Job | undefined;
	/** `, as of 3s ago`; empty if its profile has never answered. */
	readonly age: string;
	/** Warnings that every question about one job shows: another owner, a profile that does not answer. */
	readonly warnings: readonly string[];
};

/** The facts at the time `now`, in epoch milliseconds. */
export const targetFacts = (state: State, {ref, owner}: JobTarget, now: number): TargetFacts => {
	const {known} = state;
	const profile = profileOf(state, ref);
	const health = profile && known.health.get(profile.name);
	const job = known.jobs.byRef.get(ref);
	const {word, well} = profileState(health, now);
	return {
		profile,
		job,
		age: health?.lastGoodAt === undefined ? '' : `, as of ${duration(now - health.lastGoodAt)} ago`,
		warnings: [
			...(owner === undefined ? [] : [`it is not yours: ${owner || 'of another owner'}`]),
			...(well ? [] : [`${profile?.name ?? 'its profile'} is ${word}: its state may be old`]),
		],
	};
};

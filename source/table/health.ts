/*
The state of each profile, in words: how old its answers are, what is wrong, and what to do.
*/

import type {ProfileHealth} from '../engine/protocol.ts';
import type {Known} from '../state/known.ts';
import type {Tone} from '../text/theme.ts';
import {type TimeZone, timeOfDay} from '../text/times.ts';
import {adviceWords, failureTone} from './failure-words.ts';

/** Whether the rows of a profile are current: its last poll was good. */
export const isSure = (health: ProfileHealth | undefined, now: number): boolean =>
	health !== undefined && (health.state === 'ok' || health.state === 'loading') && !isStale(health, now);

/** Current milliseconds between two polls. */
export const everyOf = ({everyMs, intervalMs}: ProfileHealth): number => everyMs ?? intervalMs;

/** Rows older than three intervals are stale, whatever the last poll said. */
export const isStale = (health: ProfileHealth, now: number): boolean =>
	health.lastGoodAt !== undefined && now - health.lastGoodAt > 3 * everyOf(health);

export type ProfileState = {readonly word: string; readonly tone: Tone; readonly well: boolean};

const words: Readonly<Record<ProfileHealth['state'], string>> = {
	loading: 'loading',
	off: 'off',
	ok: 'ok',
	unreachable: 'UNREACHABLE',
	unauthorized: 'AUTH',
	forbidden: 'FORBIDDEN',
	'rate-limited': 'RATE-LIMITED',
	broken: 'BROKEN',
};

/** The tone of a failing profile. */
export const troubleTone = ({state, failure}: ProfileHealth): Tone =>
	state === 'unauthorized' ? 'needs-you' : failure ? failureTone(failure) : 'failed';

/** The state of a profile in one word; a profile without a report yet is loading. */
export const profileState = (health: ProfileHealth | undefined, now: number): ProfileState => {
	if (!health || health.state === 'loading') return {word: words.loading, tone: 'dim', well: true};
	if (health.state === 'off') return {word: words.off, tone: 'dim', well: true};
	if (health.state !== 'ok') {
		const stale = isStale(health, now) ? ' STALE' : '';
		return {word: `${words[health.state]}${stale}`, tone: troubleTone(health), well: false};
	}
	if (isStale(health, now)) return {word: 'STALE', tone: 'failed', well: false};
	return {word: words.ok, tone: 'plain', well: true};
};

/** The words about a list that was cut. */
export const endlessList = (jobs: number): string =>
	`its list is too long: it was cut after ${jobs} ${jobs === 1 ? 'job' : 'jobs'}, and the others are not shown`;

/** What is wrong with a profile and what to do. Undefined if nothing is wrong. */
export const troubleOf = (
	known: Pick<Known, 'health' | 'settings' | 'profiles'>,
	name: string,
	now: number,
	zone: TimeZone,
): string | undefined => {
	const health = known.health.get(name);
	if (!health || health.state === 'off') return undefined;
	const {failure, failures, lastGoodAt, unreadable, endless} = health;
	if (failure && health.state !== 'ok') {
		const facts = [
			failure.detail,
			failures > 1 ? `${failures} times in a row` : '',
			lastGoodAt === undefined ? '' : `last good answer ${timeOfDay(lastGoodAt, zone)}`,
		];
		const profile = known.profiles.find(each => each.name === name);
		const advice = adviceWords({known}, failure, profile?.credential !== undefined);
		// What to do comes first: the end of the line may be cut.
		return `${name}: ${advice} (${facts.filter(Boolean).join('; ')})`;
	}
	if (isStale(health, now))
		return `${name}: no answer since ${timeOfDay(lastGoodAt ?? now, zone)}; the rows are from then`;
	if (endless) return `${name}: ${endlessList(health.jobs)}`;
	if (unreadable > 0) return `${name}: ${unreadable} of its records could not be read`;
	return undefined;
};

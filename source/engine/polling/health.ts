/*
The health of a profile from one poll to the next. Pure.
*/
import {type Failure, failurePolicies} from '../../job/failure.ts';
import type {Millis} from '../../job/time.ts';
import type {ProfileHealth} from '../protocol.ts';
import type {ListEnd} from './read-list.ts';
import type {Tempo} from './tempo.ts';

/** Before the first poll. */
export const unasked = (profile: string, intervalMs: number): ProfileHealth => ({
	profile,
	state: 'loading',
	failures: 0,
	asking: false,
	intervalMs,
	jobs: 0,
	unreadable: 0,
});

/** A poll is under way. */
export const asking = ({nextAt: _nextAt, ...health}: ProfileHealth): ProfileHealth => ({
	...health,
	asking: true,
});

/** A poll that was sent at this time succeeded. */
export const answered = (
	{failure: _failure, endless: _endless, ...health}: ProfileHealth,
	list: ListEnd,
	askedAt: Millis,
): ProfileHealth => ({
	...health,
	state: 'ok',
	failures: 0,
	lastGoodAt: askedAt,
	jobs: list.size,
	unreadable: list.unreadable,
	...(list.endless && {endless: true}),
});

/** A poll failed. The last good values stay. */
export const failed = (health: ProfileHealth, failure: Failure): ProfileHealth => ({
	...health,
	state: failurePolicies[failure.kind].state,
	failure,
	failures: health.failures + 1,
});

/** The profile was turned off, or on again. */
export const turned = (
	{nextAt: _nextAt, failure: _failure, ...health}: ProfileHealth,
	on: boolean,
): ProfileHealth => ({...health, state: on ? 'loading' : 'off', asking: false, failures: 0});

/** The profile is polled at this pace. */
export const paced = (
	{everyMs: _everyMs, slowedBy: _slowedBy, ...health}: ProfileHealth,
	{everyMs, slowedBy}: Tempo,
): ProfileHealth => (slowedBy ? {...health, everyMs, slowedBy} : health);

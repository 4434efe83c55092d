/*
One id that means many jobs. The law: a set is never told by one of its members.
*/
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import type {CancelPolicy} from '../../source/cancellation/machine/effects.ts';
import type {CancelEvent} from '../../source/cancellation/machine/events.ts';
import {transition} from '../../source/cancellation/machine/machine.ts';
import {ask, type CancelState} from '../../source/cancellation/machine/state.ts';
import {outcomes} from '../../source/cancellation/outcomes.ts';
import type {Job, MemberCounts} from '../../source/job/job.ts';
import type {Phase} from '../../source/job/phase.ts';
import {countLive, standingOfSet, withoutCovered} from '../../source/job/set.ts';
import {fc} from '../helpers/fast-check.ts';

const policy: CancelPolicy = {
	operation: 'cancel',
	resend: 'safe',
	gone: 'unknown',
	patience: {firstPollMs: 1000, slowestPollMs: 10_000, overdueAfterMs: 60_000, confirmGoneAfterMs: 3000},
	stageMs: 0,
	park: false,
};

type Fate = 'live' | 'cancelled' | 'ended';

const countsOf = (members: readonly Fate[]): MemberCounts => {
	const many = (fate: Fate) => members.filter(each => each === fate).length;
	return {live: many('live'), cancelled: many('cancelled'), ended: many('ended'), lost: 0};
};

/** What Slurm says of an array whose tasks are there. */
const phaseOf = ({live, cancelled, ended}: MemberCounts): Phase => {
	if (live > 0) return 'running';
	return ended === 0 ? 'cancelled' : cancelled === 0 ? 'succeeded' : 'partial';
};

/** A look as the runner tells the machine of it. */
const lookAt = (members: readonly Fate[], at: number): CancelEvent => {
	const counts = countsOf(members);
	const phase = phaseOf(counts);
	const terminal = counts.live === 0;
	return {
		type: 'looked',
		at,
		askedMoment: at,
		source: 'alone',
		phase,
		status: phase,
		terminal,
		members: counts,
	};
};

/** What happens to a set: one of its members ends by itself or by somebody else, our request has ended one, somebody looks, our request is answered. */
const happening = fc.oneof(
	fc.record({what: fc.constantFrom('ends', 'killed'), member: fc.nat(5)}),
	fc.constant({what: 'look', member: 0}),
	fc.record({what: fc.constantFrom('accepted', 'too-late', 'already', 'not-found'), member: fc.nat(5)}),
);

test('law: one member never decides the state of a set', () => {
	const told = fc.record({
		members: fc.array(fc.constantFrom<Fate>('live', 'live', 'cancelled', 'ended'), {
			minLength: 2,
			maxLength: 6,
		}),
		story: fc.array(happening, {maxLength: 25}),
	});
	fc.assert(
		fc.property(told, ({members: first, story}) => {
			const members = [...first];
			let at = 1;
			let state: CancelState = ask(true, {members: countsOf(members)});
			const tell = (event: CancelEvent) => {
				[state] = transition(state, event, policy);
			};
			tell({type: 'confirmed', at});
			let before: readonly Fate[] | undefined;
			let sentWith: readonly Fate[] = [];
			for (const {what, member} of story) {
				at++;
				const index = member % members.length;
				if (what === 'look') {
					before = [...members];
					const {step} = state;
					tell(lookAt(members, at));
					if (step !== 'sending' && (state as CancelState).step === 'sending') sentWith = before;
				} else if (what === 'ends' && members[index] === 'live') members[index] = 'ended';
				else if (what === 'killed' && members[index] === 'live' && state.attempt > 0)
					members[index] = 'cancelled';
				else if (state.step === 'sending' && what !== 'ends' && what !== 'killed') {
					const {attempt} = state;
					if (what === 'not-found') {
						tell({type: 'failed', at, attempt, failure: {kind: 'not-found', detail: 'Invalid job id'}});
					} else
						tell({
							type: 'answered',
							at,
							attempt,
							receipt: {kind: what as 'accepted' | 'too-late' | 'already'},
						});
					assert.notEqual(state.step, 'settled', `an answer of one member, ${what}, settles nothing`);
				}
				if (state.step !== 'settled') continue;
				assert.ok(
					before?.every(fate => fate !== 'live'),
					'a member lived at the last look',
				);
				const {outcome} = state;
				if (state.attempt === 0) continue;
				const lived = sentWith.flatMap((fate, each) => (fate === 'live' ? [members[each]] : []));
				const cancelled = lived.filter(fate => fate === 'cancelled').length;
				assert.equal(
					outcome.kind === 'cancelled',
					cancelled === lived.length,
					`${outcome.kind} of ${lived.join(' ')}`,
				);
				if (cancelled > 0) assert.deepEqual(outcome.counts, {cancelled, all: members.length});
				return;
			}
		}),
		{numRuns: 20_000},
	);
});

describe('the words about a set', () => {
	const end = (before: readonly Fate[], after: readonly Fate[]) => {
		let state = ask(true, {members: countsOf(before)});
		const answer = {type: 'answered', at: 4, attempt: 1, receipt: {kind: 'accepted'}} as const;
		for (const event of [{type: 'confirmed', at: 1} as const, lookAt(before, 2), answer, lookAt(after, 5)]) {
			[state] = transition(state, event, policy);
		}
		assert.ok(state.step === 'settled');
		const {kind} = state.outcome;
		return [outcomes[kind].exitCode, outcomes[kind].sentence('hpc/7', state.outcome, 'cancel')];
	};

	test('say how many were cancelled, and how many had ended', () => {
		const four = ['ended', 'ended', 'ended', 'ended'] as const;
		const live = Array.from({length: 14}, () => 'live' as const);
		const over = live.map(() => 'cancelled' as const);
		assert.deepEqual(end([...four, ...live], [...four, ...over]), [
			0,
			'the rest of hpc/7 was cancelled: 14 of 18, 4 had ended',
		]);
		assert.deepEqual(end(live, over), [0, 'hpc/7 is cancelled: 14 of 14']);
	});

	test('do not call cancelled what ended by itself after the request', () => {
		assert.deepEqual(end(['live', 'live', 'ended'], ['cancelled', 'ended', 'ended']), [
			6,
			'hpc/7 was cancelled in part: 1 of 3, 2 ended by themselves',
		]);
		assert.deepEqual(end(['live', 'ended'], ['ended', 'ended']), [
			6,
			'hpc/7 ended by itself first (succeeded)',
		]);
	});
});

test('a set of which a member lives has not ended, whatever its own state', () => {
	const counts = {live: 1, cancelled: 1, ended: 0, lost: 0};
	assert.deepEqual(standingOfSet({phase: 'cancelled', status: 'CANCELLED', terminal: true, set: {counts}}), {
		phase: 'stopping',
		status: 'CANCELLED, and 1 of its jobs not ended',
		terminal: false,
	});
});

test('what one request ends is counted once, and asked for once', () => {
	const het = {
		ref: 'hpc/42+0',
		parent: 'hpc/42',
		set: {
			counts: {live: 3, cancelled: 0, ended: 0, lost: 0},
			apart: ['hpc/42+0', 'hpc/42+1', 'hpc/42+2'],
			together: true,
		},
	} as const;
	const component = {ref: 'hpc/42+1', parent: 'hpc/42'} as const;
	const rest: Pick<Job, 'ref' | 'parent' | 'set'> = {
		ref: 'hpc/7_[5-9]',
		parent: 'hpc/7',
		set: {counts: {live: 5, cancelled: 0, ended: 0, lost: 0}},
	};
	assert.deepEqual(countLive([het, component, rest, {ref: 'hpc/1'}]), {jobs: 9, unknown: 0});
	assert.deepEqual(countLive([{ref: 'i/1', set: {apart: []}}]), {jobs: 1, unknown: 1});
	assert.deepEqual(withoutCovered([component, het, rest]), [het, rest]);
});

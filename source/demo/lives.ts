/*
The life of a job in an embedded system: how it stands at a moment, by its plan and by what was done to it.
*/
import type {EndPhase, Phase} from '../job/phase.ts';
import {isEnd} from '../job/phase.ts';
import type {JobPlan, Quirk} from './scenario.ts';

/** A job as it stands now, in no system's words. Times are epoch milliseconds. */
export type WorldJob = {
	readonly plan: JobPlan;
	readonly phase: WorldPhase;
	readonly percent: number;
	readonly createdAt: number;
	readonly startedAt?: number;
	readonly endedAt?: number;
	readonly updatedAt: number;
	/** How long it runs from its start to its end; absent where no end is planned. */
	readonly runMs?: number;
	/** Whether its outputs and logs are still there. */
	readonly kept: boolean;
};

export type WorldPhase = Extract<Phase, 'held' | 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'>;

/** What somebody did to a job, and how it stood just before. */
export type Deed = {
	readonly at: number;
	readonly what: 'dismiss' | 'remove' | 'stop';
	readonly before: WorldPhase;
	/** `stopped` a live job, `destroyed` what an ended one had left, or changed nothing. */
	readonly effect: 'stopped' | 'destroyed' | 'nothing';
};

// A stubborn job's worker reports after the first, and stops after the second.
export const workerReportsAfterMs = 1000;
const workerStopsAfterMs = 8000;
/** A job that comes back was ended for so long: anybody who looks has seen it. */
export const comesBackAfterMs = 6000;

/** What was done to a job; most jobs have none. */
export type Fate = {
	readonly history: Deed[];
	/** The quirk that was imposed on it when its end was asked for. */
	quirk?: Quirk;
	firstDismissedAt?: number;
	dismissedAt?: number;
	endedEarlyAt?: number;
	stop?: {readonly at: number; readonly as: 'cancelled' | 'succeeded'};
	/** It had ended before it was dismissed. */
	destroyed?: true;
	removed?: true;
};

export type Life = {
	readonly plan: JobPlan;
	readonly createdAt: number;
	readonly startedAt: number;
	readonly endedAt: number;
	/** It was stopped before its end. */
	readonly stopped?: {readonly as: 'cancelled' | 'succeeded'; readonly wouldEndAt: number};
	readonly fate?: Fate;
};

export const phaseOfLife = (life: Life, now: number): WorldPhase => {
	const {fate, plan} = life;
	if (fate?.dismissedAt === undefined) {
		if (now >= life.endedAt) return life.stopped?.as ?? plan.end;
		return now >= life.startedAt ? 'running' : waitingPhase(plan);
	}
	if (fate.destroyed || now - fate.dismissedAt < workerReportsAfterMs) return 'cancelled';
	if (
		plan.quirk === 'never-stops' ||
		(plan.quirk === 'comes-back' && now >= fate.dismissedAt + comesBackAfterMs)
	) {
		return now >= life.startedAt ? 'running' : waitingPhase(plan);
	}
	if (fate.dismissedAt < life.startedAt) return 'cancelled';
	if (plan.quirk === 'late-write') return 'succeeded';
	const stops = (fate.firstDismissedAt ?? fate.dismissedAt) + workerStopsAfterMs;
	return plan.quirk === 'stubborn' && now < stops ? 'running' : 'cancelled';
};

/** The phase of an untouched job at a moment of the plans. */
export const plannedPhase = (plan: JobPlan, now: number): WorldPhase => {
	const started = plan.queuedMs - plan.createdAgoMs;
	if (plan.held || now < started) return waitingPhase(plan);
	return now < started + plan.runMs ? 'running' : plan.end;
};

const waitingPhase = (plan: JobPlan): WorldPhase => (plan.held ? 'held' : 'queued');

export const describe = (life: Life, now: number): WorldJob => {
	const {plan, fate, createdAt, startedAt} = life;
	const phase = phaseOfLife(life, now);
	const stoppedAt = fate?.destroyed ? life.endedAt : (fate?.dismissedAt ?? now);
	const reached = Math.min(now, stoppedAt, life.endedAt);
	const endedAt = endOf(life, phase);
	const runMs = (life.stopped?.wouldEndAt ?? life.endedAt) - startedAt;
	return {
		plan,
		phase,
		percent: phase === 'succeeded' ? 100 : percentOf(life, reached),
		createdAt,
		...(startedAt <= reached && {startedAt}),
		...(endedAt !== undefined && {endedAt}),
		...(Number.isFinite(runMs) && {runMs}),
		updatedAt: Math.max(
			createdAt,
			fate?.dismissedAt ?? 0,
			phase === 'running' ? now : (endedAt ?? createdAt),
		),
		kept: !(phase === 'cancelled'),
	};
};

const endOf = ({fate, endedAt, createdAt}: Life, phase: WorldPhase): number | undefined => {
	if (!isEnd(phase)) return undefined;
	if (fate?.dismissedAt === undefined) return endedAt;
	const ends: Readonly<Record<Extract<EndPhase, WorldPhase>, number>> = {
		succeeded: fate.dismissedAt + workerReportsAfterMs,
		failed: endedAt,
		cancelled: fate.destroyed && Number.isFinite(endedAt) ? endedAt : fate.dismissedAt,
	};
	return Math.max(createdAt, ends[phase]);
};

const percentOf = ({startedAt, stopped, ...life}: Life, at: number): number => {
	const endedAt = stopped?.wouldEndAt ?? life.endedAt;
	if (at < startedAt) return 0;
	// A job without a planned end says that it has begun.
	if (!Number.isFinite(endedAt)) return 5;
	// Nobody knows how far a job is that runs on beyond its end.
	if (at > endedAt) return 95;
	return endedAt === startedAt ? 100 : Math.floor((100 * (at - startedAt)) / (endedAt - startedAt));
};

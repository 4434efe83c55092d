/*
The life of a job in an embedded system: how it stands at a moment, by its plan and by what was done to it.
*/
import type {Phase} from '../job/phase.ts';
import type {JobPlan, Quirk} from './scenario.ts';

/** A job as it stands now, in no system's words. Times are epoch milliseconds. */
export type WorldJob = {
	readonly plan: JobPlan;
	readonly phase: WorldPhase;
	readonly percent: number;
	readonly createdAt: number;
	readonly startedAt?: number;
	/** When its work ended. A dismissed job has no end until a worker has ended it. */
	readonly endedAt?: number;
	/** Its suspension was asked for then, and holds; or its last one was taken back then. */
	readonly suspendedAt?: number;
	readonly unsuspendedAt?: number;
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
	readonly what: 'dismiss' | 'drop' | 'remove' | 'stop' | 'suspend' | 'unsuspend';
	readonly before: WorldPhase;
	/** `stopped` a live job, `destroyed` what an ended one had left, suspended it or took that back, or changed nothing. */
	readonly effect: 'stopped' | 'destroyed' | 'nothing' | 'suspended' | 'unsuspended';
};

// A stubborn job's worker reports after the first, and stops after the second.
export const workerReportsAfterMs = 1000;
const stubbornEndsAfterMs = 8000;
/** The worker of an ordinary job has ended so long after the dismissal: no sooner than the first look. */
const workerEndsAfterMs = 2000;
/** A job that comes back was ended for so long: anybody who looks has seen it. */
export const comesBackAfterMs = 6000;

/** When it ends, and as what. `dropped`: its record ends, whatever its processes do. */
type Stop = {readonly at: number; readonly as: 'cancelled' | 'succeeded'; readonly dropped?: true};

/** The requests that changed a job; an untouched job has no fate. */
export type Fate = {
	readonly history: Deed[];
	/** The quirk that was imposed on it when its end was asked for. */
	quirk?: Quirk;
	firstDismissedAt?: number;
	dismissedAt?: number;
	endedEarlyAt?: number;
	/** It is suspended since `at`; its work has stopped at `quietAt`. */
	suspension?: {readonly at: number; readonly quietAt: number};
	/** The part of its work that its last suspension did not undo, from 0 to 1. */
	kept?: number;
	/** Its last suspension was taken back then: the rest of its work began again. */
	unsuspendedAt?: number;
	stop?: Stop;
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
	readonly stopped?: Stop & {readonly wouldEndAt: number};
	readonly fate?: Fate;
};

/** How a job stands, and when its work ended if it has. */
type Standing = {readonly phase: WorldPhase; readonly endedAt?: number};

const standingOf = (life: Life, now: number): Standing => {
	const {fate, plan, stopped, endedAt} = life;
	if (fate?.dismissedAt !== undefined) return afterDismissal(life, fate, fate.dismissedAt, now);
	if (stopped !== undefined && !stopped.dropped && plan.quirk === 'works-on' && now >= stopped.at) {
		return behindTheWord(life, stopped.at, {phase: 'cancelled', endedAt: stopped.at}, now);
	}
	return now >= endedAt ? {phase: stopped?.as ?? plan.end, endedAt} : aliveOf(life, now);
};

export const phaseOfLife = (life: Life, now: number): WorldPhase => standingOf(life, now).phase;

const aliveOf = ({plan, startedAt}: Life, now: number): Standing => ({
	phase: now >= startedAt ? 'running' : waitingPhase(plan),
});

/**
A dismissal is a word in the record at once. The work goes on behind it until a worker takes notice, and only then has an end; what no worker had begun never gets one.
*/
const afterDismissal = (life: Life, fate: Fate, dismissedAt: number, now: number): Standing => {
	const {plan, startedAt, endedAt} = life;
	const said: Standing = {phase: 'cancelled'};
	if (fate.destroyed) return {...said, endedAt: Number.isFinite(endedAt) ? endedAt : dismissedAt};
	if (plan.quirk === 'works-on') return behindTheWord(life, dismissedAt, said, now);
	if (now - dismissedAt < workerReportsAfterMs) return said;
	if (plan.quirk === 'never-stops') return aliveOf(life, now);
	if (plan.quirk === 'comes-back') {
		return now >= dismissedAt + comesBackAfterMs ? aliveOf(life, now) : said;
	}
	if (dismissedAt < startedAt) return said;
	if (plan.quirk === 'late-write') return {phase: 'succeeded', endedAt: dismissedAt + workerReportsAfterMs};
	const stubborn = plan.quirk === 'stubborn';
	const stopsAt =
		(fate.firstDismissedAt ?? dismissedAt) + (stubborn ? stubbornEndsAfterMs : workerEndsAfterMs);
	if (now >= stopsAt) return {...said, endedAt: stopsAt};
	return stubborn ? {phase: 'running'} : said;
};

/** What nobody took out of the queue starts in its turn; what runs says nothing more until it ends as it would have. */
const behindTheWord = (life: Life, saidAt: number, said: Standing, now: number): Standing => {
	const {plan, startedAt, endedAt, stopped} = life;
	const end = stopped?.wouldEndAt ?? endedAt;
	if (now >= end) return {phase: plan.end, endedAt: end};
	return saidAt < startedAt && now >= startedAt ? {phase: 'running'} : said;
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
	const {phase, endedAt} = standingOf(life, now);
	const reached = endedAt ?? (phase === 'cancelled' ? (fate?.dismissedAt ?? now) : now);
	const runMs = (life.stopped?.wouldEndAt ?? life.endedAt) - startedAt;
	// A suspension undoes the rest of the work at once, though it stops a little later.
	const isKept = phase === 'held' || (phase === 'running' && fate?.suspension !== undefined);
	return {
		plan,
		phase,
		percent: phase === 'succeeded' ? 100 : isKept ? 100 * (fate?.kept ?? 0) : percentOf(life, reached),
		createdAt,
		...(startedAt <= reached && {startedAt}),
		...(endedAt !== undefined && {endedAt}),
		...(fate?.suspension && {suspendedAt: fate.suspension.at}),
		...(fate?.unsuspendedAt !== undefined && {unsuspendedAt: fate.unsuspendedAt}),
		...(Number.isFinite(runMs) && {runMs}),
		updatedAt: Math.max(
			createdAt,
			fate?.dismissedAt ?? 0,
			phase === 'running' ? now : (endedAt ?? createdAt),
		),
		kept: !(phase === 'cancelled'),
	};
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

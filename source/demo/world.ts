import {isEnd} from '../job/phase.ts';
import type {Clock} from '../process/clock.ts';
import {
	comesBackAfterMs,
	type Deed,
	describe,
	type Fate,
	type Life,
	phaseOfLife,
	plannedPhase,
	type WorldJob,
	type WorldPhase,
	workerReportsAfterMs,
} from './lives.ts';
import type {JobPlan, Quirk, Scenario} from './scenario.ts';

/**
The jobs behind an embedded job system: their lives are a function of the clock and of the requests about them.

Jobs are numbered from 0 in the order in which they were created.
*/
export type World = {
	/** How many jobs there have been; more may have arrived since the last call. */
	readonly size: () => number;
	/** A page of the jobs in these phases (in any, if not said), newest first, and how many there are in all. */
	readonly list: (page: PageRequest) => {readonly jobs: readonly number[]; readonly total: number};
	/** Undefined where it was removed. */
	readonly job: (index: number) => WorldJob | undefined;
	/** As `job`, when somebody asks for this one alone: some jobs end at that. */
	readonly look: (index: number) => WorldJob | undefined;
	/** Stops a live job; destroys what an ended one has left, and its outcome with it; does nothing to a dismissed one. */
	readonly dismiss: (index: number) => Deed['effect'] | undefined;
	/** Lets a live job end in `inMs` milliseconds, unless it ends before; asked again, it does not end sooner. Does nothing to an ended one. */
	readonly stop: (index: number, inMs: number, as?: 'cancelled' | 'succeeded') => Deed['effect'] | undefined;
	/** Ends the record of a live job at once, whatever its processes do. Does nothing to an ended one. */
	readonly drop: (index: number) => Deed['effect'] | undefined;
	/** Suspends a live job, whose work stops in `inMs` milliseconds and is undone, except for the part `kept` of it, from 0 to 1. Does nothing to a suspended or an ended one. */
	readonly suspend: (index: number, inMs: number, kept?: number) => Deed['effect'] | undefined;
	/** Starts the rest of a suspended job again. */
	readonly unsuspend: (index: number) => Deed['effect'] | undefined;
	/** Takes an ended job's record away. */
	readonly remove: (index: number) => Deed['effect'] | undefined;
	/** All that was ever done to a job. */
	readonly history: (index: number) => readonly Deed[];
	/** A job that stays in its phase until somebody does something to it. Its number. */
	readonly add: (phase: WorldPhase, plan: Pick<JobPlan, 'name' | 'process'> & Partial<JobPlan>) => number;
	/** Gives jobs another quirk than their plans do, until others are chosen. A job that was cancelled meanwhile keeps it. */
	readonly impose: (choose: (index: number) => Quirk | undefined) => void;
};

type PageRequest = {
	readonly phases?: ReadonlySet<WorldPhase>;
	/** Only the jobs for which it holds; all, if not said. */
	readonly only?: (index: number) => boolean;
	/** The number of jobs to skip. */
	readonly first: number;
	readonly limit: number;
};

export type WorldOptions = {
	readonly scenario: Scenario;
	readonly clock: Clock;
	/** The speed-up factor; 1 if not said. It does not change what lies before the start. */
	readonly speed?: number;
	/** Removes the record of a job this many milliseconds after its end; never, if not said. */
	readonly forgetAfterMs?: number;
};

/** What is started again runs after this time, in milliseconds of the plans. */
const restartMs = 1000;

/** The plans of all jobs, and the times at which they come true. */
const createTimeline = ({scenario, clock, speed = 1}: WorldOptions) => {
	const origin = clock.now();
	const plans = [...scenario.initial];
	let arrived = 0;
	let next = scenario.arrival(arrived);

	/** A moment of the plans, counted from the start of the demo, as epoch milliseconds. */
	const epoch = (planned: number) => origin + Math.round(planned > 0 ? planned / speed : planned);

	return {
		clock,
		plans,
		epoch,
		/** Epoch milliseconds as a moment of the plans. */
		planned: (at: number) => (at > origin ? (at - origin) * speed : at - origin),
		/** How many jobs there are, with the ones that arrived since the last call. */
		size(): number {
			while (next !== undefined && epoch(-next.createdAgoMs) <= clock.now()) {
				plans.push(next);
				arrived += 1;
				next = scenario.arrival(arrived);
			}
			return plans.length;
		},
	};
};

/** What was done to the jobs, and the lives that follow from it and from the plans. */
const createLives = ({clock, plans, epoch, planned: plannedAt}: ReturnType<typeof createTimeline>) => {
	const fates = new Map<number, Fate>();
	let imposed: (index: number) => Quirk | undefined = () => undefined;

	const isBack = (quirk: Quirk | undefined, cancelledAt: number) =>
		quirk === 'comes-back' && clock.now() >= cancelledAt + comesBackAfterMs;

	// The server shows its dismissal once, like all others.
	const hasVanished = (fate: Fate | undefined) =>
		fate?.dismissedAt !== undefined &&
		!fate.destroyed &&
		clock.now() >= fate.dismissedAt + workerReportsAfterMs;

	const fateOf = (index: number): Fate => {
		const fate = fates.get(index) ?? {history: []};
		fates.set(index, fate);
		return fate;
	};

	return {
		fates,
		fateOf,
		isBack,
		impose(choose: (index: number) => Quirk | undefined) {
			imposed = choose;
		},
		/** The fate of a job that is being cancelled: its quirk stays from now on. */
		fateOfCancelled(index: number): Fate {
			const fate = fateOf(index);
			const quirk = imposed(index);
			if (quirk !== undefined) fate.quirk ??= quirk;
			return fate;
		},
		/** Undefined where there is no such job, or it was removed. */
		lifeOf(index: number): Life | undefined {
			const planned = plans[index];
			const fate = fates.get(index);
			if (planned === undefined || fate?.removed) return undefined;
			const quirk = fate?.quirk ?? imposed(index) ?? planned.quirk;
			const quirky = quirk === undefined || quirk === planned.quirk ? planned : {...planned, quirk};
			const plan = fate ? afterSuspension(quirky, fate) : quirky;
			const created = -plan.createdAgoMs;
			// What is held never starts, and never ends.
			const begun =
				fate?.unsuspendedAt === undefined ? created : plannedAt(fate.unsuspendedAt) - doneBefore(plan, fate);
			const isStopping = fate?.suspension !== undefined && clock.now() < fate.suspension.quietAt;
			const starts = plan.held && !isStopping ? Number.POSITIVE_INFINITY : begun + plan.queuedMs;
			const startedAt = epoch(starts);
			const whole = epoch(plan.held ? Number.POSITIVE_INFINITY : starts + plan.runMs);
			const endedAt = Math.min(whole, fate?.endedEarlyAt ?? whole);
			// A record is dropped of what runs beyond its end, too.
			const counts = fate?.stop !== undefined && (fate.stop.dropped || fate.stop.at < endedAt);
			const stop = counts ? fate.stop : undefined;
			if (quirk === 'vanishes' && (hasVanished(fate) || (stop && clock.now() >= stop.at))) return undefined;
			const runsOn =
				stop !== undefined && !stop.dropped && (quirk === 'never-stops' || isBack(quirk, stop.at));
			return {
				plan,
				createdAt: epoch(created),
				startedAt,
				endedAt: runsOn ? Number.POSITIVE_INFINITY : (stop?.at ?? endedAt),
				...(stop !== undefined && {stopped: {...stop, wouldEndAt: endedAt}}),
				...(fate !== undefined && {fate}),
			};
		},
	};
};

/** How long the work took that a suspension did not undo, in milliseconds of the plans. */
const doneBefore = ({runMs}: JobPlan, {kept = 0}: Fate): number => (kept === 0 ? 0 : kept * runMs);

/** What is suspended is held, and what was started again is not. */
const afterSuspension = (plan: JobPlan, {suspension, unsuspendedAt}: Fate): JobPlan => {
	if (suspension) return {...plan, held: true};
	if (unsuspendedAt === undefined) return plan;
	const {held: _held, ...free} = plan;
	return {...free, queuedMs: restartMs};
};

/** What can be done to the jobs. Each deed is written down, with what it changed. */
const createDeeds = (
	{fateOf, fateOfCancelled, isBack, lifeOf}: ReturnType<typeof createLives>,
	phase: (index: number) => WorldPhase | undefined,
	clock: Clock,
): Pick<World, 'dismiss' | 'stop' | 'drop' | 'suspend' | 'unsuspend' | 'remove'> => {
	const note = (fate: Fate, what: Deed['what'], before: WorldPhase, effect: Deed['effect']) => {
		fate.history.push({at: clock.now(), what, before, effect});
		return effect;
	};

	return {
		dismiss(index) {
			const before = phase(index);
			if (before === undefined) return undefined;
			const fate = fateOfCancelled(index);
			if (before === 'cancelled') return note(fate, 'dismiss', before, 'nothing');
			if (isEnd(before)) fate.destroyed = true;
			fate.dismissedAt = clock.now();
			fate.firstDismissedAt ??= fate.dismissedAt;
			return note(fate, 'dismiss', before, isEnd(before) ? 'destroyed' : 'stopped');
		},
		stop(index, inMs, as = 'cancelled') {
			const before = phase(index);
			if (before === undefined) return undefined;
			const fate = fateOfCancelled(index);
			if (isEnd(before)) return note(fate, 'stop', before, 'nothing');
			const {quirk} = lifeOf(index)?.plan ?? {};
			if (fate.stop === undefined || isBack(quirk, fate.stop.at)) {
				fate.stop = {at: clock.now() + inMs, as};
			}
			return note(fate, 'stop', before, 'stopped');
		},
		drop(index) {
			const before = phase(index);
			if (before === undefined) return undefined;
			const fate = fateOfCancelled(index);
			if (isEnd(before)) return note(fate, 'drop', before, 'nothing');
			fate.stop = {at: clock.now(), as: 'cancelled', dropped: true};
			return note(fate, 'drop', before, 'stopped');
		},
		suspend(index, inMs, kept = 0) {
			const job = lifeOf(index);
			const before = phase(index);
			if (job === undefined || before === undefined) return undefined;
			const fate = fateOfCancelled(index);
			if (isEnd(before) || job.plan.held) return note(fate, 'suspend', before, 'nothing');
			fate.kept = kept;
			fate.suspension = {at: clock.now(), quietAt: clock.now() + (before === 'running' ? inMs : 0)};
			return note(fate, 'suspend', before, 'suspended');
		},
		unsuspend(index) {
			const job = lifeOf(index);
			const before = phase(index);
			if (job === undefined || before === undefined) return undefined;
			const fate = fateOf(index);
			if (isEnd(before) || !job.plan.held) return note(fate, 'unsuspend', before, 'nothing');
			delete fate.suspension;
			fate.unsuspendedAt = clock.now();
			return note(fate, 'unsuspend', before, 'unsuspended');
		},
		remove(index) {
			const before = phase(index);
			if (before === undefined) return undefined;
			const fate = fateOf(index);
			if (!isEnd(before)) return note(fate, 'remove', before, 'nothing');
			fate.removed = true;
			return note(fate, 'remove', before, 'destroyed');
		},
	};
};

export const createWorld = (options: WorldOptions): World => {
	const {clock} = options;
	const timeline = createTimeline(options);
	const {plans, planned, epoch, size} = timeline;
	const lives = createLives(timeline);
	const {fates, fateOf, lifeOf, impose} = lives;
	const {forgetAfterMs} = options;
	const forgets = forgetAfterMs !== undefined;

	for (const [index, {cancelledAgoMs, quirk}] of plans.entries()) {
		if (cancelledAgoMs === undefined) continue;
		const at = epoch(-cancelledAgoMs);
		fates.set(index, {
			history: [{at, what: 'stop', before: 'running', effect: 'stopped'}],
			stop: {at, as: 'cancelled'},
			...(quirk && {quirk}),
		});
	}

	const job = (index: number) => {
		const life = lifeOf(index);
		const now = clock.now();
		const seen = life && describe(life, now);
		if (!forgets || seen === undefined || !isEnd(seen.phase)) return seen;
		return now - (seen.endedAt ?? seen.updatedAt) > forgetAfterMs ? undefined : seen;
	};

	const phase = (index: number) => {
		if (forgets) return job(index)?.phase;
		const life = lifeOf(index);
		return life && phaseOfLife(life, clock.now());
	};

	return {
		size,
		list({phases, only, first, limit}) {
			const jobs: number[] = [];
			let total = 0;
			// A plan alone gives the phase of an untouched job, with the clock read once. It does not say what is forgotten.
			const now = planned(clock.now());
			for (let index = size() - 1; index >= 0; index -= 1) {
				const plan = plans[index];
				const is = plan === undefined || fates.has(index) || forgets ? phase(index) : plannedPhase(plan, now);
				if (is === undefined || (phases !== undefined && !phases.has(is))) continue;
				if (only !== undefined && !only(index)) continue;
				if (total >= first && jobs.length < limit) jobs.push(index);
				total += 1;
			}
			return {jobs, total};
		},
		job,
		look(index) {
			const seen = job(index);
			if (seen?.plan.quirk === 'ends-when-looked-at' && seen.phase === 'running') {
				fateOf(index).endedEarlyAt ??= clock.now();
			}
			return seen;
		},
		...createDeeds(lives, phase, clock),
		history: index => fates.get(index)?.history ?? [],
		add(phase, plan) {
			const index = size();
			const forever = Number.POSITIVE_INFINITY;
			plans.push({
				owner: 'nobody',
				createdAgoMs: -planned(clock.now()),
				queuedMs: phase === 'queued' ? forever : 0,
				runMs: isEnd(phase) ? 0 : forever,
				end: phase === 'failed' ? 'failed' : 'succeeded',
				progress: true,
				...(phase === 'held' && {held: true}),
				...plan,
			});
			if (phase === 'cancelled') {
				fates.set(index, {history: [], destroyed: true, dismissedAt: clock.now()});
			}
			return index;
		},
		impose,
	};
};

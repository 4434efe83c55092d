/*
Waits until jobs have reached the requested phase. Each look serves all jobs of a profile.
*/

import type {Connection} from '../../backends/backend.ts';
import {worstExitCode} from '../../cancellation/outcomes.ts';
import {jittered} from '../../engine/polling/tempo.ts';
import type {Failure, FailureKind} from '../../job/failure.ts';
import {whyAnother} from '../../job/identity.ts';
import type {Job} from '../../job/job.ts';
import {isoTime} from '../../job/job-json.ts';
import type {Phase} from '../../job/phase.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import {targetOf} from '../../job/target.ts';
import {wait as pause, systemClock} from '../../process/clock.ts';
import {stateAndCause, stateInWords} from '../../table/phase-looks.ts';
import {duration} from '../../text/format.ts';
import type {Console} from '../output/console.ts';
import {untilSignal} from '../output/signals.ts';
import {connectionOf, failureLine} from '../profiles/failure-words.ts';
import type {OpenSession} from '../session.ts';
import {type Look, lookAll, resolveRefs} from './resolve-refs.ts';
import {refuseDoubtful} from './unresolved.ts';

export type WaitOptions = {
	readonly refs: readonly string[];
	/** Any end, or one phase. */
	readonly for: 'terminal' | Phase;
	readonly timeoutMs: number;
	readonly output: 'text' | 'json' | 'jsonl';
};

/** The result of waiting for one job. */
const outcomes = {
	reached: {exitCode: 0, words: (state: string) => `is ${state}`},
	/** It ended without reaching the requested phase. */
	'ended-otherwise': {exitCode: 6, words: (state: string) => `has ended as ${state}`},
	'not-found': {exitCode: 7, words: () => 'is unknown there'},
	/** It was seen alive, and then its system no longer knew it: how it ended is unknown. */
	gone: {exitCode: 7, words: () => 'is gone from its system, without a record of how it ended'},
	timeout: {exitCode: 8, words: (state: string) => `is still ${state}`},
	interrupted: {exitCode: 0, words: (state: string) => `is still ${state}`},
	/** Its system did not answer. */
	unknown: {exitCode: 5, words: () => 'could not be read'},
} as const satisfies Record<string, {readonly exitCode: number; readonly words: (state: string) => string}>;

type Outcome = keyof typeof outcomes;

type Waited = {
	readonly ref: Ref | string;
	/** The job as last seen. */
	job?: Job;
	/** Why the last look failed. */
	failure?: Failure;
	/** Epoch milliseconds: since then looks do not find it, although an earlier one had. One such look is not enough. */
	missedAt?: number;
	outcome?: Outcome;
	detail?: string;
	waitedMs?: number;
};

/** Failures that a retry within one command cannot cure. */
const lasting: ReadonlySet<FailureKind> = new Set(['unauthorized', 'forbidden', 'rejected', 'malformed']);

/** Milliseconds before the second look; the delay grows by half each time, up to the interval of the profile. */
const firstPauseMs = 1000;

export const waitFor = async (options: WaitOptions, console: Console, open: OpenSession): Promise<number> => {
	const session = await open();
	const {signal: interrupted, code: left, off} = untilSignal();
	const began = systemClock.now();
	const stop = AbortSignal.any([interrupted, console.closed, AbortSignal.timeout(options.timeoutMs)]);
	const targets = new Map<string, Waited>();

	const settle = (target: Waited, outcome: Outcome, detail?: string) => {
		target.outcome = outcome;
		target.waitedMs = systemClock.now() - began;
		if (detail !== undefined) target.detail = detail;
		print(target, options.output, console);
	};
	/** How late its system may still report its end. */
	const outcomeAfterMs = ({ref}: Waited) => {
		const {profile = ''} = parseRef(ref) ?? {};
		return connectionOf(session.connections, profile).traits.patience.outcomeAfterMs ?? 0;
	};
	const take = (target: Waited, look: Look) => {
		if ('job' in look) {
			const another = whyAnotherNow(target, look);
			return another === undefined ? takeJob(target, look.job) : settle(target, 'gone', another);
		}
		if (look.kind === 'not-found') {
			if (!target.job) return settle(target, 'not-found', look.detail);
			const {missedAt} = target;
			target.missedAt ??= systemClock.now();
			if (missedAt === undefined || systemClock.now() - missedAt < outcomeAfterMs(target)) return;
			return settle(target, 'gone', look.detail);
		}
		if (target.failure?.kind !== look.kind) console.say(failureLine(target.ref, look));
		target.failure = look;
		if (lasting.has(look.kind)) settle(target, 'unknown', look.detail);
	};
	const takeJob = (target: Waited, job: Job) => {
		const moved = target.job?.phase !== job.phase || target.job.status !== job.status;
		target.job = job;
		delete target.failure;
		delete target.missedAt;
		if (options.for === 'terminal' ? job.terminal : job.phase === options.for)
			return settle(target, 'reached');
		if (job.terminal) return settle(target, 'ended-otherwise');
		if (moved && options.output === 'jsonl') console.data(lineOf(target));
		if (moved && options.output !== 'jsonl') console.say(`${target.ref}: ${stateInWords(job)}`);
	};

	try {
		const resolutions = await resolveRefs(session.connections, options.refs, stop);
		if (!stop.aborted) {
			for (const resolution of refuseDoubtful(resolutions, console, 'nothing to wait for')) {
				const {given, ref = given} = resolution;
				if (targets.has(ref)) continue;
				const target: Waited = {ref};
				targets.set(ref, target);
				if (resolution.kind === 'found') takeJob(target, resolution.job);
				else if (resolution.kind === 'failed') take(target, resolution.failure);
				else settle(target, 'not-found', resolution.detail);
			}
		}
		const open = [...targets.values()].filter(({outcome}) => outcome === undefined);
		const byProfile = Map.groupBy(open, ({ref}) => parseRef(ref)?.profile ?? '');
		await Promise.all(
			[...byProfile].map(([profile, own]) =>
				follow(connectionOf(session.connections, profile), own, take, stop),
			),
		);
		// Before the jobs are found, there is no target to report.
		for (const ref of stop.aborted && targets.size === 0 ? new Set(options.refs) : [])
			targets.set(ref, {ref});
		for (const target of targets.values()) {
			if (target.outcome !== undefined) continue;
			const inTime = interrupted.aborted || console.closed.aborted;
			const seen = target.job !== undefined && target.failure === undefined && target.missedAt === undefined;
			settle(target, inTime ? 'interrupted' : seen ? 'timeout' : 'unknown', target.failure?.detail);
		}
		const results = [...targets.values()];
		if (options.output === 'json') console.data(documentOf(options.for, results));
		if (results.some(({outcome}) => outcome === 'timeout'))
			console.say(`jobtop: stopped waiting after ${duration(options.timeoutMs)}`);
		const signalled = left();
		return worstExitCode([...(signalled === undefined ? [] : [signalled]), ...results.map(exitCodeOf)]);
	} finally {
		off();
		await session.close();
	}
};

/** Why a look does not show the awaited job, in words; undefined if it may. */
const whyAnotherNow = ({job}: Waited, look: Look | undefined): string | undefined =>
	job && look && 'job' in look ? whyAnother(targetOf(job), look.job) : undefined;

/** Looks repeatedly until no job of this profile is awaited. */
const follow = async (
	connection: Connection,
	targets: readonly Waited[],
	take: (target: Waited, look: Look) => void,
	stop: AbortSignal,
): Promise<void> => {
	const idOf = ({ref}: Waited) => parseRef(ref)?.id ?? ref;
	const {traits, minInterval} = connection;
	let ms = Math.max(Math.min(firstPauseMs, traits.intervalMs), minInterval?.ms ?? 0);
	try {
		for (;;) {
			const open = targets.filter(({outcome}) => outcome === undefined);
			if (open.length === 0) return;
			await pause(systemClock, jittered(ms, Math.random(), minInterval?.ms), stop);
			ms = Math.min(ms * 1.5, traits.intervalMs);
			const looks = new Map(await lookAll(connection, open.map(idOf), stop));
			// Only a look at this job alone distinguishes another job from a requeued one.
			const strange = open.filter(target => whyAnotherNow(target, looks.get(idOf(target))) !== undefined);
			for (const id of new Set(strange.map(idOf))) {
				for (const [known, look] of await lookAll(connection, [id], stop)) looks.set(known, look);
			}
			if (stop.aborted) return;
			for (const target of open)
				take(target, looks.get(idOf(target)) ?? {kind: 'not-found', detail: 'no such job'});
		}
	} catch (error) {
		if (!stop.aborted) throw error;
	}
};

const exitCodeOf = ({outcome, failure}: Waited): number =>
	failure?.kind === 'unauthorized' ? 4 : outcome === undefined ? 5 : outcomes[outcome].exitCode;

const sentenceOf = ({ref, job, outcome = 'unknown', detail}: Waited): string =>
	`${ref} ${outcomes[outcome].words(job ? stateAndCause(job) : 'not seen')}${detail === undefined ? '' : `: ${detail}`}`;

const print = (target: Waited, output: WaitOptions['output'], console: Console): void => {
	if (output === 'text') console.data(`${sentenceOf(target)}\n`);
	if (output === 'jsonl') console.data(lineOf(target));
};

const json = ({ref, outcome, job, waitedMs, detail}: Waited) => ({
	ref,
	outcome,
	phase: job?.phase,
	status: job?.status,
	terminal: job?.terminal,
	endedBy: job?.endedBy,
	waitedMs,
	detail,
});

const lineOf = (target: Waited): string =>
	`${JSON.stringify({at: isoTime(systemClock.now()), ...json(target)})}\n`;

const documentOf = (phase: string, results: readonly Waited[]): string =>
	`${JSON.stringify({version: 1, for: phase, results: results.map(json)})}\n`;

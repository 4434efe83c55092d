/*
Sends a confirmed batch and follows it until everything is settled, the time is up or somebody interrupts. What is not settled then stays in the journal.
*/
import type {Connection} from '../../backends/backend.ts';
import {createEngine, type Engine} from '../../engine/engine.ts';
import type {Batch, CancellationMoment, CancellationReport, Patch} from '../../engine/protocol.ts';
import type {Ref} from '../../job/ref.ts';
import type {Clock} from '../../process/clock.ts';
import {signals} from '../output/signals.ts';

/** What is waited for before the command ends. */
export type WaitFor = 'terminal' | 'accepted' | 'none';

const enough: Readonly<Record<WaitFor, (report: CancellationReport) => boolean>> = {
	terminal: ({step}) => step === 'settled',
	accepted: ({step, acceptedAt}) => step === 'settled' || acceptedAt !== undefined,
	// A request that is under way is waited for, and one that was not taken: breaking off would leave its fate open.
	none: ({step, acceptedAt, attempts, why}) =>
		step === 'settled' ||
		acceptedAt !== undefined ||
		(attempts > 0 && (step === 'reconciling' || (step === 'following' && why !== undefined))),
};

/** Starts a batch, or takes one up. Rejects, with nothing sent, where that cannot be. */
export type Begin = (engine: Engine) => Promise<Batch>;

export type Follow = {
	readonly connections: readonly Connection[];
	readonly clock: Clock;
	readonly stateDirectory: string;
	readonly begin: Begin;
	readonly waitFor: WaitFor;
	readonly timeoutMs: number;
	/** Called with each report, and with what happened since the last one of its job. */
	readonly onReport: (report: CancellationReport, news: readonly CancellationMoment[]) => void;
	readonly onWarning: (text: string) => void;
};

export type Followed = {
	readonly batch: number;
	readonly reports: ReadonlyMap<Ref, CancellationReport>;
	/** Why nobody waits any longer: the exit code of a signal, or the time is up. */
	readonly left?: 'timeout' | (typeof signals)[keyof typeof signals];
};

/** Rejects, with nothing sent, where the journal cannot be written. */
export const followBatch = async (follow: Follow): Promise<Followed> => {
	const {clock, waitFor} = follow;
	const reports = new Map<Ref, CancellationReport>();
	const told = new Map<Ref, readonly CancellationMoment[]>();
	const ended = Promise.withResolvers<Followed['left'] | 'done'>();
	let leaving = false;
	let batch: Batch | undefined;

	const endIfEnough = () => {
		if (leaving || reports.size !== batch?.refs.length) return;
		if ([...reports.values()].every(enough[waitFor])) ended.resolve('done');
	};
	const take = (report: CancellationReport) => {
		reports.set(report.ref, report);
		const before = told.get(report.ref) ?? [];
		told.set(report.ref, report.moments);
		follow.onReport(report, newsIn(before, report.moments));
	};
	const receive = (patches: readonly Patch[]) => {
		for (const patch of patches) {
			if (patch.type === 'cancellations') patch.reports.forEach(take);
			if (patch.type === 'notice' && patch.notice.tone !== 'info') follow.onWarning(patch.notice.text);
		}
		endIfEnough();
	};

	const engine = createEngine({
		connections: follow.connections,
		clock,
		stateDirectory: follow.stateDirectory,
		report: receive,
		scope: {everyone: true, ended: true},
		park: false,
	});
	const handlers = Object.entries(signals).map(([signal, code]) => {
		const handler = () => ended.resolve(code);
		process.on(signal, handler);
		return () => process.off(signal, handler);
	});
	let takeBack = () => {};
	try {
		batch = await follow.begin(engine);
		endIfEnough();
		takeBack = clock.after(follow.timeoutMs, () => ended.resolve('timeout'));
		const left = await ended.promise;
		if (left !== 'done') {
			leaving = true;
			engine.leave();
		}
		// What the engine has to say to that comes after this turn.
		await new Promise(resolve => setImmediate(resolve));
		return {batch: batch.number, reports, ...(left !== 'done' && left !== undefined && {left})};
	} finally {
		takeBack();
		await engine.stop();
		for (const off of handlers) off();
	}
};

/** Moments that were not there before. The oldest of a long list may have been left out. */
const newsIn = (
	before: readonly CancellationMoment[],
	now: readonly CancellationMoment[],
): readonly CancellationMoment[] => {
	const known = new Set(before);
	return now.filter(moment => !known.has(moment));
};

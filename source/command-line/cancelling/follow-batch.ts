/*
Sends a confirmed batch and follows it until everything is settled, the timeout expires or the user interrupts. Unsettled jobs then stay in the journal.
*/
import type {Connection} from '../../backends/backend.ts';
import {createEngine, type Engine} from '../../engine/engine.ts';
import type {Batch, CancellationMoment, CancellationReport, Patch} from '../../engine/protocol.ts';
import type {Ref} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import type {Clock} from '../../process/clock.ts';
import {mayAskAgain} from '../../table/cancellation-words.ts';
import {signals} from '../output/signals.ts';

/** What to wait for before the command ends. */
export type WaitFor = 'terminal' | 'accepted' | 'none';

const enough: Readonly<Record<WaitFor, (report: CancellationReport) => boolean>> = {
	terminal: ({step}) => step === 'settled',
	accepted: ({step, acceptedAt}) => step === 'settled' || acceptedAt !== undefined,
	// Requests that are in progress or were not accepted are awaited: stopping would leave their result open.
	none: ({step, acceptedAt, attempts, why}) =>
		step === 'settled' ||
		acceptedAt !== undefined ||
		(attempts > 0 && (step === 'reconciling' || (step === 'following' && why !== undefined))),
};

/** Starts or resumes a batch. Rejects, with nothing sent, if that is not possible. */
export type Begin = (engine: Engine) => Promise<Batch>;

export type Follow = {
	readonly connections: readonly Connection[];
	readonly clock: Clock;
	readonly stateDirectory: string;
	/** The path of the configuration file; absent for the usual one. */
	readonly configuration?: string;
	readonly begin: Begin;
	readonly waitFor: WaitFor;
	readonly timeoutMs: number;
	/** Ask once again for each job that needs the user, where that is safe: after a look at it. */
	readonly asksAgain?: boolean;
	/** Called with each report, and with the steps since the last report of its job. */
	readonly onReport: (report: CancellationReport, news: readonly CancellationMoment[]) => void;
	readonly onWarning: (text: string) => void;
};

export type Followed = {
	readonly batch: number;
	readonly reports: ReadonlyMap<Ref, CancellationReport>;
	/** Why the command stopped waiting: the exit code of a signal, or the timeout. */
	readonly left?: 'timeout' | (typeof signals)[keyof typeof signals];
};

/** Rejects, with nothing sent, if the journal cannot be written. */
export const followBatch = async (follow: Follow): Promise<Followed> => {
	const {clock, waitFor} = follow;
	const reports = new Map<Ref, CancellationReport>();
	const reported = new Map<Ref, readonly CancellationMoment[]>();
	const ended = Promise.withResolvers<Followed['left'] | 'done'>();
	const repeated = new Set<Ref>();
	let leaving = false;
	let batch: Batch | undefined;

	const endIfEnough = () => {
		if (leaving || reports.size !== batch?.refs.length) return;
		if ([...reports.values()].every(enough[waitFor])) ended.resolve('done');
	};
	const take = (report: CancellationReport) => {
		reports.set(report.ref, report);
		const before = reported.get(report.ref) ?? [];
		reported.set(report.ref, report.moments);
		follow.onReport(report, newsIn(before, report.moments));
		if (!follow.asksAgain || leaving || repeated.has(report.ref) || !mayAskAgain(report)) return;
		repeated.add(report.ref);
		const {operation} = report;
		const targets = [targetOfReport(report)];
		engine.handle(operation === 'cancel' ? {type: 'cancel', targets} : {type: 'suspend', operation, targets});
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
		...(follow.configuration !== undefined && {configuration: follow.configuration}),
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
		// The engine reports that after this turn.
		await new Promise(resolve => setImmediate(resolve));
		return {batch: batch.number, reports, ...(left !== 'done' && left !== undefined && {left})};
	} finally {
		takeBack();
		await engine.stop();
		for (const off of handlers) off();
	}
};

/** The job of a cancellation, as it was last seen. */
const targetOfReport = ({ref, name, seen, submittedAt, uid}: CancellationReport): JobTarget => ({
	ref,
	name,
	phase: seen?.phase ?? 'unknown',
	status: seen?.status ?? '',
	...(submittedAt !== undefined && {submittedAt}),
	...(uid !== undefined && {uid}),
});

/** The new moments. The oldest of a long list may be missing. */
const newsIn = (
	before: readonly CancellationMoment[],
	now: readonly CancellationMoment[],
): readonly CancellationMoment[] => {
	const known = new Set(before);
	return now.filter(moment => !known.has(moment));
};

/*
Follows a batch for a command, prints its progress, and reports its result as an exit code.
*/

import {exitCodeOf, worstExitCode} from '../../cancellation/outcomes.ts';
import type {Operation} from '../../job/operation.ts';
import type {Ref} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import {systemClock} from '../../process/clock.ts';
import {otherConfiguration} from '../../process/state-directory.ts';
import {unwritableWords} from '../../process/writable-state.ts';
import {duration} from '../../text/format.ts';
import {CommandError} from '../output/command-error.ts';
import type {Console} from '../output/console.ts';
import type {Session} from '../session.ts';
import {type CancelOutput, createPrinter} from './cancel-printer.ts';
import {type CancelResult, resultNotSent, resultOfReport} from './cancel-results.ts';
import {type Begin, followBatch, type WaitFor} from './follow-batch.ts';

export type PursuitOptions = {
	readonly waitFor: WaitFor;
	readonly timeoutMs: number;
	readonly output: CancelOutput;
};

export type Telling = {
	/** Exit codes of earlier parts of the command. */
	readonly codes: readonly number[];
	readonly options: Pick<PursuitOptions, 'output'>;
	/** What was requested. */
	readonly operation: Operation;
	readonly console: Console;
};

export type Pursuit = Telling & {
	readonly begin: Begin;
	/** The targets of the batch, each as last seen. */
	readonly targets: ReadonlyMap<Ref, Pick<JobTarget, 'phase' | 'set' | 'status'>>;
	/** Results that need no following. */
	readonly settled: readonly CancelResult[];
	readonly options: PursuitOptions;
	/** Ask once again for overdue jobs, where that is safe. */
	readonly asksAgain?: boolean;
};

const codeOf = (results: readonly CancelResult[], codes: readonly number[]): number =>
	worstExitCode([...codes, ...results.flatMap(({outcome}) => (outcome ? exitCodeOf(outcome) : []))]);

/** Prints results that need no following, and their batch. */
export const printSettled = (
	settled: readonly CancelResult[],
	{codes, options, operation, console}: Telling,
	batch?: number,
): number => {
	const printer = createPrinter({output: options.output, operation}, console);
	settled.forEach(printer.result);
	printer.end(settled, batch);
	return codeOf(settled, codes);
};

/** Starts a batch, follows it and prints its progress. Throws a `CommandError` if it cannot start; then nothing was sent. */
export const pursue = async (session: Session, pursuit: Pursuit): Promise<number> => {
	const {targets, settled, options, operation, console} = pursuit;
	const printer = createPrinter({output: options.output, operation}, console, [...targets.values()]);
	settled.forEach(printer.result);
	const followed = await followBatch({
		connections: session.connections,
		clock: systemClock,
		stateDirectory: session.stateDirectory,
		...otherConfiguration(session.configuration?.path, session.env),
		begin: pursuit.begin,
		waitFor: options.waitFor,
		timeoutMs: options.timeoutMs,
		asksAgain: pursuit.asksAgain ?? false,
		onReport: printer.report,
		onWarning: text => console.say(`jobtop: ${text}`),
	}).catch((error: Error) => {
		throw new CommandError(`nothing was sent: ${unwritableWords(error)}`, 5, {cause: error});
	});

	const results = [...targets].map(([ref, target]) => {
		const report = followed.reports.get(ref);
		return report
			? withoutHaste(resultOfReport(report, target), options.waitFor)
			: resultNotSent(ref, 'it never began');
	});
	results.filter(({settledMs}) => settledMs === undefined).forEach(printer.result);
	const all = [...settled, ...results];
	printer.end(all, followed.batch);
	const left = typeof followed.left === 'number' ? [followed.left] : [];
	const code = codeOf(all, [...pursuit.codes, ...left]);
	if (followed.left !== undefined) {
		const why =
			followed.left === 'timeout' ? `stopped waiting after ${duration(options.timeoutMs)}` : 'interrupted';
		const isOpen = results.some(({settledMs}) => settledMs === undefined);
		const then = !session.journalsLast
			? 'the built-in job systems stop with it'
			: isOpen
				? `the journal keeps unsettled jobs: jobtop batches resume ${followed.batch}`
				: `nothing is in progress; jobtop batches retry ${followed.batch} tries again`;
		console.say(`jobtop: ${why}; ${then}`);
	}
	return code;
};

/** With `--wait accepted`, an accepted cancellation in progress is neither overdue nor unknown. */
const withoutHaste = (result: CancelResult, waitFor: WaitFor): CancelResult => {
	const {outcome, acceptedMs, settledMs} = result;
	const isOpen = outcome?.kind === 'overdue' || outcome?.kind === 'unknown';
	if (waitFor === 'terminal' || acceptedMs === undefined || settledMs !== undefined || !isOpen) return result;
	const {outcome: _outcome, ...onItsWay} = result;
	return onItsWay;
};

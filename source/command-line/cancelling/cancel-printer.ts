/*
Prints the progress of cancellations: sentences, one document, or a line for each step.
*/
import {countOutcomes, countWords} from '../../cancellation/outcome-counts.ts';
import type {CancellationReport} from '../../engine/protocol.ts';
import type {Operation} from '../../job/operation.ts';
import type {Ref} from '../../job/ref.ts';
import {type JobTarget, jobsOfTargets} from '../../job/target.ts';
import {type Clock, systemClock} from '../../process/clock.ts';
import {jobsOfReports} from '../../table/job-count.ts';
import type {Console} from '../output/console.ts';
import {type CancelResult, resultsDocument, sentenceOf, stepLine} from './cancel-results.ts';

export type CancelOutput = 'text' | 'json' | 'jsonl';

/** With more targets than this, progress is printed as counts. */
const maxSingle = 20;
/** Milliseconds between two such lines. */
const betweenCounts = 2000;

export type CancelPrinter = {
	readonly report: (report: CancellationReport, news: CancellationReport['moments']) => void;
	/** A target that is not or no longer followed. */
	readonly result: (result: CancelResult) => void;
	readonly end: (results: readonly CancelResult[], batch: number | undefined) => void;
};

/** `targets`: all that will be reported; the progress counts their jobs against one total. */
export const createPrinter = (
	{output, operation}: {readonly output: CancelOutput; readonly operation: Operation},
	console: Pick<Console, 'data' | 'say'>,
	targets: readonly Pick<JobTarget, 'set'>[] = [],
	clock: Pick<Clock, 'now'> = systemClock,
): CancelPrinter => {
	const total = jobsOfTargets(targets);
	const seen = new Map<Ref, CancellationReport>();
	/** Targets for which a request was sent, by this process or an earlier one. */
	const left = new Set<Ref>();
	let counted = Number.NEGATIVE_INFINITY;

	const progress = (report: CancellationReport, news: CancellationReport['moments']) => {
		if (targets.length > maxSingle) {
			const now = clock.now();
			if (now - counted < betweenCounts) return;
			counted = now;
			const done = jobsOfReports([...seen.values()].filter(({step}) => step === 'settled'));
			return console.say(`${done} of ${total} settled`);
		}
		for (const {step, detail} of news) {
			if (!quiet.has(step)) console.say(`${report.ref}: ${step}${detail ? `: ${detail}` : ''}`);
		}
	};

	return {
		report(report, news) {
			seen.set(report.ref, report);
			const settledNow = news.some(({step}) => step === 'settled') && report.step === 'settled';
			if (output === 'jsonl') {
				for (const {at, step, detail} of news) {
					if (step === 'sending' || step === 'resumed') left.add(report.ref);
					const line = stepLine({
						at,
						ref: report.ref,
						// Looks before a request belong to the check.
						step: step === 'seen' && !left.has(report.ref) ? 'checking' : step,
						detail,
						outcome: step === 'settled' ? report.outcome : undefined,
					});
					if (line !== undefined) console.data(line);
				}
			} else {
				progress(report, news);
				if (output === 'text' && settledNow) console.data(`${sentenceOf({...report}, operation)}\n`);
			}
		},
		result(result) {
			if (output === 'text') console.data(`${sentenceOf(result, operation)}\n`);
			if (output !== 'jsonl') return;
			const {outcome, attempts, settledMs} = result;
			const open =
				settledMs === undefined && (outcome === undefined || outcome.kind === 'overdue' || attempts > 0);
			const step = open ? 'following' : 'settled';
			const facts = {at: systemClock.now(), ref: result.ref, step, detail: outcome?.detail, outcome} as const;
			console.data(stepLine(facts) ?? '');
		},
		end(results, batch) {
			if (output === 'json') console.data(resultsDocument(results, {batch, operation}));
			const counts = [...countWords(countOutcomes(results))];
			const open = jobsOfReports(results.filter(({outcome}) => !outcome));
			if (open > 0) counts.push(`${open} in progress`);
			if (results.length > 1)
				console.say(`${batch === undefined ? '' : `batch ${batch}: `}${counts.join(', ')}`);
		},
	};
};

/** Steps that say nothing new, or that are printed as a result. */
const quiet: ReadonlySet<string> = new Set([
	'asked',
	'staged',
	'checking',
	'sending',
	'following',
	'settled',
]);

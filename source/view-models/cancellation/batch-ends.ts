import {countOutcomes, countWords} from '../../cancellation/outcome-counts.ts';
import type {CancellationReport} from '../../engine/protocol.ts';
import type {Known} from '../../state/known.ts';
import {needsUser, needsWords} from '../../table/cancellation-words.ts';
import {jobsOfReports} from '../../table/job-count.ts';
import {count} from '../../text/format.ts';

const isOver = (reports: ReadonlyMap<string, CancellationReport> | undefined): boolean =>
	reports !== undefined && [...reports.values()].every(({step}) => step === 'settled');

/** The batches with an unsettled cancellation. */
export const openBatches = ({reports}: Pick<Known, 'reports'>): ReadonlySet<number> =>
	new Set([...reports.byBatch].filter(([, batch]) => !isOver(batch)).map(([number]) => number));

/** Batches that were open and are now finished, a sentence each. */
export const endedBatches = (
	before: ReadonlySet<number>,
	{reports}: Pick<Known, 'reports'>,
): readonly string[] =>
	[...before].flatMap(number => {
		const batch = reports.byBatch.get(number);
		if (!batch || !isOver(batch)) return [];
		const each = [...batch.values()];
		const needing = each.filter(needsUser).length;
		const needs = needing > 0 ? `; ${needsWords(needing)}` : '';
		const outcomes = countWords(countOutcomes(each)).join(', ');
		return `batch ${number}, ${count(jobsOfReports(each), 'job')}: ${outcomes}${needs}`;
	});

/** How many cancellations of each unfinished batch need the user. */
const needingOf = ({reports}: Pick<Known, 'reports'>): ReadonlyMap<number, number> =>
	new Map(
		[...reports.byBatch].flatMap(([number, batch]) => {
			const needing = [...batch.values()].filter(needsUser).length;
			return needing > 0 && !isOver(batch) ? [[number, needing] as const] : [];
		}),
	);

/** Returns a function that says what is worth a notification since its last call: batches that have ended, and unfinished ones that need the user now and did not before. */
export const createBatchNews = (known: Pick<Known, 'reports'>) => {
	let open = openBatches(known);
	let needing = needingOf(known);
	let {reports} = known;
	return (now: Pick<Known, 'reports'>): readonly string[] => {
		if (now.reports === reports) return [];
		reports = now.reports;
		const ended = endedBatches(open, now);
		const before = needing;
		open = openBatches(now);
		needing = needingOf(now);
		const needy = [...needing].filter(([number]) => !before.has(number));
		return [...ended, ...needy.map(([number, jobs]) => `batch ${number}: ${needsWords(jobs)}`)];
	};
};

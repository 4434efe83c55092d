/*
The progress of a batch on each of its profiles.
*/

import type {CancellationReport} from '../../engine/protocol.ts';
import {parseRef} from '../../job/ref.ts';
import {cancellationWords} from '../../table/cancellation-words.ts';
import {jobsOfReports} from '../../table/job-count.ts';
import {rememberedBy} from '../../text/remembered.ts';

export type RunProfile = {
	readonly name: string;
	readonly jobs: number;
	/** How many of them are in settled cancellations. */
	readonly done: number;
	/** Milliseconds from acceptance to the end: median and 95th percentile of the ended jobs; absent if no job has ended. */
	readonly p50?: number;
	readonly p95?: number;
	/** How many need the user, by kind; and why others wait. */
	readonly note: string;
	readonly needsYou: boolean;
};

/** The value below which `share` of the sorted values lie. */
const quantile = (sorted: readonly number[], share: number): number | undefined =>
	sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];

const profileOf = (name: string, reports: readonly CancellationReport[]): RunProfile => {
	const times = reports
		.flatMap(({acceptedAt, settledAt}) =>
			acceptedAt !== undefined && settledAt !== undefined ? [settledAt - acceptedAt] : [],
		)
		.sort((a, b) => a - b);
	const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
	const urgent = reports.filter(report => cancellationWords(report, 0).group === 'needs-you');
	const kinds = Map.groupBy(urgent, report => cancellationWords(report, 0).kind);
	const waiting = reports.find(({step, why}) => step !== 'settled' && why !== undefined)?.why;
	const parts = [...kinds].map(([kind, each]) => `${jobsOfReports(each)} ${kind}`);
	return {
		name,
		jobs: jobsOfReports(reports),
		done: jobsOfReports(reports.filter(({step}) => step === 'settled')),
		...(p50 !== undefined && {p50}),
		...(p95 !== undefined && {p95}),
		note: [...parts, ...(waiting === undefined ? [] : [waiting])].join(', '),
		needsYou: urgent.length > 0,
	};
};

/** The profiles of a batch, sorted by name. The layout and the lines use the same reports, once a second. */
export const profilesOf = rememberedBy((reports: readonly CancellationReport[]): readonly RunProfile[] =>
	[...Map.groupBy(reports, ({ref}) => parseRef(ref)?.profile ?? '')]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, each]) => profileOf(name, each)),
);

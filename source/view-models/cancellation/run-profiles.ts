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
	/** The number of settled cancellations. */
	readonly done: number;
	/** Milliseconds from acceptance to the end: median and 95th percentile of the ended jobs; absent if no job has ended. */
	readonly p50?: number;
	readonly p95?: number;
	/** Counts of the other cancellations, the most urgent first. */
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
	const kinds = new Map<string, number>();
	let needsYou = false;
	for (const report of reports) {
		const {kind, group} = cancellationWords(report, 0);
		if (group !== 'needs-you') continue;
		needsYou = true;
		kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
	}
	const waiting = reports.find(({step, why}) => step !== 'settled' && why !== undefined)?.why;
	const parts = [...kinds].map(([kind, number]) => `${number} ${kind}`);
	return {
		name,
		jobs: jobsOfReports(reports),
		done: jobsOfReports(reports.filter(({step}) => step === 'settled')),
		...(p50 !== undefined && {p50}),
		...(p95 !== undefined && {p95}),
		note: [...parts, ...(waiting === undefined ? [] : [waiting])].join(', '),
		needsYou,
	};
};

/** The profiles of a batch, sorted by name. The layout and the lines use the same reports, once a second. */
export const profilesOf = rememberedBy((reports: readonly CancellationReport[]): readonly RunProfile[] =>
	[...Map.groupBy(reports, ({ref}) => parseRef(ref)?.profile ?? '')]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, each]) => profileOf(name, each)),
);

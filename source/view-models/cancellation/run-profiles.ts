/*
How a batch stands on each of its profiles.
*/

import type {CancellationReport} from '../../engine/protocol.ts';
import {parseRef} from '../../job/ref.ts';
import {cancellationWords} from '../../table/cancellation-words.ts';
import {jobsOfReports} from '../../table/job-count.ts';
import {rememberedBy} from '../../text/remembered.ts';

export type RunProfile = {
	readonly name: string;
	readonly jobs: number;
	/** Those that are settled. */
	readonly done: number;
	/** Milliseconds from acceptance to the end, half and 95 % of those that have ended; absent where none has. */
	readonly p50?: number;
	readonly p95?: number;
	/** What is worth knowing of those that are not just over, the most urgent first. */
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

/** The profiles of a batch in the order of their names. The layout and the lines ask for the same reports, once a second. */
export const profilesOf = rememberedBy((reports: readonly CancellationReport[]): readonly RunProfile[] =>
	[...Map.groupBy(reports, ({ref}) => parseRef(ref)?.profile ?? '')]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, each]) => profileOf(name, each)),
);

import {outcomes} from '../../cancellation/outcomes.ts';
import type {CancellationReport} from '../../engine/protocol.ts';
import type {Known} from '../../state/known.ts';
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
		const labels = Map.groupBy(batch.values(), ({outcome}) =>
			outcome ? outcomes[outcome.kind].label : 'settled',
		);
		const parts = [...labels].map(([label, each]) => `${each.length} ${label}`);
		return `batch ${number}, ${count(batch.size, 'job')}: ${parts.join(', ')}`;
	});

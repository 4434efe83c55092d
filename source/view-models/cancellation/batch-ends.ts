import {outcomes} from '../../cancellation/outcomes.ts';
import type {CancellationReport} from '../../engine/protocol.ts';
import type {Known} from '../../state/known.ts';
import {count} from '../../text/format.ts';

const isOver = (reports: ReadonlyMap<string, CancellationReport> | undefined): boolean =>
	reports !== undefined && [...reports.values()].every(({step}) => step === 'settled');

/** The batches with an unsettled cancellation. */
export const openBatches = ({reports}: Pick<Known, 'reports'>): ReadonlySet<number> =>
	new Set([...reports.byBatch].filter(([, those]) => !isOver(those)).map(([number]) => number));

/** Batches that were open and are now finished, a sentence each. */
export const endedBatches = (
	before: ReadonlySet<number>,
	{reports}: Pick<Known, 'reports'>,
): readonly string[] =>
	[...before].flatMap(number => {
		const those = reports.byBatch.get(number);
		if (!those || !isOver(those)) return [];
		const labels = Map.groupBy(those.values(), ({outcome}) =>
			outcome ? outcomes[outcome.kind].label : 'settled',
		);
		const parts = [...labels].map(([label, each]) => `${each.length} ${label}`);
		return `batch ${number}, ${count(those.size, 'job')}: ${parts.join(', ')}`;
	});

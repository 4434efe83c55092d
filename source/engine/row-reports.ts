import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {Clock} from '../process/clock.ts';
import {gatherRows} from './polling/gather-rows.ts';
import type {Patch, Report} from './protocol.ts';

export type RowReports = {
	/** At once. */
	readonly tell: (upserts: readonly Job[], removes?: readonly Ref[]) => void;
	/** Soon, or with what is told next. */
	readonly gather: (upserts: readonly Job[]) => void;
	/** Shows the rows of a profile from now on; `rows` are all that it has. */
	readonly show: (profile: string, rows: readonly Job[]) => void;
	/** Shows no row of a profile any more; `rows` are all that it has. */
	readonly conceal: (profile: string, rows: readonly Job[]) => void;
	/** Whether no row of the profile is shown. */
	readonly isOff: (profile: string) => boolean;
	readonly stop: () => void;
};

export type RowReportsOptions = {
	readonly clock: Clock;
	readonly report: Report;
	/** Sees changed rows before they are reported. */
	readonly beforeRows: (jobs: readonly Job[]) => void;
};

/** Reports rows that changed, but for those of profiles that the reader has turned off. */
export const createRowReports = ({clock, report, beforeRows}: RowReportsOptions): RowReports => {
	const off = new Set<string>();
	const withoutOff = (patch: Patch): Patch =>
		patch.type === 'jobs'
			? {...patch, upserts: patch.upserts.filter(({profile}) => !off.has(profile))}
			: patch;
	const changed = gatherRows(clock, patches => report(off.size === 0 ? patches : patches.map(withoutOff)));

	const tell: RowReports['tell'] = (upserts, removes) => {
		beforeRows(upserts);
		changed.tell(upserts, removes);
	};

	return {
		tell,
		gather(upserts) {
			beforeRows(upserts);
			changed.gather(upserts);
		},
		show(profile, rows) {
			off.delete(profile);
			tell(rows);
		},
		conceal(profile, rows) {
			tell(
				[],
				rows.map(({ref}) => ref),
			);
			off.add(profile);
		},
		isOff: profile => off.has(profile),
		stop: changed.stop,
	};
};

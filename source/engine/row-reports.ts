import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {Clock} from '../process/clock.ts';
import {gatherRows} from './polling/gather-rows.ts';
import type {Patch, Report} from './protocol.ts';

export type RowReports = {
	/** At once. */
	readonly reportNow: (upserts: readonly Job[], removes?: readonly Ref[]) => void;
	/** Soon, or with what is reported next. */
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

	const reportNow: RowReports['reportNow'] = (upserts, removes) => {
		beforeRows(upserts);
		changed.reportNow(upserts, removes);
	};

	return {
		reportNow,
		gather(upserts) {
			beforeRows(upserts);
			changed.gather(upserts);
		},
		show(profile, rows) {
			off.delete(profile);
			reportNow(rows);
		},
		conceal(profile, rows) {
			reportNow(
				[],
				rows.map(({ref}) => ref),
			);
			off.add(profile);
		},
		isOff: profile => off.has(profile),
		stop: changed.stop,
	};
};

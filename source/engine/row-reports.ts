import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {Clock} from '../process/clock.ts';
import {gatherRows} from './polling/gather-rows.ts';
import type {Profiles} from './profiles/profiles.ts';
import type {Patch, Report} from './protocol.ts';

export type RowReports = {
	/** Reports at once. */
	readonly reportNow: (upserts: readonly Job[], removes?: readonly Ref[]) => void;
	/** Reports soon, or with the next report. */
	readonly gather: (upserts: readonly Job[]) => void;
	/** Shows the rows of a profile from now on. `rows`: all its rows. */
	readonly show: (profile: string, rows: readonly Job[]) => void;
	/** Hides the rows of a profile from now on. `rows`: all its rows. */
	readonly conceal: (profile: string, rows: readonly Job[]) => void;
	/** Whether the rows of the profile are hidden. */
	readonly isOff: (profile: string) => boolean;
	readonly stop: () => void;
};

export type RowReportsOptions = {
	readonly clock: Clock;
	readonly profiles: Pick<Profiles, 'rowCount'>;
	readonly report: Report;
	/** Called with changed rows before they are reported. */
	readonly beforeRows: (jobs: readonly Job[]) => void;
};

/** Reports changed rows, except those of profiles that are turned off. */
export const createRowReports = ({clock, profiles, report, beforeRows}: RowReportsOptions): RowReports => {
	const off = new Set<string>();
	const withoutOff = (patch: Patch): Patch =>
		patch.type === 'jobs'
			? {...patch, upserts: patch.upserts.filter(({profile}) => !off.has(profile))}
			: patch;
	const changed = gatherRows(clock, profiles.rowCount, patches =>
		report(off.size === 0 ? patches : patches.map(withoutOff)),
	);

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

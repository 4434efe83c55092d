import type {LookSource} from '../../cancellation/machine/events.ts';
import type {Job} from '../../job/job.ts';
import type {Moment} from '../../job/time.ts';
import type {Rows} from '../polling/rows.ts';
import type {RowReports} from '../row-reports.ts';
import {mayHaveRow} from './array-rest.ts';

/** Updates the rows and the cancellations with jobs that were seen; `askedMoment` is the moment of the request. */
export type Seen = (
	profile: {readonly rows: Pick<Rows, 'get' | 'see'>},
	jobs: readonly Job[],
	askedMoment: Moment,
	source: LookSource,
) => void;

export type SeenOptions = {
	readonly rowReports: Pick<RowReports, 'reportNow'>;
	/** Updates the cancellations with the jobs. */
	readonly observe: (jobs: readonly Job[], askedMoment: Moment, source: LookSource) => void;
};

export const createSeen =
	({rowReports, observe}: SeenOptions): Seen =>
	({rows}, jobs, askedMoment, source) => {
		rowReports.reportNow(rows.see(source === 'list' ? jobs : jobs.filter(mayHaveRow(rows)), askedMoment));
		observe(jobs, askedMoment, source);
	};

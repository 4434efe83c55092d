import type {LookSource} from '../../cancellation/machine/events.ts';
import type {Job} from '../../job/job.ts';
import type {Moment} from '../../job/time.ts';
import type {Rows} from '../polling/rows.ts';
import type {RowReports} from '../row-reports.ts';
import {mayHaveRow} from './array-rest.ts';

/** Takes in jobs that were seen, for their rows and for what cancels them; `asked` is the moment in which the question was asked. */
export type Seen = (
	profile: {readonly rows: Pick<Rows, 'get' | 'see'>},
	jobs: readonly Job[],
	asked: Moment,
	source: LookSource,
) => void;

export type SeenOptions = {
	readonly rowReports: Pick<RowReports, 'reportNow'>;
	/** Takes in the same jobs for their cancellations. */
	readonly observe: (jobs: readonly Job[], asked: Moment, source: LookSource) => void;
};

export const createSeen =
	({rowReports, observe}: SeenOptions): Seen =>
	({rows}, jobs, asked, source) => {
		rowReports.reportNow(rows.see(source === 'list' ? jobs : jobs.filter(mayHaveRow(rows)), asked));
		observe(jobs, asked, source);
	};

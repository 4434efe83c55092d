import type {Connection} from '../../backends/backend.ts';
import {lookAt} from '../../cancellation/runner/looks/look-at.ts';
import {BackendError} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {Moment} from '../../job/time.ts';
import type {Rows} from '../polling/rows.ts';
import type {RowReports} from '../row-reports.ts';
import type {Seen} from './seen.ts';

export type MissingJobsOptions = {
	readonly connection: Connection;
	readonly rows: Pick<Rows, 'get' | 'see' | 'remove'>;
	readonly rowReports: Pick<RowReports, 'reportNow'>;
	readonly cancellations: {
		/** Whether the job has an unsettled cancellation. */
		readonly follows: (ref: Ref) => boolean;
		/** The system did not find the job; `askedMoment` is the moment of the request. */
		readonly missing: (ref: Ref, askedMoment: Moment) => void;
	};
	readonly seen: Seen;
	readonly moment: () => Moment;
	readonly signal: AbortSignal;
};

/**
Fetches jobs that a complete list does not hold, before calling any of them gone. If a job is alive but missing from two lists in a row, its row is removed: it is the waiting rest of an array, whose id has changed.
*/
export const createMissingJobs = (options: MissingJobsOptions) => {
	const {connection, rows, rowReports, cancellations, seen, moment, signal} = options;
	const {backend} = connection;
	/** Live jobs that the last complete list did not hold. */
	let unlisted: ReadonlySet<Ref> = new Set();

	return async (missing: readonly Job[]): Promise<void> => {
		const before = unlisted;
		unlisted = new Set(missing.map(({ref}) => ref));
		const askedMoment = moment();
		const remove = ({ref}: Job) => {
			if (rows.remove(ref)) rowReports.reportNow([], [ref]);
		};
		const gone = (job: Job) => {
			remove(job);
			cancellations.missing(job.ref, askedMoment);
		};
		const found = (job: Job, source: 'alone' | 'record') => {
			if (!job.terminal && before.has(job.ref) && !cancellations.follows(job.ref)) remove(job);
			else seen({rows}, [job], askedMoment, source);
		};
		const one = async (job: Job) => {
			try {
				if (backend.get) found(await lookAt(backend, job.id, {signal}), 'alone');
				else gone(job);
			} catch (error) {
				if (error instanceof BackendError && error.failure.kind === 'not-found') gone(job);
				else if (!(error instanceof BackendError) && !signal.aborted) throw error;
			}
		};
		if (!backend.getMany || missing.length < 2) return void (await Promise.all(missing.map(one)));
		try {
			const ids = missing.map(({id}) => id);
			const {jobs, failures} = await backend.getMany(ids, {signal});
			for (const job of jobs.values()) found(job, 'record');
			for (const job of missing) if (!jobs.has(job.id) && !failures.has(job.id)) gone(job);
		} catch (error) {
			if (!(error instanceof BackendError) && !signal.aborted) throw error;
		}
	};
};

import type {Connection} from '../../backends/backend.ts';
import type {createRunner} from '../../cancellation/runner/runner.ts';
import type {Moment} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import type {Attention} from '../attention.ts';
import type {Notify} from '../notify.ts';
import {createPoller, type Poller} from '../polling/poller.ts';
import type {ListEnd} from '../polling/read-list.ts';
import {createRows} from '../polling/rows.ts';
import type {Report, Scope} from '../protocol.ts';
import type {RowReports} from '../row-reports.ts';
import {isReplacedIn} from './array-rest.ts';
import {createHealthReports} from './health-reports.ts';
import {createMissingJobs} from './missing-jobs.ts';
import type {Profile} from './profiles.ts';
import type {Seen} from './seen.ts';

/** Missing jobs that are fetched after one poll; the others wait for the next poll. */
const maxMissing = 50;

export type OpenProfileOptions = {
	readonly clock: Clock;
	/** Milliseconds between two polls; default: the backend's own. */
	readonly intervalMs?: number;
	/** Milliseconds for which this thread has been busy so far. */
	readonly busyMs: () => number;
	/** Returns a number from 0 to 1, for the jitter of polls. */
	readonly random?: () => number;
	readonly scope: () => Scope;
	/** The next moment: a counter that orders requests and answers. */
	readonly moment: () => Moment;
	readonly signal: AbortSignal;
	readonly attention: Attention;
	readonly cancellations: Pick<
		ReturnType<typeof createRunner>,
		'follows' | 'isBusyWith' | 'missed' | 'missing' | 'observe' | 'polled' | 'renewed'
	>;
	readonly seen: Seen;
	readonly rowReports: RowReports;
	readonly report: Report;
	readonly notify: Notify;
	/** A whole list of this profile arrived. */
	readonly onListed: (profile: string) => void;
};

/** The rows of a profile and the poller that fills them. Sends nothing yet. */
export const openProfile = (connection: Connection, options: OpenProfileOptions): Profile => {
	const {clock, attention, cancellations, rowReports, moment, scope} = options;
	const {profile: name, traits, minInterval} = connection;
	const rows = createRows();
	const askForMissing = createMissingJobs({...options, connection, rows});

	/** Handles rows that a complete list does not hold: removes ended ones outside the scope, and fetches live ones. */
	const takeMissing = (askedMoment: Moment) => {
		const {removes, missing} = rows.missingFrom(askedMoment, scope());
		rowReports.reportNow([], removes);
		if (removes.length > 0) poller.changed();
		// The runner looks at jobs that are being cancelled.
		const followed = new Set(missing.map(({ref}) => ref).filter(cancellations.follows));
		cancellations.missed([...followed]);
		const replaced = new Set(missing.filter(isReplacedIn(() => rows.listed(askedMoment))));
		rowReports.reportNow(
			[],
			[...replaced].flatMap(({ref}) => (rows.remove(ref) ? ref : [])),
		);
		const others = missing.filter(job => !followed.has(job.ref) && !replaced.has(job));
		void askForMissing(others.slice(0, maxMissing));
	};

	const onList = (list: ListEnd, askedMoment: Moment) => {
		rowReports.reportNow([]);
		cancellations.polled(name);
		if (list.covers === 'everything') takeMissing(askedMoment);
		options.onListed(name);
	};

	const poller: Poller = createPoller({
		connection,
		clock,
		intervalMs: Math.max(options.intervalMs ?? traits.intervalMs, minInterval?.ms ?? 0),
		...(minInterval && {minMs: minInterval.ms}),
		...(options.random && {random: options.random}),
		busyMs: options.busyMs,
		watched: () => ({
			since: attention.since(),
			away: attention.away(),
			urgent: attention.hasRequested() || cancellations.isBusyWith(name),
		}),
		scope,
		moment,
		onPage(jobs, askedMoment) {
			const {changed, added} = rows.take(jobs, askedMoment);
			rowReports.gather(changed);
			if (changed.length > 0) poller.changed();
			cancellations.observe(jobs, askedMoment, 'list');
			return added;
		},
		onList,
		onHealth: createHealthReports({
			report: options.report,
			notify: options.notify,
			renewed: cancellations.renewed,
		}),
	});
	return {connection, rows, poller};
};

import {hostname} from 'node:os';
import type {Connection} from '../backends/backend.ts';
import type {Audit} from '../cancellation/audit.ts';
import {createRunner} from '../cancellation/runner/runner.ts';
import type {Moment} from '../job/time.ts';
import type {Clock} from '../process/clock.ts';
import {userName} from '../process/user-name.ts';
import type {Notify} from './notify.ts';
import {mayHaveRow} from './profiles/array-rest.ts';
import type {Profiles} from './profiles/profiles.ts';
import type {Report} from './protocol.ts';
import type {RowReports} from './row-reports.ts';
import type {UsualLatency} from './usual-latency.ts';

/** Milliseconds in which a batch of several jobs can be recalled. A single job is cancelled at once. */
const recallMs = 1500;

export type Runner = ReturnType<typeof createRunner>;

export type RunnerParts = {
	readonly connections: ReadonlyMap<string, Connection>;
	readonly profiles: Pick<Profiles, 'hasten' | 'named' | 'rowOf'>;
	readonly clock: Clock;
	readonly stateDirectory: string;
	readonly park: boolean;
	readonly moment: () => Moment;
	readonly audit: Pick<Audit, 'append'>;
	readonly latency: UsualLatency;
	readonly rowReports: Pick<RowReports, 'reportNow'>;
	readonly report: Report;
	readonly notify: Notify;
};

/** The runner of this engine. It updates the rows with the jobs it sees, and reports its cancellations. */
export const openRunner = (parts: RunnerParts): Runner => {
	const {connections, profiles, clock, stateDirectory, park, moment, audit} = parts;
	const {latency, rowReports, report, notify} = parts;
	return createRunner({
		audit,
		connections,
		clock,
		stateDirectory,
		by: `${userName()}@${hostname()}`,
		park,
		stageMs: targets => (park && targets > 1 ? recallMs : 0),
		moment,
		seenAlive(ref) {
			const job = profiles.rowOf(ref);
			return job !== undefined && !job.terminal;
		},
		onSeen(jobs, askedMoment) {
			for (const [name, own] of Map.groupBy(jobs, ({profile}) => profile)) {
				const profile = profiles.named(name);
				const changed = profile?.rows.see(own.filter(mayHaveRow(profile.rows)), askedMoment) ?? [];
				if (changed.length > 0) profile?.poller.changed();
				rowReports.reportNow(changed);
			}
		},
		usual: latency.of,
		onEnded: latency.add,
		onBatch(batch) {
			report([{type: 'batch', batch}]);
			profiles.hasten();
		},
		onLost: (number, words) =>
			notify(
				'error',
				`the end of batch ${number} could not be written (${words}): the next jobtop resumes it and sends the requests that were not sent`,
			),
		onReports(reports) {
			report([{type: 'cancellations', reports}]);
			latency.reportChanged();
		},
	});
};

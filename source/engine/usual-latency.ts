import type {Connection} from '../backends/backend.ts';
import type {Clock} from '../process/clock.ts';
import type {KeptPlace} from './kept-file.ts';
import {createLatencies, type Latency} from './latency.ts';
import type {Report} from './protocol.ts';

export type UsualLatency = {
	/** How long cancelling takes on a profile, by its current or earlier name; undefined if too little is known. */
	readonly of: (profile: string) => Latency | undefined;
	/** Adds the duration of a cancellation. */
	readonly add: (profile: string, ms: number) => void;
	readonly report: (profile: string) => void;
	/** Reports the profiles that have changed. */
	readonly reportChanged: () => void;
	/** Writes pending samples. */
	readonly close: () => Promise<void>;
};

export type UsualLatencyOptions = KeptPlace & {
	readonly connections: ReadonlyMap<string, Connection>;
	readonly clock: Clock;
	readonly report: Report;
};

/** How long cancelling usually takes on each profile, saved and reported. */
export const createUsualLatency = (options: UsualLatencyOptions): UsualLatency => {
	const {connections, clock, report} = options;
	const latencies = createLatencies(options, clock);
	const changed = new Set<string>();

	const of = (profile: string) =>
		[profile, ...(connections.get(profile)?.aliases ?? [])]
			.map(latencies.of)
			.find(latency => latency !== undefined);
	const reportOne = (profile: string) => {
		const latency = of(profile);
		if (latency) report([{type: 'latency', profile, latency}]);
	};

	return {
		of,
		add(profile, ms) {
			latencies.add(profile, ms);
			changed.add(profile);
		},
		report: reportOne,
		reportChanged() {
			changed.forEach(reportOne);
			changed.clear();
		},
		close: latencies.close,
	};
};

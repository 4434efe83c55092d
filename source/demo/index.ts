import {type Clock, systemClock} from '../clock.ts';
import {createScenario} from './scenario.ts';
import {startWeaverServer, type WeaverServer} from './weaver-server.ts';
import {createWorld} from './world.ts';

export type DemoOptions = {
	/** The same seed gives the same jobs with the same ids. */
	readonly seed?: string;
	/** How many jobs each system begins with; 40 if not said. */
	readonly jobs?: number;
	/** How much faster than life the jobs run; 1 if not said. */
	readonly speed?: number;
	readonly clock?: Clock;
	/** The port of the first system; any that is free if not said. */
	readonly port?: number;
};

/** What a configured profile of an embedded system holds. */
export type DemoProfile = {
	readonly name: string;
	readonly backend: 'weaver';
	readonly url: string;
};

/** The embedded job systems: real servers on loopback, and how to reach them. */
export type Demo = {
	readonly profiles: readonly DemoProfile[];
	/** The far sides, for tests. */
	readonly servers: {readonly weaver: WeaverServer};
	readonly close: () => Promise<void>;
};

export const startDemo = async (options: DemoOptions = {}): Promise<Demo> => {
	const {seed = 'jobtop', jobs = 40, speed = 1, clock = systemClock, port = 0} = options;
	// Each system has jobs of its own.
	const worldOf = (system: string) =>
		createWorld({scenario: createScenario({seed: `${seed} ${system}`, jobs}), clock, speed});
	const weaver = await startWeaverServer({world: worldOf('weaver'), clock, seed: `${seed} weaver`, port});
	return {
		profiles: [{name: 'weaver', backend: 'weaver', url: weaver.url}],
		servers: {weaver},
		close: async () => {
			await weaver.close();
		},
	};
};

import {createWorld} from '../../source/demo/world.ts';
import {createManualClock} from './manual-clock.ts';

/** A world without jobs, in which none arrive, and the clock by which it goes. */
export const createEmptyWorld = () => {
	const time = createManualClock();
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock: time.clock});
	return {time, world};
};

import type {Connection} from '../../../backends/backend.ts';
import type {Failure} from '../../../job/failure.ts';
import type {Job} from '../../../job/job.ts';
import type {Moment} from '../../../job/time.ts';
import type {Clock} from '../../../process/clock.ts';

export type LooksOptions<Wanting> = {
	readonly connection: Connection;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** The next moment: a counter that orders requests and answers. */
	readonly moment: () => Moment;
	readonly idOf: (wanting: Wanting) => string;
	/** Its id stands for several jobs: only the whole detail shows all of them. */
	readonly isSet: (wanting: Wanting) => boolean;
	/** It has likely ended: a list of active jobs will not hold it. */
	readonly likelyEnded: (wanting: Wanting) => boolean;
	/** How many requests are on their way; `goOn` is called when they become fewer. */
	readonly sending: () => number;
	/** How many looks and requests together may be on their way: more where the server is fast. */
	readonly reach: () => number;
	/** How many might want a look before long. */
	readonly crowd: () => number;
	/** A look saw the job, alone or with others; `askedMoment` is the moment of its request. */
	readonly onLook: (wanting: Wanting, job: Job, askedMoment: Moment, source: 'alone' | 'record') => void;
	/** A page of a list: it may hold more than the wanted jobs. */
	readonly onPage: (jobs: readonly Job[], askedMoment: Moment) => void;
	readonly onFailure: (wanting: Wanting, failure: Failure, askedMoment: Moment) => void;
};

/** Up to this many jobs are fetched singly. Of more a list is read, one page for each group of this size. */
export const maxSingleLooks = 8;

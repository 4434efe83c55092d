import {between, createRandom, oneOf, type Random, seedOf} from './random.ts';

/**
What real systems do during cancellations.

- `ends-when-looked-at`: a look at this one job still says running, and then it has ended. A cancel that follows the look destroys its results.
- `stubborn`: after it was cancelled its worker reports that it runs, for some seconds, until it really stops.
- `late-write`: it was cancelled, and its worker writes that it succeeded a moment later.
- `slow`: the answer to its cancel takes two seconds.
- `never-stops`: its cancel is accepted, and it runs on for ever.
- `comes-back`: some seconds after it was cancelled it runs again, each time.
- `works-on`: it says that it was cancelled, and starts or goes on all the same until the end it would have had. A Weaver does so whose workers do not hear of a dismissal.
- `vanishes`: once it was cancelled, nobody knows it any more.
*/
export type Quirk =
	| 'ends-when-looked-at'
	| 'stubborn'
	| 'late-write'
	| 'slow'
	| 'never-stops'
	| 'comes-back'
	| 'works-on'
	| 'vanishes';

/** The quirks in every scenario. The others come on request. */
const quirks: readonly [Quirk, ...Quirk[]] = ['ends-when-looked-at', 'stubborn', 'late-write', 'slow'];

/** The life that a job will have if nobody touches it, in no system's words. All times in milliseconds. */
export type JobPlan = {
	readonly name: string;
	/** What it runs. */
	readonly process: string;
	readonly owner: string;
	/** Before the demo began; negative for a job that arrives later. */
	readonly createdAgoMs: number;
	readonly queuedMs: number;
	readonly runMs: number;
	readonly end: 'succeeded' | 'failed';
	/** Created and never submitted: it stays where it is. */
	readonly held?: true;
	/** It reports its progress. */
	readonly progress: boolean;
	readonly quirk?: Quirk;
	/** What it waits for, where that is not its turn. */
	readonly obstacle?: 'image' | 'quota';
	/** It has so many parts, which one request ends. */
	readonly parts?: number;
	/** Its end was requested so long before the demo began. */
	readonly cancelledAgoMs?: number;
};

export type Scenario = {
	/** The jobs that are there when the demo begins, oldest first. */
	readonly initial: readonly JobPlan[];
	/** The n-th job that arrives later, counted from 0; undefined after the last one. */
	readonly arrival: (n: number) => JobPlan | undefined;
};

export type ScenarioOptions = {
	readonly seed: string;
	/** How many there are to begin with. */
	readonly jobs: number;
	/** What they run; what geographers run, if not said. */
	readonly processes?: Processes;
	/** More jobs that are there when the demo begins. */
	readonly others?: readonly JobPlan[];
};

/** The same seed gives the same jobs. */
export const createScenario = ({
	seed,
	jobs,
	processes = geography,
	others = [],
}: ScenarioOptions): Scenario => {
	const random = Array.from({length: jobs}, (_, index) =>
		initialPlan(createRandom(seedOf(seed, index)), index, processes),
	);
	const initial = [...random, ...others];
	initial.sort((a, b) => b.createdAgoMs - a.createdAgoMs);
	// About as many arrive as end, up to one a second.
	const gapMs = Math.max(second, (25 * minute) / Math.max(1, jobs / 2));
	return {
		initial,
		arrival(n) {
			if (jobs === 0) return undefined;
			const random = createRandom(seedOf(seed, 'arrival', n));
			const createdAgoMs = -(n + random()) * gapMs;
			const quirk = random() < 1 / 12 ? {quirk: oneOf(random, quirks)} : {};
			return {...newPlan(random, n, processes), createdAgoMs, ...quirk};
		},
	};
};

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** The jobs that are there waited so many times longer than those that arrive: the queue was full, and the youngest jobs leave room for what matters. */
const initialQueue = 20;

const initialPlan = (random: Random, index: number, processes: Processes): JobPlan => {
	const quick = newPlan(random, index, processes);
	const plan = {...quick, queuedMs: quick.queuedMs * initialQueue};
	const {queuedMs, runMs} = plan;
	const dice = random();
	// One job of each quirk runs long enough to be found.
	const quirk = index < quirks.length ? quirks[index] : undefined;
	if (quirk !== undefined) {
		const createdAgoMs = queuedMs + between(random, 2 * minute, 8 * minute);
		return {...plan, createdAgoMs, runMs: runMs + hour, quirk, progress: true};
	}
	if (dice < 0.05) return {...plan, createdAgoMs: between(random, minute, 5 * hour), held: true};
	if (dice < 0.28) return {...plan, createdAgoMs: queuedMs * between(random, 0.05, 0.9)};
	if (dice < 0.62) return {...plan, createdAgoMs: queuedMs + runMs * between(random, 0.02, 0.97)};
	return {...plan, createdAgoMs: queuedMs + runMs + between(random, minute, 26 * hour)};
};

const newPlan = (random: Random, index: number, processes: Processes): JobPlan => {
	const process = oneOf(random, processes);
	const place = oneOf(random, places);
	return {
		name: `${process}-${place}-${String((index % 10_000) + 1).padStart(4, '0')}`,
		process,
		owner: oneOf(random, owners),
		createdAgoMs: 0,
		queuedMs: between(random, 5 * second, 6 * minute),
		runMs: between(random, 90 * second, 40 * minute),
		end: random() < 0.14 ? 'failed' : 'succeeded',
		progress: random() < 0.85,
	};
};

export type Processes = readonly [string, ...string[]];

const geography = [
	'ndvi-mosaic',
	'water-mask-tile',
	'dem-hillshade',
	'burn-scar-map',
	'snow-cover-daily',
	'cloud-mask',
	'land-cover-classify',
	'sar-coherence',
	'sea-surface-composite',
	'orthorectify-scene',
	'flood-extent',
	'canopy-height',
	'soil-moisture-grid',
	'tile-pyramid',
	'zonal-statistics',
] as const;

const places = ['t31uft', 't32tqm', 't33uvp', 't18tyr', 't19tcj', 't12uvc', 't55hbu', 't43rfm'] as const;

const owners = ['amara', 'bjorn', 'chiara', 'deniz', 'emeka', 'freya'] as const;

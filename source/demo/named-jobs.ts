import type {Deed, WorldJob, WorldPhase} from './lives.ts';
import type {JobPlan} from './scenario.ts';
import type {World} from './world.ts';

/** The controls of a test over the jobs of any embedded system. */
export type JobControls = {
	/** Adds a job that stays in its phase until a request changes it. Returns its id; the server's own where no id is given. */
	readonly add: (
		phase: WorldPhase,
		plan: Pick<JobPlan, 'name' | 'process'> & Partial<JobPlan>,
		id?: string,
	) => string;
	/** Changes a job's record before it is sent: another status, something unreadable. */
	readonly distort: (id: string, change: (record: Record<string, unknown>) => unknown) => void;
	readonly job: (id: string) => WorldJob | undefined;
	/** All that was ever done to a job. */
	readonly history: (id: string) => readonly Deed[];
	/** The ids of all jobs, oldest first. */
	readonly ids: () => readonly string[];
};

/** The jobs of a world under the ids of a system. Every job gets one when it is first seen. */
export const createNamedJobs = (world: World, createId: (index: number) => string) => {
	const ids: string[] = [];
	const numbers = new Map<string, number>();
	const distortions = new Map<string, (record: Record<string, unknown>) => unknown>();

	const name = (index: number, id = createId(index)) => {
		ids[index] = id;
		numbers.set(id, index);
		return id;
	};
	const size = () => {
		const jobs = world.size();
		while (ids.length < jobs) name(ids.length);
		return jobs;
	};
	/** The number of a job in its world; one that no job has, for an unknown id. */
	const numberOf = (id: string) => {
		size();
		return numbers.get(id) ?? -1;
	};

	const controls: JobControls = {
		add(phase, plan, id) {
			size();
			return name(world.add(phase, plan), id);
		},
		distort: (id, change) => void distortions.set(id, change),
		job: id => world.job(numberOf(id)),
		history: id => world.history(numberOf(id)),
		ids() {
			size();
			return ids;
		},
	};
	return {
		controls,
		numberOf,
		idOf(index: number) {
			size();
			return ids[index] ?? '';
		},
		/** The record that is sent. */
		sent: (id: string, record: Record<string, unknown>): unknown => distortions.get(id)?.(record) ?? record,
	};
};

export type NamedJobs = ReturnType<typeof createNamedJobs>;

/**
Tasks of an array job, as Slurm writes them: `1,5-9,20-40:2`, maybe with a limit of tasks at the same time (`%4`) behind it.
*/
export type TaskSet = readonly TaskRange[];

type TaskRange = {readonly from: number; readonly to: number; readonly step: number};

/** Undefined where the text is no such set, as one that was cut (`1,3,5,...`). */
export const parseTaskSet = (text: string): TaskSet | undefined => {
	const ranges: TaskRange[] = [];
	for (const part of text.replace(/%\d+$/, '').split(',')) {
		const match = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part);
		if (match === null) return undefined;
		const from = Number(match[1]);
		const range = {from, to: Number(match[2] ?? from), step: Number(match[3] ?? 1)};
		if (range.step === 0 || range.to < from) return undefined;
		ranges.push(range);
	}
	return ranges;
};

export const hasTask = (set: TaskSet, task: number): boolean =>
	set.some(({from, to, step}) => task >= from && task <= to && (task - from) % step === 0);

export const countTasks = (set: TaskSet): number =>
	set.reduce((count, {from, to, step}) => count + Math.floor((to - from) / step) + 1, 0);

export function* tasksOf(set: TaskSet): Generator<number> {
	for (const {from, to, step} of set) {
		for (let task = from; task <= to; task += step) yield task;
	}
}

/** The set without steps, which scancel does not read: `1-7:3` becomes `1,4,7`. */
export const withoutSteps = (set: TaskSet): string =>
	set
		.map(range => {
			if (range.step > 1) return [...tasksOf([range])].join(',');
			return range.from === range.to ? String(range.from) : `${range.from}-${range.to}`;
		})
		.join(',');

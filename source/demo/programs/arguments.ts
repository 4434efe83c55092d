/** What a program was called with whose options begin with one dash. */
export type Arguments = {
	/** Each option and its value, which is empty where it takes none. */
	readonly options: ReadonlyMap<string, string>;
	/** What stands beside them. */
	readonly words: readonly string[];
};

/** `valued`: the options whose value is the next word. */
export const readArguments = (args: readonly string[], valued: readonly string[]): Arguments => {
	const options = new Map<string, string>();
	const words: string[] = [];
	const rest = args.values();
	for (const arg of rest) {
		if (!arg.startsWith('-')) words.push(arg);
		else options.set(arg, valued.includes(arg) ? (rest.next().value ?? '') : '');
	}
	return {options, words};
};

/** The value of an option, as its next word or after `=`; undefined where the option is absent. */
export const optionOf = (args: readonly string[], ...names: readonly string[]): string | undefined => {
	for (const [index, arg] of args.entries()) {
		if (names.includes(arg)) return args[index + 1];
		const name = names.find(name => name.startsWith('--') && arg.startsWith(`${name}=`));
		if (name !== undefined) return arg.slice(name.length + 1);
	}
	return undefined;
};

/** The task numbers of a set such as `1-3,7`. */
export const tasksIn = (set: string): readonly number[] =>
	set.split(',').flatMap(part => {
		const [from = 0, to = from] = part.split('-').map(Number);
		return Array.from({length: Math.max(0, Math.min(to, 10_000) - from + 1)}, (_, step) => from + step);
	});

/** Task numbers as a set, shortest first: `1-3,7`. */
export const setOfTasks = (tasks: readonly number[]): string => {
	const found: [number, number][] = [];
	for (const task of tasks) {
		const last = found.at(-1);
		if (last?.[1] === task - 1) last[1] = task;
		else found.push([task, task]);
	}
	return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
};

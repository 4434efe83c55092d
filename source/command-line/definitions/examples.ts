/*
Examples of each command, as lines to type. The help and the manual page print them.
*/
import type {Command} from 'commander';

export type Example = readonly [line: string, what: string];

const examples = new WeakMap<Command, readonly Example[]>();

/** Adds examples to the help of a command. */
export const withExamples = (command: Command, ...given: readonly Example[]): Command => {
	examples.set(command, given);
	return command.addHelpText('after', () => {
		const lines = examplesOf(command);
		const width = Math.max(...lines.map(([line]) => line.length));
		return ['', 'Examples:', ...lines.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`)].join('\n');
	});
};

/** The examples of a command, with its parent commands. */
export const examplesOf = (command: Command): readonly Example[] =>
	(examples.get(command) ?? []).map(([line, what]) => [asTyped(command, line), what]);

/** A line with the parent commands of a command. */
export const asTyped = (command: Command, line: string): string => {
	let above = command.parent;
	while (above && above.name() !== 'demo') above = above.parent;
	return above ? line.replaceAll('jobtop ', 'jobtop demo ') : line;
};

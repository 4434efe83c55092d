/*
What is said to somebody who asks for an option that a command has not, where there is another way.
*/
import type {Command} from 'commander';
import {asTyped} from './examples.ts';

/** Hints at a line that can be typed in place of an option. */
const withHint = (command: Command, option: string, hint: string): Command => {
	const {outputError} = command.configureOutput();
	return command.configureOutput({
		outputError(text, write) {
			if (text.includes(`unknown option '${option}'`))
				write(`jobtop: ${command.name()} has no ${option}; ${asTyped(command, hint)}\n`);
			else outputError?.(text, write);
		},
	});
};

/** Hints at how jobs of others are named, for a command that takes refs. */
export const withoutEveryone = (command: Command, line: string): Command =>
	withHint(command, '--everyone', `name the jobs of others by their refs: ${line}`);

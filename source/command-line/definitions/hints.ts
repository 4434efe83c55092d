/*
Hints for options that a command does not have, if there is another way.
*/
import type {Command} from 'commander';
import {asTyped} from './examples.ts';

/** Suggests a line in place of an option. */
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

/** Suggests how to name jobs of others, for a command that takes refs. */
export const withoutEveryone = (command: Command, line: string): Command =>
	withHint(command, '--everyone', `name the jobs of others by their refs: ${line}`);

/*
The exit codes of a command, below its help and in the manual page.
*/
import type {Command} from 'commander';

export type ExitCodes = readonly (readonly [code: string, meaning: string])[];

const known = new WeakMap<Command, ExitCodes>();

/** Adds exit codes to the help of a command. */
export const withExitCodes = (command: Command, exitCodes: ExitCodes): Command => {
	known.set(command, exitCodes);
	return command.addHelpText('after', () => {
		const helper = command.createHelp();
		helper.prepareContext({helpWidth: command.configureOutput().getOutHelpWidth?.() ?? 80});
		const width = Math.max(...exitCodes.map(([code]) => code.length));
		return [
			'',
			'Exit codes:',
			...exitCodes.map(([code, meaning]) => helper.formatItem(code, width, meaning, helper)),
		].join('\n');
	});
};

/** The exit codes of one command. */
export const exitCodesOf = (command: Command): ExitCodes => known.get(command) ?? [];

import {Argument, type Command} from 'commander';
import type {Acting} from './definition.ts';
import {withExamples} from './examples.ts';

/** The scripts for shells, and the hidden command that they call. */
export const defineCompletion = (program: Command, acting: Acting): void => {
	withExamples(
		program
			.command('completion')
			.description('print a completion script for your shell')
			.addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish', 'tcsh']))
			.action(
				acting(async ({words: [shell], console}) => {
					const {printCompletion} = await import('../completion/completion.ts');
					return printCompletion(shell as 'bash' | 'zsh' | 'fish' | 'tcsh', console);
				}),
			),
		['eval "$(jobtop completion bash)"', 'in ~/.bashrc'],
		['source <(jobtop completion zsh)', 'in ~/.zshrc, after compinit'],
		['jobtop completion fish > ~/.config/fish/completions/jobtop.fish', 'run this once'],
		['jobtop completion tcsh > ~/.jobtop.tcsh', 'run this once; then source ~/.jobtop.tcsh in ~/.tcshrc'],
	);
	program
		.command('__complete', {hidden: true})
		.argument('[word...]')
		.action(
			acting(async ({words: [words], console}) => {
				const {complete, completeLine} = await import('../completion/complete.ts');
				const typed = words as readonly string[];
				const {COMMAND_LINE: line} = process.env;
				return typed.length === 0 && line !== undefined
					? completeLine(program, line, console)
					: complete(program, typed, console);
			}),
		);
};

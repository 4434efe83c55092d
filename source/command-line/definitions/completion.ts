import {Argument, type Command} from 'commander';
import type {Acting} from './definition.ts';
import {withExamples} from './examples.ts';

/** The scripts for shells, and the hidden command that they call. */
export const defineCompletion = (program: Command, acting: Acting): void => {
	withExamples(
		program
			.command('completion')
			.description('print a completion script for your shell')
			.addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
			.action(
				acting(async ({words: [shell], console}) => {
					const {printCompletion} = await import('../completion/completion.ts');
					return printCompletion(shell as 'bash' | 'zsh' | 'fish', console);
				}),
			),
		['eval "$(jobtop completion bash)"', 'in ~/.bashrc'],
		['source <(jobtop completion zsh)', 'in ~/.zshrc, after compinit'],
		['jobtop completion fish > ~/.config/fish/completions/jobtop.fish', 'once'],
	);
	program
		.command('__complete', {hidden: true})
		.argument('[word...]')
		.action(
			acting(async ({words: [words], console}) => {
				const {complete} = await import('../completion/complete.ts');
				return complete(program, words as readonly string[], console);
			}),
		);
};

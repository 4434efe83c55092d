import type {Command} from 'commander';
import {version} from '../output/version.ts';
import {type Define, refuseUnknown} from './definition.ts';
import {withExamples} from './examples.ts';

/** `help` and `version`, as words in place of options. */
export const defineHelp: Define = (parent, acting) => {
	withExamples(
		parent
			.command('help')
			.description('show the help of a command')
			.argument('[command...]', 'the command, with its subcommand')
			.action(
				acting(({words: [path]}) => {
					let command: Command = parent;
					for (const word of path as readonly string[]) {
						const below = command.commands.find(one => one.name() === word || one.aliases().includes(word));
						if (!below) refuseUnknown([word], command);
						else command = below;
					}
					command.outputHelp();
					return 0;
				}),
			),
		['jobtop help cancel', 'show the options of cancel'],
		['jobtop help batches retry', 'show those of a subcommand'],
	);
};

/** The version as a word. */
export const defineVersion: Define = (parent, acting) =>
	withExamples(
		parent
			.command('version')
			.description('print the version')
			.action(
				acting(({console}) => {
					console.data(`${version()}\n`);
					return 0;
				}),
			),
		['jobtop version', 'print the version'],
	);

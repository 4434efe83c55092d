import {output, protectedOnes} from '../options.ts';
import {type Define, refArgument} from './definition.ts';
import {withExamples} from './examples.ts';
import {withoutEveryone} from './hints.ts';

export const defineDelete: Define = (parent, acting) =>
	withExamples(
		withoutEveryone(
			parent
				.command('delete')
				.description('delete ended jobs on their servers permanently')
				.argument('<ref...>', refArgument)
				.option('-y, --yes', 'delete without asking')
				.addOption(protectedOnes())
				.addOption(output('text', 'json'))
				.action(
					acting(async ({options, words: [refs], console, open}) => {
						const {deleteJobs} = await import('../cancelling/delete.ts');
						return deleteJobs(
							{
								refs: refs as readonly string[],
								yes: options.yes ?? false,
								protected: options.protected,
								output: options.output,
							},
							console,
							open,
						);
					}),
				),
			'jobtop delete $(jobtop list --everyone --all -o ref QUERY)',
		),
		['jobtop delete prod/77ab-01f2', 'type the last characters of the id, then delete'],
		['jobtop delete prod/77ab-01f2 -y -o json', 'print JSON'],
	);

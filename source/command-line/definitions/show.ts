import {output} from '../options.ts';
import {type Define, refArgument} from './definition.ts';
import {withExamples} from './examples.ts';
import {withoutEveryone} from './hints.ts';

export const defineShow: Define = (parent, acting) =>
	withExamples(
		withoutEveryone(
			parent
				.command('show')
				.description('show the details of jobs')
				.argument('<ref...>', refArgument)
				.option('--results', 'include results')
				.addOption(output('text', 'json'))
				.action(
					acting(async ({options, words: [refs], console, open}) => {
						const {show} = await import('../listing/show.ts');
						return show(
							{refs: refs as readonly string[], output: options.output, results: options.results ?? false},
							console,
							open,
						);
					}),
				),
			'jobtop list --everyone -o ref QUERY | xargs jobtop show',
		),
		['jobtop show hpc2/918273', 'show all details'],
		['jobtop show --results prod/3f2a-c81e', 'show its results too'],
	);

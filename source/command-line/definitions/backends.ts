import {output} from '../options.ts';
import type {Define} from './definition.ts';
import {withExamples} from './examples.ts';

export const defineBackends: Define = (parent, acting) =>
	withExamples(
		parent
			.command('backends')
			.description('show what each job system supports')
			.addOption(output('text', 'json', 'md'))
			.action(
				acting(async ({options, console}) => {
					const {printBackends} = await import('../profiles/backends.ts');
					return printBackends({output: options.output}, console);
				}),
			),
		['jobtop backends -o json', 'print JSON'],
	);

import {output} from '../options.ts';
import type {Define} from './definition.ts';
import {withExamples} from './examples.ts';

export const defineBackends: Define = (parent, acting) =>
	withExamples(
		parent
			.command('backends')
			.description('what each job system can do, and what it cannot')
			.addOption(output('text', 'json', 'md'))
			.action(
				acting(async ({options, console}) => {
					const {printBackends} = await import('../profiles/backends.ts');
					return printBackends({output: options.output}, console);
				}),
			),
		['jobtop backends -o json', 'for a program'],
	);

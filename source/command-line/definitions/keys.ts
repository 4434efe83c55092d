import {flagsOf, output} from '../options.ts';
import type {Define} from './definition.ts';
import {withExamples} from './examples.ts';

export const defineKeys: Define = (parent, acting) =>
	withExamples(
		parent
			.command('keys')
			.description('list the keys of the screen and their commands')
			.addOption(output('text', 'json', 'md'))
			.action(
				acting(async ({options, console}) => {
					const {printKeys} = await import('../keys.ts');
					return printKeys({output: options.output, flags: flagsOf(options)}, console);
				}),
			),
		['jobtop keys -o json', 'print JSON'],
	);

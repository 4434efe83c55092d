import {output} from '../options.ts';
import type {Define} from './definition.ts';

export const defineBackends: Define = (parent, acting) =>
	parent
		.command('backends')
		.description('what each job system can do, and what it cannot')
		.addOption(output('text', 'json', 'md'))
		.action(
			acting(async ({options, console}) => {
				const {printBackends} = await import('../backends.ts');
				return printBackends({output: options.output}, console);
			}),
		);

import {flagsOf, output} from '../options.ts';
import type {Define} from './definition.ts';

export const defineKeys: Define = (parent, acting) =>
	parent
		.command('keys')
		.description('the keys of the screen, and the commands behind them')
		.addOption(output('text', 'json', 'md'))
		.action(
			acting(async ({options, console}) => {
				const {printKeys} = await import('../keys.ts');
				return printKeys({output: options.output, flags: flagsOf(options)}, console);
			}),
		);

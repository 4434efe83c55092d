import {output, protectedOnes} from '../options.ts';
import {type Define, refArgument} from './definition.ts';

export const defineDelete: Define = (parent, acting) =>
	parent
		.command('delete')
		.description('delete ended jobs on their servers, for good')
		.argument('<ref...>', refArgument)
		.option('-y, --yes', 'delete without a question')
		.addOption(protectedOnes())
		.addOption(output('text', 'json'))
		.action(
			acting(async ({options, words: [refs], console, open}) => {
				const {deleteJobs} = await import('../delete.ts');
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
		);

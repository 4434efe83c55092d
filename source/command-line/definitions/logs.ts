import {number} from '../options.ts';
import {type Define, refArgument} from './definition.ts';
import {withExamples} from './examples.ts';

export const defineLogs: Define = (parent, acting) =>
	withExamples(
		parent
			.command('logs')
			.description('print what a job printed')
			.argument('<ref>', refArgument)
			.option('-f, --follow', 'go on until the log has ended')
			.option('--tail <n>', 'only the last so many lines of what is there', number(0, 10_000_000))
			.action(
				acting(async ({options, words: [ref], console, open}) => {
					const {logs} = await import('../listing/logs.ts');
					return logs(
						{
							ref: ref as string,
							follow: options.follow ?? false,
							...(options.tail !== undefined && {tail: options.tail}),
						},
						console,
						open,
					);
				}),
			),
		['jobtop logs -f --tail 20 hpc2/918273', 'the last lines, and what comes'],
	);

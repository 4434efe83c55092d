import {number} from '../options.ts';
import {type Define, refArgument} from './definition.ts';
import {withExamples} from './examples.ts';

export const defineLogs: Define = (parent, acting) =>
	withExamples(
		parent
			.command('logs')
			.description('print the log of a job')
			.argument('<ref>', refArgument)
			.option('-f, --follow', 'follow the log to its end')
			.option('--tail <n>', 'only the last N lines', number(0, 10_000_000))
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
		['jobtop logs -f --tail 20 hpc2/918273', 'print the last lines and follow'],
	);

import {number, output} from '../options.ts';
import type {Define} from './definition.ts';
import {withExamples} from './examples.ts';

export const defineList: Define = (parent, acting) =>
	withExamples(
		parent
			.command('list')
			.alias('ls')
			.description('print the jobs once')
			.argument(
				'[query...]',
				'words that all must hold: a part of ref, name, owner or status; field:value; age>2h; -word',
			)
			.addOption(output('table', 'wide', 'json', 'jsonl', 'csv', 'ref'))
			.option('--all', 'ended jobs too, those that were dismissed among them')
			.option('--everyone', "other people's jobs too")
			.option('--limit <n>', 'at most so many', number(1, 10_000_000))
			.option('--watch', 'again and again, until you interrupt it; --interval says how often')
			.action(
				acting(async ({options, words: [query], console, open}) => {
					const {list} = await import('../listing/list.ts');
					return list(
						{
							query: (query as readonly string[]).join(' '),
							output: options.output,
							all: options.all ?? false,
							everyone: options.everyone ?? false,
							watch: options.watch ?? false,
							...(options.limit !== undefined && {limit: options.limit}),
						},
						console,
						open,
					);
				}),
			),
		["jobtop list 'state:running age>2h'", 'what has run for long'],
		['jobtop list --all -o json', 'everything, for a program'],
		['jobtop list -o ref name~mesh | jobtop cancel --from - -y', 'cancel what matches'],
		['jobtop list --watch --interval 2s', 'look again every two seconds'],
	);

import {number, output} from '../options.ts';
import type {Define} from './definition.ts';
import {withExamples} from './examples.ts';

export const defineList: Define = (parent, acting) =>
	withExamples(
		parent
			.command('list')
			.alias('ls')
			.description('list jobs')
			.argument(
				'[query...]',
				'conditions that must all match: part of ref, name, owner or status; field:value; age>2h; -word excludes',
			)
			.addOption(output('table', 'wide', 'json', 'jsonl', 'csv', 'ref'))
			.option('--all', 'include ended and dismissed jobs')
			.option('--everyone', "include other people's jobs")
			.option('--limit <n>', 'at most this many jobs', number(1, 10_000_000))
			.option('--watch', 'repeat until interrupted; --interval sets how often')
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
		["jobtop list 'state:running age>2h'", 'list long-running jobs'],
		['jobtop list --all -o json', 'list all jobs as JSON'],
		['jobtop list -o ref name~mesh | jobtop cancel --from - -y', 'cancel the jobs that match'],
		['jobtop list --watch --interval 2s', 'refresh every two seconds'],
	);

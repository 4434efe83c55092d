import {number} from '../options.ts';
import {type Define, refArgument} from './definition.ts';
import {withExamples} from './examples.ts';
import {withoutEveryone} from './hints.ts';
import {mannerOf, withManner} from './pursuit.ts';

export const defineCancel: Define = (parent, acting) =>
	withExamples(
		withoutEveryone(
			withManner(
				parent
					.command('cancel')
					.description('cancel jobs and follow each until it has really ended')
					.argument('[ref...]', refArgument)
					.option('--query <query>', 'cancel all your active jobs that match, as in list')
					.option('--from <file>', 'read refs from a file, one per line; - is stdin')
					.option('--mine', 'leave out the jobs of other people, where the system says whose a job is')
					.option('--max <n>', 'send nothing if more jobs match', number(0, 10_000_000)),
				'recorded in the journal',
			).action(
				acting(async ({options, words: [refs], console, open}) => {
					const {cancel} = await import('../cancelling/cancel.ts');
					return cancel(
						{
							refs: refs as readonly string[],
							...mannerOf(options),
							...(options.query !== undefined && {query: options.query}),
							...(options.from !== undefined && {from: options.from}),
							...(options.max !== undefined && {max: options.max}),
							...(options.mine === true && {mine: true}),
						},
						console,
						open,
					);
				}),
			),
			'jobtop list --everyone -o ref QUERY | jobtop cancel --from - --dry-run, and -y in place of --dry-run to send it',
		),
		['jobtop cancel hpc2/918273', 'ask, then follow the job to its end'],
		["jobtop cancel --query 'state:queued age>2h' --dry-run", 'show what would be sent'],
		[
			"jobtop cancel --query name~mesh --max 20 -y --reason 'bad mesh'",
			'cancel only if at most twenty jobs match',
		],
		['jobtop list --everyone -o ref QUERY | jobtop cancel --from - -y', "include other people's jobs"],
		['jobtop cancel --from refs.txt --mine --dry-run', "leave other people's jobs out"],
		['jobtop cancel prod/3f2a -y --protected prod --wait accepted', 'cancel on a protected profile'],
	);

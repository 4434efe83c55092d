import {concurrencies, number, output, protectedOnes, rates, timeouts, waits} from '../options.ts';
import {type Define, refArgument} from './definition.ts';
import {withExamples} from './examples.ts';

export const defineCancel: Define = (parent, acting) =>
	withExamples(
		parent
			.command('cancel')
			.description('cancel jobs, and follow each until it has really ended')
			.argument('[ref...]', refArgument)
			.option('--query <query>', 'the active jobs that match, as in list')
			.option('--from <file>', 'the refs in a file, one a line; - is stdin')
			.option('--reason <text>', 'kept in the journal')
			.option('--force', 'by the stronger means of the job system, where it has such')
			.option('--dry-run', 'say what would be sent, and send nothing')
			.option('-y, --yes', 'send without a question')
			.addOption(protectedOnes())
			.option('--max <n>', 'send nothing when more match', number(0, 10_000_000))
			.addOption(concurrencies())
			.addOption(rates())
			.addOption(waits())
			.addOption(timeouts())
			.addOption(output('text', 'json', 'jsonl'))
			.action(
				acting(async ({options, words: [refs], console, open}) => {
					const {cancel} = await import('../cancel.ts');
					return cancel(
						{
							refs: refs as readonly string[],
							force: options.force ?? false,
							dryRun: options.dryRun ?? false,
							yes: options.yes ?? false,
							protected: options.protected,
							waitFor: options.wait,
							timeoutMs: options.timeout,
							output: options.output,
							...(options.query !== undefined && {query: options.query}),
							...(options.from !== undefined && {from: options.from}),
							...(options.reason !== undefined && {reason: options.reason}),
							...(options.max !== undefined && {max: options.max}),
						},
						console,
						open,
					);
				}),
			),
		['jobtop cancel hpc2/918273', 'asks, then follows it to its end'],
		["jobtop cancel --query 'owner:alice state:queued' --dry-run", 'what would be sent'],
		["jobtop cancel --query name~mesh --max 20 -y --reason 'bad mesh'", 'no more than twenty'],
		['jobtop cancel prod/3f2a -y --protected prod --wait accepted', 'on a protected profile'],
	);

import {Option} from 'commander';
import {duration, flagsOf, givenUp, number, output} from '../options.ts';
import {type Define, defaultCommand} from './definition.ts';
import {withExamples} from './examples.ts';
import {mannerOf, pursuitOf, withManner, withPursuit} from './pursuit.ts';

const which = number(1, 1_000_000_000);
const whichHelp = 'the number of the batch';

/** The command with its subcommands. */
export const defineBatches: Define = (parent, acting) => {
	const batches = parent
		.command('batches')
		.usage('[options] [command]')
		.description('list, resume and retry batches of cancellations');
	withExamples(
		batches,
		['jobtop batches', 'list all batches and their state'],
		['jobtop batches resume 7', 'resume an interrupted batch'],
	);
	for (const define of [list, show, exportOne, resume, retry, prune]) define(batches, acting);
};

const journals = async () => {
	const {stateDirectory} = await import('../../process/state-directory.ts');
	return stateDirectory(process.env);
};

const list: Define = (batches, acting) =>
	withExamples(
		defaultCommand(batches, 'list')
			.alias('ls')
			.description('list all batches, the latest first')
			.addOption(output('text', 'json', 'jsonl'))
			.action(
				acting(async ({options, console}) => {
					const {listBatches} = await import('../batches/batches.ts');
					return listBatches(await journals(), options.output, console);
				}),
			),
		['jobtop batches list -o json', 'print JSON'],
	);

const show: Define = (batches, acting) =>
	withExamples(
		batches
			.command('show')
			.description('show the jobs of a batch, with its requests and answers')
			.argument('<number>', whichHelp, which)
			.addOption(output('text', 'json', 'jsonl'))
			.action(
				acting(async ({options, words: [batch], console}) => {
					const {showBatch} = await import('../batches/batches.ts');
					return showBatch(
						await journals(),
						batch as number,
						{output: options.output, flags: flagsOf(options)},
						console,
					);
				}),
			),
		['jobtop batches show 7', 'show its jobs'],
	);

const exportOne: Define = (batches, acting) =>
	withExamples(
		batches
			.command('export')
			.description('print the complete journal of a batch as JSON')
			.argument('<number>', whichHelp, which)
			.addOption(output('json', 'jsonl'))
			.action(
				acting(async ({options, words: [batch], console}) => {
					const {exportBatch} = await import('../batches/batches.ts');
					return exportBatch(await journals(), batch as number, options.output, console);
				}),
			),
		['jobtop batches export 7 > batch-7.json', 'print the complete journal'],
	);

const resume: Define = (batches, acting) =>
	withExamples(
		withPursuit(
			batches
				.command('resume')
				.description('resume an unfinished batch; ask only where the journal lacks proof')
				.argument('<number>', whichHelp, which)
				.option('-y, --yes', 'resume without a question where the journal lacks proof')
				.addOption(givenUp())
				.option('--take-over', 'break the lock of another host; make sure that its jobtop is not running'),
		).action(
			acting(async ({options, words: [batch], console, open}) => {
				const {resume} = await import('../batches/batches.ts');
				return resume(
					batch as number,
					{
						takeOver: options.takeOver ?? false,
						yes: options.yes ?? false,
						without: options.without,
						...pursuitOf(options),
					},
					console,
					open,
				);
			}),
		),
		['jobtop batches resume 7 --timeout 1h', 'resume, and wait up to an hour'],
	);

const retry: Define = (batches, acting) =>
	withExamples(
		withManner(
			batches
				.command('retry')
				.description(
					'cancel the jobs that a batch did not end, in a new batch; resume an unfinished one, and ask again for overdue jobs where that is safe',
				)
				.argument('<number>', whichHelp, which),
			'recorded in the journal (default: the old reason)',
		).action(
			acting(async ({options, words: [batch], console, open}) => {
				const {retry} = await import('../batches/batches.ts');
				return retry(batch as number, mannerOf(options), console, open);
			}),
		),
		['jobtop batches retry 7 -y', 'cancel what has not ended'],
	);

const prune: Define = (batches, acting) =>
	withExamples(
		batches
			.command('prune')
			.description('remove the journals of finished batches')
			.addOption(
				new Option('--older-than <time>', 'only batches that ended longer ago')
					.argParser(duration)
					.default(90 * 24 * 3600 * 1000, '90d'),
			)
			.option('--dry-run', 'list them without removing any')
			.action(
				acting(async ({options, console}) => {
					const {pruneBatches} = await import('../batches/batches.ts');
					return pruneBatches(
						await journals(),
						{olderThanMs: options.olderThan, dryRun: options.dryRun ?? false},
						console,
					);
				}),
			),
		['jobtop batches prune --older-than 30d --dry-run', 'list what would be removed'],
	);

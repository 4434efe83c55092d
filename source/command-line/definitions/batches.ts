import {Option} from 'commander';
import {duration, givenUp, number, output} from '../options.ts';
import {type Define, refuseUnknown} from './definition.ts';
import {withExamples} from './examples.ts';
import {mannerOf, pursuitOf, withManner, withPursuit} from './pursuit.ts';

const which = number(1, 1_000_000_000);
const whichHelp = 'the number of the batch';

/** The command with those that stand below it. */
export const defineBatches: Define = (parent, acting) => {
	const batches = parent
		.command('batches')
		.usage('[command]')
		.description('the journal of cancellations: what was asked, how it stands, going on with it')
		.argument('[command...]');
	batches.action(
		acting(async ({words: [words], console}) => {
			refuseUnknown(words as readonly string[], batches);
			const {listBatches} = await import('../batches/batches.ts');
			return listBatches(await journals(), 'text', console);
		}),
	);
	withExamples(
		batches,
		['jobtop batches', 'every batch, and how it stands'],
		['jobtop batches resume 7', 'go on with one that was interrupted'],
	);
	for (const define of [list, show, exportOne, resume, retry, prune]) define(batches, acting);
};

const journals = async () => {
	const {stateDirectory} = await import('../../process/state-directory.ts');
	return stateDirectory(process.env);
};

const list: Define = (batches, acting) =>
	withExamples(
		batches
			.command('list')
			.alias('ls')
			.description('every batch, the latest first')
			.addOption(output('text', 'json', 'jsonl'))
			.action(
				acting(async ({options, console}) => {
					const {listBatches} = await import('../batches/batches.ts');
					return listBatches(await journals(), options.output, console);
				}),
			),
		['jobtop batches list -o json', 'for a program'],
	);

const show: Define = (batches, acting) =>
	withExamples(
		batches
			.command('show')
			.description('how each job of a batch stands, and what was sent and answered')
			.argument('<number>', whichHelp, which)
			.addOption(output('text', 'json', 'jsonl'))
			.action(
				acting(async ({options, words: [batch], console}) => {
					const {showBatch} = await import('../batches/batches.ts');
					return showBatch(await journals(), batch as number, options.output, console);
				}),
			),
		['jobtop batches show 7', 'how each of its jobs stands'],
	);

const exportOne: Define = (batches, acting) =>
	withExamples(
		batches
			.command('export')
			.description('all that the journal holds of a batch, for other programs')
			.argument('<number>', whichHelp, which)
			.addOption(output('json', 'jsonl'))
			.action(
				acting(async ({options, words: [batch], console}) => {
					const {exportBatch} = await import('../batches/batches.ts');
					return exportBatch(await journals(), batch as number, options.output, console);
				}),
			),
		['jobtop batches export 7 > batch-7.json', 'all that the journal holds'],
	);

const resume: Define = (batches, acting) =>
	withExamples(
		withPursuit(
			batches
				.command('resume')
				.description('go on with a batch that was left unfinished; it was confirmed when it was asked')
				.argument('<number>', whichHelp, which)
				.option('-y, --yes', 'go on without a question with what the journal does not prove')
				.addOption(givenUp())
				.option('--take-over', 'break the lock of another host, where its jobtop is surely no more'),
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
		['jobtop batches resume 7 --timeout 1h', 'go on, and wait for an hour'],
	);

const retry: Define = (batches, acting) =>
	withExamples(
		withManner(
			batches
				.command('retry')
				.description('ask again for the jobs of a batch that were not ended by it: a new batch')
				.argument('<number>', whichHelp, which),
			'kept in the journal; the old one if not said',
		).action(
			acting(async ({options, words: [batch], console, open}) => {
				const {retry} = await import('../batches/batches.ts');
				return retry(batch as number, mannerOf(options), console, open);
			}),
		),
		['jobtop batches retry 7 -y', 'ask again for what was not ended'],
	);

const prune: Define = (batches, acting) =>
	withExamples(
		batches
			.command('prune')
			.description('remove the journals of finished batches')
			.addOption(
				new Option('--older-than <time>', 'only those that ended longer ago')
					.argParser(duration)
					.default(90 * 24 * 3600 * 1000, '90d'),
			)
			.option('--dry-run', 'say which, and remove none')
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
		['jobtop batches prune --older-than 30d --dry-run', 'which would be removed'],
	);

/*
The options shared by commands that request or follow cancellations, and their texts.
*/
import type {Command} from 'commander';
import type {Operation} from '../../job/operation.ts';
import type {CancelManner} from '../cancelling/cancel.ts';
import type {PursuitOptions} from '../cancelling/pursue.ts';
import {concurrencies, number, output, protectedOnes, rates, timeouts, waits} from '../options.ts';
import {type Asked, refArgument} from './definition.ts';

type Options = Asked['options'];

/** How fast to send, how long to follow, and how to print that. */
export const withPursuit = (command: Command): Command =>
	command
		.addOption(concurrencies())
		.addOption(rates())
		.addOption(waits())
		.addOption(timeouts())
		.addOption(output('text', 'json', 'jsonl'));

export const pursuitOf = (options: Options): PursuitOptions => ({
	waitFor: options.wait,
	timeoutMs: options.timeout,
	output: options.output,
});

/** How to request a cancellation, and then to follow it. */
export const withManner = (command: Command, reasonHelp: string): Command =>
	withRequest(command.option('--force', 'force-cancel, where supported'), reasonHelp);

/** Which jobs a request is for. */
export const withChoice = (command: Command, operation: Operation): Command =>
	command
		.argument('[ref...]', refArgument)
		.option('--query <query>', `${operation} all your active jobs that match, as in list`)
		.option('--from <file>', 'read refs from a file, one per line; - is stdin')
		.option('--mine', 'leave out the jobs of other people, where the system says whose a job is')
		.option('--max <n>', 'send nothing if more jobs match', number(0, 10_000_000));

/** Requests an operation for the jobs that the words and options choose. */
export const requesting =
	(operation: Operation) =>
	async ({options, words: [refs], console, open}: Asked): Promise<number> => {
		const {cancel} = await import('../cancelling/cancel.ts');
		return cancel(
			{
				refs: refs as readonly string[],
				...mannerOf(options, operation),
				...(options.query !== undefined && {query: options.query}),
				...(options.from !== undefined && {from: options.from}),
				...(options.max !== undefined && {max: options.max}),
				...(options.mine === true && {mine: true}),
			},
			console,
			open,
		);
	};

/** How to request any operation, and then to follow it. */
export const withRequest = (command: Command, reasonHelp: string): Command =>
	withPursuit(
		command
			.option('--reason <text>', reasonHelp)
			.option('--dry-run', 'show what would be sent without sending it')
			.option('-y, --yes', 'send without asking')
			.addOption(protectedOnes()),
	);

export const mannerOf = (options: Options, operation: Operation = 'cancel'): CancelManner => ({
	operation,
	force: options.force ?? false,
	dryRun: options.dryRun ?? false,
	yes: options.yes ?? false,
	protected: options.protected,
	...pursuitOf(options),
	...(options.reason !== undefined && {reason: options.reason}),
});

/*
The options shared by commands that request or follow cancellations, and their texts.
*/
import type {Command} from 'commander';
import type {CancelManner} from '../cancelling/cancel.ts';
import type {PursuitOptions} from '../cancelling/pursue.ts';
import {concurrencies, output, protectedOnes, rates, timeouts, waits} from '../options.ts';
import type {Asked} from './definition.ts';

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
	withPursuit(
		command
			.option('--reason <text>', reasonHelp)
			.option('--force', 'force-cancel, where supported')
			.option('--dry-run', 'show what would be sent without sending it')
			.option('-y, --yes', 'send without asking')
			.addOption(protectedOnes()),
	);

export const mannerOf = (options: Options): CancelManner => ({
	force: options.force ?? false,
	dryRun: options.dryRun ?? false,
	yes: options.yes ?? false,
	protected: options.protected,
	...pursuitOf(options),
	...(options.reason !== undefined && {reason: options.reason}),
});

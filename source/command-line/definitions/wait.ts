import {Option} from 'commander';
import {phases} from '../../job/phase.ts';
import {output, timeouts} from '../options.ts';
import {type Define, refArgument} from './definition.ts';
import {withExamples} from './examples.ts';

export const defineWait: Define = (parent, acting) =>
	withExamples(
		parent
			.command('wait')
			.description('wait until jobs have ended, or have come to a phase')
			.argument('<ref...>', refArgument)
			.addOption(
				new Option('--for <what>', 'any end, or this phase')
					.choices(['terminal', ...Object.keys(phases)])
					.default('terminal'),
			)
			.addOption(timeouts())
			.addOption(output('text', 'json', 'jsonl'))
			.action(
				acting(async ({options, words: [refs], console, open}) => {
					const {waitFor} = await import('../wait.ts');
					return waitFor(
						{
							refs: refs as readonly string[],
							for: options.for,
							timeoutMs: options.timeout,
							output: options.output,
						},
						console,
						open,
					);
				}),
			),
		['jobtop wait hpc2/918273 && make plots', 'go on once it has ended'],
		['jobtop wait prod/3f2a --for running --timeout 2h', 'until it runs'],
	);

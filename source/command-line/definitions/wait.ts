import {Option} from 'commander';
import {phases} from '../../job/phase.ts';
import {output, timeouts} from '../options.ts';
import {waitExitCodes} from '../output/exit-codes.ts';
import {type Define, refArgument} from './definition.ts';
import {withExamples} from './examples.ts';
import {withExitCodes} from './exit-code-help.ts';
import {withoutEveryone} from './hints.ts';

export const defineWait: Define = (parent, acting) =>
	withExamples(
		withExitCodes(
			withoutEveryone(
				parent
					.command('wait')
					.description('wait until jobs end, successfully or not, or reach a phase')
					.argument('<ref...>', refArgument)
					.addOption(
						new Option('--for <what>', 'this phase, or any end (including failure)')
							.choices(['terminal', ...Object.keys(phases)])
							.default('terminal'),
					)
					.addOption(timeouts())
					.addOption(output('text', 'json', 'jsonl'))
					.action(
						acting(async ({options, words: [refs], console, open}) => {
							const {waitFor} = await import('../listing/wait.ts');
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
				'jobtop list --everyone -o ref QUERY | xargs jobtop wait',
			),
			waitExitCodes,
		),
		['jobtop wait hpc2/918273 --for succeeded && make plots', 'continue if it succeeded'],
		['jobtop wait hpc2/918273; jobtop show hpc2/918273', 'show how it ended'],
		['jobtop wait prod/3f2a --for running --timeout 2h', 'wait until it runs'],
	);

import {output} from '../options.ts';
import {type Define, refArgument} from './definition.ts';
import {withExamples} from './examples.ts';
import {withoutEveryone} from './hints.ts';

const define =
	(name: string, hidden: boolean, description: string, what: string): Define =>
	(parent, acting) =>
		withExamples(
			withoutEveryone(
				parent
					.command(name)
					.description(description)
					.argument('<ref...>', refArgument)
					.addOption(output('text', 'json'))
					.action(
						acting(async ({options, words: [refs], console, open}) => {
							const {dismiss} = await import('../cancelling/dismiss.ts');
							return dismiss(
								{refs: refs as readonly string[], hidden, output: options.output},
								console,
								open,
							);
						}),
					),
				`jobtop list --everyone --all -o ref QUERY | xargs jobtop ${name}`,
			),
			[`jobtop ${name} prod/77ab-01f2`, what],
		);

export const defineDismiss = define(
	'dismiss',
	true,
	'hide ended jobs here, and on their server if it can show them again',
	'hide it; restore shows it again',
);

export const defineRestore = define('restore', false, 'show dismissed jobs again', 'show it again');

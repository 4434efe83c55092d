import {output} from '../options.ts';
import {version} from '../output/version.ts';
import type {Define} from './definition.ts';
import {withExamples} from './examples.ts';

export const defineDoctor: Define = (parent, acting) =>
	withExamples(
		parent
			.command('doctor')
			.description('check everything that jobtop depends on and say what to fix')
			.addOption(output('text', 'json'))
			.action(
				acting(async ({options, console, open}) => {
					const {doctor} = await import('../profiles/doctor.ts');
					return doctor({output: options.output, version: version()}, console, open);
				}),
			),
		['jobtop doctor', 'check your setup'],
	);

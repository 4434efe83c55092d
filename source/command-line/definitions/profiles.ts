import {output} from '../options.ts';
import {type Define, refuseUnknown} from './definition.ts';
import {withExamples} from './examples.ts';

/** The command with those that stand below it. */
export const defineProfiles: Define = (parent, acting) => {
	const profiles = parent
		.command('profiles')
		.usage('[command]')
		.description('the job systems that are configured or were found, and whether each can be reached')
		.argument('[command...]');
	profiles.action(
		acting(async ({words: [words], console, open}) => {
			refuseUnknown(words as readonly string[], profiles);
			const {listProfiles} = await import('../profiles/profiles.ts');
			return listProfiles('text', console, open);
		}),
	);
	withExamples(
		profiles,
		['jobtop profiles', 'what is there'],
		['jobtop profiles test', 'whether it can be reached'],
	);
	for (const define of [list, test]) define(profiles, acting);
};

const list: Define = (profiles, acting) =>
	withExamples(
		profiles
			.command('list')
			.alias('ls')
			.description('print them; nobody is asked')
			.addOption(output('text', 'json'))
			.action(
				acting(async ({options, console, open}) => {
					const {listProfiles} = await import('../profiles/profiles.ts');
					return listProfiles(options.output, console, open);
				}),
			),
		['jobtop profiles list -o json', 'for a program'],
	);

const test: Define = (profiles, acting) =>
	withExamples(
		profiles
			.command('test')
			.description('try to reach them, and say which step failed and what to do')
			.argument('[name...]', 'only these')
			.addOption(output('text', 'json'))
			.action(
				acting(async ({options, words: [names], console, open}) => {
					const {testProfiles} = await import('../profiles/profiles.ts');
					return testProfiles(names as readonly string[], options.output, console, open);
				}),
			),
		['jobtop profiles test prod', 'which step fails, and what to do'],
	);

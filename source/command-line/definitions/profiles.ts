import {output} from '../options.ts';
import {type Define, defaultCommand} from './definition.ts';
import {withExamples} from './examples.ts';

/** The command with its subcommands. */
export const defineProfiles: Define = (parent, acting) => {
	const profiles = parent
		.command('profiles')
		.usage('[options] [command]')
		.description('list and test the configured and discovered job systems');
	withExamples(
		profiles,
		['jobtop profiles', 'list the profiles'],
		['jobtop profiles test', 'test all profiles'],
	);
	for (const define of [list, test]) define(profiles, acting);
};

const list: Define = (profiles, acting) =>
	withExamples(
		defaultCommand(profiles, 'list')
			.alias('ls')
			.description('list profiles without contacting them')
			.addOption(output('text', 'json'))
			.action(
				acting(async ({options, console, open}) => {
					const {listProfiles} = await import('../profiles/profiles.ts');
					return listProfiles(options.output, console, open);
				}),
			),
		['jobtop profiles list -o json', 'print JSON'],
	);

const test: Define = (profiles, acting) =>
	withExamples(
		profiles
			.command('test')
			.description('test profiles and report the failing step')
			.argument('[name...]', 'only these profiles')
			.option('--contract', "also check jobtop's promises that need no change")
			.addOption(output('text', 'json'))
			.action(
				acting(async ({options, words: [names], console, open}) => {
					const {testProfiles} = await import('../profiles/profiles.ts');
					const selection = {names: names as readonly string[], contract: options.contract ?? false};
					return testProfiles(selection, options.output, console, open);
				}),
			),
		['jobtop profiles test prod', 'find the failing step'],
		['jobtop profiles test fluke --contract', 'try whether jobtop works with this system'],
	);

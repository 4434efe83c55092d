import {flagsOf, output} from '../options.ts';
import {type Asked, type Define, refuseUnknown} from './definition.ts';
import {withExamples} from './examples.ts';

/** The command with its subcommands. */
export const defineConfig: Define = (parent, acting) => {
	const config = parent
		.command('config')
		.usage('[command]')
		.description('show and check the configuration')
		.argument('[command...]');
	config.action(
		acting(({words: [words]}) => {
			refuseUnknown(words as readonly string[], config);
			return config.help();
		}),
	);
	withExamples(config, ['jobtop config check', 'find mistakes and how to fix them']);
	for (const define of [path, show, check, schema]) define(config, acting);
};

const inputOf = ({options}: Asked) => ({env: process.env, flags: flagsOf(options)});

const path: Define = (config, acting) =>
	withExamples(
		config
			.command('path')
			.description('print the path of the file, whether it exists or not')
			.action(
				acting(async asked => {
					const {printPath} = await import('../profiles/config.ts');
					return printPath(inputOf(asked), asked.console);
				}),
			),
		['$EDITOR $(jobtop config path)', 'edit it'],
	);

const show: Define = (config, acting) =>
	withExamples(
		config
			.command('show')
			.description('print the settings in effect and the source of each, without secrets')
			.addOption(output('text', 'json'))
			.action(
				acting(async asked => {
					const {showConfiguration} = await import('../profiles/config.ts');
					return showConfiguration(asked.options.output, inputOf(asked), asked.console);
				}),
			),
		['jobtop config show', 'print the settings in effect'],
	);

const check: Define = (config, acting) =>
	withExamples(
		config
			.command('check')
			.description('check the file and report every mistake')
			.action(
				acting(async asked => {
					const {checkConfiguration} = await import('../profiles/config.ts');
					return checkConfiguration(inputOf(asked), asked.console);
				}),
			),
		['jobtop --config new.toml config check', 'check another file'],
	);

const schema: Define = (config, acting) =>
	withExamples(
		config
			.command('schema')
			.description('print the JSON Schema of the file')
			.action(
				acting(async ({console}) => {
					const {printSchema} = await import('../profiles/config.ts');
					return printSchema(console);
				}),
			),
		['jobtop config schema > jobtop.schema.json', 'for an editor that validates TOML'],
	);

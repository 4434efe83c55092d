import {flagsOf, output} from '../options.ts';
import {type Asked, type Define, refuseUnknown} from './definition.ts';
import {withExamples} from './examples.ts';

/** The command with those that stand below it. */
export const defineConfig: Define = (parent, acting) => {
	const config = parent
		.command('config')
		.usage('[command]')
		.description('the configuration: where it is, what takes effect, what is wrong with it')
		.argument('[command...]');
	config.action(
		acting(({words: [words]}) => {
			refuseUnknown(words as readonly string[], config);
			return config.help();
		}),
	);
	withExamples(config, ['jobtop config check', 'what is wrong, where, and what to do']);
	for (const define of [path, show, check, schema]) define(config, acting);
};

const inputOf = ({options}: Asked) => ({env: process.env, flags: flagsOf(options)});

const path: Define = (config, acting) =>
	withExamples(
		config
			.command('path')
			.description('print where the file is, or would be')
			.action(
				acting(async asked => {
					const {printPath} = await import('../profiles/config.ts');
					return printPath(inputOf(asked), asked.console);
				}),
			),
		['$EDITOR $(jobtop config path)', 'change it'],
	);

const show: Define = (config, acting) =>
	withExamples(
		config
			.command('show')
			.description('print what takes effect and where each value comes from, without secrets')
			.addOption(output('text', 'json'))
			.action(
				acting(async asked => {
					const {showConfiguration} = await import('../profiles/config.ts');
					return showConfiguration(asked.options.output, inputOf(asked), asked.console);
				}),
			),
		['jobtop config show', 'what takes effect, and why'],
	);

const check: Define = (config, acting) =>
	withExamples(
		config
			.command('check')
			.description('say everything that is wrong with it, where, and what to do')
			.action(
				acting(async asked => {
					const {checkConfiguration} = await import('../profiles/config.ts');
					return checkConfiguration(inputOf(asked), asked.console);
				}),
			),
		['jobtop --config new.toml config check', 'look at another file'],
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
		['jobtop config schema > jobtop.schema.json', 'for an editor that checks TOML'],
	);

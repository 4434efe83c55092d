import {flagsOf, output} from '../options.ts';
import {type Asked, type Define, refuseUnknown} from './definition.ts';

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
	for (const define of [path, show, check, schema]) define(config, acting);
};

const inputOf = ({options}: Asked) => ({env: process.env, flags: flagsOf(options)});

const path: Define = (config, acting) =>
	config
		.command('path')
		.description('print where the file is, or would be')
		.action(
			acting(async asked => {
				const {printPath} = await import('../config.ts');
				return printPath(inputOf(asked), asked.console);
			}),
		);

const show: Define = (config, acting) =>
	config
		.command('show')
		.description('print what takes effect and where each value comes from, without secrets')
		.addOption(output('text', 'json'))
		.action(
			acting(async asked => {
				const {showConfiguration} = await import('../config.ts');
				return showConfiguration(asked.options.output, inputOf(asked), asked.console);
			}),
		);

const check: Define = (config, acting) =>
	config
		.command('check')
		.description('say everything that is wrong with it, where, and what to do')
		.action(
			acting(async asked => {
				const {checkConfiguration} = await import('../config.ts');
				return checkConfiguration(inputOf(asked), asked.console);
			}),
		);

const schema: Define = (config, acting) =>
	config
		.command('schema')
		.description('print the JSON Schema of the file')
		.action(
			acting(async ({console}) => {
				const {printSchema} = await import('../config.ts');
				return printSchema(console);
			}),
		);

import {existsSync} from 'node:fs';
import {effectiveValues} from '../../config/effective.ts';
import {type ConfigurationInput, configurationPlace} from '../../config/files.ts';
import {configurationSchema} from '../../config/json-schema.ts';
import {checkFiles, loadConfiguration} from '../../config/load.ts';
import {siteFiles} from '../../config/site-files.ts';
import {padEnd, widthOf} from '../../text/width.ts';
import type {Console} from '../output/console.ts';

/** Prints the path of the configuration file, whether it exists or not. */
export const printPath = (input: ConfigurationInput, console: Console): number => {
	const {path, said} = configurationPlace(input);
	console.data(`${path}\n`);
	const who = said === undefined ? 'default location' : `set by ${said}`;
	console.say(`jobtop: ${who}; ${existsSync(path) ? 'the file exists' : 'the file does not exist'}`);
	for (const site of siteFiles(input.env, input.etc)) {
		if (site !== path && existsSync(site)) console.say(`jobtop: ${site}: file of the site, read first`);
	}
	return 0;
};

/** Prints the settings in effect and their sources, without secrets. */
export const showConfiguration = async (
	output: 'text' | 'json',
	input: ConfigurationInput,
	console: Console,
): Promise<number> => {
	const configuration = await loadConfiguration(input);
	const values = await effectiveValues(configuration, input);
	if (output === 'json') {
		console.data(`${JSON.stringify({version: 1, path: configuration.path, values})}\n`);
		return 0;
	}
	const lines = values.map(({key, value, from}) => [`${key} = ${JSON.stringify(value)}`, from] as const);
	const width = Math.max(...lines.map(([text]) => widthOf(text)));
	console.data(lines.map(([text, from]) => `${padEnd(text, width)}  # ${from}\n`).join(''));
	if (configuration.limited !== undefined) console.say(`jobtop: ${configuration.limited}`);
	for (const [index, line] of configuration.lookedFor.entries())
		console.say(index === 0 ? `jobtop: there is no profile; jobtop looked for\n  ${line}` : `  ${line}`);
	return 0;
};

/** Reports every mistake in the configuration, with its place and what to do. */
export const checkConfiguration = async (input: ConfigurationInput, console: Console): Promise<number> => {
	const complaints = await checkFiles(input);
	for (const complaint of complaints) console.say(`jobtop: ${complaint}`);
	if (complaints.length > 0) return 2;
	// The file is valid; an error in using it throws.
	const {path, profiles, files, limited} = await loadConfiguration(input);
	const names = profiles.map(({name}) => name).join(', ') || 'none';
	const own = files.some(one => one.path === path) ? [] : [`${path} does not exist, and is not needed`];
	const good = files.map(one => `${one.path}: OK`);
	console.data(`${[...own, ...good].join('; ')}; profiles: ${names}\n`);
	if (limited !== undefined) console.say(`jobtop: ${limited}`);
	return 0;
};

/** Prints the JSON Schema of the configuration file. */
export const printSchema = async (console: Console): Promise<number> => {
	console.data(`${JSON.stringify(await configurationSchema(), undefined, '\t')}\n`);
	return 0;
};

import {existsSync} from 'node:fs';
import {effectiveValues} from '../config/effective.ts';
import {configurationSchema} from '../config/json-schema.ts';
import {type ConfigurationInput, checkFile, configurationPlace, loadConfiguration} from '../config/load.ts';
import {padEnd, widthOf} from '../view-models/text.ts';
import type {Console} from './console.ts';

/** Prints where the configuration file is, or would be. */
export const printPath = (input: ConfigurationInput, console: Console): number => {
	const {path, said} = configurationPlace(input);
	console.data(`${path}\n`);
	const who = said === undefined ? 'the usual place' : `said by ${said}`;
	console.say(`jobtop: ${who}; ${existsSync(path) ? 'the file is there' : 'there is no file'}`);
	return 0;
};

/** Prints what takes effect, where each value comes from, and no secret. */
export const showConfiguration = (
	output: 'text' | 'json',
	input: ConfigurationInput,
	console: Console,
): number => {
	const configuration = loadConfiguration(input);
	const values = effectiveValues(configuration, input);
	if (output === 'json') {
		console.data(`${JSON.stringify({version: 1, path: configuration.path, values})}\n`);
		return 0;
	}
	const lines = values.map(({key, value, from}) => [`${key} = ${JSON.stringify(value)}`, from] as const);
	const width = Math.max(...lines.map(([text]) => widthOf(text)));
	console.data(lines.map(([text, from]) => `${padEnd(text, width)}  # ${from}\n`).join(''));
	for (const [index, line] of configuration.lookedFor.entries())
		console.say(index === 0 ? `jobtop: there is no profile; jobtop looked for\n  ${line}` : `  ${line}`);
	return 0;
};

/** Says everything that is wrong with the configuration, each with its place and what to do. */
export const checkConfiguration = (input: ConfigurationInput, console: Console): number => {
	const {path, said} = configurationPlace(input);
	const complaints = checkFile(path, said !== undefined);
	for (const complaint of complaints) console.say(`jobtop: ${complaint}`);
	if (complaints.length > 0) return 2;
	// What the file says is good; whether it can be used is another question, and throws.
	const {profiles, source} = loadConfiguration(input);
	const names = profiles.map(({name}) => name).join(', ') || 'none';
	const what = source === undefined ? `there is no ${path}, and none is needed` : `${path} is good`;
	console.data(`${what}; profiles: ${names}\n`);
	return 0;
};

/** Prints the JSON Schema of the configuration file. */
export const printSchema = (console: Console): number => {
	console.data(`${JSON.stringify(configurationSchema(), undefined, '\t')}\n`);
	return 0;
};

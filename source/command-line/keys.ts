/*
The keys of the screen, including those from the configuration: for people, for programs, and as a page.
*/

import {commandsOf} from '../commands/commands.ts';
import {argumentWords, helpSections, keyTable} from '../commands/keys/help.ts';
import type {ConfigurationFlags} from '../config/files.ts';
import {loadKeys} from '../config/load-keys.ts';
import {padEnd, widthOf} from '../text/width.ts';
import type {Console} from './output/console.ts';

export type KeysOptions = {readonly output: 'text' | 'json' | 'md'; readonly flags: ConfigurationFlags};

/** Prints the table from which the help and the footer are derived. */
export const printKeys = async ({output, flags}: KeysOptions, {data}: Console): Promise<number> => {
	const print = (text: string) => data(`${text}\n`);
	const keys = await loadKeys({env: process.env, flags});
	const commands = commandsOf({known: {settings: {keys}}});
	if (output === 'md') {
		print(keyTable(commands));
	} else if (output === 'json') {
		const entries = commands.map(command => ({
			id: command.id,
			names: command.byName?.names ?? [],
			keys: command.keys,
			places: command.scopes,
			help: command.help,
			...argumentWords(command),
		}));
		print(JSON.stringify({version: 1, commands: entries}));
	} else {
		const sections = helpSections(commands);
		const entries = sections.flatMap(section => section.entries);
		const widest = (texts: readonly string[]) => Math.max(...texts.map(widthOf));
		const [wide, name] = [widest(entries.map(each => each.keys)), widest(entries.map(({id}) => id))];
		for (const section of sections) {
			print(section.title);
			for (const each of section.entries) {
				print(`  ${padEnd(each.keys, wide)}  ${padEnd(each.id, name)}  ${each.help}`);
			}
			print('');
		}
	}
	return 0;
};

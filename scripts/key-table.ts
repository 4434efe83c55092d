import {commands} from '../source/commands/commands.ts';
import {keyTable} from '../source/commands/help.ts';

const start = '<!-- keys: made by npm run docs -->';
const end = '<!-- /keys -->';

/** The text with its table of keys as the commands have them. Throws where the text has no place for it. */
export const withKeyTable = (text: string): string => {
	const [from, to] = [text.indexOf(start), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`there is no ${start} … ${end}`);
	return `${text.slice(0, from)}${start}\n\n${keyTable(commands)}\n\n${text.slice(to)}`;
};

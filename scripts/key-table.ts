import {commands} from '../source/commands/commands.ts';
import {keyTable} from '../source/commands/keys/help.ts';
import {withBlock} from './generated-block.ts';

/** The text with its table of keys as the commands have them. */
export const withKeyTable = (text: string): string => withBlock(text, 'keys', keyTable(commands));

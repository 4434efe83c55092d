/* Rewrites what is generated in the documents; a test checks that it is current. */
import {readFileSync, writeFileSync} from 'node:fs';
import {withKeyTable} from './key-table.ts';

writeFileSync('docs/keys.md', withKeyTable(readFileSync('docs/keys.md', 'utf8')));

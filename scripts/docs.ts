/* Rewrites what is generated in the documents; a test checks that it is current. */
import {readFileSync, writeFileSync} from 'node:fs';
import {withBackendTable} from './backend-table.ts';
import {withKeyTable} from './key-table.ts';

const rewrite = (file: string, change: (text: string) => string) =>
	writeFileSync(file, change(readFileSync(file, 'utf8')));

rewrite('docs/keys.md', withKeyTable);
rewrite('README.md', withBackendTable);

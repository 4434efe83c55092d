/* Rewrites what is generated in the documents; a test checks that it is current. */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {withBackendTable} from './backend-table.ts';
import {withConfigurationTables} from './configuration-table.ts';
import {withExitCodes} from './exit-code-table.ts';
import {jsonSchemas, schemaText} from './json-schemas.ts';
import {withKeyTable} from './key-table.ts';
import {manualPage} from './manual-page.ts';
import {messagesPage} from './messages.ts';
import {withRooms} from './room-table.ts';

const rewrite = async (file: string, change: (text: string) => string | Promise<string>) =>
	writeFileSync(file, await change(readFileSync(file, 'utf8')));

await rewrite('ARCHITECTURE.md', withRooms);
await rewrite('docs/keys.md', withKeyTable);
await rewrite('docs/configuration.md', withConfigurationTables);
await rewrite('docs/systems/README.md', withBackendTable);
await rewrite('docs/scripts.md', withExitCodes);
writeFileSync('docs/jobtop.1', manualPage());
writeFileSync('docs/messages.md', messagesPage());
mkdirSync('docs/schemas', {recursive: true});
for (const [name, schema] of Object.entries(jsonSchemas))
	writeFileSync(`docs/schemas/${name}.json`, schemaText(schema));

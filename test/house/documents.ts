import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {withBackendTable} from '../../scripts/backend-table.ts';
import {withConfigurationTables} from '../../scripts/configuration-table.ts';
import {withExitCodes} from '../../scripts/exit-code-table.ts';
import {jsonSchemas, schemaText} from '../../scripts/json-schemas.ts';
import {withKeyTable} from '../../scripts/key-table.ts';
import {manualPage} from '../../scripts/manual-page.ts';
import {messagesPage} from '../../scripts/messages.ts';
import {withRooms} from '../../scripts/room-table.ts';
import {backendKinds} from '../../source/backends/index.ts';
import {loadConfiguration} from '../../source/config/load.ts';

/** Fails with the lines that only one of the texts has: a whole page would hide them. */
const sameLines = (found: string, wanted: string): void => {
	const [here, there] = [found.split('\n'), wanted.split('\n')];
	const only = (lines: readonly string[], others: readonly string[]) => {
		const known = new Set(others);
		return lines.filter(line => !known.has(line)).map(line => line.slice(0, 200));
	};
	assert.deepEqual({tooMuch: only(here, there), missing: only(there, here)}, {tooMuch: [], missing: []});
	assert.ok(found === wanted, 'the same lines stand in another order');
};

test('the rooms in ARCHITECTURE.md are those of the source (npm run docs rewrites them)', () => {
	const text = readFileSync('ARCHITECTURE.md', 'utf8');
	sameLines(text, withRooms(text));
});

test('the table of keys is that of the commands (npm run docs rewrites it)', () => {
	const text = readFileSync('docs/keys.md', 'utf8');
	sameLines(text, withKeyTable(text));
});

test('the table of systems is that of the backends (npm run docs rewrites it)', async () => {
	const text = readFileSync('docs/systems/README.md', 'utf8');
	sameLines(text, await withBackendTable(text));
});

test('the reference of the configuration is that of its schema, and every key has a meaning (npm run docs rewrites it)', async () => {
	const text = readFileSync('docs/configuration.md', 'utf8');
	sameLines(text, await withConfigurationTables(text));
	assert.doesNotMatch(text, /\| +\|$/m, 'a key without a meaning stands in source/config/descriptions.ts');
});

test('the README has under 900 words', () => {
	const words = readFileSync('README.md', 'utf8').split(/\s+/).filter(Boolean);
	assert.ok(words.length < 900, `it has ${words.length}`);
});

test('the page of messages has every sentence of the source (npm run docs rewrites it)', () => {
	const page = messagesPage();
	sameLines(readFileSync('docs/messages.md', 'utf8'), page);
	for (const sentence of ['Show the details of this job', 'declined; nothing was sent', 'no completions'])
		assert.ok(page.includes(sentence), sentence);
});

test('ARCHITECTURE.md names only files that are there', () => {
	const files = ['source', 'scripts', 'test'].flatMap(folder =>
		readdirSync(folder, {recursive: true, encoding: 'utf8'}).map(name => join(folder, name)),
	);
	const named = [...readFileSync('ARCHITECTURE.md', 'utf8').matchAll(/`([\w/-]+\.tsx?)`/g)]
		.map(([, name]) => name as string)
		.filter(name => !/(?:^|\/)x\.ts$/.test(name));
	assert.deepEqual(
		named.filter(name => !files.some(file => `/${file}`.endsWith(`/${name}`))),
		[],
	);
});

test('no document points to a file that is not there', () => {
	const documents = [
		...readdirSync('.').filter(name => name.endsWith('.md')),
		...readdirSync('docs', {recursive: true, encoding: 'utf8'})
			.filter(name => name.endsWith('.md'))
			.map(name => join('docs', name)),
	];
	const missing = documents.flatMap(document =>
		[...readFileSync(document, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
			.map(([, target]) => join(dirname(document), target as string))
			.filter(path => !existsSync(path))
			.map(path => `${document} points to ${path}`),
	);
	assert.deepEqual(missing, []);
});

test('the example of a configuration can be read', async () => {
	const {profiles} = await loadConfiguration({env: {}, flags: {config: 'examples/config.toml'}});
	assert.deepEqual([...new Set(profiles.map(({entry}) => entry.backend))].sort(), [...backendKinds].sort());
});

test('the manual page, the schemas and the exit codes are those of the program (npm run docs rewrites them)', () => {
	assert.equal(readFileSync('docs/jobtop.1', 'utf8'), manualPage());
	const scripts = readFileSync('docs/scripts.md', 'utf8');
	assert.equal(scripts, withExitCodes(scripts));
	for (const [name, schema] of Object.entries(jsonSchemas))
		assert.equal(readFileSync(`docs/schemas/${name}.json`, 'utf8'), schemaText(schema), name);
	const names = Object.keys(jsonSchemas).map(name => `${name}.json`);
	assert.deepEqual(readdirSync('docs/schemas').sort(), names.sort());
});

test('the manual page is roff that nobody complains about', context => {
	const {status, error, stdout, stderr} = spawnSync(
		'groff',
		['-man', '-Tutf8', '-ww', '-rLL=80n', 'docs/jobtop.1'],
		{encoding: 'utf8'},
	);
	if (error) return context.skip('groff is not installed');
	assert.deepEqual([status, stderr], [0, '']);
	// Bold is a letter that is struck twice.
	assert.match(stdout.replace(/.\u0008/g, ''), /EXIT STATUS/);
});

import assert from 'node:assert/strict';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {withBackendTable} from '../scripts/backend-table.ts';
import {withKeyTable} from '../scripts/key-table.ts';
import {loadConfiguration} from '../source/config/load.ts';

test('the table of keys is that of the commands (npm run docs rewrites it)', () => {
	const text = readFileSync('docs/keys.md', 'utf8');
	assert.equal(text, withKeyTable(text));
});

test('the table of systems is that of the backends (npm run docs rewrites it)', () => {
	const text = readFileSync('README.md', 'utf8');
	assert.equal(text, withBackendTable(text));
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

test('the example of a configuration can be read', () => {
	const {profiles} = loadConfiguration({env: {}, flags: {config: 'examples/config.toml'}});
	assert.equal(profiles.length, 8);
});

/*
Who may import whom. Data flows down the table; `type` means types only. It is the drawing of the house, and it is checked.
*/
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, normalize, sep} from 'node:path';
import {test} from 'node:test';

const layers: Readonly<Record<string, readonly string[]>> = {
	job: [],
	'clock.ts': [],
	'queue.ts': [],
	'make-directory.ts': [],
	'nearest.ts': [],
	'state-safety.ts': ['job', 'shell-word.ts'],
	'configuration-error.ts': [],
	'state-directory.ts': ['configuration-error.ts'],
	'shell-word.ts': [],
	'without-tokens.ts': [],
	'error-words.ts': [],
	'theme.ts': [],
	'young-generation.ts': [],
	backends: [
		'job',
		'clock.ts',
		'make-directory.ts',
		'shell-word.ts',
		'configuration-error.ts',
		// The sockets of ssh and the name of a cluster are kept there.
		'state-directory.ts',
		'type without-tokens.ts',
	],
	cancellation: [
		'job',
		'clock.ts',
		'make-directory.ts',
		'queue.ts',
		'state-safety.ts',
		'error-words.ts',
		'type backends',
		'backends/backend.ts',
	],
	engine: [
		'job',
		'clock.ts',
		'make-directory.ts',
		'queue.ts',
		'state-safety.ts',
		'error-words.ts',
		'cancellation',
		'type backends',
		'backends/exchange.ts',
		'backends/methods.ts',
		'shell-word.ts',
	],
	// The one file of the engine that knows where its parts come from.
	'engine/thread.ts': [
		'clock.ts',
		'config',
		'configuration-error.ts',
		'state-directory.ts',
		'demo',
		'job',
		'backends',
	],
	// The order, the cursor and the window have to fit the rows after every change; how is said by pure functions.
	// The engine thread, and nothing else.
	'engine/start-thread.ts': ['engine/thread.ts'],
	store: [
		'job',
		'clock.ts',
		'type cancellation',
		'type engine',
		...[
			'cancellation-words',
			'cursor',
			'folding',
			'layout',
			'order',
			'query',
			'runs',
			'sorting',
			'table-view',
			'window',
		].map(name => `view-models/${name}.ts`),
	],
	'view-models': ['job', 'theme.ts', 'cancellation', 'type store', 'type engine', 'shell-word.ts'],
	commands: [
		'job',
		'nearest.ts',
		'view-models',
		'cancellation/report.ts',
		'type store',
		'type engine',
		'type clock.ts',
	],
	components: [
		'job',
		'clock.ts',
		'theme.ts',
		'view-models',
		'store',
		'without-tokens.ts',
		'commands',
		'type engine',
		'type cancellation',
	],
	// In place of the components.
	lines: ['job', 'clock.ts', 'view-models', 'commands', 'type store'],
	demo: ['job', 'clock.ts'],
	// A query in the file is read by the rules of the filter, and which keys can be given to what is said by the commands.
	config: [
		'job',
		'clock.ts',
		'configuration-error.ts',
		'state-directory.ts',
		'nearest.ts',
		'backends',
		'view-models/query.ts',
		'commands/rebinding.ts',
		'commands/commands.ts',
		'type commands',
		'shell-word.ts',
		'without-tokens.ts',
	],
	'command-line': [
		'job',
		'commands',
		'clock.ts',
		'nearest.ts',
		'theme.ts',
		'backends',
		'cancellation',
		'config',
		'demo',
		'engine',
		'state-safety.ts',
		'state-directory.ts',
		'configuration-error.ts',
		'error-words.ts',
		'without-tokens.ts',
		'view-models',
	],
	'tui.tsx': [
		'clock.ts',
		'theme.ts',
		'young-generation.ts',
		'store',
		'components',
		'lines',
		'type commands',
		'type engine',
		'type engine/thread.ts',
		'type demo',
		'type config',
		'job',
		'cancellation',
	],
	'cli.ts': ['command-line', 'clock.ts', 'state-directory.ts', 'tui.tsx', 'type demo'],
};

/** Libraries that stay in one place. */
const homes: Readonly<Record<string, readonly string[]>> = {
	zod: ['backends', 'config'],
	undici: ['backends'],
	ink: ['components', 'tui.tsx'],
	react: ['components', 'tui.tsx'],
	zustand: ['store', 'components'],
	'smol-toml': ['config'],
	commander: ['cli.ts', 'command-line'],
	'string-width': ['view-models', 'command-line'],
	chalk: ['theme.ts', 'view-models', 'command-line'],
};

type Import = {
	readonly file: string;
	readonly from: string;
	readonly typeOnly: boolean;
	readonly late: boolean;
};

const files = readdirSync('source', {recursive: true, encoding: 'utf8'})
	.filter(path => /\.tsx?$/.test(path))
	.map(path => path.split(sep).join('/'))
	.sort();

const importsOf = (file: string): readonly Import[] => {
	const text = readFileSync(join('source', file), 'utf8');
	const found: Import[] = [];
	for (const match of text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)) {
		// `import {type A, type B}` brings no value either.
		const names = /^(?:import|export)\s+\{([^}]*)\}/.exec(match[0])?.[1];
		const onlyTypes = names?.split(',').every(name => name.trim() === '' || /^\s*type\s/.test(name));
		found.push({
			file,
			from: match[2] as string,
			typeOnly: match[1] !== undefined || onlyTypes === true,
			late: false,
		});
	}
	for (const match of text.matchAll(/\bimport\('([^']+)'\)/g)) {
		found.push({file, from: match[1] as string, typeOnly: false, late: true});
	}
	return found;
};

const imports = files.flatMap(importsOf);
const isOurs = ({from}: Import): boolean => from.startsWith('.');
const targetOf = ({file, from}: Import): string =>
	normalize(join(dirname(file), from))
		.split(sep)
		.join('/');
const layerOf = (file: string): string => (file in layers ? file : (file.split('/')[0] as string));
const libraryOf = (from: string): string =>
	from
		.split('/')
		.slice(0, from.startsWith('@') ? 2 : 1)
		.join('/');

test('every file belongs to a layer', () => {
	for (const file of files) assert.ok(layerOf(file) in layers, `${file} is in no layer of the table`);
});

test('every layer imports only what the table allows', () => {
	const wrong = imports.filter(isOurs).filter(found => {
		const [own, other] = [layerOf(found.file), layerOf(targetOf(found))];
		if (own === other || other === own.split('/')[0]) return false;
		const allowed = layers[own] ?? [];
		return (
			!allowed.includes(other) &&
			!allowed.includes(targetOf(found)) &&
			!(found.typeOnly && allowed.includes(`type ${other}`))
		);
	});
	assert.deepEqual(
		wrong.map(({file, from}) => `${file} may not import ${from}`),
		[],
	);
});

test('libraries stay in their places', () => {
	const wrong = imports
		.filter(found => !isOurs(found) && !found.typeOnly && !found.from.startsWith('node:'))
		.filter(
			({file, from}) => !homes[libraryOf(from)]?.some(home => file === home || file.startsWith(`${home}/`)),
		);
	assert.deepEqual(
		wrong.map(({file, from}) => `${file} may not import ${from}`),
		[],
	);
});

/** Everything that is loaded with a file: what it imports, and what that imports, but for what is loaded later. */
const loadedWith = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
	if (seen.has(file)) return seen;
	seen.add(file);
	for (const found of imports) {
		if (found.file !== file || found.typeOnly || found.late) continue;
		if (isOurs(found)) loadedWith(targetOf(found), seen);
		else seen.add(libraryOf(found.from));
	}
	return seen;
};

test('the terminal thread loads neither the HTTP client nor the schemas', () => {
	const loaded = loadedWith('tui.tsx');
	for (const heavy of ['undici', 'zod', 'smol-toml']) assert.ok(!loaded.has(heavy), `tui.tsx loads ${heavy}`);
});

test('what was asked is known before anything heavy is loaded', () => {
	const loaded = loadedWith('cli.ts');
	for (const heavy of ['undici', 'zod', 'ink', 'react'])
		assert.ok(!loaded.has(heavy), `cli.ts loads ${heavy}`);
});

test('one place reads keys, and one reads pastes', () => {
	for (const hook of ['useInput', 'usePaste']) {
		const users = files.filter(file =>
			new RegExp(`\\b${hook}\\(`).test(readFileSync(join('source', file), 'utf8')),
		);
		assert.equal(users.length, 1, `${hook} is called in ${users.join(', ') || 'no file'}`);
	}
});

import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, normalize, sep} from 'node:path';
import {test} from 'node:test';
import {parseSync} from 'oxc-parser';
import {rooms} from '../../scripts/rooms.ts';

/** Libraries that stay in one place. */
const homes: Readonly<Record<string, readonly string[]>> = {
	zod: ['backends', 'config'],
	undici: ['backends'],
	ink: ['components', 'tui.tsx'],
	react: ['components', 'tui.tsx'],
	zustand: ['store', 'components'],
	'smol-toml': ['config'],
	yaml: ['backends'],
	commander: ['cli.ts', 'command-line'],
	'string-width': ['text', 'command-line'],
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
const roomOf = (file: string): string => (file in rooms ? file : (file.split('/')[0] as string));
const libraryOf = (from: string): string =>
	from
		.split('/')
		.slice(0, from.startsWith('@') ? 2 : 1)
		.join('/');

test('every file belongs to a room', () => {
	for (const file of files) assert.ok(roomOf(file) in rooms, `${file} is in no room`);
});

test('every room imports only what its line allows', () => {
	const wrong = imports.filter(isOurs).filter(found => {
		const [own, other] = [roomOf(found.file), roomOf(targetOf(found))];
		if (own === other || other === own.split('/')[0]) return false;
		const allowed = rooms[own]?.imports ?? [];
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

test('no files import each other in a circle, not even for types', () => {
	const targets = Map.groupBy(imports.filter(isOurs), ({file}) => file);
	const done = new Set<string>();
	const circleFrom = (file: string, path: readonly string[]): readonly string[] | undefined => {
		if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
		if (done.has(file)) return undefined;
		for (const found of targets.get(file) ?? []) {
			const circle = circleFrom(targetOf(found), [...path, file]);
			if (circle) return circle;
		}
		done.add(file);
		return undefined;
	};
	for (const file of files) assert.equal(circleFrom(file, [])?.join(' → '), undefined);
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

test('the engine thread loads nothing of the screen', () => {
	const loaded = [...loadedWith('engine/thread.ts')].filter(file =>
		/^(?:commands|components|view-models|store|lines)\//.test(file),
	);
	assert.deepEqual(loaded, []);
});

test('one place reads keys, and one reads pastes', () => {
	for (const hook of ['useInput', 'usePaste']) {
		const users = files.filter(file =>
			new RegExp(`\\b${hook}\\(`).test(readFileSync(join('source', file), 'utf8')),
		);
		assert.equal(users.length, 1, `${hook} is called in ${users.join(', ') || 'no file'}`);
	}
});

const maxLines = 120;
const maxParameters = 4;

/** Functions that have to be longer, as `file name`, with the reason. */
const longFunctions: Readonly<Record<string, string>> = {};

type SourceFunction = {readonly name: string; readonly lines: number; readonly parameters: number};

/** All functions of a file; one without a name goes by the name that it is assigned to. */
const functionsOf = (file: string): readonly SourceFunction[] => {
	const text = readFileSync(join('source', file), 'utf8');
	const found: SourceFunction[] = [];
	const visit = (node: unknown, nameAround: string): void => {
		if (Array.isArray(node)) for (const one of node) visit(one, nameAround);
		if (typeof node !== 'object' || node === null || !('type' in node)) return;
		const {type, start, end, id, key, params, body} = node as {
			readonly type: string;
			readonly start: number;
			readonly end: number;
			readonly id?: {readonly name?: string} | null;
			readonly key?: {readonly name?: string};
			readonly params?: readonly unknown[];
			readonly body?: unknown;
		};
		const name = id?.name ?? key?.name ?? nameAround;
		if (/^(?:Arrow)?Function/.test(type) && body && params) {
			found.push({name, lines: text.slice(start, end).split('\n').length, parameters: params.length});
		}
		for (const child of Object.values(node)) visit(child, name);
	};
	visit(parseSync(file, text).program, '');
	return found;
};

const functions = files.flatMap(file => functionsOf(file).map(found => ({...found, file})));

test('a function is at most 120 lines long, or has a reason', () => {
	const long = functions.filter(({lines}) => lines > maxLines).map(({file, name}) => `${file} ${name}`);
	assert.ok(functions.length > 1000, 'the functions of the source are found');
	assert.deepEqual(long.sort(), Object.keys(longFunctions).sort());
});

test('a function takes at most four parameters', () => {
	const wide = functions.filter(({parameters}) => parameters > maxParameters);
	assert.deepEqual(
		wide.map(({file, name}) => `${file} ${name}`),
		[],
	);
});

/** What the tests themselves stand on; the other folders of `test/` hold tests. */
const supports = new Set(['bench', 'fakes', 'fixtures', 'helpers', 'live']);
/** Tests of what belongs to no single room. */
const crossRoom = new Set(['contract', 'e2e', 'house', 'laws']);

test('each folder of tests is a room of the program, or for what belongs to no room', () => {
	for (const entry of readdirSync('test', {withFileTypes: true})) {
		assert.ok(entry.isDirectory(), `test/${entry.name} lies outside the folders that \`npm test\` runs`);
		assert.ok(
			supports.has(entry.name) || crossRoom.has(entry.name) || entry.name in rooms,
			`test/${entry.name}`,
		);
	}
	const command = JSON.parse(readFileSync('package.json', 'utf8')).scripts['test:only'];
	assert.ok(command.includes(`test/!(${[...supports].join('|')})/**/*.{ts,tsx}`), command);
});

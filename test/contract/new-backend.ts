/*
A backend is a folder, a line in the registry and a far side for the tests. A toy that is added to a copy of the program proves it: all else follows, and what is forgotten does not compile.
*/
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {type TestContext, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';
import {temporaryDirectory} from '../helpers/engine.ts';

const run = promisify(execFile);
const {signal} = new AbortController();

/** The toy, by the files that it consists of. */
const toy = {
	'source/backends/toy/facts.ts': 'facts',
	'source/backends/toy/index.ts': 'index',
	'source/backends/toy/wire.ts': 'wire',
	'source/backends/toy/profile.ts': 'profile',
	'test/fakes/toy.ts': 'fake',
} as const;

const registry = 'source/backends/index.ts';
const registered = "toy: {...toy, load: () => import('./toy/profile.ts')}";
const fakes = 'test/fakes/index.ts';

/** A copy of the program, with its far sides. The compiler looks at `include`, and at what that imports. */
const copyProgram = (context: TestContext, include: readonly string[]): string => {
	const root = temporaryDirectory(context);
	for (const folder of ['source', 'test/fakes', 'test/helpers']) {
		cpSync(folder, join(root, folder), {recursive: true});
	}
	symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
	cpSync('package.json', join(root, 'package.json'));
	const config = JSON.parse(readFileSync('tsconfig.json', 'utf8'));
	writeFileSync(join(root, 'tsconfig.json'), JSON.stringify({...config, include}));
	return root;
};

const addFile = (root: string, path: keyof typeof toy): void => {
	mkdirSync(join(root, path, '..'), {recursive: true});
	cpSync(`test/fixtures/toy-backend/${toy[path]}.ts.txt`, join(root, path));
};

/** Adds an import and a property to a list of backends. */
const addLine = (root: string, path: string, line: string, property: string): void => {
	const before = readFileSync(join(root, path), 'utf8');
	const after = before.replace(/\tweaver\b/, `\t${property},\n$&`);
	assert.notEqual(after, before);
	writeFileSync(join(root, path), `${line}\n${after}`);
};

/** What the compiler complains about, a line each. */
const complaintsOf = async (root: string): Promise<readonly string[]> => {
	const failing = ({stdout}: {readonly stdout: string}) => ({stdout});
	const {stdout} = await run(resolve('node_modules/.bin/tsc'), ['--noEmit', '--pretty', 'false'], {
		cwd: root,
	}).catch(failing);
	return stdout.split('\n').filter(line => /^\S+\(\d/.test(line));
};

const load = async <Module>(root: string, path: string): Promise<Module> =>
	import(pathToFileURL(join(root, path)).href) as Promise<Module>;

test('a new backend touches its folder, one line and its far side, and nothing else', async context => {
	const root = copyProgram(context, ['source', 'test/fakes']);
	for (const path of Object.keys(toy) as (keyof typeof toy)[]) addFile(root, path);
	addLine(root, registry, "import {toy} from './toy/facts.ts';", registered);
	addLine(root, fakes, "import {openToy} from './toy.ts';", 'toy: openToy');
	assert.deepEqual(await complaintsOf(root), []);

	type Load = typeof import('../../source/config/load.ts');
	type Connect = typeof import('../../source/config/connect.ts');
	const {loadConfiguration, checkFiles} = await load<Load>(root, 'source/config/load.ts');
	const {connectAll} = await load<Connect>(root, 'source/config/connect.ts');
	const file = join(root, 'config.toml');
	const write = (...lines: readonly string[]) => {
		writeFileSync(file, lines.join('\n'));
		return {env: {JOBTOP_CONFIG: file}, etc: root};
	};

	const table = ['[profiles.nursery]', 'backend = "toy"', 'box = "attic"'];
	const limits = ['[limits.toy]', 'max_rate = 2'];
	const input = write(...table, 'token_env = "TOY_TOKEN"', 'url = "https://toys.example.org/v1"', ...limits);
	const {profiles} = await loadConfiguration(input);
	const [connection] = await connectAll(profiles, input.env);
	assert.deepEqual(await connection?.backend.system({signal}), {
		kind: 'toy',
		address: 'https://toys.example.org/v1',
	});
	assert.deepEqual(connection?.reach, {
		address: 'https://toys.example.org/v1',
		credential: '$TOY_TOKEN',
		variable: 'TOY_TOKEN',
		curl: ['-H', '"X-Toy-Key: $TOKEN"'],
	});
	assert.equal(profiles[0]?.limits?.rate, 2);

	assert.deepEqual(await checkFiles(write(...table)), [
		`${file}:1:11: profiles.nursery.token_env: is missing; it is required, or token_command, or token_file`,
	]);
	assert.deepEqual(await checkFiles(write('[profiles.nursery]', 'backend = "toi"')), [
		`${file}:2:1: profiles.nursery.backend: no such backend; did you mean "toy"?`,
	]);

	const found = await loadConfiguration({env: {XDG_CONFIG_HOME: root, TOY_BOX: 'attic'}, etc: root});
	assert.deepEqual(
		found.profiles.map(({name, entry}) => [name, entry]),
		[['toy', {backend: 'toy', box: 'attic', token_env: 'TOY_TOKEN'}]],
	);

	type Abilities = typeof import('../../source/backends/abilities.ts');
	const {allAbilities} = await load<Abilities>(root, 'source/backends/abilities.ts');
	assert.ok((await allAbilities()).some(({title, cancel}) => title === 'Toy' && !cancel));

	type Fakes = typeof import('../fakes/index.ts');
	const remotes: Readonly<Record<string, Fakes['fakes']['weaver']>> = (await load<Fakes>(root, fakes)).fakes;
	const remote = (await remotes.toy?.()) ?? assert.fail();
	context.after(remote.close);
	await remote.add('bear', 'running');
	const {jobs} = await remote.connection.backend.listPage({everyone: false, ended: true, signal});
	assert.deepEqual(
		jobs.map(({ref, phase}) => [ref, phase]),
		[['far/bear', 'running']],
	);
});

test('a backend without a profile or a far side does not compile', async context => {
	const root = copyProgram(context, [registry, fakes]);
	addFile(root, 'source/backends/toy/facts.ts');
	addLine(root, registry, "import {toy} from './toy/facts.ts';", registered);
	const [registryComplaint = '', fakesComplaint = '', ...others] = await complaintsOf(root);
	assert.match(
		registryComplaint,
		/^source\/backends\/index\.ts\(.*Cannot find module '\.\/toy\/profile\.ts'/,
	);
	assert.match(fakesComplaint, /^test\/fakes\/index\.ts\(.*Property 'toy' is missing/);
	assert.deepEqual(others, []);
});

/*
What a start loads does not grow with the number of backends: counted in the bundled program, by the files that it reads.
*/
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {basename, join, relative, resolve} from 'node:path';
import {after, type TestContext, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Worker} from 'node:worker_threads';
import {bundleProgram} from '../../scripts/bundle.js';
import {backendKinds} from '../../source/backends/index.ts';
import {temporaryDirectory} from '../helpers/engine.ts';

const hook = resolve('test/helpers/loaded-files.mjs');
const program = resolve(`dist.${process.pid}`);
after(() => rmSync(program, {recursive: true, force: true}));
const {outputs} = await bundleProgram(program);

/** What of each backend is loaded at every start: its facts, and what they need. */
const atEveryStart =
	/\/(?:facts|common-traits|cluster-name|system|ended-by|find-kubeconfig|installation)\.ts$/;

/** A machine with one profile, where each file that is loaded is written down. */
const machine = (context: TestContext, profile: string) => {
	const home = temporaryDirectory(context);
	const [config, list] = [join(home, 'config.toml'), join(home, 'loaded')];
	writeFileSync(config, profile);
	writeFileSync(list, '');
	const env = {HOME: home, PATH: home, JOBTOP_CONFIG: config, JOBTOP_STATE_DIR: home, LOADED_FILES: list};
	const loaded = (): readonly string[] =>
		readFileSync(list, 'utf8')
			.split('\n')
			.filter(Boolean)
			.map(address => relative('.', fileURLToPath(address)))
			.filter(path => path in outputs);
	return {env, home, config, loaded};
};

/** The source of the backends in these files, by backend, without what every start loads. */
const backendsIn = (files: readonly string[]): readonly string[] => {
	const sources = files.flatMap(file => Object.keys(outputs[file]?.inputs ?? {}));
	return backendKinds.filter(kind =>
		sources.some(path => path.startsWith(`source/backends/${kind}/`) && !atEveryStart.test(path)),
	);
};

const profiles = {
	slurm: '[profiles.a]\nbackend = "slurm"\n',
	flux: '[profiles.a]\nbackend = "flux"\nuri = "local:///nowhere"\n',
	ionworks: '[profiles.a]\nbackend = "ionworks"\nurl = "http://127.0.0.1:9"\ntoken_env = "NOTHING"\n',
};

for (const [kind, profile] of Object.entries(profiles)) {
	test(`a command on a profile of ${kind} loads no other backend`, async context => {
		const {env, loaded} = machine(context, profile);
		await new Promise(ended => {
			execFile(process.execPath, [`--import=${hook}`, join(program, 'main.js'), 'list'], {env}, ended);
		});
		assert.deepEqual(backendsIn(loaded()), [kind]);
		assert.ok(
			loaded().length <= 12,
			loaded()
				.map(path => basename(path))
				.join(),
		);
	});

	test(`the engine loads no other backend than ${kind} for a profile of it`, async context => {
		const {env, config, home, loaded} = machine(context, profile);
		const engine = new Worker(join(program, 'engine.js'), {
			workerData: {flags: {config}, stateDirectory: home},
			env,
			execArgv: [`--import=${hook}`],
		});
		await new Promise(greeted => engine.once('message', greeted));
		await engine.terminate();
		assert.deepEqual(backendsIn(loaded()), [kind]);
		assert.ok(
			loaded().length <= 8,
			loaded()
				.map(path => basename(path))
				.join(),
		);
	});
}

test('a start without a configuration loads only the backends that it finds', async context => {
	const {env, home, loaded} = machine(context, '');
	writeFileSync(join(home, 'condor_q'), '#!/bin/sh\nexit 1\n', {mode: 0o755});
	const found = {...env, JOBTOP_CONFIG: '/dev/null'};
	await new Promise(ended => {
		execFile(process.execPath, [`--import=${hook}`, join(program, 'main.js'), 'list'], {env: found}, ended);
	});
	assert.deepEqual(backendsIn(loaded()), ['htcondor']);
});

test('a command that asks no system loads no backend and no schema', async context => {
	const {env, loaded} = machine(context, '');
	const none = {...env, JOBTOP_CONFIG: join(env.HOME, 'none.toml')};
	for (const words of [['--help'], ['__complete', '--', 'li']]) {
		await new Promise(ended => {
			execFile(
				process.execPath,
				[`--import=${hook}`, join(program, 'main.js'), ...words],
				{env: none},
				ended,
			);
		});
	}
	const sources = loaded().flatMap(file => Object.keys(outputs[file]?.inputs ?? {}));
	assert.ok(sources.includes('source/command-line/program.ts'));
	assert.deepEqual(
		sources.filter(path => /source\/backends\/|node_modules\/zod\//.test(path)),
		[],
	);
});

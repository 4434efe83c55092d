/*
What the program does where its surroundings are not as usual: a folder that is no more, somebody whom the machine does not know, a disk that is full.
*/
import assert from 'node:assert/strict';
import {execFile, execFileSync, spawnSync} from 'node:child_process';
import {closeSync, cpSync, existsSync, openSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {demoStateDirectory} from '../../source/command-line/session.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {type CliResult, program} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';

/** What has to be run so that the program starts in a folder that has been removed by then. */
const whereNothingIs = (words: readonly string[]): readonly string[] => {
	const {file, parameters} = program(words);
	const script = 'folder=$(mktemp -d) && cd "$folder" && rmdir "$folder" && exec "$@"';
	return ['-c', script, 'sh', file, ...parameters];
};

const runWhereNothingIs = (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
	const {status, stdout, stderr} = spawnSync('/bin/sh', whereNothingIs(words), {
		encoding: 'utf8',
		env: {PATH: '/usr/bin:/bin', HOME: '/nowhere', LANG: 'C.UTF-8', ...env},
	});
	return {code: status, stdout, stderr};
};

// A removed folder is where modules are resolved from, too: only what was built runs there.
const built = existsSync('dist/main.js') && program([]).parameters.length === 1;

test('in a deleted folder everything works that does not need the folder', {
	skip: !built && 'not built',
}, () => {
	const list = runWhereNothingIs(['demo', '--seed', 'a', 'list', '-o', 'ref', '--limit', '1']);
	assert.deepEqual([list.code, list.stderr], [0, 'jobtop: only the first 1 are shown\n']);
	assert.match(list.stdout, /^weaver\/\S+\n$/);
	for (const [words, env, name] of [
		[['--config', 'mine.toml', 'list'], {}, 'mine.toml'],
		[['list'], {JOBTOP_CONFIG: 'mine.toml'}, 'mine.toml'],
		[['batches'], {JOBTOP_STATE_DIR: 'state'}, 'state'],
	] as const) {
		const {code, stdout, stderr} = runWhereNothingIs(words, env);
		assert.deepEqual(
			[code, stdout, stderr],
			[
				2,
				'',
				`jobtop: ${name}: the working directory was deleted; go to another with cd, or write the whole path\n`,
			],
		);
	}
});

test('the screen opens from a deleted folder', {skip: !built && 'not built'}, async context => {
	const open = (...words: readonly string[]) => {
		const terminal = openTerminal('/bin/sh', whereNothingIs(words), {columns: 120});
		context.after(terminal.close);
		return terminal;
	};
	const screen = open('demo', '--seed', 'a');
	await screen.until('weaver/');
	screen.press('q');
	assert.equal((await screen.exited).code, 0);
	const refused = open('--config', 'mine.toml');
	assert.equal((await refused.exited).code, 2);
	assert.match(refused.text(), /^jobtop: mine\.toml: the working directory was deleted/);
});

test('a user without a home and a name can look, and learns why nothing can be cancelled', {
	skip: (process.getuid?.() !== 0 && 'needs root, to be somebody else') || (!built && 'not built'),
}, async context => {
	// What was built, where somebody else may read it.
	const folder = temporaryDirectory(context);
	execFileSync('chmod', ['755', folder]);
	cpSync(dirname(program([]).parameters[0] as string), join(folder, 'dist'), {recursive: true});
	cpSync(process.execPath, join(folder, 'node'));
	const {server, add} = await openFar(context);
	const run = (...words: readonly string[]) =>
		new Promise<CliResult>(resolve => {
			const child = execFile(
				join(folder, 'node'),
				[join(folder, 'dist/jobtop.js'), ...words],
				{
					cwd: folder,
					uid: 54_321,
					gid: 54_321,
					env: {PATH: '/nowhere', LANG: 'C.UTF-8', WEAVER_URL: server.url},
				},
				(_, stdout, stderr) => resolve({code: child.exitCode, stdout, stderr}),
			);
		});
	const list = await run('list', '-o', 'ref');
	assert.deepEqual([list.code, list.stderr], [0, 'jobtop: no active job\n']);
	const ref = `weaver/${add('running', 'a')}`;
	assert.equal((await run('list', '-o', 'ref')).stdout, `${ref}\n`);
	const {code, stdout, stderr} = await run('cancel', ref, '-y');
	assert.deepEqual([code, stdout], [5, '']);
	assert.match(
		stderr,
		/^jobtop: nothing was sent: journals cannot be written: [^\n]*permission denied; [^\n]*JOBTOP_STATE_DIR to use another folder\n$/,
	);
	const doctor = await run('doctor');
	assert.equal(doctor.code, 5);
	assert.match(
		doctor.stdout,
		/problem {2}state +\/ cannot be written: permission denied; nothing can be cancelled/,
	);
});

test('output that a file did not accept is reported, with exit code 1', {
	skip: !existsSync('/dev/full'),
}, () => {
	const full = openSync('/dev/full', 'w');
	try {
		const {file, parameters} = program(['backends']);
		const {status, stderr} = spawnSync(file, parameters, {
			encoding: 'utf8',
			stdio: ['ignore', full, 'pipe'],
			env: {PATH: '/nowhere', HOME: '/nowhere', LANG: 'C.UTF-8'},
		});
		assert.deepEqual(
			[status, stderr],
			[1, 'jobtop: the output could not be written (no space left on the disk) and is incomplete\n'],
		);
	} finally {
		closeSync(full);
	}
});

test('the folder for the journals of a demo does not exist before the first journal', () => {
	const {path, remove} = demoStateDirectory();
	assert.ok(!existsSync(path));
	remove();
});

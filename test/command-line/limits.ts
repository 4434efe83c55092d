/*
Limits of the operating system, as `ulimit` sets them on login nodes.
*/
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {limitFindings} from '../../source/command-line/profiles/doctor.ts';
import {parseLimits} from '../../source/process/limits.ts';
import {shortageLine} from '../../source/process/shortage.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {program} from '../helpers/run-cli.ts';

/** Runs jobtop under a limit. Undefined where the shell does not set it. */
const runLimited = (limit: string, parameters: readonly string[], folder: string) => {
	const {file, parameters: all} = program(parameters);
	const env = {PATH: '/nowhere', HOME: '/nowhere', LANG: 'C.UTF-8', JOBTOP_STATE_DIR: folder, TERM: 'dumb'};
	const {stdout, stderr, status} = spawnSync(
		'/bin/sh',
		['-c', `${limit} || exit 99; exec "$@"`, 'sh', file, ...all],
		{env, encoding: 'utf8', input: '', timeout: 60_000},
	);
	return status === 99 ? undefined : {stdout, stderr, code: status};
};

for (const files of [24, 26, 28, 32]) {
	test(`with ${files} open files the program works or says in one line what is short`, t => {
		const ran = runLimited(`ulimit -n ${files}`, ['--plain', 'demo', '--jobs', '0'], temporaryDirectory(t));
		if (!ran) return t.skip('this shell sets no limit of files');
		assert.doesNotMatch(ran.stderr, /^ {4}at |internal error|crashed/m);
		if (ran.code === 0) return;
		assert.match(ran.stderr, /^jobtop: [^\n]*EMFILE[^\n]* ulimit -a shows\n$/);
	});
}

test('with too little address space the screen says so, and Node does not abort', t => {
	const ran = runLimited('ulimit -v 2300000', ['--plain', 'demo'], temporaryDirectory(t));
	if (!ran) return t.skip('this shell sets no limit of address space');
	assert.equal(ran.code, 1);
	assert.match(
		ran.stderr,
		/^jobtop: the screen needs 2\.6 GB of address space, and ulimit -v allows 2\.4 GB; .*jobtop list --watch\n$/,
	);
});

test('a thread that cannot be started is a shortage', () => {
	const error = Object.assign(new Error('Worker initialization failure: EAGAIN'), {
		code: 'ERR_WORKER_INIT_FAILED',
	});
	assert.match(shortageLine(error) ?? '', /^no more processes or threads can be started \(EAGAIN\); close/);
	assert.equal(shortageLine(new Error('another one')), undefined);
});

test('doctor shows the limits and says which are too low', () => {
	const text = `Limit                     Soft Limit           Hard Limit           Units
Max address space         2048000000           unlimited            bytes
Max processes             32                   32                   processes
Max open files            64                   4096                 files
`;
	const low = parseLimits(text);
	assert.deepEqual(low, {files: 64, processes: 32, addressSpace: 2_048_000_000});
	const [finding] = limitFindings(low);
	assert.equal(finding?.state, 'warning');
	assert.equal(finding.detail, '64 open files, 32 processes, address space 2048 MB');
	assert.match(finding.remedy ?? '', /ulimit -n 256 and ulimit -u 64 and ulimit -v 2500000$/);
	const [good] = limitFindings(parseLimits('Max open files  1024  4096  files\n'));
	assert.deepEqual(good, {
		check: 'ulimit',
		state: 'ok',
		detail: '1024 open files, unlimited processes, address space unlimited',
	});
	assert.match(readFileSync('docs/install.md', 'utf8'), /256 open files .*64 processes .*2\.5 GB/);
});

/*
A real Grid Engine for the tests, as `test/live/gridengine.sh` brings it up: jobs to submit, states to wait for, a qmaster to stop.
*/
import assert from 'node:assert/strict';
import {readFile, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {runCommand} from '../../../source/backends/programs/command.ts';
import {workFolder} from './runs.ts';
import {until} from './slurm.ts';

const {LIVE_GRIDENGINE, LIVE_GRIDENGINE_FOREIGN_JOB, LIVE_GRIDENGINE_CONTROL} = process.env;

/** Why there is no Grid Engine to try; undefined where there is one. Where one is required the tests run, and fail without it. */
export const missingGridEngine: string | undefined =
	LIVE_GRIDENGINE === 'required'
		? undefined
		: 'there is no Grid Engine here: run test/live/gridengine.sh as root';

/** Somebody else's running job. */
export const foreignJob = LIVE_GRIDENGINE_FOREIGN_JOB ?? '';

const {signal} = new AbortController();

/** Runs one of Grid Engine's programs as the user who runs the tests. */
export const gridProgram = (program: string, args: readonly string[], input = '') =>
	runCommand({file: program, args, env: process.env as Record<string, string>, signal, input});

/** Submits a script with these options and gives the number of its job, which is deleted when the test is over. */
export const submit = async (
	t: TestContext,
	options: readonly string[] = [],
	script = 'exec sleep 600',
): Promise<string> => {
	const usual = ['-terse', '-wd', homedir(), '-o', '/dev/null', '-j', 'y', '-N', 'lab'];
	const {stdout, stderr, code} = await gridProgram('qsub', [...usual, ...options], `#!/bin/sh\n${script}\n`);
	assert.equal(code, 0, stderr + stdout);
	const [id] = /^\d+/m.exec(stdout) ?? assert.fail(stdout);
	t.after(() => gridProgram('qdel', [id]));
	return id;
};

/** The state of a job in the queue, or of a task; undefined where it is not there. */
export const stateOf = async (id: string): Promise<string | undefined> => {
	const {stdout} = await gridProgram('qstat', ['-u', '*']);
	const [job, task = ''] = id.split('.');
	for (const line of stdout.split('\n').slice(2)) {
		const [number, , , , state] = line.trim().split(/\s+/);
		if (number === job && (task === '' || line.trimEnd().endsWith(` ${task}`))) return state;
	}
	return undefined;
};

export const waitForState = (id: string, state: string | undefined) =>
	until(
		`job ${id}`,
		() => stateOf(id),
		found => found === state,
		60,
	);

/** Starts a job that SIGUSR2 does not end: only the SIGKILL that comes after the notice. */
export const startStubborn = async (t: TestContext, options: readonly string[] = []): Promise<string> => {
	const ready = join(await workFolder(t), 'ready');
	const id = await submit(
		t,
		['-notify', ...options],
		`trap '' TERM INT USR2\n: >${ready}\nwhile :; do sleep 1; done`,
	);
	await until(
		'the trap',
		() => readFile(ready, 'utf8').catch(() => undefined),
		text => text !== undefined,
	);
	// The qmaster learns a moment later that it runs.
	await waitForState(id, 'r');
	return id;
};

type Word =
	| 'stop-qmaster'
	| 'start-qmaster'
	| 'pause-qmaster'
	| 'continue-qmaster'
	| 'late-accounts'
	| 'prompt-accounts';

/** Has the qmaster stopped, started, paused or changed, and waits until it is so. */
export const control = async (word: Word) => {
	assert.ok(LIVE_GRIDENGINE_CONTROL, 'nobody here may stop a qmaster');
	const done = () => readFile(`${LIVE_GRIDENGINE_CONTROL}-done`, 'utf8');
	const before = (await done()).split('\n').length;
	await writeFile(LIVE_GRIDENGINE_CONTROL, `${word}\n`);
	await until(word, done, text => text.split('\n').length > before, 60);
	if (word === 'pause-qmaster' || word === 'continue-qmaster') return;
	const answers = async () => (await gridProgram('qconf', ['-sss'])).code === 0;
	await until(word, answers, isThere => isThere === (word !== 'stop-qmaster'), 60);
};

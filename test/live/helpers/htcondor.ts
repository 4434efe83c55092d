/*
A real HTCondor for the tests, as `test/live/htcondor.sh` brings it up: jobs to submit, phases to wait for, a schedd to stop.
*/
import assert from 'node:assert/strict';
import {readFile, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {runCommand} from '../../../source/backends/programs/command.ts';
import {workFolder} from './runs.ts';
import {until} from './slurm.ts';

const {LIVE_HTCONDOR, LIVE_HTCONDOR_FOREIGN_JOB, LIVE_HTCONDOR_CONTROL} = process.env;

/** Why there is no HTCondor to try; undefined where there is one. Where one is required the tests run, and fail without it. */
export const missingCondor: string | undefined =
	LIVE_HTCONDOR === 'required' ? undefined : 'there is no HTCondor here: run test/live/htcondor.sh as root';

/** Somebody else's running job. */
export const foreignJob = LIVE_HTCONDOR_FOREIGN_JOB ?? '';

const {signal} = new AbortController();

/** Runs one of HTCondor's programs as the user who runs the tests. */
export const condorProgram = (program: string, args: readonly string[], input = '') =>
	runCommand({file: program, args, env: process.env as Record<string, string>, signal, input});

/** Submits a job with these lines and gives the number of its cluster; its jobs are cancelled when the test is over. */
export const submit = async (t: TestContext, ...lines: readonly string[]): Promise<string> => {
	const text = [`initialdir=${homedir()}`, 'executable=/bin/sleep', 'arguments=600', ...lines, ''].join('\n');
	const queue = lines.some(line => /^queue\b/m.test(line)) ? text : `${text}queue\n`;
	const {stdout, stderr, code} = await condorProgram('condor_submit', ['-terse', '-'], queue);
	assert.equal(code, 0, stderr);
	const cluster = /^(\d+)\.\d+ - /m.exec(stdout)?.[1] ?? assert.fail(stdout);
	t.after(async () => {
		await condorProgram('condor_rm', [cluster]);
		await condorProgram('condor_rm', ['-forcex', cluster]);
	});
	return cluster;
};

/** The JobStatus of a job in the queue; undefined where it is not there. */
export const statusOf = async (id: string): Promise<string | undefined> => {
	const {stdout} = await condorProgram('condor_q', ['-allusers', id, '-af', 'JobStatus']);
	return stdout.trim() || undefined;
};

export const waitForStatus = (id: string, status: string | undefined) =>
	until(
		`job ${id}`,
		() => statusOf(id),
		found => found === status,
		120,
	);

/** Starts a job that only SIGKILL ends, after so many seconds. */
export const startStubborn = async (t: TestContext, seconds: number): Promise<string> => {
	const folder = await workFolder(t);
	const script = join(folder, 'script');
	const ready = join(folder, 'ready');
	await writeFile(script, `#!/bin/sh\ntrap '' TERM\n: >${ready}\nwhile :; do sleep 1; done\n`, {mode: 0o755});
	const cluster = await submit(t, `executable=${script}`, 'arguments=', `job_max_vacate_time=${seconds}`);
	// Before that a SIGTERM would still be its end.
	await until(
		'the trap',
		() => readFile(ready, 'utf8').catch(() => undefined),
		text => text !== undefined,
	);
	return `${cluster}.0`;
};

/** Has the schedd stopped, started, paused or continued, and waits until it is so. */
export const schedd = async (word: 'stop-schedd' | 'start-schedd' | 'pause-schedd' | 'continue-schedd') => {
	assert.ok(LIVE_HTCONDOR_CONTROL, 'nobody here may stop a schedd');
	await writeFile(LIVE_HTCONDOR_CONTROL, `${word}\n`);
	if (word === 'pause-schedd') {
		const state = async () => (await condorProgram('ps', ['-C', 'condor_schedd', '-o', 'stat='])).stdout;
		await until(word, state, text => text.startsWith('T'), 30);
		return;
	}
	const answers = async () => (await condorProgram('condor_q', ['-totals'])).code === 0;
	await until(word, answers, isThere => isThere === (word !== 'stop-schedd'), 60);
};

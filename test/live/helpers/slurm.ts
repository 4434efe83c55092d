/*
A real Slurm for the tests, as `test/live/run.sh` brings it up: jobs to submit, states to wait for, a controller to stop.
*/
import assert from 'node:assert/strict';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {runCommand} from '../../../source/backends/programs/command.ts';

const {LIVE_SLURM, SLURM_CONF, LIVE_SLURM_BARE_CONF, LIVE_SLURM_FOREIGN_JOB, LIVE_SLURM_CONTROL} =
	process.env;

/** Why there is no Slurm to try; undefined where there is one. Where one is required the tests run, and fail without it. */
export const missingSlurm: string | undefined =
	LIVE_SLURM === 'required' || LIVE_SLURM_CONTROL !== undefined
		? undefined
		: 'there is no Slurm here: run test/live/run.sh as root';

/** A Slurm with accounts, and one that forgets ended jobs within seconds. */
export const labs = {full: SLURM_CONF ?? '', bare: LIVE_SLURM_BARE_CONF ?? ''};
export type Lab = keyof typeof labs;
/** What their profiles are called where nothing is configured: after the cluster. */
export const profiles: Readonly<Record<Lab, string>> = {full: 'lab', bare: 'annex'};

/** Somebody else's running job. */
export const foreignJob = LIVE_SLURM_FOREIGN_JOB ?? '';

export const environment = (lab: Lab = 'full'): Record<string, string> => ({
	...(process.env as Record<string, string>),
	SLURM_CONF: labs[lab],
	SLURM_BITSTR_LEN: '0',
});

const {signal} = new AbortController();

/** Runs one of Slurm's programs as the user who runs the tests. */
export const slurmProgram = (program: string, args: readonly string[], lab: Lab = 'full') =>
	runCommand({file: program, args, env: environment(lab), signal});

/** Submits a job and gives its id; it is cancelled when the test is over. */
export const submit = async (
	t: TestContext,
	script: string,
	options: readonly string[] = [],
	lab: Lab = 'full',
): Promise<string> => {
	const args = ['--parsable', '--chdir=/tmp', '--output=/dev/null', ...options, `--wrap=${script}`];
	const {stdout, stderr, code} = await slurmProgram('sbatch', args, lab);
	assert.equal(code, 0, stderr);
	const id = stdout.trim();
	t.after(async () => {
		await slurmProgram('scancel', [id], lab);
	});
	return id;
};

/** A file for what a job prints, gone when the test is over. */
export const outputFile = async (t: TestContext): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), 'live-slurm-'));
	t.after(() => rm(folder, {recursive: true}));
	return join(folder, 'out');
};

/** Starts a job that only SIGKILL ends. */
export const startStubborn = async (t: TestContext, lab: Lab = 'full'): Promise<string> => {
	const output = await outputFile(t);
	const script = "trap '' TERM; echo ready; while :; do sleep 1; done";
	const id = await submit(t, script, [`--output=${output}`], lab);
	// Before that a SIGTERM would still be its end.
	await until(
		'the trap',
		() => readFile(output, 'utf8').catch(() => ''),
		text => text === 'ready\n',
	);
	return id;
};

/** Asks again and again until the answer is a good one, at most for so many seconds. */
export const until = async <T>(
	what: string,
	ask: () => Promise<T>,
	isGood: (answer: T) => boolean,
	seconds = 120,
): Promise<T> => {
	const end = performance.now() + seconds * 1000;
	for (;;) {
		const answer = await ask();
		if (isGood(answer)) return answer;
		assert.ok(performance.now() < end, `${what}: still ${JSON.stringify(answer)} after ${seconds} s`);
		await pause(100);
	}
};

/** The states of a job, as squeue spells them; of an array one for each part. */
export const statesOf = async (id: string, lab: Lab = 'full'): Promise<string[]> => {
	const {stdout} = await slurmProgram('squeue', ['-h', '-t', 'all', '-o', '%T', '-j', id], lab);
	return stdout.split('\n').filter(line => line !== '');
};

export const waitForState = (id: string, state: string, lab: Lab = 'full', seconds = 120) =>
	until(
		`job ${id}`,
		() => statesOf(id, lab),
		states => states.includes(state),
		seconds,
	);

/** Has the controller of the full lab killed, stopped or started, and waits until it is so. */
export const controller = async (word: 'kill-controller' | 'pause-controller' | 'start-controller') => {
	assert.ok(LIVE_SLURM_CONTROL, 'nobody here may stop a controller');
	await writeFile(LIVE_SLURM_CONTROL, `${word}\n`);
	// One that is stopped shows only by its silence, which takes ping 10 s to hear.
	const ping = async () => (await slurmProgram('scontrol', ['ping'])).stdout;
	await until(word, ping, said => said.includes('is UP') === (word === 'start-controller'), 60);
};

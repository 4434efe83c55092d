/* A real Slurm behind the programs of a site: what stands between, what it prints beside the answer, and what it keeps back. Nothing of that is taken for a word of Slurm's. */
import assert from 'node:assert/strict';
import {chmod, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {runCli} from '../helpers/run-cli.ts';
import {
	environment,
	type Lab,
	labs,
	missingSlurm,
	slurmProgram,
	startStubborn,
	statesOf,
	submit,
	until,
	waitForState,
} from './helpers/slurm.ts';

/** jobtop where programs of a site stand before those of Slurm. In a script `REAL` is Slurm's program of the same name. */
const atSite = async (
	context: TestContext,
	programs: Readonly<Record<string, string>>,
	lab: Lab = 'full',
	state = temporaryDirectory(context),
) => {
	const folder = temporaryDirectory(context);
	for (const [name, script] of Object.entries(programs)) {
		const {stdout} = await slurmProgram('sh', ['-c', `command -v ${name}`]);
		const file = join(folder, name);
		await writeFile(file, `#!/bin/sh\n${script.replaceAll('REAL', stdout.trim())}\n`);
		await chmod(file, 0o755);
	}
	const env: Record<string, string> = {
		...environment(lab),
		JOBTOP_STATE_DIR: state,
		JOBTOP_CONFIG: '/dev/null',
		PATH: `${folder}:${process.env.PATH}`,
	};
	return (...parameters: readonly string[]) => runCli(parameters, {env});
};

const startRunning = async (context: TestContext, options: readonly string[] = [], lab: Lab = 'full') => {
	const id = await submit(context, 'sleep 600', options, lab);
	await waitForState(id, 'RUNNING', lab);
	return id;
};

const namesOf = (json: string): ReadonlyMap<string, string> => {
	const {jobs} = JSON.parse(json) as {readonly jobs: readonly {readonly id: string; readonly name: string}[]};
	return new Map(jobs.map(({id, name}) => [id, name]));
};

const notice = '*** NOTICE: maintenance on Sunday, see our pages ***';

describe("a site's programs before those of a real Slurm", {skip: missingSlurm ?? false}, () => {
	test('what squeue prints before and behind its answer is no part of a job, with jobs and without', async context => {
		const jobtop = await atSite(
			context,
			{squeue: `echo '${notice}'; REAL "$@"; code=$?; echo '${notice}'; exit $code`},
			'bare',
		);
		const without = await jobtop('list', '-o', 'json');
		assert.equal(without.code, 0, without.stderr);
		assert.deepEqual([...namesOf(without.stdout)], []);
		const id = await startRunning(context, ['--job-name=mine'], 'bare');
		const {stdout, stderr, code} = await jobtop('list', '-o', 'json');
		assert.equal(code, 0, stderr);
		assert.deepEqual([...namesOf(stdout)], [[id, 'mine']]);
	});

	test('what stands in a notice does not break a good list', async context => {
		const id = await startRunning(context, ['--job-name=mine']);
		const jobtop = await atSite(context, {
			squeue: 'echo "note: an invalid user name is an error: ask the helpdesk" >&2; exec REAL "$@"',
		});
		const {stdout, stderr, code} = await jobtop('list', '-o', 'json');
		assert.equal(code, 0, stderr);
		assert.equal(namesOf(stdout).get(id), 'mine');
	});

	test('a scancel that refuses with code 0 has accepted nothing, and its words are told', async context => {
		const id = await startRunning(context);
		const jobtop = await atSite(context, {scancel: 'echo "Please use \'mycancel\' on this system."; exit 0'});
		const {stdout, stderr, code} = await jobtop('cancel', id, '-y', '--timeout', '10s');
		assert.equal(code, 5, stdout + stderr);
		assert.match(stdout + stderr, /Please use 'mycancel' on this system/);
		assert.doesNotMatch(stdout + stderr, /accepted: the request was accepted|is cancelled/);
		assert.deepEqual(await statesOf(id), ['RUNNING']);
	});

	test('a scancel with a notice around it works as without', async context => {
		const id = await startRunning(context);
		const jobtop = await atSite(context, {
			scancel: `echo '${notice}'; echo '${notice}' >&2; REAL "$@"; code=$?; echo '${notice}'; exit $code`,
		});
		const {stdout, stderr, code} = await jobtop('cancel', id, '-y', '-o', 'json');
		assert.equal(code, 0, stderr);
		const {results} = JSON.parse(stdout);
		assert.deepEqual([results[0].outcome, results[0].attempts], ['cancelled', 1], stderr);
	});

	test('a ping that says DOWN is no reason not to ask', async context => {
		const id = await startRunning(context, ['--job-name=mine']);
		const jobtop = await atSite(context, {
			scontrol:
				'case "$*" in *ping*) echo "Slurmctld(primary) at vm is DOWN"; exit 1 ;; esac; exec REAL "$@"',
			// Slow enough to be doubted.
			squeue: 'sleep 1; exec REAL "$@"',
		});
		const list = await jobtop('list', '-o', 'json');
		assert.equal(list.code, 0, list.stderr);
		assert.equal(namesOf(list.stdout).get(id), 'mine');
		const {stderr, code} = await jobtop('cancel', id, '-y');
		assert.equal(code, 0, stderr);
		assert.deepEqual(await statesOf(id), ['CANCELLED']);
	});

	test('where no credential can be had, that is what is told', async context => {
		const id = await startRunning(context);
		const folder = temporaryDirectory(context);
		const conf = join(folder, 'slurm.conf');
		const text = await readFile(labs.full, 'utf8');
		await writeFile(conf, text.replace(/^AuthInfo=.*$/m, `AuthInfo=socket=${folder}/nobody`));
		const env: Record<string, string> = {
			...environment(),
			SLURM_CONF: conf,
			JOBTOP_STATE_DIR: temporaryDirectory(context),
			JOBTOP_CONFIG: '/dev/null',
		};
		const {stderr, code} = await runCli(['list'], {env});
		assert.notEqual(code, 0);
		assert.match(stderr, /munge/i);
		assert.doesNotMatch(stderr, /slurmctld does not answer|DOWN/);
		assert.deepEqual(await statesOf(id), ['RUNNING']);
	});

	test('of a job that nobody can look at any more it is not said that it is still there', async context => {
		const id = await startStubborn(context, 'bare');
		const state = temporaryDirectory(context);
		const plain = await atSite(context, {}, 'bare', state);
		await plain('cancel', id, '-y', '--timeout', '1s');
		await until(
			'its being forgotten',
			() => statesOf(id, 'bare'),
			states => states.length === 0,
			60,
		);
		const denied = await atSite(
			context,
			{sacct: 'echo "sacct: error: Access/permission denied by site policy" >&2; exit 1'},
			'bare',
			state,
		);
		const {stdout, stderr, code} = await denied('batches', 'resume', '1', '-o', 'json', '--timeout', '5s');
		const {results} = JSON.parse(stdout);
		assert.deepEqual([results[0].outcome ?? 'unknown', code], ['unknown', 5], stdout + stderr);
		assert.doesNotMatch(stdout + stderr, /still there|RUNNING/);
		// Where somebody tells of it again, that is told.
		const last = await plain('batches', 'resume', '1', '-o', 'json');
		assert.equal(last.code, 0, last.stderr);
		assert.match(last.stdout, /"outcome":"(?:removed|cancelled)"/);
	});
});

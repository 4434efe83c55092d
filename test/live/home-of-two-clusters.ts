/*
Two real clusters and one home: what was asked on one is never carried out on the other, and a number that a cluster gives again is no job that was asked for.
*/
import assert from 'node:assert/strict';
import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {program, runCli, startCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';
import {
	controller,
	environment,
	type Lab,
	missingSlurm,
	slurmProgram,
	startStubborn,
	statesOf,
	submit,
	until,
	waitForState,
} from './helpers/slurm.ts';

/** What a person has configured on both clusters. */
const configurations = {
	'nothing configured': '',
	'a profile of one name': '[profiles.slurm]\nbackend = "slurm"\n',
};
type Configuration = keyof typeof configurations;

/** One home on both clusters. */
const openHome = async (context: TestContext, configured: Configuration = 'nothing configured') => {
	const state = temporaryDirectory(context);
	const config = join(state, 'config.toml');
	await writeFile(config, configurations[configured], {mode: 0o600});
	const envOn = (lab: Lab) => ({
		...environment(lab),
		HOME: state,
		JOBTOP_STATE_DIR: state,
		JOBTOP_CONFIG: configurations[configured] === '' ? '/dev/null' : config,
	});
	return {
		state,
		envOn,
		jobtop: (lab: Lab, ...words: readonly string[]) => runCli(words, {env: envOn(lab)}),
		screen(lab: Lab) {
			const {file, parameters} = program([]);
			const terminal = openTerminal(file, parameters, {columns: 150, rows: 30, env: envOn(lab)});
			context.after(() => terminal.close());
			return terminal;
		},
	};
};

/** Submits to a cluster until a job has this number. */
const submitAs = async (context: TestContext, number: string, name: string, lab: Lab): Promise<void> => {
	for (let tries = 0; tries < 200; tries++) {
		const id = await submit(context, 'true', ['--hold', `--job-name=${name}`], lab);
		if (id === number) return;
		await slurmProgram('scancel', [id], lab);
	}
	assert.fail(`no job has got the number ${number}`);
};

/** A job on each cluster, with the same number: the one that is asked for, and one that must live. */
const submitTwins = async (context: TestContext): Promise<string> => {
	const number = await submit(context, 'sleep 600', ['--job-name=train-a'], 'full');
	if (Number(number) > 60) assert.fail('the second cluster has no such number: run this file first');
	await submitAs(context, number, 'production-b', 'bare');
	await waitForState(number, 'RUNNING', 'full');
	return number;
};

const livesOn = async (id: string, lab: Lab) => {
	const [state] = await statesOf(id, lab);
	assert.ok(state === 'PENDING' || state === 'RUNNING', `${id} is ${state}`);
};

describe('two clusters and one home', {skip: missingSlurm ?? false}, () => {
	for (const configured of Object.keys(configurations) as Configuration[]) {
		test(`with ${configured}, a batch that was left on one cluster is not carried out on the other`, async context => {
			const home = await openHome(context, configured);
			const id = await submitTwins(context);
			const here = home.screen('full');
			await here.until('train-a');
			await controller('pause-controller');
			context.after(() => controller('start-controller'));
			here.press('/train-a\r');
			await here.until('filter: train-a');
			here.press('c');
			await here.until('cancel this job?');
			here.press('y');
			await until(
				'the journal',
				() => readFile(join(home.state, 'batches', '1.jsonl'), 'utf8').catch(() => ''),
				text => text.includes('"type":"batch"'),
			);
			here.press('q');
			await here.exited;

			const there = home.screen('bare');
			await there.until(
				/batch 1 belongs to another system: .*(?:cluster lab.*cluster annex|profile lab: it is not configured here)/,
			);
			await livesOn(id, 'bare');
			for (const more of [[], ['--take-over'], ['-y']]) {
				const {code, stderr} = await home.jobtop(
					'bare',
					'batches',
					'resume',
					'1',
					'--timeout',
					'5s',
					...more,
				);
				assert.equal(code, 5, stderr);
				assert.match(stderr, /belongs to another system/);
			}
			const listed = await home.jobtop('bare', 'batches');
			assert.match(listed.stdout, /unfinished +\S.*cluster lab: 1 in progress/);
			await livesOn(id, 'bare');

			await controller('start-controller');
			// Where it was asked the next start goes on with it by itself.
			const again = home.screen('full');
			await until(
				'its end',
				() => statesOf(id, 'full'),
				states => states.includes('CANCELLED'),
			);
			await until(
				'the last word',
				() => readFile(join(home.state, 'batches', '1.jsonl'), 'utf8'),
				text => text.includes('"type":"settled"'),
			);
			again.press('q');
			await again.exited;
			await livesOn(id, 'bare');
		});

		test(`with ${configured}, the other cluster does not tell how a batch ended whose request was accepted`, async context => {
			const home = await openHome(context, configured);
			const id = await startStubborn(context);
			await home.jobtop('full', 'cancel', id, '-y', '--timeout', '1s');
			const journal = () => readFile(join(home.state, 'batches', '1.jsonl'), 'utf8');
			const left = await journal();
			assert.match(left, /"type":"answered".*"accepted"/);
			assert.doesNotMatch(left, /"type":"settled"/);
			const {stdout, stderr, code} = await home.jobtop('bare', 'batches', 'resume', '1', '--take-over');
			assert.equal(code, 5, stderr);
			assert.doesNotMatch(stdout + stderr, /is gone|is cancelled/);
			assert.equal(await journal(), left);
			const last = await home.jobtop('full', 'batches', 'resume', '1', '-o', 'json');
			assert.equal(last.code, 0, last.stderr);
			assert.equal(JSON.parse(last.stdout).results[0].outcome, 'cancelled');
			assert.deepEqual(await statesOf(id, 'full'), ['CANCELLED']);
		});
	}

	test('a number that was given again is another job', async context => {
		const home = await openHome(context);
		const id = await submit(context, 'true', ['--hold', '--job-name=old-simulation'], 'bare');
		// Its request is on its way when the program is killed: nobody can know whether it arrived.
		const bin = join(home.state, 'bin');
		const begun = join(home.state, 'begun');
		await mkdir(bin);
		await writeFile(join(bin, 'scancel'), `#!/bin/sh\n: >'${begun}'\nexec sleep 20\n`);
		await chmod(join(bin, 'scancel'), 0o755);
		const env: Record<string, string> = home.envOn('bare');
		const {child, result} = startCli(['cancel', id, '-y'], {env: {...env, PATH: `${bin}:${env.PATH}`}});
		await until(
			'the request',
			() =>
				readFile(begun).then(
					() => true,
					() => false,
				),
			there => there,
		);
		child.kill('SIGKILL');
		await result;
		await slurmProgram('scancel', [id], 'bare');
		await until(
			'it is forgotten',
			() => statesOf(id, 'bare'),
			states => states.length === 0,
			60,
		);
		await submitAs(context, id, 'new-important-run', 'bare');

		const {code, stdout, stderr} = await home.jobtop('bare', 'batches', 'resume', '1', '-o', 'json');
		assert.equal(code, 5, stderr);
		const [only] = JSON.parse(stdout).results;
		assert.equal(only.outcome, 'unknown');
		assert.match(only.detail, /the id now belongs to another job: "new-important-run", submitted/);
		await livesOn(id, 'bare');
		// Nothing was sent, and nothing is left to go on with.
		const again = await home.jobtop('bare', 'batches', 'resume', '1');
		assert.match(again.stderr, /is finished/);
	});

	test('a job that was put back into the queue meanwhile is the same job', async context => {
		const home = await openHome(context);
		const id = await submit(context, 'sleep 600', ['--job-name=again', '--requeue'], 'full');
		await waitForState(id, 'RUNNING', 'full');
		const here = home.screen('full');
		await here.until('again');
		here.press('/name:again\r');
		await here.until('filter: name:again');
		here.press('c');
		await here.until('cancel this job?');
		await slurmProgram('scontrol', ['requeue', id]);
		await waitForState(id, 'PENDING', 'full');
		here.press('y');
		await here.until('CANCELLED');
		assert.deepEqual(await statesOf(id, 'full'), ['CANCELLED']);
		here.press('q');
	});
});

/* A real Slurm of a later release, as an ordinary user: one that asks who asks much to slow down, and one with scrontab. `test/live/newer-slurm.sh` brings it up, with held jobs of one name. */
import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {program, runCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';
import {environment, slurmProgram, until} from './helpers/slurm.ts';

const {LIVE_SLURM_NEWER, LIVE_SLURM_JOBS} = process.env;
const skip =
	LIVE_SLURM_NEWER === 'required'
		? false
		: 'there is no newer Slurm here: run test/live/newer-slurm.sh as root';
const name = 'bulk';

const surroundings = (context: TestContext) => ({
	...environment(),
	JOBTOP_STATE_DIR: temporaryDirectory(context),
	JOBTOP_CONFIG: '/dev/null',
});

/** Asks until the controller asks to slow down. */
const useUpRate = () =>
	until(
		'a request too many',
		async () => (await slurmProgram('scontrol', ['ping'])).stdout,
		said => said.includes('is DOWN'),
	);

/** The ids of the jobs that wait. */
const waiting = async (): Promise<readonly string[]> => {
	const {stdout} = await slurmProgram('squeue', ['-h', '-n', name, '-o', '%i']);
	return stdout.split('\n').filter(line => line !== '');
};

describe('a controller that asks to slow down', {skip}, () => {
	test('is not said to be down, and lists', async context => {
		const env = surroundings(context);
		await useUpRate();
		for (let run = 0; run < 5; run++) {
			const {stdout, stderr, code} = await runCli(['list', '-o', 'ref'], {env});
			assert.equal(code, 0, stderr);
			assert.equal(stdout.split('\n').filter(line => line !== '').length, Number(LIVE_SLURM_JOBS), stderr);
			assert.doesNotMatch(stderr, /DOWN|does not answer|unreachable/);
		}
	});

	test('is asked to cancel one job all the same', async context => {
		const [id] = await waiting();
		await useUpRate();
		const {stdout, stderr, code} = await runCli(['cancel', `${id}`, '-y', '-o', 'json', '--timeout', '1m'], {
			env: surroundings(context),
		});
		assert.equal(code, 0, stderr);
		assert.equal(JSON.parse(stdout).results[0].outcome, 'cancelled');
		assert.ok(!(await waiting()).includes(id as string));
	});

	test('is asked for some hundred ends until there was one of each', async context => {
		const ids = await waiting();
		const {stdout, stderr, code} = await runCli(
			['cancel', '--query', `name:${name}`, '-y', '-o', 'json', '--timeout', '6m'],
			{env: surroundings(context)},
		);
		assert.equal(code, 0, stderr.slice(-2000));
		const {results} = JSON.parse(stdout) as {
			readonly results: readonly {readonly ref: string; readonly outcome: string}[];
		};
		assert.equal(results.length, ids.length);
		for (const {ref, outcome} of results) assert.equal(outcome, 'cancelled', ref);
		assert.deepEqual(await waiting(), []);
	});
});

describe('scrontab', {skip}, () => {
	test('the question says what becomes of the line of a job', async context => {
		const line = await slurmProgram('sh', ['-c', "echo '0 0 1 1 * sleep 600' | scrontab -"]);
		context.after(() => slurmProgram('scrontab', ['-r']));
		assert.equal(line.code, 0, line.stderr);
		const {file, parameters} = program([]);
		const terminal = openTerminal(file, parameters, {columns: 120, rows: 36, env: surroundings(context)});
		context.after(() => terminal.close());
		await terminal.until('sleep');
		terminal.press('c');
		await terminal.until('cancel this job?');
		await terminal.until(screen => /scrontab/i.test(screen) && /disable/i.test(screen));
		terminal.press('y');
		await until(
			'the line',
			async () => (await slurmProgram('scrontab', ['-l'])).stdout,
			text => text.startsWith('#DISABLED'),
		);
		await terminal.until('cancelled');
		terminal.press('q');
		assert.equal((await terminal.exited).code, 0);
	});
});

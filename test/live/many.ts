/* Thousands at once on a real Slurm: what is said of each is what Slurm itself says. */
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {describe, test} from 'node:test';
import {promisify} from 'node:util';
import {temporaryDirectory} from '../helpers/engine.ts';
import {runCli} from '../helpers/run-cli.ts';
import {environment, missingSlurm, profiles, slurmProgram, submit, until} from './helpers/slurm.ts';

const jobs = 1000;
const tasks = 10_000;

type Result = {readonly ref: string; readonly outcome: string; readonly attempts: number};

/** What the controller says of each job of that name, ended ones too: it keeps them for minutes. */
const statesOfAll = async (name: string): Promise<ReadonlyMap<string, string>> => {
	const {stdout} = await slurmProgram('squeue', ['-h', '-t', 'all', '-n', name, '-o', '%i %T']);
	const lines = stdout.split('\n').filter(line => line !== '');
	return new Map(lines.map(line => line.split(' ') as [string, string]));
};

describe('thousands of cancellations on a real Slurm', {skip: missingSlurm ?? false}, () => {
	test('a thousand jobs and an array of ten thousand tasks end as Slurm says they do', async context => {
		const name = 'many';
		const script = `for n in $(seq ${jobs - 1}); do sbatch --parsable --hold --chdir=/tmp --output=/dev/null --job-name=${name} --wrap='sleep 600'; done`;
		const {stdout: submitted} = await promisify(execFile)('bash', ['-c', script], {env: environment()});
		const ids = submitted.trim().split('\n');
		context.after(async () => {
			await slurmProgram('scancel', ['--name', name, '--me']);
		});
		assert.equal(ids.length, jobs - 1);
		const running = await submit(context, 'sleep 600', [`--job-name=${name}`]);
		const ended = await submit(context, 'true', [`--job-name=${name}`]);
		const array = await submit(context, 'sleep 600', [`--job-name=${name}`, '--hold', `--array=1-${tasks}`]);
		await until(
			'one that runs and one that has ended',
			() => statesOfAll(name),
			states => states.get(running) === 'RUNNING' && states.get(ended) === 'COMPLETED',
		);

		const {stdout, stderr, code} = await runCli(
			['cancel', '--query', `name:${name}`, '-y', '-o', 'json', '--timeout', '3m'],
			{
				env: {...environment(), JOBTOP_STATE_DIR: temporaryDirectory(context), JOBTOP_CONFIG: '/dev/null'},
			},
		);
		assert.equal(code, 0, stderr);
		const {results, counts} = JSON.parse(stdout) as {
			readonly results: readonly Result[];
			readonly counts: Readonly<Record<string, number>>;
		};
		// The waiting tasks of an array are one record, and one cancellation.
		const refs = new Set(results.map(({ref}) => ref.replace(/_\[.*$/, '')));
		assert.deepEqual(refs, new Set([...ids, running, array].map(id => `${profiles.full}/${id}`)));
		assert.equal(
			Object.values(counts).reduce((sum, number) => sum + number, 0),
			jobs + tasks,
		);

		const states = await statesOfAll(name);
		for (const id of [...ids, running]) assert.equal(states.get(id), 'CANCELLED', id);
		assert.equal(states.get(ended), 'COMPLETED');
		// Waiting tasks that are cancelled leave no record of their own: none of the array waits or runs any longer.
		for (const [id, state] of states) {
			if (id.startsWith(`${array}_`)) assert.equal(state, 'CANCELLED', id);
		}
		for (const {ref, outcome, attempts} of results) {
			assert.equal(attempts, 1, ref);
			const mayBeGone = ref.startsWith(`${profiles.full}/${array}_`);
			assert.ok(outcome === 'cancelled' || (mayBeGone && outcome === 'removed'), `${ref} was ${outcome}`);
		}
	});
});

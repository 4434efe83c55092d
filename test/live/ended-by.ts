/* What a real Slurm says of the end of a job, as jobtop reads it. */
import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {endedByOf} from '../../source/backends/slurm/ended-by.ts';
import {accountFields, accountSeparator, readAccounts} from '../../source/backends/slurm/wire.ts';
import type {EndedBy} from '../../source/job/ended-by.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {runCli} from '../helpers/run-cli.ts';
import {
	environment,
	missingSlurm,
	profiles,
	slurmProgram,
	submit,
	until,
	waitForState,
} from './helpers/slurm.ts';

/** What jobtop shows: as the controller says, which knows the job for some time. */
const shownEnd = async (context: TestContext, id: string): Promise<EndedBy | undefined> => {
	const {stdout, stderr} = await runCli(['show', `${profiles.full}/${id}`, '-o', 'json'], {
		env: {...environment(), JOBTOP_STATE_DIR: temporaryDirectory(context), JOBTOP_CONFIG: '/dev/null'},
	});
	assert.notEqual(stdout, '', stderr);
	return (JSON.parse(stdout) as {readonly jobs: readonly {readonly endedBy?: EndedBy}[]}).jobs[0]?.endedBy;
};

/** What the accounts say, once they know the end. */
const accountedEnd = async (id: string): Promise<EndedBy | undefined> => {
	const format = [`--delimiter=${accountSeparator('live')}`, `--format=${accountFields.join(',')}`];
	const record = await until(
		`the end of ${id} in the accounts`,
		async () => {
			const {stdout} = await slurmProgram('sacct', ['-X', '-p', ...format, '-j', id]);
			return readAccounts(stdout, 'live')?.records.find(one => one.id === id);
		},
		// The end may reach the accounts before the start: then the record is that of root, without a partition.
		one => one !== undefined && one.partition !== '' && !/^(?:PENDING|RUNNING)/.test(one.state),
	);
	return record && endedByOf(record);
};

describe('the end of a job on a real Slurm', {skip: missingSlurm ?? false}, () => {
	test('is an exit code other than 0, of which the accounts do not know which', async context => {
		const id = await submit(context, 'exit 139');
		await waitForState(id, 'FAILED');
		assert.deepEqual(await shownEnd(context, id), {kind: 'exit'});
		assert.deepEqual(await accountedEnd(id), {kind: 'exit'});
	});

	test('is a signal', async context => {
		const id = await submit(context, 'kill -KILL $$');
		await waitForState(id, 'FAILED');
		assert.deepEqual(await accountedEnd(id), {kind: 'signal', signal: 9});
	});

	test('is a cancellation, by whom only the accounts know', async context => {
		const id = await submit(context, 'sleep 600');
		await waitForState(id, 'RUNNING');
		await slurmProgram('scancel', [id]);
		await waitForState(id, 'CANCELLED');
		assert.deepEqual(await shownEnd(context, id), {kind: 'cancelled'});
		assert.deepEqual(await accountedEnd(id), {kind: 'cancelled', by: 'labalice'});
	});

	test('is a dependency that was never satisfied, unless somebody cancelled the job', async context => {
		// It waits until it is released, so that the others wait for it.
		const failed = await submit(context, 'exit 1', ['--hold']);
		const after = [`--dependency=afterok:${failed}`];
		const ended = await submit(context, 'true', [...after, '--kill-on-invalid-dep=yes']);
		const cancelled = await submit(context, 'true', [...after, '--kill-on-invalid-dep=no']);
		await slurmProgram('scontrol', ['release', failed]);
		await waitForState(failed, 'FAILED');
		await waitForState(ended, 'CANCELLED');
		await slurmProgram('scancel', [cancelled]);
		assert.deepEqual(await accountedEnd(ended), {kind: 'dependency'});
		assert.deepEqual(await accountedEnd(cancelled), {kind: 'cancelled', by: 'labalice'});
	});

	test('is nothing of a job that succeeds', async context => {
		const id = await submit(context, 'true');
		await waitForState(id, 'COMPLETED');
		assert.equal(await shownEnd(context, id), undefined);
		assert.equal(await accountedEnd(id), undefined);
	});
});

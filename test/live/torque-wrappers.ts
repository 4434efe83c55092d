/*
A real Slurm with its own wrappers for users of Torque on PATH: a qstat, a qsub and a qdel that ask Slurm, and are not taken for those of PBS.
*/
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {runCli} from '../helpers/run-cli.ts';
import {environment, missingSlurm, submit} from './helpers/slurm.ts';

const wrappers = process.env.LIVE_SLURM_TORQUE ?? '';

test('beside its wrappers for users of Torque, Slurm is found, and PBS is not', {
	skip: missingSlurm,
}, async context => {
	const qstat = join(wrappers, 'qstat');
	assert.ok(existsSync(qstat) && existsSync(join(wrappers, 'qdel')), `there is no ${qstat}`);
	const state = temporaryDirectory(context);
	const own = environment();
	const env = {
		...own,
		PATH: `${wrappers}:${own.PATH ?? process.env.PATH}`,
		HOME: state,
		JOBTOP_STATE_DIR: state,
		JOBTOP_CONFIG: '/dev/null',
	};
	const id = await submit(context, 'true', ['--hold']);
	const {profiles, passedOver} = JSON.parse((await runCli(['profiles', '-o', 'json'], {env})).stdout);
	assert.deepEqual(
		profiles.map(({backend}: {backend: string}) => backend).filter((kind: string) => kind !== 'gridengine'),
		['slurm'],
	);
	assert.deepEqual(passedOver, [{name: 'pbs', why: `${qstat} is Slurm's wrapper, and asks Slurm`}]);
	assert.match((await runCli(['list'], {env})).stdout, new RegExp(`/${id}\\b`));
	assert.match((await runCli(['doctor'], {env})).stdout, /^ok +no profile pbs +\S+qstat is Slurm's wrapper/m);
});

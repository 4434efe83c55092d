/*
What waits of an array has another id with every task that starts. One array has one remainder.
*/
import assert from 'node:assert/strict';
import {mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {createManualClock} from '../helpers/manual-clock.ts';
import {openSlurmEngine} from '../helpers/slurm-engine.ts';

test('an array whose tasks start has one remainder after every poll, and it waits', async context => {
	const {slurm, engine, until, patches, known} = await openSlurmEngine(context, createManualClock().clock);
	const polls = () => patches.filter(({type}) => type === 'health').length;
	const remainders = () =>
		[...known().jobs.byRef.values()]
			.filter(({id}) => id.includes('['))
			.map(({id, phase}) => `${phase} ${id}`);
	/** The array as squeue has it when so many tasks have started. */
	const started = async (number: number) => {
		await rm(join(slurm.folder, 'jobs'), {recursive: true, force: true});
		await mkdir(join(slurm.folder, 'jobs'));
		for (let task = number - 2; task < number; task++) {
			await slurm.put({id: `7_${task}`, state: 'RUNNING', start: 1_767_225_000});
		}
		await slurm.put({id: `7_[${number}-99%2]`, state: 'PENDING', reason: 'JobArrayTaskLimit'});
	};
	await started(2);
	engine.start();
	await until(() => remainders().length > 0);
	assert.deepEqual(remainders(), ['queued 7_[2-99]']);
	for (const number of [4, 6, 8]) {
		await started(number);
		const before = polls();
		engine.handle({type: 'refresh'});
		await until(() => polls() > before && known().jobs.byRef.has(`far/7_[${number}-99]`));
		assert.deepEqual(remainders(), [`queued 7_[${number}-99]`]);
	}
});

/*
Whether two descriptions are of one job system.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {compareSystems, systemWords} from '../../source/job/system.ts';

const east = {kind: 'slurm', cluster: 'east', host: 'login1'};

test('the same facts are the same system, and another fact is another system', () => {
	assert.equal(compareSystems(east, {...east}), 'same');
	for (const changed of [{kind: 'slurmrestd'}, {cluster: 'west'}, {host: 'login2'}]) {
		assert.equal(compareSystems(east, {...east, ...changed}), 'other');
		assert.equal(compareSystems({...east, ...changed}, east), 'other');
	}
});

test('a description that knows less proves nothing, unless it disagrees', () => {
	const {host: _, ...less} = east;
	assert.equal(compareSystems(east, less), 'unproven');
	assert.equal(compareSystems(less, east), 'unproven');
	assert.equal(compareSystems({...less, cluster: 'west'}, east), 'other');
	assert.equal(compareSystems({cluster: 'east'}, {host: 'login1'}), 'unproven');
});

test('a kind alone proves nothing, and neither does an empty description', () => {
	assert.equal(compareSystems({kind: 'slurm'}, {kind: 'slurm'}), 'unproven');
	assert.equal(compareSystems({}, {}), 'unproven');
	assert.equal(compareSystems({kind: 'slurm'}, {kind: 'weaver'}), 'other');
	assert.equal(compareSystems({cluster: 'east'}, {cluster: 'east'}), 'same');
});

test('no name of a fact is found in every object', () => {
	assert.equal(compareSystems({...east, constructor: 'x'} as never, east), 'unproven');
});

test('a system in words begins with its kind', () => {
	assert.equal(systemWords(east), 'slurm, cluster east, host login1');
	assert.equal(systemWords({cluster: 'east', kind: 'slurm'}), 'slurm, cluster east');
	assert.equal(systemWords({}), 'unknown system');
});

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {askedPoll} from '../../source/table/polls.ts';
import {health, profile} from '../helpers/screen-facts.ts';

const known = (...off: readonly string[]) => ({
	profiles: ['w', 'x'].map(name => profile(name)),
	health: new Map(['w', 'x'].map(name => [name, health(name, off.includes(name) ? {state: 'off'} : {})])),
});

test('a poll asks the profiles that are not turned off, and says so', () => {
	assert.deepEqual(askedPoll(known()), {profiles: ['w', 'x'], words: 'polling all profiles'});
	assert.deepEqual(askedPoll(known('w')).profiles, ['x']);
	assert.deepEqual(askedPoll(known(), 'x'), {profiles: ['x'], words: 'polling x'});
});

test('a poll that asks nobody says why', () => {
	assert.deepEqual(askedPoll(known('w', 'x')), {
		profiles: [],
		words: 'every profile is turned off: nothing is polled',
	});
	assert.deepEqual(askedPoll(known('x'), 'x').words, 'x is turned off: nothing is polled');
	assert.deepEqual(askedPoll({profiles: [], health: new Map()}).words, 'there is no profile to poll');
});

import assert from 'node:assert/strict';
import {userInfo} from 'node:os';
import {test} from 'node:test';
import {userName} from '../../source/process/user-name.ts';

test('the user has the name of the machine, else that of USER, else the number', () => {
	const nameless = () => {
		throw new Error('no such user');
	};
	assert.equal(userName(), userInfo().username);
	assert.equal(userName(nameless, {USER: 'alice'}), 'alice');
	for (const env of [{}, {USER: ''}]) assert.equal(userName(nameless, env), String(process.getuid?.()));
});

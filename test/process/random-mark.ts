import assert from 'node:assert/strict';
import {test} from 'node:test';
import {randomMark} from '../../source/process/random-mark.ts';

test('a mark is long, and no two are the same', () => {
	const marks = Array.from({length: 100}, randomMark);
	for (const mark of marks) assert.match(mark, /^[0-9a-f]{18}$/);
	assert.equal(new Set(marks).size, 100);
});

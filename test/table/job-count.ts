/*
How many jobs something is about: jobs are counted, not rows.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {JobSet} from '../../source/job/job.ts';
import {
	endWord,
	jobCountWords,
	jobsOfReports,
	jobsOfRows,
	liveJobsWords,
	othersOf,
	setWords,
} from '../../source/table/job-count.ts';

const counts = (live: number) => ({live, cancelled: 0, ended: 2, lost: 0});

test('a number of jobs in words says where it may be higher', () => {
	assert.equal(jobCountWords({jobs: 1, unknown: 0}), '1 job');
	assert.equal(jobCountWords({jobs: 12, unknown: 0}), '12 jobs');
	assert.equal(jobCountWords({jobs: 12, unknown: 1}), '12 jobs or more');
	assert.equal(liveJobsWords([{ref: 'p/1'}, {ref: 'p/2', set: {counts: counts(5)}}]), '6 jobs');
	assert.equal(liveJobsWords([{ref: 'p/1', set: {}}]), '1 job or more');
});

test('an id says how many jobs it means, if that is more than one', () => {
	const words = (set?: JobSet) => setWords({ref: 'p/1', ...(set && {set})});
	assert.equal(words(), undefined);
	assert.equal(words({counts: counts(1)}), undefined);
	assert.equal(words({counts: counts(5)}), '5 jobs');
	assert.equal(words({counts: counts(0)}), '0 jobs');
	assert.equal(words({}), 'an unknown number of jobs may end with it');
});

test('of jobs with rows of their own it is said whether they end with it', () => {
	const words = (set: JobSet) => setWords({ref: 'p/1', set});
	for (const live of [1, 9])
		assert.equal(words({counts: counts(live), apart: ['p/2'], together: true}), '1 job ends with it');
	assert.equal(words({counts: counts(9), apart: ['p/2', 'p/3'], together: true}), '2 jobs end with it');
	assert.equal(words({counts: counts(9), apart: ['p/2', 'p/3']}), '2 jobs may end with it');
	assert.equal(words({counts: counts(4), apart: []}), '4 jobs may end with it');
});

test('a job does not end with itself, nor one that is asked for with it', () => {
	const whole = {ref: 'p/1', set: {counts: counts(3), apart: ['p/1', 'p/2', 'p/3']}} as const;
	assert.equal(setWords(whole), '2 jobs may end with it');
	assert.equal(setWords(whole, new Set(['p/1', 'p/3'] as const)), '1 job may end with it');
	assert.equal(setWords(whole, new Set(['p/2', 'p/3'] as const)), undefined);
});

test('the verb fits the number, and only what surely ends is said to end', () => {
	assert.deepEqual(
		[1, 2].map(number => endWord({together: true}, number)),
		['ends', 'end'],
	);
	assert.deepEqual(
		[1, 2].map(number => endWord({}, number)),
		['may end', 'may end'],
	);
});

test('the others of a job are its members without itself', () => {
	assert.deepEqual(othersOf({ref: 'p/1', set: {apart: ['p/1', 'p/2']}}), ['p/2']);
	assert.deepEqual(othersOf({ref: 'p/1'}), []);
	assert.deepEqual(othersOf({ref: 'p/1', set: {}}), []);
});

test('rows and cancellations are counted in jobs', () => {
	assert.equal(jobsOfRows([]), 0);
	assert.equal(jobsOfRows([{}, {set: {counts: counts(3)}}, {set: {counts: counts(3), apart: []}}]), 5);
	assert.equal(jobsOfReports([]), 0);
	assert.equal(jobsOfReports([{}, {jobs: 5}]), 6);
});

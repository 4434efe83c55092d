/*
A job for other programs: what is unknown is left out.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Job} from '../../source/job/job.ts';
import {isoTime, jobJson, momentJson} from '../../source/job/job-json.ts';
import {targetOf} from '../../source/job/target.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);
const job: Job = {
	ref: 'p/1',
	profile: 'p',
	backend: 'slurm',
	id: '1',
	name: 'mesh',
	mine: true,
	phase: 'running',
	status: 'RUNNING',
	terminal: false,
};

test('times are ISO 8601 in UTC, and a moment that no calendar has is left out', () => {
	assert.equal(isoTime(at), '2026-01-02T03:04:05.000Z');
	assert.equal(isoTime(0), '1970-01-01T00:00:00.000Z');
	for (const last of [8.64e15, -8.64e15]) assert.equal(isoTime(last), new Date(last).toISOString());
	for (const none of [undefined, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1, -8.64e15 - 1])
		assert.equal(isoTime(none), undefined);
	assert.deepEqual(JSON.parse(JSON.stringify(momentJson({what: 'queued'}))), {what: 'queued'});
	assert.deepEqual(momentJson({at, what: 'queued', detail: 'x'}), {
		at: '2026-01-02T03:04:05.000Z',
		what: 'queued',
		detail: 'x',
	});
});

test('a job is written without what is unknown of it, and a set with its counts', () => {
	const {mine: _, ...known} = job;
	assert.deepEqual(JSON.parse(JSON.stringify(jobJson(job))), known);
	const counts = {live: 2, cancelled: 0, ended: 1, lost: 0};
	assert.deepEqual(jobJson({...job, set: {counts, apart: ['p/2']}}).set, {...counts, refs: ['p/2']});
	assert.equal(jobJson({...job, set: {}}).set, undefined);
	assert.equal(jobJson({...job, startedAt: at}).startedAt, '2026-01-02T03:04:05.000Z');
});

test('a target is the job as it was shown, with its submission and its set if there are any', () => {
	const target = {ref: 'p/1', name: 'mesh', phase: 'running', status: 'RUNNING'};
	assert.deepEqual(targetOf(job), target);
	assert.deepEqual(targetOf({...job, createdAt: 0, set: {}}), {...target, submittedAt: 0, set: {}});
});

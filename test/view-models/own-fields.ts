/*
The details of a job say nothing twice: neither on the screen nor in `jobtop show`.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {causeFact, ownFields, queueFact} from '../../source/view-models/detail/own-fields.ts';
import {job} from '../helpers/screen-facts.ts';

const tapis = job('tapis/77-007', {
	status: 'RUNNING',
	kind: 'lammps 1.2',
	owner: 'demo',
	reason: 'The job runs on its execution system.',
	queue: 'frontera',
	createdAt: Date.UTC(2026, 10, 28, 23, 40, 19, 250),
	startedAt: Date.UTC(2026, 10, 28, 23, 40, 25),
	progress: {percent: 8},
});

test('a field that repeats a fact is left out', () => {
	const repeated = [
		['App', 'lammps 1.2'],
		['Status', 'RUNNING'],
		['Message', 'The job runs on its execution system.'],
		['Owner', 'demo'],
		['Progress', '8 %'],
		['Created', '2026-11-28 23:40:19 UTC'],
		['Started', '2026-11-28 23:40:25 UTC'],
	] as const;
	assert.deepEqual(ownFields(tapis, repeated), []);
});

test('a field with another value stays, and so does one that only looks like a fact', () => {
	const own = [
		['Status', 'ARCHIVING'],
		['Message', 'Archiving the outputs.'],
		['Owner', 'freya'],
		['Progress', '9 %'],
		['Created', '2026-11-28 23:40:20 UTC'],
		['Started', 'soon'],
		// The same word under a label of its own says something else.
		['Account', 'demo'],
		['Description', 'lammps 1.2'],
		['Updated', '2026-11-28 23:40:25 UTC'],
		['valueOf', 'valueOf'],
	] as const;
	assert.deepEqual(ownFields(tapis, own), own);
	assert.deepEqual(ownFields(undefined, own), own);
});

test('the queue is that of the record, where the list shows the system', () => {
	assert.equal(queueFact(tapis, [['Queue', 'normal']]), undefined);
	assert.equal(queueFact(tapis, [['Queue', 'frontera']]), 'frontera');
	assert.equal(queueFact(tapis, []), 'frontera');
});

test('what ended a job is left out if its error says it', () => {
	const failed = job('t/1', {phase: 'failed', endedBy: {kind: 'exit', code: 3}});
	assert.equal(causeFact(failed), 'exit code 3');
	assert.equal(causeFact({...failed, error: {kind: 'user code', message: 'boom, exit code 3'}}), undefined);
	assert.equal(causeFact({...failed, error: {kind: 'user code', message: 'boom'}}), 'exit code 3');
	assert.equal(causeFact(job('t/2', {phase: 'succeeded'})), undefined);
});

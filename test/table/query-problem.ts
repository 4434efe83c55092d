/*
A word of a closed set that no job can have is a slip: the filter says so, and a status that a job has is never one.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Job} from '../../source/job/job.ts';
import {applyPatches, nothingKnown} from '../../source/store/apply-patches.ts';
import {queryProblem} from '../../source/table/query-problem.ts';
import {stateWords} from '../../source/table/query-values.ts';
import {hello, job, jobs, profile} from '../helpers/screen-facts.ts';

const knowing = (...list: readonly Job[]) =>
	applyPatches(nothingKnown(), [hello([profile('hpc1'), profile('weaver')]), jobs(...list)]);
const words = (text: string, ...list: readonly Job[]) => queryProblem(text, knowing(...list))?.words;

test('a slip in a state, an outcome, a profile or a backend has a suggestion', () => {
	for (const [query, says] of [
		['state:quued', 'there is no state quued; did you mean "queued"?'],
		['mesh -state:RUNING', 'there is no state runing; did you mean "running"?'],
		['state:running,endde', 'there is no state endde; did you mean "ended"?'],
		['profile:wevaer', 'there is no profile wevaer; did you mean "weaver"?'],
		['profile:zzzzz', 'there is no profile zzzzz; there are hpc1, weaver'],
		['backend:slrum', 'there is no backend slrum; did you mean "slurm"?'],
		['outcome:cancelled,denyed', 'there is no outcome denyed; did you mean "denied"?'],
	] as const)
		assert.equal(words(query), says, query);
	assert.deepEqual(queryProblem('mesh -state:quued', knowing())?.at, 5);
});

test('every word of the program, every status of a backend and every part of a text is none', () => {
	for (const word of stateWords) assert.equal(words(`state:${word}`), undefined, word);
	for (const query of [
		'state:PENDING,canceled,cancelled,timeout',
		'state:"completed"',
		'profile:HPC1',
		'state~quued',
		'profile~wevaer',
		'owner:nobody queue:nowhere name:nothing kind:x id:9',
		'outcome:cancelling',
	])
		assert.equal(words(query), undefined, query);
});

test('a status that jobtop does not know is none where a job has it', () => {
	assert.match(words('state:quued') ?? '', /no state/);
	assert.equal(words('state:quued', job('hpc1/1', {phase: 'unknown', status: 'QUUED'})), undefined);
});

test('the beginning of a value is no slip while it is typed at the end', () => {
	const typing = (text: string) => queryProblem(text, knowing(), 'typing')?.words;
	assert.equal(typing('state:que'), undefined);
	assert.equal(typing('profile:w'), undefined);
	assert.match(typing('state:que mesh') ?? '', /no state que/);
	assert.match(typing('state:quu') ?? '', /no state quu/);
	assert.match(words('state:que') ?? '', /no state que/);
});

test('before the profiles are known, no name of one is a slip', () => {
	assert.equal(queryProblem('profile:any backend:any', nothingKnown()), undefined);
});

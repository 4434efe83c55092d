/*
What ended a job, in the words of squeue, sacct and slurmrestd.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {findJob, type JobRecord, jobOf, type Viewer} from '../../../source/backends/slurm/records.ts';
import {readAccounts, readQueue} from '../../../source/backends/slurm/wire.ts';
import {readAccount, readJob} from '../../../source/backends/slurmrestd/wire.ts';
import type {EndedBy} from '../../../source/job/ended-by.ts';

const viewer: Viewer = {profile: 'hpc', backend: 'slurm', isMine: ({uid}) => uid === 1001};
const read = (path: string) => readFileSync(new URL(`../../fixtures/${path}`, import.meta.url), 'utf8');
const mark = 'f00dface';

const record: JobRecord = {
	id: '42',
	base: '42',
	tasks: undefined,
	task: undefined,
	state: 'COMPLETED',
	uid: 1001,
	user: 'alice',
	partition: 'debug',
	nodes: 'n4',
	nodeCount: '1',
	limitMs: undefined,
	reason: 'None',
	name: 'mesh',
	placed: true,
	submit: 1_795_484_703_000,
	start: 1_795_484_704_000,
	end: 1_795_484_705_000,
};
const endOf = (given: Partial<JobRecord>) => jobOf({...record, ...given}, viewer).endedBy;

test('each word for an end says what ended the job', () => {
	const ends: readonly (readonly [Partial<JobRecord>, EndedBy | undefined])[] = [
		[{state: 'CANCELLED by 1001'}, {kind: 'cancelled', by: 'alice'}],
		[{state: 'CANCELLED by 0'}, {kind: 'cancelled', by: 'root'}],
		[
			{state: 'CANCELLED by 0', uid: 0},
			{kind: 'cancelled', by: 'root'},
		],
		[{state: 'CANCELLED by 4242'}, {kind: 'cancelled', by: 'uid 4242'}],
		[
			{state: 'CANCELLED by 1001', user: ''},
			{kind: 'cancelled', by: 'uid 1001'},
		],
		[
			{state: 'FAILED', exit: '1:0'},
			{kind: 'exit', code: 1},
		],
		[
			{state: 'FAILED', exit: '0:1'},
			{kind: 'signal', signal: 1},
		],
		[
			{state: 'CANCELLED', by: 'bob'},
			{kind: 'cancelled', by: 'bob'},
		],
		[{state: 'CANCELLED', by: ''}, {kind: 'cancelled'}],
		[{state: 'TIMEOUT', exit: '0:15'}, {kind: 'time-limit'}],
		[{state: 'DEADLINE'}, {kind: 'deadline'}],
		[{state: 'PREEMPTED'}, {kind: 'preemption'}],
		[{state: 'OUT_OF_MEMORY'}, {kind: 'memory', node: 'n4'}],
		[{state: 'OUT_OF_MEMORY', nodes: 'n[1-4]'}, {kind: 'memory'}],
		[{state: 'NODE_FAIL'}, {kind: 'node', node: 'n4'}],
		[{state: 'NODE_FAIL', nodes: 'n1,n4'}, {kind: 'node'}],
		[{state: 'BOOT_FAIL', nodes: ''}, {kind: 'boot'}],
		[
			{state: 'FAILED', exit: '7:0'},
			{kind: 'exit', code: 7},
		],
		[
			{state: 'FAILED', exit: '0:9'},
			{kind: 'signal', signal: 9},
		],
		[{state: 'FAILED', reason: 'NonZeroExitCode'}, {kind: 'exit'}],
		[
			{state: 'FAILED', reason: 'RaisedSignal:53(Real-time_signal_19)'},
			{kind: 'signal', signal: 53},
		],
		[{state: 'FAILED', exit: '?:0'}, {kind: 'exit'}],
		[
			{state: 'FAILED', exit: '?:11'},
			{kind: 'signal', signal: 11},
		],
		[{state: 'FAILED', reason: 'JobLaunchFailure', exit: '0:0'}, undefined],
		[{state: 'CANCELLED', byItself: true, reason: 'Dependency'}, {kind: 'dependency'}],
		[{state: 'CANCELLED', byItself: true, reason: 'None'}, {kind: 'cancelled'}],
		[{state: 'COMPLETED', exit: '0:0'}, undefined],
		[{state: 'COMPLETED', exit: '7:0', reason: 'NonZeroExitCode'}, undefined],
		[{state: 'constructor'}, undefined],
	];
	for (const [given, expected] of ends) assert.deepEqual(endOf(given), expected, JSON.stringify(given));
});

test('a job that has not ended has nothing that ended it', () => {
	for (const state of ['RUNNING', 'PENDING', 'COMPLETING', 'CANCELLED+COMPLETING', 'TIMEOUT+COMPLETING'])
		assert.equal(endOf({state, exit: '0:15', by: 'bob'}), undefined, state);
});

test('the reason for which a job had waited is not what ended it', () => {
	for (const reason of ['TimeLimit', 'NodeDown', 'OutOfMemory', 'DependencyNeverSatisfied', 'JobHeldUser'])
		assert.deepEqual(endOf({state: 'CANCELLED', reason}), {kind: 'cancelled'}, reason);
});

test('an array is ended by what ended all of its tasks', () => {
	const tasks = (...states: readonly string[]) =>
		states.map((state, task) => ({...record, id: `42_${task}`, task, state}));
	const ofArray = (...states: readonly string[]) => findJob('42', tasks(...states), viewer)?.job.endedBy;
	assert.deepEqual(ofArray('CANCELLED by 0', 'CANCELLED by 0'), {kind: 'cancelled', by: 'root'});
	assert.equal(ofArray('CANCELLED by 0', 'CANCELLED by 1001'), undefined);
	assert.equal(ofArray('TIMEOUT', 'COMPLETED'), undefined);
	assert.equal(ofArray('TIMEOUT', 'RUNNING'), undefined);
});

const recordedEnds = (records: readonly JobRecord[]) =>
	new Map(records.map(one => [one.id, jobOf(one, viewer).endedBy]));

test('squeue and sacct say it of the recorded jobs', () => {
	const queue = recordedEnds(readQueue(read('slurm-22.05/squeue.txt'), mark)?.records ?? []);
	assert.deepEqual(queue.get('32'), {kind: 'exit'});
	assert.deepEqual(queue.get('42'), {kind: 'cancelled'});
	assert.equal(queue.get('33'), undefined);
	const accounts = recordedEnds(readAccounts(read('slurm-22.05/sacct.txt'), mark)?.records ?? []);
	// sacct prints 135 as 7, too.
	assert.deepEqual(accounts.get('32'), {kind: 'exit'});
	assert.deepEqual(accounts.get('42'), {kind: 'cancelled', by: 'alice'});
	assert.equal(accounts.get('31'), undefined);
	assert.equal(accounts.get('36'), undefined);
});

test('sacct says it of jobs that a real 22.05 ended', () => {
	// As it printed them: a job that killed itself, one whose shell ended with 139, one whose dependency failed.
	const text = read('slurm-22.05/sacct.txt');
	const separator = `\u001f${mark}\u001f`;
	const endIn = (state: string, reason: string, exit: string) => {
		const fields = ['77', state, '1001', 'alice', 'debug', 'lab', '1795484703', '1795484703'];
		const others = ['1795484703', '1795484706', '01:00:00', reason, exit, 'n1', '/tmp', 'wrap'];
		const line = [...fields, ...others].map(field => `${field}${separator}`).join('');
		return recordedEnds(readAccounts(`${text}${line}\n`, mark)?.records ?? []).get('77');
	};
	assert.deepEqual(endIn('FAILED', 'None', '0:9'), {kind: 'signal', signal: 9});
	assert.deepEqual(endIn('FAILED', 'None', '11:0'), {kind: 'exit'});
	assert.deepEqual(endIn('CANCELLED', 'Dependency', '0:0'), {kind: 'dependency'});
	assert.deepEqual(endIn('CANCELLED by 1001', 'Dependency', '0:0'), {kind: 'cancelled', by: 'alice'});
});

test('slurmrestd says it of the recorded jobs', () => {
	const ends = (path: string, readOne: typeof readJob) => {
		const {jobs} = JSON.parse(read(path)) as {readonly jobs: readonly unknown[]};
		return recordedEnds(jobs.flatMap(one => readOne(one)?.record ?? []));
	};
	const controlled = ends('slurm-22.05/rest-jobs.json', readJob);
	assert.deepEqual(controlled.get('62'), {kind: 'exit', code: 9});
	assert.deepEqual(controlled.get('64'), {kind: 'time-limit'});
	assert.deepEqual(controlled.get('69'), {kind: 'node', node: 'n4'});
	assert.deepEqual(controlled.get('60'), undefined);
	assert.deepEqual(ends('slurm-22.05/rest-accounts.json', readAccount).get('1'), {
		kind: 'cancelled',
		by: 'root',
	});
	const later = ends('slurm-24.11/rest-accounts.json', readAccount);
	assert.deepEqual(later.get('13'), {kind: 'cancelled', by: 'jtalice'});
	assert.deepEqual(later.get('6'), {kind: 'exit', code: 7});
	assert.equal(later.get('5'), undefined);
});

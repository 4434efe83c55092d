/*
Records of a Kubernetes 1.36, as they were recorded, and what else its documents say of them.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import {isId, jobPath, namespaceForm} from '../../../source/backends/kubernetes/ids.ts';
import {readWire} from '../../../source/backends/kubernetes/record.ts';
import {createListReading, own, seeJob, toJob} from '../../../source/backends/kubernetes/wire.ts';
import {isForeign} from '../../../source/backends/own-words.ts';
import type {Job} from '../../../source/job/job.ts';
import {fc} from '../../helpers/fast-check.ts';

type Json = Record<string, unknown>;

const fixture = (name: string): Json =>
	JSON.parse(readFileSync(new URL(`../../fixtures/kubernetes-1.36/${name}.json`, import.meta.url), 'utf8'));

const read = (record: unknown): Job => toJob(readWire(record) ?? assert.fail('cannot be read'), 'k');
const recorded = (fixture('jobs').items as readonly Json[]).map(read);
const job = (name: string): Job => recorded.find(each => each.name === name) ?? assert.fail(name);

/** A record with these parts. */
const made = ({
	metadata = {},
	spec = {},
	status = {},
}: {
	metadata?: Json;
	spec?: Json;
	status?: Json;
} = {}): Job =>
	read({
		metadata: {name: 'train', namespace: 'lab', uid: 'u1', resourceVersion: '7', ...metadata},
		spec,
		status,
	});

const holds = (type: string, reason: string, lastTransitionTime = '2026-11-28T08:00:00Z') => ({
	type,
	status: 'True',
	reason,
	message: `${reason}, in words`,
	lastTransitionTime,
});

describe('recorded jobs', () => {
	test('have the phase that their conditions and counts say', () => {
		const phases = {
			waiting: ['queued', 'Pending'],
			running: ['running', 'Running'],
			done: ['succeeded', 'Complete'],
			held: ['held', 'Suspended'],
			// One pod failed, and the next one is not ready yet: the job has begun.
			failed: ['running', 'Running'],
			idx: ['queued', 'Pending'],
		};
		for (const [name, [phase, status]] of Object.entries(phases)) {
			assert.deepEqual([job(name).phase, job(name).status], [phase, status], name);
		}
		const done = job('done');
		assert.equal(done.id, 'lab/done');
		assert.deepEqual(
			[done.createdAt, done.startedAt, done.endedAt],
			['2026-11-28T07:33:48Z', '2026-11-28T07:33:48Z', '2026-11-28T07:34:08Z'].map(Date.parse),
		);
		assert.equal(job('waiting').startedAt, undefined);
		assert.equal(job('waiting').reason, '1 pod not ready');
		assert.equal(job('failed').reason, '1 pod failed; the next one is not ready');
		assert.equal(job('held').reason, 'Job suspended');
		assert.deepEqual(job('idx').progress, {done: 0, total: 4});
		assert.equal(job('running').progress, undefined);
		for (const {uid, version, labels} of recorded) {
			assert.match(uid ?? '', /^[\da-f-]{36}$/);
			assert.match(version ?? '', /^\d+$/);
			assert.deepEqual(labels, {project: 'lab'});
		}
	});

	test('that are Indexed are sets of their completions, and no others are', () => {
		assert.deepEqual(job('idx').set, {
			counts: {live: 4, cancelled: 0, ended: 0, lost: 0},
			together: true,
		});
		for (const {name, set} of recorded) assert.equal(set === undefined, name !== 'idx', name);
	});

	test('that are being deleted, suspended or over their time have not ended', () => {
		const deleting = read(fixture('job-deleting'));
		assert.deepEqual(
			[deleting.phase, deleting.status, deleting.reason, deleting.terminal],
			['stopping', 'Terminating', 'waits for 1 pod to end', false],
		);
		const suspended = read(fixture('job-suspended-while-running'));
		assert.deepEqual([suspended.phase, suspended.reason], ['held', 'Job suspended; waits for 1 pod to end']);
		const late = read(fixture('job-deadline'));
		assert.deepEqual([late.phase, late.status, late.limitMs], ['stopping', 'FailureTarget', 1000]);
		assert.match(late.reason ?? '', /^DeadlineExceeded; Job was active longer/);
	});
});

test('a failed job says why, and what ended it only where its condition does', () => {
	const late = made({status: {conditions: [holds('Failed', 'DeadlineExceeded')]}});
	assert.deepEqual([late.phase, late.endedBy], ['failed', {kind: 'time-limit'}]);
	const tried = made({status: {conditions: [holds('Failed', 'BackoffLimitExceeded')]}});
	assert.deepEqual(
		[tried.phase, tried.endedBy, tried.error],
		['failed', undefined, {kind: 'BackoffLimitExceeded', message: 'BackoffLimitExceeded, in words'}],
	);
	assert.equal(tried.endedAt, Date.parse('2026-11-28T08:00:00Z'));
});

test('a failure that was written after the deletion began is a part of the deletion; a success is not', () => {
	const deleted = {deletionTimestamp: '2026-11-28T08:00:00Z'};
	const failedAt = (at: string) =>
		made({metadata: deleted, status: {conditions: [holds('Failed', 'BackoffLimitExceeded', at)]}});
	assert.equal(failedAt('2026-11-28T07:59:59Z').phase, 'failed');
	assert.equal(failedAt('2026-11-28T08:00:00Z').phase, 'stopping');
	assert.equal(failedAt('2026-11-28T08:00:05Z').phase, 'stopping');
	const done = made({
		metadata: deleted,
		status: {conditions: [holds('Complete', 'CompletionsReached', '2026-11-28T08:00:05Z')]},
	});
	assert.equal(done.phase, 'succeeded');
});

describe('an Indexed job', () => {
	const spec = {completionMode: 'Indexed', completions: 10, parallelism: 3};
	const counts = (live: number, ended: number) => ({live, cancelled: 0, ended, lost: 0});

	test('counts its indexes by what they do', () => {
		const status = {active: 3, ready: 2, succeeded: 4, completedIndexes: '0,2-4', failedIndexes: '1,5'};
		const {set, phase, status: words, progress} = made({spec, status});
		assert.deepEqual([phase, words], ['running', 'Running 2, Pending 2, Complete 4, Failed 2']);
		assert.deepEqual(set, {counts: counts(4, 6), together: true});
		assert.deepEqual(progress, {done: 4, total: 10});
	});

	test('that is held or being deleted has the live indexes that are left', () => {
		const held = made({spec: {...spec, suspend: true}, status: {succeeded: 4}});
		assert.deepEqual([held.status, held.set?.counts], ['Suspended', counts(6, 4)]);
		const metadata = {deletionTimestamp: '2026-11-28T08:00:00Z'};
		const deleted = made({metadata, spec, status: {succeeded: 4, ready: 0, terminating: 3}});
		assert.deepEqual([deleted.status, deleted.set?.counts], ['Terminating', counts(6, 4)]);
	});

	test('that has ended has no live index, though some never ran', () => {
		for (const [type, reason] of [
			['Failed', 'FailedIndexes'],
			['Complete', 'SuccessPolicy'],
		] as const) {
			const status = {succeeded: 4, failedIndexes: '5', conditions: [holds(type, reason)]};
			const ended = made({spec, status});
			assert.deepEqual([ended.status, ended.set?.counts], [type, counts(0, 10)]);
		}
	});

	test('never has more live indexes than completions', () => {
		// An elastic job that was made smaller, and pods of which two are for the same index.
		const shrunk = made({spec: {...spec, completions: 3}, status: {succeeded: 4, active: 2, ready: 2}});
		assert.deepEqual(shrunk.set?.counts, counts(0, 3));
		const doubled = made({spec, status: {succeeded: 9, active: 2, ready: 2}});
		assert.deepEqual([doubled.status, doubled.set?.counts], ['Running 1, Complete 9', counts(1, 9)]);
	});

	test('of one completion, and any other parallel job, is one job', () => {
		assert.equal(made({spec: {...spec, completions: 1}}).set, undefined);
		assert.equal(made({spec: {completions: 10, parallelism: 3}}).set, undefined);
		assert.equal(made({spec: {completionMode: 'NonIndexed', parallelism: 3}}).set, undefined);
	});
});

test('what explains a wait is asked of pods where there are some, of events where there never was one', () => {
	const explainedBy = (status: Json, spec: Json = {}) => {
		const metadata = {name: 'train', namespace: 'lab', uid: 'u', resourceVersion: '1'};
		return seeJob(readWire({metadata, spec, status}) ?? assert.fail(), 'k').explainedBy;
	};
	assert.equal(explainedBy({active: 2, ready: 1}), 'pods');
	assert.equal(explainedBy({active: 2, ready: 2}), undefined);
	assert.equal(explainedBy({active: 2}), undefined);
	assert.equal(explainedBy({}), 'events');
	assert.equal(explainedBy({failed: 1}), undefined);
	assert.equal(explainedBy({}, {suspend: true}), undefined);
	assert.equal(explainedBy({}, {parallelism: 0}), undefined);
	assert.equal(explainedBy({conditions: [holds('Complete', 'CompletionsReached')]}), undefined);
});

test('a job of which some pods are not ready says how many', () => {
	assert.equal(made({status: {active: 3, ready: 2}}).reason, '1 of 3 pods not ready');
	assert.equal(made({status: {active: 3, ready: 3}}).reason, undefined);
	assert.equal(made({status: {active: 3}}).reason, undefined);
});

test('a failure that was decided before the deletion began is the end of the job itself', () => {
	const ends = (decidedAt: string) =>
		made({
			metadata: {deletionTimestamp: '2026-11-28T08:00:00Z'},
			status: {
				conditions: [
					holds('FailureTarget', 'BackoffLimitExceeded', decidedAt),
					holds('Failed', 'BackoffLimitExceeded', '2026-11-28T08:00:20Z'),
				],
			},
		}).phase;
	assert.deepEqual([ends('2026-11-28T07:59:50Z'), ends('2026-11-28T08:00:01Z')], ['failed', 'stopping']);
});

test('a deleted job without pods names the finalizer that keeps its record', () => {
	const kept = (finalizers: readonly string[], status: Json = {}) =>
		made({metadata: {deletionTimestamp: '2026-11-28T08:00:00Z', finalizers}, status}).reason;
	assert.equal(kept(['foregroundDeletion']), undefined);
	assert.equal(kept(['foregroundDeletion', 'example.org/keep']), 'kept by the finalizer example.org/keep');
	assert.equal(kept(['a.example/b'], {terminating: 1}), 'waits for 1 pod to end');
});

test('a job that something else has made warns that it may be made again', () => {
	const owned = (owner: Json) => made({metadata: {ownerReferences: [owner]}}).caution;
	assert.equal(
		owned({kind: 'CronJob', name: 'nightly', controller: true}),
		'CronJob nightly has made this job and may make another one',
	);
	assert.equal(owned({kind: 'ConfigMap', name: 'x'}), undefined);
});

test('a job without parallelism says that it waits for that', () => {
	const {status, reason} = made({spec: {parallelism: 0}});
	assert.deepEqual([status, reason], ['Pending', 'its parallelism is 0']);
});

test('a condition that does not hold says nothing', () => {
	const conditions = [
		{...holds('Failed', 'x'), status: 'False'},
		{...holds('Complete', 'x'), status: 'Unknown'},
	];
	assert.equal(made({status: {active: 1, ready: 1, conditions}}).phase, 'running');
});

test('what Kueue has suspended waits for it; without its label somebody holds it', () => {
	const kueue = made({
		metadata: {labels: {'kueue.x-k8s.io/queue-name': 'gpu'}},
		spec: {suspend: true},
		status: {conditions: [holds('Suspended', 'JobSuspended')]},
	});
	assert.deepEqual(
		[kueue.phase, kueue.status, kueue.queue, kueue.reason],
		['queued', 'Pending', 'gpu', 'waits for its turn in the Kueue queue gpu'],
	);
	assert.equal(made({spec: {suspend: true}}).phase, 'held');
});

test('a server that does not count ready pods is believed by its active ones', () => {
	assert.equal(made({status: {active: 1}}).phase, 'running');
	assert.equal(made({status: {active: 1, ready: 0}}).phase, 'queued');
});

test('the image says what a job runs, without where it comes from', () => {
	const kindOf = (image: string) => made({spec: {template: {spec: {containers: [{name: 'a', image}]}}}}).kind;
	assert.equal(kindOf('busybox'), 'busybox');
	assert.equal(kindOf('registry.example.org:5000/lab/train:2.1'), 'train');
	assert.equal(kindOf(`ghcr.io/lab/train@sha256:${'0'.repeat(64)}`), 'train');
});

test('a record whose names could not be sent, or that names no submission, cannot be read', () => {
	for (const metadata of [
		{name: '../pods/x'},
		{name: 'a/b'},
		{name: 'Train'},
		{name: ''},
		{namespace: 'lab?x'},
		{uid: 7},
		{uid: ''},
		{uid: 'u\u001b[2J'},
		{resourceVersion: null},
	]) {
		const record = {metadata: {name: 'train', namespace: 'lab', uid: 'u', resourceVersion: '1', ...metadata}};
		assert.equal(readWire(record), undefined, JSON.stringify(metadata));
	}
});

test('no text but NAMESPACE/NAME becomes a part of an address', () => {
	assert.equal(jobPath('lab/train'), '/apis/batch/v1/namespaces/lab/jobs/train');
	const hostile = fc.oneof(
		fc.string(),
		fc.constantFrom(
			'lab',
			'lab/',
			'/train',
			'lab/../x',
			'lab/..',
			'lab/a/b',
			'*/x',
			'lab/x?y=1',
			'lab/x#',
			'lab/%2e',
		),
		fc.tuple(fc.string(), fc.string()).map(parts => parts.join('/')),
	);
	fc.assert(
		fc.property(hostile, id => {
			if (!isId(id)) return assert.throws(() => jobPath(id), /is not the id of a job/);
			const [namespace, name] = id.split('/');
			const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
			assert.equal(jobPath(id), path);
			// What a client makes of it is the same.
			assert.equal(new URL(path, 'https://h').pathname, path);
		}),
	);
	assert.match('*', namespaceForm);
	assert.doesNotMatch('a/b', namespaceForm);
});

test('only a 404 that names an object is about a job', () => {
	const body = (details: object) => ({
		kind: 'Status',
		code: 404,
		message: 'jobs.batch "x" not found',
		details,
	});
	const foreign = (value: object) =>
		isForeign('not-found', {body: value, words: 'no such thing here', text: ''}, own);
	assert.equal(foreign(body({name: 'x', kind: 'jobs'})), false);
	assert.equal(foreign(body({})), true);
	assert.equal(foreign({error: 'x', code: 404, details: {name: 'x'}}), true);
});

test('a record of the same version is not read again, and another version is', () => {
	const reading = createListReading('k');
	const record = (resourceVersion: string, ready: number) => ({
		metadata: {name: 'train', namespace: 'lab', uid: 'u1', resourceVersion},
		status: {active: 1, ready},
	});
	const list = (...records: readonly unknown[]) => {
		reading.begin();
		return reading.read(records).read;
	};
	const [first] = list(record('1', 0));
	assert.equal(first?.job.phase, 'queued');
	assert.equal(list(record('1', 0))[0], first);
	const [second] = list(record('2', 1));
	assert.equal(second?.job.phase, 'running');
	// Another submission of the same name and version is another record.
	const [other] = list({...record('2', 1), metadata: {...record('2', 1).metadata, uid: 'u2'}});
	assert.equal(other?.job.uid, 'u2');
	list();
	list();
	list();
	assert.equal(reading.size(), 0);
});

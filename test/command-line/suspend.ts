/*
`jobtop suspend` and `jobtop unsuspend`: what they say, and what the next jobtop makes of them after a `kill -9`.
*/
import assert from 'node:assert/strict';
import {readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {send} from '../../source/demo/faults.ts';
import type {WorldPhase} from '../../source/demo/lives.ts';
import type {JobPlan} from '../../source/demo/scenario.ts';
import {openFarKubernetes} from '../helpers/far-kubernetes.ts';
import {runCli, startCli} from '../helpers/run-cli.ts';

const openFar = async (context: TestContext) => {
	const far = await openFarKubernetes(context, {graceMs: 300});
	const {server, env} = far;
	const patches = () => server.requests().filter(({method}) => method === 'PATCH').length;
	return {
		...far,
		patches,
		add: (name: string, phase: WorldPhase = 'running', plan: Partial<JobPlan> = {}) =>
			server.add(phase, {name, process: 'train', ...plan}, `lab/${name}`),
		jobtop: (...parameters: readonly string[]) => runCli(parameters, {env}),
	};
};

test('a job is suspended and started again, each after a confirmation that says what it does', async context => {
	const far = await openFar(context);
	far.add('train');
	const unasked = await far.jobtop('suspend', 'k/lab/train');
	assert.equal(unasked.code, 3);
	assert.match(unasked.stderr, /^suspend 1 job:\n {2}k\/lab\/train {2}train {2}RUNNING/);
	assert.match(unasked.stderr, /stops the job's pods.*the record stays, and the job can be started again/);
	assert.equal(far.patches(), 0);

	const suspended = await far.jobtop('suspend', 'k/lab/train', '-y', '-o', 'json', '--reason', 'a drain');
	assert.equal(suspended.code, 0, suspended.stderr);
	const {batch, operation, results, counts} = JSON.parse(suspended.stdout);
	assert.deepEqual([batch, operation, counts], [1, 'suspend', {suspended: 1}]);
	assert.deepEqual([results[0].outcome, results[0].phase], ['suspended', 'held']);

	const again = await far.jobtop('suspend', 'k/lab/train', '-y');
	assert.deepEqual([again.code, again.stdout], [0, 'k/lab/train was already suspended\n']);
	const back = await far.jobtop('unsuspend', 'k/lab/train', '-y');
	assert.deepEqual([back.code, back.stdout], [0, 'k/lab/train is no longer suspended\n']);
	assert.match(back.stderr, /^unsuspend 1 job:[\s\S]*starts new pods/);
	const nothing = await far.jobtop('unsuspend', 'k/lab/train', '-y');
	assert.deepEqual([nothing.code, nothing.stdout], [0, 'k/lab/train was not suspended\n']);
	assert.equal(far.patches(), 2);

	const audit = readFileSync(join(far.state, 'audit.jsonl'), 'utf8')
		.trim()
		.split('\n')
		.map(line => JSON.parse(line));
	assert.deepEqual(
		audit.map(({operation, outcome, reason}) => [operation, outcome, reason]),
		[
			['suspend', 'suspended', 'a drain'],
			['unsuspend', 'unsuspended', undefined],
		],
	);
	const batches = await far.jobtop('batches');
	assert.match(batches.stdout, /unsuspend .*1 unsuspended\n.*suspend .*1 suspended {2}\(a drain\)/);
	assert.match((await far.jobtop('batches', 'show', '1')).stdout, /^batch 1: suspend 1 job, /);
});

test('only what may be suspended is counted, asked for and sent', async context => {
	const far = await openFar(context);
	for (const name of ['a', 'b', 'queued-by-kueue']) far.add(name);
	far.add('held', 'held');
	far.add('done', 'succeeded');
	far.server.distort('lab/queued-by-kueue', record => {
		const metadata = record.metadata as {labels: object};
		const labels = {...metadata.labels, 'kueue.x-k8s.io/queue-name': 'users'};
		return {...record, metadata: {...metadata, labels}};
	});
	const tooMany = await far.jobtop('suspend', '--query', 'profile:k', '--max', '1', '-y');
	assert.equal(tooMany.code, 3);
	assert.match(tooMany.stderr, /2 jobs would be suspended, and --max is 1; nothing was sent/);
	const dry = await far.jobtop('suspend', '--query', 'profile:k', '--dry-run');
	assert.match(dry.stderr, /^suspend 2 jobs:/);
	assert.equal(dry.stderr.match(/would send to k: PATCH /g)?.length, 2);
	const named = ['a', 'queued-by-kueue', 'held', 'done', 'none'].map(name => `k/lab/${name}`);
	const mixed = await far.jobtop('suspend', ...named, '-y');
	assert.match(mixed.stderr, /^suspend 1 job:\n[\s\S]*4 jobs left out; their results follow/);
	for (const sentence of [
		'k/lab/a is suspended, and nothing of it runs',
		/nothing was sent for k\/lab\/queued-by-kueue: .*Kueue/,
		'k/lab/held was already suspended',
		'k/lab/done ended first (succeeded)',
		/k\/lab\/none was not found/,
	]) {
		assert.match(
			mixed.stdout,
			new RegExp(sentence instanceof RegExp ? sentence : sentence.replace(/[()]/g, '\\$&')),
		);
	}
	assert.equal(far.patches(), 1);
	assert.equal((await far.jobtop('unsuspend', 'k/lab/queued-by-kueue', '-y')).code, 5);
	const readOnly = await far.jobtop('--read-only', 'suspend', 'k/lab/b', '-y');
	assert.match(readOnly.stdout, /profile k cannot suspend: it is read-only/);
	assert.equal(far.patches(), 1);
});

test('a pod that does not end is no suspension, and the batch can be resumed', async context => {
	const far = await openFar(context);
	far.add('train', 'running', {quirk: 'never-stops'});
	const left = await far.jobtop('suspend', 'k/lab/train', '-y', '--timeout', '3s');
	assert.equal(left.code, 8, left.stderr);
	assert.match(left.stdout, /was asked to suspend, and not all of it has stopped/);
	assert.match(left.stderr, /jobtop batches resume 1/);
	const accepted = await far.jobtop('batches', 'resume', '1', '--wait', 'accepted', '-o', 'json');
	assert.equal(JSON.parse(accepted.stdout).operation, 'suspend');
	const forced = await far.jobtop('batches', 'retry', '1', '--force', '-y');
	assert.deepEqual([forced.code, far.patches()], [2, 1]);
	// Cancelling takes its place, as its own batch.
	assert.equal(far.server.history('lab/train').at(-1)?.effect, 'suspended');
});

for (const {title, done} of [
	{title: 'before it works', done: false},
	{title: 'after it worked', done: true},
]) {
	test(`a suspension that is killed when its request arrives, ${title}, is resumed as one`, async context => {
		const far = await openFar(context);
		far.add('train');
		const {child, result} = startCli(['suspend', 'k/lab/train', '-y'], {env: far.env});
		far.server.setFault(async (response, work) => {
			const isPatch = far.server.requests().at(-1)?.method === 'PATCH';
			if (!isPatch) return send(response, await work());
			child.kill('SIGKILL');
			if (done) await work();
			response.socket?.destroy();
		});
		await result;
		far.server.setFault();
		assert.deepEqual(far.server.history('lab/train').length, done ? 1 : 0);
		const journal = join(far.state, 'batches', '1.jsonl');
		const lines = readFileSync(journal, 'utf8')
			.trim()
			.split('\n')
			.map(line => JSON.parse(line));
		// An earlier jobtop would cancel the jobs of a batch that it can read.
		assert.equal(lines[0].version, 3);
		assert.deepEqual([...new Set(lines.map(({operation}) => operation))], ['suspend']);
		const resumed = await far.jobtop('batches', 'resume', '1', '-y');
		assert.deepEqual(
			[resumed.code, resumed.stdout],
			[0, 'k/lab/train is suspended, and nothing of it runs\n'],
			resumed.stderr,
		);
		assert.deepEqual(
			far.server.history('lab/train').map(({effect}) => effect),
			['suspended'],
		);
	});
}

test('a batch whose first line is lost is no batch of cancellations', async context => {
	const far = await openFar(context);
	far.add('train', 'running', {quirk: 'never-stops'});
	await far.jobtop('suspend', 'k/lab/train', '-y', '--wait', 'accepted');
	const journal = join(far.state, 'batches', '1.jsonl');
	const [head = '', ...others] = readFileSync(journal, 'utf8').split('\n');
	truncateSync(journal);
	writeFileSync(journal, [head.replace('suspend', 'cancel!'), ...others].join('\n'));
	const resumed = await far.jobtop('batches', 'resume', '1', '-y', '--timeout', '1s');
	assert.match(resumed.stdout, /was asked to suspend, and not all of it has stopped/, resumed.stderr);
	assert.deepEqual(
		far.server.history('lab/train').map(({effect}) => effect),
		['suspended'],
	);
	assert.equal(far.server.requests().filter(({method}) => method === 'DELETE').length, 0);
});

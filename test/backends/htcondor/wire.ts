/*
Records and answers of HTCondor 23.9, as they were recorded.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import {readAds} from '../../../source/backends/htcondor/ad.ts';
import {failureOfProgram, readRemove} from '../../../source/backends/htcondor/answers.ts';
import {isRemovedByPolicy} from '../../../source/backends/htcondor/ended-by.ts';
import {parseId} from '../../../source/backends/htcondor/ids.ts';
import {queueArguments, rangeConstraint} from '../../../source/backends/htcondor/queue.ts';
import {summarize, withNodes} from '../../../source/backends/htcondor/sets.ts';
import {readName} from '../../../source/backends/htcondor/system.ts';
import {type Source, toJob, type Viewer} from '../../../source/backends/htcondor/wire.ts';
import type {Job} from '../../../source/job/job.ts';
import {fc} from '../../helpers/fast-check.ts';

const viewer: Viewer = {profile: 'pool', isMine: owner => owner === 'jtalice'};
const recorded = (source: Source): readonly Job[] => {
	const url = new URL(`../../fixtures/htcondor-23.9/${source}.txt`, import.meta.url);
	return (readAds(readFileSync(url, 'utf8')) ?? assert.fail()).map(
		ad => toJob(ad, source, viewer) ?? assert.fail(),
	);
};
const job = (source: Source, id: string): Job =>
	recorded(source).find(each => each.id === id) ?? assert.fail(id);
const read = (ad: object, source: Source = 'history'): Job =>
	toJob({ClusterId: 1, ProcId: 0, JobStatus: 4, Owner: 'jtalice', Cmd: '/bin/x', ...ad}, source, viewer) ??
	assert.fail();

describe('a recorded queue', () => {
	test('has jobs that run, wait and are held, each with its reason', () => {
		const running = job('queue', '19.2');
		assert.deepEqual(
			[running.phase, running.status, running.mine, running.name, running.kind, running.labels],
			['running', 'Running', true, 'sleep', 'sleep', {node: 'localhost'}],
		);
		assert.equal(running.parent, 'pool/19');
		assert.equal(running.startedAt, 1_795_923_632_000);
		const held = job('queue', '3.0');
		assert.deepEqual(
			[held.phase, held.reason, held.startedAt],
			['held', "submitted on hold at user's request", undefined],
		);
		assert.equal(job('queue', '23.0').mine, false);
		assert.equal(job('queue', '25.0').limitMs, 7000);
		const waiting = job('queue', '20.0');
		assert.deepEqual([waiting.phase, waiting.reason], ['queued', 'no match found']);
		const dying = job('queue', '21.0');
		assert.deepEqual(
			[dying.phase, dying.status, dying.terminal, dying.endedAt],
			['stopping', 'Removing', false, undefined],
		);
	});

	test('has names of any text, and none from an expression', () => {
		assert.equal(job('queue', '3.0').name, 'we \\"x\\" tab ☃ ä \\ back');
		assert.match(job('queue', '9.0').name, /^a\\nb\\033\[31m/);
		for (const id of ['11.0', '11.1', '11.2', '11.3']) assert.equal(job('queue', id).name, 'sleep');
		assert.doesNotMatch(job('queue', '10.0').name, /[\u0000-\u001f]/);
	});

	test('has a DAG whose nodes belong to it, and end with it', () => {
		const dag = withNodes(recorded('queue')).find(({id}) => id === '24.0');
		assert.equal(dag?.name, 'd.dag+24');
		assert.deepEqual(dag.set?.apart, ['pool/24.0', 'pool/26.0', 'pool/26.1', 'pool/27.0', 'pool/27.1']);
		assert.deepEqual(dag.set.counts, {live: 5, cancelled: 0, ended: 0, lost: 0});
		assert.deepEqual([job('queue', '26.0').parent, job('queue', '26.0').name], ['pool/24.0', 'A']);
	});

	test('has jobs of a factory, with the caution that others follow', () => {
		assert.match(job('queue', '22.0').caution ?? '', /takes its place/);
		assert.equal(job('queue', '19.2').caution, undefined);
	});
});

describe('a recorded history', () => {
	test('says who removed a job, and of what a policy removed that nobody cancelled it', () => {
		const removed = job('history', '2.0');
		assert.deepEqual(
			[removed.phase, removed.status, removed.endedBy],
			['cancelled', 'Removed', {kind: 'cancelled', by: 'jtalice'}],
		);
		// The text of `condor_rm -reason` is the user's own.
		assert.deepEqual(job('history', '8.0').endedBy, {kind: 'cancelled', by: 'jtalice'});
		const forced = job('history', '7.0');
		assert.deepEqual([forced.endedBy, forced.unproven], [{kind: 'cancelled', by: 'jtalice'}, 'may-run']);
		assert.equal(removed.unproven, undefined);
		const policy = job('history', '14.0');
		assert.deepEqual([policy.phase, policy.endedBy], ['failed', undefined]);
		assert.match(policy.reason ?? '', /PeriodicRemove expression/);
	});

	test('says how a program ended', () => {
		const failed = job('history', '5.0');
		assert.deepEqual(
			[failed.phase, failed.status, failed.endedBy],
			['failed', 'Completed', {kind: 'exit', code: 1}],
		);
		assert.equal(read({ExitCode: 0, ExitBySignal: false}).phase, 'succeeded');
		const killed = read({ExitBySignal: true, ExitSignal: 9});
		assert.deepEqual([killed.phase, killed.endedBy], ['failed', {kind: 'signal', signal: 9}]);
	});

	test('takes the words of a user for no policy, and those of a policy for no user', () => {
		assert.equal(isRemovedByPolicy('The job attribute OnExitRemove expression evaluated to TRUE'), true);
		assert.equal(
			isRemovedByPolicy(
				'The system macro SYSTEM_PERIODIC_REMOVE expression \'x == "(by user bob)"\' evaluated to TRUE',
			),
			true,
		);
		assert.equal(isRemovedByPolicy('my expression evaluated to TRUE (by user alice)'), false);
		assert.equal(isRemovedByPolicy('Python-initiated action. (by user alice)'), false);
		assert.equal(isRemovedByPolicy('uses more memory than it asked for'), true);
		assert.equal(
			isRemovedByPolicy(
				'removed because <OtherJobRemoveRequirements = DAGManJobId =?= 24> fired when job (24.0) was removed',
			),
			false,
		);
		assert.equal(isRemovedByPolicy('via condor_rm'), false);
		assert.equal(isRemovedByPolicy(undefined), false);
	});

	test('the same status means being removed in the queue and removed in the history', () => {
		const ad = {JobStatus: 3, RemoveReason: 'via condor_rm (by user jtalice)', EnteredCurrentStatus: 5};
		assert.deepEqual(
			[read(ad, 'queue').phase, read(ad, 'queue').terminal, read(ad, 'queue').endedBy],
			['stopping', false, undefined],
		);
		assert.deepEqual([read(ad).phase, read(ad).terminal, read(ad).endedAt], ['cancelled', true, 5000]);
	});
});

test('an answer may be empty, cut by a record that is no JSON, or framed by a wrapper', () => {
	assert.deepEqual(readAds(''), []);
	assert.deepEqual(readAds('[\n]\n'), []);
	assert.equal(readAds('Welcome to submit!\n'), undefined);
	assert.equal(readAds('[\n{"ClusterId": 1'), undefined);
	assert.deepEqual(readAds('hello\n[\n{\n"a": 1\n}\n]\nbye\n'), [{a: 1}]);
	assert.deepEqual(readAds('[\n{\n"a": nan\n}\n,\n{\n"a": 2\n}\n]\n'), [undefined, {a: 2}]);
});

test('a record without an id or a status is none', () => {
	for (const ad of [
		{},
		null,
		5,
		{ClusterId: 1, ProcId: 0},
		{ClusterId: 0, ProcId: 0, JobStatus: 1},
		{ClusterId: 1.5, ProcId: 0, JobStatus: 1},
		{ClusterId: '1', ProcId: 0, JobStatus: 1},
	]) {
		assert.equal(toJob(ad, 'queue', viewer), undefined);
	}
	assert.deepEqual([read({JobStatus: 9}).phase, read({JobStatus: 9}).status], ['unknown', 'JobStatus 9']);
});

test('an id is read only as HTCondor writes it', () => {
	assert.deepEqual(parseId('12.3'), {cluster: 12, proc: 3});
	assert.deepEqual(parseId('12'), {cluster: 12, proc: undefined});
	// The first of them HTCondor takes for job 1.0.
	for (const id of [
		'4294967297.0',
		'2147483648.0',
		'1.4294967296',
		'0.0',
		'01.0',
		'1.00',
		'1.',
		'.1',
		'1.0.0',
	])
		assert.equal(parseId(id), undefined, id);
	for (const id of [
		'',
		' 1.0',
		'1.0 ',
		'1.0\n',
		'-all',
		'-constraint',
		'alice',
		'*',
		'1,2',
		'1.0;2',
		'+1.0',
		'1e3',
	])
		assert.equal(parseId(id), undefined, id);
});

test('of many jobs the schedd is asked by a few ranges that hold them all', () => {
	const ids = fc.array(
		fc.record({cluster: fc.integer({min: 1, max: 5000}), proc: fc.option(fc.nat(50), {nil: undefined})}),
		{minLength: 11, maxLength: 80},
	);
	fc.assert(
		fc.property(ids, all => {
			const [, condition = ''] = queueArguments(all);
			assert.ok(condition.split('||').length <= 8, condition);
			const holds = new Function('ClusterId', 'ProcId', `return ${condition}`);
			for (const {cluster, proc} of all) assert.equal(holds(cluster, proc ?? 0), true, condition);
		}),
	);
	assert.deepEqual(
		queueArguments([
			{cluster: 4, proc: 1},
			{cluster: 5, proc: undefined},
		]),
		['4.1', '5'],
	);
	assert.equal(
		rangeConstraint([4, 9].map(proc => ({cluster: 7, proc}))),
		'ClusterId == 7 && ProcId >= 4 && ProcId <= 9',
	);
});

describe('what condor_rm says', () => {
	const ok = {code: 0} as const;
	const kindsOf = (
		ids: readonly string[],
		stdout: string,
		stderr: string,
		end: Parameters<typeof readRemove>[0]['end'] = ok,
	) => ids.map(id => readRemove({stdout, stderr, end}, ids).get(id)?.kind);

	test('is read line by line: two of four refused is code 0', () => {
		const stdout = 'Job 1.1 marked for removal\nJob 4.0 marked for removal\n';
		const stderr = '\nPermission denied to remove job 6.0\n\nJob 999.0 not found\n';
		assert.deepEqual(kindsOf(['4.0', '6.0', '999.0', '1.1', '5.5'], stdout, stderr), [
			'accepted',
			'forbidden',
			'not-found',
			'accepted',
			'cut-off',
		]);
	});

	test('knows the other lines', () => {
		assert.deepEqual(kindsOf(['8.0'], '', '\nJob 8.0 already marked for removal\n', {code: 1}), ['accepted']);
		assert.deepEqual(kindsOf(['8.0'], '', "\nJob 8.0 not in `X' state to be forcibly removed\n", {code: 1}), [
			'conflict',
		]);
		assert.deepEqual(kindsOf(['8.0'], '', '\nJob 8.0 already marked for forced removal\n', {code: 1}), [
			'accepted',
		]);
		assert.deepEqual(kindsOf(['7.0'], 'Job 7.0 removed locally (remote state unknown)\n', ''), ['accepted']);
		assert.deepEqual(kindsOf(['8.0'], '', 'Permission denied to force removal of job 8.0\n', {code: 1}), [
			'forbidden',
		]);
		// Of another job: nothing about this one.
		assert.deepEqual(kindsOf(['8.0'], 'Job 18.0 marked for removal\n', ''), ['malformed']);
	});

	test('is nothing where nothing was sent, and may have arrived where it was cut', () => {
		const dead = "condor_rm: Can't find address for schedd localhost\n";
		assert.deepEqual(kindsOf(['8.0'], '', dead, {code: 1}), ['unreachable']);
		for (const lost of ["Can't read response ad", "Can't read confirmation", "Can't send reply"]) {
			const stderr = `DCSchedd::actOnJobs:6004:${lost}\nNo result found for job 8.0\nNo result found for job 9.0\n`;
			const failure = {kind: 'cut-off', detail: `DCSchedd::actOnJobs:6004:${lost}`};
			for (const answer of readRemove({stdout: '', stderr, end: {code: 1}}, ['8.0', '9.0']).values())
				assert.deepEqual(answer, failure);
		}
		const refused = 'DCSchedd::actOnJobs:6001:Failed to connect to schedd\nNo result found for job 8.0\n';
		assert.deepEqual(kindsOf(['8.0'], '', refused, {code: 1}), ['unreachable']);
		assert.deepEqual(kindsOf(['8.0'], '', '', {code: 0}), ['malformed']);
		assert.deepEqual(kindsOf(['8.0'], '', '', {signal: 'SIGKILL'}), ['cut-off']);
		assert.deepEqual(kindsOf(['8.0'], '', '', {overtime: 'too long'}), ['timeout']);
	});
});

test('why a program did not answer is said in one line, without the advice below it', () => {
	const fail = (stderr: string, code = 1) => failureOfProgram('condor_q', {stdout: '', stderr, code});
	assert.deepEqual(
		fail(
			"Error: Can't find address for schedd localhost\n\nExtra Info: You probably saw this error because …\n",
		),
		{kind: 'unreachable', detail: "Can't find address for schedd localhost"},
	);
	assert.deepEqual(
		fail(
			'\n-- Failed to fetch ads from: <127.0.0.1:19618?x> : localhost\nSECMAN:2007:Read failure during security negotiation.\n',
		),
		{
			kind: 'timeout',
			detail:
				'Failed to fetch ads from: <127.0.0.1:19618?x> : localhost SECMAN:2007:Read failure during security negotiation.',
		},
	);
	assert.equal(
		fail('File specified in CONDOR_CONFIG environment variable:\n"/x" does not exist.\n').kind,
		'unreachable',
	);
	assert.deepEqual(fail('condor_q: error while loading shared libraries: libx.so: no', 127), {
		kind: 'unreachable',
		detail: 'condor_q does not run: error while loading shared libraries: libx.so: no',
		local: 'program',
	});
	assert.equal(fail('').detail, 'condor_q ended with code 1');
});

test('the name of the schedd is read from the heading of condor_q', () => {
	assert.equal(
		readName('\n\n-- Schedd: localhost : <127.0.0.1:19618?... @ 11/29/26 03:25:44\n'),
		'localhost',
	);
	assert.equal(readName('Welcome\n'), undefined);
});

test('a cluster is alive as long as one of its jobs is, and counts those that nobody remembers', () => {
	const ends = ['Removed', 'Completed'].map((_, proc) =>
		read({ProcId: proc, JobStatus: proc === 0 ? 3 : 4, RemoveReason: 'x (by user a)', ExitCode: 0}),
	);
	const live = read({ProcId: 2, JobStatus: 2}, 'queue');
	const cluster = summarize('1', [...ends, live], 5);
	assert.deepEqual([cluster.id, cluster.phase, cluster.terminal], ['1', 'running', false]);
	assert.deepEqual(cluster.set, {counts: {live: 1, cancelled: 1, ended: 1, lost: 2}, together: true});
	assert.equal(summarize('1', ends, 2).phase, 'partial');
	assert.equal(summarize('1', [ends[0] as Job], 1).phase, 'cancelled');
	assert.equal(summarize('1', [ends[0] as Job], 2).phase, 'partial');
});

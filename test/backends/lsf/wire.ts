/*
Records and answers of LSF 10.1 as its documents and its users show them.
*/
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {failureOfProgram, readKill, saysNone, unknownIn} from '../../../source/backends/lsf/answers.ts';
import {outputOf} from '../../../source/backends/lsf/details.ts';
import {endedJob} from '../../../source/backends/lsf/ended-job.ts';
import {cancellerIn, parseHistories} from '../../../source/backends/lsf/history.ts';
import {parseId} from '../../../source/backends/lsf/ids.ts';
import {readAnswer} from '../../../source/backends/lsf/record.ts';
import {readCluster} from '../../../source/backends/lsf/system.ts';
import {readLimit, readTime} from '../../../source/backends/lsf/times.ts';
import {toJob, type Viewer} from '../../../source/backends/lsf/wire.ts';
import type {Job} from '../../../source/job/job.ts';

const now = Date.UTC(2026, 0, 10, 12);
const viewer: Viewer = {profile: 'east', isMine: owner => owner === 'alice', now: () => now};
const read = (record: object): Job =>
	toJob({JOBID: '7', JOBINDEX: '0', STAT: 'EXIT', USER: 'alice', JOB_NAME: 'sim', ...record}, viewer) ??
	assert.fail();

test('an id is a job, an array or one element, and nothing beyond 32 bits', () => {
	assert.deepEqual(parseId('123'), {job: 123, element: undefined});
	assert.deepEqual(parseId('123[4]'), {job: 123, element: 4});
	for (const text of [
		'0',
		'-1',
		'007',
		'123[0]',
		'123[1-3]',
		'123[]',
		'4294967296',
		'2147483648',
		'1[2147483648]',
	])
		assert.equal(parseId(text), undefined, text);
});

describe('a time', () => {
	test('has a year, or is the last such time', () => {
		assert.equal(readTime('Jan  2 03:04:05 2025', now), Date.UTC(2025, 0, 2, 3, 4, 5));
		assert.equal(readTime('Thu Jan  2 03:04:05 2025', now), Date.UTC(2025, 0, 2, 3, 4, 5));
		assert.equal(readTime('Dec 28 19:56', now), Date.UTC(2025, 11, 28, 19, 56));
		assert.equal(readTime('Jan 10 19:56', now), Date.UTC(2026, 0, 10, 19, 56));
		for (const text of ['', 'Jan 10 19:56 L', 'Apr 12 22:27:01 2026 E', 'Foo 1 00:00', 'yesterday'])
			assert.equal(readTime(text, now), undefined, text);
	});

	test('limit is in minutes or in hours, minutes and seconds', () => {
		assert.deepEqual(['10.0', '30.0/hostA', '00:10:00', '01:30', '', 'x'].map(readLimit), [
			600_000,
			1_800_000,
			600_000,
			5_400_000,
			undefined,
			undefined,
		]);
	});
});

describe('an answer of bjobs', () => {
	const record = (id: string, name = 'x') =>
		`    {\n      "JOBID":"${id}",\n      "JOB_NAME":"${name}"\n    }`;
	const answer = (...records: readonly string[]) =>
		`{\n  "COMMAND":"bjobs",\n  "JOBS":${records.length},\n  "RECORDS":[\n${records.join(',\n')}\n  ]\n}\n`;

	test('may stand between lines of LSF and of the site', () => {
		const wait = 'Cannot connect to LSF. Please wait ...\n';
		assert.deepEqual(readAnswer(`${wait}${answer(record('1'))}Goodbye\n`), [{JOBID: '1', JOB_NAME: 'x'}]);
		for (const text of ['', 'Welcome\n', '{\n}\n', '{\n"RECORDS":3\n}\n'])
			assert.equal(readAnswer(text), undefined);
	});

	test('with one record that is no JSON has the others', () => {
		const records = readAnswer(answer(record('1'), record('2', 'a "quoted" name'), record('3'))) ?? [];
		assert.deepEqual(
			records.map(each => (each as {JOBID?: string} | undefined)?.JOBID),
			['1', undefined, '3'],
		);
	});

	test('that was cut has no records: a list of some jobs is no list of all', () => {
		const text = answer(record('1'), record('2'), record('3'));
		for (let at = 1; at <= text.lastIndexOf('    }'); at++)
			assert.equal(readAnswer(text.slice(0, at)), undefined, String(at));
		const unescaped = answer(record('1'), record('2', 'a "quoted" name'), record('3'));
		assert.equal(readAnswer(unescaped.slice(0, unescaped.lastIndexOf('    {'))), undefined);
	});

	test('without jobs says so in words', () => {
		assert.ok(saysNone({stdout: '', stderr: 'No unfinished job found\n'}));
		assert.ok(saysNone({stdout: 'No job found\n', stderr: ''}));
		assert.ok(!saysNone({stdout: '', stderr: 'Job <3> is not found\n'}));
		assert.deepEqual([...unknownIn('Job <3> is not found\nJob <4[5]> is not found')], ['3', '4[5]']);
	});
});

describe('a record', () => {
	test('of an element of an array has its index, and the array as its parent', () => {
		const element = read({JOBID: '7', JOBINDEX: '4', STAT: 'RUN'});
		assert.deepEqual([element.id, element.parent], ['7[4]', 'east/7']);
		assert.equal(read({JOBID: '7[4]', JOBINDEX: '4'}).id, '7[4]');
		assert.deepEqual(
			['sim[4]', 'sim[5]', 'sim'].map(JOB_NAME => read({JOBINDEX: '4', JOB_NAME}).name),
			['sim', 'sim[5]', 'sim'],
		);
		assert.equal(read({JOB_NAME: 'sim[0]'}).name, 'sim[0]');
		assert.equal(read({}).parent, undefined);
		assert.equal(toJob({JOBID: '0', JOBINDEX: '0', STAT: 'RUN'}, viewer), undefined);
		assert.equal(toJob({JOBID: '7'}, viewer), undefined);
	});

	test('has its hosts once, why it waits, and no end that is an estimate', () => {
		const job = read({
			...{STAT: 'RUN', EXEC_HOST: '4*n1:n2:n2', SUBMIT_TIME: 'Jan  9 10:00:00 2026'},
			...{START_TIME: 'Jan  9 10:01:00 2026', FINISH_TIME: 'Jan 11 10:01:00 2026 L', RUNTIMELIMIT: '60.0'},
		});
		assert.deepEqual([job.labels?.node, job.endedAt, job.limitMs], ['n1,n2', undefined, 3_600_000]);
		assert.equal(job.createdAt, Date.UTC(2026, 0, 9, 10));
		const waiting = read({STAT: 'PEND', PEND_REASON: 'Job dependency condition not satisfied;'});
		assert.deepEqual([waiting.phase, waiting.reason], ['queued', 'Job dependency condition not satisfied']);
		assert.deepEqual([read({STAT: 'UNKWN'}).phase, read({STAT: 'ZOMBI'}).phase], ['unknown', 'stopping']);
	});

	test('of an ended job has its end, whatever letter says how a limit was reckoned', () => {
		const end = (text: string, STAT = 'DONE') => read({STAT, FINISH_TIME: text}).endedAt;
		const at = Date.UTC(2026, 0, 9, 10, 1);
		assert.deepEqual(
			['Jan  9 10:01:00 2026', 'Jan  9 10:01:00 2026 L', 'Jan  9 10:01 X'].map(text => end(text)),
			[at, at, at],
		);
		assert.equal(end('Jan  9 10:01:00 2026 L', 'RUN'), undefined);
	});

	test('with a limit that no clock holds has none', () => {
		assert.equal(read({STAT: 'RUN', RUNTIMELIMIT: '9'.repeat(400)}).limitMs, undefined);
	});

	test('of an ended job says what ended it, by its termination reason', () => {
		const end = (reason: string, code = '130') => {
			const {phase, endedBy, unproven, reason: words} = read({EXIT_CODE: code, EXIT_REASON: reason});
			return [phase, endedBy, unproven, words];
		};
		const owner = 'TERM_OWNER: job killed by owner';
		assert.deepEqual(end(owner), ['cancelled', {kind: 'cancelled', by: 'alice'}, undefined, owner]);
		const admin = end('TERM_ADMIN: job killed by root or LSF administrator');
		assert.deepEqual(admin.slice(0, 2), ['cancelled', {kind: 'cancelled', by: 'an administrator'}]);
		const forced = end('TERM_FORCE_OWNER: job killed by owner without time for cleanup');
		assert.deepEqual(forced.slice(0, 3), ['cancelled', {kind: 'cancelled', by: 'alice'}, 'may-run']);
		const kindOf = (reason: string) => (end(reason)[1] as {kind: string} | undefined)?.kind;
		assert.equal(kindOf('TERM_RUNLIMIT: job killed after reaching LSF run time limit'), 'time-limit');
		assert.equal(kindOf('TERM_MEMLIMIT: job killed after reaching LSF memory usage limit'), 'memory');
		assert.equal(kindOf('TERM_PREEMPT: job killed after preemption'), 'preemption');
		assert.equal(kindOf('TERM_ORPHAN_SYSTEM: x'), 'dependency');
		// A signal from outside is no cancel, whatever was requested.
		assert.deepEqual(end('TERM_EXTERNAL_SIGNAL: job killed by a signal external to LSF', '137').slice(0, 2), [
			'failed',
			undefined,
		]);
		assert.deepEqual(end('', '3'), ['failed', {kind: 'exit', code: 3}, undefined, undefined]);
		assert.deepEqual(end('', '143')[1], {kind: 'signal', signal: 15});
	});
});

describe('what bkill says', () => {
	const killed = (stdout: string, stderr: string, code: number, ids: readonly string[]) =>
		Object.fromEntries([...readKill({stdout, stderr, end: {code}}, ids)].map(([id, {kind}]) => [id, kind]));

	test('names each job', () => {
		const stdout = 'Job <1> is being terminated\nJob <6> is being signaled\n';
		const stderr =
			'Job <2>: Job has already finished\nJob <3>: No matching job found\nJob <4>: User permission denied\nJob <5>: Operation not possible\n';
		assert.deepEqual(killed(stdout, stderr, 255, ['1', '2', '3', '4', '5', '6', '7']), {
			...{1: 'accepted', 2: 'too-late', 3: 'not-found', 4: 'forbidden', 5: 'broken', 6: 'accepted'},
			7: 'cut-off',
		});
	});

	test('is a refusal only where nothing can have arrived', () => {
		const kindOf = (words: string) => killed('', `Job <1>: ${words}\n`, 255, ['1'])[1];
		assert.deepEqual(
			[
				...['Signal not supported', 'Bad jobId', 'Cannot operate on element job'],
				...['Connection refused by server', 'Contacting batch daemon: Communication timeout'],
				...[
					'Unable to contact execution host',
					'Server is not connected',
					'Master batch daemon internal error',
				],
				...['System call failed: Connection reset by peer', 'Batch protocol error'],
			].map(kindOf),
			[
				...['rejected', 'rejected', 'rejected'],
				...['unreachable', 'timeout'],
				...['cut-off', 'cut-off', 'broken'],
				...['cut-off', 'broken'],
			],
		);
	});

	test('may name elements of an array together', () => {
		const stderr = 'Job <5[1-3:1]>: Job has already finished\n';
		assert.deepEqual(
			killed('Job <5[7]> is being terminated\n', stderr, 255, ['5[1]', '5[3]', '5[7]', '51[1]']),
			{
				...{'5[1]': 'too-late', '5[3]': 'too-late', '5[7]': 'accepted'},
				'51[1]': 'cut-off',
			},
		);
	});

	test('without an id is about a job that was asked for alone, and about no other', () => {
		assert.deepEqual(killed('', 'Job has already finished\n', 255, ['5']), {5: 'too-late'});
		assert.deepEqual(killed('', 'No matching job found\n', 255, ['5']), {5: 'not-found'});
		assert.deepEqual(killed('', 'Job has already finished\n', 255, ['5', '6']), {5: 'broken', 6: 'broken'});
		assert.deepEqual(killed('', '', 0, ['5']), {5: 'malformed'});
	});

	test('in complaints is sorted by what may be concluded from it', () => {
		const of = (stderr: string) => failureOfProgram('bjobs', {stdout: '', stderr, code: 255}).kind;
		assert.deepEqual(
			[
				'Cannot connect to LSF. Please wait ...\nCannot connect to LSF. Please wait ...',
				'batch system daemon not responding ... still trying',
				'User permission denied',
				'',
			].map(of),
			['unreachable', 'timeout', 'forbidden', 'broken'],
		);
		assert.equal(of('Welcome to login1\nUser permission denied\n'), 'forbidden');
		const late = readKill({stdout: '', stderr: '', end: {overtime: 'too slow'}}, ['1']);
		assert.equal(late.get('1')?.kind, 'timeout');
	});
});

describe('a history', () => {
	const text = `
Job <102>, Job Name <sim>, User <alice>, Project <default>, Command <z.sh>
Fri Sep 19 11:10:05 2025: Submitted from host <h>, to Queue <regress>, CWD <$HO
                     ME>;
Fri Sep 19 11:10:30 2025: Starting (Pid 658);
Fri Sep 19 11:11:00 2025: Signal <KILL> requested by user or administrator <bob>;
Fri Sep 19 11:11:00 2025: Exited by signal 9. The CPU time used is 0.0 seconds;
Fri Sep 19 11:11:01 2025: Completed <exit>; TERM_ADMIN: job killed by root or LSF administrator;
------------------------------------------------------------------------------

Job <103[2]>, Job Name <sim[2]>, User <alice>, Project <default>, Command <z.sh>
Fri Sep 19 11:10:05 2025: Submitted from host <h>, to Queue <regress>, CWD <$HOME>;
Fri Sep 19 11:10:38 2025: Done successfully. The CPU time used is 0.1 seconds;
Fri Sep 19 11:10:40 2025: Post job process done successfully;
------------------------------------------------------------------------------

Job <104>, User <alice>, Project <default>, Command <z.sh>
Fri Sep 19 11:10:05 2025: Submitted from host <h>, to Queue <regress>, CWD <$HOME>;
`;
	const histories = parseHistories(text, now);
	const of = (id: string) => histories.get(id) ?? assert.fail(id);

	test('has each event, and who asked for the end', () => {
		assert.deepEqual([...histories.keys()], ['102', '103[2]', '104']);
		assert.match(of('102').moments[0]?.what ?? '', /CWD <\$HOME>$/);
		assert.equal(of('102').moments.length, 5);
		assert.equal(cancellerIn(of('102')), 'bob');
	});

	test('is a job where it has an end', () => {
		const killed = endedJob(of('102'), viewer);
		assert.deepEqual(
			[killed?.phase, killed?.status, killed?.endedBy, killed?.endedAt],
			['cancelled', 'EXIT, TERM_ADMIN', {kind: 'cancelled', by: 'bob'}, Date.UTC(2025, 8, 19, 11, 11, 1)],
		);
		const done = endedJob(of('103[2]'), viewer);
		assert.deepEqual([done?.phase, done?.parent, done?.mine], ['succeeded', 'east/103', true]);
		assert.equal(endedJob(of('104'), viewer), undefined);
	});
});

describe('the end in a history', () => {
	const endOf = (id: string, name: string, ...events: readonly string[]) => {
		const lines = events.map((what, second) => `Fri Sep 19 11:10:0${second} 2025: ${what};`);
		const text = `\nJob <${id}>, Job Name <${name}>, User <alice>, Project <default>, Command <x>\n${lines.join('\n')}\n`;
		const history = parseHistories(text, now).get(id) ?? assert.fail();
		const job = endedJob(history, viewer);
		return job && [job.phase, job.status, job.endedBy];
	};
	const killed = [
		'Signal <KILL> requested by user or administrator <bob>',
		'Exited by signal 2. The CPU time used is 0.1 seconds',
		'Completed <exit>; TERM_ADMIN: job killed by root or LSF administrator',
	] as const;

	test('is that of the last run: what was requeued may have ended otherwise before', () => {
		const requeued = 'Pending: Job has been requeued';
		assert.deepEqual(
			endOf('7', 'sim', 'Starting (Pid 1)', ...killed, requeued, 'Starting (Pid 2)', 'Done successfully'),
			['succeeded', 'DONE', undefined],
		);
		const failed = [
			'Starting (Pid 2)',
			'Exited with exit code 3. The CPU time used is 0.1 seconds',
			'Completed <exit>',
		];
		assert.deepEqual(endOf('7', 'sim', ...killed, requeued, ...failed), [
			'failed',
			'EXIT',
			{kind: 'exit', code: 3},
		]);
		assert.equal(endOf('7', 'sim', ...killed, requeued), undefined);
		assert.equal(
			endOf('7', 'sim', 'Starting (Pid 1)', 'Exited; job will be requeued and rescheduled'),
			undefined,
		);
		assert.equal(endOf('7', 'sim', ...killed, requeued, 'Starting (Pid 2)'), undefined);
	});

	test('has the exit code or the signal, whichever line says it', () => {
		assert.deepEqual(
			endOf('7', 'sim', 'Exited by signal 9. The CPU time used is 0.1 seconds', 'Completed <exit>'),
			['failed', 'EXIT', {kind: 'signal', signal: 9}],
		);
	});

	test('was asked for by whoever killed it, not by whoever suspended it or wrote a message', () => {
		const by = (...events: readonly string[]) => endOf('7', 'sim', ...events, ...killed.slice(1))?.[2];
		const stop = 'Signal <STOP> requested by user or administrator <eve>';
		assert.deepEqual(by(killed[0], stop), {kind: 'cancelled', by: 'bob'});
		assert.deepEqual(by('Delete requested by user or administrator <bob>'), {kind: 'cancelled', by: 'bob'});
		assert.deepEqual(by(stop), {kind: 'cancelled', by: 'an administrator'});
		const message =
			'Message <TERM_OWNER: job killed by owner>  Message ID<1> requested by user or administrator <eve>';
		assert.deepEqual(endOf('7', 'sim', message, 'Exited with exit code 3', 'Completed <exit>'), [
			'failed',
			'EXIT',
			{kind: 'exit', code: 3},
		]);
	});

	test('of an array as a whole is not in it: the events are those of its elements', () => {
		assert.equal(endOf('7', 'sim[1-3]', ...killed), undefined);
		assert.equal(endOf('7[2]', 'sim[2]', ...killed)?.[0], 'cancelled');
	});

	test('has no owner where a name pretends to be one', () => {
		const text = '\nJob <7>, Job Name <x>, User <alice>, User <mallory>, Project <default>, Command <x>\n';
		assert.equal(parseHistories(text, now).get('7')?.owner, undefined);
	});
});

test('the output is a file of the job, as an absolute path', () => {
	assert.equal(outputOf({OUTPUT_FILE: '/x/%J.%I.out'}, '7[4]'), '/x/7.4.out');
	assert.equal(
		outputOf({OUTPUT_FILE: 'out.%J', SUB_CWD: '$HOME/run', EXEC_HOME: '/home/a'}, '7'),
		'/home/a/run/out.7',
	);
	assert.equal(outputOf({OUTPUT_FILE: 'out', SUB_CWD: '$HOME'}, '7'), undefined);
	assert.equal(outputOf({OUTPUT_FILE: '/x/'}, '7'), '/x/7.out');
	for (const path of ['', '-', '/dev/null']) assert.equal(outputOf({OUTPUT_FILE: path}, '7'), undefined);
});

test('lsid names the cluster', () => {
	assert.equal(
		readCluster('IBM Spectrum LSF 10.1\n\nMy cluster name is east\nMy master name is m1\n'),
		'east',
	);
	assert.equal(readCluster(''), undefined);
});

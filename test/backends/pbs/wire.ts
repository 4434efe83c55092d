/*
Records and answers of OpenPBS 23.06, as they were recorded, and the oddities of others.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import {
	complaintsAbout,
	failureOfProgram,
	isHistoryOff,
	readDelete,
} from '../../../source/backends/pbs/answers.ts';
import {withTasks} from '../../../source/backends/pbs/arrays.ts';
import {durationOf, timeOf} from '../../../source/backends/pbs/attributes.ts';
import {arrayOf, parseId} from '../../../source/backends/pbs/ids.ts';
import {pathOfOutput} from '../../../source/backends/pbs/logs.ts';
import {readJson, readServer, readText} from '../../../source/backends/pbs/records.ts';
import {toJob, type Viewer} from '../../../source/backends/pbs/wire.ts';
import type {Job} from '../../../source/job/job.ts';
import {fc} from '../../helpers/fast-check.ts';

const viewer: Viewer = {profile: 'pbs', isMine: owner => owner === 'jtalice'};

const recorded = (name: string): ReadonlyMap<string, Job> => {
	const url = new URL(`../../fixtures/openpbs-23.06/${name}.json`, import.meta.url);
	const records = readJson(readFileSync(url, 'utf8'));
	assert.ok(Array.isArray(records));
	return new Map(records.map(record => toJob(record, viewer) ?? assert.fail()).map(job => [job.id, job]));
};
const read = (record: object, id = '7.pbs'): Job =>
	toJob({Job_Id: id, Job_Owner: 'jtalice@login1', job_state: 'F', ...record}, viewer) ?? assert.fail();

describe('a recorded list', () => {
	test('has jobs that run, wait and are held, and an array as one job', () => {
		const jobs = recorded('qstat-f');
		const running = jobs.get('0.jtpbs');
		assert.deepEqual(
			[running?.phase, running?.name, running?.owner, running?.mine, running?.queue, running?.labels],
			['running', 'run1', 'jtalice', true, 'workq', {node: 'jtpbs'}],
		);
		assert.equal(running?.startedAt, Date.UTC(2026, 10, 28, 7, 51, 50));
		assert.deepEqual([jobs.get('2.jtpbs')?.phase, jobs.get('2.jtpbs')?.reason], ['held', 'held by the user']);
		assert.deepEqual([jobs.get('4.jtpbs')?.phase, jobs.get('4.jtpbs')?.labels], ['queued', {nodes: '1'}]);
		assert.equal(jobs.get('5.jtpbs')?.mine, false);
		const array = jobs.get('3[].jtpbs');
		assert.deepEqual(
			[array?.phase, array?.status, array?.reason, array?.set?.counts],
			['running', 'Begun', undefined, {live: 6, cancelled: 0, ended: 0, lost: 0}],
		);
	});

	test('unfolded has each task with its array', () => {
		const jobs = recorded('qstat-f-t');
		const task = jobs.get('3[2].jtpbs');
		assert.deepEqual(
			[task?.phase, task?.parent, task?.set, task?.labels],
			['running', 'pbs/3[].jtpbs', undefined, {node: 'jtpbs'}],
		);
	});

	test('with the history says how each job ended, and who deleted it', () => {
		const jobs = recorded('qstat-x-f');
		const of = (id: string) => [jobs.get(id)?.phase, jobs.get(id)?.status, jobs.get(id)?.endedBy];
		assert.deepEqual(of('3000.jtpbs'), ['cancelled', 'Terminated', {kind: 'cancelled', by: 'jtalice'}]);
		assert.deepEqual(of('5.jtpbs'), ['cancelled', 'Terminated', {kind: 'cancelled', by: 'jtbob'}]);
		// It was held, or waited.
		for (const id of ['2.jtpbs', '4.jtpbs']) {
			assert.deepEqual(of(id), ['cancelled', 'Terminated', {kind: 'cancelled'}]);
			assert.equal(jobs.get(id)?.unproven, undefined);
		}
		// The server was restarted between the request and the end.
		assert.deepEqual(of('1.jtpbs'), ['failed', 'Failed', {kind: 'signal', signal: 15}]);
		assert.equal(jobs.get('2.jtpbs')?.endedAt, 1_795_852_319_000);
		assert.deepEqual(jobs.get('3000[].jtpbs')?.set?.counts, {live: 0, cancelled: 0, ended: 0, lost: 10_000});
		for (const {terminal, unproven} of jobs.values())
			assert.deepEqual([terminal, unproven], [true, undefined]);
	});
});

describe('an end', () => {
	test('by a limit is said so, and one by its program with the code', () => {
		const ends = [
			[{substate: 93, Exit_status: -29}, 'failed', {kind: 'time-limit'}],
			[{substate: 93, Exit_status: -27}, 'failed', {kind: 'memory'}],
			[{substate: 93, Exit_status: 7}, 'failed', {kind: 'exit', code: 7}],
			[{substate: 93, Exit_status: 265}, 'failed', {kind: 'signal', signal: 9}],
			[{substate: 93, Exit_status: -1}, 'failed', {kind: 'exit', code: -1}],
			[{substate: 92, Exit_status: 0}, 'succeeded', undefined],
			// As text, where the JSON cannot be read.
			[{substate: '93', Exit_status: '271'}, 'failed', {kind: 'signal', signal: 15}],
			[{Exit_status: 0}, 'succeeded', undefined],
			[{}, 'unknown', undefined],
			[{substate: 94}, 'unknown', undefined],
		] as const;
		for (const [record, phase, endedBy] of ends) {
			const job = read(record);
			assert.deepEqual(
				[job.phase, job.endedBy, job.terminal],
				[phase, endedBy, true],
				JSON.stringify(record),
			);
		}
	});

	test('that was not reported by the node of a deleted job proves nothing about its processes', () => {
		const forced = {substate: 91, exec_host: 'node1/0', comment: 'Job run and terminated by jtalice@pbs'};
		assert.equal(read(forced).unproven, 'may-run');
		assert.equal(read({...forced, Exit_status: 271}).unproven, undefined);
		assert.equal(read({substate: 91}).unproven, undefined);
	});

	test('with the code 0 is no cancellation, although its deletion was asked for', () => {
		const comment = 'Job run at Sat Nov 28 at 08:06 on (jtpbs:ncpus=1) and terminated by jtalice@jtpbs';
		const raced = read({substate: 91, Exit_status: 0, comment});
		assert.deepEqual([raced.phase, raced.status, raced.endedBy], ['succeeded', 'Finished', undefined]);
		assert.equal(read({substate: 91, Exit_status: 143, comment}).phase, 'cancelled');
		// The code of an array says nothing of its tasks.
		assert.equal(read({substate: 91, Exit_status: 0}, '7[].pbs').phase, 'cancelled');
	});

	test('that a manager has forced proves as little: the server itself has written the code', () => {
		const forced = {substate: 91, exec_host: 'node1/0', Exit_status: 265};
		assert.equal(read(forced).unproven, 'may-run');
		assert.equal(read({...forced, obittime: 'Sat Nov 28 07:51:50 2026'}).unproven, undefined);
	});

	test('is not asked for where a job waits again: its start is a past one', () => {
		const stime = 'Sat Nov 28 07:51:50 2026';
		const startOf = (job_state: string) => read({job_state, stime}).startedAt;
		assert.deepEqual(['Q', 'H', 'W'].map(startOf), [undefined, undefined, undefined]);
		assert.equal(startOf('S'), Date.UTC(2026, 10, 28, 7, 51, 50));
	});

	test('of a job that moved is not known here', () => {
		const of = (substate: number) => read({job_state: 'M', substate});
		assert.deepEqual([of(94).terminal, of(94).status], [false, 'Moved']);
		const {terminal, status, phase, endedBy} = of(92);
		assert.deepEqual([terminal, status, phase, endedBy], [true, 'Moved', 'unknown', undefined]);
	});

	test('of a task that borrows the record of its array is in the comment alone', () => {
		const borrowed = {job_state: 'X', substate: 91, Exit_status: 1, stime: 'Sat Nov 28 07:51:50 2026'};
		const phases = ['Subjob finished', 'Subjob failed', 'Subjob terminated', 'Job Array Began at …'].map(
			comment => read({...borrowed, comment}, '7[2].pbs'),
		);
		assert.deepEqual(
			phases.map(({phase, startedAt, terminal}) => [phase, startedAt, terminal]),
			['succeeded', 'failed', 'cancelled', 'unknown'].map(phase => [phase, undefined, true]),
		);
	});

	test('of a task that ran is in its own record, where the server keeps a history', () => {
		const own = {job_state: 'X', array_id: '7[].pbs', array_index: 2, exec_host: 'node1/0'};
		const comment = 'Job run at Sat Nov 28 at 08:06 on (jtpbs:ncpus=1)';
		const deleted = {substate: 91, Exit_status: 271, comment: `${comment} and terminated by jtbob@jtpbs`};
		const ends = [deleted, {substate: 93, Exit_status: 7}, {substate: 92, Exit_status: 0}].map(end =>
			read({...own, ...end, obittime: 'Sat Nov 28 07:51:50 2026'}, '7[2].pbs'),
		);
		assert.deepEqual(
			ends.map(({phase, endedBy, labels}) => [phase, endedBy, labels?.node]),
			[
				['cancelled', {kind: 'cancelled', by: 'jtbob'}, 'node1'],
				['failed', {kind: 'exit', code: 7}, 'node1'],
				['succeeded', undefined, 'node1'],
			],
		);
	});

	test('of an array is that of its tasks', () => {
		const array = read(
			{array_indices_submitted: '1-4', array_state_count: 'Queued:0', substate: 91},
			'7[].pbs',
		);
		const task = (index: number, word: string) =>
			read({job_state: 'X', comment: `Subjob ${word}`}, `7[${index}].pbs`);
		const phaseOf = (...words: readonly string[]) => {
			const {phase, set} = withTasks(
				array,
				words.map((word, index) => task(index + 1, word)),
			);
			return [phase, set?.counts];
		};
		const counts = {live: 0, cancelled: 4, ended: 0, lost: 0};
		const terminated = 'terminated';
		assert.deepEqual(phaseOf(terminated, terminated, terminated, terminated), ['cancelled', counts]);
		assert.deepEqual(phaseOf(terminated, terminated, 'finished', 'failed'), [
			'partial',
			{...counts, cancelled: 2, ended: 2},
		]);
		assert.deepEqual(phaseOf(terminated, terminated, 'lost'), [
			'partial',
			{...counts, cancelled: 2, lost: 2},
		]);
		assert.deepEqual(withTasks(array, []), array);
	});

	test('that is under way is in the comment of a running job, and not in that of one that waits again', () => {
		const comment = 'Job run at Sat Nov 28 at 08:06 on (jtpbs:ncpus=1) and terminated';
		assert.equal(read({job_state: 'R', comment}).phase, 'stopping');
		assert.equal(read({job_state: 'Q', comment}).phase, 'queued');
		assert.equal(read({job_state: 'R', comment: 'and terminated it was'}).phase, 'running');
	});
});

describe('an answer', () => {
	const qdel = (code: number, stderr: string) => readDelete({stdout: '', stderr, end: {code}});

	test('of qdel is sorted by its code', () => {
		assert.deepEqual(qdel(0, ''), {kind: 'accepted'});
		assert.equal(qdel(35, 'qdel: Job has finished 0.jtpbs\n').kind, 'too-late');
		assert.equal(qdel(153, 'qdel: Unknown Job Id 888.jtpbs\n').kind, 'not-found');
		assert.equal(qdel(159, 'qdel: Unauthorized Request  5.jtpbs\n').kind, 'forbidden');
		assert.equal(qdel(162, "Connection refused\nCouldn't connect to cluster: jtpbs\n").kind, 'unreachable');
		// The same code from a server that was reached: it may have taken the request.
		assert.equal(qdel(162, 'qdel: System error: 5.jtpbs\n').kind, 'broken');
		// The connection broke, and then nobody was there.
		assert.equal(qdel(1, 'Broken pipe\nConnection refused\n').kind, 'cut-off');
		assert.equal(qdel(55, 'qdel: Request invalid for finished array subjob 3[2].jtpbs\n').kind, 'too-late');
		assert.equal(qdel(168, 'qdel: Request invalid for state of job 5.jtpbs\n').kind, 'conflict');
		assert.equal(qdel(1, 'qdel: illegally formed job identifier: nonsense\n').kind, 'rejected');
		assert.equal(
			qdel(2, 'usage:\n\tqdel [-W force|suppress_email=X] [-x] job_identifier...\n').kind,
			'rejected',
		);
		assert.equal(qdel(99, '').kind, 'broken');
		const killed = readDelete({stdout: '', stderr: '', end: {signal: 'SIGKILL'}});
		assert.equal(killed.kind, 'cut-off');
		assert.equal(readDelete({stdout: '', stderr: '', end: {overtime: 'qdel did not end'}}).kind, 'timeout');
	});

	test('of qstat without a server is unreachable, and a complaint about a job is about no other', () => {
		const stderr = 'Connection refused\nqstat: cannot connect to server jtpbs (errno=15010)\n';
		assert.deepEqual(failureOfProgram('qstat', {stdout: '', stderr, code: 255}), {
			kind: 'unreachable',
			detail: 'Connection refused; cannot connect to server jtpbs (errno=15010)',
		});
		const lacks = `motd\nqstat: Unknown Job Id 9.jtpbs\nqstat: Unauthorized Request  8.jtpbs\n${stderr}`;
		assert.deepEqual(
			[...complaintsAbout(['7.jtpbs', '8.jtpbs', '9.jtpbs'], lacks)].map(([id, {kind}]) => [id, kind]),
			[
				['9.jtpbs', 'not-found'],
				['8.jtpbs', 'forbidden'],
			],
		);
		assert.ok(isHistoryOff({code: 0, stderr: 'qstat: PBS is not configured to maintain job history\n'}));
		assert.ok(isHistoryOff({code: 36, stderr: ''}));
		assert.ok(!isHistoryOff({code: 0, stderr: ''}));
	});

	test('of another system is none', () => {
		for (const text of ['', 'usage: qstat [-f]\n', '<?xml version="1.0"?>', '{"jobs": []}', '[]', '{']) {
			assert.equal(readJson(text), undefined, text);
		}
		assert.deepEqual(readText(''), []);
		assert.equal(readText('Job id   Name\n---- ----\n'), undefined);
		assert.deepEqual(readJson('{"timestamp":1,"pbs_version":"23.06.06","pbs_server":"jtpbs"}'), []);
	});

	test('in JSON with faults is read line by line', () => {
		const head = '{\n\t"timestamp":\t1,\n\t"pbs_version":\t"19.1.1",\n\t"Jobs":\t{\n';
		const faulty = `${head}\t\t"7.pbs":\t{\n\t\t\t"Job_Name":\t005,\n\t\t\t"job_state":\t"R",\n\t\t\t"A":\t"x"y\\z"\n\t\t}\n\t}\n}\n`;
		assert.deepEqual(readJson(faulty), [{Job_Name: '005', job_state: 'R', A: 'x"y\\z', Job_Id: '7.pbs'}]);
		assert.equal(readJson(faulty.replace('x"y', 'x\n"y')), 'faulty');
	});

	test('in JSON without escapes has no record that a user has written', () => {
		const record = (variable: string) =>
			`{\n\t"pbs_version":\t"19.1.1",\n\t"Jobs":\t{\n\t\t"7.pbs":\t{\n\t\t\t"job_state":\t"R"\n\t\t},\n\t\t"9.pbs":\t{\n\t\t\t"A":\t"${variable}"\n\t\t}\n\t}\n}\n`;
		assert.equal((readJson(record('x')) as readonly unknown[]).length, 2);
		// Beside the true record of another job, or in its place.
		for (const id of ['7.pbs', '8.pbs']) {
			assert.equal(readJson(record(`"},"${id}":{"job_state":"F","substate":91,"A":"`)), 'faulty');
		}
		const lines = '"\n\t\t},\n\t\t"7.pbs":\t{\n\t\t\t"job_state":\t"F",\n\t\t\t"A":\t"';
		assert.equal(readJson(record(lines)), 'faulty');
	});

	test('in text is read with its long values', () => {
		const text =
			'Job Id: 7.pbs\n    Job_Name = mesh\n    Resource_List.ncpus = 4\n    Resource_List.walltime = 01:00:00\n    comment = Not Running: Insufficient amount of re\n\tsource: ncpus\n    Variable_List = A=1,\n\tB=2\n\nJob Id: 8[].pbs\n    job_state = B\n\n';
		assert.deepEqual(readText(text), [
			{
				Job_Id: '7.pbs',
				Job_Name: 'mesh',
				Resource_List: {ncpus: '4', walltime: '01:00:00'},
				comment: 'Not Running: Insufficient amount of resource: ncpus',
				Variable_List: 'A=1,B=2',
			},
			{Job_Id: '8[].pbs', job_state: 'B'},
		]);
	});

	test('in text changes no other object, whatever a user has written into it', () => {
		const forged =
			'__proto__.substate = 91\n    __proto__ = 1\n    constructor.name = x\n    a.__proto__ = 1';
		const [record] = readText(`Job Id: 7.pbs\n    job_state = F\n    ${forged}\n`) as readonly object[];
		assert.equal(({} as {substate?: unknown}).substate, undefined);
		assert.deepEqual(Object.keys(record ?? assert.fail()), ['Job_Id', 'job_state', 'constructor']);
	});

	test('in text keeps the first of two values: a user may have written the second', () => {
		const text =
			'Job Id: 7.pbs\n    Job_Owner = bob@a\n    Resource_List.ncpus = 1\n    Variable_List = A=1\n    Job_Owner = alice@a\n\tb\n    Resource_List.ncpus = 2\n\n';
		assert.deepEqual(readText(text), [
			{Job_Id: '7.pbs', Job_Owner: 'bob@a', Resource_List: {ncpus: '1'}, Variable_List: 'A=1'},
		]);
	});

	test('about the server has its name', () => {
		const text = 'Server: jtpbs\n    server_state = Active\n    job_history_enable = True\n\n';
		assert.deepEqual(readServer(text), {
			name: 'jtpbs',
			server_state: 'Active',
			job_history_enable: 'True',
		});
		assert.equal(readServer('Connection refused'), undefined);
	});
});

describe('a value', () => {
	test('that is a time is read as one of UTC', () => {
		const at = (ctime: unknown) => timeOf({ctime}, 'ctime');
		assert.equal(at('Sat Nov 28 07:51:49 2026'), Date.UTC(2026, 10, 28, 7, 51, 49));
		assert.equal(at('Sun Nov  1 00:00:00 2026'), Date.UTC(2026, 10, 1));
		for (const strange of ['', 'now', 'Sat Foo 28 07:51:49 2026', 1, null])
			assert.equal(at(strange), undefined);
		assert.equal(durationOf('01:30:00'), 5_400_000);
		assert.equal(durationOf('90'), 90_000);
		assert.equal(durationOf('forever'), undefined);
	});

	test('that is a host and a path gives the path', () => {
		const path = (record: object) => pathOfOutput({Job_Id: '3[2].pbs', ...record});
		assert.equal(path({Output_Path: 'login1:/home/a b/x.o3.^array_index^'}), '/home/a b/x.o3.2');
		assert.equal(path({Output_Path: '/dev/null'}), undefined);
		assert.equal(path({Output_Path: 'login1:relative'}), undefined);
		assert.equal(path({Join_Path: 'eo', Output_Path: 'h:/o', Error_Path: 'h:/e'}), '/e');
		assert.equal(path({Keep_Files: 'oe', jobdir: '/home/a', Job_Name: 'x'}), '/home/a/x.o3.2');
	});

	test('that is an id has a number, brackets and a server', () => {
		assert.deepEqual(parseId('12.pbs01.example.org'), {
			number: '12',
			brackets: '',
			server: 'pbs01.example.org',
		});
		assert.deepEqual(parseId('0.jtpbs'), {number: '0', brackets: '', server: 'jtpbs'});
		assert.equal(arrayOf('3[2].pbs'), '3[].pbs');
		assert.equal(arrayOf('3[].pbs'), undefined);
	});
});

test('the comment of an ended task is no reason why its array waits', () => {
	const reasonOf = (comment: string) => read({job_state: 'Q', comment}, '7[].pbs').reason;
	assert.equal(reasonOf('Subjob terminated'), undefined);
	assert.equal(reasonOf('Job Array Began at Sat Nov 28 at 07:51'), undefined);
	assert.equal(reasonOf('Not Running: no node'), 'no node');
});

test('a word that every object of a program has, is no word of PBS', () => {
	for (const word of ['constructor', '__proto__', 'toString']) {
		const state = read({job_state: word});
		assert.deepEqual([state.status, state.phase, state.terminal], [word, 'unknown', false]);
		assert.equal(read({job_state: 'X', comment: word}, '7[2].pbs').status, 'Expired');
	}
});

test('a record of any shape gives a job or none, and whatever gives one has an id that can be sent', () => {
	fc.assert(
		fc.property(
			fc.dictionary(
				fc.constantFrom(
					'Job_Id',
					'job_state',
					'substate',
					'Exit_status',
					'comment',
					'ctime',
					'Resource_List',
				),
				fc.oneof(fc.constantFrom('1.pbs', 'F', 'R', 'X', '3[].pbs', '3[1].pbs', 91, 271), fc.jsonValue()),
			),
			record => {
				const job = toJob(record, viewer);
				if (job === undefined) return;
				assert.ok(parseId(job.id));
				assert.equal(job.terminal, record.job_state === 'F' || record.job_state === 'X');
			},
		),
	);
});

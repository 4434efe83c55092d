/* What Grid Engine 8.1.9 printed, and what is made of it. */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import {readRecord, recordsIn} from '../../../source/backends/gridengine/accounts.ts';
import {failureOfProgram, hasNoRecord, readDelete} from '../../../source/backends/gridengine/answers.ts';
import {factsOf, reasonIn} from '../../../source/backends/gridengine/details.ts';
import {argumentsOf, idOf, parseId, readTasks} from '../../../source/backends/gridengine/ids.ts';
import {outputPath} from '../../../source/backends/gridengine/logs.ts';
import {createMemory} from '../../../source/backends/gridengine/memory.ts';
import {minuteOf, readEpoch, readLocalTime} from '../../../source/backends/gridengine/times.ts';
import {phaseOfLetters, readRow, rowsIn} from '../../../source/backends/gridengine/wire.ts';
import {decode, find, findAll, parseXml} from '../../../source/backends/gridengine/xml.ts';
import {tasksOf} from '../../../source/backends/task-set.ts';
import {fc} from '../../helpers/fast-check.ts';

const recorded = (name: string) =>
	readFileSync(new URL(`../../fixtures/gridengine-8.1.9/${name}`, import.meta.url), 'utf8');
const viewer = () => ({
	profile: 'grid',
	memory: createMemory(),
	isMine: (owner: string) => owner === 'jtalice',
});
const jobsIn = (text: string) => {
	const own = viewer();
	return (rowsIn(text) ?? []).map(row => readRow(row, own)?.job);
};

describe('a recorded list', () => {
	test('has jobs that run, wait and are held, and the tasks of an array', () => {
		assert.deepEqual(
			jobsIn(recorded('qstat-all.xml')).map(
				job => job && [job.id, job.phase, job.status, job.mine, job.queue],
			),
			[
				['1', 'running', 'r', true, 'all.q'],
				['3.1', 'running', 'r', true, 'all.q'],
				['8', 'running', 'r', false, 'all.q'],
				['6', 'held', 'Eqw', true, undefined],
				['3.3,5', 'queued', 'qw', true, undefined],
				['4', 'held', 'hqw', true, undefined],
				['5', 'held', 'hqw', true, undefined],
			],
		);
	});

	test('shows a deletion that is under way', () => {
		const [job] = jobsIn(recorded('qstat-after-qdel.xml'));
		assert.deepEqual([job?.phase, job?.status, job?.terminal], ['stopping', 'dr', false]);
		assert.equal(job?.startedAt, Date.UTC(2026, 10, 28, 7, 34, 28));
	});

	test('that was cut is none, and a row that was damaged costs no other its place', () => {
		const text = recorded('qstat-all.xml');
		assert.equal(rowsIn(text.slice(0, text.indexOf('</job_info>'))), undefined);
		assert.equal(rowsIn('Welcome'), undefined);
		const damaged = text.replace(/<\/job_list>/, '');
		assert.equal(jobsIn(damaged).length, jobsIn(text).length);
		for (const odd of [
			'<JB_job_number>08</JB_job_number>',
			'<JB_job_number>4294967297</JB_job_number>',
			'',
		]) {
			assert.equal(jobsIn(text.replace('<JB_job_number>1</JB_job_number>', odd))[0], undefined);
		}
		assert.equal(jobsIn(text.replace('<tasks>1</tasks>', '<tasks>5-1:1</tasks>'))[1], undefined);
	});
});

test('letters say where a job is, and those that nobody knows say nothing', () => {
	const expected = {
		...{qw: 'queued', hqw: 'held', hRwq: 'held', Rq: 'queued', Eqw: 'held', Ehqw: 'held', t: 'starting'},
		...{
			r: 'running',
			hr: 'running',
			Rr: 'running',
			Rt: 'starting',
			s: 'held',
			ts: 'held',
			S: 'held',
			T: 'held',
		},
		...{
			dr: 'stopping',
			dt: 'stopping',
			dRr: 'stopping',
			ds: 'stopping',
			dqw: 'stopping',
			z: 'unknown',
			x: 'unknown',
		},
	};
	for (const [letters, phase] of Object.entries(expected))
		assert.equal(phaseOfLetters(letters), phase, letters);
});

test('the details of recorded jobs say why they wait', () => {
	const answer = parseXml(recorded('qstat-j.xml'), 'detailed_job_info');
	const jobs = findAll(answer, 'element').filter(each => find(each, 'JB_job_number'));
	const messages = find(answer, 'messages');
	assert.deepEqual(
		jobs.map(job => {
			const {owner, name, submitted, tasks} = factsOf(job);
			const number = Number(find(job, 'JB_job_number')?.text);
			return [
				number,
				owner,
				name,
				submitted,
				tasks,
				reasonIn(messages, job, {job: number, tasks: undefined}),
			];
		}),
		[
			[
				2,
				'jtalice',
				'arr',
				1_795_935_186_000,
				4,
				"not all array tasks may be started due to 'max_aj_instances'",
			],
			[4, 'jtalice', 'held', 1_795_935_186_000, undefined, 'Job is in hold state'],
			[
				...[5, 'jtalice', 'err', 1_795_935_187_000, undefined],
				`error: can't open output file "/nonexistent/dir/x": No such file or directory`,
			],
			[7, 'jtalice', 'usr2', 1_795_935_187_000, undefined, undefined],
		],
	);
	assert.equal(parseXml(recorded('qstat-j-unknown.xml'), 'detailed_job_info'), undefined);
});

describe('a recorded end', () => {
	const read = (name: string) => {
		const [text = ''] = recordsIn(recorded(name));
		return readRecord(text, viewer());
	};

	test('of a deleted job is a signal and no more', () => {
		const record = read('qacct-cancelled.txt');
		assert.ok(record && record !== 'unreadable');
		const {job} = record;
		assert.deepEqual([job.id, job.phase, job.endedBy], ['1', 'failed', {kind: 'signal', signal: 9}]);
		assert.deepEqual(
			[job.createdAt, job.endedAt],
			[Date.UTC(2026, 10, 28, 7, 34, 28), Date.UTC(2026, 10, 28, 7, 34, 42)],
		);
	});

	test('with an exit code is failed', () => {
		const record = read('qacct-failed.txt');
		assert.ok(record && record !== 'unreadable');
		assert.deepEqual(record.job.endedBy, {kind: 'exit', code: 7});
	});

	test('of a run that never began is none', () => {
		assert.equal(read('qacct-never-ran.txt'), undefined);
		assert.equal(readRecord('jobnumber x\nfailed 0\nexit_status 0', viewer()), 'unreadable');
	});
});

test('times are read as each version writes them', () => {
	const at = Date.UTC(2026, 10, 29, 6, 53, 7);
	for (const text of ['Sun Nov 29 06:53:07 2026', '11/29/2026 06:53:07', '2026-11-29 06:53:07']) {
		assert.equal(readLocalTime(text), at, text);
	}
	assert.equal(readLocalTime('11/29/2026 06:53:07.250'), at + 250);
	assert.equal(readLocalTime('Sun Nov  1 06:53:07 2026'), Date.UTC(2026, 10, 1, 6, 53, 7));
	for (const text of ['-/-', 'Sun Foo 29 06:53:07 2026', '', undefined, '1970-01-01 00:00:00'])
		assert.equal(readLocalTime(text), undefined);
	assert.deepEqual(
		[readEpoch('1795935186'), readEpoch('1795935186123'), readEpoch('0'), readEpoch('x')],
		[1_795_935_186_000, 1_795_935_186_123, undefined, undefined],
	);
	assert.equal(minuteOf(at), '202611290653');
});

test('an id is read only as jobtop writes it, and what is sent means the same tasks', () => {
	const range = fc.tuple(
		fc.integer({min: 1, max: 50}),
		fc.integer({min: 0, max: 20}),
		fc.integer({min: 1, max: 4}),
	);
	fc.assert(
		fc.property(
			fc.integer({min: 1, max: 2 ** 31 - 1}),
			fc.array(range, {minLength: 1, maxLength: 4}),
			(job, parts) => {
				let last = 0;
				const written = parts.map(([gap, length, step]) => {
					const from = last + gap;
					last = from + length;
					return `${from}-${last}:${step}`;
				});
				const tasks = readTasks(written.join(','));
				assert.ok(tasks);
				const id = idOf(job, tasks);
				const parsed = parseId(id);
				assert.deepEqual(parsed, {job, tasks});
				const sent = argumentsOf({job, tasks}).flatMap(argument => [
					...tasksOf(parseId(argument)?.tasks ?? []),
				]);
				assert.deepEqual(sent, [...tasksOf(tasks)]);
			},
		),
	);
	for (const id of ['12', '12.3', '12.3-9', '12.3-9:2', '12.3,5,7-9'])
		assert.equal(idOf(parseId(id)?.job ?? 0, parseId(id)?.tasks), id);
	for (const id of [
		'012',
		'12.',
		'12.3-8:2',
		'12.3-9:1',
		'12.9-3',
		'12.3,2',
		'12.0',
		'12.3-3',
		'2147483648',
		'1.2147483648',
	])
		assert.equal(parseId(id), undefined, id);
});

describe('what qdel says', () => {
	const said = (
		stdout: string,
		ids: readonly string[],
		end: {code: number} | {overtime: string} = {code: 1},
	) =>
		[...readDelete({stdout, stderr: '', end}, ids)].map(([id, answer]) => [
			id,
			answer.kind,
			'removed' in answer && answer.removed === true,
		]);

	test('is read line by line', () => {
		const lines = `jtalice has registered the job 1 for deletion
jtalice has deleted job-array tasks 4-10:3 of job 2
jtalice has registered the job-array task 2.1 for deletion
denied: job "999" does not exist
jtalice has deleted job-array tasks 5-7:1 of job 3
jtalice has deleted job-array task 3.9
job "3" task "11" does not exist
job 8 is already in deletion
jtalice - you do not have the necessary privileges to delete the job "6"
`;
		assert.deepEqual(said(lines, ['1', '2.4-10:3', '2.1', '999', '3.5-7', '3.9', '3.11', '8', '6', '77']), [
			['1', 'accepted', false],
			['2.4-10:3', 'done', true],
			['2.1', 'accepted', false],
			['999', 'not-found', false],
			['3.5-7', 'done', true],
			['3.9', 'done', true],
			['3.11', 'not-found', false],
			['8', 'accepted', false],
			['6', 'forbidden', false],
			['77', 'cut-off', false],
		]);
	});

	test('of a whole array is both, and a line about the job says nothing of a task that has its own', () => {
		const lines = 'a has registered the job-array task 3.2 for deletion\na has deleted job 3\n';
		assert.deepEqual(said(lines, ['3']), [['3', 'accepted', true]]);
		assert.deepEqual(said(lines, ['3.2', '3.4']), [
			['3.2', 'accepted', false],
			['3.4', 'done', true],
		]);
	});

	test('is nothing where nothing was sent, and may have arrived where it was cut', () => {
		const run = (stderr: string) => readDelete({stdout: '', stderr, end: {code: 1}}, ['1']).get('1');
		const refused = run(
			'error: commlib error: got select error (Connection refused)\nerror: unable to send message to qmaster using port 6444 on host "m": got send error',
		);
		assert.deepEqual(refused, {
			kind: 'unreachable',
			detail:
				'commlib error: got select error (Connection refused); unable to send message to qmaster using port 6444 on host "m": got send error',
		});
		assert.equal(
			run(
				'error: failed receiving gdi request response for mid=1 (got syncron message receive timeout error).',
			)?.kind,
			'timeout',
		);
		assert.deepEqual(said('', ['1'], {overtime: 'qdel did not end'}), [['1', 'timeout', false]]);
		assert.deepEqual(said('', ['1'], {code: 0}), [['1', 'malformed', false]]);
	});
});

test('why a program did not answer is said in its words', () => {
	const kindOf = (stderr: string) => failureOfProgram('qstat', {stdout: '', stderr, code: 1}).kind;
	assert.equal(kindOf('error: cell directory "/opt/sge/foo" doesn\'t exist'), 'unreachable');
	assert.equal(kindOf('Please set the environment variable SGE_ROOT.'), 'unreachable');
	assert.equal(kindOf('denied: host "login1" is neither submit nor admin host'), 'forbidden');
	// The name of a host is no word of a complaint.
	assert.equal(
		kindOf('error: unable to send message to qmaster using port 6444 on host "csp1": got send error'),
		'unreachable',
	);
	assert.equal(kindOf(''), 'broken');
	assert.ok(hasNoRecord({stdout: '', stderr: 'error: job id 999 not found'}));
	assert.ok(hasNoRecord({stdout: 'no jobs running since startup\n', stderr: ''}));
});

test('XML is read whole, with the slip of 8.1 in its names', () => {
	assert.equal(
		decode('a%lt;b&gt;&amp;c&apos;d&#233;&#xe9;&odd;&constructor;'),
		"a<b>&c'déé&odd;&constructor;",
	);
	assert.equal(parseXml('<a><b></a>', 'a'), undefined);
	assert.equal(parseXml('<a><b>', 'a'), undefined);
	assert.deepEqual(find(parseXml('x <a x="1"><b/><c>1</c></a> y', 'a'), 'c')?.text, '1');
});

test('the output of a job goes where -o says, else to the usual name', () => {
	const job = {owner: 'alice', name: 'mesh'};
	const place = {folder: '/work', home: '/home/alice'};
	assert.equal(outputPath({...job, output: place}, {job: 7, tasks: undefined}), '/work/mesh.o7');
	assert.equal(
		outputPath({...job, tasks: 4, output: {home: '/home/alice'}}, {job: 7, tasks: readTasks('3')}),
		'/home/alice/mesh.o7.3',
	);
	const path = '$HOME/$JOB_NAME.$JOB_ID.$TASK_ID.$USER.$HOSTNAME.$OTHER';
	assert.equal(
		outputPath({...job, output: {...place, path}}, {job: 7, tasks: undefined}, 'node1'),
		'/home/alice/mesh.7.undefined.alice.node1.$OTHER',
	);
	assert.equal(
		outputPath({...job, output: {...place, path: '/dev/null'}}, {job: 7, tasks: undefined}),
		undefined,
	);
	assert.equal(outputPath({...job, output: {path: 'relative'}}, {job: 7, tasks: undefined}), undefined);
});

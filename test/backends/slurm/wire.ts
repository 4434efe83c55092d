import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import {lastComplaint} from '../../../source/backends/programs/complaints.ts';
import {
	failureOfProgram,
	isAccountingOff,
	readCancel,
	type ScancelResult,
	sortComplaint,
} from '../../../source/backends/slurm/answers.ts';
import {statuses} from '../../../source/backends/slurm/common-traits.ts';
import {outputOf, readShown, shownDetails} from '../../../source/backends/slurm/details.ts';
import {findJob, jobOf, parseId, type Viewer} from '../../../source/backends/slurm/records.ts';
import {
	accountFields,
	accountSeparator,
	queueFormat,
	readAccounts,
	readLimit,
	readQueue,
	readTime,
} from '../../../source/backends/slurm/wire.ts';
import {countTasks, hasTask, parseTaskSet, tasksOf, withoutSteps} from '../../../source/backends/task-set.ts';
import {failureLine} from '../../../source/command-line/profiles/failure-words.ts';
import {cleanText} from '../../../source/job/clean-text.ts';
import {localCauseOf} from '../../../source/job/failure.ts';
import {phaseOf} from '../../../source/job/phase.ts';
import {fc} from '../../helpers/fast-check.ts';

// Recorded with this mark.
const mark = 'f00dface';
const viewer: Viewer = {profile: 'hpc', backend: 'slurm', isMine: ({uid}) => uid === 1001};
const read = (path: string) => readFileSync(new URL(`../../fixtures/${path}`, import.meta.url), 'utf8');
const records = (text = read('slurm-22.05/squeue.txt')) => {
	const answer = readQueue(text, mark);
	assert.ok(answer);
	return answer;
};
const recorded = () => records().records.map(record => jobOf(record, viewer));
const recordedJob = (id: string) => {
	const job = recorded().find(one => one.id === id);
	assert.ok(job, id);
	return job;
};
/** A record with a limit of an hour and one node, which stand behind the eighth field. */
const line = (fields: readonly (string | number)[]) =>
	`\u001e${mark}${[...fields.slice(0, 8), ...(fields.length > 8 ? ['1:00:00', 1] : []), ...fields.slice(8)].join('\u001f')}\u001d${mark}\n`;
const headings = line(
	'JOBID STATE UID USER PARTITION SUBMIT_TIME START_TIME END_TIME NODELIST REASON NAME'.split(' '),
);

describe('a list', () => {
	test('shows every recorded job under the id that Slurm shows, without the limit of an array', () => {
		assert.equal(records().unreadable, 0);
		const ids = recorded().map(job => job.id);
		assert.equal(new Set(ids).size, ids.length);
		for (const id of ['31', '37_1', '37_[3-4,6-9]', '38_[1-19:3]', '44+0', '44+1']) {
			assert.ok(ids.includes(id), id);
		}
	});

	test('names each recorded state in a phase', () => {
		const phases = Object.fromEntries(recorded().map(job => [job.id, job.phase]));
		assert.deepEqual(
			['31', '32', '33', '34', '37_[3-4,6-9]', '38_[1-19:3]', '40', '42', '43', '47'].map(id => phases[id]),
			[
				'succeeded',
				'failed',
				'stopping',
				'running',
				'queued',
				'held',
				'queued',
				'cancelled',
				'cancelled',
				'held',
			],
		);
	});

	test('takes forecasts for no moments', () => {
		const waiting = recordedJob('40');
		assert.equal(waiting.createdAt, 1_795_484_703_000);
		assert.equal(waiting.startedAt, undefined);
		assert.equal(waiting.endedAt, undefined);
		const running = recordedJob('34');
		assert.equal(running.startedAt, 1_795_484_703_000);
		assert.equal(running.endedAt, undefined);
	});

	test('lets the clock of a completing job stand still, and does not call it ended', () => {
		const {startedAt, endedAt, terminal, phase} = recordedJob('33');
		assert.deepEqual(
			{startedAt, endedAt, terminal, phase},
			{startedAt: 1_795_484_703_000, endedAt: 1_795_484_706_000, terminal: false, phase: 'stopping'},
		);
	});

	test('gives no start to a job that was cancelled while it waited', () => {
		assert.equal(recordedJob('42').startedAt, undefined);
		assert.equal(recordedJob('42').endedAt, 1_795_484_706_000);
		assert.equal(recordedJob('43').startedAt, 1_795_484_703_000);
	});

	test('a job is mine by the user id', () => {
		assert.equal(recordedJob('34').mine, true);
		assert.equal(recordedJob('46').mine, false);
		assert.equal(recordedJob('46').owner, 'bob');
	});

	test('keeps names with line breaks, bars, quotes, tabs and separators in one job', () => {
		assert.equal(recordedJob('34').name, 'two lines|"quoted" 日本 ☃');
		assert.match(recordedJob('36').name, /^forged notthemark1RUNNING1001/);
		assert.equal(
			recorded().some(job => job.id === '1'),
			false,
		);
	});

	test('keeps a state that nobody knows, as alive', () => {
		const [record] = records(
			line([7, 'HIBERNATING', 1001, 'al', 'debug', 1, 1, 1, 'n1', 'None', 'n']),
		).records;
		assert.ok(record);
		const job = jobOf(record, viewer);
		assert.deepEqual([job.phase, job.status, job.terminal], ['unknown', 'HIBERNATING', false]);
	});

	test('counts what it cannot read and keeps the rest', () => {
		const good = line([7, 'RUNNING', 1001, 'al', 'debug', 1, 1, 1, 'n1', 'None', 'n']);
		const cut = line(['9_[1,3,5,...', 'PENDING', 1001, 'al', 'debug', 1, 'N/A', 'N/A', '', 'None', 'n']);
		const {records: jobs, unreadable} = records(`${good}${cut}${line(['8', 'RUNNING'])}${good}`);
		assert.equal(jobs.length, 2);
		assert.equal(unreadable, 2);
	});

	test('is no list where something else was printed', () => {
		assert.equal(readQueue('Welcome to login1!\n', mark), undefined);
		assert.equal(readQueue('', mark), undefined);
		assert.deepEqual(readQueue(headings, mark), {records: [], unreadable: 0});
	});

	test('is what squeue printed, not what stands around it', () => {
		const around = (text: string) => readQueue(`*** NOTICE: Sunday ***\n${text}*** end ***\n`, mark);
		assert.deepEqual(around(headings), {records: [], unreadable: 0});
		assert.deepEqual(around(read('slurm-22.05/squeue.txt')), readQueue(read('slurm-22.05/squeue.txt'), mark));
		const [last] =
			around(line([7, 'RUNNING', 1001, 'al', 'debug', 1, 1, 1, 'n1', 'None', 'envjob']))?.records ?? [];
		assert.equal(last?.name, 'envjob');
	});

	test('that was cut has one record that cannot be read', () => {
		const text = line([7, 'RUNNING', 1001, 'al', 'debug', 1, 1, 1, 'n1', 'None', 'a long name']);
		assert.deepEqual(readQueue(headings + text.slice(0, -18), mark), {records: [], unreadable: 1});
	});

	test('gives a start to a job that began and was cancelled within a second', () => {
		const record = (nodes: string) =>
			records(line([7, 'CANCELLED', 1001, 'al', 'debug', 1, 5, 5, nodes, 'None', 'n'])).records.map(
				one => jobOf(one, viewer).startedAt,
			);
		assert.deepEqual(record('n1'), [5000]);
		assert.deepEqual(record(''), [undefined]);
	});

	test('gives back a name of any characters as it shows clean, and loses no neighbour by it', () => {
		const character = fc.oneof(
			fc.constantFrom('\u001e', '\u001f', '\n', '|', '"', "'", '\t', '%i', '\u001b[2J', '日', '_[1-2]'),
			fc.string({unit: 'binary', maxLength: 3}),
			fc.constantFrom(
				line([1, 'COMPLETED', 0, 'root', 'x', 1, 1, 1, 'n1', 'None', 'evil']).replaceAll(mark, 'f00d'),
			),
		);
		const names = fc.array(
			fc.array(character).map(parts => parts.join('')),
			{maxLength: 6},
		);
		fc.assert(
			fc.property(names, list => {
				const text = list
					.map((name, n) => line([n + 1, 'RUNNING', 1001, 'al', 'debug', 1, 2, 3, 'n1', 'None', name]))
					.join('');
				// As the programs' output comes: characters that are none are replaced.
				const {records: jobs, unreadable} = records(headings + Buffer.from(text).toString('utf8'));
				assert.equal(unreadable, 0);
				assert.deepEqual(
					jobs.map(({id, state, name}) => [id, state, name]),
					list.map((name, n) => [String(n + 1), 'RUNNING', cleanText(Buffer.from(name).toString())]),
				);
			}),
		);
	});

	test('has the nodes of a job and its limit, and how many nodes a waiting job wants', () => {
		const [running, waiting] = records(
			line([7, 'RUNNING', 1001, 'al', 'debug', 1, 2, 9, 'n[1-2]', 'None', 'n']) +
				line([8, 'PENDING', 1001, 'al', 'debug', 1, 'N/A', 'N/A', '', 'Priority', 'n']),
		).records.map(record => jobOf(record, viewer));
		assert.deepEqual([running?.labels, running?.limitMs], [{node: 'n[1-2]'}, 3_600_000]);
		assert.deepEqual([waiting?.labels, waiting?.limitMs], [{nodes: '1'}, 3_600_000]);
	});

	test('reads every form of a limit', () => {
		for (const [text, limit] of [
			['0:30', 30_000],
			['90:00', 5_400_000],
			['1:00:00', 3_600_000],
			['2-12:00:00', 216_000_000],
			['UNLIMITED', undefined],
			['NOT_SET', undefined],
			['Partition_Limit', undefined],
			['', undefined],
		] as const)
			assert.equal(readLimit(text), limit, text);
	});

	test('asks for the name last, between two marks', () => {
		assert.match(queueFormat('abc'), /^\u001eabc%i\u001f.*\u001f%j\u001dabc$/);
	});
});

describe('the accounts', () => {
	const accountsOf = (text: string) => {
		const answer = readAccounts(text, mark);
		assert.ok(answer);
		return answer;
	};
	const accounts = () => accountsOf(read('slurm-22.05/sacct.txt'));

	test('are what sacct printed, not what stands around it', () => {
		const text = read('slurm-22.05/sacct.txt');
		const around = `sacct is deprecated at this site; use jobinfo\n${text}*** end ***\n`;
		assert.deepEqual(accountsOf(around), accountsOf(text));
		const [headings = ''] = text.split('\n', 1);
		assert.deepEqual(accountsOf(`Notice!\n${headings}\nend`).records, []);
		assert.equal(accountsOf(`Notice!\n${headings}\nend`).unreadable, 0);
		assert.equal(readAccounts('use jobinfo instead\n', mark), undefined);
		assert.equal(readAccounts('', mark), undefined);
	});

	test('are read, whatever the names hold', () => {
		const {records: jobs, unreadable} = accounts();
		assert.equal(unreadable, 0);
		assert.deepEqual(
			jobs.map(({id, state}) => `${id} ${state}`),
			[
				'31 COMPLETED',
				'32 FAILED',
				'33 CANCELLED by 1001',
				'34 CANCELLED by 1001',
				'36 RUNNING',
				'42 CANCELLED by 1001',
				'43 CANCELLED by 1001',
				'44+0 RUNNING',
				'44+1 RUNNING',
				'46 RUNNING',
				'47 SUSPENDED',
				'37_1 RUNNING',
				'37_2 RUNNING',
			],
		);
	});

	test('keep who cancelled a job in its status', () => {
		const record = accounts().records.find(({id}) => id === '43');
		assert.ok(record);
		const job = jobOf(record, viewer);
		assert.deepEqual([job.phase, job.status, job.terminal], ['cancelled', 'CANCELLED by 1001', true]);
		assert.equal(job.endedAt, 1_795_484_706_000);
	});

	test('say nothing of tasks that wait: they may be long gone', () => {
		assert.equal(
			accounts().records.some(({id}) => id.includes('[')),
			false,
		);
	});

	test('take a name of any characters', () => {
		const between = accountSeparator(mark);
		const name = fc.array(
			fc.oneof(fc.constantFrom('\n', '\u001f', '|', '\u001ff00d\u001f\n'), fc.string({unit: 'binary'})),
		);
		fc.assert(
			fc.property(
				name.map(parts => parts.join('')),
				text => {
					const values = accountFields.map(
						field => ({JobName: text, JobID: '5', State: 'FAILED'})[field as 'JobID'] ?? '1',
					);
					const answer = accountsOf(`${values.join(between)}${between}\n`);
					assert.deepEqual(
						answer.records.map(({id, name: read}) => [id, read]),
						[['5', cleanText(text)]],
					);
				},
			),
		);
	});
});

describe('an id', () => {
	test('is what scancel reads, and nothing else', () => {
		for (const id of ['1', '42_5', '42_[5-9]', '42_[1,3-5]', '42_[1-9:2]', '25+1']) {
			assert.equal(parseId(id)?.id, id);
		}
		for (const id of [
			'',
			'-u',
			'--me',
			'1,2',
			'1 2',
			'1\n',
			'1.batch',
			'abc',
			'1x',
			'42_',
			'42_[5-9%4]',
			'42_[]',
		]) {
			assert.equal(parseId(id), undefined, id);
		}
	});

	const find = (id: string, lines: readonly (readonly [id: string, state: string])[]) => {
		const text = lines.map(([one, state]) =>
			line([one, state, 1001, 'al', 'debug', 10, 20, 30, 'n1', 'None', 'n']),
		);
		const job = findJob(id, records(text.join('')).records, viewer)?.job;
		return job && [job.id, job.phase, job.status];
	};

	test('finds a task inside the remainder that still waits', () => {
		assert.deepEqual(
			find('42_7', [
				['42_[5-9%2]', 'PENDING'],
				['42_4', 'RUNNING'],
			]),
			['42_7', 'queued', 'PENDING'],
		);
		assert.equal(
			find('42_3', [
				['42_[5-9%2]', 'PENDING'],
				['42_4', 'RUNNING'],
			]),
			undefined,
		);
	});

	test('finds a remainder of which some tasks have started meanwhile', () => {
		assert.deepEqual(
			find('42_[5-9]', [
				['42_[7-9%2]', 'PENDING'],
				['42_5', 'RUNNING'],
				['42_6', 'COMPLETED'],
				['42_4', 'FAILED'],
			]),
			['42_[5-9]', 'running', 'PENDING 3, RUNNING 1, COMPLETED 1'].with(
				2,
				'RUNNING 1, COMPLETED 1, PENDING 3',
			),
		);
	});

	test('calls a remainder cancelled, partial or gone by what is left of it', () => {
		assert.deepEqual(
			find('42_[5-6]', [
				['42_5', 'CANCELLED'],
				['42_[7-9]', 'PENDING'],
			]),
			['42_[5-6]', 'cancelled', 'CANCELLED'],
		);
		assert.deepEqual(
			find('42_[5-6]', [
				['42_5', 'COMPLETED'],
				['42_6', 'CANCELLED'],
			])?.[1],
			'partial',
		);
		assert.deepEqual(
			find('42_[5-6]', [
				['42_5', 'COMPLETED'],
				['42_6', 'COMPLETED'],
			])?.[1],
			'succeeded',
		);
		assert.equal(find('42_[5-6]', [['42_5', 'COMPLETED']])?.[1], 'partial');
		assert.equal(
			find('42_[5-6]', [
				['42_[7-9]', 'PENDING'],
				['42_4', 'RUNNING'],
			]),
			undefined,
		);
	});

	test('finds a cancelled remainder in the record of its array, which names no task', () => {
		const ended = [
			['42', 'CANCELLED'],
			['42_4', 'COMPLETED'],
		] as const;
		assert.deepEqual(find('42_[5-9]', ended), ['42_[5-9]', 'cancelled', 'CANCELLED']);
		assert.deepEqual(find('42_[5-9]', [...ended, ['42_5', 'COMPLETED']]), [
			'42_[5-9]',
			'partial',
			'COMPLETED 1, CANCELLED 4',
		]);
		// Whether it ever was, nobody knows.
		assert.equal(find('42_7', ended), undefined);
		for (const state of ['COMPLETED', 'RUNNING'])
			assert.equal(
				find('42_[5-9]', [
					['42', state],
					['42_4', 'COMPLETED'],
				]),
				undefined,
			);
	});

	test('of an array or het job means all of it', () => {
		assert.deepEqual(
			find('42', [
				['42_[5-9]', 'PENDING'],
				['42_4', 'RUNNING'],
			]),
			['42', 'running', 'PENDING 5, RUNNING 1'],
		);
		assert.deepEqual(
			find('25', [
				['25+0', 'RUNNING'],
				['25+1', 'RUNNING'],
			]),
			['25', 'running', 'RUNNING'],
		);
		assert.deepEqual(
			find('25+1', [
				['25+0', 'RUNNING'],
				['25+1', 'COMPLETED'],
			])?.[1],
			'succeeded',
		);
	});

	test('that is the raw number of a task means no job: scancel would take it for another', () => {
		assert.equal(find('45', [['42_2', 'RUNNING']]), undefined);
	});
});

test('a set of tasks holds what it says', () => {
	const range = fc.tuple(fc.nat(50), fc.nat(20), fc.integer({min: 1, max: 5}));
	fc.assert(
		fc.property(fc.array(range, {minLength: 1, maxLength: 4}), ranges => {
			const text = ranges.map(([from, more, step]) => `${from}-${from + more}:${step}`).join(',');
			const set = parseTaskSet(`${text}%3`);
			assert.ok(set);
			const tasks = [...tasksOf(set)];
			assert.equal(countTasks(set), tasks.length);
			for (let task = 0; task < 80; task++) assert.equal(hasTask(set, task), tasks.includes(task));
			const plain = parseTaskSet(withoutSteps(set));
			assert.ok(plain);
			assert.deepEqual([...tasksOf(plain)], tasks);
			assert.doesNotMatch(withoutSteps(set), /:/);
		}),
	);
});

describe('scancel', () => {
	const read1 = (stderr: string, code: number, id = '1') =>
		readCancel({stdout: '', stderr, end: {code}}, [id]).get(id);
	const ids = ['38_[1,4]', '46', '99999', '31', '37_77', '39_[77-78]', '37_1'];
	const stderr = read('slurm-22.05/scancel.txt');

	test('answers for each id, whatever its exit code', () => {
		const answers = readCancel({stdout: '', stderr, end: {code: 210}}, ids);
		assert.deepEqual(
			ids.map(id => answers.get(id)?.kind),
			['accepted', 'forbidden', 'not-found', 'too-late', 'not-found', 'accepted', 'accepted'],
		);
	});

	test('is not too late for a set of which one member had ended', () => {
		const said = (id: string, words: string) =>
			readCancel(
				{
					stdout: '',
					stderr: `scancel: Terminating job ${id}\nscancel: error: Kill job error on job id ${id}: ${words}\n`,
					end: {code: 0},
				},
				[id],
			).get(id)?.kind;
		const over = 'Job/step already completing or completed';
		assert.equal(said('7_[2-19]', over), 'accepted');
		assert.equal(said('7_[2,5]', 'Invalid job id specified'), 'accepted');
		assert.equal(said('7+0', over), 'accepted');
		for (const one of ['7', '7_3', '7+1']) assert.equal(said(one, over), 'too-late', one);
		assert.equal(said('7_[2-19]', 'Access/permission denied'), 'forbidden');
	});

	test('that is killed leaves open what it has not complained of', () => {
		const answers = readCancel({stdout: '', stderr, end: {signal: 'SIGKILL'}}, ids);
		assert.equal(answers.get('37_1')?.kind, 'cut-off');
		assert.equal(answers.get('31')?.kind, 'too-late');
	});

	test('that stumbles over one id has sent no request', () => {
		const stderr = 'scancel: error: Invalid job id 6_[5-9%2]\n';
		const answers = readCancel({stdout: '', stderr, end: {code: 1}}, ['1', '2']);
		assert.deepEqual(
			[...answers.values()].map(({kind}) => kind),
			['rejected', 'rejected'],
		);
	});

	test('that fails without a word it is known for may have been heard', () => {
		assert.equal(read1('something new\n', 1)?.kind, 'broken');
		const stderr = 'scancel: Terminating job 1\n';
		const silent = readCancel({stdout: '', stderr, end: {code: 1}}, ['1', '2']);
		assert.deepEqual([silent.get('1')?.kind, silent.get('2')?.kind], ['accepted', 'cut-off']);
	});

	test('that begins nothing and ends with 0 has accepted nothing, and its words are shown', () => {
		const words = "Please use 'myscancel' on this system.";
		for (const printed of [
			{stdout: `${words}\n`, stderr: ''},
			{stdout: '', stderr: words},
		]) {
			const answer = readCancel({...printed, end: {code: 0}}, ['8']).get('8');
			assert.deepEqual(answer, {
				kind: 'malformed',
				detail: `scancel printed only: ${words}`,
				local: 'program',
			});
		}
		assert.deepEqual(read1('', 0), {kind: 'malformed', detail: 'scancel printed nothing', local: 'program'});
		const stderr = 'scancel: Terminating job 1\n';
		const some = readCancel({stdout: words, stderr, end: {code: 0}}, ['1', '2']);
		assert.deepEqual([some.get('1')?.kind, some.get('2')?.kind], ['accepted', 'malformed']);
	});

	test('that reached its time limit shows how far it came', () => {
		const overtime = 'scancel did not end within 120 s';
		const stopped = (goesOn: boolean): ScancelResult => ({
			stdout: '',
			stderr:
				'scancel: Terminating job 1\nscancel: Terminating job 2\nscancel: RPC rate limited 3 time(s). Sleeping then trying again.\nscancel: error: Kill job error on job id 2: Access/permission denied\n',
			end: {overtime, goesOn},
		});
		const kinds = (goesOn: boolean) =>
			[...readCancel(stopped(goesOn), ['1', '2', '3']).values()].map(({kind}) => kind);
		assert.deepEqual(kinds(false), ['timeout', 'forbidden', 'not-asked']);
		// Over there it may still come to the third.
		assert.deepEqual(kinds(true), ['timeout', 'forbidden', 'timeout']);
		const {detail} = readCancel(stopped(false), ['3']).get('3') ?? {};
		assert.match(detail ?? '', /asked to slow down/);
	});

	for (const [text, kind] of [
		['Unable to contact slurm controller (connect failure)', 'unreachable'],
		['Socket timed out on send/recv operation', 'timeout'],
		['Operation not permitted on individual component of heterogeneous job', 'rejected'],
		['Job can not be altered now, try again later', 'rejected'],
		['Rate limit exceeded, please retry momentarily', 'rate-limited'],
		['Unknown error 1804', 'rate-limited'],
		['A word of tomorrow', 'rejected'],
	] as const) {
		test(`that says "${text}" means ${kind}`, () => {
			const said = `scancel: Terminating job 8\nscancel: error: Kill job error on job id 8: ${text}\n`;
			assert.deepEqual(read1(said, 8, '8'), {kind, detail: text});
		});
	}
});

describe('a program that fails', () => {
	test('is quoted without its own name', () => {
		assert.equal(
			lastComplaint('slurm_load_jobs error: Invalid job id specified\n'),
			'Invalid job id specified',
		);
		assert.equal(
			lastComplaint(
				'squeue: error: ClusterName needs to be specified\nsqueue: fatal: Unable to process configuration file\n',
			),
			'Unable to process configuration file',
		);
	});

	test('is quoted in its own words, not in the words of a notice beside them', () => {
		const stderr =
			'*** errors may occur on Sunday ***\nslurm_load_jobs error: Invalid job id specified\n*** report errors to help@example.org ***\n';
		assert.equal(lastComplaint(stderr), 'Invalid job id specified');
	});

	test('without a credential names munge', () => {
		const stderr =
			'squeue: error: If munged is up, restart with --num-threads=10\nsqueue: error: Munge encode failed: Failed to access "/run/munge/munge.socket.2": Permission denied\nsqueue: error: slurm_send_node_msg: auth_g_create: REQUEST_JOB_INFO has authentication error\nslurm_load_jobs error: Protocol authentication error\n';
		const failure = {
			kind: 'unreachable',
			detail: 'Munge encode failed: Failed to access "/run/munge/munge.socket.2": Permission denied',
		};
		assert.deepEqual(failureOfProgram('squeue', {stdout: '', stderr, code: 1}), failure);
		const cancelled = `${stderr.replaceAll('squeue', 'scancel')}scancel: Terminating job 8\nscancel: error: Kill job error on job id 8: Protocol authentication error\n`;
		assert.deepEqual(readCancel({stdout: '', stderr: cancelled, end: {code: 1}}, ['8']).get('8'), failure);
		assert.equal(sortComplaint('Protocol authentication error', 'broken').kind, 'unreachable');
	});

	const unable = [
		[
			'squeue: error while loading shared libraries: libslurm.so.38: cannot open shared object file: No such file or directory\n',
			'squeue does not run: error while loading shared libraries: libslurm.so.38: cannot open shared object file: No such file or directory',
		],
		[
			`squeue: unrecognized option '--nope'\nTry "squeue --help" for more information\n`,
			`squeue does not run: unrecognized option '--nope'`,
		],
		[
			"/opt/site/squeue: invalid option -- 'a'\nusage: squeue [-u user]\n",
			"squeue does not run: invalid option -- 'a'",
		],
	] as const;
	for (const [stderr, detail] of unable) {
		test(`of a program that does not run is not the server's: ${detail.slice(21)}`, () => {
			const failure = {kind: 'unreachable', detail, local: 'program'} as const;
			assert.deepEqual(failureOfProgram('squeue', {stdout: '', stderr, code: 1}), failure);
			assert.match(
				failureLine('slurm', failure),
				/; try it in a shell; load its module, or ask the administrators/,
			);
			const words = stderr.replaceAll('squeue', 'scancel');
			const answer = readCancel({stdout: '', stderr: words, end: {code: 1}}, ['8']).get('8');
			assert.deepEqual(answer, {...failure, detail: detail.replaceAll('squeue', 'scancel')});
		});
	}

	test('of a script that finds no program is not of the server', () => {
		const missing = failureOfProgram('squeue', {
			stdout: '',
			stderr: 'squeue: line 3: /opt/slurm/bin/squeue: No such file or directory\n',
			code: 127,
		});
		assert.deepEqual([missing.kind, localCauseOf(missing)], ['unreachable', 'program']);
	});

	test('is sorted by its words', () => {
		const kind = (stderr: string) => failureOfProgram('squeue', {stdout: '', stderr, code: 1}).kind;
		assert.equal(
			kind('slurm_load_jobs error: Unable to contact slurm controller (connect failure)'),
			'unreachable',
		);
		assert.equal(kind('slurm_load_jobs error: Socket timed out on send/recv operation'), 'timeout');
		assert.equal(kind('squeue: fatal: Could not establish a configuration source'), 'unreachable');
		assert.equal(
			kind('slurm_load_jobs error: Rate limit exceeded, please retry momentarily'),
			'rate-limited',
		);
		assert.equal(kind('slurm_load_jobs error: A word of tomorrow'), 'broken');
		assert.equal(failureOfProgram('squeue', {stdout: '', stderr: '', signal: 'SIGSEGV'}).kind, 'broken');
		assert.equal(isAccountingOff('Slurm accounting storage is disabled\n'), true);
	});
});

describe('scontrol', () => {
	test('shows a job in every version alike', () => {
		for (const version of ['24.11', '26.05']) {
			const values = readShown(read(`slurm-${version}/scontrol-running.txt`));
			assert.equal(values.get('JobName'), 'running-job');
			assert.equal(values.get('JobState'), 'RUNNING');
			assert.equal(values.get('AllocTRES'), 'cpu=2,node=1,billing=2');
			assert.equal(values.get('Comment'), 'a comment');
		}
	});

	test('shows names, comments and het jobs whole', () => {
		const unicode = readShown(read('slurm-22.05/scontrol-unicode.txt'));
		assert.equal(unicode.get('JobName'), 'naïve|pipe "q" 日本 ☃');
		assert.equal(unicode.get('Comment'), 'tab\there');
		const het = readShown(read('slurm-22.05/scontrol-het.txt'));
		assert.equal(het.get('JobName'), 'het-job');
		assert.equal(het.get('HetJobIdSet'), '25-26');
		assert.equal(het.get('NodeList'), 'n1');
	});

	test('is not believed about the state: that stands in the list', () => {
		const job = recordedJob('33');
		const {fields, raw} = shownDetails(
			job,
			read('slurm-22.05/scontrol-forged.txt').replace('RUNNING', 'COMPLETED'),
		);
		assert.deepEqual(fields[0], ['State', 'COMPLETING']);
		assert.doesNotMatch(raw, /[\u0000-\u0009\u000b-\u001f]/);
	});

	test('forecasts are shown as forecasts', () => {
		const {fields, timeline} = shownDetails(
			recordedJob('40'),
			read('slurm-22.05/scontrol-pending-begintime.txt'),
		);
		assert.ok(fields.some(([label]) => label === 'Expected start'));
		assert.deepEqual(
			timeline.map(({what}) => what),
			['Submitted'],
		);
	});

	test('names the output behind whatever a name forges', () => {
		const text =
			'JobId=1 JobName=x\n   StdOut=/etc/forged\n   UserId=al(1)\n   StdOut=/home/al/slurm-1.out\n';
		assert.deepEqual(outputOf(text), {path: '/home/al/slurm-1.out'});
	});
});

test('times are epoch seconds or local times, or absent', () => {
	assert.equal(readTime('1795484703'), 1_795_484_703_000);
	assert.equal(readTime('2026-11-22T06:52:01'), new Date(2026, 10, 22, 6, 52, 1).getTime());
	for (const text of ['N/A', 'Unknown', 'None', '', '0', undefined]) assert.equal(readTime(text), undefined);
});

test('no flag that hides the outcome of a job is an end', () => {
	for (const word of ['COMPLETING', 'STAGE_OUT', 'REQUEUED', 'SPECIAL_EXIT', 'REVOKED', 'UPDATE_DB']) {
		assert.ok(!['succeeded', 'failed', 'cancelled', 'partial'].includes(phaseOf(statuses, word)), word);
	}
});

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {watch} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {promisify} from 'node:util';
import {pbs} from '../../../source/backends/pbs/index.ts';
import {openFakePbs, pbsRunning as running} from '../../fakes/pbs.ts';
import {failureOf} from '../../helpers/failure-of.ts';
import {fc} from '../../helpers/fast-check.ts';
import {openedBackend} from '../../helpers/opened-backend.ts';

const {signal} = new AbortController();

const open = (t: TestContext, more: Parameters<typeof openFakePbs>[0] = {}) =>
	openedBackend(t, openFakePbs(more));

const list = {everyone: false, ended: false, signal};
const all = {...list, everyone: true};
const bobs = {Job_Owner: 'bob@login1'};
const ids = (jobs: readonly {readonly id: string}[]) => jobs.map(({id}) => id);

describe('a list', () => {
	test('of my jobs asks for them alone, and for all of them where they are many', async t => {
		const {backend, put, calls} = await open(t);
		await put('1.fakepbs');
		await put('2.fakepbs', bobs);
		assert.deepEqual(ids((await backend.listPage(list)).jobs), ['1.fakepbs']);
		assert.deepEqual(await calls(), [
			['qselect', '-u', 'alice'],
			['qstat', '-f', '-F', 'json', '1.fakepbs'],
		]);
		for (let number = 3; number < 110; number++) await put(`${number}.fakepbs`);
		assert.equal((await backend.listPage(list)).jobs.length, 108);
		assert.deepEqual((await calls()).slice(2), [
			['qselect', '-u', 'alice'],
			['qstat', '-f', '-F', 'json'],
		]);
	});

	test("of everybody has other people's jobs", async t => {
		const {backend, put} = await open(t);
		await put('1.fakepbs');
		await put('2.fakepbs', bobs);
		const {jobs} = await backend.listPage(all);
		assert.deepEqual(
			jobs.map(({id, mine, owner}) => [id, mine, owner]),
			[
				['1.fakepbs', true, 'alice'],
				['2.fakepbs', false, 'bob'],
			],
		);
	});

	test('with ended jobs has the newest of them, and of a server without a history none', async t => {
		const {backend, put, calls, turnHistoryOff} = await open(t);
		await put('1.fakepbs', {job_state: 'F', substate: 92, Exit_status: 0});
		await put('2.fakepbs', running);
		const {jobs} = await backend.listPage({...list, ended: true});
		assert.deepEqual(jobs.map(({id, phase}) => [id, phase]).toSorted(), [
			['1.fakepbs', 'succeeded'],
			['2.fakepbs', 'running'],
		]);
		assert.deepEqual((await calls()).slice(2), [
			['qselect', '-u', 'alice', '-x', '-s', 'F'],
			['qstat', '-x', '-f', '-F', 'json', '1.fakepbs'],
		]);
		await turnHistoryOff();
		const {jobs: live, covers} = await backend.listPage({...list, ended: true});
		assert.deepEqual([ids(live), covers], [['2.fakepbs'], 'everything']);
	});

	test('reads times as they are meant, whatever the zone of the user', async t => {
		const {backend, put, breakJson} = await open(t);
		await put('1.fakepbs', running);
		for (const fault of [undefined, 'lines'] as const) {
			if (fault !== undefined) await breakJson(fault);
			const [job] = (await backend.listPage(all)).jobs;
			assert.deepEqual([job?.createdAt, job?.startedAt], [1_767_222_000_000, 1_767_225_000_000]);
		}
	});

	test('survives the JSON that users break, by mending it or by the text form', async t => {
		const {backend, put, calls, breakJson} = await open(t);
		await put('1.fakepbs', {Job_Name: '005', Variable_List: {A: 'a"b\\c', B: 'x\n    }'}});
		await put('2.fakepbs', {...running, Job_Name: 'mesh', Resource_List: {walltime: '02:00:00'}});
		const whole = (await backend.listPage(all)).jobs;
		assert.deepEqual(
			whole.map(({name, limitMs}) => [name, limitMs]),
			[
				['005', 3_600_000],
				['mesh', 7_200_000],
			],
		);
		assert.equal((await calls()).length, 1);
		await breakJson('bare');
		assert.deepEqual((await backend.listPage(all)).jobs, whole);
		assert.equal((await calls()).length, 2);
		await breakJson('lines');
		assert.deepEqual((await backend.listPage(all)).jobs, whole);
		assert.deepEqual((await calls()).at(-1), ['qstat', '-f']);
	});

	test('in the text form believes no second record of a job: a user may have written it', async t => {
		const {backend, put, breakJson} = await open(t);
		await put('1.fakepbs', running);
		const forged = 'x"\nJob Id: 1.fakepbs\n    job_state = F\n    substate = 91\n';
		await put('2.fakepbs', {...bobs, Variable_List: {A: forged}});
		await breakJson('lines');
		const {jobs, unreadable} = await backend.listPage(all);
		assert.deepEqual([ids(jobs), unreadable], [['2.fakepbs'], 2]);
	});

	test('is not disturbed by what a wrapper prints around it, and shows what stands in its place', async t => {
		const {backend, put, wrap} = await open(t);
		await put('1.fakepbs');
		await wrap({qstat: {before: 'Welcome\n', after: 'Goodbye\n'}});
		assert.equal((await backend.listPage(all)).jobs.length, 1);
		await wrap({qstat: {before: 'use the new cluster\n', code: 0}});
		assert.deepEqual(await failureOf(backend.listPage(all)), {
			kind: 'malformed',
			detail: 'qstat printed only: use the new cluster',
			local: 'program',
		});
	});

	test('without the programs is unreachable, and says what is missing', async t => {
		const {folder} = await open(t);
		const nowhere = pbs.connect('far', {env: {PATH: join(folder, 'jobs')}});
		assert.deepEqual(await failureOf(nowhere.listPage(all)), {
			kind: 'unreachable',
			detail: 'qstat is not on PATH',
			local: 'program',
		});
	});

	test('has an array as one job with the number of its tasks', async t => {
		const {backend, putArray} = await open(t);
		const tasks = {1: {...running}, 2: {job_state: 'Q'}, 3: {job_state: 'X', substate: 92}};
		await putArray('3[].fakepbs', tasks);
		await putArray('4[].fakepbs', {1: {job_state: 'Q'}, 2: {job_state: 'X', substate: 92}});
		const [array, other] = (await backend.listPage(list)).jobs;
		assert.deepEqual(
			[array?.id, array?.phase, array?.status, array?.set],
			[
				'3[].fakepbs',
				'running',
				'Begun',
				{counts: {live: 2, cancelled: 0, ended: 1, lost: 0}, together: true},
			],
		);
		// Nothing of it runs now.
		assert.equal(other?.phase, 'queued');
	});
});

describe('a look', () => {
	test('at many jobs is one call, and says which of them PBS does not know', async t => {
		const {backend, put, calls} = await open(t);
		await put('1.fakepbs', running);
		await put('2.fakepbs', {job_state: 'F', substate: 92, Exit_status: 0});
		const asked = ['1.fakepbs', '2.fakepbs', '9.fakepbs', 'alice'];
		const {jobs, failures} = await backend.getMany(asked, {signal});
		assert.deepEqual([...jobs.keys()], ['1.fakepbs', '2.fakepbs']);
		assert.deepEqual([...failures.keys()], ['alice']);
		assert.deepEqual(await calls(), [
			['qstat', '-x', '-f', '-F', 'json', '1.fakepbs', '2.fakepbs', '9.fakepbs'],
		]);
		assert.equal((await failureOf(backend.get('9.fakepbs', {signal}))).kind, 'not-found');
	});

	test('at many jobs loses none, whatever a site prints beside a complaint about one of them', async t => {
		const {backend, put, wrap} = await open(t);
		await put('1.fakepbs', running);
		await wrap({qstat: {complaint: 'Warning: maintenance on Monday\n'}});
		const {jobs, failures} = await backend.getMany(['1.fakepbs', '9.fakepbs'], {signal});
		assert.deepEqual([[...jobs.keys()], failures.size], [['1.fakepbs'], 0]);
	});

	test('at a job of which the answer says nothing does not take it for gone', async t => {
		const {backend, put, calls, hide} = await open(t);
		for (const number of [1, 2]) await put(`${number}.fakepbs`, running);
		await hide('2.fakepbs');
		const {jobs, failures} = await backend.getMany(['1.fakepbs', '2.fakepbs'], {signal});
		assert.deepEqual(
			[[...jobs.keys()], [...failures]],
			[
				['1.fakepbs'],
				[['2.fakepbs', {kind: 'malformed', detail: 'qstat did not answer about job 2.fakepbs'}]],
			],
		);
		assert.deepEqual(
			(await calls()).map(([, , ...args]) => args.length),
			[5, 3],
		);
		assert.equal((await failureOf(backend.get('2.fakepbs', {signal}))).kind, 'malformed');
	});

	test('at many jobs says of which one it may not be taken', async t => {
		const {backend, put, forbid} = await open(t);
		await put('1.fakepbs', running);
		await put('2.fakepbs', bobs);
		await forbid('2.fakepbs');
		const {jobs, failures} = await backend.getMany(['1.fakepbs', '2.fakepbs'], {signal});
		assert.deepEqual([...jobs.keys()], ['1.fakepbs']);
		assert.equal(failures.get('2.fakepbs')?.kind, 'forbidden');
	});

	test('at many jobs asks in text where the JSON has only the first', async t => {
		const {backend, put, calls, breakJson} = await open(t);
		for (const number of [1, 2, 3]) await put(`${number}.fakepbs`, running);
		await breakJson('first');
		const {jobs} = await backend.getMany(['1.fakepbs', '2.fakepbs', '3.fakepbs'], {signal});
		assert.deepEqual([...jobs.keys()], ['1.fakepbs', '2.fakepbs', '3.fakepbs']);
		assert.equal((await calls()).length, 2);
	});

	test('without a history does not know an ended job, and goes on with the live ones', async t => {
		const {backend, put, turnHistoryOff} = await open(t);
		await put('1.fakepbs', running);
		await turnHistoryOff();
		const {jobs} = await backend.getMany(['1.fakepbs', '2.fakepbs'], {signal});
		assert.deepEqual([...jobs.keys()], ['1.fakepbs']);
		await backend.cancel('1.fakepbs', {signal});
		await backend.getMany(['1.fakepbs'], {signal});
		assert.deepEqual((await backend.getMany(['1.fakepbs'], {signal})).jobs, new Map());
	});

	test('shows all that PBS knows of a job', async t => {
		const {backend, put} = await open(t);
		await put('1.fakepbs', {...running, Job_Name: 'mesh', Account_Name: 'physics', run_count: 2});
		const {job, fields, timeline, raw} = await backend.get('1.fakepbs', {signal});
		const values = Object.fromEntries(fields);
		assert.deepEqual([job.name, job.labels], ['mesh', {account: 'physics', node: 'node1'}]);
		assert.deepEqual(
			[values.State, values.CPUs, values['Time limit'], values.Output],
			['Running', '1', '01:00:00', 'login1:/nowhere/simulate.o1'],
		);
		assert.deepEqual(
			timeline.map(({what, detail}) => [what, detail]),
			[
				['Submitted', undefined],
				['Started', '2 starts'],
			],
		);
		assert.match(raw, /"Job_Id": "1\.fakepbs"/);
		assert.match(backend.describeLook('1.fakepbs'), /qstat -x -f 1\.fakepbs$/);
	});

	test('at an array shows its tasks, and when it has ended how each of them ended', async t => {
		const {backend, putArray} = await open(t);
		const finished = {job_state: 'X', substate: 92};
		await putArray('3[].fakepbs', {1: finished, 2: {...running}, 3: {job_state: 'Q'}});
		const {children, job} = await backend.get('3[].fakepbs', {signal});
		assert.deepEqual(
			children?.map(({ref, phase, status}) => [ref, phase, status]),
			[
				['far/3[1].fakepbs', 'succeeded', 'Finished'],
				['far/3[2].fakepbs', 'running', 'Running'],
				['far/3[3].fakepbs', 'queued', 'Queued'],
			],
		);
		assert.deepEqual(job.set?.counts, {live: 2, cancelled: 0, ended: 1, lost: 0});
		await backend.cancel('3[].fakepbs', {signal});
		const ended = (await backend.getMany(['3[].fakepbs'], {signal})).jobs.get('3[].fakepbs');
		assert.deepEqual(
			[ended?.phase, ended?.terminal, ended?.set?.counts],
			['partial', true, {live: 0, cancelled: 2, ended: 1, lost: 0}],
		);
	});

	test('at a task says what its own record says, and of an ended one no more than that', async t => {
		const {backend, putArray} = await open(t);
		const tasks = {1: {...running}, 2: {job_state: 'X', substate: 91}, 3: {job_state: 'X', substate: 70}};
		await putArray('3[].fakepbs', tasks);
		const looks = await Promise.all(
			[1, 2, 3].map(async index => (await backend.get(`3[${index}].fakepbs`, {signal})).job),
		);
		assert.deepEqual(
			looks.map(({phase, terminal, parent}) => [phase, terminal, parent]),
			[
				['running', false, 'far/3[].fakepbs'],
				['cancelled', true, 'far/3[].fakepbs'],
				['unknown', true, 'far/3[].fakepbs'],
			],
		);
	});

	test('without a server is unreachable, and never takes a job for gone', async t => {
		const {backend, put, stopServer} = await open(t);
		await put('1.fakepbs', running);
		assert.deepEqual(await backend.system({signal}), {kind: 'pbs', server: 'fakepbs'});
		await stopServer();
		for (const ask of [
			() => backend.listPage(list),
			() => backend.listPage(all),
			() => backend.get('1.fakepbs', {signal}),
			() => backend.getMany(['1.fakepbs'], {signal}),
			() => backend.cancel('1.fakepbs', {signal}),
			() => backend.forceCancel('1.fakepbs', {signal}),
		]) {
			const failure = await failureOf(ask());
			assert.equal(failure.kind, 'unreachable');
			assert.match(failure.detail, /^Connection refused; /);
		}
		const unasked = await open(t);
		await unasked.stopServer();
		assert.deepEqual(await unasked.backend.system({signal}), {kind: 'pbs'});
	});
});

describe('a cancellation', () => {
	test('answers by the code of qdel', async t => {
		const {backend, put} = await open(t);
		await put('1.fakepbs', running);
		await put('2.fakepbs', {job_state: 'F', substate: 92, Exit_status: 0});
		await put('3.fakepbs', {...running, ...bobs});
		assert.deepEqual(await backend.cancel('1.fakepbs', {signal}), {kind: 'accepted'});
		assert.deepEqual(await backend.cancel('2.fakepbs', {signal}), {
			kind: 'too-late',
			detail: 'Job has finished 2.fakepbs',
		});
		assert.equal((await failureOf(backend.cancel('3.fakepbs', {signal}))).kind, 'forbidden');
		assert.equal((await failureOf(backend.cancel('9.fakepbs', {signal}))).kind, 'not-found');
	});

	test('is shown as under way until the job has ended, and then with who it was', async t => {
		const {backend, put} = await open(t);
		await put('1.fakepbs', running, {stubborn: 1});
		await backend.cancel('1.fakepbs', {signal});
		assert.equal((await backend.cancel('1.fakepbs', {signal})).kind, 'accepted');
		const look = async () => (await backend.getMany(['1.fakepbs'], {signal})).jobs.get('1.fakepbs');
		const dying = await look();
		assert.deepEqual([dying?.phase, dying?.status, dying?.endedBy], ['stopping', 'Terminating', undefined]);
		await look();
		const ended = await look();
		assert.deepEqual(
			[ended?.phase, ended?.status, ended?.endedBy, ended?.unproven],
			['cancelled', 'Terminated', {kind: 'cancelled', by: 'alice'}, undefined],
		);
	});

	test('of a job that waits or is held ends it at once, and nobody is named', async t => {
		const {backend, put} = await open(t);
		await put('1.fakepbs');
		await put('2.fakepbs', {job_state: 'H', Hold_Types: 'u'});
		for (const id of ['1.fakepbs', '2.fakepbs']) {
			await backend.cancel(id, {signal});
			const {job} = await backend.get(id, {signal});
			assert.deepEqual(
				[job.phase, job.endedBy, job.startedAt],
				['cancelled', {kind: 'cancelled'}, undefined],
			);
		}
	});

	test('after a restart of the server leaves only the signal in the record', async t => {
		const {backend, put} = await open(t);
		await put('1.fakepbs', running, {forgotten: true});
		await backend.cancel('1.fakepbs', {signal});
		await backend.get('1.fakepbs', {signal});
		const {job} = await backend.get('1.fakepbs', {signal});
		assert.deepEqual(
			[job.phase, job.status, job.endedBy],
			['failed', 'Failed', {kind: 'signal', signal: 15}],
		);
	});

	test('by force forgets the process, and says so', async t => {
		const {backend, put, calls} = await open(t);
		await put('1.fakepbs', running, {stubborn: 9});
		await backend.cancel('1.fakepbs', {signal});
		assert.equal((await backend.forceCancel('1.fakepbs', {signal})).kind, 'accepted');
		assert.deepEqual((await calls()).at(-1), ['qdel', '-W', 'force', '1.fakepbs']);
		const {job} = await backend.get('1.fakepbs', {signal});
		assert.deepEqual([job.phase, job.unproven], ['cancelled', 'may-run']);
	});

	test('never gives qdel a second id: the server dies of it', async t => {
		const {backend, put, calls, live, isDown, folder} = await open(t);
		const numbers = Array.from({length: 12}, (_, n) => n + 1);
		for (const number of numbers) await put(`${number}.fakepbs`);
		const asked = [...numbers, 888, 889].map(number => `${number}.fakepbs`);
		await Promise.all(asked.map(id => backend.cancel(id, {signal}).catch(() => undefined)));
		assert.deepEqual([await live(), await isDown()], [[], false]);
		for (const [program, ...args] of await calls()) if (program === 'qdel') assert.equal(args.length, 1);
		assert.equal(backend.cancelMany, undefined);
		assert.match(
			backend.describeCancel(asked.slice(0, 2)).join('\n'),
			/^\S*qdel 1\.fakepbs\n\S*qdel 2\.fakepbs$/,
		);
		// What the real one does with two.
		await put('20.fakepbs');
		const env = {...process.env, FAKE_PBS: folder, FAKE_PBS_USER: 'alice'};
		await promisify(execFile)(join(folder, 'bin', 'qdel'), ['20.fakepbs', '888.fakepbs'], {env});
		assert.equal(await isDown(), true);
	});

	test('never sends two requests for one job at the same time', async t => {
		const {backend, put, deletions, holdDeletions, folder} = await open(t);
		await put('1.fakepbs', running, {stubborn: 9});
		const release = await holdDeletions();
		const first = backend.cancel('1.fakepbs', {signal});
		const second = backend.forceCancel('1.fakepbs', {signal});
		const watching = watch(folder);
		await new Promise<void>(resolve => {
			const look = async () => (await deletions()).length > 0 && resolve();
			watching.on('change', look);
			void look();
		});
		watching.close();
		await release();
		await Promise.all([first, second]);
		assert.deepEqual(await deletions(), [
			'begin 1.fakepbs',
			'end 1.fakepbs',
			'begin 1.fakepbs',
			'end 1.fakepbs',
		]);
	});

	test('no text that is not the id of one job reaches qdel or qstat', async t => {
		const {backend, put, calls, live} = await open(t);
		await put('1.fakepbs');
		await put('2.fakepbs', bobs);
		const hostile = fc.oneof(
			fc.constantFrom(
				...['', ' ', '-x', '-W force', '--', 'all', 'alice', 'workq', '*', '1.*', '1.fakepbs 2.fakepbs', '1'],
				...[
					'1.fakepbs\n2.fakepbs',
					'1.fakepbs,2.fakepbs',
					'1.',
					'.fakepbs',
					'01.fakepbs',
					' 1.fakepbs',
					'-1.a',
				],
				...[
					'1[1-3].fakepbs',
					'1[1,2].fakepbs',
					'1[-].fakepbs',
					'1[*].a',
					'1[].',
					'1[01].a',
					'1.a@b',
					'@fakepbs',
				],
				...[
					'1.fakepbs\0',
					'$(id)',
					'1.-x',
					'1.fakepbs;id',
					'٣.fakepbs',
					'1.fäke',
					'1.a b',
					'1[]',
					'1[2]',
					'1.a.',
				],
			),
			fc.string(),
			fc.string({unit: fc.constantFrom(...'0123456789.[]-*,@ x')}),
			fc.string({unit: fc.constantFrom(...'.-_@ab\n')}).map(server => `1.${server}`),
		);
		const isId = /^\d+(\[\d*\])?\.[\w]([\w.-]*\w)?$/;
		const asks = [
			(id: string) => backend.cancel(id, {signal}),
			(id: string) => backend.forceCancel(id, {signal}),
			(id: string) => backend.get(id, {signal}),
		];
		await fc.assert(
			fc.asyncProperty(hostile, fc.nat(2), async (id, way) => {
				// What is an id may be sent: other tests say what becomes of it.
				fc.pre(!isId.test(id) || /^0\d|\[0\d/.test(id));
				const ask = asks[way] ?? assert.fail();
				assert.equal((await failureOf(ask(id))).kind, 'rejected', JSON.stringify(id));
				assert.throws(() => backend.describeCancel([id]));
				assert.throws(() => backend.describeLook(id));
			}),
			{numRuns: 500},
		);
		assert.deepEqual(await calls(), []);
		assert.deepEqual((await live()).toSorted(), ['1.fakepbs', '2.fakepbs']);
	});
});

describe('a log', () => {
	test('is where PBS puts it when the job has ended', async t => {
		const {backend, put, folder} = await open(t);
		await writeFile(join(folder, 'out'), 'hello\n');
		const output = {Output_Path: `login1:${join(folder, 'out')}`};
		await put('1.fakepbs', {...running, ...output});
		await put('2.fakepbs', {...running, ...output, job_state: 'F', substate: 92, Exit_status: 0});
		assert.equal(
			(await failureOf(backend.logs('1.fakepbs', {signal}))).detail,
			'no log yet: PBS copies it from node1 when the job ends, unless it was submitted with qsub -kod',
		);
		const {text, ended} = await backend.logs('2.fakepbs', {signal});
		assert.deepEqual([text, ended], ['hello\n', true]);
	});

	test('of a job that keeps its files is read while it runs', async t => {
		const {backend, put, folder} = await open(t);
		await mkdir(join(folder, 'home'));
		await writeFile(join(folder, 'home', 'mesh.o1'), 'kept\n');
		await writeFile(join(folder, 'direct'), 'direct\n');
		const home = {jobdir: join(folder, 'home'), Job_Name: 'mesh'};
		await put('1.fakepbs', {...running, ...home, Keep_Files: 'oe'});
		await put('2.fakepbs', {...running, Keep_Files: 'od', Output_Path: `login1:${join(folder, 'direct')}`});
		const first = await backend.logs('1.fakepbs', {signal});
		assert.deepEqual([first.text, first.ended], ['kept\n', undefined]);
		assert.equal((await backend.logs('2.fakepbs', {signal})).text, 'direct\n');
	});

	test('that is a folder to PBS is the file in it with the name of the job', async t => {
		const {backend, put, folder} = await open(t);
		await mkdir(join(folder, 'logs'));
		await writeFile(join(folder, 'logs', '1.fakepbs.OU'), 'out\n');
		await writeFile(join(folder, 'logs', '2.fakepbs.ER'), 'joined\n');
		const ended = {...running, job_state: 'F', substate: 92, Exit_status: 0};
		const place = `login1:${join(folder, 'logs')}`;
		await put('1.fakepbs', {...ended, Output_Path: place});
		await put('2.fakepbs', {...ended, Output_Path: place, Error_Path: place, Join_Path: 'eo'});
		await put('3.fakepbs', {...ended, Output_Path: place});
		assert.equal((await backend.logs('1.fakepbs', {signal})).text, 'out\n');
		assert.equal((await backend.logs('2.fakepbs', {signal})).text, 'joined\n');
		assert.match((await failureOf(backend.logs('3.fakepbs', {signal}))).detail, /logs is not a file$/);
	});

	test('of a task has its number, and of an array there is none', async t => {
		const {backend, putArray, folder} = await open(t);
		await writeFile(join(folder, 'out.2'), 'two\n');
		const output = {Output_Path: `login1:${join(folder, 'out.^array_index^')}`};
		await putArray('3[].fakepbs', {2: {job_state: 'X', substate: 92}, 3: {job_state: 'Q'}}, output);
		assert.equal((await backend.logs('3[2].fakepbs', {signal})).text, 'two\n');
		const words = async (id: string) => (await failureOf(backend.logs(id, {signal}))).detail;
		assert.equal(await words('3[].fakepbs'), 'each task of an array has a log of its own');
		assert.equal(await words('3[3].fakepbs'), 'no log yet: the job waits');
	});
});

test('over ssh, jobs are those of the user there, and the programs get the same arguments', async t => {
	const {backend, put, calls} = await open(t, {ssh: true});
	await put('1.fakepbs', running);
	await put('2.fakepbs', bobs);
	const {jobs} = await backend.listPage(list);
	assert.deepEqual(
		jobs.map(({id, mine, startedAt}) => [id, mine, startedAt]),
		[['1.fakepbs', true, 1_767_225_000_000]],
	);
	assert.equal((await backend.cancel('1.fakepbs', {signal})).kind, 'accepted');
	assert.deepEqual((await calls()).at(-1), ['qdel', '1.fakepbs']);
	assert.match(backend.describeCancel(['3[2].fakepbs'])[0] ?? '', /^ssh login1 .*qdel .*3\[2\]\.fakepbs/);
	assert.deepEqual(await backend.system({signal}), {kind: 'pbs', server: 'fakepbs', host: 'login1'});
});

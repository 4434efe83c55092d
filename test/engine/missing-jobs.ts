/*
What it means that a complete list does not hold a job: it is asked for before it is called gone.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import {createRows} from '../../source/engine/polling/rows.ts';
import {isReplacedIn, mayHaveRow} from '../../source/engine/profiles/array-rest.ts';
import {createMissingJobs} from '../../source/engine/profiles/missing-jobs.ts';
import {createSeen} from '../../source/engine/profiles/seen.ts';
import {BackendError} from '../../source/job/failure.ts';
import type {Job, JobDetail} from '../../source/job/job.ts';
import {isEnd, type Phase} from '../../source/job/phase.ts';
import type {Ref} from '../../source/job/ref.ts';

const job = (id: string, phase: Phase = 'running', extra: Partial<Job> = {}): Job => ({
	ref: `p/${id}`,
	profile: 'p',
	backend: 'weaver',
	id,
	name: id,
	mine: true,
	phase,
	status: phase,
	terminal: isEnd(phase),
	...extra,
});

const detailOf = (job: Job): JobDetail => ({job, fields: [], timeline: [], raw: ''});

const unknown = () => new BackendError({kind: 'not-found', detail: 'not known'});

/** A profile with two live rows, and what is written down about them. */
const open = (methods: Partial<Backend>, followed: readonly Ref[] = []) => {
	const rows = createRows();
	rows.see([job('a'), job('b')], 1);
	const removed: Ref[] = [];
	const gone: Ref[] = [];
	const observed: string[] = [];
	let moments = 1;
	const stopping = new AbortController();
	const rowReports = {
		reportNow: (_upserts: readonly Job[], removes: readonly Ref[] = []) => void removed.push(...removes),
	};
	const ask = createMissingJobs({
		connection: {
			profile: 'p',
			traits: weaver.traits,
			backend: {
				system: async () => ({}),
				listPage: async () => ({jobs: [], unreadable: 0, covers: 'everything'}),
				...methods,
			},
		},
		rows,
		rowReports,
		cancellations: {
			follows: ref => followed.includes(ref),
			missing: ref => void gone.push(ref),
		},
		seen: createSeen({
			rowReports,
			observe: (jobs, _asked, source) => void observed.push(...jobs.map(({id}) => `${id} ${source}`)),
		}),
		moment: () => ++moments,
		signal: stopping.signal,
	});
	return {rows, ask, removed, gone, observed, stopping};
};

test('a job that is not known any more goes, and what cancels it hears of it', async () => {
	const {rows, ask, removed, gone} = open({
		async get() {
			throw unknown();
		},
	});
	await ask([job('a')]);
	assert.deepEqual([removed, gone], [['p/a'], ['p/a']]);
	assert.equal(rows.get('p/a'), undefined);
	assert.equal(rows.get('p/b')?.phase, 'running');
});

test('a job that has ended keeps its row, with its end', async () => {
	const {rows, ask, removed, gone, observed} = open({
		get: async id => detailOf(job(id, 'succeeded')),
	});
	await ask([job('a')]);
	assert.deepEqual([removed, gone, observed], [[], [], ['a alone']]);
	assert.equal(rows.get('p/a')?.phase, 'succeeded');
});

test('a look that fails in another way is no word about the job', async () => {
	const {rows, ask, removed, gone, observed} = open({
		async get() {
			throw new BackendError({kind: 'unreachable', detail: 'no answer'});
		},
	});
	await ask([job('a')]);
	assert.deepEqual([removed, gone, observed], [[], [], []]);
	assert.equal(rows.get('p/a')?.phase, 'running');
});

test('what is said to live keeps its row once, and loses it after two lists in a row', async () => {
	const live = {get: async (id: string) => detailOf(job(id))};
	const {ask, removed, gone} = open(live);
	await ask([job('a')]);
	assert.deepEqual(removed, []);
	await ask([job('b')]);
	await ask([job('a')]);
	assert.deepEqual(removed, [], 'the lists were not in a row');
	await ask([job('a')]);
	assert.deepEqual([removed, gone], [['p/a'], []]);
});

test('a job that has ended by the second list keeps its row', async () => {
	const phases: Phase[] = ['running', 'failed'];
	const {rows, ask, removed} = open({get: async id => detailOf(job(id, phases.shift()))});
	await ask([job('a')]);
	await ask([job('a')]);
	assert.deepEqual(removed, []);
	assert.equal(rows.get('p/a')?.phase, 'failed');
});

test('a job whose cancellation is followed keeps its row for as long as it is said to live', async () => {
	const live = {get: async (id: string) => detailOf(job(id))};
	const {ask, removed, observed} = open(live, ['p/a']);
	for (let list = 0; list < 3; list++) await ask([job('a')]);
	assert.deepEqual([removed, observed.length], [[], 3]);
});

test('several are asked for together: what is in neither part of the answer is gone, what failed is not', async () => {
	const requests: unknown[] = [];
	const {ask, gone, observed} = open({
		async getMany(ids) {
			requests.push(ids);
			return {
				jobs: new Map([['a', job('a', 'failed')]]),
				failures: new Map([['c', {kind: 'unreachable', detail: 'no answer'}]]),
			};
		},
	});
	await ask([job('a'), job('b'), job('c')]);
	assert.deepEqual(requests, [['a', 'b', 'c']]);
	assert.deepEqual([gone, observed], [['p/b'], ['a record']]);
});

test('where a job cannot be asked for, a complete list is all that can be known', async () => {
	const {ask, removed, gone} = open({});
	await ask([job('a'), job('b')]);
	assert.deepEqual(
		[removed, gone],
		[
			['p/a', 'p/b'],
			['p/a', 'p/b'],
		],
	);
});

test('a fault of jobtop is not swallowed, but once jobtop stops', async () => {
	const fault = {
		async get() {
			throw new TypeError('a fault');
		},
	};
	await assert.rejects(open(fault).ask([job('a')]), TypeError);
	const stopped = open(fault);
	stopped.stopping.abort();
	await stopped.ask([job('a')]);
	assert.deepEqual(stopped.gone, []);
});

test('the waiting rest of an array is replaced by one of the same parent, and by nothing else', () => {
	const rest = (id: string, parent: Ref | undefined) => job(id, 'queued', {set: {}, ...(parent && {parent})});
	const isReplaced = isReplacedIn(() => [rest('7', 'p/array')]);
	assert.equal(isReplaced(rest('6', 'p/array')), true);
	assert.equal(isReplaced(rest('6', 'p/other')), false);
	assert.equal(isReplaced(rest('6', undefined)), false);
	assert.equal(isReplaced(job('6', 'queued', {parent: 'p/array'})), false, 'one job is no rest');
	assert.equal(isReplaced(job('6', 'queued', {parent: 'p/array', set: {apart: []}})), false);
});

test('what waits of an array gets no new row from a look, and what it has or what has ended may', () => {
	const rows = createRows();
	const rest = job('6', 'queued', {set: {}});
	assert.equal(mayHaveRow(rows)(rest), false);
	assert.equal(mayHaveRow(rows)(job('6', 'queued')), true);
	assert.equal(mayHaveRow(rows)(job('6', 'failed', {set: {}})), true);
	assert.equal(mayHaveRow(rows)(job('6', 'queued', {set: {apart: []}})), true);
	rows.see([rest], 1);
	assert.equal(mayHaveRow(rows)(rest), true);
});

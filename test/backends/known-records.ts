import assert from 'node:assert/strict';
import {suite, test} from 'node:test';
import * as dex from '../../source/backends/dex/wire.ts';
import * as flux from '../../source/backends/flux/wire.ts';
import * as htcondor from '../../source/backends/htcondor/wire.ts';
import type {BackendKind} from '../../source/backends/index.ts';
import * as ionworks from '../../source/backends/ionworks/wire.ts';
import {createKnownLines, createKnownRecords} from '../../source/backends/known-records.ts';
import * as lsf from '../../source/backends/lsf/wire.ts';
import * as ogc from '../../source/backends/ogc/wire.ts';
import * as pbs from '../../source/backends/pbs/wire.ts';
import type {ReadRecords} from '../../source/backends/read-records.ts';
import {jobOf, type Viewer} from '../../source/backends/slurm/records.ts';
import {
	createLineReading,
	createQueueReader,
	queueFormat,
	readQueue,
} from '../../source/backends/slurm/wire.ts';
import {createListReading as slurmrestdReading} from '../../source/backends/slurmrestd/list.ts';
import {readJob as readSlurmrestd} from '../../source/backends/slurmrestd/wire.ts';
import * as tapis from '../../source/backends/tapis/wire.ts';
import * as tensorpool from '../../source/backends/tensorpool/wire.ts';
import type {Job} from '../../source/job/job.ts';
import {fc} from '../helpers/fast-check.ts';

type Json = null | boolean | number | string | readonly Json[] | {readonly [name: string]: Json};
type Record = Readonly<{[name: string]: Json}>;

type Lists = readonly (readonly Record[])[];

/** How a backend reads the records of its lists, with and without what it knows. */
type Reading = {
	/** Fields of its records: those of a row, and others. */
	readonly fields: readonly string[];
	/** Reads one list after the other, as the backend does. */
	readonly open: () => (records: readonly Json[]) => ReadRecords<Job>;
	/** Reads all of one record. */
	readonly read: (record: Json) => Job | undefined;
};

const viewer: Viewer = {profile: 'p', backend: 'slurmrestd', isMine: ({user}) => user === 'running'};

const condorViewer: htcondor.Viewer = {profile: 'p', isMine: owner => owner === 'running'};

const lsfViewer: lsf.Viewer = {
	profile: 'p',
	isMine: owner => owner === 'running',
	now: () => 1_767_225_600_000,
};

const fluxViewer: flux.Viewer = {profile: 'p', isMine: userid => userid === 7};

const jobsIn = ({read, unreadable}: ReadRecords<{readonly job: Job}>): ReadRecords<Job> => ({
	read: read.map(({job}) => job),
	unreadable,
});

const ogcReading = (backend: 'weaver' | 'ogc'): Reading => ({
	fields:
		'jobID id status title processID providerID type message created started finished updated duration runningDuration percentCompleted progress exception links'.split(
			' ',
		),
	open() {
		const known = ogc.createListReading({profile: 'p', backend});
		return records => {
			known.begin();
			return known.read(records);
		};
	},
	read: record => ogc.readJob(record, {profile: 'p', backend}),
});

const readings: Readonly<{[Kind in Exclude<BackendKind, 'gridengine' | 'kubernetes' | 'slurm'>]: Reading}> = {
	weaver: ogcReading('weaver'),
	ogc: ogcReading('ogc'),
	tapis: {
		fields:
			'uuid status condition name owner description appId appVersion created remoteStarted ended lastUpdated lastMessage execSystemId execSystemLogicalQueue archiveSystemId remoteJobId remoteOutcome visible'.split(
				' ',
			),
		open() {
			const known = tapis.createListReading('p');
			return records => {
				known.begin();
				return known.read(records, 'running');
			};
		},
		read: record => tapis.readJob(record, 'p', {user: 'running'}),
	},
	tensorpool: {
		fields:
			'id job_id status name message exit_code instance_type cluster_id created_at started_at ended_at completed_at'.split(
				' ',
			),
		open() {
			const known = tensorpool.createListReading('p', true);
			return records => {
				known.begin();
				return known.read(records);
			};
		},
		read: record => tensorpool.readJob(record, {profile: 'p', mine: true}),
	},
	ionworks: {
		fields:
			'job_id id job_type status priority created_at updated_at started_at completed_at user_id is_terminal is_failed error error_code parent_job_id result'.split(
				' ',
			),
		open() {
			const known = ionworks.createListReading('p');
			return records => {
				known.begin();
				return jobsIn(known.read(records));
			};
		},
		read: record => ionworks.readRecord(record, 'p')?.job,
	},
	dex: {
		fields:
			'id project_id operation status source_id correlation_id created_at started_at completed_at progress error result history'.split(
				' ',
			),
		open() {
			const known = dex.createListReading('p', (project, id) => `${project}/${id}`);
			return records => {
				known.begin();
				return jobsIn(known.read(records, 'running'));
			};
		},
		read(record) {
			const wire = dex.readRecord(record);
			if (wire === undefined || !dex.isOf('running', wire)) return undefined;
			return dex.toJob(wire, `running/${wire.id}`, 'p');
		},
	},
	htcondor: {
		fields: [...htcondor.attributes, 'ImageSize', 'Requirements', 'ServerTime'],
		open() {
			const known = htcondor.createListReading('queue', condorViewer);
			return records => {
				known.begin();
				return known.read(records);
			};
		},
		read: record => htcondor.toJob(record, 'queue', condorViewer),
	},
	pbs: {
		fields: [...pbs.attributes, 'resources_used', 'Variable_List', 'mtime'],
		open() {
			const known = pbs.createListReading(condorViewer);
			return records => {
				known.begin();
				return known.read(records);
			};
		},
		read: record => pbs.toJob(record, condorViewer),
	},
	lsf: {
		fields: [...lsf.fields, 'mem', 'run_time'].map(field => field.toUpperCase()),
		open() {
			const known = lsf.createListReading(lsfViewer);
			return records => {
				known.begin();
				return known.read(records);
			};
		},
		read: record => lsf.toJob(record, lsfViewer),
	},
	flux: {
		fields: [...flux.fields, 'runtime', 't_remaining', 'waitstatus'],
		open() {
			const known = flux.createListReading(fluxViewer);
			return records => {
				known.begin();
				return known.read(records);
			};
		},
		read: record => flux.toJob(record, fluxViewer),
	},
	slurmrestd: {
		fields:
			'job_id array_job_id array_task_id array_task_string het_job_id het_job_offset job_state user_id user_name state_reason submit_time start_time end_time time_limit nodes partition account node_count name time state user array het flags tres_req_str'.split(
				' ',
			),
		open() {
			const known = slurmrestdReading(viewer);
			return records => {
				known.begin();
				return jobsIn(known.read(records));
			};
		},
		read(record) {
			const one = readSlurmrestd(record);
			return one && jobOf(one.record, viewer);
		},
	},
};

const word = fc.constantFrom(
	'running',
	'RUNNING',
	'PENDING',
	'failed',
	'canceled',
	'dismissed',
	'completed',
	'waiting',
);
const scalar: fc.Arbitrary<Json> = fc.oneof(
	{weight: 4, arbitrary: word},
	fc.constantFrom<Json>('2026-11-23T12:00:00Z', '2026-11-23T12:00:01Z', 'a', 'b', '', 'x\u001b[1m'),
	fc.constantFrom<Json>(null, true, false, 0, 1, 5, 100),
);
const value: fc.Arbitrary<Json> = fc.oneof(
	{weight: 6, arbitrary: scalar},
	fc.array(scalar, {maxLength: 2}),
	fc.dictionary(
		fc.constantFrom('total', 'succeeded', 'title', 'detail', 'number', 'set', 'current'),
		scalar,
		{
			maxKeys: 3,
		},
	),
);

/** A record whose id is one of few and whose status is a word, or anything instead of either. */
const recordOf = (fields: readonly string[]): fc.Arbitrary<Record> =>
	fc
		.tuple(
			fc.dictionary(fc.constantFrom(...fields), value, {maxKeys: fields.length}),
			fc.integer({min: 1, max: 4}),
			word,
			fc.boolean(),
		)
		.map(([record, id, status, plain]) =>
			plain
				? {
						...record,
						...idFields(fields, id),
						...(fields.includes('job_state') ? {job_state: status} : {status}),
					}
				: record,
		);

const idFields = (fields: readonly string[], id: number): Record => {
	if (fields.includes('Job_Id')) return {Job_Id: `${id}.far`};
	if (fields.includes('job_state')) return {job_id: id};
	if (fields.includes('GlobalJobId'))
		return {GlobalJobId: `far#${id}.0#1`, ClusterId: id, ProcId: 0, JobStatus: id};
	if (fields.includes('JOBINDEX')) return {JOBID: String(id), JOBINDEX: '0', STAT: 'RUN'};
	// Flux reads no other text as an id.
	if (fields.includes('jobid')) return {jobid: `ƒJ${id}`};
	return {[fields[0] as string]: `j${id}`};
};

/** Another list: records changed in a field, in another order, twice, or as they were. */
const nextList = (before: readonly Record[], fields: readonly string[]): fc.Arbitrary<readonly Record[]> =>
	fc.array(
		fc
			.tuple(
				fc.constantFrom(...before),
				fc.option(fc.tuple(fc.constantFrom(...fields), fc.option(value, {nil: undefined})), {nil: undefined}),
			)
			.map(([record, change]): Record => {
				// As it came over the wire: another object.
				const own = structuredClone(record);
				if (change === undefined) return own;
				const [field, to] = change;
				const {[field]: _, ...rest} = own;
				return to === undefined ? rest : {...rest, [field]: to};
			}),
		{maxLength: 12},
	);

for (const [kind, reading] of Object.entries(readings)) {
	test(`what is known of ${kind} never stands for another record`, () => {
		const lists = fc
			.array(recordOf(reading.fields), {minLength: 1, maxLength: 8})
			.chain(first =>
				nextList(first, reading.fields).chain(second =>
					second.length === 0
						? fc.constant<Lists>([first, second])
						: nextList(second, reading.fields).map((third): Lists => [first, second, third]),
				),
			);
		fc.assert(
			fc.property(lists, all => {
				const read = reading.open();
				for (const list of all) {
					const expected = list.map(reading.read).filter(job => job !== undefined);
					const {read: jobs, unreadable} = read(list);
					assert.deepEqual(jobs, expected);
					assert.equal(unreadable, list.length - expected.length);
				}
			}),
			{numRuns: 400},
		);
	});

	test(`a change in any field of ${kind} that makes another job is seen`, () => {
		const status = reading.fields.includes('job_state') ? 'job_state' : 'status';
		fc.assert(
			fc.property(
				recordOf(reading.fields),
				fc.constantFrom(...reading.fields),
				value,
				word,
				(record, field, to, state) => {
					const before: Record = {...record, ...idFields(reading.fields, 1), [status]: state};
					const after: Record = {...before, [field]: to};
					const read = reading.open();
					read([before]);
					const [job] = read([after]).read;
					assert.deepEqual(job, reading.read(after));
				},
			),
			{numRuns: 1000},
		);
	});

	test(`an unchanged record of ${kind} gives the job of before, wherever it stands`, () => {
		const status = reading.fields.includes('job_state') ? 'job_state' : 'status';
		const list = [1, 2, 3].map((id): Record => ({...idFields(reading.fields, id), [status]: 'RUNNING'}));
		const read = reading.open();
		const before = read(list).read;
		assert.equal(before.length, 3);
		const again = read(structuredClone([list[2], list[0], list[1], list[0]] as Record[])).read;
		assert.deepEqual(
			again.map(job => before.indexOf(job)),
			[2, 0, 1, 0],
		);
	});
}

suite('what is kept', () => {
	const numbers = () =>
		createKnownRecords({fields: ['id', 'n'], idFields: ['id'], read: record => record as {n: number}});
	const listOf = (from: number, to: number) =>
		Array.from({length: to - from}, (_, index) => ({id: `j${from + index}`, n: index}));

	test('is no more than the last two lists held', () => {
		const known = numbers();
		for (let list = 0; list < 20; list++) {
			known.begin();
			known.read(listOf(list * 100, list * 100 + 100));
			assert.ok(known.size() <= 300, `${known.size()} after list ${list}`);
		}
		known.begin();
		known.begin();
		known.begin();
		assert.equal(known.size(), 0);
	});

	test('outlives a list that failed midway', () => {
		const known = numbers();
		known.begin();
		const [first] = known.read(listOf(0, 10)).read;
		known.begin();
		known.begin();
		assert.equal(known.read(listOf(0, 10)).read[0], first);
	});

	test('holds the fields that are read, and no others', () => {
		const seen: unknown[] = [];
		const known = createKnownRecords({fields: ['id'], idFields: ['id'], read: record => seen.push(record)});
		known.read([{id: 'a', long: 'x'.repeat(1000)}]);
		assert.deepEqual(seen, [{id: 'a'}]);
	});

	test('counts for the context in which it was read', () => {
		const known = createKnownRecords({
			fields: ['id'],
			idFields: ['id'],
			read: (record, context: string) => ({record, context}),
		});
		assert.equal(known.read([{id: 'a'}], 'one').read[0]?.context, 'one');
		assert.equal(known.read([{id: 'a'}], 'other').read[0]?.context, 'other');
	});
});

suite('lines of Slurm', () => {
	const mark = 'abcdef0123456789ab';
	const field = fc.constantFrom(
		'1',
		'2',
		'RUNNING',
		'PENDING',
		'1767220000',
		'alice',
		'',
		'1-00:00:00',
		'node[1-2]',
		'é',
	);
	const fieldCount = queueFormat('').split('\u001f').length;
	const line = fc
		.tuple(
			fc.constantFrom('42', '43', '42_[1-3]', '44+1', '?'),
			fc.array(field, {minLength: fieldCount - 1, maxLength: fieldCount}),
		)
		.map(([id, fields]) => [id, ...fields].join('\u001f'));
	const printed = (lines: readonly string[]) =>
		lines.map(each => `\u001e${mark}${each}\u001d${mark}\n`).join('');

	test('a change anywhere in a line is seen, in any order, also of lines that come twice', () => {
		fc.assert(
			fc.property(
				fc.array(line, {minLength: 1, maxLength: 6}),
				fc.array(fc.tuple(fc.nat(5), fc.nat(200), fc.constantFrom('', '7', 'x')), {maxLength: 8}),
				(first, changes) => {
					const second = changes.map(([index, place, to]) => {
						const before = first[index % first.length] as string;
						const at = place % before.length;
						return before.slice(0, at) + to + before.slice(at + to.length);
					});
					const known = createKnownLines(createLineReading());
					for (const lines of [first, second, second.toReversed()]) {
						known.begin();
						assert.deepEqual(lines.map(known.read), lines.map(createLineReading()));
					}
				},
			),
			{numRuns: 1000},
		);
	});

	test('an answer that comes in pieces is the answer', () => {
		fc.assert(
			fc.property(
				fc.array(line, {maxLength: 6}),
				fc.constantFrom(
					'',
					'welcome\n',
					`\u001e${mark}1\u001d${mark} `,
					`\u001e${mark}JOBID\u001fSTATE\u001d${mark}\n`,
				),
				fc.constantFrom('', 'bye', 'known', `\u001e${mark.slice(0, 9)}`, `\u001e${mark}cut`),
				fc.array(fc.integer({min: 1, max: 60})),
				(lines, before, after, sizes) => {
					const cut = after === 'known' ? `\u001e${mark}${lines[0] ?? ''}` : after;
					const text = before + printed(lines) + cut;
					const known = createKnownLines(createLineReading());
					for (const each of lines.slice(0, 3)) known.read(each);
					known.begin();
					const reader = createQueueReader(mark, known);
					let from = 0;
					for (const size of sizes) {
						reader.take(text.slice(from, from + size));
						from += size;
					}
					reader.take(text.slice(from));
					const answer = reader.end();
					assert.deepEqual(
						answer && {records: answer.read, unreadable: answer.unreadable},
						readQueue(text, mark),
					);
				},
			),
			{numRuns: 1000},
		);
	});
});

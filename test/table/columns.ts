/*
What each column shows of a job, and how it sorts.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Job} from '../../source/job/job.ts';
import {type Phase, phases} from '../../source/job/phase.ts';
import {type Column, columns, type Row} from '../../source/table/columns.ts';
import {fitColumns} from '../../source/table/fit-columns.ts';
import {unicodeGlyphs} from '../../source/text/theme.ts';
import {fc} from '../helpers/fast-check.ts';
import {job, report, start} from '../helpers/screen-facts.ts';

const columnOf = (id: string): Column => {
	const column = columns.find(each => each.id === id);
	assert.ok(column, id);
	return column;
};
const cell = (id: string, of: Job, more: Partial<Row> = {}) =>
	columnOf(id).cell({
		job: of,
		report: undefined,
		sure: true,
		now: start,
		zone: 'utc',
		glyphs: unicodeGlyphs,
		...more,
	});
const none = new Map();
const compare = (id: string, a: Partial<Job>, b: Partial<Job>, cancellations = none) =>
	Math.sign(columnOf(id).compare?.(job('p/1', a), job('p/2', b), cancellations) ?? Number.NaN);
/** Asserts that the first sorts before the other, both ways round. */
const before = (id: string, a: Partial<Job>, b: Partial<Job>) => {
	assert.equal(compare(id, a, b), -1, id);
	assert.equal(compare(id, b, a), 1, id);
	assert.equal(compare(id, a, a), 0, id);
};

test('no column has less room than it needs, and each that is dropped has a number of its own', () => {
	for (const {id, width, preferred} of columns) {
		const [least, most = Number.POSITIVE_INFINITY] = width;
		assert.ok(least <= most, id);
		if (preferred !== undefined) assert.ok(least <= preferred && preferred <= most, id);
	}
	const leaving = columns.filter(({dropOrder}) => dropOrder > 0).map(({dropOrder}) => dropOrder);
	assert.equal(new Set(leaving).size, leaving.length);
});

test('in a narrow table columns are dropped in this order, and three never are', () => {
	const order = columns.filter(({dropOrder}) => dropOrder > 0).sort((a, b) => b.dropOrder - a.dropOrder);
	assert.equal(
		order.map(({id}) => id).join(' '),
		'kind started project account limit node queue reason owner left progress elapsed age profile name',
	);
	assert.deepEqual(
		columns.filter(({dropOrder}) => dropOrder === 0).map(({id}) => id),
		['state', 'id', 'cancel'],
	);
});

test('as a terminal grows, columns appear one by one, and none disappears', () => {
	const appeared: (readonly [width: number, ids: string])[] = [];
	let known = new Set<string>();
	for (let width = 43; width < 400; width++) {
		const ids = new Set(fitColumns(columns, width).map(({column}) => column.id));
		const added = [...ids].filter(id => !known.has(id));
		if (added.length > 0) appeared.push([width, added.join(' ')]);
		assert.deepEqual(
			[...known].filter(id => !ids.has(id)),
			[],
		);
		known = ids;
	}
	assert.deepEqual(appeared, [
		[43, 'state id cancel'],
		[50, 'name'],
		[57, 'profile'],
		[63, 'age'],
		[81, 'elapsed'],
		[86, 'progress'],
		[91, 'left'],
		[99, 'owner'],
		[108, 'reason'],
		[115, 'queue'],
		[122, 'node'],
		[127, 'limit'],
		[136, 'account'],
		[145, 'project'],
		[153, 'started'],
		[162, 'kind'],
	]);
});

test('the columns have these widths at 80, 120 and 400 cells', () => {
	const widths = (width: number) =>
		fitColumns(columns, width - 2)
			.map(each => `${each.column.id} ${each.width}`)
			.join(', ');
	assert.equal(widths(80), 'state 11, profile 9, id 14, name 15, age 7, cancel 17');
	assert.equal(
		widths(120),
		'state 11, profile 11, id 15, name 16, queue 6, reason 8, owner 7, left 4, elapsed 4, progress 4, age 5, cancel 16',
	);
	assert.match(
		widths(400),
		/^state 11, profile 24, id 40, name \d+, kind 28, project 24, queue 20, account 20, node 24, reason 60, owner 16, started 11/,
	);
});

test('a Slurm row at 80 cells has what squeue shows, and no column is wider than its content', () => {
	const names = [
		'state',
		'id',
		'name',
		'queue',
		'node',
		'reason',
		'left',
		'elapsed',
		'age',
		'limit',
		'started',
	];
	const wanted = columns.filter(({id}) => names.includes(id));
	const needs = {
		state: 9,
		id: 6,
		name: 13,
		queue: 8,
		node: 11,
		reason: 9,
		left: 5,
		elapsed: 5,
		age: 6,
		limit: 5,
		started: 5,
	};
	const widths = (width: number) =>
		fitColumns(wanted, width - 2, needs).map(each => `${each.column.id} ${each.width}`);
	assert.deepEqual(
		widths(80).map(each => each.split(' ')[0]),
		names.slice(0, 9),
	);
	assert.deepEqual(
		widths(200).filter(each => !each.startsWith('name')),
		[
			'state 9',
			'id 7',
			'queue 8',
			'node 11',
			'reason 9',
			'started 8',
			'limit 6',
			'left 5',
			'elapsed 7',
			'age 6',
		],
	);
});

test('with needs the columns fill the width, and what must not be cut is whole', () => {
	const needsOf = fc.dictionary(fc.constantFrom(...columns.map(({id}) => id)), fc.nat(80));
	fc.assert(
		fc.property(needsOf, fc.integer({min: 50, max: 250}), (needs, width) => {
			const fitted = fitColumns(columns, width, needs);
			const cells = fitted.reduce((sum, each) => sum + each.width, fitted.length - 1);
			assert.equal(cells, width);
			for (const {column, width: own} of fitted) {
				const original = columnOf(column.id);
				const need = Math.max(needs[column.id] ?? 0, column.title.length + 1);
				if (original.whole) assert.ok(own >= Math.min(need, original.width[1] ?? need), column.id);
				if (column.id !== 'name' && !original.fixed)
					assert.ok(own <= Math.max(need, original.width[0]), column.id);
			}
			const wider = new Set(fitColumns(columns, width + 1, needs).map(({column}) => column.id));
			for (const {column} of fitted) assert.ok(wider.has(column.id), column.id);
		}),
	);
});

test('the state has room for every phase', () => {
	const [, max] = columnOf('state').width;
	for (const {label} of Object.values(phases)) assert.ok(label.length + 2 <= (max ?? 0), label);
});

test('running jobs sort first, then those that wait, those that need a look, and those that ended well', () => {
	const order: readonly Phase[] = [
		'running',
		'starting',
		'stopping',
		'queued',
		'held',
		'unknown',
		'failed',
		'partial',
		'cancelled',
		'succeeded',
	];
	for (const [index, phase] of order.slice(1).entries())
		before('state', {phase: order[index] as Phase}, {phase});
});

test('the state of a job that is being cancelled shows that, until the job or the cancellation has ended', () => {
	const {state} = unicodeGlyphs;
	const glyphOf = (of: Job, changes = {}) =>
		cell('state', of, {report: report('p/1', changes)}).text.split(' ')[0];
	assert.equal(cell('state', job('p/1')).text, `${state.running} RUNNING`);
	assert.equal(glyphOf(job('p/1')), state.cancelling);
	assert.equal(glyphOf(job('p/1'), {step: 'parked'}), state['needs-you']);
	assert.equal(glyphOf(job('p/1'), {step: 'settled', outcome: {kind: 'cancelled'}}), state.running);
	assert.equal(glyphOf(job('p/1', {phase: 'failed'})), state.failed);
});

test('text sorts by its letters, numbers in it as numbers', () => {
	before('profile', {profile: 'a'}, {profile: 'b'});
	before('id', {id: 'a9'}, {id: 'a10'});
	before('name', {name: 'mesh 9'}, {name: 'mesh 10'});
	before('owner', {owner: 'alice'}, {owner: 'bob'});
	before('owner', {owner: undefined as never}, {owner: 'bob'});
	before('queue', {queue: 'q9'}, {queue: 'q10'});
	before('queue', {}, {queue: 'q'});
});

test('the latest sorts first, and what is unknown last', () => {
	before('age', {createdAt: start}, {createdAt: start - 1});
	before('age', {createdAt: -5}, {createdAt: undefined as never});
	before('started', {startedAt: start}, {startedAt: start - 1});
	before('started', {startedAt: 0}, {});
	before('progress', {progress: {percent: 80}}, {progress: {percent: 20}});
	before('progress', {progress: {percent: 0}}, {});
});

test('a job of a shared row is indented below it, and an id that looks like another is quoted', () => {
	assert.equal(cell('name', job('p/1')).text, 'name-1');
	assert.equal(cell('name', job('p/1'), {inside: true}).text, '  name-1');
	assert.equal(cell('id', job('p/ 1')).text, '" 1"');
});

test('times count up to now, and an age of a profile that does not answer is doubted', () => {
	const aged = job('p/1', {createdAt: start - 90_000, startedAt: start - 30_000});
	assert.equal(cell('age', aged).text, '1m30s ');
	assert.equal(cell('age', aged, {sure: false}).text, '1m30s?');
	assert.equal(cell('started', aged).text, '11:59');
	assert.equal(cell('elapsed', aged).text, '30s');
	assert.equal(cell('elapsed', {...aged, endedAt: start - 20_000, terminal: true}).text, '10s');
	assert.equal(cell('left', {...aged, limitMs: 90_000}).text, '1m00s');
	assert.equal(cell('left', {...aged, limitMs: 90_000, terminal: true}).text, '');
	assert.equal(cell('limit', {...aged, limitMs: 90_000}).text, '1m30s');
	assert.equal(cell('started', job('p/1', {startedAt: start - 86_400_000})).text, '11-22 12:00');
	const {createdAt: _, ...timeless} = job('p/1');
	assert.equal(cell('age', timeless).text, ' ');
	assert.equal(cell('started', timeless).text, '');
});

test('progress is there if the system reports it, and 100% means all', () => {
	assert.equal(cell('progress', job('p/1')).text, '');
	assert.equal(cell('progress', job('p/1', {progress: {done: 999, total: 1000}})).text, '99%');
});

test('the owner matters only among jobs of everyone, and others are dim', () => {
	const {visibleIn} = columnOf('owner');
	const among = (everyone: boolean) =>
		visibleIn?.({scope: {everyone, ended: false}, profiles: 2, cancelling: false});
	assert.deepEqual([among(true), among(false)], [true, false]);
	assert.deepEqual(cell('owner', job('p/1')), {text: 'alice'});
	const {owner: _, ...ownerless} = job('p/1');
	assert.deepEqual(cell('owner', ownerless), {text: ''});
	assert.deepEqual(cell('owner', job('p/1', {owner: 'bob', mine: false})), {text: 'bob', tone: 'dim'});
});

test('a column of some systems says whether it is about a job', () => {
	const labels = {project: 'cfd', account: 'a7', node: 'n1'};
	const full = job('p/1', {kind: 'sbatch', queue: 'gpu', reason: 'Priority', labels});
	for (const [id, text] of Object.entries({...labels, kind: 'sbatch', queue: 'gpu', reason: 'Priority'})) {
		const {appliesTo, optional} = columnOf(id);
		assert.equal(appliesTo?.(full), true, id);
		assert.equal(appliesTo?.(job('p/1')), false, id);
		assert.equal(optional, true, id);
		assert.equal(cell(id, full).text, text);
		assert.equal(cell(id, job('p/1')).text, '');
	}
	assert.deepEqual(
		columns.filter(({hiddenByDefault}) => hiddenByDefault).map(({id}) => id),
		['kind'],
	);
});

test('what is being cancelled sorts before what is not, and by what needs a person', () => {
	const cancellations = new Map([
		['p/1', report('p/1')],
		['p/2', report('p/2', {step: 'parked'})],
	]);
	assert.equal(compare('cancel', {}, {}, cancellations), 1);
	assert.equal(compare('cancel', {}, {ref: 'p/3'}, cancellations), -1);
	assert.equal(compare('cancel', {ref: 'p/3'}, {}, cancellations), 1);
	assert.equal(compare('cancel', {}, {}), 0);
	assert.equal(cell('cancel', job('p/1')).text, '');
	assert.equal(cell('cancel', job('p/1'), {report: report('p/1')}).text, 'following');
});

test('a job that only its record calls cancelled has a question mark, not a tick', () => {
	const cancelled = {phase: 'cancelled', terminal: true} as const;
	assert.equal(cell('state', job('p/1', cancelled)).text, '✓ CANCELLED');
	assert.equal(cell('state', job('p/1', {...cancelled, unproven: 'may-start'})).text, '? CANCELLED');
});

test('the reason of an ended job is what ended it', () => {
	const text = (more: Partial<Job>) => cell('reason', job('p/1', more)).text;
	assert.equal(text({reason: 'Priority'}), 'Priority');
	assert.equal(text({reason: 'Priority', endedBy: {kind: 'cancelled', by: 'bob'}}), 'cancelled by bob');
	assert.equal(text({endedBy: {kind: 'memory', node: 'n12'}}), 'out of memory on node n12');
	assert.equal(columnOf('reason').appliesTo?.(job('p/1', {endedBy: {kind: 'cancelled'}})), false);
	before('reason', {endedBy: {kind: 'exit', code: 2}}, {endedBy: {kind: 'exit', code: 10}});
});

/*
Which columns the table has now.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Scope} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import {initialScreen, type Screen} from '../../source/state/screen.ts';
import {createJobStore} from '../../source/store/store.ts';
import {type Column, columns} from '../../source/table/columns.ts';
import {applies, isWanted, sortableColumns, tableColumns} from '../../source/table/table-columns.ts';
import {viewOf, withView} from '../../source/table/table-view.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {hello, job, jobs, profile, report} from '../helpers/screen-facts.ts';

const columnOf = (id: string) => columns.find(each => each.id === id) as Column;
const mine: Scope = {everyone: false, ended: false};
const view = (inView: readonly Job[], on: Screen['columns'] = {}, scope = mine) => ({
	known: {scope, profiles: [profile('p'), profile('q')]},
	cancellations: [],
	screen: {columns: on},
	order: {inView},
});
const withQueue = [job('p/1'), job('p/2', {queue: 'gpu'}), job('p/3', {kind: 'sbatch', reason: 'Priority'})];

test('a column of some systems has content if one job in view has it', () => {
	for (const [id, none, some] of [
		['queue', false, true],
		['reason', false, true],
		['node', false, false],
		['name', true, true],
	] as const) {
		assert.equal(applies(columnOf(id), view([job('p/1')])), none, id);
		assert.equal(applies(columnOf(id), view(withQueue)), some, id);
	}
	assert.equal(applies(columnOf('owner'), view([job('p/1')])), false);
	assert.equal(applies(columnOf('owner'), view([job('p/1')], {}, {everyone: true, ended: false})), true);
});

test('names that are the ends of their ids have no column', () => {
	const named = (id: string, name: string) => job(`p/${id}`, {id, name});
	const repeated = [named('lab/train', 'train'), named('lab/a.b', 'a.b')];
	assert.equal(applies(columnOf('name'), view(repeated)), false);
	assert.equal(applies(columnOf('name'), view([...repeated, named('17', 'train')])), true);
	assert.equal(applies(columnOf('name'), view([named('lab/retrain', 'train')])), true);
});

test('a column is on as the user chose, else if it has content and is not hidden by default', () => {
	assert.equal(isWanted(columnOf('queue'), view(withQueue)), true);
	assert.equal(isWanted(columnOf('queue'), view(withQueue, {queue: false})), false);
	assert.equal(isWanted(columnOf('queue'), view([], {queue: true})), true);
	assert.equal(isWanted(columnOf('queue'), view([])), false);
	assert.equal(isWanted(columnOf('kind'), view(withQueue)), false);
	assert.equal(isWanted(columnOf('kind'), view(withQueue, {kind: true})), true);
});

test('state, id and cancellation cannot be turned off', () => {
	const cancelling = {...view([], {state: false, id: false, cancel: false}), cancellations: [report('p/1')]};
	for (const id of ['state', 'id', 'cancel']) assert.equal(isWanted(columnOf(id), cancelling), true);
	assert.equal(isWanted(columnOf('cancel'), view([])), false);
});

test('the table sorts by any column that has content or is on', () => {
	const ids = (...args: Parameters<typeof view>) => sortableColumns(view(...args)).map(({id}) => id);
	const always = ['state', 'profile', 'id', 'owner', 'age', 'cancel'];
	assert.deepEqual(ids([]), always);
	assert.deepEqual(
		ids(withQueue).filter(id => !always.includes(id)),
		['name', 'kind', 'queue', 'reason'],
	);
	assert.ok(ids([], {node: true}).includes('node'));
});

const open = (size: Screen['size'], more: Partial<Screen> = {}) => {
	const store = createJobStore({clock: createManualClock().clock, send: () => undefined});
	store.receive([hello([profile('p')]), jobs(...withQueue)]);
	store.change(screen => ({...screen, size, ...more}));
	return tableColumns(store.getState());
};
const cells = ({fitted}: ReturnType<typeof open>) =>
	fitted.reduce((sum, {width}) => sum + width, fitted.length - 1);

test('the columns fill the list beside the gutter of two cells, and the dropped ones are counted', () => {
	const wide = open({columns: 300, rows: 24});
	assert.deepEqual([wide.before, wide.after], [0, 0]);
	for (const columns of [60, 80, 300]) {
		const shown = open({columns, rows: 24});
		assert.equal(cells(shown), columns - 2);
		assert.equal(shown.fitted.length + shown.after, wide.fitted.length);
	}
});

test('without full width, the columns that do not fit are dropped', () => {
	assert.deepEqual(
		open({columns: 80, rows: 24}).fitted.map(({column}) => column.id),
		['state', 'id', 'name', 'queue', 'reason', 'age'],
	);
});

test('at full width the columns scroll, and those on both sides are counted', () => {
	const {fitted, before, after} = open({columns: 80, rows: 24}, {wide: true, across: 2});
	assert.equal(before, 2);
	assert.equal(fitted.length + before + after, open({columns: 300, rows: 24}).fitted.length);
	assert.equal(cells(open({columns: 80, rows: 24}, {wide: true, across: 2})), 78);
});

test('a view that was kept comes back as it was', () => {
	const screen: Screen = {
		...initialScreen,
		sort: {column: 'name', descending: true, others: [{column: 'age', descending: false}]},
		columns: {queue: true, owner: false},
		wide: true,
		folding: false,
		queries: ['mesh'],
	};
	assert.deepEqual(withView(initialScreen, viewOf(screen)), screen);
});

test('a column that does not exist is left out of a kept view', () => {
	const {sort, columns} = withView(initialScreen, {
		sort: {
			column: 'name',
			descending: true,
			others: [
				{column: 'nosuch', descending: false},
				{column: 'age', descending: false},
			],
		},
		columns: {nosuch: true, queue: true},
	});
	assert.deepEqual(sort, {column: 'name', descending: true, others: [{column: 'age', descending: false}]});
	assert.deepEqual(columns, {queue: true});
	const only = withView(initialScreen, {
		sort: {column: 'name', descending: true, others: [{column: 'nosuch', descending: false}]},
	});
	assert.deepEqual(only.sort, {column: 'name', descending: true});
	assert.deepEqual(withView(initialScreen, {sort: {column: 'name', descending: true}}).sort, only.sort);
	assert.deepEqual(
		withView(initialScreen, {sort: {column: 'nosuch', descending: true}}).sort,
		initialScreen.sort,
	);
	assert.deepEqual(withView(initialScreen, {}), initialScreen);
});

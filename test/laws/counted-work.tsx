/*
How much is done does not grow with what does not change: counted, not timed.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {type TestContext, test} from 'node:test';
import {createListReading} from '../../source/backends/kubernetes/wire.ts';
import {createRows} from '../../source/engine/polling/rows.ts';
import type {Patch} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import {createJobStore} from '../../source/store/store.ts';
import {columns} from '../../source/table/columns.ts';
import {openEngine, openLivingServer, temporaryDirectory} from '../helpers/engine.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {health as healthOf, hello as helloOf, start as now, profile} from '../helpers/screen-facts.ts';

const job = (index: number, percent = 10): Job => ({
	ref: `w/${index}`,
	profile: 'w',
	backend: 'weaver',
	id: String(100_000 + index),
	name: `job ${index}`,
	mine: true,
	phase: 'running',
	status: 'running',
	terminal: false,
	createdAt: now - (index + 48) * 3_600_000,
	progress: {percent},
});

const hello = helloOf([
	profile('w', {backend: 'weaver', title: 'Weaver', consequence: '', cancelIsDismiss: true}),
]);
const health = healthOf('w', {jobs: 1000});

const listed = (count: number): Patch => ({
	type: 'jobs',
	upserts: Array.from({length: count}, (_, index) => job(index)),
	removes: [],
});

const openScreen = async (context: TestContext, count: number) => {
	const screen = await renderScreen(context, {columns: 120, rows: 40});
	await screen.receive(hello, {type: 'health', health}, listed(count));
	return screen;
};

test('a quiet poll writes nothing, and a second of quiet the clock and the age of the rows', async context => {
	const screen = await openScreen(context, 1000);
	let before = screen.bytes();
	await screen.receive({type: 'health', health: {...health, asking: true}});
	await screen.receive({type: 'health', health}, {type: 'jobs', upserts: [], removes: []});
	assert.equal(screen.bytes() - before, 0, 'a poll that brought nothing new');
	before = screen.bytes();
	const lines = screen.lines();
	await screen.advance(1000);
	const changed = screen.lines().flatMap((line, row) => (line === lines[row] ? [] : [row]));
	assert.ok(
		changed.every(row => row < 2),
		`only the two lines at the top: ${changed}`,
	);
	assert.ok(screen.bytes() - before < 300, `${screen.bytes() - before} bytes`);
});

test('one changed row rewrites its own line, and one out of view none of the table', async context => {
	for (const count of [100, 10_000]) {
		const screen = await openScreen(context, count);
		const lines = screen.lines();
		let before = screen.bytes();
		await screen.receive({type: 'jobs', upserts: [job(5, 55)], removes: []});
		const changed = screen.lines().flatMap((line, row) => (line === lines[row] ? [] : [row]));
		assert.deepEqual(changed.length, 1);
		assert.ok(screen.bytes() - before <= 500, `${screen.bytes() - before} bytes`);
		before = screen.bytes();
		await screen.receive({type: 'jobs', upserts: [job(count - 1, 55)], removes: []});
		assert.equal(screen.bytes() - before, 0);
	}
});

test('a changed row is compared with few others, however many there are', context => {
	const column = columns.find(({id}) => id === 'age');
	assert.ok(column?.compare);
	const {compare} = column;
	let comparisons = 0;
	Object.assign(column, {
		compare: (...about: Parameters<typeof compare>) => {
			comparisons++;
			return compare(...about);
		},
	});
	context.after(() => void Object.assign(column, {compare}));
	const counts = [1000, 100_000].map(count => {
		const store = createJobStore({clock: createManualClock().clock, send: () => undefined});
		store.receive([hello, listed(count)]);
		comparisons = 0;
		for (let round = 0; round < 10; round++) {
			store.receive([{type: 'jobs', upserts: [job(round * 7, round + 20)], removes: []}]);
		}
		return comparisons;
	});
	const [few = 0, many = 0] = counts;
	assert.ok(few > 0);
	assert.ok(many <= few * 3, `${few} comparisons among 1,000 rows, ${many} among 100,000`);
});

test('an unchanged list reports no row to the screen, and is not kept twice', () => {
	const rows = createRows();
	const first = Array.from({length: 1000}, (_, index) => job(index));
	rows.take(first, 1);
	const again = rows.take(
		first.map(each => ({...each, progress: {...each.progress}})),
		2,
	);
	assert.equal(again.changed.length, 0);
	assert.ok(rows.all().every((each, index) => each === first[index]));
	const one = rows.take([job(1, 99), job(2)], 3);
	assert.deepEqual(
		one.changed.map(({ref}) => ref),
		['w/1'],
	);
	assert.equal(rows.get('w/1'), one.changed[0]);
});

test('of a list that a Kubernetes sent, the next one parses the record that changed', () => {
	const records = createListReading('k');
	const {items, ...envelope} = JSON.parse(
		readFileSync(new URL('../fixtures/kubernetes-1.36/jobs.json', import.meta.url), 'utf8'),
	);
	/** How many records of the page are parsed. */
	const parsed = (page: object): number => {
		records.begin();
		const body = records.parse(Buffer.from(`${JSON.stringify(page)}\n`)) as {
			readonly items: readonly {readonly value: unknown}[];
		};
		const count = body.items.filter(({value}) => value !== undefined).length;
		assert.equal(records.read(body.items).read.length, items.length);
		return count;
	};
	assert.equal(parsed({...envelope, items}), items.length);
	assert.equal(parsed({...envelope, items}), 0);
	const [first, ...others] = items;
	const changed = {...first, metadata: {...first.metadata, resourceVersion: '999999'}};
	assert.equal(parsed({...envelope, items: [changed, ...others]}), 1);
});

test('an answer to an older question changes nothing', () => {
	const rows = createRows();
	rows.take([job(1, 50)], 5);
	assert.equal(rows.take([job(1, 10)], 4).changed.length, 0);
	assert.equal(rows.get('w/1')?.progress?.percent, 50);
});

test('the changed rows of one list of many pages cross together', async context => {
	const plans = Array.from({length: 30}, () => ({}));
	const far = await openLivingServer(context, []);
	for (const [index] of plans.entries())
		far.server.add('running', {name: `job ${index}`, process: 'sleeper'});
	const {engine, until, patches} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	await until('all are listed', ({jobs}) => jobs.byRef.size === 30);
	// Ten pages of three.
	const pages = far.server.requests().filter(({path}) => path.startsWith('/jobs?')).length;
	assert.ok(pages >= 10, `${pages} pages`);
	const told = patches.filter(({type}) => type === 'jobs').length;
	assert.ok(told <= pages / 3, `${told} messages for ${pages} pages`);
});

/*
Finding, ordering and columns: what the keys of the table do to it, and what is kept of that between runs.
*/
import assert from 'node:assert/strict';
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {createEngine} from '../../source/engine/engine.ts';
import {readView, writeView} from '../../source/engine/kept-view.ts';
import type {Patch, TableView} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {sameJson} from '../../source/job/same-json.ts';
import {applyPatches, nothingKnown} from '../../source/store/apply-patches.ts';
import {columns} from '../../source/table/columns.ts';
import {completeQuery} from '../../source/table/complete-query.ts';
import {fitColumns, fitWide} from '../../source/table/fit-columns.ts';
import {queryFields, readQuery} from '../../source/table/query.ts';
import {sortBy, sortInstead, sortWords} from '../../source/table/sorting.ts';
import {compareNaturally} from '../../source/text/compare-naturally.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile, start} from '../helpers/screen-facts.ts';

const up = '\u001b[A';
const down = '\u001b[B';
const leave = '\u001b';

const rows: readonly Job[] = [
	job('hpc/10', {name: 'mesh-10', owner: 'alice', createdAt: start - 60_000}),
	job('hpc/9', {name: 'mesh-9', owner: 'bob', phase: 'queued', createdAt: start - 120_000}),
	job('lab/11', {name: 'relax', owner: 'alice', phase: 'failed', createdAt: start - 180_000}),
];

const known = applyPatches(nothingKnown(), [hello([profile('hpc'), profile('lab')]), jobs(...rows)]);

const openScreen = async (
	context: Parameters<typeof renderScreen>[0],
	size: {columns?: number; rows?: number} = {},
	changes: Partial<Extract<Patch, {type: 'hello'}>> = {},
) => {
	const screen = await renderScreen(context, size);
	await screen.receive(
		hello([profile('hpc'), profile('lab')], changes),
		{type: 'health', health: health('hpc')},
		{type: 'health', health: health('lab')},
		jobs(...rows),
	);
	const ruleAt = () => screen.lines()[2] ?? '';
	const names = () => screen.store.getState().order.inView.map(({ref}) => ref);
	return {...screen, ruleAt, names};
};

test('a field is completed by its beginning, then its values, also negated and behind a comma', () => {
	const texts = (text: string) => completeQuery(text, known).texts;
	assert.deepEqual(texts('sta'), ['state:']);
	assert.deepEqual(texts('mesh -STA'), ['mesh -state:']);
	assert.deepEqual(texts('ag'), ['age>']);
	assert.deepEqual(texts('state:ru'), ['state:running']);
	assert.deepEqual(texts('state:running,qu'), ['state:running,queued']);
	assert.deepEqual(texts('owner:'), ['owner:alice', 'owner:bob']);
	assert.deepEqual(texts('-owner~b'), ['-owner~bob']);
	assert.deepEqual(texts('profile:'), ['profile:hpc', 'profile:lab']);
	assert.deepEqual(texts('age>1'), ['age>10m', 'age>1h', 'age>1d', 'age>1w']);
	assert.deepEqual(texts('outcome:canc'), ['outcome:cancelling', 'outcome:cancelled']);
	for (const nothing of ['zzz', 'state:running', '"two words', 'nmae:', 'constructor:x'])
		assert.deepEqual(texts(nothing), [], nothing);
});

test('what is completed goes on from what was typed and can be read', () => {
	const letters = fc.constantFrom(...'ab:~>,"- ', ...queryFields, 'running', 'alice');
	fc.assert(
		fc.property(fc.array(letters, {maxLength: 6}), parts => {
			const text = parts.join('');
			const {at, texts, options} = completeQuery(text, known);
			assert.equal(texts.length, options.length);
			for (const longer of texts) {
				assert.ok(longer.startsWith(text.slice(0, at)));
				const {problem} = readQuery(
					`${longer}${/progress>$/.test(longer) ? '5' : /[:>]$/.test(longer) ? '1h' : ''}`,
				);
				assert.ok(problem === undefined || problem.at < at, `${longer}: ${problem?.words}`);
			}
		}),
	);
});

test('values are offered once for each, the most frequent first, however many jobs there are', () => {
	let looks = 0;
	const many = Array.from({length: 100_000}, (_, index) =>
		Object.defineProperty(job(`hpc/${index}`), 'owner', {
			enumerable: true,
			get: () => {
				looks++;
				return `user${index % 500 < 300 ? 0 : index % 500}`;
			},
			// The store lets rows share the words that they repeat.
			set: () => undefined,
		}),
	);
	const all = applyPatches(nothingKnown(), [{type: 'jobs', upserts: many, removes: []}]);
	looks = 0;
	const {options} = completeQuery('owner:', all);
	assert.equal(options[0], 'user0');
	assert.ok(options.length <= 50);
	for (const text of ['owner:u', 'owner:us', 'owner:user30']) completeQuery(text, all);
	assert.equal(looks, 100_000);
});

test('Tab completes on the screen, again for the next; a wrong word is said with its place', async context => {
	const screen = await openScreen(context);
	await screen.press('/', 'sta', '\t');
	assert.match(screen.ruleAt(), /─ filter: state:_/);
	assert.match(screen.text(), / Tab: active ended queued starting running/);
	await screen.press('\t', '\t');
	assert.match(screen.ruleAt(), /filter: state:ended_/);
	assert.match(screen.text(), / Tab: \[ended\] queued/);
	assert.deepEqual(screen.names(), ['lab/11']);
	await screen.press('\u001b[Z');
	assert.match(screen.ruleAt(), /filter: state:active_/);
	await screen.press(' nmae:x');
	assert.match(screen.text(), /at character 14: no such field; fields: state, profile/);
});

test('Up brings back the filters that were used, and they are kept', async context => {
	const screen = await openScreen(context, {}, {view: {queries: ['older']}});
	await screen.press('/', 'mesh', '\r', '/', '\u0015', 'relax', '\r');
	const kept = screen.sent.filter(({type}) => type === 'keep-view').at(-1);
	assert.deepEqual(kept?.type === 'keep-view' && kept.view.queries, ['older', 'mesh', 'relax']);
	await screen.press('/', '\u0015', 'dra', up, up);
	assert.match(screen.ruleAt(), /filter: mesh_/);
	await screen.press(up, up);
	assert.match(screen.ruleAt(), /filter: older_/);
	await screen.press(down, down, down);
	assert.match(screen.ruleAt(), /filter: dra_/);
	// What cannot be read is not worth coming back to.
	await screen.press('\u0015', 'age>', leave);
	assert.deepEqual(screen.store.getState().screen.queries, ['older', 'mesh', 'relax']);
});

test('f offers failed jobs, those being cancelled, and saved queries', async context => {
	const queries = [{name: 'long', text: 'age>2m state:active'}];
	const screen = await openScreen(context, {}, {settings: {notify: 'off', queries}});
	await screen.press('f');
	assert.match(
		screen.text(),
		/failed jobs\s.*\n.*partial jobs\s.*\n.*jobs that are being cancelled\s.*\n.*long: {2}age>2m state:active/,
	);
	await screen.press('jjjjjjj', '\r');
	assert.match(screen.ruleAt(), /filter: age>2m state:active/);
	await screen.press('f');
	assert.equal(screen.text().match(/\(now\)/g)?.length, 1);
	await screen.press('kkk', '\r');
	assert.match(screen.ruleAt(), /filter: state:failed/);
	assert.deepEqual(screen.sent.at(-1), {type: 'scope', scope: {everyone: false, ended: true}});
	assert.deepEqual(screen.names(), ['lab/11']);
	await screen.press('u');
	assert.match(screen.ruleAt(), /filter: age>2m/);
});

test('jobs chosen with f replace a filter that was chosen there, and keep one that was typed', async context => {
	const screen = await openScreen(context, {}, {settings: {notify: 'off'}});
	await screen.press('f', 'jjjj', '\r');
	assert.match(screen.ruleAt(), /filter: state:failed/);
	await screen.press('f', 'kkkk', '\r');
	assert.doesNotMatch(screen.ruleAt(), /filter/);
	assert.deepEqual(screen.sent.at(-1), {type: 'scope', scope: {everyone: false, ended: false}});
	await screen.press('/', 'mesh', '\r', 'f', 'j', '\r');
	assert.match(screen.ruleAt(), /filter: mesh/);
});

test('another column keeps the former as the second, the same again turns it round', () => {
	const age = {column: 'age', descending: false};
	const both = sortBy(age, 'state');
	assert.equal(sortWords(both), 'STATE, AGE');
	assert.equal(sortWords(sortBy(both, 'state')), 'STATE reversed, AGE');
	assert.equal(sortWords(sortBy(both, 'age')), 'AGE, STATE');
	assert.equal(sortWords(sortBy(sortBy(both, 'name'), 'owner')), 'OWNER, NAME, STATE');
	assert.equal(sortWords(sortInstead(both, 'name')), 'NAME, AGE');
	assert.equal(sortWords(sortInstead(both, 'age')), 'AGE');
});

test('the sort is chosen, turned and moved on the screen, which says it', async context => {
	const screen = await openScreen(context, {columns: 120, rows: 36});
	await screen.press('s');
	assert.match(screen.text(), /> age {2}\(now\)/);
	assert.match(screen.text(), /Enter sorts \(again: reverses\), w columns/);
	await screen.press('k'.repeat(20), '\r');
	assert.match(screen.ruleAt(), /sort: STATE, AGE ─/);
	assert.deepEqual(screen.names(), ['hpc/10', 'hpc/9', 'lab/11']);
	await screen.press('S');
	assert.match(screen.ruleAt(), /sort: STATE reversed, AGE/);
	assert.deepEqual(screen.names(), ['lab/11', 'hpc/9', 'hpc/10']);
	await screen.press('>', '>', '>');
	assert.match(screen.ruleAt(), /sort: NAME, AGE/);
	assert.deepEqual(screen.names(), ['hpc/9', 'hpc/10', 'lab/11']);
	await screen.press('<');
	assert.match(screen.ruleAt(), /sort: JOB ID, AGE/);
	assert.deepEqual(screen.names(), ['hpc/9', 'hpc/10', 'lab/11']);
});

test('numbers in text sort as numbers, in one order for all', () => {
	const sorted = ['run-10', 'run-9', 'run-009b', '2', '10', 'a', '', 'run', '007', '7'].sort(
		compareNaturally,
	);
	assert.deepEqual(sorted, ['', '2', '007', '7', '10', 'a', 'run', 'run-9', 'run-009b', 'run-10']);
	const text = fc.string({unit: fc.constantFrom(...'a10-9'), maxLength: 6});
	fc.assert(
		fc.property(text, text, text, (a, b, c) => {
			assert.equal(Math.sign(compareNaturally(a, b)), -Math.sign(compareNaturally(b, a)) + 0);
			if (compareNaturally(a, b) <= 0 && compareNaturally(b, c) <= 0) assert.ok(compareNaturally(a, c) <= 0);
		}),
	);
});

test('a list that was just opened is sorted as its rows come, with the cursor on the first one', async context => {
	const screen = await openScreen(context);
	await screen.press('f');
	await screen.receive(jobs(job('hpc/70', {createdAt: start})));
	assert.doesNotMatch(screen.text(), /sort paused|new at the end/);
	await screen.press('jjjjj', '\r');
	assert.match(screen.ruleAt(), /filter: state:partial/);
	const partial = (ref: Ref, minutes: number) =>
		job(ref, {phase: 'partial', name: ref, createdAt: start - minutes * 60_000});
	await screen.receive(jobs(partial('lab/5', 5)));
	await screen.receive(jobs(partial('hpc/7', 7), partial('hpc/3', 3)));
	assert.doesNotMatch(screen.text(), /sort paused|new at the end/);
	assert.deepEqual(screen.names(), ['hpc/3', 'lab/5', 'hpc/7']);
	assert.match(screen.cursorLine() ?? '', /hpc\/3/);
	// After a move, rows keep their places.
	await screen.press('j');
	await screen.receive(jobs(partial('hpc/1', 1)));
	assert.deepEqual(screen.names(), ['hpc/3', 'lab/5', 'hpc/7', 'hpc/1']);
	assert.match(screen.text(), /1 new at the end/);
	assert.match(screen.cursorLine() ?? '', /lab\/5/);
});

test('new rows are said while the reader is further down, and r sorts them in', async context => {
	const screen = await openScreen(context);
	await screen.press('j');
	await screen.advance(4000);
	await screen.receive(jobs(job('hpc/77', {createdAt: start}), job('hpc/78', {createdAt: start})));
	assert.match(screen.text(), / 1-5 of 5 {2}2 new at the end, r to sort/);
	assert.doesNotMatch(screen.text(), /sort paused/);
	assert.deepEqual(screen.names(), ['hpc/10', 'hpc/9', 'lab/11', 'hpc/77', 'hpc/78']);
	await screen.press('r');
	assert.match(screen.text(), /polling hpc; 2 new jobs sorted in/);
	assert.deepEqual(screen.names(), ['hpc/77', 'hpc/78', 'hpc/10', 'hpc/9', 'lab/11']);
	assert.match(screen.cursorLine() ?? '', /mesh-9/);
});

test('the columns fill every width from 40 to 300, also wide and scrolled, and pinned columns are always there', () => {
	const subset = fc.subarray(columns.filter(({dropOrder}) => dropOrder > 0) as (typeof columns)[number][]);
	fc.assert(
		fc.property(subset, fc.integer({min: 38, max: 298}), fc.nat({max: 20}), (some, width, across) => {
			const wanted = columns.filter(column => column.dropOrder === 0 || some.includes(column));
			const wide = fitWide(wanted, width, across);
			for (const fitted of [fitColumns(wanted, width), wide.fitted]) {
				assert.equal(
					fitted.reduce((sum, column) => sum + column.width, fitted.length - 1),
					width,
				);
				for (const id of ['state', 'id', 'cancel']) assert.ok(fitted.some(({column}) => column.id === id));
				for (const {column, width: own} of fitted) assert.ok(own >= column.width[0], column.id);
			}
			assert.equal(wide.before + wide.after + wide.fitted.length, wanted.length);
		}),
		{numRuns: 2000},
	);
});

test('a column of one system is there where a job in view has it and there is room', async context => {
	const screen = await openScreen(context, {columns: 160, rows: 20});
	const head = () => screen.lines()[3] ?? '';
	assert.doesNotMatch(head(), /QUEUE|ACCOUNT|NODE/);
	await screen.receive(
		jobs(job('hpc/12', {queue: 'gpu', labels: {account: 'phy-204', node: 'c103-22'}, createdAt: start})),
	);
	assert.match(head(), /NAME +QUEUE +ACCOUNT +NODE/);
	assert.match(screen.text(), /name-12 +gpu +phy-204 +c103-22/);
	await screen.press('/', 'mesh', '\r');
	assert.doesNotMatch(head(), /QUEUE/);
	await screen.press(leave);
	await screen.resize(40, 24);
	assert.doesNotMatch(head(), /QUEUE/);
	assert.match(head(), /STATE.*JOB ID +NAME/);
});

test('the picker turns columns on and off, stays open, and is kept', async context => {
	const screen = await openScreen(context, {columns: 120, rows: 36});
	const head = () => screen.lines()[3] ?? '';
	await screen.press('s');
	await screen.press('w');
	assert.match(screen.text(), /─ columns ─/);
	assert.match(screen.text(), /> \[x\] profile/);
	await screen.press(' ');
	assert.match(screen.text(), /> \[ \] profile/);
	await screen.press('jj', '\r');
	assert.match(screen.text(), /> \[x\] kind {2}\(no job here has it\)/);
	await screen.press(leave);
	assert.doesNotMatch(head(), /PROFILE/);
	assert.match(head(), /KIND/);
	const kept = screen.sent.at(-1);
	assert.deepEqual(kept?.type === 'keep-view' && kept.view.columns, {profile: false, kind: true});
	await screen.press('w', 'G', 'j'.repeat(30), '\r', leave);
	assert.match(head(), /PROFILE/);
});

test('W gives columns their full width, and H and L go across; state, id and cancellation stay', async context => {
	for (const [width, height] of [
		[80, 24],
		[120, 36],
		[40, 10],
	] as const) {
		const screen = await openScreen(context, {columns: width, rows: height});
		const head = () => screen.lines()[3] ?? '';
		await screen.press('L');
		assert.match(screen.text(), /W gives/);
		await screen.press('W');
		assert.match(screen.store.getState().screen.wide ? 'wide' : '', /wide/);
		for (let times = 0; times < 12; times++) {
			for (const line of screen.lines()) assert.ok(line.length <= width);
			assert.match(head(), /STATE.*JOB ID/, `${width}: ${head()}`);
			await screen.press('L');
		}
		assert.match(screen.text(), /this is the last column|no room for another/);
		await screen.press(...Array.from({length: 12}, () => 'H'));
		assert.match(screen.text(), /this is the first column/);
	}
});

test('how the table was left is kept, whole or not at all', context => {
	const folder = temporaryDirectory(context);
	assert.deepEqual(readView({stateDirectory: folder}), {});
	const view: TableView = {
		sort: {column: 'state', descending: true, others: [{column: 'age', descending: false}]},
		columns: {owner: true, age: false},
		wide: true,
		folding: false,
		queries: Array.from({length: 150}, (_, index) => `mesh-${index}`),
	};
	writeView({stateDirectory: folder}, view);
	assert.deepEqual(readView({stateDirectory: folder}), {...view, queries: view.queries?.slice(50)});
	assert.deepEqual(readdirSync(folder), ['view.json']);
	assert.ok(!readFileSync(join(folder, 'view.json'), 'utf8').includes('mesh-49"'));
});

test('each named configuration has a layout of its own', context => {
	const stateDirectory = temporaryDirectory(context);
	const [usual, demo, other] = [
		{stateDirectory},
		{stateDirectory, configuration: '/home/ada/demo.toml'},
		{stateDirectory, configuration: '/home/ada/other.toml'},
	];
	writeView(usual, {wide: true});
	assert.deepEqual(readView(demo), {});
	writeView(demo, {folding: false});
	assert.deepEqual([readView(usual), readView(demo), readView(other)], [{wide: true}, {folding: false}, {}]);
});

test('the engine saves it, reports it at the next start, and says if it cannot be saved', async context => {
	const folder = temporaryDirectory(context);
	const {clock} = createManualClock();
	const run = async (stateDirectory: string, view?: TableView) => {
		const told: Patch[] = [];
		const engine = createEngine({
			connections: [],
			clock,
			stateDirectory,
			report: patches => void told.push(...patches),
			scope: {everyone: false, ended: false},
			park: true,
		});
		engine.start();
		if (view) engine.handle({type: 'keep-view', view});
		await engine.stop();
		return told;
	};
	const view: TableView = {wide: true, queries: ['mesh']};
	await run(folder, view);
	const hello = (await run(folder)).find(patch => patch.type === 'hello');
	assert.deepEqual(hello?.view, view);
	const other = temporaryDirectory(context);
	mkdirSync(join(other, 'view.json'));
	const notices = (await run(other, view)).flatMap(patch =>
		patch.type === 'notice' ? patch.notice.text : [],
	);
	assert.ok(
		notices.some(text =>
			/the table layout cannot be saved: \S+: it is a folder, not a file; set JOBTOP_STATE_DIR to use another folder$/.test(
				text,
			),
		),
		notices.join(),
	);
});

test('of a file that is broken, only what can be read counts', context => {
	const folder = temporaryDirectory(context);
	const read = (text: string) => {
		writeFileSync(join(folder, 'view.json'), text);
		return readView({stateDirectory: folder});
	};
	for (const text of ['', '{', '[]', 'null', '3', '"x"', '\u0000\u0001'])
		assert.deepEqual(read(text), {}, JSON.stringify(text));
	assert.deepEqual(
		read('{"sort":{"column":3},"wide":"yes","columns":[1],"queries":{"a":1},"folding":false}'),
		{
			folding: false,
		},
	);
	assert.deepEqual(read('{"queries":["a\\u001b[31mb",7],"columns":{"age":true,"x":1}}'), {
		queries: ['ab'],
		columns: {age: true},
	});
	fc.assert(
		fc.property(fc.json(), text => {
			read(text);
		}),
	);
});

test('the table opens as it was left, without what there is not', async context => {
	const view: TableView = {
		sort: {column: 'name', descending: true, others: [{column: 'gone', descending: false}]},
		columns: {profile: false, gone: true},
	};
	const screen = await openScreen(context, {}, {view});
	assert.match(screen.ruleAt(), /sort: NAME reversed ─/);
	assert.doesNotMatch(screen.lines()[3] ?? '', /PROFILE/);
	assert.deepEqual(screen.names(), ['lab/11', 'hpc/10', 'hpc/9']);
	const other = await openScreen(context, {}, {view: {sort: {column: 'gone', descending: true}}});
	assert.match(other.ruleAt(), /sort: AGE ─/);
});

test('jobs that differ only in a label are different, and equal jobs are the same', () => {
	const one = (labels?: Job['labels']) => job('hpc/1' as Ref, {...(labels && {labels})});
	assert.ok(sameJson(one({node: 'a', account: 'x'}), one({account: 'x', node: 'a'})));
	assert.ok(!sameJson(one({node: 'a'}), one({node: 'b'})));
	assert.ok(!sameJson(one({node: 'a'}), one({node: 'a', account: 'x'})));
	assert.ok(!sameJson(one({node: 'a'}), one()));
});

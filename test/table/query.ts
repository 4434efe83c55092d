/*
The words that say which jobs are meant: in the filter of the table and on the command line.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {filterBy} from '../../source/state/transitions.ts';
import {createJobStore} from '../../source/store/store.ts';
import {partHint, problemWords, queryFields, readQuery} from '../../source/table/query.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const hour = 3_600_000;
const mesh = job('hpc/1', {
	name: 'Cfd Mesh',
	owner: 'Alice',
	kind: 'sbatch',
	queue: 'gpu',
	createdAt: start - 3 * hour,
	startedAt: start - hour,
	progress: {done: 3, total: 4},
});
const facts = {now: start, outcomeOf: () => 'denied' as const};
const holds = (text: string, about = mesh): boolean => {
	const {matches, problem} = readQuery(text);
	assert.equal(problem, undefined, text);
	return matches?.(about, facts) ?? true;
};

test('fields, alternatives, parts and negation', () => {
	const expected: readonly (readonly [query: string, holds: boolean])[] = [
		['', true],
		['  mesh   hpc/1 ', true],
		['mesh -zzz', true],
		['"cfd mesh" alice', true],
		['state:running', true],
		['state:queued,running', true],
		['state:active -state:ended', true],
		['profile:hpc backend:slurm id:1 owner:ALICE kind:sbatch queue:gpu', true],
		['name~mesh', true],
		['name:mesh', false],
		['-name~mesh', false],
		['outcome:denied,refused', true],
		['outcome~cancel', false],
	];
	for (const [query, is] of expected) assert.equal(holds(query), is, query);
});

test('an ended job is no active one, and what a job does not have equals nothing', () => {
	const {owner: _, ...bare} = job('hpc/2', {phase: 'failed'});
	for (const [query, is] of [
		['state:ended', true],
		['state:active', false],
		['state:failed', true],
		['owner:alice', false],
		['owner~a', false],
		['kind~a', false],
		['queue~a', false],
		['owner:undefined', false],
		['kind:undefined,null', false],
		['age>0s', true],
		['elapsed>0s', false],
		['elapsed<1w', false],
		['progress<100', false],
	] as const)
		assert.equal(holds(query, bare), is, query);
});

test('a cancellation that is on its way is an outcome of its own', () => {
	const {matches} = readQuery('outcome:cancelling');
	const isCancelling = (ref: string) => ref === 'hpc/1';
	const nothing = {now: start, outcomeOf: () => undefined};
	assert.equal(matches?.(mesh, {...nothing, isCancelling}), true);
	assert.equal(matches?.(job('hpc/2'), {...nothing, isCancelling}), false);
	assert.equal(matches?.(mesh, nothing), false);
});

test('a status is found in any spelling, and any other value only in its own', () => {
	const failed = job('hpc/3', {phase: 'failed', status: 'NODE_FAIL', kind: 'a_b'});
	assert.equal(holds('state:node-fail', failed), true);
	assert.equal(holds('state:NODE_FAIL', failed), true);
	assert.equal(holds('kind:a_b', failed), true);
	assert.equal(holds('kind:a-b', failed), false);
});

test('a problem is told with its place, and an unknown field with those that exist', () => {
	const said = (text: string) => {
		const {problem} = readQuery(text);
		return problem && problemWords(problem);
	};
	assert.equal(said('mesh ""'), 'at character 6: nothing to search for');
	assert.equal(said('"'), 'at character 1: a " is missing');
	assert.equal(said('"a'), 'at character 1: a " is missing');
	assert.equal(said('nosuch:x'), `at character 1: no such field; fields: ${queryFields.join(', ')}`);
});

test('each unit of time is as long as it is on a clock', () => {
	for (const [text, seconds] of [
		['1s', 1],
		['1m', 60],
		['1h', 3600],
		['1d', 86_400],
		['1w', 604_800],
		['1.5m', 90],
		['1h30m', 5400],
	] as const) {
		for (const [ms, is] of [
			[seconds * 1000, false],
			[seconds * 1000 + 1, true],
		] as const)
			assert.equal(holds(`age>${text}`, job('hpc/1', {createdAt: start - ms})), is, `${text} ${ms}`);
		assert.equal(holds(`age<${text}`, job('hpc/1', {createdAt: start - seconds * 1000})), false);
		assert.equal(holds(`age<${text}`, job('hpc/1', {createdAt: start - seconds * 1000 + 1})), true);
	}
});

test('the time that a job took ends with the job', () => {
	const ended = job('hpc/1', {phase: 'failed', startedAt: start - 10 * hour, endedAt: start - 9 * hour});
	assert.equal(holds('elapsed<2h', ended), true);
	assert.equal(holds('elapsed<30m', ended), false);
});

test('without a readable word there is nothing to match', () => {
	for (const text of ['', '  ', 'nosuch:x', '"']) assert.equal(readQuery(text).matches, undefined, text);
});

test('a query says what its answer depends on, and whether more letters only narrow it', () => {
	for (const [text, time, outcome, plain] of [
		['mesh', false, false, true],
		['', false, false, true],
		['mesh owner:alice', false, false, false],
		['-mesh', false, false, false],
		['"mesh"', false, false, false],
		['age>1h', true, false, false],
		['elapsed<1h mesh', true, false, false],
		['outcome:denied', false, true, false],
		['mesh nosuch:x', false, false, false],
	] as const) {
		const {asks, plain: isPlain} = readQuery(text);
		assert.deepEqual([asks, isPlain], [{time, outcome}, plain], text);
	}
});

test('ages and numbers are compared, in every unit', () => {
	const expected: readonly (readonly [query: string, holds: boolean])[] = [
		['age>2h', true],
		['age>3h', false],
		['age<1w', true],
		['age>2h30m', true],
		['age<3d', true],
		['age>90s age>15m', true],
		['elapsed>59m', true],
		['elapsed>1h', false],
		['-elapsed>1h', true],
		['progress>70', true],
		['progress<75%', false],
	];
	for (const [query, is] of expected) assert.equal(holds(query), is, query);
	const unknown = job('hpc/2');
	const {createdAt: _never, ...ageless} = unknown;
	assert.equal(holds('age>0s', ageless), false);
	assert.equal(holds('elapsed<9w', ageless), false);
	assert.equal(
		holds('elapsed>1m', job('hpc/3', {startedAt: start - hour, endedAt: start - hour + 1000})),
		false,
	);
});

test('what cannot be read is said with its place, and what stands before it holds', () => {
	const problems: readonly (readonly [query: string, words: RegExp])[] = [
		['mesh name:', /at character 6: nothing to search for/],
		['  "ab', /at character 3: a " is missing/],
		['-', /at character 1: nothing to search for/],
		['mesh age>soon', /at character 6: write a time as/],
		['age:2h', /needs > or </],
		['progress>x', /a number is needed/],
		['name>x', /cannot be compared with >/],
		['nmae:x', /no such field/],
		['constructor:x', /no such field/],
		['state:,', /nothing to search for/],
		['"a"b', /at character 1/],
	];
	for (const [query, words] of problems) {
		const {problem} = readQuery(query);
		assert.ok(problem, query);
		assert.match(problemWords(problem), words, query);
	}
	const half = readQuery('zebra age>');
	assert.equal(half.matches?.(mesh, facts), false);
});

test('no text whatever makes it throw, and a place is inside the text', () => {
	const words = fc.constantFrom(...queryFields, ':', '~', '>', '<', '-', '"', ' ', ',', '2h', 'x');
	fc.assert(
		fc.property(fc.array(fc.oneof(words, fc.string()), {maxLength: 8}), parts => {
			const text = parts.join('');
			const {matches, problem} = readQuery(text);
			matches?.(mesh, facts);
			if (problem) assert.ok(problem.at >= 0 && problem.at < text.length);
		}),
	);
});

const open = () => {
	const {clock, advance} = createManualClock();
	const store = createJobStore({clock, send: () => undefined});
	store.receive([hello([profile('a')])]);
	return {store, advance, inView: () => store.getState().order.inView.map(({ref}) => ref)};
};

test('typed letter by letter, the view is what the whole text says', () => {
	const letters = fc.constantFrom(...'-ab:"1~| ', 'state:', 'running', 'name');
	fc.assert(
		fc.property(fc.array(letters, {maxLength: 10}), typed => {
			const {store, inView} = open();
			const all = [
				job('a/1', {name: 'ab'}),
				job('a/2', {name: 'b', phase: 'queued'}),
				job('a/3', {name: 'a:b'}),
			];
			store.receive([jobs(...all)]);
			let filter = '';
			for (const letter of typed) {
				filter += letter;
				store.change(filterBy(filter));
			}
			const {matches} = readQuery(filter);
			const expected = all.filter(each => matches?.(each, facts) ?? true).map(({ref}) => ref);
			assert.deepEqual([...inView()].sort(), expected);
		}),
	);
});

test('a job comes into view when it is old enough, and when its cancellation came out so', async () => {
	const {store, advance, inView} = open();
	store.receive([jobs(job('a/1', {createdAt: start - 50_000}))]);
	store.change(filterBy('age>1m'));
	assert.deepEqual(inView(), []);
	await advance(15_000);
	store.receive([{type: 'health', health: health('a')}]);
	assert.deepEqual(inView(), ['a/1']);
	store.change(filterBy('outcome:denied'));
	assert.deepEqual(inView(), []);
	const settled = report('a/1', {step: 'settled', outcome: {kind: 'denied'}});
	store.receive([{type: 'cancellations', reports: [settled]}]);
	assert.deepEqual(inView(), ['a/1']);
});

test('one of several values is enough, in bare words and in parts of fields, and quotes hold them together', () => {
	const named = (name: string) => job('a/1', {name, owner: 'ann'});
	for (const text of [
		't31|t32',
		'name~t31,t32',
		'name~t31|t32',
		'T31|',
		'owner:ann,bob',
		'owner:ann|bob',
		'-t33|t34',
	]) {
		assert.ok(holds(text, named('tile-t31uft')), text);
	}
	for (const text of [
		't33|t34',
		'name~t33,t34',
		'"t31|t32"',
		'name~"t31,t32"',
		'owner:"ann,bob"',
		'-t31|t33',
	]) {
		assert.ok(!holds(text, named('tile-t31uft')), text);
	}
	for (const text of ['|', 'name~|', 'name~,'])
		assert.equal(readQuery(text).problem?.words, 'nothing to search for');
});

test('a whole value that no job has leads to the search for a part', () => {
	assert.equal(
		partHint('state:running name:t31uft'),
		'name: compares all of it; name~t31uft looks for a part',
	);
	assert.equal(partHint('name:"my mesh"'), 'name: compares all of it; name~"my mesh" looks for a part');
	for (const text of ['t31uft', 'name~t31uft', 'state:running', 'name:'])
		assert.equal(partHint(text), undefined);
});

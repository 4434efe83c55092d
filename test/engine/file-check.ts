/*
Files that cannot be written: known before a box opens, said with what to do, and forgotten once they can be written.
*/
import assert from 'node:assert/strict';
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {journalTrouble} from '../../source/cancellation/journal/journal-trouble.ts';
import {dismissalTrouble} from '../../source/engine/visibility/dismissals.ts';
import {targetOf} from '../../source/job/target.ts';
import {stateRemedy} from '../../source/process/writable-state.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';

test('a check leaves no file and creates no folder', context => {
	const path = temporaryDirectory(context);
	assert.equal(journalTrouble(join(path, 'none', 'yet')), undefined);
	assert.deepEqual(readdirSync(path), []);
	mkdirSync(join(path, 'batches'), {mode: 0o700});
	assert.equal(journalTrouble(path), undefined);
	assert.deepEqual(readdirSync(join(path, 'batches')), []);
	assert.equal(dismissalTrouble(path), undefined);
	assert.equal(dismissalTrouble(join(path, 'none', 'yet')), undefined);
	assert.deepEqual(readdirSync(path), ['batches']);
	writeFileSync(join(path, 'dismissed.jsonl'), '{}\n', {mode: 0o600});
	assert.equal(dismissalTrouble(path), undefined);
	assert.equal(readFileSync(join(path, 'dismissed.jsonl'), 'utf8'), '{}\n');
});

test('the words say what is wrong and what to do', context => {
	const path = join(temporaryDirectory(context), 'file');
	writeFileSync(path, '');
	assert.match(
		journalTrouble(path) ?? '',
		/^journals cannot be written: .*is a file; jobtop needs a folder here; remove it, or choose another folder with JOBTOP_STATE_DIR$/,
	);
	assert.match(
		journalTrouble(join(path, 'below')) ?? '',
		/not a folder; set JOBTOP_STATE_DIR to use another folder$/,
	);
	assert.equal(stateRemedy(new Error('already being cancelled')), '');
});

test('a screen knows at its start that nothing can be cancelled, and when it can be again', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {name: 'a', process: 'sleeper'});
	const state = temporaryDirectory(context);
	const path = join(state, 'batches');
	writeFileSync(path, '', {mode: 0o600});
	const {engine, listed, until, known, patches} = openEngine(context, far, state);
	engine.start();
	const target = targetOf(await listed(id));
	assert.match(known().troubles.journals ?? '', /^journals cannot be written: /);
	engine.handle({type: 'cancel', targets: [target]});
	await until('it is refused', () => patches.some(each => each.type === 'asked' && !each.taken));
	assert.ok(!far.server.requests().some(({method}) => method === 'DELETE'));
	const notices = known().notices.map(({text}) => text);
	assert.ok(
		notices.some(text => /^nothing was sent: .*JOBTOP_STATE_DIR/.test(text)),
		notices.join('\n'),
	);
	rmSync(path);
	await until('it can be written', () => known().troubles.journals === undefined);
	engine.handle({type: 'cancel', targets: [target]});
	await until('it is sent', () => far.server.requests().some(({method}) => method === 'DELETE'));
});

test('a screen knows at its start that nothing can be dismissed, and a failed dismissal changes nothing', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('failed', {name: 'a', process: 'sleeper'});
	const state = temporaryDirectory(context);
	const path = join(state, 'dismissed.jsonl');
	const {engine, listed, until, known, patches} = openEngine(context, far, state);
	engine.start();
	engine.handle({type: 'scope', scope: {everyone: false, ended: true}});
	const {ref} = await listed(id);
	assert.deepEqual(known().troubles, {});
	// The file becomes unwritable while the screen is open.
	mkdirSync(path);
	engine.handle({type: 'dismiss', refs: [ref]});
	await until('it is shown again', () =>
		patches.some(each => each.type === 'dismissed' && !each.hidden && each.refs.includes(ref)),
	);
	assert.match(known().troubles.dismissals ?? '', /^hidden rows cannot be saved: .*JOBTOP_STATE_DIR/);
	assert.equal(known().troubles.journals, undefined);
	rmSync(path, {recursive: true});
	await until('it can be written', () => known().troubles.dismissals === undefined);
});

test('an engine opens with a state directory that is a file, lists jobs, and says what it cannot do', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {name: 'a', process: 'sleeper'});
	const ended = far.server.add('failed', {name: 'b', process: 'sleeper'});
	const state = join(temporaryDirectory(context), 'file');
	writeFileSync(state, 'a file', {mode: 0o600});
	const {engine, listed, until, known, patches} = openEngine(context, far, state);
	engine.start();
	assert.match(
		known().troubles.journals ?? '',
		/^journals cannot be written: .*is a file; .*JOBTOP_STATE_DIR/,
	);
	assert.match(known().troubles.dismissals ?? '', /^hidden rows cannot be saved: .*JOBTOP_STATE_DIR/);
	engine.handle({type: 'scope', scope: {everyone: false, ended: true}});
	const target = targetOf(await listed(id));
	const {ref} = await listed(ended);
	engine.handle({type: 'cancel', targets: [target]});
	engine.handle({type: 'dismiss', refs: [ref]});
	engine.handle({type: 'keep-view', view: {wide: true}});
	engine.handle({type: 'remember-command', line: 'unfollow'});
	engine.handle({type: 'export', batch: 1});
	await until('all is refused', () =>
		['nothing was sent', 'hidden rows', 'the table layout', 'the command history', 'batch 1 cannot'].every(
			words => known().notices.some(({text}) => text.startsWith(words)),
		),
	);
	assert.ok(patches.some(each => each.type === 'asked' && !each.taken));
	assert.ok(!known().dismissed.has(ref));
	assert.ok(!far.server.requests().some(({method}) => method !== 'GET'));
	assert.equal(readFileSync(state, 'utf8'), 'a file');
	assert.deepEqual(known().history, ['unfollow'], 'it is kept in memory');
});

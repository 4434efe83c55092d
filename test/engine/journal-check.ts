/*
Journals that cannot be written: known before a box opens, said with what to do, and forgotten once they can be written.
*/
import assert from 'node:assert/strict';
import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {journalTrouble, stateRemedy} from '../../source/cancellation/journal/journal-trouble.ts';
import {targetOf} from '../../source/job/target.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';

test('a check leaves no file and creates no folder', context => {
	const path = temporaryDirectory(context);
	assert.equal(journalTrouble(join(path, 'none', 'yet')), undefined);
	assert.deepEqual(readdirSync(path), []);
	mkdirSync(join(path, 'batches'), {mode: 0o700});
	assert.equal(journalTrouble(path), undefined);
	assert.deepEqual(readdirSync(join(path, 'batches')), []);
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
	assert.match(known().journalTrouble ?? '', /^journals cannot be written: /);
	engine.handle({type: 'cancel', targets: [target]});
	await until('it is refused', () => patches.some(each => each.type === 'asked' && !each.taken));
	assert.ok(!far.server.requests().some(({method}) => method === 'DELETE'));
	const notices = known().notices.map(({text}) => text);
	assert.ok(
		notices.some(text => /^nothing was sent: .*JOBTOP_STATE_DIR/.test(text)),
		notices.join('\n'),
	);
	rmSync(path);
	await until('it can be written', () => known().journalTrouble === undefined);
	engine.handle({type: 'cancel', targets: [target]});
	await until('it is sent', () => far.server.requests().some(({method}) => method === 'DELETE'));
});

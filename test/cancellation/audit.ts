/*
The audit file: each settled cancellation once, whatever happens to the file meanwhile.
*/
import assert from 'node:assert/strict';
import {existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {auditFile, createAudit} from '../../source/cancellation/audit.ts';
import type {Ref} from '../../source/job/ref.ts';
import {temporaryDirectory} from '../helpers/engine.ts';

const line = (ref: Ref) =>
	({
		at: '2026-01-02T03:04:06.000Z',
		askedAt: '2026-01-02T03:04:05.000Z',
		batch: 1,
		ref,
		name: 'mesh',
		by: 'alice@login3',
		pid: 12,
		operation: 'cancel',
		outcome: 'cancelled',
		attempts: 1,
	}) as const;

const open = (context: TestContext) => {
	// As at the first start: the state directory does not exist.
	const directory = join(temporaryDirectory(context), 'state');
	const problems: string[] = [];
	const audit = createAudit(directory, words => problems.push(words));
	const refs = () =>
		readFileSync(auditFile(directory), 'utf8')
			.split('\n')
			.filter(row => row !== '')
			.map(row => JSON.parse(row).ref);
	return {directory, audit, problems, refs};
};

test('each line is written once, in its order, in a directory that is made for it', async context => {
	const {audit, directory, problems, refs} = open(context);
	audit.append(line('w/1'));
	audit.append(line('w/2'));
	await audit.flush();
	audit.append(line('w/3'));
	await audit.flush();
	await audit.flush();
	assert.deepEqual(refs(), ['w/1', 'w/2', 'w/3']);
	assert.deepEqual(problems, []);
	const [first = ''] = readFileSync(auditFile(directory), 'utf8').split('\n');
	assert.deepEqual(JSON.parse(first), {version: 1, ...line('w/1')});
});

test('without a settled cancellation there is no file', async context => {
	const {audit, directory} = open(context);
	await audit.flush();
	assert.ok(!existsSync(directory));
});

test('lines that the file refuses are written with the next one, and the problem is reported once', async context => {
	const {audit, directory, problems, refs} = open(context);
	// A folder stands in the place of the file.
	mkdirSync(auditFile(directory), {recursive: true});
	audit.append(line('w/1'));
	audit.append(line('w/2'));
	await audit.flush();
	audit.append(line('w/3'));
	await audit.flush();
	assert.equal(problems.length, 1);
	rmdirSync(auditFile(directory));
	audit.append(line('w/4'));
	await audit.flush();
	audit.append(line('w/5'));
	await audit.flush();
	assert.deepEqual(refs(), ['w/1', 'w/2', 'w/3', 'w/4', 'w/5']);
	assert.equal(problems.length, 1);
	// A new line begins for each time that the file refused some, and for no other reason.
	assert.match(readFileSync(auditFile(directory), 'utf8'), /^\n\n\{/);
});

test('a directory that cannot be made costs no line, and leaves no empty one', async context => {
	const {audit, directory, problems} = open(context);
	writeFileSync(directory, '');
	audit.append(line('w/1'));
	await audit.flush();
	assert.equal(problems.length, 1);
	rmSync(directory);
	audit.append(line('w/2'));
	await audit.flush();
	const rows = readFileSync(auditFile(directory), 'utf8').trimEnd().split('\n');
	assert.deepEqual(
		rows.map(row => JSON.parse(row).ref),
		['w/1', 'w/2'],
	);
});

test('a line is written in the turn in which its cancellation settled, also if nobody waits for it', async context => {
	const {audit, refs} = open(context);
	audit.append(line('w/1'));
	await new Promise(resolve => setImmediate(resolve));
	assert.deepEqual(refs(), ['w/1']);
});

/* What is printed by a command never drives the terminal: not out of a journal, a lock or the configuration, and not out of what was typed. */
import assert from 'node:assert/strict';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {type JournalLine, journalRow, readRow} from '../../source/cancellation/journal/lines.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {runCli} from '../helpers/run-cli.ts';

const evil = '\u001b]0;owned\u0007\u001b[2Jred\u009b31m\u202eback\u2066\u0085';
// Line feeds are what lines end with.
const drives = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const isSafe = (text: string, where: string) => assert.doesNotMatch(text, drives, where);

const lines: readonly JournalLine[] = [
	{
		at: 1,
		type: 'batch',
		version: 2,
		batch: 1,
		by: `me${evil}@host`,
		reason: `because${evil}`,
		systems: {[`w${evil}`]: {kind: `weaver${evil}`, address: `https://x${evil}.org`}},
		targets: [{ref: 'w/1', name: `mesh${evil}`, phase: 'running', status: `running${evil}`}],
	},
	{at: 2, type: 'resumed', by: `you${evil}`},
	{at: 3, type: 'sending', ref: 'w/1', attempt: 1},
	{at: 4, type: 'answered', ref: 'w/1', attempt: 1, receipt: `accepted${evil}`, detail: `yes${evil}`},
	{at: 5, type: 'settled', ref: 'w/1', outcome: {kind: 'refused', detail: `no${evil}`}, attempts: 1},
];

test('control codes in a journal or a lock reach no terminal', async context => {
	const state = temporaryDirectory(context);
	mkdirSync(join(state, 'batches'), {mode: 0o700});
	const journal = join(state, 'batches', '1.jsonl');
	writeFileSync(journal, lines.map(journalRow).join(''), {mode: 0o600});
	const holder = {host: `far${evil}`, pid: 1, started: evil};
	writeFileSync(join(state, 'batches', '1.lock'), JSON.stringify(holder), {mode: 0o600});
	const env = {JOBTOP_STATE_DIR: state};
	for (const parameters of [
		['batches'],
		['batches', 'list', '-o', 'json'],
		['batches', 'show', '1'],
		['batches', 'show', '1', '-o', 'json'],
		['batches', 'export', '1'],
		['batches', 'export', '1', '-o', 'jsonl'],
	]) {
		const {stdout, stderr} = await runCli(parameters, {env});
		assert.match(stdout, /1/, stderr);
		isSafe(stdout + stderr, parameters.join(' '));
	}
});

test('a ref that controls a terminal was never written by jobtop', () => {
	assert.equal(readRow(journalRow({at: 1, type: 'ended', ref: `w/1${evil}`})), undefined);
});

test('a reason is kept without control characters', async context => {
	const {jobtop, add, state} = await openFar(context);
	const {stdout, stderr} = await jobtop(['cancel', add('running', 'a'), '-y', '--reason', `bad${evil}mesh`]);
	isSafe(stdout + stderr, 'cancel');
	const journal = readFileSync(join(state, 'batches', '1.jsonl'), 'utf8');
	assert.match(journal, /"reason":"badredback ?mesh"/);
	isSafe(readFileSync(join(state, 'audit.jsonl'), 'utf8'), 'the audit file');
});

test('errors are printed without control characters', async context => {
	const folder = temporaryDirectory(context);
	const file = join(folder, 'c.toml');
	const name = '\\u202eab\\u009b31m';
	for (const text of [
		`[profiles."${name}"]\nbackend = "slurm"\n`,
		`[profiles.a]\nbackend = "slurm"\n"${name}" = 1\n`,
		`"${name}" = 1\n`,
	]) {
		writeFileSync(file, text, {mode: 0o600});
		for (const parameters of [['list'], ['config', 'check'], ['doctor']]) {
			const {stdout, stderr} = await runCli([...parameters, '--config', file], {
				env: {JOBTOP_STATE_DIR: folder},
			});
			assert.notEqual(stdout + stderr, '');
			isSafe(stdout + stderr, `${parameters.join(' ')} of ${JSON.stringify(text)}`);
		}
	}
	for (const parameters of [
		['show', `w/1${evil}`],
		['list', `--${evil}`],
		['cancel', `${evil}`, '-y'],
	]) {
		const {stdout, stderr} = await runCli(parameters, {env: {JOBTOP_STATE_DIR: folder}});
		isSafe(stdout + stderr, JSON.stringify(parameters));
	}
});

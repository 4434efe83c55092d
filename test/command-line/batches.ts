/*
The journal of cancellations from the command line: what is there, going on after a death, asking again, clearing up.
*/
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {on} from 'node:events';
import {existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {type TestContext, test} from 'node:test';
import {setImmediate} from 'node:timers/promises';
import {auditFile} from '../../source/cancellation/audit.ts';
import {type JournalLine, journalRow} from '../../source/cancellation/journal/lines.ts';
import {readBatch} from '../../source/cancellation/journal/read-batch.ts';
import {batchFormats} from '../../source/command-line/batches/batch-formats.ts';
import {resultOfJournal, resultOfReport} from '../../source/command-line/cancelling/cancel-results.ts';
import {type FaultHandler, json, send} from '../../source/demo/faults.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {batchOfOne} from '../helpers/kept-journal.ts';
import {program, startCli} from '../helpers/run-cli.ts';

const oneLine = (text: string) => assert.match(text, /^[^\n]+\n$/);

/** The server accepts each DELETE, and does nothing. */
const acceptsOnly =
	(server: {readonly requests: () => readonly {readonly method: string}[]}): FaultHandler =>
	async (response, work) =>
		send(response, server.requests().at(-1)?.method === 'DELETE' ? json(202, {}) : await work());

/** Waits until a program that writes JSON lines says that its request was accepted. */
const accepted = async ({stdout}: {readonly stdout: Readable}) => {
	let text = '';
	for await (const [part] of on(stdout, 'data', {close: ['end']})) {
		text += part;
		if (text.includes('"accepted"')) return;
	}
	assert.fail(`it was never accepted: ${text}`);
};

/** Waits until the journal on disk holds these words: the program says a thing before the disk has it. */
const kept = async (state: string, words: string) => {
	const file = join(state, 'batches', '1.jsonl');
	while (!readFileSync(file, 'utf8').includes(words)) await setImmediate();
};

/** A batch of one accepted cancellation whose program was killed. `stop` ends the job, as its server does in its own time. */
const openKilled = async (context: TestContext) => {
	const far = await openFar(context);
	const id = far.add('running', 'ndvi');
	far.server.setFault(acceptsOnly(far.server));
	const {child, result} = startCli(['cancel', `weaver/${id}`, '-y', '--reason', 'bad mesh', '-o', 'jsonl'], {
		env: far.env,
	});
	await accepted(child);
	await kept(far.state, '"answered"');
	child.kill('SIGKILL');
	await result;
	far.server.setFault();
	const sent = far.deletes().length;
	return {
		...far,
		id,
		ref: `weaver/${id}`,
		stop: () => fetch(`${far.server.url}/jobs/${id}`, {method: 'DELETE'}),
		/** Requests of jobtop to end the job, since it was killed. */
		deletesSince: () => far.deletes().length - sent,
	};
};

test('an unfinished batch on several systems is listed with each of them', () => {
	const systems = {lab: {kind: 'slurm', cluster: 'lab'}, pool: {kind: 'htcondor', schedd: 'a.example.org'}};
	const open = {attempts: 0, left: 0, accepted: false, mayHaveWorked: false, endSeen: false};
	const batch = {
		number: 1,
		askedAt: 0,
		by: 'alice@login1',
		operation: 'cancel',
		systems,
		cancellations: [{ref: 'lab/7', name: 'mesh', phase: 'running', status: 'RUNNING', ...open}],
		finished: false,
	} as const;
	assert.match(
		batchFormats.text([{batch}], 0),
		/ slurm, cluster lab; htcondor, schedd a\.example\.org: 1 in progress\n$/,
	);
});

test('a batch of a killed program is listed as unfinished, and resumes without a second request', async context => {
	const {jobtop, ref, stop, deletesSince, state} = await openKilled(context);
	const listed = JSON.parse((await jobtop(['batches', 'list', '-o', 'json'])).stdout);
	assert.equal(listed.version, 1);
	assert.equal(listed.batches.length, 1);
	const {batch, jobs, finished, open, reason, driver, counts} = listed.batches[0];
	assert.deepEqual([batch, jobs, finished, open, reason, driver], [1, 1, false, 1, 'bad mesh', undefined]);
	assert.deepEqual(counts, {});
	assert.match((await jobtop(['batches'])).stdout, /^BATCH +ASKED .*\n +1 .* unfinished .*1 in progress/);

	await stop();
	const resumed = await jobtop(['batches', 'resume', '1', '-o', 'json']);
	assert.equal(resumed.code, 0, resumed.stderr);
	const document = JSON.parse(resumed.stdout);
	assert.deepEqual([document.batch, document.counts], [1, {cancelled: 1}]);
	// The one is that of `stop`.
	assert.equal(deletesSince(), 1);

	const shown = await jobtop(['batches', 'show', '1']);
	assert.match(
		shown.stdout,
		/^batch 1: 1 job, requested by .*: bad mesh\nresumed by .*\nfinished: 1 cancelled\n/,
	);
	assert.match(shown.stdout, /sending request 1\n.* accepted\n(?:.* seen as ended\n)?.* cancelled\n$/);
	const whole = JSON.parse((await jobtop(['batches', 'export', '1'])).stdout);
	assert.deepEqual(
		whole.results.map((each: {ref: string; name: string; steps: {step: string}[]}) => [
			each.ref,
			each.name,
			each.steps.map(({step}) => step).filter(step => step !== 'answered' && step !== 'ended'),
		]),
		[[ref, 'ndvi', ['sending', 'settled']]],
	);
	const lines = (await jobtop(['batches', 'export', '1', '-o', 'jsonl'])).stdout.trimEnd().split('\n');
	assert.equal(JSON.parse(lines[0] ?? '').step, 'batch');

	const audit = readFileSync(auditFile(state), 'utf8').trimEnd().split('\n');
	assert.equal(audit.length, 1);
	const {at, askedAt, by, pid, ...what} = JSON.parse(audit[0] ?? '');
	assert.deepEqual(what, {
		version: 1,
		batch: 1,
		ref,
		name: 'ndvi',
		operation: 'cancel',
		reason: 'bad mesh',
		outcome: 'cancelled',
		attempts: 1,
	});
	assert.ok(Date.parse(at) >= Date.parse(askedAt));
	assert.match(by, /.@./);
	assert.ok(pid > 0);

	const again = await jobtop(['batches', 'resume', '1']);
	assert.equal(again.code, 0);
	assert.match(again.stderr, /batch 1 is finished; there is nothing to resume/);
	const told = JSON.parse((await jobtop(['batches', 'resume', '1', '-o', 'json'])).stdout);
	assert.deepEqual(Object.keys(told), ['version', 'batch', 'operation', 'results', 'counts']);
	// Where it was when it was asked for is no word about where it is.
	assert.deepEqual([told.results[0].phase, told.results[0].status], ['cancelled', undefined]);
	assert.doesNotMatch((await jobtop(['batches', 'show', '1', '-o', 'json'])).stdout, /running/);
	const step = (await jobtop(['batches', 'resume', '1', '-o', 'jsonl'])).stdout;
	assert.match(step, /^{"at":"[^"]+","ref":"[^"]+","step":"settled","outcome":"cancelled"}\n$/);
});

test('a batch of another jobtop is watched, not taken over', async context => {
	const {env, add, server, jobtop, deletes, state} = await openFar(context);
	const id = add('running', 'a');
	server.setFault(acceptsOnly(server));
	const {child, result} = startCli(['cancel', id, '-y', '-o', 'jsonl'], {env});
	await accepted(child);
	const listed = JSON.parse((await jobtop(['batches', 'ls', '-o', 'jsonl'])).stdout);
	assert.equal(listed.driver.pid, child.pid);
	for (const more of [[], ['--take-over']]) {
		const {code, stderr} = await jobtop(['batches', 'resume', '1', ...more]);
		assert.equal(code, 5);
		oneLine(stderr);
		assert.match(
			stderr,
			new RegExp(`batch 1 is driven by jobtop, process ${child.pid} on .*; it continues there`),
		);
	}
	assert.equal(deletes().length, 1);
	child.kill('SIGTERM');
	await result;
	assert.ok(!existsSync(join(state, 'batches', '1.lock')));
});

test('the lock of another host is broken only on request', async context => {
	const {jobtop, stop, state} = await openKilled(context);
	writeFileSync(join(state, 'batches', '1.lock'), JSON.stringify({host: 'login3', pid: 7, started: '1'}));
	await stop();
	const refused = await jobtop(['batches', 'resume', '1']);
	assert.equal(refused.code, 5);
	assert.match(refused.stderr, /process 7 on login3; .*jobtop batches resume 1 --take-over/);
	assert.equal((await jobtop(['batches', 'resume', '1', '--take-over'])).code, 0);
	assert.deepEqual(
		readdirSync(join(state, 'batches')).filter(name => name.includes('lock')),
		[],
	);
});

test('retry cancels only jobs that did not end, in a new batch and after a question', async context => {
	const {jobtop, add, server, deletes} = await openFar(context);
	const [first, second] = [add('running', 'a'), add('running', 'b')];
	server.setFault(async (response, work) => {
		const {method, path} = server.requests().at(-1) ?? {method: '', path: ''};
		const denied = method === 'DELETE' && path.includes(second);
		send(response, denied ? json(403, {title: 'Forbidden', detail: 'not yours'}) : await work());
	});
	const both = await jobtop(['cancel', `weaver/${first}`, `weaver/${second}`, '-y', '-o', 'json']);
	assert.equal(both.code, 5, both.stderr);
	assert.deepEqual(JSON.parse(both.stdout).counts, {cancelled: 1, denied: 1});
	server.setFault();
	const sent = deletes().length;

	const unasked = await jobtop(['batches', 'retry', '1']);
	assert.equal(unasked.code, 3);
	assert.equal(deletes().length, sent);
	const dry = await jobtop(['batches', 'retry', '1', '--dry-run']);
	assert.equal(dry.code, 0);
	assert.equal(deletes().length, sent);

	const retried = await jobtop(['batches', 'retry', '1', '-y', '-o', 'json']);
	assert.equal(retried.code, 0, retried.stderr);
	const {batch, results} = JSON.parse(retried.stdout);
	assert.equal(batch, 2);
	assert.deepEqual(
		results.map(({ref, outcome}: {ref: string; outcome: string}) => [ref, outcome]),
		[[`weaver/${second}`, 'cancelled']],
	);
	const nothing = await jobtop(['batches', 'retry', '2', '-y']);
	assert.equal(nothing.code, 0);
	assert.match(nothing.stderr, /nothing of batch 2 needs a retry/);
});

test('a retry leaves out what was denied because it is not yours, and says so', async context => {
	const {jobtop, state} = await openFar(context);
	mkdirSync(join(state, 'batches'), {recursive: true});
	const ref = 'weaver/theirs';
	const denied = {kind: 'denied', detail: "it is bob's job; 403", notYours: true} as const;
	const lines: readonly JournalLine[] = [
		{
			...batchOfOne,
			targets: [{ref, name: 'mesh', phase: 'running', status: '', owner: 'bob'}],
		} as JournalLine,
		{at: 2, type: 'settled', ref, outcome: denied, attempts: 1},
	];
	writeFileSync(join(state, 'batches', '1.jsonl'), lines.map(journalRow).join(''), {mode: 0o600});
	const {code, stderr} = await jobtop(['batches', 'retry', '1', '-y']);
	assert.equal(code, 5);
	assert.match(
		stderr,
		/^jobtop: 1 job left out: denied, not yours\njobtop: nothing of batch 1 needs a retry\n/,
	);
	assert.match((await jobtop(['batches', 'show', '1'])).stdout, /theirs: it is bob's job; 403\n/);
});

test('retrying an unfinished batch resumes it, and sends nothing before a job is overdue', async context => {
	const {jobtop, deletesSince} = await openKilled(context);
	const forced = await jobtop(['batches', 'retry', '1', '--force', '-y']);
	assert.equal(forced.code, 5);
	oneLine(forced.stderr);
	assert.match(
		forced.stderr,
		/batch 1 is not finished \(1 in progress\), so --force is not possible: jobtop batches resume 1; nothing was sent/,
	);
	for (const option of [
		['--reason', 'again'],
		['--wait', 'accepted'],
	]) {
		const other = await jobtop(['batches', 'retry', '1', '-y', ...option]);
		assert.equal(other.code, 5);
		assert.match(other.stderr, new RegExp(`so ${option[0]}.* is not possible.*; nothing was sent`));
	}
	const dry = await jobtop(['batches', 'retry', '1', '--dry-run']);
	assert.equal(dry.code, 0);
	assert.match(dry.stderr, /1 job in progress:\n {2}weaver\/\S+ {2}ndvi\n.*\ndry run: nothing was sent\n$/s);
	assert.equal((await jobtop(['batches', 'retry', '1'])).code, 3, 'it asks first');
	const {code, stderr} = await jobtop(['batches', 'retry', '1', '-y', '--timeout', '1s']);
	assert.equal(code, 8, stderr);
	assert.match(stderr, /asks once again where that is safe/);
	assert.equal(deletesSince(), 0);
});

test('pruning removes old finished batches, never the last one or one that is unfinished', async context => {
	const {jobtop, add, state, server, env} = await openFar(context);
	assert.match((await jobtop(['batches', 'prune'])).stderr, /^jobtop: no batch in [^\n]+\n$/);
	for (const name of ['a', 'b']) assert.equal((await jobtop(['cancel', add('running', name), '-y'])).code, 0);
	server.setFault(acceptsOnly(server));
	// Left once it is accepted, and seen alive since or not yet.
	const {child, result} = startCli(['cancel', add('running', 'c'), '-y', '-o', 'jsonl'], {env});
	await accepted(child);
	child.kill('SIGTERM');
	assert.equal((await result).code, 143);
	server.setFault();
	assert.equal((await jobtop(['cancel', add('running', 'd'), '-y'])).code, 0);
	const numbers = () =>
		readdirSync(join(state, 'batches'))
			.filter(name => name.endsWith('.jsonl'))
			.sort();
	assert.match((await jobtop(['batches', 'prune'])).stderr, /0 finished batches older than 90d removed/);
	const dry = await jobtop(['batches', 'prune', '--older-than', '100ms', '--dry-run']);
	assert.equal(dry.stdout, '1\n2\n');
	assert.equal(numbers().length, 4);
	assert.equal((await jobtop(['batches', 'prune', '--older-than', '100ms'])).stdout, '1\n2\n');
	assert.deepEqual(numbers(), ['3.jsonl', '4.jsonl']);
	// The numbers go on.
	const next = await jobtop(['cancel', add('running', 'e'), '-y', '-o', 'json']);
	assert.equal(JSON.parse(next.stdout).batch, 5);
});

test('a missing batch, a damaged one and one of a newer jobtop each give one line', async context => {
	const {jobtop, add, state} = await openFar(context);
	const none = await jobtop(['batches', 'show', '1']);
	assert.equal(none.code, 7);
	oneLine(none.stderr);
	assert.equal((await jobtop(['cancel', add('running', 'a'), '-y'])).code, 0);
	for (const parameters of [['show'], ['resume'], ['retry', '-y'], ['export']]) {
		const [word = '', ...more] = parameters;
		const {code, stderr} = await jobtop(['batches', word, '9', ...more]);
		assert.equal(code, 7, word);
		oneLine(stderr);
		assert.match(stderr, /there is no batch 9 in .*; there are 1 to 1: jobtop batches/);
	}
	const file = (number: number) => join(state, 'batches', `${number}.jsonl`);
	writeFileSync(file(2), 'nothing that can be read\n');
	writeFileSync(
		file(3),
		`${JSON.stringify({at: 1, type: 'batch', version: 99, batch: 3, by: 'x', targets: []})}\n`,
	);
	utimesSync(file(2), 1, 1);
	const listed = await jobtop(['batches', 'list', '-o', 'json']);
	assert.equal(listed.code, 5);
	assert.deepEqual(
		JSON.parse(listed.stdout).batches.map(({batch, damage}: {batch: number; damage?: unknown}) => [
			batch,
			damage,
		]),
		[
			[2, {lines: 1, targets: true}],
			[1, undefined],
		],
	);
	assert.match(
		listed.stderr,
		/batch 2: the line that names its jobs is damaged.*\n.*batch 3 cannot be read .*newer jobtop/,
	);
	const asked = await jobtop(['list', 'outcome:cancelled']);
	assert.deepEqual([asked.code, asked.stdout], [5, '']);
	assert.match(asked.stderr, /^jobtop: batch 3 cannot be read [^\n]*newer jobtop[^\n]*\n$/);
	for (const [parameters, words] of [
		[['batches', 'shwo', '1'], /there is no command "shwo"; did you mean "show"\?/],
		[['batches', 'show', 'x'], /whole number/],
		[['batches', 'show'], /missing required argument/],
	] as const) {
		const {code, stderr} = await jobtop(parameters);
		assert.equal(code, 2);
		oneLine(stderr);
		assert.match(stderr, words);
	}
});

test('an unreadable folder of batches is one line', async context => {
	const {jobtop, state} = await openFar(context);
	writeFileSync(join(state, 'batches'), 'a file where the folder should be');
	for (const words of [
		'batches',
		'batches show 1',
		'batches resume 1',
		'batches prune',
		'list outcome:cancelled',
	]) {
		const {code, stdout, stderr} = await jobtop(words.split(' '));
		assert.deepEqual([code, stdout], [5, ''], words);
		assert.match(
			stderr,
			/^jobtop: [^\n]*batches is a file; jobtop needs a folder here; remove it, [^\n]*JOBTOP_STATE_DIR[^\n]*\n$/,
		);
	}
});

test('if the disk fills up half-way, lost lines are reported, and the next start finds the true state', async context => {
	const {server, state, env, add, deletes, jobtop} = await openFar(context);
	const ids = Array.from({length: 40}, (_, index) => add('running', `job ${index}`));
	const {file, parameters} = program(['cancel', ...ids, '-y', '-o', 'json']);
	// No file may have more than 8 KiB: the head of the journal, and a part of what follows.
	const full = await new Promise<{code: unknown; stdout: string; stderr: string}>(resolve => {
		execFile(
			'/bin/sh',
			['-c', 'ulimit -f 16; exec "$0" "$@"', file, ...parameters],
			{env: {PATH: '/nowhere', HOME: '/nowhere', LANG: 'C.UTF-8', TSX_DISABLE_CACHE: '1', ...env}},
			(error, stdout, stderr) => resolve({code: error?.code, stdout, stderr}),
		);
	});
	assert.equal(full.code, 5, full.stderr);
	const {counts} = JSON.parse(full.stdout);
	assert.equal((counts.cancelled ?? 0) + counts['not-sent'], ids.length, full.stdout);
	assert.equal(deletes().length, counts.cancelled ?? 0);
	assert.match(full.stderr, /the end of batch 1 could not be written \(EFBIG.*resumes it/);
	assert.equal(readBatch(state, 1)?.finished, false);

	const resumed = await jobtop(['batches', 'resume', '1']);
	assert.equal(resumed.code, 0, resumed.stderr);
	for (const id of ids) assert.equal(server.history(id).length, 1);
});

test('a batch that no longer names its jobs never ends well, and has no date', async context => {
	const {jobtop, state} = await openFar(context);
	mkdirSync(join(state, 'batches'));
	writeFileSync(join(state, 'batches', '1.jsonl'), `${'\0'.repeat(80)}\n`, {mode: 0o600});
	const listed = await jobtop(['batches']);
	assert.match(listed.stdout, /^ *1 {2}- +unknown/m);
	for (const again of [
		/^the journal of batch 1 does not say who requested it and when; 0 jobs left:\n/,
		/batch 1 is finished/,
	]) {
		const {code, stderr} = await jobtop(['batches', 'resume', '1', '-y']);
		assert.match(stderr, again);
		assert.equal(code, 5, stderr);
	}
});

test('a job with an unknown end has no earlier phase in the output', () => {
	const outcome = {kind: 'unknown', detail: 'accounting is denied'} as const;
	const before = {ref: 'hpc/7', name: 'seven', phase: 'running', status: 'RUNNING'} as const;
	const journalled = resultOfJournal(
		{...before, attempts: 1, left: 1, accepted: true, mayHaveWorked: true, endSeen: false, outcome},
		0,
	);
	const followed = resultOfReport(
		{
			...before,
			batch: 1,
			operation: 'cancel',
			step: 'following',
			outcome,
			attempts: 1,
			cameBack: false,
			seen: {phase: 'running', status: 'RUNNING', at: 1},
			askedAt: 0,
			moments: [],
		},
		before,
	);
	for (const {phase, status} of [journalled, followed]) {
		assert.deepEqual([phase, status], [undefined, undefined]);
	}
});

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {
	appendFileSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {promisify} from 'node:util';
import {auditFile, createAudit} from '../../../source/cancellation/audit.ts';
import {batchNumbers} from '../../../source/cancellation/journal/batch-files.ts';
import {BatchHeldError} from '../../../source/cancellation/journal/batch-lock.ts';
import {type JournalLine, journalVersion} from '../../../source/cancellation/journal/lines.ts';
import {readBatch} from '../../../source/cancellation/journal/read-batch.ts';
import {beginBatch, resumeBatch} from '../../../source/cancellation/journal/write-batch.ts';
import {makeDirectory} from '../../../source/process/make-directory.ts';
import {fc} from '../../helpers/fast-check.ts';
import {noneOpenIn} from '../../helpers/open-files.ts';

const directory = (context: TestContext): string => {
	const path = mkdtempSync(join(tmpdir(), 'jobtop-journal-'));
	context.after(() => rmSync(path, {recursive: true, force: true}));
	return path;
};

const first =
	(...refs: `${string}/${string}`[]) =>
	(batch: number): JournalLine => ({
		at: 1,
		type: 'batch',
		version: journalVersion,
		batch,
		by: 'alice@login3',
		targets: refs.map(ref => ({ref, name: ref, phase: 'running', status: 'RUNNING'})),
	});

test('the targets are on disk before a batch begins', async context => {
	const path = directory(context);
	const journal = await beginBatch(path, first('p/1', 'p/2'));
	assert.equal(journal.number, 1);
	const text = readFileSync(join(path, 'batches', '1.jsonl'), 'utf8');
	assert.deepEqual(
		JSON.parse(text).targets.map(({ref}: {ref: string}) => ref),
		['p/1', 'p/2'],
	);
	await journal.close();
});

test('batches are numbered from 1, each once, even when many begin together', async context => {
	const path = directory(context);
	const journals = await Promise.all(Array.from({length: 8}, () => beginBatch(path, first('p/1'))));
	assert.deepEqual(journals.map(({number}) => number).sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
	await Promise.all(journals.map(journal => journal.close()));
	assert.deepEqual(batchNumbers(path), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('what was appended is read back, and a torn last line costs nothing else', async context => {
	const path = directory(context);
	const journal = await beginBatch(path, first('p/1', 'p/2'));
	journal.append({at: 2, type: 'sending', ref: 'p/1', attempt: 1});
	journal.append({at: 3, type: 'answered', ref: 'p/1', attempt: 1, receipt: 'accepted'});
	journal.append({at: 4, type: 'settled', ref: 'p/1', outcome: {kind: 'cancelled'}, attempts: 1});
	await journal.close();
	appendFileSync(join(path, 'batches', '1.jsonl'), '{"at":5,"type":"sending","ref":"p/2","att');
	const batch = readBatch(path, 1);
	assert.equal(batch?.finished, false);
	assert.deepEqual(batch?.cancellations[0]?.outcome, {kind: 'cancelled'});
	assert.equal(batch?.cancellations[1]?.attempts, 0);

	const resumed = await resumeBatch(path, 1);
	resumed.append({at: 6, type: 'sending', ref: 'p/2', attempt: 1});
	await resumed.close();
	assert.equal(readBatch(path, 1)?.cancellations[1]?.attempts, 1);
});

test('a batch that this host is driving cannot be taken by another', async context => {
	const path = directory(context);
	const journal = await beginBatch(path, first('p/1'));
	await assert.rejects(resumeBatch(path, 1), BatchHeldError);
	// Nobody takes a batch from a process that lives on this host.
	await assert.rejects(resumeBatch(path, 1, {takeOver: true}), /driven by jobtop, process \d+ on /);
	await journal.close();
	await (await resumeBatch(path, 1)).close();
});

test('the lock of a process that is no more is broken, the lock of another host is not', async context => {
	const path = directory(context);
	await (await beginBatch(path, first('p/1'))).close();
	const lock = join(path, 'batches', '1.lock');
	const {hostname} = await import('node:os');
	writeFileSync(lock, JSON.stringify({host: 'elsewhere', pid: 1, started: '1'}));
	await assert.rejects(
		resumeBatch(path, 1),
		(error: unknown) =>
			error instanceof BatchHeldError && error.elsewhere && /process 1 on elsewhere/.test(error.message),
	);
	// A number that was used again: the process lives, but it started at another time.
	writeFileSync(lock, JSON.stringify({host: hostname(), pid: process.pid, started: '1'}));
	await (await resumeBatch(path, 1)).close();
});

test('the lock of another host is broken on request, and who had it can send nothing more', async context => {
	const path = directory(context);
	const journal = await beginBatch(path, first('p/1'));
	const lock = join(path, 'batches', '1.lock');
	// As the other host sees it: a lock of a host that is not its own.
	writeFileSync(lock, JSON.stringify({host: 'elsewhere', pid: 1, started: '1'}));
	const taken = await resumeBatch(path, 1, {takeOver: true});
	journal.append({at: 2, type: 'sending', ref: 'p/1', attempt: 1});
	await assert.rejects(journal.commit(), BatchHeldError);
	assert.equal(readBatch(path, 1)?.cancellations[0]?.attempts, 0);
	await assert.rejects(journal.close(), BatchHeldError);
	// The one who was driven out took nothing with it.
	taken.append({at: 3, type: 'sending', ref: 'p/1', attempt: 1});
	await taken.close();
	assert.equal(readBatch(path, 1)?.cancellations[0]?.attempts, 1);
});

test('a lock that says nobody is broken on request, and it is said that it can be', async context => {
	const path = directory(context);
	await (await beginBatch(path, first('p/1'))).close();
	writeFileSync(join(path, 'batches', '1.lock'), '');
	await assert.rejects(
		resumeBatch(path, 1),
		(error: unknown) => error instanceof BatchHeldError && error.elsewhere,
	);
	await (await resumeBatch(path, 1, {takeOver: true})).close();
});

test('a lock that cannot be written is not left behind', async context => {
	const path = directory(context);
	await (await beginBatch(path, first('p/1'))).close();
	// No file may have a byte, as on a full disk.
	const code = `const {resumeBatch} = await import(${JSON.stringify(import.meta.resolve('../../../source/cancellation/journal/write-batch.ts'))});
		await resumeBatch(${JSON.stringify(path)}, 1).then(() => console.log('resumed'), error => console.log(error.code));`;
	const {stdout} = await promisify(execFile)('sh', [
		'-c',
		'ulimit -f 0; exec "$0" --import=tsx --input-type=module --eval "$1"',
		process.execPath,
		code,
	]);
	assert.equal(stdout, 'EFBIG\n');
	assert.deepEqual(readdirSync(join(path, 'batches')), ['1.jsonl']);
	await (await resumeBatch(path, 1)).close();
});

test('what the audit file could not take is put there later, and a torn line costs no other', async context => {
	const path = directory(context);
	const file = auditFile(path);
	const problems: string[] = [];
	const audit = createAudit(path, words => problems.push(words));
	const line = (ref: `${string}/${string}`) =>
		({
			at: '',
			askedAt: '',
			batch: 1,
			ref,
			name: ref,
			by: 'alice@login3',
			pid: 1,
			operation: 'cancel',
			outcome: 'cancelled',
			attempts: 1,
		}) as const;
	mkdirSync(file);
	audit.append(line('p/1'));
	await audit.flush();
	assert.equal(problems.length, 1);
	rmdirSync(file);
	writeFileSync(file, '{"version":1,"at":');
	audit.append(line('p/2'));
	await audit.flush();
	const refs = readFileSync(file, 'utf8')
		.split('\n')
		.slice(1)
		.filter(text => text !== '')
		.map(text => JSON.parse(text).ref);
	assert.deepEqual(refs, ['p/1', 'p/2']);
});

test('a journal of a newer jobtop is not guessed at', async context => {
	const path = directory(context);
	const newer = (batch: number) => ({...first('p/1')(batch), version: journalVersion + 1}) as JournalLine;
	await (await beginBatch(path, newer)).close();
	assert.throws(() => readBatch(path, 1), /newer jobtop/);
});

test('a state directory that is a file is said before a batch begins', async context => {
	const path = join(directory(context), 'file');
	writeFileSync(path, '');
	await assert.rejects(beginBatch(path, first('p/1')), {code: 'ENOTDIR'});
});

test('reading survives any bytes in place of any line', async context => {
	const path = directory(context);
	const journal = await beginBatch(path, first('p/1'));
	journal.append({at: 2, type: 'sending', ref: 'p/1', attempt: 1});
	await journal.close();
	const file = join(path, 'batches', '1.jsonl');
	const good = readFileSync(file, 'utf8');
	fc.assert(
		fc.property(fc.oneof(fc.string(), fc.json()), garbage => {
			writeFileSync(file, `${good}${garbage.replaceAll('\n', ' ')}\n${good}`);
			const batch = readBatch(path, 1);
			assert.ok(batch);
			assert.equal(batch.cancellations.length, 1);
		}),
	);
});

test('a folder that cannot be made below one that is there is said at once', () => {
	// Here the system says of what is below an existing folder that there is no such folder.
	assert.throws(() => makeDirectory('/proc/nope/batches'), {code: 'ENOENT'});
	assert.throws(() => makeDirectory('/dev/null/batches'), {code: 'ENOTDIR'});
});

test('new folders are accessible to their owner alone, and existing folders stay unchanged', context => {
	const path = directory(context);
	const deep = join(path, 'a', 'b', 'c');
	makeDirectory(deep);
	makeDirectory(deep);
	assert.equal(statSync(join(path, 'a', 'b')).mode & 0o777, 0o700);
	writeFileSync(join(path, 'file'), '');
	assert.throws(() => makeDirectory(join(path, 'file')), {code: 'EEXIST'});
});

test('a journal is closed while no lines are written, stays locked, and still takes lines', async context => {
	const path = directory(context);
	const journal = await beginBatch(path, first('p/1', 'p/2'));
	await noneOpenIn(path);
	await assert.rejects(resumeBatch(path, 1), BatchHeldError);

	for (const ref of ['p/1', 'p/2'] as const) {
		journal.append({at: 4, type: 'settled', ref, outcome: {kind: 'cancelled'}, attempts: 1});
		await journal.commit();
		await noneOpenIn(path);
	}
	assert.equal(readBatch(path, 1)?.finished, true);

	journal.append({at: 6, type: 'reopened', ref: 'p/1'});
	const together = [journal.commit(), journal.commit()];
	journal.append({at: 7, type: 'settled', ref: 'p/1', outcome: {kind: 'cancelled'}, attempts: 1});
	await Promise.all([...together, journal.commit()]);
	await noneOpenIn(path);
	assert.equal(readBatch(path, 1)?.finished, true);
	await journal.close();
	await (await resumeBatch(path, 1)).close();
});

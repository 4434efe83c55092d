/*
What stands in the state directory is believed only where nobody else can have written it.
*/

import assert from 'node:assert/strict';
import {
	chmodSync,
	chownSync,
	closeSync,
	fstatSync,
	mkdirSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {journalRow, journalVersion} from '../../source/cancellation/journal/lines.ts';
import {targetOf} from '../../source/job/target.ts';
import {refuseUnsafe, UnsafeStateError, unsafeState, unsafetyOf} from '../../source/process/state-safety.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';
import {runCli} from '../helpers/run-cli.ts';

/** A state directory as jobtop makes it, with one journal. */
const makeState = (context: TestContext) => {
	const above = temporaryDirectory(context);
	const folder = join(above, 'state');
	mkdirSync(join(folder, 'batches'), {recursive: true, mode: 0o700});
	const journal = join(folder, 'batches', '1.jsonl');
	writeFileSync(journal, '', {mode: 0o600});
	writeFileSync(join(folder, 'audit.jsonl'), '', {mode: 0o600});
	return {above, folder, journal};
};

const whys = (folder: string) => unsafeState(folder).map(({path, why}) => `${path} ${why}`);

test('what jobtop makes is safe, and so is what is not there yet', context => {
	const {folder} = makeState(context);
	assert.deepEqual(whys(folder), []);
	assert.deepEqual(whys(join(folder, 'nothing', 'here')), []);
});

test('whatever others can write is refused, and the remedy mends it', context => {
	const {folder, journal} = makeState(context);
	for (const mode of [0o620, 0o602, 0o666]) {
		chmodSync(journal, mode);
		assert.deepEqual(whys(folder), [`${journal} is writable by others (mode 0${mode.toString(8)})`]);
	}
	const [found] = unsafeState(folder);
	assert.ok(found?.remedy.endsWith(`chmod 0600 ${journal}`));
	assert.throws(() => refuseUnsafe(journal, 'file'), UnsafeStateError);
	chmodSync(journal, 0o644);
	assert.deepEqual(whys(folder), [], 'what others can read is no danger to a job');
	chmodSync(join(folder, 'batches'), 0o770);
	assert.match(whys(folder).join(), /batches is writable by others \(mode 0770\)$/);
	chmodSync(folder, 0o1777);
	assert.deepEqual(whys(folder), [`${folder} is writable by others (mode 1777)`]);
});

test('links are refused, wherever they lead', context => {
	const {above, folder, journal} = makeState(context);
	const moved = join(above, 'moved');
	renameSync(journal, moved);
	symlinkSync(moved, journal);
	assert.deepEqual(whys(folder), [`${journal} is a link; jobtop needs a file here`]);
	symlinkSync(folder, join(above, 'link'));
	assert.match(whys(join(above, 'link')).join(), /link is a link; jobtop needs a folder here$/);
	assert.equal(unsafetyOf(folder, 'file')?.why, 'is a folder; jobtop needs a file here');
});

test('what belongs to somebody else is refused', {skip: process.getuid?.() !== 0}, context => {
	const {folder, journal} = makeState(context);
	chownSync(journal, 54_321, 54_321);
	assert.deepEqual(whys(folder), [`${journal} belongs to another user (id 54321)`]);
});

test('the handle that is used is what counts', context => {
	const {journal} = makeState(context);
	const handle = openSync(journal, 'a');
	context.after(() => closeSync(handle));
	chmodSync(journal, 0o666);
	const stats = fstatSync(handle);
	chmodSync(journal, 0o600);
	assert.throws(() => refuseUnsafe(journal, 'file', stats), /is writable by others/);
	refuseUnsafe(journal, 'file');
});

test('no name in the directory reaches the terminal as it is', context => {
	const {folder} = makeState(context);
	const name = join(folder, '\u001b[2J.jsonl');
	writeFileSync(name, '');
	chmodSync(name, 0o666);
	const [found] = unsafeState(folder);
	assert.equal(found?.path, join(folder, '.jsonl'));
	assert.doesNotMatch(JSON.stringify(found), /u001b/);
});

test('the doctor says what of the state directory is not safe, and exits with 5', async context => {
	const {folder, journal} = makeState(context);
	const examine = async () => {
		const {code, stdout} = await runCli(['doctor', '-o', 'json'], {
			env: {WEAVER_URL: 'http://127.0.0.1:1', JOBTOP_STATE_DIR: folder},
		});
		const findings: readonly {check: string; state: string; detail: string; remedy?: string}[] =
			JSON.parse(stdout).findings;
		return {code, safety: findings.find(({check}) => check === 'safety')};
	};
	assert.deepEqual((await examine()).safety, {
		check: 'safety',
		state: 'ok',
		detail: 'others cannot write there',
	});
	chmodSync(journal, 0o666);
	chmodSync(join(folder, 'audit.jsonl'), 0o620);
	const {code, safety} = await examine();
	assert.equal(code, 5);
	assert.equal(safety?.state, 'problem');
	assert.match(safety?.detail ?? '', /audit\.jsonl is writable by others \(mode 0620\), and 1 more$/);
	assert.match(safety?.remedy ?? '', /chmod 0600 .*audit\.jsonl$/);
});

test('a batch that somebody else could have put there is neither read nor taken up', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {name: 'mesh', process: 'sleeper'});
	const {above, folder, journal} = makeState(context);
	const head = {
		at: far.time.clock.now(),
		type: 'batch',
		version: journalVersion,
		batch: 1,
		by: 'eve@login3',
		systems: {w: {kind: 'weaver', address: new URL(far.server.url).origin}},
		targets: [{ref: `w/${id}`, name: 'mesh', phase: 'running', status: 'running'}],
	} as const;
	const elsewhere = join(above, 'planted.jsonl');
	writeFileSync(elsewhere, journalRow(head), {mode: 0o600});
	rmSync(journal);
	symlinkSync(elsewhere, journal);
	const {engine, until, listed, refTo} = openEngine(context, far, folder);
	engine.start();
	await until('it is said', ({notices}) =>
		notices.some(({text}) => /batch 1 cannot be resumed: .*1\.jsonl is a link/.test(text)),
	);
	await assert.rejects(engine.resume(1), UnsafeStateError);

	const target = targetOf(await listed(id));
	chmodSync(folder, 0o777);
	await assert.rejects(engine.cancel([target]), UnsafeStateError);
	assert.deepEqual(
		far.server.requests().filter(({method}) => method !== 'GET'),
		[],
	);
	chmodSync(folder, 0o700);
	// The audit file leads elsewhere: nothing is added there, and the cancellation goes on.
	const victim = join(above, 'victim');
	writeFileSync(victim, 'mine', {mode: 0o600});
	rmSync(join(folder, 'audit.jsonl'));
	symlinkSync(victim, join(folder, 'audit.jsonl'));
	await engine.cancel([target]);
	await until('it is cancelled', known => known.cancellations.get(refTo(id))?.outcome?.kind === 'cancelled');
	await until('it is said', ({notices}) =>
		notices.some(({text}) => /the audit file cannot be written: .*audit\.jsonl is a link/.test(text)),
	);
	assert.equal(readFileSync(victim, 'utf8'), 'mine');
});

test('the commands about batches leave a directory alone that others can write', async context => {
	const {folder} = makeState(context);
	chmodSync(folder, 0o777);
	for (const words of [['list'], ['show', '1'], ['export', '1'], ['prune']]) {
		const {code, stderr} = await runCli(['batches', ...words], {env: {JOBTOP_STATE_DIR: folder}});
		assert.equal(code, 5, words.join());
		assert.match(stderr, /^jobtop: .* is writable by others \(mode 0777\); .*\n$/);
	}
});

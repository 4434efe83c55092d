/*
`jobtop dismiss`, `restore` and `delete`, as programs on servers on loopback.
*/
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {faultHandler, send} from '../../source/demo/faults.ts';
import {startTapisServer} from '../../source/demo/tapis-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {systemClock} from '../../source/process/clock.ts';
import {openFakeSlurm} from '../fakes/slurm.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {program, runCli, startCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';

const openTapis = async (context: TestContext) => {
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock: systemClock});
	const server = await startTapisServer({world, clock: systemClock, seed: 'test', token: 'secret'});
	context.after(() => server.close());
	const env = {
		TAPIS_BASE_URL: server.url,
		TAPIS_TOKEN: 'secret',
		JOBTOP_STATE_DIR: temporaryDirectory(context),
	};
	return {
		server,
		add: (phase: 'failed' | 'running') => server.add(phase, {name: 'a', process: 'sleeper'}),
		jobtop: (...parameters: string[]) => runCli(parameters, {env}),
	};
};

test('an ended job is deleted, after the question named what is lost', async context => {
	const {jobtop, server, add, deletes} = await openFar(context);
	const [id, other] = [add('failed', 'mistake'), add('failed', 'other')];
	const {code, stdout, stderr} = await jobtop(['delete', `weaver/${id}`, '-y']);
	assert.equal(code, 0, stderr);
	assert.match(
		stdout,
		new RegExp(`^weaver/${id} is deleted on its server: its record remains, CANCELLED.*\n$`),
	);
	assert.match(
		stderr,
		new RegExp(
			`^delete 1 job:\n  weaver/${id}  mistake  FAILED.*\nWeaver: the server removes its outputs and`,
		),
	);
	assert.equal(server.job(id)?.kept, false);
	assert.equal(server.job(other)?.kept, true);
	assert.equal(deletes().length, 1);
});

test('one document covers all jobs, and the worst result is the exit code', async context => {
	const {jobtop, add, deletes} = await openFar(context);
	const [ended, live] = [add('failed', 'a'), add('running', 'b')];
	const refs = [`weaver/${ended}`, `weaver/${live}`, 'weaver/nobody'];
	const {code, stdout} = await jobtop(['delete', ...refs, '-y', '-o', 'json']);
	assert.equal(code, 5);
	const {version, results, counts} = JSON.parse(stdout);
	assert.equal(version, 1);
	assert.deepEqual(counts, {deleted: 1, 'not-sent': 1, 'not-found': 1});
	const of = (ref: string | undefined) => results.find((result: {ref: string}) => result.ref === ref);
	assert.deepEqual([of(refs[0]).outcome, of(refs[0]).phase], ['deleted', 'cancelled']);
	assert.equal(of(refs[1]).detail, 'still running: cancel it first');
	assert.equal(of(refs[2]).outcome, 'not-found');
	assert.deepEqual(
		deletes().map(({path}) => path),
		[`/jobs/${ended}`],
	);
	assert.equal((await jobtop(['delete', 'weaver/nobody', '-y'])).code, 7);
});

test('a live job is refused without a question, and nothing is sent', async context => {
	const {jobtop, add, deletes} = await openFar(context);
	const {code, stdout, stderr} = await jobtop(['delete', add('running', 'a')]);
	assert.equal(code, 5);
	assert.match(stdout, /was not deleted; nothing was sent: still running: cancel it first\n$/);
	assert.equal(stderr, '');
	assert.deepEqual(deletes(), []);
});

test('without a terminal and without -y, or on a read-only profile, nothing is deleted', async context => {
	const {jobtop, add, deletes} = await openFar(context);
	const id = add('failed', 'a');
	for (const parameters of [
		['delete', id],
		['delete', id, '--no-input'],
	]) {
		const {code, stdout, stderr} = await jobtop(parameters, {stdin: `${id.slice(-4)}\n`});
		assert.deepEqual([code, stdout], [3, '']);
		assert.match(stderr, /cannot prompt \(no terminal\): pass -y to confirm; nothing was sent\n$/);
	}
	const {code, stdout} = await jobtop(['--read-only', 'delete', id, '-y']);
	assert.equal(code, 5);
	assert.match(stdout, /nothing was sent: profile weaver is read-only/);
	assert.deepEqual(deletes(), []);
});

test('at a terminal the end of the id must be typed', async context => {
	const {env, add, deletes} = await openFar(context);
	const id = add('failed', 'mistake');
	for (const [keys, code, words] of [
		['\r', 3, 'declined; nothing was sent'],
		['y\r', 3, 'declined; nothing was sent'],
		['\u0003', 130, 'interrupted; nothing was sent'],
		[`${id.slice(-4)}\r`, 0, 'is deleted on its server'],
	] as const) {
		assert.equal(deletes().length, 0);
		const {file, parameters} = program(['delete', id]);
		const terminal = openTerminal(file, parameters, {columns: 140, env});
		context.after(() => terminal.close());
		await terminal.until(`type ${id.slice(-4)}, the end of its id, to delete 1 job permanently:`);
		terminal.press(keys);
		assert.equal((await terminal.exited).code, code, terminal.text());
		assert.ok(terminal.text().includes(words), terminal.text());
	}
	assert.equal(deletes().length, 1);
});

test('a protected profile must be named, and a system that cannot delete says so', async context => {
	const {server, add, state, deletes} = await openFar(context);
	const id = add('failed', 'a');
	const slurm = await openFakeSlurm();
	context.after(slurm.close);
	const uid = String(process.getuid?.());
	await slurm.put({id: '7', state: 'FAILED', uid: Number(uid)});
	const file = join(state, 'config.toml');
	writeFileSync(
		file,
		`[profiles.prod]\nbackend = "weaver"\nurl = "${server.url}"\nprotect = true\n[profiles.hpc]\nbackend = "slurm"\nbin = "${join(slurm.folder, 'bin')}"\n`,
	);
	const env = {
		JOBTOP_CONFIG: file,
		JOBTOP_STATE_DIR: state,
		PATH: '/usr/bin:/bin',
		FAKE_SLURM: slurm.folder,
		FAKE_SLURM_UID: uid,
	};
	const remove = (...more: string[]) => runCli(['delete', ...more, '-y'], {env});
	const refused = await remove(`prod/${id}`);
	assert.equal(refused.code, 3);
	assert.match(refused.stderr, /profile prod is protected: add --protected prod; nothing was sent/);
	assert.deepEqual(deletes(), []);
	assert.equal((await remove(`prod/${id}`, '--protected', 'prod')).code, 0);
	const none = await remove('hpc/7');
	assert.equal(none.code, 5);
	assert.match(none.stdout, /nothing was sent: Slurm has no way to delete a job/);
});

test('a lost answer is unknown, never called deleted or failed', async context => {
	const {jobtop, server, add, deletes} = await openFar(context);
	const id = add('failed', 'a');
	server.setFault(async (response, work) => {
		if (server.requests().at(-1)?.method === 'DELETE') return faultHandler('reset')(response, work);
		send(response, await work());
	});
	const {code, stdout} = await jobtop(['delete', id, '-y']);
	assert.equal(code, 5);
	assert.match(stdout, /^unknown: weaver\/.* may have been deleted: .*it is still there, FAILED\n$/);
	assert.equal(deletes().length, 1);
});

test('an interrupted deletion has an unknown result', async context => {
	const {env, server, add} = await openFar(context);
	const id = add('failed', 'a');
	const arrived = Promise.withResolvers<void>();
	server.setFault(async (response, work) => {
		if (server.requests().at(-1)?.method === 'DELETE') return arrived.resolve();
		send(response, await work());
	});
	const {child, result} = startCli(['delete', id, '-y'], {env});
	await Promise.race([arrived.promise, once(child, 'close')]);
	child.kill('SIGINT');
	const {code, stdout} = await result;
	assert.equal(code, 130);
	assert.match(stdout, /^unknown: weaver\/.* may have been deleted: interrupted/);
});

test('dismissing also hides on a Tapis server, and restoring shows again', async context => {
	const {server, add, jobtop} = await openTapis(context);
	const [id, live] = [add('failed'), add('running')];
	const hidden = await jobtop('dismiss', id);
	assert.deepEqual([hidden.code, hidden.stdout], [0, `tapis/${id} was dismissed, on its server too\n`]);
	assert.ok(server.isHidden(id));
	const refused = await jobtop('dismiss', `tapis/${live}`, 'tapis/nobody', '-o', 'json');
	assert.equal(refused.code, 5);
	assert.deepEqual(
		JSON.parse(refused.stdout).results.map(({outcome, detail}: Record<string, string>) => [
			outcome,
			detail,
		])[0],
		['refused', 'still running: cancel it first'],
	);
	const back = await jobtop('restore', id, '-o', 'json');
	assert.equal(back.code, 0);
	assert.deepEqual(JSON.parse(back.stdout), {
		version: 1,
		results: [{ref: `tapis/${id}`, outcome: 'restored', server: 'done'}],
	});
	assert.ok(!server.isHidden(id));
});

test('a job that its server does not hide is dismissed here, and jobtop says so', async context => {
	const {server, add, jobtop} = await openTapis(context);
	const id = add('failed');
	server.setFault(async (response, work) => {
		if (server.requests().at(-1)?.method === 'POST') return faultHandler('broken')(response, work);
		send(response, await work());
	});
	const {code, stdout} = await jobtop('dismiss', id);
	assert.equal(code, 5);
	assert.match(stdout, /is hidden here; it is unknown whether its server has hidden it/);
	const still = await jobtop('--read-only', 'dismiss', id);
	assert.equal(still.code, 0);
	assert.match(still.stdout, /was dismissed here only: read-only/);
});

test('without support on the server a job is hidden here, and list --all still has it', async context => {
	const {jobtop, add} = await openFar(context);
	const id = add('failed', 'a');
	assert.equal((await jobtop(['dismiss', id])).stdout, `weaver/${id} was dismissed\n`);
	assert.equal((await jobtop(['list', '-o', 'ref'])).stdout, '');
	assert.equal((await jobtop(['list', '--all', '-o', 'ref'])).stdout, `weaver/${id}\n`);
	assert.equal((await jobtop(['restore', id])).stdout, `weaver/${id} was restored\n`);
	const again = await jobtop(['restore', `weaver/${id}`]);
	assert.deepEqual([again.code, again.stdout], [0, `weaver/${id} was not dismissed\n`]);
	assert.equal((await jobtop(['restore', 'nobody'])).code, 7);
});

test('a dismissal that cannot be saved changes nothing anywhere', async context => {
	const {server, add} = await openTapis(context);
	const id = add('failed');
	const state = join(temporaryDirectory(context), 'file');
	writeFileSync(state, '');
	const env = {TAPIS_BASE_URL: server.url, TAPIS_TOKEN: 'secret', JOBTOP_STATE_DIR: state};
	const {code, stderr} = await runCli(['dismiss', id], {env});
	assert.equal(code, 5);
	assert.match(
		stderr,
		/^jobtop: hidden rows cannot be saved: .*; set JOBTOP_STATE_DIR to use another folder; nothing was changed\n$/,
	);
	assert.ok(!server.isHidden(id));
});

test('nothing is deleted while no journal can be written, and no question is asked in vain', async context => {
	const {jobtop, state, add, deletes} = await openFar(context);
	const id = add('failed', 'a');
	writeFileSync(join(state, 'batches'), 'a file where the folder should be');
	const {code, stdout, stderr} = await jobtop(['delete', id, '-y']);
	assert.deepEqual([code, stdout], [5, '']);
	assert.match(stderr, /^jobtop: nothing was sent: journals cannot be written: .*JOBTOP_STATE_DIR\n$/);
	assert.deepEqual(deletes(), []);
});

test('they work with the demo', async () => {
	const jobs = ['--jobs', '40', '--seed', 'removing'];
	const refs = (await runCli(['demo', 'list', 'state:ended', '--all', '-o', 'ref', ...jobs])).stdout.split(
		'\n',
	);
	const ref = (profile: string) => refs.find(each => each.startsWith(`${profile}/`)) as string;
	const deleted = await runCli(['demo', ...jobs, 'delete', '-y', ref('tensorpool')]);
	assert.deepEqual([deleted.code, deleted.stdout], [0, `${ref('tensorpool')} is deleted on its server\n`]);
	const hidden = await runCli(['demo', ...jobs, 'dismiss', ref('tapis')]);
	assert.equal(hidden.stdout, `${ref('tapis')} was dismissed, on its server too\n`);
});

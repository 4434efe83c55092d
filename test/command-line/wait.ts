/*
`jobtop wait` and `jobtop list --watch`, as programs on a server on loopback.
*/
import assert from 'node:assert/strict';
import {on} from 'node:events';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {json, send} from '../../source/demo/faults.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {program, startCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';

type Far = Awaited<ReturnType<typeof openFar>>;
type Child = ReturnType<typeof startCli>['child'];

/** Resolves once a stream of the program has said so. */
const said = async (stream: NodeJS.ReadableStream, words: string | RegExp) => {
	let text = '';
	for await (const [piece] of on(stream, 'data')) {
		text += piece;
		if (typeof words === 'string' ? text.includes(words) : words.test(text)) return;
	}
};
const printed = ({stdout}: Child, words: string | RegExp) => said(stdout, words);

/** Somebody else ends a job. */
const endElsewhere = ({server}: Far, id: string) => fetch(`${server.url}/jobs/${id}`, {method: 'DELETE'});

test('waiting ends when the jobs have ended, with as few requests as possible', async context => {
	const far = await openFar(context);
	const [running, done] = [far.add('running', 'a'), far.add('succeeded', 'b')];
	const {child, result} = startCli(['wait', `weaver/${running}`, done, '-o', 'jsonl'], {env: far.env});
	await printed(child, '"phase":"running"');
	await endElsewhere(far, running);
	const {code, stdout, stderr} = await result;
	assert.deepEqual([code, stderr], [0, '']);
	const lines = stdout
		.trimEnd()
		.split('\n')
		.map(line => JSON.parse(line));
	const last = lines.at(-1);
	assert.deepEqual(
		[last.ref, last.outcome, last.phase, last.terminal],
		[`weaver/${running}`, 'reached', 'cancelled', true],
	);
	assert.ok(lines.some(({ref, outcome}) => ref === `weaver/${done}` && outcome === 'reached'));
	const asked = (id: string) => far.server.requests().filter(({path}) => path === `/jobs/${id}`).length;
	assert.equal(asked(done), 1);
});

test('wait --for a phase; a job that ends otherwise is exit code 6', async context => {
	const far = await openFar(context);
	const [running, failed] = [far.add('running', 'a'), far.add('failed', 'b')];
	const there = await far.jobtop(['wait', running, '--for', 'running']);
	assert.deepEqual([there.code, there.stdout], [0, `weaver/${running} is RUNNING\n`]);
	const never = await far.jobtop(['wait', failed, running, '--for', 'running', '-o', 'json']);
	assert.equal(never.code, 6);
	const {version, for: wanted, results} = JSON.parse(never.stdout);
	assert.deepEqual([version, wanted], [1, 'running']);
	assert.deepEqual(
		results.map(({outcome}: {outcome: string}) => outcome),
		['ended-otherwise', 'reached'],
	);
});

test('the examples with && continue only after success, and the help explains plain wait', async context => {
	const far = await openFar(context);
	const [good, bad] = [far.add('succeeded', 'a'), far.add('failed', 'b')];
	assert.equal((await far.jobtop(['wait', bad])).code, 0, 'plain wait is content with any end');
	assert.equal((await far.jobtop(['wait', bad, '--for', 'succeeded'])).code, 6);
	assert.equal((await far.jobtop(['wait', good, '--for', 'succeeded'])).code, 0);
	const {stdout} = await far.jobtop(['wait', '--help'], {env: {COLUMNS: '200'}});
	assert.match(stdout, /successfully or not/);
	assert.match(stdout, /Exit codes:\n +0 +every job has ended, failed or not;/);
	assert.match(stdout, /\n +6 +with --for PHASE: at least one job ended otherwise\n/);
	const told = [
		'README.md',
		'docs/scripts.md',
		'docs/jobtop.1',
		'docs/tutorial.md',
		'docs/configuration.md',
	].map(file => readFileSync(file, 'utf8').replaceAll('\\-', '-'));
	for (const line of [stdout, ...told].flatMap(text => text.split('\n'))) {
		if (/jobtop wait .*&&/.test(line)) assert.match(line, /--for succeeded/);
	}
});

test('a timeout is exit code 8, an unknown job 7, a credential 4, an unreachable server 5', async context => {
	const far = await openFar(context);
	const running = far.add('running', 'a');
	const late = await far.jobtop(['wait', running, '--timeout', '3s']);
	assert.deepEqual([late.code, late.stdout], [8, `weaver/${running} is still RUNNING\n`]);
	assert.match(late.stderr, /jobtop: stopped waiting after /);
	const nobody = await far.jobtop(['wait', 'weaver/nope', running, '--timeout', '3s']);
	// Late is worse than not there.
	assert.equal(nobody.code, 8);
	assert.equal((await far.jobtop(['wait', 'weaver/nope'])).code, 7);
	far.server.setFault('unauthorized');
	const refused = await far.jobtop(['wait', `weaver/${running}`]);
	assert.equal(refused.code, 4);
	assert.match(refused.stderr, /^jobtop: weaver\/\S+: unauthorized: .*renew the credential/);
	await far.server.leave();
	const gone = await far.jobtop(['wait', `weaver/${running}`, '--timeout', '300ms']);
	assert.equal(gone.code, 5);
	assert.match(gone.stdout, /could not be read/);
});

test('a temporarily failing server is asked again', async context => {
	const far = await openFar(context);
	const running = far.add('running', 'a');
	const {child, result} = startCli(['wait', `weaver/${running}`], {env: far.env});
	await said(child.stderr, 'RUNNING');
	far.server.setFault('broken');
	await said(child.stderr, /broken: .*try again later/);
	far.server.setFault(undefined);
	await endElsewhere(far, running);
	const {code, stdout} = await result;
	assert.equal(code, 0);
	// Its worker may not have ended when it is seen dismissed.
	const [told, ...more] = stdout.trimEnd().split('; ');
	assert.equal(told, `weaver/${running} is CANCELLED (dismissed)`);
	assert.deepEqual(
		more.filter(words => words !== 'the process may still run'),
		[],
	);
});

test('a credential program that fails is run again, and its failure is no refused credential', async context => {
	const far = await openFar(context);
	const running = far.add('running', 'a');
	const folder = temporaryDirectory(context);
	const token = join(folder, 'token');
	const config = join(folder, 'config.toml');
	writeFileSync(
		config,
		`[profiles.p]\nbackend = "weaver"\nurl = "${far.server.url}"\ntoken_command = ["/bin/cat", "${token}"]\n`,
	);
	const options = {env: {...far.env, WEAVER_URL: '', JOBTOP_CONFIG: config}};
	for (const command of [['list'], ['cancel', `p/${running}`, '--yes'], ['show', `p/${running}`]]) {
		const {code, stdout, stderr} = await far.jobtop(command, options);
		assert.equal(code, 5, command.join(' '));
		assert.match(stdout + stderr, /token_command cat failed \(1\)/);
		assert.doesNotMatch(stdout + stderr, /unauthorized/);
	}
	assert.equal(far.server.requests().length, 0);
	const tested = await far.jobtop(['profiles', 'test'], options);
	assert.equal(tested.code, 5);
	assert.match(tested.stdout, /FAILED +credentials .*token_command cat failed \(1\); run it in a shell/);
	const {child, result} = startCli(['wait', `p/${running}`], options);
	await said(child.stderr, /unreachable: token_command cat failed \(1\); run it in a shell/);
	writeFileSync(token, 'a-token\n');
	await said(child.stderr, 'RUNNING');
	await endElsewhere(far, running);
	assert.equal((await result).code, 0);
});

test('a job that is unknown for a moment is awaited', async context => {
	const far = await openFar(context);
	const running = far.add('running', 'a');
	const {child, result} = startCli(['wait', `weaver/${running}`], {env: far.env});
	await said(child.stderr, 'RUNNING');
	let forgotten = 0;
	const known = Promise.withResolvers<void>();
	far.server.setFault(async (response, work) => {
		if (forgotten++ > 0) {
			known.resolve();
			return send(response, await work());
		}
		const type = 'http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job';
		send(response, json(404, {type, title: 'NoSuchJob', detail: 'Could not find the job.'}));
	});
	await known.promise;
	far.server.setFault(undefined);
	await endElsewhere(far, running);
	const {code, stdout} = await result;
	assert.equal(code, 0);
	assert.match(stdout, /is CANCELLED/);
	assert.equal(forgotten >= 2, true);
});

for (const [signal, code] of [
	['SIGINT', 130],
	['SIGTERM', 143],
	['SIGHUP', 129],
] as const) {
	test(`${signal} ends waiting and watching with ${code}`, async context => {
		const far = await openFar(context);
		const running = far.add('running', 'a');
		const waiting = startCli(['wait', running], {env: far.env});
		await said(waiting.child.stderr, 'RUNNING');
		waiting.child.kill(signal);
		const waited = await waiting.result;
		assert.deepEqual([waited.code, waited.stdout], [code, `weaver/${running} is still RUNNING\n`]);
		const watching = startCli(['list', '--watch', '-o', 'ref'], {env: far.env});
		await printed(watching.child, running);
		watching.child.kill(signal);
		assert.deepEqual(await watching.result, {code, stdout: `weaver/${running}\n`, stderr: ''});
	});
}

test('watching prints only new and changed jobs for programs', async context => {
	const far = await openFar(context);
	const first = far.add('running', 'a');
	const {child, result} = startCli(['list', '--watch', '--interval', '1s', '-o', 'csv'], {env: far.env});
	await printed(child, first);
	const second = far.add('running', 'b');
	await printed(child, second);
	child.kill('SIGINT');
	const lines = (await result).stdout.trimEnd().split('\r\n');
	assert.equal(lines.filter(line => line.startsWith('ref,')).length, 1);
	assert.equal(lines.filter(line => line.includes(second)).length, 1);
});

test('watching ends quietly when its reader has gone', async context => {
	const far = await openFar(context);
	const id = far.add('running', 'a');
	const {child, result} = startCli(['list', '--watch', '--interval', '1s'], {env: far.env});
	await printed(child, id);
	child.stdout.destroy();
	const {code, stderr} = await result;
	assert.deepEqual([code, stderr], [0, '']);
});

test('at a terminal the table is redrawn in place, and Ctrl-C ends it', async context => {
	const far = await openFar(context);
	const first = far.add('running', 'first');
	const {file, parameters} = program(['list', '--watch', '--interval', '1s', '--color', 'never']);
	const terminal = openTerminal(file, parameters, {env: far.env, columns: 100});
	context.after(terminal.close);
	await terminal.until(first);
	const second = far.add('running', 'second');
	const lines = await terminal.until(second);
	assert.equal(lines.filter(line => line.startsWith('STATE')).length, 1);
	assert.ok(lines.join('\n').includes(first));
	terminal.press('\u0003');
	assert.equal((await terminal.exited).code, 130);
});

test('a later job with the same id is not awaited in place of the named one', async context => {
	const far = await openFar(context);
	const id = far.add('running', 'mesh');
	const {child, result} = startCli(['wait', `weaver/${id}`, '-o', 'jsonl'], {env: far.env});
	await printed(child, '"phase":"running"');
	far.server.distort(id, record => ({...record, created: '2030-01-01T00:00:00Z', status: 'successful'}));
	const {code, stdout} = await result;
	assert.equal(code, 7);
	const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
	assert.equal(last.outcome, 'gone');
	assert.match(last.detail, /now belongs to another job: .*, submitted 2030-01-01/);
});

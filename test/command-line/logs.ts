/*
`jobtop logs` and `show --results`: the real program, on a Slurm whose jobs write into real files and on embedded servers.
*/
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {openFakeSlurm} from '../fakes/slurm.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {program, runCli, startCli} from '../helpers/run-cli.ts';

/** A Slurm with one running job that writes into a file. */
const openSlurmJob = async (context: TestContext) => {
	const far = await openFakeSlurm();
	context.after(() => far.close());
	const output = join(far.folder, 'slurm-41.out');
	writeFileSync(output, 'one\ntwo\nthree\n');
	const uid = Number(process.getuid?.());
	await far.put({id: '41', state: 'RUNNING', start: 1_767_225_000, uid, output});
	const env = {
		PATH: `${join(far.folder, 'bin')}:/usr/bin:/bin`,
		FAKE_SLURM: far.folder,
		FAKE_SLURM_UID: String(uid),
	};
	const record = join(far.folder, 'jobs', '1.json');
	return {
		output,
		env,
		end() {
			const before = JSON.parse(readFileSync(record, 'utf8'));
			writeFileSync(record, JSON.stringify({...before, state: 'COMPLETED', end: 1_767_225_500}));
		},
	};
};

/** Resolves once the program has printed this. */
const printed = async (child: ReturnType<typeof startCli>['child'], wanted: string) => {
	let text = '';
	for await (const [piece] of on(child)) {
		text += piece;
		if (text.includes(wanted)) return;
	}
};
const on = async function* (child: ReturnType<typeof startCli>['child']) {
	for (;;) yield (await once(child.stdout, 'data')) as [string];
};

test('a log is printed, and nothing else', async context => {
	const {env, output} = await openSlurmJob(context);
	const whole = await runCli(['logs', 'slurm/41'], {env});
	assert.deepEqual(whole, {code: 0, stdout: 'one\ntwo\nthree\n', stderr: ''});
	appendFileSync(output, 'half \u001b[31mof a line');
	const tail = await runCli(['logs', '41', '--tail', '2'], {env});
	assert.deepEqual(tail, {code: 0, stdout: 'three\nhalf of a line\n', stderr: ''});
	assert.equal((await runCli(['logs', '41', '--tail', '0'], {env})).stdout, '');
	assert.equal((await runCli(['logs', '41', '--tail', '99'], {env})).stdout.split('\n')[0], 'one');
});

test('-f continues until the job has ended, including its last output', async context => {
	const {env, output, end} = await openSlurmJob(context);
	const {child, result} = startCli(['logs', 'slurm/41', '-f', '--tail', '1'], {env});
	await printed(child, 'three\n');
	appendFileSync(output, 'four\n');
	await printed(child, 'four\n');
	appendFileSync(output, 'last words');
	end();
	assert.deepEqual(await result, {code: 0, stdout: 'three\nfour\nlast words\n', stderr: ''});
});

test('Ctrl-C ends -f with 130, and other signals with theirs', async context => {
	const {env} = await openSlurmJob(context);
	for (const [signal, code] of [
		['SIGINT', 130],
		['SIGTERM', 143],
		['SIGHUP', 129],
	] as const) {
		const {child, result} = startCli(['logs', 'slurm/41', '-f'], {env});
		await printed(child, 'three\n');
		child.kill(signal);
		assert.deepEqual(await result, {code, stdout: 'one\ntwo\nthree\n', stderr: ''});
	}
});

test('-f ends quietly when its reader has gone', async context => {
	const {env, output} = await openSlurmJob(context);
	const {file, parameters} = program(['logs', 'slurm/41', '-f']);
	const child = spawn(file, parameters, {env: {HOME: '/nowhere', ...env}});
	let complaints = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		complaints += text;
	});
	await once(child.stdout, 'data');
	child.stdout.destroy();
	appendFileSync(output, 'nobody reads this\n');
	const [code] = await once(child, 'close');
	assert.deepEqual([code, complaints], [0, '']);
});

test('a missing log is one line with its reason, and an exit code', async context => {
	const {env} = await openSlurmJob(context);
	const unknown = await runCli(['logs', 'slurm/99'], {env});
	assert.equal(unknown.code, 7);
	assert.match(unknown.stderr, /^jobtop: fake\/99: [^\n]+\n$/);
	const {jobtop, server, add} = await openFar(context);
	const id = add('cancelled', 'gone');
	const gone = await jobtop(['logs', `weaver/${id}`]);
	assert.deepEqual([gone.code, gone.stdout], [7, '']);
	assert.match(gone.stderr, new RegExp(`^jobtop: weaver/${id}: [^\\n]+\\n$`));
	const alive = add('running', 'alive');
	server.setFault('unauthorized');
	assert.equal((await jobtop(['logs', `weaver/${alive}`])).code, 4);
	server.setFault('unavailable');
	assert.equal((await jobtop(['logs', `weaver/${alive}`])).code, 5);
	assert.equal((await jobtop(['logs'])).code, 2);
	assert.equal((await jobtop(['logs', 'weaver/x', '--tail', '-1'])).code, 2);
});

test('the demo has logs, results and children', async () => {
	const demo = (...parameters: string[]) => runCli(['demo', '--seed', 'logs', ...parameters]);
	const first = async (query: string) =>
		(await demo('list', '--all', '-o', 'ref', '--limit', '1', query)).stdout.trim();
	const running = await first('profile:weaver state:running');
	const log = await demo('logs', running);
	assert.equal(log.code, 0, log.stderr);
	assert.match(log.stdout, /\d+% running/);
	const dex = await first('profile:dex state:running');
	const none = await demo('logs', dex);
	assert.deepEqual([none.code, none.stdout], [5, '']);
	assert.match(none.stderr, /^jobtop: dex\/\S+: Dex has no logs\n$/);

	const done = await first('profile:weaver state:succeeded');
	const shown = await demo('show', '--results', done);
	assert.equal(shown.code, 0, shown.stderr);
	assert.match(shown.stdout, /\nresults\n {2}\S+/);
	assert.match(shown.stderr, /^jobtop: its log: jobtop demo logs weaver\/\S+\n$/);
	const json = JSON.parse((await demo('show', '--results', '-o', 'json', done)).stdout);
	assert.equal(typeof json.jobs[0].results[0].name, 'string');
	assert.ok(!('results' in JSON.parse((await demo('show', '-o', 'json', done)).stdout).jobs[0]));

	const batch = await first('profile:dex batch_parse');
	const parts = await demo('show', batch);
	assert.match(parts.stdout, /\nparts\n {2}[A-Z]+.* {2}dex\//);
	const [child] = JSON.parse((await demo('show', '-o', 'json', batch)).stdout).jobs[0].children;
	assert.deepEqual(Object.keys(child).slice(0, 1), ['ref']);
});

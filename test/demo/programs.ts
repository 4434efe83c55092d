/*
The embedded systems that are programs, as the real program uses them and as a person would: in a folder that is gone at the end.
*/
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {program, runCli, startCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';

/** An environment with a folder for temporary files of its own, and what of the programs is in it. */
const openPlace = (context: TestContext) => {
	const folder = temporaryDirectory(context);
	const env = {PATH: process.env.PATH ?? '', TMPDIR: folder};
	const left = () => readdirSync(folder).filter(name => name.startsWith('jobtop-demo'));
	return {env, left};
};

type Listed = {
	readonly id: string;
	readonly profile: string;
	readonly phase: string;
	readonly owner?: string;
};

const list = async (env: Readonly<Record<string, string>>, ...more: readonly string[]) => {
	const {code, stdout, stderr} = await runCli(
		['demo', '--systems', 'slurm,kubernetes', '--seed', 'a', 'list', '-o', 'json', ...more],
		{env},
	);
	assert.equal(code, 0, stderr);
	const {profiles, jobs} = JSON.parse(stdout);
	return {profiles, jobs} as {
		readonly profiles: readonly {readonly profile: string; readonly state: string}[];
		readonly jobs: readonly Listed[];
	};
};

test('Slurm and Kubernetes list living jobs, an array among them, and no others', async context => {
	const {env, left} = openPlace(context);
	const {profiles, jobs} = await list(env);
	assert.deepEqual(
		profiles.map(({profile, state}) => [profile, state]),
		[
			['slurm', 'ok'],
			['kubernetes', 'ok'],
		],
	);
	const of = (profile: string) => jobs.filter(job => job.profile === profile);
	for (const profile of ['slurm', 'kubernetes']) {
		const phases = new Set(of(profile).map(({phase}) => phase));
		assert.ok(phases.has('queued') && phases.has('running'), profile);
	}
	assert.ok(of('slurm').some(({id}) => /^\d+_\[\d+-\d+\]$/.test(id)));
	assert.deepEqual(left(), []);
});

test('a running job, a waiting one and an array of Slurm are followed until they have ended', async context => {
	const {env, left} = openPlace(context);
	const {jobs} = await list(env);
	const ids = jobs.filter(({profile}) => profile === 'slurm').map(({id}) => id);
	const array = ids.find(id => id.includes('_['))?.split('_')[0] ?? assert.fail(ids.join());
	const one = (wanted: string) =>
		jobs.find(({profile, id, phase}) => profile === 'slurm' && phase === wanted && /^\d+$/.test(id))?.id;
	const refs = [one('running'), one('queued'), array].map(id => `slurm/${id}`);
	const {code, stdout, stderr} = await runCli(
		['demo', '--systems', 'slurm', '--seed', 'a', '--speed', '4', 'cancel', ...refs, '-y', '-o', 'json'],
		{env},
	);
	assert.equal(code, 0, stderr);
	assert.match(stdout, /"cancelled":10/);
	assert.deepEqual(left(), []);
});

test("somebody else's job of Slurm is refused", async context => {
	const {env} = openPlace(context);
	const {jobs} = await list(env, '--everyone');
	const theirs = jobs.find(({owner}) => owner === 'emeka' || owner === 'freya') ?? assert.fail();
	const {code, stdout, stderr} = await runCli(
		['demo', '--systems', 'slurm', '--seed', 'a', 'cancel', `slurm/${theirs.id}`, '-y'],
		{env},
	);
	assert.notEqual(code, 0);
	assert.match(stdout + stderr, /Access\/permission denied/);
});

test('served programs answer a person, remember who cancelled, and go with the demo', async context => {
	const {env, left} = openPlace(context);
	const {child, result} = startCli(['demo', '--serve', '--systems', 'slurm', '--seed', 'a'], {env});
	context.after(() => child.kill('SIGKILL'));
	let printed = '';
	let said = '';
	child.stdout.on('data', text => {
		printed += text;
	});
	await new Promise<void>((resolve, reject) => {
		child.stderr.on('data', text => {
			said += text;
			if (said.includes('Ctrl-C')) resolve();
		});
		child.once('close', () => reject(new Error(`it ended: ${said}`)));
	});
	const [, bin = ''] =
		/\[profiles\.slurm\]\nbackend = "slurm"\nbin = "([^"]+)"/.exec(printed) ?? assert.fail(printed);
	const run = (name: string, ...args: readonly string[]) =>
		new Promise<{readonly code: unknown; readonly stdout: string; readonly stderr: string}>(resolve => {
			execFile(join(bin, name), args, {env}, (error, stdout, stderr) =>
				resolve({code: error?.code ?? 0, stdout, stderr}),
			);
		});

	const uid = process.getuid?.() ?? 1000;
	const queue = await run('squeue');
	assert.match(queue.stdout, /^ +JOBID PARTITION +NAME +USER ST +TIME +NODES NODELIST\(REASON\)\n/);
	const [, id = ''] =
		/^ +(\d+) .* PD /m.exec((await run('squeue', '-u', String(uid))).stdout) ?? assert.fail(queue.stdout);
	assert.deepEqual(await run('scancel', id), {code: 0, stdout: '', stderr: ''});
	const again = await run('scancel', id);
	assert.match(again.stderr, /already completing or completed/);
	const account = await run('sacct', '-X', '-p', '-j', id, '--format=JobID,State,NodeList');
	assert.equal(account.stdout, `JobID|State|NodeList|\n${id}|CANCELLED by ${uid}|None assigned|\n`);
	assert.match((await run('squeue', '-j', '1')).stderr, /Invalid job id specified/);
	assert.equal((await run('scancel', 'all')).code, 1);

	child.kill('SIGTERM');
	assert.equal((await result).code, 143);
	assert.deepEqual(left(), []);
});

test('the next demo removes the programs of one that was killed, and of no other', async context => {
	const {env, left} = openPlace(context);
	const serve = async () => {
		const {child, result} = startCli(['demo', '--serve', '--systems', 'slurm'], {env});
		context.after(() => child.kill('SIGKILL'));
		for await (const text of child.stderr) if (String(text).includes('Ctrl-C')) break;
		return {child, result};
	};
	const killed = await serve();
	const [old] = left();
	const living = await serve();
	const both = left();
	assert.equal(both.length, 2);
	killed.child.kill('SIGKILL');
	await killed.result;
	await list(env);
	assert.deepEqual(
		left(),
		both.filter(name => name !== old),
	);
	living.child.kill('SIGTERM');
	await living.result;
	assert.deepEqual(left(), []);
});

test('the screen shows the jobs of programs, and its end removes them', async context => {
	const {env, left} = openPlace(context);
	const {file, parameters} = program(['demo', '--systems', 'slurm', '--seed', 'a']);
	const terminal = openTerminal(file, parameters, {env: {...env, HOME: env.TMPDIR}, columns: 100, rows: 30});
	context.after(() => terminal.close());
	await terminal.until(screen => screen.includes('sweep-roughness'));
	terminal.press('q');
	assert.equal((await terminal.exited).code, 0);
	assert.deepEqual(left(), []);
});

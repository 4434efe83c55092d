/*
The embedded systems that are programs, as the real program uses them and as a person would: in a folder that is gone at the end.
*/
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {programFacts, type RunProgram} from '../helpers/program-facts.ts';
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

const list = async (env: Readonly<Record<string, string>>, systems: string, ...more: readonly string[]) => {
	const {code, stdout, stderr} = await runCli(
		['demo', '--systems', systems, '--seed', 'a', 'list', '-o', 'json', ...more],
		{env},
	);
	assert.equal(code, 0, stderr);
	const {profiles, jobs} = JSON.parse(stdout);
	return {profiles, jobs} as {
		readonly profiles: readonly {readonly profile: string; readonly state: string}[];
		readonly jobs: readonly Listed[];
	};
};

/** A demo that only serves these programs, the folder that its configuration names for them, and a way to run one of them. */
const serve = async (context: TestContext, system: string, env: Readonly<Record<string, string>>) => {
	const {child, result} = startCli(['demo', '--serve', '--systems', system, '--seed', 'a'], {env});
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
	const [, bin = ''] = /^bin = "([^"]+)"/m.exec(printed) ?? assert.fail(printed);
	const run: RunProgram = (name, ...args) =>
		new Promise(resolve => {
			execFile(join(bin, name), args, {env}, (error, stdout, stderr) =>
				resolve({code: error?.code ?? 0, stdout, stderr}),
			);
		});
	return {child, result, printed, run};
};

for (const [system, {arrayOf, outcomeOfWaiting, refusal, person}] of Object.entries(programFacts)) {
	/** The arrays among these jobs. */
	const arraysIn = (jobs: readonly Listed[]) => new Set(jobs.flatMap(({id}) => arrayOf?.(id) ?? []));

	test(`${system} lists living jobs beside a server`, async context => {
		const {env, left} = openPlace(context);
		const {profiles, jobs} = await list(env, `${system},kubernetes`);
		assert.deepEqual(
			profiles.map(({profile, state}) => [profile, state]),
			[
				[system, 'ok'],
				['kubernetes', 'ok'],
			],
		);
		const of = (profile: string) => jobs.filter(job => job.profile === profile);
		for (const profile of [system, 'kubernetes']) {
			const phases = new Set(of(profile).map(({phase}) => phase));
			assert.ok(phases.has('queued') && phases.has('running'), profile);
		}
		assert.equal(arraysIn(of(system)).size, arrayOf ? 1 : 0);
		assert.deepEqual(left(), []);
	});

	test(`a running job, a waiting one and an array of ${system} are followed to the end`, async context => {
		const {env, left} = openPlace(context);
		const {jobs} = await list(env, system);
		const one = (wanted: string) =>
			jobs.find(({id, phase}) => phase === wanted && arrayOf?.(id) === undefined)?.id;
		const refs = [one('running'), one('queued'), ...arraysIn(jobs)].map(id => `${system}/${id}`);
		const {code, stdout, stderr} = await runCli(
			['demo', '--systems', system, '--seed', 'a', '--speed', '4', 'cancel', ...refs, '-y', '-o', 'json'],
			{env},
		);
		assert.equal(code, 0, stderr);
		const all = arrayOf ? 10 : 2;
		const counts = outcomeOfWaiting ? {cancelled: all - 1, [outcomeOfWaiting]: 1} : {cancelled: all};
		assert.deepEqual(JSON.parse(stdout).counts, counts);
		assert.deepEqual(left(), []);
	});

	test(`somebody else's job of ${system} is refused`, async context => {
		const {env} = openPlace(context);
		const {jobs} = await list(env, system, '--everyone');
		const theirs = jobs.find(({owner}) => owner === 'emeka' || owner === 'freya') ?? assert.fail();
		const {code, stdout, stderr} = await runCli(
			['demo', '--systems', system, '--seed', 'a', 'cancel', `${system}/${theirs.id}`, '-y'],
			{env},
		);
		assert.notEqual(code, 0);
		assert.match(stdout + stderr, refusal);
	});

	test(`served programs of ${system} answer a person, and go with the demo`, async context => {
		const {env, left} = openPlace(context);
		const {child, result, printed, run} = await serve(context, system, env);
		assert.match(printed, new RegExp(`^\\[profiles\\.${system}\\]\nbackend = "${system}"$`, 'm'));
		await person(run);
		child.kill('SIGTERM');
		assert.equal((await result).code, 143);
		assert.deepEqual(left(), []);
	});
}

test('the next demo removes the programs of one that was killed, and of no other', async context => {
	const {env, left} = openPlace(context);
	const killed = await serve(context, 'slurm', env);
	const [old] = left();
	const living = await serve(context, 'slurm', env);
	const both = left();
	assert.equal(both.length, 2);
	killed.child.kill('SIGKILL');
	await killed.result;
	await list(env, 'slurm');
	assert.deepEqual(
		left(),
		both.filter(name => name !== old),
	);
	living.child.kill('SIGTERM');
	await living.result;
	assert.deepEqual(left(), []);
});

test('the next demo removes the journals of one that was killed', async context => {
	const {env, left} = openPlace(context);
	const {jobs} = await list(env, 'slurm');
	const {id} = jobs.find(({phase}) => phase === 'running') ?? assert.fail();
	const words = ['demo', '--systems', 'slurm', '--seed', 'a', '--fault', 'slurm=never-stops'];
	const {child, result} = startCli([...words, 'cancel', `slurm/${id}`, '-y', '-o', 'jsonl'], {env});
	context.after(() => child.kill('SIGKILL'));
	for await (const text of child.stdout) if (String(text).includes('"accepted"')) break;
	child.kill('SIGKILL');
	await result;
	assert.equal(left().length, 2, 'its programs and its journals');
	await list(env, 'slurm');
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

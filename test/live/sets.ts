/* One id of a real Slurm that means many jobs: arrays of which a part has ended, and het jobs. What is said of them is what Slurm says of all their members. */
import assert from 'node:assert/strict';
import {chmod, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {program, runCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';
import {environment, missingSlurm, slurmProgram, submit, until, waitForState} from './helpers/slurm.ts';

type Result = {
	readonly ref: string;
	readonly outcome: string;
	readonly attempts: number;
	readonly detail?: string;
};

const surroundings = (context: TestContext): Record<string, string> => ({
	...environment(),
	JOBTOP_STATE_DIR: temporaryDirectory(context),
	JOBTOP_CONFIG: '/dev/null',
});

/** How a cancellation of it ended, in words. */
const told = async (env: Readonly<Record<string, string>>, id: string) => {
	const {stdout, stderr, code} = await runCli(['cancel', id, '-y', '--timeout', '1m'], {env});
	return {code, text: stdout + stderr};
};

const cancel = async (env: Readonly<Record<string, string>>, ids: readonly string[]) => {
	const {stdout, stderr, code} = await runCli(['cancel', ...ids, '-y', '-o', 'json', '--timeout', '1m'], {
		env,
	});
	assert.notEqual(stdout, '', stderr);
	return {code, stderr, results: (JSON.parse(stdout) as {readonly results: readonly Result[]}).results};
};

/** What Slurm's accounts say of every member of it that had a record, by its id: the first word of its state. */
const accountsOf = async (id: string): Promise<ReadonlyMap<string, string>> => {
	const {stdout} = await slurmProgram('sacct', ['-n', '-X', '-P', '-o', 'JobID,State', '-j', id]);
	const lines = stdout.split('\n').filter(line => line !== '');
	return new Map(
		lines
			.map(line => line.split('|') as [string, string])
			.map(([job, state]) => [job, state.split(' ')[0] as string]),
	);
};

const has = (states: ReadonlyMap<string, string>, state: string, number: number) =>
	[...states.values()].filter(each => each === state).length >= number;

/** The states that squeue knows, by id. */
const queueOf = async (id: string): Promise<ReadonlyMap<string, string>> => {
	const {stdout} = await slurmProgram('squeue', ['-h', '-t', 'all', '-r', '-o', '%i %T', '-j', id]);
	const lines = stdout.split('\n').filter(line => line !== '');
	return new Map(lines.map(line => line.split(' ') as [string, string]));
};

/** A folder whose scancel writes down what it is asked for, and then asks. */
const writingDown = async (context: TestContext) => {
	const folder = temporaryDirectory(context);
	const {stdout} = await slurmProgram('sh', ['-c', 'command -v scancel']);
	const file = join(folder, 'scancel');
	await writeFile(file, `#!/bin/sh\necho "$*" >>${folder}/asked\nexec ${stdout.trim()} "$@"\n`);
	await chmod(file, 0o755);
	return {
		path: `${folder}:${process.env.PATH}`,
		asked: async () =>
			(await readFile(join(folder, 'asked'), 'utf8')).split('\n').filter(line => line !== ''),
	};
};

const submitHet = async (context: TestContext, options: readonly string[] = []): Promise<string> => {
	const args = ['--parsable', '--chdir=/tmp', '--output=/dev/null', '-n1', ...options];
	const {stdout, stderr, code} = await slurmProgram('sbatch', [
		...args,
		'--wrap=sleep 600',
		':',
		'-n1',
		':',
		'-n1',
	]);
	assert.equal(code, 0, stderr);
	const id = stdout.trim();
	context.after(() => slurmProgram('scancel', [id]));
	return id;
};

describe('arrays of a real Slurm that are partly over', {skip: missingSlurm ?? false}, () => {
	test('what is left of one is cancelled, though some of what was shown had ended', async context => {
		const script = '[ $SLURM_ARRAY_TASK_ID -lt 6 ] && exit 0; sleep 600';
		const id = await submit(context, script, ['--array=0-19%2']);
		for (const task of [6, 7]) await waitForState(`${id}_${task}`, 'RUNNING');
		const {code, text} = await told(surroundings(context), `${id}_[2-19]`);
		assert.match(text, /the rest of .* was cancelled: 14 of 18, 4 had ended/);
		assert.equal(code, 0, text);
		const states = await queueOf(id);
		assert.deepEqual([states.get(`${id}_6`), states.get(`${id}_7`)], ['CANCELLED', 'CANCELLED']);
	});

	test('the whole of one is cancelled: three had ended, three run', async context => {
		const script = '[ $SLURM_ARRAY_TASK_ID -lt 3 ] && exit 0; sleep 600';
		const id = await submit(context, script, ['--array=0-5']);
		await until(
			'three of each',
			() => queueOf(id),
			states => has(states, 'COMPLETED', 3) && has(states, 'RUNNING', 3),
		);
		const {code, text} = await told(surroundings(context), id);
		assert.match(text, /the rest of .* was cancelled: 3 of 6, 3 had ended/);
		assert.equal(code, 0, text);
		const ends = await until(
			'the accounts',
			() => accountsOf(id),
			states => has(states, 'CANCELLED', 3),
		);
		assert.deepEqual(
			[0, 1, 2, 3, 4, 5].map(task => ends.get(`${id}_${task}`)),
			['COMPLETED', 'COMPLETED', 'COMPLETED', 'CANCELLED', 'CANCELLED', 'CANCELLED'],
		);
	});

	test('running ones and eighty that wait are cancelled', async context => {
		const id = await submit(context, 'sleep 600', ['--array=1-83%3']);
		for (const task of [1, 2, 3]) await waitForState(`${id}_${task}`, 'RUNNING');
		const {results, code, stderr} = await cancel(surroundings(context), [id]);
		assert.deepEqual([results[0]?.outcome, code], ['cancelled', 0], stderr);
		assert.ok([...(await queueOf(id)).values()].every(state => state === 'CANCELLED'));
	});

	test('the rows of one whose tasks start and end meanwhile: each is told as Slurm tells it', async context => {
		const name = 'short-tasks';
		const id = await submit(context, 'sleep 2', ['--array=0-299%12', `--job-name=${name}`]);
		await until(
			'some that have ended',
			() => queueOf(id),
			states => has(states, 'COMPLETED', 8),
		);
		const env = surroundings(context);
		const {stdout, stderr} = await runCli(
			['cancel', '--query', `name:${name}`, '-y', '-o', 'json', '--timeout', '1m'],
			{env},
		);
		const {results} = JSON.parse(stdout) as {readonly results: readonly Result[]};
		// Between two of its waves only the remainder is there.
		assert.ok(results.length > 0, stderr);
		const ends = await until(
			'the accounts',
			() => accountsOf(id),
			states => [...states.values()].every(state => state === 'COMPLETED' || state === 'CANCELLED'),
		);
		assert.ok([...(await queueOf(id)).values()].every(state => !['PENDING', 'RUNNING'].includes(state)));
		for (const {ref, outcome} of results) {
			const own = ref.slice(ref.indexOf('/') + 1);
			// A task of the remainder may end by itself between the look and the request: then it is told with its counts.
			const expected = own.includes('[')
				? ['cancelled', 'finished-first']
				: ends.get(own) === 'COMPLETED'
					? ['finished-first']
					: ['cancelled'];
			assert.ok(
				expected.includes(outcome),
				`${ref} was ${outcome}, and Slurm says ${ends.get(own)}\n${stderr}`,
			);
		}
	});
});

test('a step of a real Slurm is called one, and nothing is sent for it', {
	skip: missingSlurm ?? false,
}, async context => {
	const id = await submit(context, 'srun sleep 600');
	await until(
		'the step',
		async () => (await slurmProgram('squeue', ['-h', '-s', '-o', '%i', '-j', id])).stdout,
		steps => steps.includes(`${id}.0`),
	);
	for (const step of [`${id}.0`, `${id}.batch`]) {
		const {code, text} = await told(surroundings(context), step);
		assert.notEqual(code, 0, text);
		assert.match(text, /\bsteps?\b/);
	}
	assert.equal((await queueOf(id)).get(id), 'RUNNING');
});

describe('het jobs of a real Slurm', {skip: missingSlurm ?? false}, () => {
	for (const [how, options, state] of [
		['that runs', [], 'RUNNING'],
		['that waits', ['--hold'], 'PENDING'],
	] as const) {
		test(`whose leader is asked for, one ${how}: the question names every component, and all of them end`, async context => {
			const id = await submitHet(context, options);
			const parts = [0, 1, 2].map(part => `${id}+${part}`);
			for (const part of parts) await waitForState(part, state);
			const {file, parameters} = program(['--interval', '1s']);
			const terminal = openTerminal(file, parameters, {
				columns: 120,
				rows: 40,
				env: surroundings(context),
			});
			context.after(() => terminal.close());
			await terminal.until(`${id}`);
			terminal.press(`/${id}\r`);
			await terminal.until(`filter: ${id}`);
			terminal.press('c');
			await terminal.until(/cancel (?:this job|these \d+ jobs|\d+ jobs)/);
			await terminal.until(screen => parts.every(part => screen.includes(part)));
			await terminal.until(/3 (?:jobs|components)/);
			terminal.press('y');
			for (const part of parts) {
				await until(
					part,
					() => queueOf(id),
					states => states.get(part) === 'CANCELLED' || !states.has(part),
				);
			}
			await terminal.until(/cancelled/);
			terminal.press('q');
			await terminal.exited;
		});
	}

	test('all of whose components are named are asked for once, and none had been cancelled before', async context => {
		const id = await submitHet(context);
		const parts = [0, 1, 2].map(part => `${id}+${part}`);
		for (const part of parts) await waitForState(part, 'RUNNING');
		const {path, asked} = await writingDown(context);
		const {results, code, stderr} = await cancel({...surroundings(context), PATH: path}, parts);
		assert.equal(code, 0, stderr);
		for (const {ref, outcome} of results) assert.equal(outcome, 'cancelled', `${ref}\n${stderr}`);
		const requests = await asked();
		assert.equal(requests.length, 1, requests.join('\n'));
		const ids = requests.flatMap(line => line.split(' ').filter(word => word.startsWith(id)));
		assert.equal(ids.length, 1, requests.join('\n'));
		for (const part of parts) assert.equal((await queueOf(id)).get(part), 'CANCELLED');
	});

	test('of which one component that runs is asked for: the others run on', async context => {
		const id = await submitHet(context);
		for (const part of [0, 1, 2]) await waitForState(`${id}+${part}`, 'RUNNING');
		const {results, code, stderr} = await cancel(surroundings(context), [`${id}+1`]);
		assert.deepEqual([results[0]?.outcome, code], ['cancelled', 0], stderr);
		const states = await queueOf(id);
		assert.deepEqual(
			[0, 1, 2].map(part => states.get(`${id}+${part}`)),
			['RUNNING', 'CANCELLED', 'RUNNING'],
		);
	});
});

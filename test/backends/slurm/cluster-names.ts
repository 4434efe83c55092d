/*
A profile that is found without a configuration is called after its cluster, and what is kept by its earlier name goes on meaning it.
*/
import assert from 'node:assert/strict';
import {existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {nameOfCluster} from '../../../source/backends/slurm/cluster-name.ts';
import {refHere} from '../../../source/cancellation/journal/earlier-names.ts';
import {journalRow, journalVersion} from '../../../source/cancellation/journal/lines.ts';
import {resume} from '../../../source/command-line/batches/batches.ts';
import {resolveRefs} from '../../../source/command-line/listing/resolve-refs.ts';
import type {Console} from '../../../source/command-line/output/console.ts';
import {connectAll} from '../../../source/config/connect.ts';
import {loadConfiguration} from '../../../source/config/load.ts';
import type {Ref} from '../../../source/job/ref.ts';
import {systemClock, wait} from '../../../source/process/clock.ts';
import {createTheme} from '../../../source/text/theme.ts';
import {openFakeSlurm} from '../../fakes/slurm.ts';
import {openEngine, temporaryDirectory} from '../../helpers/engine.ts';

/** A machine with a squeue on PATH, and with these files. */
const machine = (t: TestContext, files: Readonly<Record<string, string>> = {}) => {
	const folder = temporaryDirectory(t);
	for (const name of ['opt/slurm/bin', 'opt/slurm/etc', 'etc/slurm', 'home'])
		mkdirSync(join(folder, name), {recursive: true});
	const script = (name: string, text: string) =>
		writeFileSync(join(folder, 'opt/slurm/bin', name), `#!/bin/sh\n${text}\n`, {mode: 0o755});
	script('squeue', 'exit 1');
	for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
	const env = {PATH: `${join(folder, 'opt/slurm/bin')}:/usr/bin:/bin`, HOME: join(folder, 'home')};
	return {folder, env, etc: join(folder, 'etc'), script};
};

const load = ({env, etc, folder}: ReturnType<typeof machine>, more: Readonly<Record<string, string>> = {}) =>
	loadConfiguration({env: {...env, ...more}, etc, here: folder});

const namesFor = async (...parameters: Parameters<typeof load>) =>
	(await load(...parameters)).profiles.map(({name, aliases}) => [name, aliases]);

test('two clusters that share a home have profiles of different names', async t => {
	const one = machine(t, {
		'east.conf': 'SlurmctldHost=a\n  clustername = east # ours\n',
		'west.conf': '#ClusterName=old\nClusterName=west\n',
	});
	for (const name of ['east', 'west']) {
		const profiles = await namesFor(one, {SLURM_CONF: join(one.folder, `${name}.conf`)});
		assert.deepEqual(profiles, [[name, ['slurm']]]);
	}
	assert.ok(!existsSync(join(one.folder, 'home/.local')), 'nothing is kept of what a file tells');
});

test('the name stands in the slurm.conf of that squeue, or of the machine', t => {
	const own = machine(t, {
		'opt/slurm/etc/slurm.conf': 'ClusterName=own\n',
		'etc/slurm/slurm.conf': 'ClusterName=other\n',
	});
	assert.equal(nameOfCluster(own.env, own.etc), 'own');
	symlinkSync(join(own.folder, 'opt/slurm/bin'), join(own.folder, 'bin'));
	assert.equal(nameOfCluster({...own.env, PATH: join(own.folder, 'bin')}, own.etc), 'own');
	const shared = machine(t, {'etc/slurm/slurm.conf': 'ClusterName=other\n'});
	assert.equal(nameOfCluster(shared.env, shared.etc), 'other');
});

test('where no file names the cluster, scontrol is asked once for each configuration', async t => {
	const one = machine(t);
	one.script('scontrol', `echo x >>'${one.folder}/asked'\necho 'ClusterName             = lab'`);
	const asked = () => readFileSync(join(one.folder, 'asked'), 'utf8').length / 2;
	assert.deepEqual(await namesFor(one), [['lab', ['slurm']]]);
	assert.deepEqual(await namesFor(one), [['lab', ['slurm']]]);
	assert.equal(asked(), 1);
	await namesFor(one, {SLURM_CONF: join(one.folder, 'nowhere.conf')});
	assert.equal(asked(), 2);
	// A cache that holds nonsense is none.
	writeFileSync(join(one.folder, 'home/.local/state/jobtop/cluster-names.json'), '[1');
	assert.deepEqual(await namesFor(one), [['lab', ['slurm']]]);
	assert.equal(asked(), 3);
});

test('where nothing names the cluster, the name is slurm, and the next start asks again', async t => {
	const one = machine(t);
	assert.deepEqual(await namesFor(one), [['slurm', undefined]]);
	one.script('scontrol', 'echo "slurm_load_ctl_conf error: Unable to contact" >&2; exit 1');
	assert.deepEqual(await namesFor(one), [['slurm', undefined]]);
	one.script('scontrol', "echo 'ClusterName = lab'");
	assert.deepEqual(await namesFor(one), [['lab', ['slurm']]]);
});

for (const [cluster, name] of [
	['slurm', 'slurm'],
	['weaver', 'slurm-weaver'],
	['my/odd:cluster', 'my-odd-cluster'],
	['__proto__', 'proto__'],
	['/', 'slurm'],
] as const) {
	test(`a cluster called ${cluster} has the profile ${name}`, async t => {
		const one = machine(t, {'etc/slurm/slurm.conf': `ClusterName=${cluster}\n`});
		const [first, second] = (await load(one, {WEAVER_URL: 'http://127.0.0.1:1/'})).profiles;
		assert.equal(first?.name, name);
		assert.equal(second?.name, 'weaver');
	});
}

test('the earlier name chooses the profile, and stands for it in a ref', async t => {
	const one = machine(t, {'etc/slurm/slurm.conf': 'ClusterName=east\n'});
	assert.deepEqual(await namesFor(one, {JOBTOP_PROFILE: 'slurm'}), [['east', ['slurm']]]);
	await assert.rejects(() => load(one, {JOBTOP_PROFILE: 'slrum'}), /there is no profile "slrum"/);
	const [connection] = await connectAll((await load(one)).profiles, one.env);
	assert.deepEqual([connection?.profile, connection?.aliases], ['east', ['slurm']]);
	assert.equal(refHere(connection ? [connection] : [], 'slurm/42_[1-2]'), 'east/42_[1-2]');
	assert.equal(refHere(connection ? [connection] : [], 'other/42'), 'other/42');

	const far = await openFakeSlurm();
	t.after(far.close);
	await far.put({id: '42', state: 'RUNNING'});
	const [found] = await resolveRefs([{...far.connection, aliases: ['slurm']}], ['slurm/42']);
	assert.deepEqual([found?.kind, found?.kind === 'found' && found.job.ref], ['found', 'far/42']);
});

/** The state directory of somebody who asked for job 1 when the profile was called `slurm`, and was interrupted. */
const leaveBatch = (t: TestContext) => {
	const at = Date.now();
	const state = temporaryDirectory(t);
	mkdirSync(join(state, 'batches'));
	const target = {ref: 'slurm/1' as Ref, name: 'mesh', phase: 'running', status: 'RUNNING'} as const;
	const submittedAt = submit * 1000;
	const systems = {slurm: {kind: 'slurm', cluster: 'fake'}};
	const lines = [
		{
			at,
			type: 'batch',
			version: journalVersion,
			batch: 1,
			by: 'alice@login1',
			systems,
			targets: [{...target, submittedAt}],
		},
		{at, type: 'sending', ref: target.ref, attempt: 1},
	] as const;
	writeFileSync(join(state, 'batches', '1.jsonl'), lines.map(journalRow).join(''), {mode: 0o600});
	return {state, at, submittedAt};
};

/** Epoch seconds. */
const submit = 1_767_222_000;

test('what an old journal and an old hidden row say is said of the profile by its new name', async t => {
	const far = await openFakeSlurm();
	t.after(far.close);
	for (const id of ['1', '2']) await far.put({id, state: 'RUNNING', name: 'mesh', submit});
	const {state, at, submittedAt} = leaveBatch(t);
	const hidden = {at, ref: 'slurm/2', name: 'mesh', submittedAt, hidden: true};
	writeFileSync(join(state, 'dismissed.jsonl'), `${JSON.stringify(hidden)}\n`, {mode: 0o600});

	const real = {clock: systemClock, advance: (ms: number) => wait(systemClock, ms)};
	const connection = {...far.connection, aliases: ['slurm']};
	const {engine, until, known, outcomeOf} = openEngine(t, {server: {url: ''}, time: real}, state, {
		connection,
	});
	engine.start();
	await until('both are listed', ({jobs}) => jobs.byRef.size === 2);
	assert.deepEqual([...known().dismissed], ['far/2']);
	// It is of the same cluster: it is taken up by itself.
	await until('it is settled', () => outcomeOf('1') !== undefined);
	assert.equal(outcomeOf('1')?.kind, 'cancelled');
	assert.deepEqual(
		(await far.calls()).filter(([program]) => program === 'scancel').map(call => call.at(-1)),
		['1'],
	);
});

test('a batch that is resumed on the command line shows the new name of its profile', async t => {
	const far = await openFakeSlurm();
	t.after(far.close);
	await far.put({id: '1', state: 'RUNNING', name: 'mesh', submit});
	const {state} = leaveBatch(t);
	const printed: string[] = [];
	const console: Console = {
		canAsk: false,
		theme: createTheme({colour: false, ascii: true}),
		colour: false,
		columns: undefined,
		rows: undefined,
		ask: async () => undefined,
		data: text => void printed.push(text),
		say: text => void printed.push(text),
		closed: new AbortController().signal,
	};
	const run = (without: readonly string[]) =>
		resume(
			1,
			{takeOver: false, yes: false, without, waitFor: 'terminal', timeoutMs: 60_000, output: 'json'},
			console,
			async () => ({
				profiles: [],
				connections: [{...far.connection, aliases: ['slurm']}],
				env: {},
				stateDirectory: state,
				journalsLast: true,
				close: async () => undefined,
			}),
		);
	await assert.rejects(run(['slurm']), /slurm is configured here; nothing was sent/);
	assert.equal(await run([]), 0, printed.join(''));
	const {results} = JSON.parse(printed.at(-1) ?? '');
	assert.deepEqual(
		results.map(({ref, outcome}: {ref: string; outcome: string}) => [ref, outcome]),
		[['far/1', 'cancelled']],
	);
});

test('a profile that only looks leaves a batch alone also by its earlier name', async t => {
	const far = await openFakeSlurm();
	t.after(far.close);
	await far.put({id: '1', state: 'RUNNING', name: 'mesh', submit});
	const {state} = leaveBatch(t);
	const real = {clock: systemClock, advance: (ms: number) => wait(systemClock, ms)};
	const connection = {...far.connection, aliases: ['slurm'], readOnly: true as const};
	const {engine} = openEngine(t, {server: {url: ''}, time: real}, state, {connection});
	await assert.rejects(engine.resume(1), /profile slurm is read-only here/);
});

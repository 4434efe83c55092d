/*
What the built program prints as JSON has the shapes of docs/schemas, on all systems of the demo.
*/
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {test} from 'node:test';
import {Ajv2020} from 'ajv/dist/2020.js';
import {type JournalLine, journalVersion, stepNames} from '../../source/cancellation/journal/lines.ts';
import {openFakeSlurm} from '../fakes/slurm.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {keepJournal} from '../helpers/kept-journal.ts';
import {runCli} from '../helpers/run-cli.ts';

const folder = 'docs/schemas';
const names = readdirSync(folder).map(file => basename(file, '.json'));
const schemaOf = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

/** Times have patterns of their own. */
const ajv = new Ajv2020({validateFormats: false, allErrors: true});
const validators = new Map(names.map(name => [name, ajv.compile(schemaOf(name))]));
const tried = new Set<string>();

const fits = (name: string, value: unknown) => {
	tried.add(name);
	const validate = validators.get(name);
	assert.ok(validate, `there is no schema ${name}`);
	assert.ok(validate(value), `${name}: ${ajv.errorsText(validate.errors)}`);
};
const fitsLines = (name: string, text: string, least = 1) => {
	const lines = text.split('\n').filter(line => line !== '');
	assert.ok(lines.length >= least, `${name}: ${lines.length} lines`);
	for (const line of lines) fits(name, JSON.parse(line));
};

test('every schema has a version and its own name', () => {
	const ids = names.map(name => schemaOf(name).$id);
	assert.deepEqual(
		ids,
		names.map(name => `urn:jobtop:${name}:1`),
	);
});

test('documents and lines of the demo fit their schemas', async () => {
	const demo = (...words: string[]) => runCli(['demo', '--seed', 'shapes', ...words]);
	const all = await demo('list', '--all', '--everyone', '-o', 'json');
	assert.equal(all.code, 0, all.stderr);
	const document = JSON.parse(all.stdout);
	fits('list', document);
	assert.equal(document.profiles.length, 6);
	fitsLines('job', (await demo('list', '-o', 'jsonl')).stdout, 20);
	const refs = (holds: (job: {terminal: boolean; phase: string; profile: string}) => boolean): string[] =>
		document.jobs.filter(holds).map(({ref}: {ref: string}) => ref);
	const live = refs(({phase}) => phase === 'running');
	const ended = refs(({terminal}) => terminal);
	const oneOfEach = [...new Map([...ended, ...live].map(ref => [ref.split('/')[0], ref])).values()];
	assert.equal(oneOfEach.length, 6);
	fits('show', JSON.parse((await demo('show', '-o', 'json', '--results', ...oneOfEach)).stdout));
	fits('backends', JSON.parse((await demo('backends', '-o', 'json')).stdout));
	fits('profiles', JSON.parse((await demo('profiles', 'list', '-o', 'json')).stdout));
	fits('profiles-test', JSON.parse((await demo('profiles', 'test', '-o', 'json')).stdout));
	const contract = await demo('profiles', 'test', '--contract', '-o', 'json');
	fits('profiles-test', JSON.parse(contract.stdout));
	assert.equal(contract.code, 0, contract.stdout);
	fits('doctor', JSON.parse((await demo('doctor', '-o', 'json')).stdout));

	const [weaver = ''] = live.filter(ref => ref.startsWith('weaver/'));
	const [gone = ''] = ended.filter(ref => ref.startsWith('weaver/'));
	const [tapis = ''] = ended.filter(ref => ref.startsWith('tapis/'));
	const cancelled = await demo('cancel', weaver, gone, 'weaver/none', '-y', '-o', 'json');
	fits('cancel', JSON.parse(cancelled.stdout));
	fitsLines('cancel-step', (await demo('cancel', weaver, gone, '-y', '-o', 'jsonl')).stdout, 3);
	fits('cancel', JSON.parse((await demo('cancel', weaver, '--dry-run', '-o', 'json')).stdout));
	const short = ['--timeout', '200ms'];
	fits('wait', JSON.parse((await demo('wait', weaver, gone, 'weaver/none', ...short, '-o', 'json')).stdout));
	fitsLines('wait-step', (await demo('wait', weaver, gone, ...short, '-o', 'jsonl')).stdout, 2);
	fits('dismiss', JSON.parse((await demo('dismiss', tapis, gone, weaver, '-o', 'json')).stdout));
	fits('dismiss', JSON.parse((await demo('restore', tapis, 'weaver/none', '-o', 'json')).stdout));
	fits('delete', JSON.parse((await demo('delete', gone, tapis, weaver, '-y', '-o', 'json')).stdout));
});

test('jobs of Slurm fit, and what ended them is in words and in JSON', async context => {
	const {env} = await openFar(context);
	const far = await openFakeSlurm();
	context.after(() => far.close());
	const uid = process.getuid?.() ?? 0;
	const ran = {uid, start: 1_767_225_000, end: 1_767_225_600};
	await far.put({id: '41', state: 'TIMEOUT', reason: 'TimeLimit', ...ran});
	await far.put({id: '42', state: 'OUT_OF_MEMORY', reason: 'OutOfMemory', nodes: 'n12', ...ran});
	await far.put({id: '43', state: 'CANCELLED by 4242', ...ran}, 'accounts');
	await far.put({id: '44', state: 'FAILED', reason: 'NonZeroExitCode', ...ran});
	const slurmEnv = {
		...env,
		PATH: `${join(far.folder, 'bin')}:/usr/bin:/bin`,
		FAKE_SLURM: far.folder,
		FAKE_SLURM_UID: String(uid),
	};
	const jobtop = (...words: string[]) => runCli(words, {env: slurmEnv});
	const list = JSON.parse((await jobtop('list', '--all', '--profile', 'slurm', '-o', 'json')).stdout);
	fits('list', list);
	assert.deepEqual(
		list.jobs.map(({id, endedBy}: {id: string; endedBy: unknown}) => [id, endedBy]),
		[
			['41', {kind: 'time-limit'}],
			['42', {kind: 'memory', node: 'n12'}],
			['44', {kind: 'exit'}],
		],
	);
	const wide = (await jobtop('list', '--all', '--profile', 'slurm', '-o', 'wide')).stdout;
	for (const words of ['ended by its time limit', 'out of memory on node n12', 'nonzero exit code'])
		assert.ok(wide.includes(words), `${words}\n${wide}`);
	fits('show', JSON.parse((await jobtop('show', 'slurm/41', '-o', 'json')).stdout));
	assert.match((await jobtop('show', 'slurm/43')).stdout, /^cause +cancelled by uid 4242$/m);
	const waited = JSON.parse((await jobtop('wait', 'slurm/43', '-o', 'json')).stdout);
	fits('wait', waited);
	assert.deepEqual(waited.results[0].endedBy, {kind: 'cancelled', by: 'uid 4242'});
	assert.match(
		(await jobtop('wait', 'slurm/41')).stdout,
		/^\S+\/41 is FAILED \(TIMEOUT\), ended by its time limit\n$/,
	);
	assert.match(
		(await jobtop('cancel', 'slurm/42', '-y')).stdout,
		/42 ended by itself first \(failed\): out of memory on node n12$/m,
	);
});

test('batches and the configuration fit theirs', async context => {
	const {jobtop, add, env} = await openFar(context);
	await jobtop(['cancel', add('running', 'a'), '-y', '--reason', 'a reason']);
	fits('batches', JSON.parse((await jobtop(['batches', 'list', '-o', 'json'])).stdout));
	fits('batch', JSON.parse((await jobtop(['batches', 'show', '1', '-o', 'json'])).stdout));
	fits('batch-export', JSON.parse((await jobtop(['batches', 'export', '1', '-o', 'json'])).stdout));
	fits('cancel', JSON.parse((await jobtop(['batches', 'resume', '1', '-o', 'json'])).stdout));
	fits('cancel', JSON.parse((await jobtop(['batches', 'retry', '1', '-y', '-o', 'json'])).stdout));
	fits('keys', JSON.parse((await jobtop(['keys', '-o', 'json'])).stdout));
	fits('config-show', JSON.parse((await jobtop(['config', 'show', '-o', 'json'])).stdout));
	const schema = JSON.parse((await jobtop(['config', 'schema'])).stdout);
	assert.deepEqual(schema, schemaOf('configuration'));
	fits('configuration', {
		interval: '5s',
		profiles: {prod: {backend: 'weaver', url: env.WEAVER_URL, protect: true}},
	});
	const validate = validators.get('configuration');
	assert.ok(!validate?.({intervall: '5s'}));
	assert.ok(!validate?.({profiles: {prod: {backend: 'weavr'}}}));
});

test('an export with every kind of step fits', async context => {
	const steps: readonly JournalLine[] = [
		{at: 2, type: 'sending', ref: 'w/1', attempt: 1},
		{at: 3, type: 'answered', ref: 'w/1', attempt: 1, receipt: 'accepted'},
		{at: 4, type: 'ended', ref: 'w/1'},
		{at: 5, type: 'settled', ref: 'w/1', outcome: {kind: 'cancelled'}, attempts: 1},
		{at: 6, type: 'reopened', ref: 'w/1'},
	];
	assert.deepEqual(steps.map(({type}) => type).sort(), [...stepNames].sort());
	const target = {ref: 'w/1', name: 'mesh', phase: 'running', status: 'RUNNING'} as const;
	const first = {
		at: 1,
		type: 'batch',
		version: journalVersion,
		batch: 1,
		by: 'a@b',
		targets: [target],
	} as const;
	const state = keepJournal(context, [first, ...steps]);
	const {code, stdout, stderr} = await runCli(['batches', 'export', '1'], {env: {JOBTOP_STATE_DIR: state}});
	assert.equal(code, 0, stderr);
	const exported = JSON.parse(stdout);
	assert.equal(exported.results[0].steps.length, steps.length);
	fits('batch-export', exported);
});

test('a failing profile fits, too', async () => {
	const env = {WEAVER_URL: 'http://127.0.0.1:1'};
	const run = async (...words: string[]) => {
		const {code, stdout} = await runCli([...words, '-o', 'json'], {env});
		assert.equal(code, 5, words.join(' '));
		return JSON.parse(stdout);
	};
	const ofWeaver = (list: readonly {profile: string}[]) => list.find(({profile}) => profile === 'weaver');
	const list = await run('list');
	fits('list', list);
	assert.partialDeepStrictEqual(ofWeaver(list.profiles), {
		state: 'unreachable',
		error: {kind: 'unreachable'},
	});
	const tested = await run('profiles', 'test');
	fits('profiles-test', tested);
	assert.partialDeepStrictEqual(ofWeaver(tested.profiles), {ok: false});
	const {stdout} = await runCli(['doctor', '-o', 'json'], {env});
	const doctor = JSON.parse(stdout);
	fits('doctor', doctor);
	const finding = doctor.findings.find(({check}: {check: string}) => check === 'profile weaver');
	assert.equal(finding?.state, 'problem');
	const cancel = await run('cancel', 'weaver/x', '-y', '--timeout', '2s');
	fits('cancel', cancel);
	assert.deepEqual(cancel.counts, {'not-sent': 1});
});

test('every schema is tried', () => {
	assert.deepEqual(
		names.filter(name => !tried.has(name)),
		[],
	);
});

test('a field that no schema knows is noticed', () => {
	assert.ok(!validators.get('job')?.({ref: 'a/b', surprise: true}));
});

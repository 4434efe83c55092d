/*
`jobtop demo --serve` and `--fault`, as the real program: what it prints works, and what goes wrong is chosen while it runs.
*/
import assert from 'node:assert/strict';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {readFault, writeFault} from '../../source/command-line/fault-option.ts';
import {imposableFaults} from '../../source/demo/imposed-faults.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {runCli, startCli} from '../helpers/run-cli.ts';

/** The embedded systems in a process of their own, with what they printed in a file, and the program on that. */
const openServed = async (context: TestContext, parameters: readonly string[] = []) => {
	const {child, result} = startCli(['demo', '--serve', '--jobs', '6', ...parameters]);
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
	const folder = temporaryDirectory(context);
	const file = join(folder, 'config.toml');
	writeFileSync(file, printed);
	const control = /http:\/\/127\.0\.0\.1:\d+\/faults/.exec(said)?.[0] ?? assert.fail(said);
	const env = {PATH: process.env.PATH ?? '', JOBTOP_STATE_DIR: join(folder, 'state')};
	const states = async (): Promise<Record<string, string>> => {
		const {stdout} = await runCli(['list', '-o', 'json', '--config', file], {env});
		return Object.fromEntries(
			JSON.parse(stdout).profiles.map(({profile, state}: Record<string, string>) => [profile, state]),
		);
	};
	const put = async (body: unknown, method = 'PUT') => {
		const response = await fetch(control, {method, body: method === 'GET' ? null : JSON.stringify(body)});
		return {status: response.status, body: (await response.json()) as Record<string, unknown>};
	};
	return {child, result, file, env, printed, said, states, put};
};

const well = {weaver: 'ok', ionworks: 'ok', tapis: 'ok', tensorpool: 'ok', dex: 'ok', kubernetes: 'ok'};

for (const [signal, code] of [
	['SIGTERM', 143],
	['SIGINT', 130],
] as const) {
	test(`what is printed is a configuration that works, and ${signal} ends it quietly`, async context => {
		const {child, result, file, env, printed, said} = await openServed(context);
		const {code: listed, stdout, stderr} = await runCli(['list', '-o', 'json', '--config', file], {env});
		assert.equal(listed, 0, stderr);
		const {profiles, jobs} = JSON.parse(stdout);
		assert.equal(profiles.length, 6);
		for (const {profile, state} of profiles) assert.equal(state, 'ok', profile);
		assert.ok(jobs.length > 0);
		child.kill(signal);
		const ended = await result;
		assert.deepEqual([ended.code, ended.stdout, ended.stderr], [code, printed, said]);
	});
}

test('faults are changed while the systems run, and what is written wrongly changes nothing', async context => {
	const {states, put} = await openServed(context, ['--fault', 'weaver=broken']);
	assert.deepEqual(await states(), {...well, weaver: 'broken'});
	assert.deepEqual(await put(undefined, 'GET'), {status: 200, body: {faults: ['weaver=broken']}});

	const faults = ['tapis=expired-key', 'dex=down', 'ionworks=rate-limited', 'tensorpool=nonsense'];
	assert.deepEqual(await put({faults}), {status: 200, body: {faults}});
	const ill = {
		weaver: 'ok',
		ionworks: 'rate-limited',
		tapis: 'unauthorized',
		tensorpool: 'broken',
		dex: 'unreachable',
		kubernetes: 'ok',
	};
	assert.deepEqual(await states(), ill);

	const wrong = await put({faults: ['weaver=brokn']});
	assert.equal(wrong.status, 400);
	assert.match(String(wrong.body.error), /no fault "brokn"; did you mean "broken"\?/);
	assert.equal((await put(['weaver=broken'])).status, 400);
	assert.equal((await put({}, 'DELETE')).status, 405);
	assert.deepEqual(await states(), ill);

	await put({faults: []});
	assert.deepEqual(await states(), well);
});

test('a saved configuration is complete once it is there, and replaces only its like', async context => {
	const folder = temporaryDirectory(context);
	const file = join(folder, 'demo.toml');
	writeFileSync(file, '');
	const {child} = startCli(['demo', '--serve', '--jobs', '2', '--save', file]);
	context.after(() => child.kill('SIGKILL'));
	let said = '';
	await new Promise<void>((resolve, reject) => {
		child.stderr.on('data', text => {
			said += text;
			if (said.includes('Ctrl-C')) resolve();
		});
		child.once('close', () => reject(new Error(`it ended: ${said}`)));
	});
	assert.ok(said.includes(`now run jobtop --config ${file}\n`), said);
	const env = {PATH: process.env.PATH ?? '', JOBTOP_STATE_DIR: join(folder, 'state')};
	const {code, stderr} = await runCli(['list', '--config', file], {env});
	assert.deepEqual([code, stderr], [0, '']);
	assert.equal(readFileSync(file, 'utf8').match(/^\[profiles\./gm)?.length, 6);
	assert.deepEqual(readdirSync(folder), [
		'demo.toml',
		...readdirSync(folder).filter(name => name === 'state'),
	]);
});

test('an address that cannot be read ends no system', async context => {
	const {printed, states} = await openServed(context);
	const [, url = ''] = /backend = "tensorpool"\nurl = "(\S+)"/.exec(printed) ?? assert.fail(printed);
	const [, key = ''] =
		/tensorpool[^[]+token_command = \["echo","([^"]+)"/.exec(printed) ?? assert.fail(printed);
	const line = new WebSocket(`${url.replace('http:', 'ws:')}/job/listen/%E0%A4%A`);
	const told = new Promise<string>((resolve, reject) => {
		line.onmessage = ({data}) => resolve(String(data));
		line.onclose = () => reject(new Error('it broke off'));
	});
	line.onopen = () => line.send(JSON.stringify({TENSORPOOL_KEY: key}));
	assert.match(await told, /not found/);
	assert.deepEqual(await states(), well);
});

test('a fault of the demo is in the way of any command on it', async context => {
	const env = {PATH: process.env.PATH ?? '', JOBTOP_STATE_DIR: temporaryDirectory(context)};
	const one = await runCli(
		['demo', '--jobs', '4', '--fault', 'dex=down', '--fault', 'tapis=expired-key', 'list', '-o', 'json'],
		{env},
	);
	assert.equal(one.code, 5);
	const {profiles} = JSON.parse(one.stdout);
	assert.deepEqual(
		profiles.map(({state}: {state: string}) => state),
		['ok', 'ok', 'unauthorized', 'ok', 'unreachable', 'ok'],
	);
	const all = await runCli(['demo', '--jobs', '4', '--fault', 'expired-key', 'list'], {env});
	assert.equal(all.code, 4);
	assert.equal(all.stderr.match(/: unauthorized: /g)?.length, 6, all.stderr);
});

test('a fault that is written wrongly is one line with the nearest word, and exit code 2', async () => {
	const mistakes: readonly (readonly [fault: string, words: RegExp])[] = [
		['weavr=broken', /no built-in system "weavr"; did you mean "weaver"\?/],
		['brokn', /no fault "brokn"; did you mean "broken"\?/],
		['weaver=', /no fault "weaver="/],
		['broken:2', /share "2" must be above 0 and at most 1/],
		['broken:', /share "" must be/],
		['broken:0', /share "0" must be/],
		['broken@soon', /start "soon" must be a time/],
		['down:0.5', /down has no share/],
	];
	for (const [fault, words] of mistakes) {
		assert.match(String(readFault(fault)), words);
	}
	const {code, stdout, stderr} = await runCli(['demo', '--fault', 'weavr=broken', 'list']);
	assert.deepEqual([code, stdout], [2, '']);
	assert.match(stderr, /^jobtop: [^\n]*did you mean "weaver"\?\n$/);
});

test('a fault is written in the form in which it is read', () => {
	for (const name of Object.keys(imposableFaults)) {
		for (const text of [name, `dex=${name}`, `tapis=${name}@10s`]) {
			const fault = readFault(text);
			assert.ok(typeof fault !== 'string', String(fault));
			assert.equal(writeFault(fault), text);
		}
	}
	const fault = readFault('weaver=broken:0.3@2m');
	assert.deepEqual(fault, {system: 'weaver', name: 'broken', share: 0.3, afterMs: 120_000});
});

test('every fault is in the help and in the document, in the same words', async () => {
	const {stdout} = await runCli(['demo', '--help']);
	const document = readFileSync('docs/demo.md', 'utf8');
	for (const [name, {about}] of Object.entries(imposableFaults)) {
		assert.match(stdout, new RegExp(`^  ${name} +${about}$`, 'm'));
		assert.ok(document.includes(`| \`${name}\` | ${about} |`), `docs/demo.md tells of ${name} otherwise`);
	}
});

test('a port that is taken is one line', async context => {
	const server = createServer();
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	context.after(() => server.close());
	const {port} = server.address() as AddressInfo;
	const {code, stdout, stderr} = await runCli(['demo', '--serve', '--port', String(Math.min(port, 65_520))]);
	assert.deepEqual([code, stdout], [2, '']);
	assert.match(
		stderr,
		/^jobtop: port \d+ is not available: another program uses it; choose others with --port\n$/,
	);
});

import assert from 'node:assert/strict';
import {on, once} from 'node:events';
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {stepLine} from '../../source/command-line/cancelling/cancel-results.ts';
import {readQuery} from '../../source/command-line/listing/query.ts';
import {type Fault, type FaultHandler, faultHandler, json, send} from '../../source/demo/faults.ts';
import type {Job} from '../../source/job/job.ts';
import {openFakeSlurm} from '../fakes/slurm.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {program, runCli, startCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';

const oneLine = (text: string) => assert.match(text, /^[^\n]+\n$/);
const noEscapes = (text: string) => assert.ok(!text.includes('\u001b'), 'no escape code');

test('a list has my active jobs, as a table without colour if there is no terminal', async context => {
	const {jobtop, add} = await openFar(context);
	const [running, queued, done] = [add('running', 'ndvi'), add('queued', 'mosaic'), add('succeeded', 'old')];
	for (const parameters of [['list'], ['ls'], []]) {
		const {code, stdout, stderr} = await jobtop(parameters, {env: {COLUMNS: '40'}});
		assert.equal(code, 0, stderr);
		const lines = stdout.trimEnd().split('\n');
		assert.match(lines[0] ?? '', /^STATE +JOB +NAME +OWNER +AGE$/);
		assert.equal(lines.length, 3);
		assert.match(stdout, new RegExp(`RUNNING +weaver/${running} +ndvi`));
		assert.match(stdout, new RegExp(`QUEUED \\(accepted\\) +weaver/${queued} +mosaic`), 'nothing is cut');
		assert.ok(!stdout.includes(done));
		noEscapes(stdout + stderr);
	}
	assert.match((await jobtop(['list', '--all'])).stdout, new RegExp(`SUCCEEDED.* weaver/${done}`));
});

test('colours appear on request, and NO_COLOR removes them', async context => {
	const {jobtop, add} = await openFar(context);
	add('running', 'a');
	const list = async (parameters: readonly string[], env: Record<string, string> = {}) =>
		(await jobtop(['list', ...parameters], {env})).stdout.includes('\u001b');
	assert.equal(await list(['--color', 'always'], {NO_COLOR: '1'}), true);
	assert.equal(await list([], {FORCE_COLOR: '1'}), true);
	assert.equal(await list([], {FORCE_COLOR: '1', NO_COLOR: '1'}), false);
	assert.equal(await list(['--color', 'never'], {FORCE_COLOR: '1'}), false);
});

test('a list is one JSON document, JSON lines, CSV or bare refs', async context => {
	const {jobtop, server, add} = await openFar(context);
	const id = add('running', 'a, "b"');
	const ref = `weaver/${id}`;
	const document = JSON.parse((await jobtop(['list', '-o', 'json'])).stdout);
	assert.deepEqual(Object.keys(document), ['version', 'profiles', 'jobs']);
	assert.deepEqual(document.profiles, [
		{profile: 'weaver', backend: 'weaver', state: 'ok', jobs: 1, unreadable: 0},
	]);
	const [job] = document.jobs;
	assert.equal(job.createdAt, new Date(server.job(id)?.createdAt ?? 0).toISOString());
	const {createdAt: _created, startedAt: _started, progress: _progress, ...rest} = job;
	assert.deepEqual(rest, {
		ref,
		profile: 'weaver',
		backend: 'weaver',
		id,
		name: 'a, "b"',
		kind: 'sleeper',
		phase: 'running',
		status: 'running',
		terminal: false,
	});
	assert.deepEqual(JSON.parse((await jobtop(['list', '-o', 'jsonl'])).stdout), job);
	assert.equal((await jobtop(['list', '-o', 'ref'])).stdout, `${ref}\n`);
	const [head, row] = (await jobtop(['list', '-o', 'csv'])).stdout.split('\r\n');
	assert.match(head ?? '', /^ref,profile,backend,id,name,kind,owner,phase,status,terminal,createdAt/);
	assert.ok(row?.startsWith(`${ref},weaver,weaver,${id},"a, ""b""",sleeper,,running,running,false,`), row);
	assert.match(
		(await jobtop(['list', '-o', 'wide'])).stdout,
		/ELAPSED +LEFT +DONE +KIND +QUEUE +NODES +WHY\n/,
	);
});

test('an empty list is not an error, and says so beside the data', async context => {
	const {jobtop, add} = await openFar(context);
	const empty = await jobtop(['list']);
	assert.deepEqual([empty.code, empty.stdout, empty.stderr], [0, '', 'jobtop: no active job\n']);
	add('running', 'a');
	assert.match((await jobtop(['list', 'zzz'])).stderr, /no active job matches/);
	assert.deepEqual(JSON.parse((await jobtop(['list', '-o', 'json', 'zzz'])).stdout).jobs, []);
});

test('a list can be limited, and says that it is', async context => {
	const {jobtop, add} = await openFar(context);
	for (const name of ['a', 'b', 'c']) add('running', name);
	const two = await jobtop(['list', '-o', 'ref', '--limit', '2']);
	assert.equal(two.stdout.trimEnd().split('\n').length, 2);
	assert.equal(two.stderr, 'jobtop: only the first 2 are shown\n');
	assert.equal((await jobtop(['list', '-o', 'ref', '--limit', '3'])).stderr, '');
});

test('an unreadable record is counted, and does not affect the others', async context => {
	const {jobtop, server, add} = await openFar(context);
	const good = add('running', 'good');
	server.distort(add('running', 'bad'), record => ({...record, id: 17, jobID: null, status: ['running']}));
	const {code, stdout, stderr} = await jobtop(['list', '-o', 'ref']);
	assert.deepEqual([code, stdout], [0, `weaver/${good}\n`]);
	assert.equal(stderr, 'jobtop: weaver: 1 record could not be read and is not shown\n');
	assert.equal(JSON.parse((await jobtop(['list', '-o', 'json'])).stdout).profiles[0].unreadable, 1);
});

test('the name of a job cannot control the terminal', async context => {
	const {jobtop, add} = await openFar(context);
	add('running', 'evil\u001b]0;title\u0007\u001b[31mname\u202e\r\nsecond');
	const {stdout} = await jobtop(['list']);
	noEscapes(stdout);
	assert.match(stdout, /evilname second/);
	assert.equal(stdout.trimEnd().split('\n').length, 2);
});

const patience: FaultHandler = response =>
	send(response, json(429, {title: 'Slow down'}, {'retry-after': '17'}));

const failures: readonly (readonly [
	what: string,
	fault: Fault | 'left',
	code: number,
	state: string,
	kind: string,
	words: RegExp,
])[] = [
	[
		'a web page with a 200',
		'login-page',
		5,
		'broken',
		'malformed',
		/a web page \(Sign in\) instead of data; unexpected answer, perhaps from a login page; check the address/,
	],
	['half an answer', 'half-body', 5, 'broken', 'malformed', /not JSON, or is incomplete/],
	[
		'an answer that breaks off',
		'cut-off',
		5,
		'unreachable',
		'cut-off',
		/the connection .* broke .*try again/,
	],
	['an error of the server', 'broken', 5, 'broken', 'broken', /500.*; the server failed; try again later/],
	[
		'a wish for patience',
		patience,
		5,
		'rate-limited',
		'rate-limited',
		/429.*asked to slow down; try again later \(in 17 s\)/,
	],
	['a refused credential', 'unauthorized', 4, 'unauthorized', 'unauthorized', /401.*; renew the credential/],
	['a refused right', 'forbidden', 5, 'forbidden', 'forbidden', /403.*ask for permission/],
	[
		'a refused connection',
		'left',
		5,
		'unreachable',
		'unreachable',
		/no connection to 127\.0\.0\.1:\d+ \(ECONNREFUSED\); check the network/,
	],
];

for (const [what, fault, code, state, kind, words] of failures) {
	test(`${what} is one line with its remedy and exit code ${code}`, async context => {
		const {jobtop, server, add} = await openFar(context);
		add('running', 'a');
		if (fault === 'left') await server.leave();
		else server.setFault(fault);
		const result = await jobtop(['list', '-o', 'json']);
		assert.equal(result.code, code);
		oneLine(result.stderr);
		assert.match(result.stderr, new RegExp(`^jobtop: weaver: ${state}: `));
		assert.match(result.stderr, words);
		const {profiles, jobs} = JSON.parse(result.stdout);
		assert.deepEqual(jobs, []);
		assert.equal(profiles[0].state, state);
		assert.equal(profiles[0].error.kind, kind);
	});
}

test('a failing profile does not affect the others', async context => {
	const {server, add, state} = await openFar(context);
	const id = add('running', 'a');
	const file = join(state, 'config.toml');
	writeFileSync(
		file,
		`[profiles.up]\nbackend = "weaver"\nurl = "${server.url}"\n[profiles.down]\nbackend = "weaver"\nurl = "http://127.0.0.1:1"\n`,
	);
	const both = await runCli(['list', '-o', 'ref', '--config', file]);
	assert.deepEqual([both.code, both.stdout], [5, `up/${id}\n`]);
	assert.match(both.stderr, /^jobtop: down: unreachable: /);
	const one = await runCli(['--profile', 'up', 'list', '-o', 'ref'], {env: {JOBTOP_CONFIG: file}});
	assert.deepEqual([one.code, one.stderr], [0, '']);
	const none = await runCli(['list', '--profile', 'upp'], {env: {JOBTOP_CONFIG: file}});
	assert.deepEqual([none.code, none.stderr], [2, 'jobtop: there is no profile "upp"; did you mean "up"?\n']);
	// Whether the other one knows it cannot be told.
	const bare = await runCli(['cancel', id, '-y'], {env: {JOBTOP_CONFIG: file, JOBTOP_STATE_DIR: state}});
	assert.equal(bare.code, 5);
	assert.match(bare.stderr, new RegExp(`write PROFILE/${id}`));
	assert.deepEqual(server.history(id), []);
});

test('a mistake on the command line is one line, names the nearest word, and is exit code 2', async () => {
	const mistakes: readonly (readonly [parameters: readonly string[], words: RegExp])[] = [
		[['lst'], /there is no command "lst"; did you mean "list"\?/],
		[['demo', 'cancle'], /did you mean "cancel"\?/],
		[['list', '--evryone'], /unknown option '--evryone'; did you mean --everyone\?/],
		[['list', '-o', 'yaml'], /'yaml' is invalid\. Allowed choices are table, wide, json/],
		[['list', '--limit', 'many'], /whole number from 1/],
		[['list', '--interval', '5'], /a time such as 90s/],
		[['list', 'colour:red'], /cannot be read at character 1, colour:red: no such field/],
		[['list', 'a', 'agee>2h'], /at character 3, agee>2h: no such field here; did you mean "age"/],
		[['list', 'name<b'], /name cannot be compared with </],
		[['cancel'], /choose one way to name jobs: REF\.\.\., --query QUERY or --from FILE/],
		[['cancel', 'a/b', '--query', 'x'], /choose one way/],
		[['cancel', '', '-y'], /a job is empty; write PROFILE\/ID/],
		[['show'], /missing required argument 'ref'/],
		[
			['cancel', '--everyone', '--query', 'x'],
			/cancel has no --everyone; .*: jobtop list --everyone -o ref QUERY \| jobtop cancel --from - --dry-run, /,
		],
		[['demo', 'cancel', '--everyone'], /: jobtop demo list --everyone .* \| jobtop demo cancel --from -/],
		[['delete', '--everyone'], /jobtop delete \$\(jobtop list --everyone --all -o ref QUERY\)/],
		[['dismiss', '--everyone'], /jobtop list --everyone --all -o ref QUERY \| xargs jobtop dismiss/],
		[['wait', '--everyone'], /jobtop list --everyone -o ref QUERY \| xargs jobtop wait/],
		[['show', '--everyone'], /jobtop list --everyone -o ref QUERY \| xargs jobtop show/],
		[['wait', 'a/b', '--evryone'], /unknown option '--evryone'/],
		[['demo', '--port', '80'], /--port needs --serve/],
		[['list', '--config', '/nowhere/c.toml'], /\/nowhere\/c\.toml: cannot be read/],
	];
	for (const [parameters, words] of mistakes) {
		const {code, stdout, stderr} = await runCli(parameters, {env: {WEAVER_URL: 'http://127.0.0.1:1'}});
		assert.deepEqual([code, stdout], [2, ''], stderr);
		oneLine(stderr);
		assert.match(stderr, words);
	}
});

test('without a configuration, jobtop says what it looked for', async () => {
	const {code, stdout, stderr} = await runCli(['list']);
	assert.deepEqual([code, stdout], [2, '']);
	assert.match(
		stderr,
		/looked for\n {2}\/nowhere\/\.config\/jobtop\/config\.toml\n {2}squeue on PATH.*\n {2}condor_q on PATH.*\n(?:.*\n)* {2}flux on PATH.*\n(?:.*\n)* {2}WEAVER_URL/,
	);
});

test('the help and the version are data, not errors', async () => {
	const help = await runCli(['--help']);
	assert.equal(help.code, 0);
	assert.match(help.stdout, /Usage: jobtop/);
	assert.match(help.stdout, /--read-only/);
	const wide = help.stdout.split('\n').filter(line => line.length > 80);
	assert.deepEqual(wide, []);
	const version = await runCli(['--version']);
	const {version: real} = JSON.parse(readFileSync('package.json', 'utf8'));
	assert.deepEqual([version.code, version.stdout], [0, `${real}\n`]);
});

test('a reader that closes stdout ends the program quietly', async context => {
	const {env, add} = await openFar(context);
	for (let n = 0; n < 1000; n++) add('running', `a job with a rather long name ${n}`);
	const {child, result} = startCli(['list', '-o', 'json'], {env});
	child.stdout.destroy();
	const {code, stderr} = await result;
	assert.deepEqual([code, stderr], [0, '']);
});

test('show prints all details of a job, also by its bare id', async context => {
	const {jobtop, add} = await openFar(context);
	const id = add('running', 'ndvi');
	for (const ref of [`weaver/${id}`, id]) {
		const {code, stdout, stderr} = await jobtop(['show', ref]);
		assert.deepEqual([code, stderr], [0, `jobtop: its log: jobtop logs weaver/${id}\n`]);
		assert.match(stdout, new RegExp(`^ref +weaver/${id}\nname +ndvi\nstate +RUNNING`));
	}
	const {version, jobs} = JSON.parse((await jobtop(['show', id, '-o', 'json'])).stdout);
	assert.equal(version, 1);
	assert.deepEqual([jobs[0].ref, jobs[0].phase], [`weaver/${id}`, 'running']);
});

test('an unknown job is exit code 7, and does not affect the others', async context => {
	const {jobtop, add} = await openFar(context);
	const id = add('running', 'ndvi');
	const {code, stdout, stderr} = await jobtop(['show', 'weaver/nope', 'nothing', `weavr/${id}`, id]);
	assert.equal(code, 7);
	assert.match(stdout, new RegExp(`weaver/${id}`));
	assert.match(stderr, /weaver\/nope: /);
	assert.match(stderr, /no profile knows nothing/);
	assert.match(stderr, /there is no profile "weavr"; did you mean "weaver"\?/);
});

test('an id of two profiles is refused, and both are named', async context => {
	const {server, add, state} = await openFar(context);
	const id = add('running', 'a');
	const file = join(state, 'config.toml');
	const profile = (name: string) => `[profiles.${name}]\nbackend = "weaver"\nurl = "${server.url}"\n`;
	writeFileSync(file, profile('a') + profile('b'));
	const env = {JOBTOP_CONFIG: file, JOBTOP_STATE_DIR: state};
	for (const parameters of [
		['show', id],
		['cancel', id, '-y'],
	]) {
		const {code, stderr} = await runCli(parameters, {env});
		assert.equal(code, 2);
		assert.match(stderr, new RegExp(`is in several profiles; choose one: a/${id}, b/${id}`));
	}
	assert.deepEqual(server.history(id), []);
});

test('a running job is cancelled with one request for this job only', async context => {
	const {jobtop, server, add, deletes, state} = await openFar(context);
	const [id, other] = [add('running', 'mistake'), add('running', 'other')];
	const {code, stdout, stderr} = await jobtop(['cancel', id, '-y', '--reason', 'bad mesh', '-o', 'json']);
	assert.equal(code, 0, stderr);
	assert.deepEqual(
		deletes().map(({path}) => path),
		[`/jobs/${id}`],
	);
	assert.deepEqual(
		server.history(id).map(({effect}) => effect),
		['stopped'],
	);
	assert.deepEqual(server.history(other), []);
	const {version, batch, results, counts} = JSON.parse(stdout);
	assert.deepEqual([version, batch, counts], [1, 1, {cancelled: 1}]);
	const {acceptedMs, settledMs, ...rest} = results[0];
	assert.ok(acceptedMs >= 0 && settledMs >= acceptedMs);
	assert.deepEqual(rest, {
		ref: `weaver/${id}`,
		outcome: 'cancelled',
		phase: 'cancelled',
		status: 'dismissed',
		attempts: 1,
	});
	assert.match(stderr, new RegExp(`^cancel 1 job:\n {2}weaver/${id} +mistake +RUNNING`));
	assert.match(stderr, /\nWeaver: DELETE also removes/);
	const journal = readFileSync(join(state, 'batches', '1.jsonl'), 'utf8');
	assert.match(journal, /bad mesh/);
	assert.match(journal, new RegExp(`"sending","ref":"weaver/${id}"`));
});

test('every step is a line, and the last one has the outcome', async context => {
	const {jobtop, add} = await openFar(context);
	const id = add('running', 'a');
	const {code, stdout} = await jobtop(['cancel', id, '-y', '-o', 'jsonl']);
	assert.equal(code, 0);
	const lines = stdout
		.trimEnd()
		.split('\n')
		.map(line => JSON.parse(line));
	const steps = lines.map(({step}) => step);
	for (const step of ['asked', 'sent', 'accepted', 'settled']) {
		assert.equal(steps.filter(other => other === step).length, 1, step);
	}
	const beforeSent = steps.slice(0, steps.indexOf('sent'));
	assert.deepEqual(beforeSent, ['asked', 'checking', 'checking'], 'nothing is followed that was not sent');
	assert.equal(steps.at(-1), 'settled');
	const words = new Set(['asked', 'staged', 'checking', 'sent', 'accepted', 'following', 'settled']);
	for (const line of lines) {
		assert.equal(line.ref, `weaver/${id}`);
		assert.ok(words.has(line.step), line.step);
		assert.equal(new Date(line.at).toISOString(), line.at);
		assert.equal(line.outcome, line.step === 'settled' ? 'cancelled' : undefined);
	}
});

test('an ended job is left alone: no question, no request', async context => {
	const {jobtop, server, add, deletes, state} = await openFar(context);
	const [done, gone] = [add('succeeded', 'done'), add('cancelled', 'gone')];
	const finished = await jobtop(['cancel', `weaver/${done}`]);
	assert.equal(finished.code, 6);
	assert.match(finished.stdout, /ended by itself first \(succeeded\)/);
	const before = await jobtop(['cancel', `weaver/${gone}`]);
	assert.equal(before.code, 0);
	assert.match(before.stdout, /was already cancelled/);
	assert.deepEqual(deletes(), []);
	assert.deepEqual(server.history(done), []);
	assert.equal(existsSync(join(state, 'batches')), false, 'no batch was begun');
});

test('an unknown job is exit code 7, and the others are still cancelled', async context => {
	const {jobtop, server, add} = await openFar(context);
	const unknown = await jobtop(['cancel', 'weaver/nope', '-y']);
	assert.equal(unknown.code, 7);
	assert.match(unknown.stdout, /weaver\/nope was not found on its system/);
	const id = add('running', 'a');
	const {code, stdout} = await jobtop(['cancel', 'weaver/nope', id, '-y', '-o', 'json']);
	assert.equal(code, 7);
	assert.deepEqual(JSON.parse(stdout).counts, {'not-found': 1, cancelled: 1});
	assert.deepEqual(
		server.history(id).map(({effect}) => effect),
		['stopped'],
	);
});

test('the confirmation says how many of the named jobs it leaves out', async context => {
	const {jobtop, add} = await openFar(context);
	const [live, ended] = [add('running', 'a'), add('succeeded', 'b')];
	const {code, stderr} = await jobtop(['cancel', live, ended, '--dry-run']);
	assert.equal(code, 0);
	assert.match(
		stderr,
		/cancel 1 job:\n {2}weaver\/\S+ +a .*\n.*Weaver.*\n1 job left out; its result follows\n/,
	);
});

test('without a terminal and without -y nothing is sent', async context => {
	const {jobtop, add, deletes} = await openFar(context);
	const id = add('running', 'a');
	for (const parameters of [
		['cancel', id],
		['cancel', id, '--no-input'],
		['cancel', '--query', 'state:active'],
	]) {
		const {code, stdout, stderr} = await jobtop(parameters, {stdin: 'y\n'});
		assert.deepEqual([code, stdout], [3, '']);
		assert.match(stderr, /cannot prompt \(no terminal\): pass -y to confirm; nothing was sent\n$/);
	}
	assert.deepEqual(deletes(), []);
});

test('at a terminal the question is asked, and only y sends', async context => {
	const {env, add, deletes} = await openFar(context);
	const id = add('running', 'mistake');
	const ask = () => {
		const {file, parameters} = program(['cancel', id]);
		const terminal = openTerminal(file, parameters, {columns: 120, env});
		context.after(() => terminal.close());
		return terminal;
	};
	for (const [keys, code, words] of [
		['\r', 3, 'declined; nothing was sent'],
		['n\r', 3, 'declined; nothing was sent'],
		['\u0004', 3, 'declined; nothing was sent'],
		['\u0003', 130, 'interrupted; nothing was sent'],
		['y\r', 0, 'is cancelled'],
	] as const) {
		assert.equal(deletes().length, 0);
		const terminal = ask();
		const screen = (await terminal.until('cancel 1 job? [y/N]')).join('\n');
		assert.match(screen, new RegExp(`cancel 1 job:\n {2}weaver/${id} +mistake +RUNNING`));
		terminal.press(keys);
		assert.equal((await terminal.exited).code, code, terminal.text());
		assert.ok(terminal.text().includes(words), terminal.text());
	}
	assert.equal(deletes().length, 1);
});

test('at a terminal a table is cut to its width, and the name of a protected profile is asked for', async context => {
	const {server, add, deletes, state} = await openFar(context);
	const id = add('running', `a ${'very '.repeat(20)}long name`);
	const file = join(state, 'config.toml');
	writeFileSync(file, `[profiles.prod]\nbackend = "weaver"\nurl = "${server.url}"\nprotect = true\n`);
	const env = {JOBTOP_CONFIG: file, JOBTOP_STATE_DIR: state};
	const open = (...parameters: string[]) => {
		const {file, parameters: all} = program(parameters);
		const terminal = openTerminal(file, all, {columns: 80, env});
		context.after(() => terminal.close());
		return terminal;
	};
	const table = open('list');
	await table.exited;
	assert.deepEqual(
		table
			.lines()
			.filter(line => line !== '')
			.map(line => line.length <= 80 && /^(STATE|RUNNING)/.test(line)),
		[true, true],
	);
	assert.match(table.text(), new RegExp(`prod/${id}  a very .*… +\\d`));
	const cancel = open('cancel', id, '-y');
	await cancel.until('type its name to continue:');
	cancel.press('prd\r');
	assert.equal((await cancel.exited).code, 3);
	assert.deepEqual(deletes(), []);
});

test('a protected profile must be named', async context => {
	const {server, add, state, deletes} = await openFar(context);
	const id = add('running', 'a');
	const file = join(state, 'config.toml');
	writeFileSync(file, `[profiles.prod]\nbackend = "weaver"\nurl = "${server.url}"\nprotect = true\n`);
	const cancel = (...more: string[]) =>
		runCli(['cancel', id, '-y', ...more], {env: {JOBTOP_CONFIG: file, JOBTOP_STATE_DIR: state}});
	const refused = await cancel();
	assert.equal(refused.code, 3);
	assert.match(refused.stderr, /profile prod is protected: add --protected prod; nothing was sent/);
	assert.equal((await cancel('--protected', 'other')).code, 3);
	assert.deepEqual(deletes(), []);
	assert.equal((await cancel('--protected', 'prod')).code, 0);
	assert.equal(deletes().length, 1);
});

test('a read-only profile is not changed', async context => {
	const {jobtop, add, deletes} = await openFar(context);
	const id = add('running', 'a');
	for (const [parameters, env] of [
		[['--read-only', 'cancel', id, '-y'], {}],
		[['cancel', id, '-y'], {JOBTOP_READ_ONLY: '1'}],
	] as const) {
		const {code, stdout} = await jobtop(parameters, {env});
		assert.equal(code, 5);
		assert.match(stdout, /nothing was sent for weaver\/.*read-only/);
	}
	assert.deepEqual(deletes(), []);
});

test('a dry run shows what would be sent, and sends nothing', async context => {
	const {jobtop, add, deletes} = await openFar(context);
	const [a, b] = [add('running', 'a'), add('succeeded', 'b')];
	const {code, stdout, stderr} = await jobtop(['cancel', a, b, '--dry-run', '-y', '-o', 'json']);
	assert.equal(code, 0);
	assert.deepEqual(JSON.parse(stdout).counts, {'finished-first': 1, 'not-sent': 1});
	assert.match(stderr, /cancel 1 job:\n.*\nWeaver: [\s\S]*dry run: nothing was sent\n$/);
	assert.match(stderr, /would send to \S+: DELETE http:\/\/127\.0\.0\.1:\d+\S*\/jobs\/\S+\n/);
	assert.deepEqual(deletes(), []);
});

test('all jobs that match a query are cancelled, unless they exceed --max', async context => {
	const {jobtop, server, add, deletes} = await openFar(context);
	const [a, b, c] = [add('running', 'mesh one'), add('running', 'mesh two'), add('running', 'other')];
	const tooMany = await jobtop(['cancel', '--query', 'name~mesh', '--max', '1', '-y']);
	assert.equal(tooMany.code, 3);
	assert.match(tooMany.stderr, /2 jobs would be cancelled, and --max is 1; nothing was sent/);
	assert.deepEqual(deletes(), []);
	assert.equal((await jobtop(['cancel', '--query', 'nothing-like-it', '-y'])).code, 7);
	for (const nothing of ['', ' ']) {
		const {code, stderr} = await jobtop(['cancel', '--query', nothing, '-y']);
		assert.equal(code, 2);
		assert.match(stderr, /^jobtop: --query is empty; use state:active [^\n]*; nothing was sent\n$/);
	}
	assert.deepEqual(deletes(), []);
	const {code, stdout, stderr} = await jobtop(['cancel', '--query', 'name~mesh', '-y']);
	assert.equal(code, 0, stderr);
	assert.equal(stdout.match(/ is cancelled\n/g)?.length, 2);
	assert.match(stderr, /batch 1: 2 cancelled\n$/);
	assert.deepEqual(
		deletes()
			.map(({path}) => path)
			.sort(),
		[`/jobs/${a}`, `/jobs/${b}`].sort(),
	);
	assert.deepEqual(server.history(c), []);
});

test('refs can come from a file or from stdin, as list prints them', async context => {
	const {jobtop, add, deletes, state} = await openFar(context);
	const [a, b] = [add('running', 'a'), add('running', 'b')];
	const {stdout} = await jobtop(['list', '-o', 'ref']);
	const file = join(state, 'refs');
	writeFileSync(file, `weaver/${a}\n\n`);
	assert.equal((await jobtop(['cancel', '--from', file, '-y'])).code, 0);
	assert.equal(deletes().length, 1);
	// The one that is cancelled already is not asked for again.
	assert.equal((await jobtop(['cancel', '--from', '-', '-y'], {stdin: stdout})).code, 0);
	assert.deepEqual(
		deletes().map(({path}) => path),
		[`/jobs/${a}`, `/jobs/${b}`],
	);
	const before = deletes().length;
	for (const stdin of ['', '\n']) {
		const empty = await jobtop(['cancel', '--from', '-', '-y'], {stdin});
		assert.deepEqual(
			[empty.code, empty.stdout, empty.stderr],
			[7, '', 'jobtop: stdin is empty: no job to cancel; nothing was sent\n'],
		);
	}
	assert.equal(deletes().length, before);
});

test('Slurm is found on PATH beside a Weaver, and one scancel takes all of its jobs', async context => {
	const {env, add, deletes} = await openFar(context);
	const far = await openFakeSlurm();
	context.after(() => far.close());
	const uid = String(process.getuid?.());
	for (const id of ['41', '42']) await far.put({id, state: 'RUNNING', name: `cfd ${id}`, uid: Number(uid)});
	const id = add('running', 'ndvi');
	const options = {
		env: {
			...env,
			PATH: `${join(far.folder, 'bin')}:/usr/bin:/bin`,
			FAKE_SLURM: far.folder,
			FAKE_SLURM_UID: uid,
		},
	};
	const listed = await runCli(['list', '-o', 'ref'], options);
	assert.deepEqual(
		listed.stdout.trimEnd().split('\n').sort(),
		['fake/41', 'fake/42', `weaver/${id}`],
		listed.stderr,
	);
	// The name that it had before still leads there.
	const {code, stdout, stderr} = await runCli(['cancel', '41', 'slurm/42', '-y', '-o', 'json'], options);
	assert.equal(code, 0, stderr);
	assert.deepEqual(JSON.parse(stdout).counts, {cancelled: 2});
	const scancels = (await far.calls()).filter(([program]) => program === 'scancel');
	assert.equal(scancels.length, 1, JSON.stringify(scancels));
	assert.deepEqual(deletes(), []);
});

test('a refused credential settles at once, and is exit code 4', async context => {
	const {jobtop, server, add, deletes} = await openFar(context);
	const id = add('running', 'a');
	server.setFault('unauthorized');
	const {code, stdout} = await jobtop(['cancel', `weaver/${id}`, '-y', '-o', 'json']);
	assert.equal(code, 4);
	assert.deepEqual(JSON.parse(stdout).counts, {denied: 1});
	assert.deepEqual(deletes(), []);
});

/** The server takes the DELETE and the job goes on. */
const stubborn: FaultHandler = async (response, work) => {
	await work();
	send(response, json(202, {status: 'running'}));
};

const onDelete =
	(server: {readonly requests: () => readonly {readonly method: string}[]}, fault: Fault): FaultHandler =>
	(response, work) =>
		server.requests().at(-1)?.method === 'DELETE'
			? faultHandler(fault)(response, async () => json(202, {}))
			: faultHandler(passing)(response, work);
const passing: FaultHandler = async (response, work) => send(response, await work());

test('a job that continues after the request is overdue at the timeout, never cancelled', async context => {
	const {jobtop, server, add, state} = await openFar(context);
	const id = add('running', 'a');
	server.setFault(onDelete(server, stubborn));
	const {code, stdout, stderr} = await jobtop(['cancel', id, '-y', '--timeout', '8s']);
	assert.equal(code, 8);
	assert.match(stdout, /was asked to stop and is still alive/);
	assert.ok(!/is cancelled/.test(stdout));
	assert.match(
		stderr,
		/stopped waiting after 8s; the journal keeps unsettled jobs: jobtop batches resume 1\n/,
	);
	assert.ok(!readFileSync(join(state, 'batches', '1.jsonl'), 'utf8').includes('"settled"'));
});

test('requests unsent at the timeout are not called recalled, and nothing is said to continue', async context => {
	const {jobtop, server, add, deletes} = await openFar(context);
	const id = add('running', 'a');
	server.setFault('rate-limited');
	const {code, stdout, stderr} = await jobtop(['cancel', `weaver/${id}`, '-y', '--timeout', '1s']);
	assert.equal(code, 5);
	assert.match(stdout, /nothing was sent for weaver\/.*: jobtop stopped waiting/);
	assert.match(stderr, /stopped waiting after 1s; nothing is in progress; jobtop batches retry 1 tries/);
	assert.deepEqual(deletes(), []);
	const resumed = await jobtop(['batches', 'resume', '1']);
	assert.match(resumed.stderr, /there is nothing to resume/);
});

test('--wait accepted reports only the acceptance', async context => {
	const {jobtop, server, add} = await openFar(context);
	const id = add('running', 'a');
	server.setFault(onDelete(server, stubborn));
	const {code, stdout} = await jobtop(['cancel', id, '-y', '--wait', 'accepted']);
	assert.equal(code, 0);
	assert.match(stdout, /was asked to stop, and its system accepted that; it has not ended yet/);
	assert.equal((await jobtop(['cancel', id, '-y', '--wait', 'none', '-o', 'json'])).code, 0);
	assert.equal(server.requests().filter(({method}) => method === 'DELETE').length, 2);
});

test('--wait none still waits for requests that a server refused temporarily', async context => {
	const {jobtop, server, add, deletes} = await openFar(context);
	const id = add('running', 'a');
	const busy: FaultHandler = async (response, work) =>
		deletes().length > 1
			? send(response, await work())
			: send(response, json(429, {detail: 'slow down'}, {'retry-after': '1'}));
	server.setFault(onDelete(server, busy));
	const {code} = await jobtop(['cancel', id, '-y', '--wait', 'none']);
	assert.equal(code, 0);
	assert.equal(deletes().length, 2);
});

for (const [signal, code] of [
	['SIGINT', 130],
	['SIGTERM', 143],
	['SIGHUP', 129],
] as const) {
	test(`${signal} ends the wait with exit code ${code}, and the journal keeps the batch`, async context => {
		const {env, server, add, state} = await openFar(context);
		const id = add('running', 'a');
		server.setFault(onDelete(server, stubborn));
		const {child, result} = startCli(['cancel', id, '-y', '-o', 'jsonl'], {env});
		let told = '';
		for await (const [text] of on(child.stdout, 'data')) {
			told += text;
			if (told.includes('"accepted"')) break;
		}
		child.kill(signal);
		const ended = await result;
		assert.equal(ended.code, code);
		assert.match(ended.stderr, /interrupted; the journal keeps unsettled jobs/);
		// Overdue is said of what was seen alive since it was accepted.
		const {outcome} = JSON.parse(ended.stdout.trimEnd().split('\n').at(-1) ?? '');
		assert.ok(outcome === 'unknown' || outcome === 'overdue', outcome);
		assert.deepEqual(
			readdirSync(join(state, 'batches')).filter(name => name.endsWith('.lock')),
			[],
			'another process can take it up',
		);
	});
}

test('if the journal cannot be written, nothing is sent', async context => {
	const {jobtop, add, deletes, state} = await openFar(context);
	const id = add('running', 'a');
	writeFileSync(join(state, 'batches'), 'a file where the folder should be');
	const {code, stderr} = await jobtop(['cancel', id, '-y']);
	assert.equal(code, 5);
	// Before the question, which would be in vain.
	assert.match(
		stderr,
		/^jobtop: nothing was sent: journals cannot be written: [^\n]*batches is a file; [^\n]*JOBTOP_STATE_DIR\n$/,
	);
	assert.deepEqual(deletes(), []);
	// A dry run needs no journal.
	assert.equal((await jobtop(['cancel', id, '--dry-run'])).code, 0);
});

test('the commands work on the built-in job systems, and the same seed gives the same jobs', async context => {
	const list = async (seed: string) =>
		(await runCli(['demo', 'list', '-o', 'ref', '--all', '--everyone', '--jobs', '5', '--seed', seed]))
			.stdout;
	const [first, again, other] = await Promise.all([list('a'), list('a'), list('b')]);
	assert.equal(first, again);
	assert.notEqual(first, other);
	// Five on each of the six systems.
	assert.equal(first.trimEnd().split('\n').length, 30);
	const state = temporaryDirectory(context);
	const dry = await runCli(['demo', 'cancel', '--query', 'state:active', '--dry-run'], {
		env: {JOBTOP_STATE_DIR: state},
	});
	assert.equal(dry.code, 0, dry.stderr);
	assert.deepEqual(readdirSync(state), []);
});

test("another person's job that is denied says whose it is", async () => {
	const demo = (...words: string[]) => runCli(['demo', '--jobs', '12', '--seed', 'a', ...words]);
	const refs = (await demo('list', '--everyone', '-o', 'ref', 'owner:emeka')).stdout.split('\n');
	const {code, stdout} = await demo('cancel', refs[0] ?? '', '-y', '-o', 'json');
	assert.equal(code, 5);
	const [{outcome, detail}] = JSON.parse(stdout).results;
	assert.equal(outcome, 'denied');
	assert.match(detail, /^it is emeka's job; JOBS_MISMATCHED_OWNER/);
});

test('--mine leaves out the jobs of other people, and says which', async () => {
	const demo = (...words: string[]) => runCli(['demo', '--jobs', '12', '--seed', 'a', ...words]);
	const refsOf = async (...words: string[]) =>
		(await demo('list', '-o', 'ref', ...words)).stdout.split('\n').filter(Boolean);
	const [theirs = ''] = await refsOf('--everyone', 'owner:emeka');
	const all = await refsOf('--everyone', 'profile:tensorpool');
	const own = await refsOf('profile:tensorpool');
	// A look at a job of TensorPool does not say whose it is: its list does.
	const stranger = all.find(ref => !own.includes(ref)) ?? '';
	const sendsTo = (stderr: string) =>
		[...stderr.matchAll(/would send to .*\/([^/\n]+)\n/g)].map(([, id]) => id);
	const some = await demo('cancel', theirs, own[0] ?? '', stranger, '--mine', '--dry-run');
	assert.equal(some.code, 0, some.stderr);
	assert.match(some.stderr, new RegExp(`2 jobs left out: not yours: ${theirs} \\(emeka\\), ${stranger}\n`));
	assert.deepEqual(sendsTo(some.stderr), [own[0]?.split('/')[1]]);
	const none = await demo('cancel', theirs, '--mine', '-y', '-o', 'json');
	assert.equal(none.code, 7);
	assert.deepEqual(JSON.parse(none.stdout).results, []);
	assert.match(none.stderr, /none of these jobs is yours; nothing was sent/);
	const blind = await demo('--fault', 'tapis=broken', 'cancel', theirs, '--mine', '-y', '-o', 'json');
	assert.equal(blind.code, 5);
	assert.match(JSON.parse(blind.stdout).results[0].detail, /^it is not known whose job it is: /);
});

const job: Job = {
	ref: 'hpc/1',
	profile: 'hpc',
	backend: 'slurm',
	id: '1',
	name: 'Cfd Mesh',
	mine: true,
	phase: 'cancelled',
	status: 'CANCELLED',
	terminal: true,
	queue: 'gpu',
};

test('a query is conditions that must all match', () => {
	const holds: readonly (readonly [query: string, holds: boolean])[] = [
		['', true],
		['mesh hpc/1', true],
		['mesh zzz', false],
		['-zzz', true],
		['-mesh', false],
		['"cfd mesh"', true],
		['name:"cfd mesh"', true],
		['name:mesh', false],
		['name~mesh', true],
		['state:ended', true],
		['state:active', false],
		['state:canceled', true],
		['state:running,cancelled', true],
		['-state:running', true],
		['profile:hpc queue:gpu backend:slurm', true],
		['owner:bob', false],
	];
	for (const [query, expected] of holds)
		assert.equal(
			readQuery(query)({stateDirectory: '/nowhere', profiles: [{name: 'hpc'}]})(job),
			expected,
			query,
		);
});

test('an invalid query points at the mistake', () => {
	for (const [query, words] of [
		['a "b', /at character 3, "b: a " is missing/],
		['mesh name:', /at character 6, name:: nothing to search for/],
		['a -', /at character 3, -: nothing to search for/],
		['"a"b', /at character 1/],
	] as const) {
		assert.throws(() => readQuery(query), words);
	}
});

test('only documented steps are reported', () => {
	const facts = {at: 0, ref: 'a/b', detail: undefined, outcome: undefined};
	assert.equal(stepLine({...facts, step: 'sending'}), undefined);
	assert.match(
		stepLine({...facts, step: 'reconciling', detail: 'lost'}) ?? '',
		/"step":"following","detail":"lost"/,
	);
});

test('SIGUSR1 opens no debugger, and ends nothing', async context => {
	const {env, server, add} = await openFar(context);
	add('running', 'a');
	const {child, result} = startCli(['list', '--watch', '-o', 'jsonl'], {env});
	context.after(() => child.kill('SIGKILL'));
	await once(child.stdout, 'data');
	child.kill('SIGUSR1');
	// It goes on asking.
	const before = server.requests().length;
	while (server.requests().length === before) await new Promise(resolve => setImmediate(resolve));
	child.kill('SIGINT');
	const {code, stderr} = await result;
	assert.equal(code, 130);
	assert.doesNotMatch(stderr, /Debugger/);
});

test('the doctor says that certificates are not checked', async context => {
	const {jobtop} = await openFar(context);
	const {stdout, code} = await jobtop(['doctor'], {env: {NODE_TLS_REJECT_UNAUTHORIZED: '0'}});
	assert.match(stdout, /problem +certificates +NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are not checked/);
	assert.equal(code, 5);
	assert.doesNotMatch((await jobtop(['doctor'])).stdout, /certificates/);
});

test('results are offered for jobs whose system provides them', async context => {
	const {jobtop, add} = await openFar(context);
	for (const [phase, offered] of [
		['succeeded', true],
		['failed', false],
		['cancelled', false],
		['running', false],
	] as const) {
		const {stderr} = await jobtop(['show', `weaver/${add(phase, 'a')}`]);
		assert.equal(/show --results/.test(stderr), offered, `${phase}: ${stderr}`);
	}
});

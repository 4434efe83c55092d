/*
No secret leaves for where it does not belong, and none is ever seen: not in what is printed, not in a journal, not in a program that jobtop starts.
*/
import assert from 'node:assert/strict';
import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {createServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {backendKinds} from '../../source/backends/index.ts';
import {createScrubber} from '../../source/backends/without-secrets.ts';
import {connectAll} from '../../source/config/connect.ts';
import {loadConfiguration} from '../../source/config/load.ts';
import {profileSchema} from '../../source/config/profile-entries.ts';
import {startDexServer} from '../../source/demo/dex-server.ts';
import {type Answer, type FaultHandler, html, json, send} from '../../source/demo/faults.ts';
import {type UsualSystem, usualSystems} from '../../source/demo/imposed-faults.ts';
import {startIonworksServer} from '../../source/demo/ionworks-server.ts';
import {startKubernetesServer} from '../../source/demo/kubernetes-server.ts';
import {type Conversation, serve as serveDialect} from '../../source/demo/server.ts';
import {startTapisServer} from '../../source/demo/tapis-server.ts';
import {startTensorpoolServer} from '../../source/demo/tensorpool-server.ts';
import {startWeaverServer} from '../../source/demo/weaver-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {BackendError} from '../../source/job/failure.ts';
import {systemClock} from '../../source/process/clock.ts';
import {ConfigurationError} from '../../source/process/configuration-error.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {program, runCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';

/** With letters that addresses, pages and JSON write otherwise. */
const secret = 'Tell/Nobody+7f&3c"9q<Ze41-kHw2';
const pieces = (text: string) =>
	Array.from({length: text.length - 11}, (_, start) => text.slice(start, start + 12));
const traces = [
	...pieces(secret),
	encodeURIComponent(secret),
	JSON.stringify(secret).slice(1, -1),
	Buffer.from(secret).toString('base64'),
	Buffer.from(secret).toString('base64url'),
];

const holdsNoSecret = (text: string, where: string) => {
	const trace = traces.find(trace => text.includes(trace));
	assert.equal(trace, undefined, `${where} tells the secret:\n${text}`);
};

const {signal} = new AbortController();

const listen = async (context: TestContext, listener: RequestListener, host = '127.0.0.1') => {
	const seen: IncomingMessage[] = [];
	const server = createServer((request, response) => {
		seen.push(request);
		listener(request, response);
	});
	await new Promise<void>(resolve => server.listen(0, host, resolve));
	context.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const {port} = server.address() as AddressInfo;
	return {url: `http://127.0.0.1:${port}`, port, seen};
};

const extras: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	dex: {account: 'acc_far', project: 'proj_far'},
};

/** The embedded systems, which let only the secret in, and a configuration for them. */
const openFar = async (context: TestContext) => {
	const common = (seed: string) => ({
		world: createWorld({scenario: {initial: [], arrival: () => undefined}, clock: systemClock}),
		clock: systemClock,
		seed,
	});
	const servers = {
		weaver: await startWeaverServer({...common('w'), token: secret}),
		ionworks: await startIonworksServer({...common('i'), key: secret}),
		tapis: await startTapisServer({...common('t'), token: secret, noticeMs: 0}),
		tensorpool: await startTensorpoolServer({...common('p'), key: secret, noticeMs: 0}),
		dex: await startDexServer({
			...common('d'),
			key: secret,
			account: 'acc_far',
			projects: ['proj_far'],
			noticeMs: 0,
		}),
		kubernetes: await startKubernetesServer({...common('k'), token: secret, namespaces: ['default']}),
	} satisfies Record<UsualSystem, unknown>;
	context.after(() => Promise.all(Object.values(servers).map(server => server.close())));
	const ids = Object.fromEntries(
		usualSystems.map(system => [
			system,
			servers[system].add('running', {name: 'one', process: 'parse', owner: 'amara'}),
		]),
	) as Record<UsualSystem, string>;

	const folder = temporaryDirectory(context);
	const token = join(folder, 'token');
	writeFileSync(token, `${secret}\n`, {mode: 0o600});
	const file = join(folder, 'config.toml');
	writeFileSync(
		file,
		usualSystems
			.map(system =>
				[
					`[profiles.${system}]`,
					`backend = "${system}"`,
					`url = "${servers[system].url}"`,
					...Object.entries(extras[system] ?? {}).map(([key, value]) => `${key} = "${value}"`),
					'token_file = "token"',
					'',
				].join('\n'),
			)
			.join('\n'),
	);
	const state = join(folder, 'state');
	const env = {PATH: process.env.PATH ?? '', JOBTOP_CONFIG: file, JOBTOP_STATE_DIR: state};
	const backends = async () => {
		const {profiles} = await loadConfiguration({env, flags: {config: file}});
		const connections = await connectAll(profiles, env);
		context.after(() => Promise.all(connections.map(({backend}) => backend.close?.())));
		return connections;
	};
	return {servers, ids, file, folder, state, env, backends};
};

/** What a request brought as its credential. */
const given = (headers: IncomingHttpHeaders): string =>
	[headers.authorization, headers['x-api-key'], headers['x-tapis-token'], headers['x-slurm-user-token']]
		.flat()
		.find(Boolean) ?? '';

/** How careless servers repeat what they were sent. */
const echoes: Readonly<Record<string, (status: number, request: IncomingMessage) => Answer>> = {
	words: (status, {headers}) => json(status, {detail: `${given(headers)} will not do`}),
	'words that are cut': (status, {headers}) => {
		const filled = (length: number) => `${'x'.repeat(length)} ${given(headers)} and more`;
		return json(status, {error_code: filled(60), message: filled(275), detail: filled(285)});
	},
	'a complaint': (status, {headers}) =>
		json(status, {detail: [{loc: ['header', given(headers)], msg: `not ${given(headers)}`, type: 'x'}]}),
	'all headers': (status, {headers, url}) => json(status, {message: JSON.stringify({headers, url})}),
	'plain text': (status, {headers}) => ({
		status,
		headers: {'content-type': 'text/plain', 'x-correlation-id': given(headers)},
		body: `${'y '.repeat(135)}${given(headers)}`,
	}),
	'a page': (status, {headers}) => html(status, `${'z'.repeat(280)} ${given(headers)}`, ''),
	'other alphabets': (status, {headers}) => {
		const [bare = ''] = given(headers).split(' ').slice(-1);
		const encoded = [encodeURIComponent(bare), Buffer.from(bare).toString('base64'), JSON.stringify(bare)];
		return json(status, {message: encoded.join(' ')});
	},
	'a beginning': (status, {headers}) => json(status, {message: `${given(headers).slice(0, 25)}… is too old`}),
};

const echo =
	(name: string, status: number): FaultHandler =>
	response => {
		const answer = echoes[name]?.(status, response.req) ?? assert.fail(name);
		send(response, answer);
	};

const codes = [200, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503];

for (const name of Object.keys(echoes)) {
	test(`${name}: no failure shows a credential that a server repeats`, async context => {
		const {servers, ids, backends} = await openFar(context);
		for (const {profile, backend} of await backends()) {
			const system = profile as UsualSystem;
			for (const code of codes) {
				servers[system].setFault(echo(name, code));
				const questions = [
					backend.listPage({everyone: true, ended: true, signal}),
					backend.get?.(ids[system], {signal}),
					backend.cancel?.(ids[system], {signal}),
				];
				for (const answer of await Promise.allSettled(questions)) {
					if (answer.status === 'fulfilled') continue;
					const error: unknown = answer.reason;
					assert.ok(error instanceof BackendError, `${system} ${code}: ${error}`);
					holdsNoSecret(`${error.failure.detail} ${error.message} ${error.stack}`, `${system} ${code}`);
					holdsNoSecret(JSON.stringify(error), `${system} ${code}`);
				}
			}
		}
	});
}

/** All that is written below a folder. */
const allFilesIn = (folder: string): string =>
	!existsSync(folder)
		? ''
		: readdirSync(folder, {recursive: true, encoding: 'utf8'})
				.map(path => join(folder, path))
				.filter(path => statSync(path).isFile())
				.map(path => `${path}\n${readFileSync(path, 'utf8')}`)
				.join('\n');

test('the program shows no secret: not on stdout or stderr, not in its journal', async context => {
	const {servers, ids, state, env} = await openFar(context);
	const refs = usualSystems.map(system => `${system}/${ids[system]}`);
	const run = async (parameters: readonly string[]) => {
		const result = await runCli(parameters, {env});
		holdsNoSecret(result.stdout, `stdout of ${parameters[0]}`);
		holdsNoSecret(result.stderr, `stderr of ${parameters[0]}`);
		holdsNoSecret(allFilesIn(state), 'the state directory');
		return result;
	};
	assert.equal((await run(['list'])).code, 0);
	assert.equal((await run(['show', ...refs, '-o', 'json'])).code, 0);
	const names = Object.keys(echoes);
	for (const [turn, code] of [401, 500].entries()) {
		for (const [index, system] of usualSystems.entries()) {
			const fault = echo(names[(turn + index * 2) % names.length] as string, code);
			// The cancellation gets as far as its request.
			const onlyChanges: FaultHandler = async (response, work) =>
				response.req.method === 'GET' ? send(response, await work()) : fault(response, work);
			servers[system].setFault(onlyChanges);
		}
		const cancelled = await run(['cancel', ...refs, '-y', '-o', 'jsonl', '--timeout', '1s']);
		assert.notEqual(cancelled.code, 0);
		assert.match(allFilesIn(state), /"sending"/);
		for (const [index, system] of usualSystems.entries()) {
			servers[system].setFault(echo(names[(turn * 2 + index) % names.length] as string, code));
		}
		assert.notEqual((await run(['list', '-o', 'json'])).code, 0);
		assert.notEqual((await run(['show', ...refs])).code, 0);
		const system = turn === 0 ? 'weaver' : 'tapis';
		assert.notEqual((await run(['logs', `${system}/${ids[system]}`])).code, 0);
	}
	for (const parameters of [
		['show', '1'],
		['export', '1'],
	])
		await run(['batches', ...parameters]);
});

test('the screen shows no secret', async context => {
	const {servers, state, env} = await openFar(context);
	const {file, parameters} = program(['--interval', '1s']);
	const terminal = openTerminal(file, parameters, {columns: 200, rows: 40, env});
	context.after(() => terminal.close());
	await terminal.until(/weaver ok[\s\S]*tensorpool ok/);
	const names = Object.keys(echoes);
	for (const [index, system] of usualSystems.entries()) {
		servers[system].setFault(echo(names[index] as string, 403));
	}
	await terminal.until(screen => (screen.match(/FORBIDDEN/g) ?? []).length >= usualSystems.length);
	// What was wrong is told at length for the profile that is looked at.
	for (const key of '12345') terminal.press(key);
	await terminal.until(/dex: .*y y y/);
	terminal.press('q');
	await terminal.exited;
	holdsNoSecret(terminal.output(), 'the screen');
	holdsNoSecret(allFilesIn(state), 'the state directory');
});

test('a redirect to another origin takes no credential along, and its address is not repeated whole', async context => {
	const {servers, ids, backends} = await openFar(context);
	const other = await listen(context, (_, response) => response.end('{}'));
	for (const {profile, backend} of await backends()) {
		const system = profile as UsualSystem;
		for (const code of [301, 302, 303, 307, 308]) {
			servers[system].setFault(response => {
				const location = `${other.url}/${encodeURIComponent(given(response.req.headers))}?t=${secret}`;
				response.writeHead(code, {location}).end();
			});
			const questions = [
				backend.listPage({everyone: true, ended: true, signal}),
				backend.get?.(ids[system], {signal}),
				backend.cancel?.(ids[system], {signal}),
			];
			for (const answer of await Promise.allSettled(questions)) {
				assert.ok(answer.status === 'rejected', `${system} ${code}`);
				assert.ok(answer.reason instanceof BackendError, String(answer.reason));
				holdsNoSecret(answer.reason.message, `${system} ${code}`);
			}
		}
	}
	assert.equal(other.seen.length, 0);
});

/** The kinds that are reached over HTTP, each with an entry for an address. */
const httpEntries = async (url: string, more: Readonly<Record<string, unknown>> = {}) => {
	const entries = backendKinds.map(async backend => {
		const entry = {backend, url, token_env: 'TOKEN', ...extras[backend], ...more};
		const schema = await profileSchema(backend);
		const read = schema.safeParse(entry);
		return read.success ? [{name: backend as string, entry: read.data}] : [];
	});
	return (await Promise.all(entries)).flat();
};

const connectEntries = async (context: TestContext, entries: Awaited<ReturnType<typeof httpEntries>>) => {
	const settings = entries.map(({name, entry}) => ({
		name,
		entry,
		folder: '/',
		protect: false,
		readOnly: false,
	}));
	const connections = await connectAll(settings as unknown as Parameters<typeof connectAll>[0], {
		TOKEN: secret,
	});
	context.after(() => Promise.all(connections.map(({backend}) => backend.close?.())));
	return connections;
};

const withProxy = (context: TestContext, url: string) => {
	const before = process.env.HTTP_PROXY;
	process.env.HTTP_PROXY = url;
	context.after(() => {
		if (before === undefined) delete process.env.HTTP_PROXY;
		else process.env.HTTP_PROXY = before;
	});
};

test('over plain http a credential goes to this machine only, whatever another is called', async context => {
	const proxy = await listen(context, (_, response) => response.end('{}'));
	withProxy(context, proxy.url);
	const ask = async (url: string, more = {}) => {
		const entries = await httpEntries(url, more);
		assert.ok(entries.length >= 5, entries.map(({name}) => name).join());
		const failures: (readonly [profile: string, error: unknown])[] = [];
		for (const {profile, backend} of await connectEntries(context, entries)) {
			const error = await backend
				.listPage({everyone: true, ended: true, signal})
				.catch((error: unknown) => error);
			failures.push([profile, error]);
		}
		return failures;
	};
	for (const host of [
		'far.invalid',
		'localhost.evil',
		'evil.localhost',
		'notlocalhost',
		'127.evil.invalid',
		'127.0.0.1.evil.invalid',
		'128.0.0.1',
		'[::2]',
		'[2001:db8::1]',
	]) {
		for (const [profile, error] of await ask(`http://${host}:1/base`)) {
			assert.ok(error instanceof BackendError, `${profile} sent it to ${host}`);
			const {failure} = error;
			assert.equal(failure.kind, 'unauthorized', `${profile} ${host}: ${failure.detail}`);
			assert.equal('sent' in failure && failure.sent, false);
			assert.match(failure.detail, /was not sent: .* plain http/);
		}
	}
	assert.equal(proxy.seen.length, 0);
	for (const host of ['localhost', '127.0.0.1', '127.3.2.1', '127.1', '[::1]', '[0:0:0:0:0:0:0:1]']) {
		for (const [profile, error] of await ask(`http://${host}:1`)) {
			// It was tried, and nobody listens there.
			assert.ok(error instanceof BackendError, profile);
			assert.equal(error.failure.kind, 'unreachable', `${profile} ${host}: ${error.failure.detail}`);
		}
	}
	assert.equal(proxy.seen.length, 0, 'this machine is asked directly');
	await ask('http://far.invalid', {allow_http: true});
	assert.ok(proxy.seen.length >= 5);
	assert.ok(proxy.seen.every(({headers}) => given(headers).includes(secret)));
});

test('TensorPool gets its key in the first message only: not in the address, not over plain http, not elsewhere', async context => {
	const id = 'j-0123456789ab';
	const asked: string[] = [];
	const kinds: readonly Conversation[] = [
		(_, line) => line.onMessage(text => line.close(1008, `no: ${text}`.slice(0, 120))),
		(_, line) =>
			line.onMessage(text =>
				line.send(JSON.stringify({status: 'error', message: `${'x'.repeat(270)} ${text}`})),
			),
	];
	for (const converse of kinds) {
		const server = await serveDialect(
			() => json(200, {message: 'Job info', job_info: {id, status: 'running'}}),
			systemClock,
			0,
			(call, line) => {
				asked.push(`${call.path} ${call.query} ${call.header('authorization')}`);
				converse(call, line);
			},
		);
		context.after(() => server.close());
		const entries = (await httpEntries(server.url)).filter(({name}) => name === 'tensorpool');
		const [{backend} = assert.fail()] = await connectEntries(context, entries);
		const asking = backend.logs?.(id, {signal}) ?? backend.listen?.(id, {signal, onText: () => {}});
		const error = await Promise.resolve(asking).catch((error: unknown) => error);
		assert.ok(error instanceof BackendError, String(error));
		holdsNoSecret(error.message, 'its refusal');
	}
	assert.equal(asked.length, kinds.length);
	holdsNoSecret(asked.join('\n'), 'the address');

	const other = await listen(context, (_, response) => response.end('{}'));
	const redirecting = createServer((_, response) =>
		response
			.setHeader('content-type', 'application/json')
			.end(JSON.stringify({job_info: {id, status: 'running'}})),
	);
	redirecting.on('upgrade', (_, socket) => {
		socket.end(`HTTP/1.1 302 Found\r\nlocation: ${other.url}/\r\ncontent-length: 0\r\n\r\n`);
	});
	await new Promise<void>(resolve => redirecting.listen(0, '127.0.0.1', resolve));
	context.after(() => redirecting.close());
	const {port} = redirecting.address() as AddressInfo;
	const entries = (await httpEntries(`http://127.0.0.1:${port}`)).filter(({name}) => name === 'tensorpool');
	const [{backend} = assert.fail()] = await connectEntries(context, entries);
	const asking = backend.logs?.(id, {signal}) ?? backend.listen?.(id, {signal, onText: () => {}});
	assert.ok((await Promise.resolve(asking).catch((error: unknown) => error)) instanceof BackendError);
	assert.equal(other.seen.length, 0);
});

test('an address with a password in it is refused, and not repeated', async context => {
	const folder = temporaryDirectory(context);
	const url = `https://user:${encodeURIComponent(secret)}@example.invalid`;
	for (const {name} of await httpEntries('https://example.invalid')) {
		const file = join(folder, `${name}.toml`);
		const more = Object.entries(extras[name] ?? {}).map(([key, value]) => `${key} = "${value}"`);
		writeFileSync(
			file,
			[`[profiles.a]`, `backend = "${name}"`, `url = "${url}"`, 'token_env = "TOKEN"', ...more, ''].join(
				'\n',
			),
		);
		await assert.rejects(
			() => loadConfiguration({env: {}, flags: {config: file}}),
			(error: Error) => {
				assert.match(error.message, /a\.url: must not contain a user or a password/, name);
				holdsNoSecret(error.message, name);
				return true;
			},
		);
	}
	const variables: readonly Readonly<Record<string, string>>[] = [
		{WEAVER_URL: url},
		{IONWORKS_API_KEY: 'k', IONWORKS_API_URL: url},
		{TAPIS_TOKEN: 'k', TAPIS_BASE_URL: url},
		{TENSORPOOL_KEY: 'k', TENSORPOOL_ENGINE: url},
		{SGP_API_KEY: 'k', SGP_ACCOUNT_ID: 'a', SGP_PROJECT_ID: 'p', SGP_BASE_URL: url},
	];
	for (const env of variables) {
		await assert.rejects(
			() => loadConfiguration({env: {HOME: folder, ...env}}),
			(error: Error) => {
				assert.match(error.message, /must not contain a user or a password/);
				holdsNoSecret(error.message, Object.keys(env).join());
				return true;
			},
		);
	}
});

test('a configuration that cannot be read repeats no value of it', async context => {
	const folder = temporaryDirectory(context);
	const file = join(folder, 'config.toml');
	const head = '[profiles.a]\nbackend = "weaver"\nurl = "https://example.invalid"\n';
	const quoted = JSON.stringify(secret);
	for (const lines of [
		`${head}headers = {"X-Key" = ${quoted}`,
		`${head}headers = ${quoted}`,
		`${head}token_env = [${quoted}]`,
		`${head}token = ${quoted}`,
		`${head}auth = ${quoted}`,
		`${head}token_command = ${quoted}`,
		`${head}headers = {"X-Key" = ${JSON.stringify(`${secret}\u0001`)}}`,
	]) {
		writeFileSync(file, lines);
		await assert.rejects(
			() => loadConfiguration({env: {}, flags: {config: file}}),
			(error: Error) => {
				assert.ok(error instanceof ConfigurationError, String(error));
				holdsNoSecret(error.message, lines);
				return true;
			},
		);
	}
});

test('no program that jobtop starts has a secret in its arguments or its environment', async context => {
	const {servers, folder, env} = await openFar(context);
	const dump = join(folder, 'dump');
	const bin = join(folder, 'bin');
	mkdirSync(bin);
	const script = (path: string, more: string) => {
		writeFileSync(
			path,
			`#!/bin/sh\n{ echo; echo "$0 $*"; env; tr '\\0' ' ' < /proc/$$/cmdline; } >> "${dump}"\n${more}\n`,
		);
		chmodSync(path, 0o700);
	};
	for (const name of ['squeue', 'scancel', 'scontrol', 'sacct']) script(join(bin, name), 'exit 1');
	script(join(folder, 'vault'), `cat "${join(folder, 'token')}"`);
	const file = join(folder, 'more.toml');
	writeFileSync(
		file,
		[
			'[profiles.hpc]',
			'backend = "slurm"',
			`bin = "${bin}"`,
			'[profiles.weaver]',
			'backend = "weaver"',
			`url = "${servers.weaver.url}"`,
			'token_env = "WEAVER_TOKEN"',
			'[profiles.tapis]',
			'backend = "tapis"',
			`url = "${servers.tapis.url}"`,
			`token_command = ["${join(folder, 'vault')}", "show"]`,
			'',
		].join('\n'),
	);
	const {code, stdout, stderr} = await runCli(['list', '-o', 'json', '--config', file], {
		env: {...env, WEAVER_TOKEN: secret},
	});
	holdsNoSecret(stdout + stderr, 'the output');
	assert.equal(code, 5, stderr);
	const states = JSON.parse(stdout).profiles.map(({state}: {state: string}) => state);
	assert.deepEqual(states.slice(1), ['ok', 'ok'], stderr);
	const seen = readFileSync(dump, 'utf8');
	assert.match(seen, /squeue/);
	assert.match(seen, /vault show/);
	holdsNoSecret(seen, 'a program');

	writeFileSync(dump, '');
	await runCli(['profiles', 'test', 'tapis', '--config', file], {env: {...env, WEAVER_TOKEN: secret}});
	const tested = readFileSync(dump, 'utf8');
	assert.equal(tested.match(/vault show/g)?.length, 2, 'once on its command line, once in /proc');
	holdsNoSecret(tested, 'a program of profiles test');
});

test('nothing but secrets is blacked out', () => {
	const scrub = createScrubber({
		authorization: `Bearer ${secret}`,
		cookie: 'a=bcdefgh; session=0123456789abcdef',
	});
	assert.equal(scrub('no Bearer session, a=1'), 'no Bearer session, a=1');
	assert.equal(scrub(`no ${secret}, no ${secret.slice(0, 14)}…`), 'no [secret], no [secret]…');
	assert.equal(scrub('session 0123456789abcdef, 0123456789abXX'), 'session [secret], [secret]XX');
	assert.equal(createScrubber({})('abc'), 'abc');
});

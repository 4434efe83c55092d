/*
Many profiles in one table: what is wrong with one is said of that one, and costs the others nothing.
*/

import assert from 'node:assert/strict';
import {chmodSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import type {Connection} from '../../source/backends/backend.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import {connectAll} from '../../source/config/connect.ts';
import {demoSettings} from '../../source/config/demo-settings.ts';
import {loadConfiguration} from '../../source/config/load.ts';
import {type FaultHandler, json, send} from '../../source/demo/faults.ts';
import {usualSystems} from '../../source/demo/imposed-faults.ts';
import {startDemo} from '../../source/demo/index.ts';
import {startWeaverServer, type WeaverServer} from '../../source/demo/weaver-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {BackendError, failurePolicies} from '../../source/job/failure.ts';
import {refOf} from '../../source/job/ref.ts';
import {targetOf} from '../../source/job/target.ts';
import {systemClock} from '../../source/process/clock.ts';
import type {Known} from '../../source/state/known.ts';
import {adviceWords} from '../../source/table/failure-words.ts';
import {troubleOf} from '../../source/table/health.ts';
import {unicodeGlyphs} from '../../source/text/theme.ts';
import {chipsLine} from '../../source/view-models/frame/chips.ts';
import {openEngine, temporaryDirectory} from '../helpers/engine.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {runCli} from '../helpers/run-cli.ts';
import {health, hello, job, jobs, profile} from '../helpers/screen-facts.ts';

const plan = (name: string) => ({name, process: 'sleeper'});
const noScenario = {initial: [], arrival: () => undefined};

type Time = ReturnType<typeof createManualClock>;

const openServer = async (context: TestContext, seed: string, clock = systemClock): Promise<WeaverServer> => {
	const server = await startWeaverServer({world: createWorld({scenario: noScenario, clock}), clock, seed});
	context.after(() => server.close());
	return server;
};

/** Takes connections and says nothing, ever. */
const openHanging = async (context: TestContext): Promise<string> => {
	const server: Server = createServer(() => {});
	const sockets = new Set<{destroy: () => void}>();
	server.on('connection', socket => sockets.add(socket));
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	context.after(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as {port: number}).port}`;
};

const connect = (name: string, url: string, headersMs = 30_000): Connection => ({
	profile: name,
	traits: weaver.traits,
	backend: weaver.connect(name, {url, limits: {headersMs}}),
});

const well = ['north', 'south', 'twin'] as const;
const ill = ['expired', 'down', 'nonsense', 'login', 'hanging'] as const;

/** Eight profiles of one kind: three that do well, of which two are of one server, and five that do not. */
const openAll = async (context: TestContext, {time = createManualClock(), headersMs = 30_000} = {}) => {
	const [north, south, expired, down, nonsense, login] = (await Promise.all(
		['north', 'south', 'expired', 'down', 'nonsense', 'login'].map(name =>
			openServer(context, name, time.clock),
		),
	)) as [WeaverServer, WeaverServer, WeaverServer, WeaverServer, WeaverServer, WeaverServer];
	const servers = {north, south, expired, down, nonsense, login};
	const ids = Object.fromEntries(
		Object.entries(servers).map(([name, server]) => [name, server.add('running', plan(`job of ${name}`))]),
	) as Record<keyof typeof servers, string>;
	const hanging = await openHanging(context);
	const [first, ...others] = [
		connect('north', north.url),
		connect('south', south.url),
		connect('twin', south.url),
		connect('expired', expired.url),
		connect('down', down.url),
		connect('nonsense', nonsense.url),
		connect('login', login.url),
		connect('hanging', hanging, headersMs),
	] as [Connection, ...Connection[]];
	const opened = openEngine(context, {server: north, time}, temporaryDirectory(context), {
		connection: first,
		others,
	});
	const harm = async () => {
		expired.setFault('expired-key');
		await down.leave();
		nonsense.setFault('nonsense');
		login.setFault('login-page');
	};
	return {...opened, servers, ids, time, harm};
};

const stateOf = (known: Known, name: string) => known.health.get(name)?.state;

test('the others are polled at their own pace, and their rows are as live as before', async context => {
	const {engine, servers, ids, time, harm, until, known, patches} = await openAll(context);
	const intervalMs = 5000;
	/** Lets time pass only while none of the good ones is being asked: what their polls wait for is themselves alone. */
	const pass = async (ms: number) => {
		for (let passed = 0; passed < ms; passed += 50) {
			while (well.some(name => known().health.get(name)?.asking)) await time.advance(0);
			await time.advance(50);
		}
	};
	engine.start();
	await until('all that can be listed are', ({jobs}) => jobs.byRef.size === 7);
	await harm();
	await pass(2 * intervalMs);
	const from = patches.length;
	for (const [turn, status] of ['accepted', 'running', 'accepted', 'running', 'accepted'].entries()) {
		for (const name of ['north', 'south'] as const) {
			servers[name].distort(ids[name], record => ({...record, status, message: `turn ${turn}`}));
		}
		await pass(intervalMs + 500);
		const phase = status === 'running' ? 'running' : 'queued';
		for (const name of well) {
			const id = name === 'twin' ? ids.south : ids[name];
			assert.equal(known().jobs.byRef.get(refOf(name, id))?.phase, phase, name);
		}
	}
	for (const name of well) {
		const asked = patches
			.slice(from)
			.flatMap(patch =>
				patch.type === 'health' && patch.health.profile === name && !patch.health.asking
					? [patch.health.lastGoodAt ?? 0]
					: [],
			);
		assert.ok(asked.length >= 5, `${name}: ${asked.length}`);
		const gaps = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
		assert.deepEqual(new Set(gaps), new Set([intervalMs]), name);
		assert.equal(stateOf(known(), name), 'ok');
	}
	// What the others had told is still there, and old.
	for (const name of ['expired', 'down', 'nonsense', 'login'] as const) {
		assert.equal(known().jobs.byRef.get(refOf(name, ids[name]))?.phase, 'running', name);
		assert.notEqual(stateOf(known(), name), 'ok', name);
	}
});

test('each profile says what is wrong with it and what to do, and the good ones say nothing', async context => {
	const {engine, harm, known, time} = await openAll(context, {headersMs: 300});
	await harm();
	engine.start();
	// The hanging one is given up after a real time, whatever the clock says.
	while ([...well, ...ill].some(name => stateOf(known(), name) === 'loading')) await time.advance(0);
	const words = {
		expired: ['unauthorized', 'unauthorized', /401/],
		down: ['unreachable', 'unreachable', /ECONNREFUSED/],
		nonsense: ['broken', 'malformed', /./],
		login: ['broken', 'malformed', /web page \(Sign in\)/],
		hanging: ['unreachable', 'timeout', /did not answer in time/],
	} as const;
	const now = time.clock.now();
	for (const name of ill) {
		const [state, kind, detail] = words[name];
		const own = known().health.get(name);
		assert.deepEqual([own?.state, own?.failure?.kind], [state, kind], name);
		const trouble = troubleOf(known(), name, now, 'utc') ?? '';
		assert.ok(trouble.startsWith(`${name}: `), trouble);
		assert.match(trouble, detail);
		const {credential} = known().profiles.find(each => each.name === name) ?? {};
		const advice = adviceWords({known: known()}, own?.failure ?? assert.fail(name), credential !== undefined);
		assert.ok(trouble.includes(advice), trouble);
		const notices = known().notices.filter(notice => notice.profile === name);
		assert.equal(notices.length, 1, name);
		assert.ok(notices[0]?.text.includes(failurePolicies[kind].advice));
	}
	for (const name of well) {
		assert.equal(troubleOf(known(), name, now, 'utc'), undefined);
		assert.deepEqual(
			known().notices.filter(notice => notice.profile === name),
			[],
		);
	}
	const chips = chipsLine(
		{names: [...well, ...ill], health: known().health},
		{width: 200, height: 1, glyphs: unicodeGlyphs, now, zone: 'utc'},
	)
		.map(({text}) => text)
		.join('');
	assert.match(
		chips,
		/1 north ok \S+ +2 south ok \S+ +3 twin ok \S+ +4 expired AUTH +5 down UNREACHABLE +6 nonsense BROKEN +7 login BROKEN +8 hanging UNREACHABLE/,
	);
});

test('one id in two profiles is two jobs, and what is cancelled in one is said of one', async context => {
	const {engine, ids, servers, until, known} = await openAll(context);
	engine.start();
	const [south, twin] = [refOf('south', ids.south), refOf('twin', ids.south)];
	await until('both are listed', ({jobs}) => jobs.byRef.has(south) && jobs.byRef.has(twin));
	const target = known().jobs.byRef.get(twin);
	assert.ok(target);
	await engine.cancel([targetOf(target)]);
	await until('it is settled', ({cancellations}) => cancellations.get(twin)?.step === 'settled');
	assert.equal(known().cancellations.get(twin)?.outcome?.kind, 'cancelled');
	assert.equal(known().cancellations.get(south), undefined);
	assert.equal(servers.south.history(ids.south).length, 1);
	await until('the other sees it too', ({jobs}) => jobs.byRef.get(south)?.phase === 'cancelled');
});

test('in a batch over many profiles the good ones are ended while the others wait', async context => {
	const {engine, ids, servers, harm, until, known} = await openAll(context);
	engine.start();
	const names = ['expired', 'down', 'nonsense', 'login', 'north', 'south'] as const;
	const refs = names.map(name => refOf(name, ids[name]));
	await until('all are listed', ({jobs}) => refs.every(ref => jobs.byRef.has(ref)));
	const targets = refs.map(ref => targetOf(known().jobs.byRef.get(ref) ?? assert.fail(ref)));
	await harm();
	await engine.cancel(targets);
	const outcome = (name: keyof typeof ids) => known().cancellations.get(refOf(name, ids[name]));
	await until('the good ones are settled', () =>
		(['north', 'south'] as const).every(name => outcome(name)?.step === 'settled'),
	);
	for (const name of ['north', 'south'] as const) {
		assert.equal(outcome(name)?.outcome?.kind, 'cancelled', name);
		assert.equal(servers[name].history(ids[name]).length, 1);
	}
	for (const name of ['expired', 'down', 'nonsense', 'login'] as const) {
		assert.notEqual(outcome(name)?.outcome?.kind, 'cancelled', name);
		assert.deepEqual(servers[name].history(ids[name]), [], name);
	}
	assert.equal(outcome('expired')?.step, 'parked');
	// What comes back is ended too.
	await servers.down.comeBack();
	servers.expired.setFault();
	engine.handle({type: 'refresh', profile: 'expired'});
	await until('the parked one is settled', () => outcome('expired')?.step === 'settled');
	assert.equal(outcome('expired')?.outcome?.kind, 'cancelled');
});

/** A configuration of several profiles in a file. */
const writeConfiguration = (
	folder: string,
	profiles: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): string => {
	const file = join(folder, 'config.toml');
	const tables = Object.entries(profiles).map(([name, entry]) =>
		[
			`[profiles.${name}]`,
			...Object.entries(entry).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
			'',
		].join('\n'),
	);
	writeFileSync(file, tables.join('\n'));
	return file;
};

test('the program lists what it can, says what is wrong with which, and ends with 5, or 4 where only credentials failed', async context => {
	const names = ['north', 'south', 'expired', 'other', 'nonsense', 'login', 'limited', 'forbidden'] as const;
	const servers = Object.fromEntries(
		await Promise.all(names.map(async name => [name, await openServer(context, name)] as const)),
	) as Record<(typeof names)[number], WeaverServer>;
	const ids = names.map(name => servers[name].add('running', plan(`job of ${name}`)));
	servers.expired.setFault('expired-key');
	servers.other.setFault('expired-key');
	servers.nonsense.setFault('nonsense');
	servers.login.setFault('login-page');
	servers.limited.setFault('rate-limited');
	servers.forbidden.setFault('forbidden');
	const entry = (url: string) => ({backend: 'weaver', url});
	const file = writeConfiguration(temporaryDirectory(context), {
		...Object.fromEntries(names.map(name => [name, entry(servers[name].url)])),
		down: entry('http://127.0.0.1:1'),
		tokenless: {...entry(servers.north.url), token_env: 'NOWHERE'},
	});
	const list = (...profiles: readonly string[]) =>
		runCli(['list', '-o', 'json', '--config', file, ...profiles.flatMap(name => ['--profile', name])]);

	const all = await list();
	assert.equal(all.code, 5);
	const document = JSON.parse(all.stdout);
	assert.deepEqual(
		document.jobs.map(({ref}: {ref: string}) => ref),
		[refOf('north', ids[0] ?? ''), refOf('south', ids[1] ?? '')],
	);
	const states = document.profiles.map(
		({profile: name, state, error}: {profile: string; state: string; error?: {kind: string}}) => [
			name,
			state,
			error?.kind,
		],
	);
	assert.deepEqual(states, [
		['north', 'ok', undefined],
		['south', 'ok', undefined],
		['expired', 'unauthorized', 'unauthorized'],
		['other', 'unauthorized', 'unauthorized'],
		['nonsense', 'broken', 'malformed'],
		['login', 'broken', 'malformed'],
		['limited', 'rate-limited', 'rate-limited'],
		['forbidden', 'forbidden', 'forbidden'],
		['down', 'unreachable', 'unreachable'],
		['tokenless', 'unauthorized', 'unauthorized'],
	]);
	const lines = all.stderr.trimEnd().split('\n');
	assert.equal(lines.length, 8, all.stderr);
	for (const [name, state] of states.slice(2)) {
		assert.equal(lines.filter(line => line.startsWith(`jobtop: ${name}: ${state}: `)).length, 1, name);
	}
	assert.match(all.stderr, /tokenless: unauthorized: NOWHERE is not set; renew the credential/);

	const credentials = await list('north', 'expired', 'tokenless');
	assert.equal(credentials.code, 4);
	assert.equal(JSON.parse(credentials.stdout).jobs.length, 1);
	assert.equal((await list('expired', 'down')).code, 5);
	assert.equal((await list('north', 'south')).code, 0);
});

/** Lets in who brings the token that is valid now. */
const gate =
	(valid: () => string): FaultHandler =>
	async (response, work) => {
		const {authorization} = response.req.headers;
		if (authorization === `Bearer ${valid()}`) send(response, await work());
		else send(response, json(401, {title: 'Unauthorized', detail: 'The token has expired.'}));
	};

const tokenSources = {
	token_file: (token: string) => ({token_file: token}),
	token_command: (token: string) => ({token_command: ['cat', token]}),
} as const;

for (const [source, entryOf] of Object.entries(tokenSources)) {
	test(`a refused token is read again from its ${source}, once and by itself, and again on r`, async context => {
		const time: Time = createManualClock();
		const server = await openServer(context, 'gated', time.clock);
		const id = server.add('running', plan('a'));
		const folder = temporaryDirectory(context);
		const token = join(folder, 'token');
		const write = (text: string) => {
			writeFileSync(token, `${text}\n`);
			chmodSync(token, 0o600);
		};
		let valid = 'first-token';
		write(valid);
		server.setFault(gate(() => valid));
		const file = writeConfiguration(folder, {
			gated: {backend: 'weaver', url: server.url, ...entryOf(token)},
		});
		const env = {PATH: process.env.PATH ?? ''};
		const [connection] = await connectAll(
			(await loadConfiguration({env, flags: {config: file}})).profiles,
			env,
		);
		assert.ok(connection);
		const {engine, until, listed, known, patches} = openEngine(context, {server, time}, folder, {connection});
		engine.start();
		await listed(id);

		// The new one is there before the old one is refused: nobody notices.
		valid = 'second-token';
		write(valid);
		const asked = server.count();
		await until('it was asked twice more', () => server.count() >= asked + 3);
		assert.ok(
			patches.every(patch => patch.type !== 'health' || patch.health.state !== 'unauthorized'),
			'it was never refused for long',
		);
		assert.equal(stateOf(known(), 'gated'), 'ok');

		// The new one comes later: it waits for a person, and asks nobody meanwhile.
		valid = 'third-token';
		await until('it is refused', known => stateOf(known, 'gated') === 'unauthorized');
		const refused = server.count();
		await time.advance(3_600_000);
		assert.equal(server.count(), refused);
		assert.match(
			troubleOf(known(), 'gated', time.clock.now(), 'utc') ?? '',
			/renew the credential, then P logs in again/,
		);
		write(valid);
		engine.handle({type: 'refresh', profile: 'gated'});
		await until('it is let in again', known => stateOf(known, 'gated') === 'ok');
		assert.equal(known().notices.at(-1)?.text, 'answers again');
		assert.equal(readFileSync(token, 'utf8').trim(), valid);
	});
}

const helpers = {
	'a program that failed': {state: 'unreachable', advice: /run it in a shell .*; P, then i runs it again/},
	'a file that was missing': {state: 'unauthorized', advice: /renew the credential/},
} as const;

for (const [source, {state, advice}] of Object.entries(helpers)) {
	test(`a profile works again by itself once ${source} gives a token`, async context => {
		const time: Time = createManualClock();
		const server = await openServer(context, 'gated', time.clock);
		const id = server.add('running', plan('a'));
		server.setFault(gate(() => 'good-token'));
		const folder = temporaryDirectory(context);
		const token = join(folder, 'token');
		const entry =
			state === 'unreachable' ? {token_command: ['sh', '-c', `exec cat '${token}'`]} : {token_file: token};
		const file = writeConfiguration(folder, {gated: {backend: 'weaver', url: server.url, ...entry}});
		const env = {PATH: process.env.PATH ?? ''};
		writeFileSync(token, '', {mode: 0o600});
		const [connection] = await connectAll(
			(await loadConfiguration({env, flags: {config: file}})).profiles,
			env,
		);
		assert.ok(connection);
		rmSync(token);
		const {engine, until, listed, known} = openEngine(context, {server, time}, folder, {connection});
		engine.start();
		await until('it fails twice', known => (known.health.get('gated')?.failures ?? 0) >= 2);
		assert.equal(stateOf(known(), 'gated'), state);
		assert.match(troubleOf(known(), 'gated', time.clock.now(), 'utc') ?? '', advice);
		assert.equal(server.count(), 0, 'nothing was sent without a token');
		writeFileSync(token, 'good-token\n', {mode: 0o600});
		await listed(id);
		assert.equal(stateOf(known(), 'gated'), 'ok');
	});
}

for (const system of usualSystems.filter(name => name !== 'weaver')) {
	test(`on ${system} a key that has expired and was renewed is taken on r`, async context => {
		const time = createManualClock();
		const demo = await startDemo({clock: time.clock, jobs: 5});
		context.after(demo.close);
		const folder = temporaryDirectory(context);
		const token = join(folder, 'token');
		const entry = demo.profiles.find(({name}) => name === system);
		assert.ok(entry && 'token_env' in entry);
		const {token_env: variable, name: _, ...rest} = entry;
		writeFileSync(token, 'an-old-key-that-was-good-once', {mode: 0o600});
		const file = writeConfiguration(folder, {[system]: {...rest, token_file: token}});
		const [connection] = await connectAll(
			(await loadConfiguration({env: {}, flags: {config: file}})).profiles,
			{},
		);
		assert.ok(connection);
		const server = demo.servers[system];
		const {engine, until} = openEngine(context, {server, time}, folder, {connection});
		engine.start();
		await until('it is refused', known => stateOf(known, system) === 'unauthorized');
		writeFileSync(token, demo.env[variable] ?? '');
		engine.handle({type: 'refresh'});
		await until('it is let in', known => stateOf(known, system) === 'ok');
	});
}

test('no answer of a server, whatever it is, is anything but a failure of its own profile', async context => {
	const demo = await startDemo({clock: createManualClock().clock, jobs: 1});
	context.after(demo.close);
	const connections = await connectAll(demoSettings(demo.profiles), demo.env);
	context.after(() => Promise.all(connections.map(({backend}) => backend.close?.())));
	const {signal} = new AbortController();
	let body = '';
	let status = 200;
	for (const server of Object.values(demo.servers)) {
		server.setFault(response =>
			send(response, {status, headers: {'content-type': 'application/json'}, body}),
		);
	}
	/** What these systems call the things that they say. */
	const names = ['jobs', 'items', 'result', 'metadata', 'page', 'total', 'id', 'status', 'message', 'detail'];
	const more = [
		'job_info',
		'jobID',
		'uuid',
		'next_token',
		'total_count',
		'totalCount',
		'links',
		'progress',
		'error',
	];
	const anything = fc.letrec(tie => ({
		value: fc.oneof(
			{depthSize: 'small'},
			fc.constantFrom(null, true, 0, -1, 1e308, '', 'running', '\u001b[2J', '2026-01-01T00:00:00Z'),
			fc.array(tie('value'), {maxLength: 3}),
			fc.dictionary(fc.constantFrom(...names, ...more), tie('value'), {maxKeys: 6}),
		),
	})).value;
	await fc.assert(
		fc.asyncProperty(
			anything,
			fc.constantFrom(200, 202, 400, 401, 404, 409, 422, 500),
			async (value, code) => {
				body = JSON.stringify(value);
				status = code;
				await Promise.all(
					connections.flatMap(({profile: name, backend}) =>
						[
							backend.listPage({everyone: true, ended: true, signal}),
							backend.get?.('00000000-0000-4000-8000-000000000000', {signal}),
							backend.cancel?.('00000000-0000-4000-8000-000000000000', {signal}),
						].map(asked =>
							Promise.resolve(asked).catch((error: unknown) => {
								if (!(error instanceof BackendError)) assert.fail(`${name}: ${(error as Error).stack}`);
							}),
						),
					),
				);
			},
		),
		{numRuns: 150},
	);
});

test('a digit shows one profile and 0 all, and the cursor stays on its job', async context => {
	const screen = await renderScreen(context, {columns: 100});
	const names = ['a', 'b', 'c'];
	await screen.receive(
		hello(names.map(name => profile(name))),
		...names.map(name => ({type: 'health', health: health(name)}) as const),
		jobs(...names.flatMap(name => [job(`${name}/1`), job(`${name}/2`)])),
	);
	const rows = () =>
		screen.lines().flatMap(line => /\b([abc]) +([12]) +name/.exec(line)?.slice(1, 3).join('/') ?? []);
	assert.deepEqual(rows().toSorted(), ['a/1', 'a/2', 'b/1', 'b/2', 'c/1', 'c/2']);
	await screen.press('2');
	assert.deepEqual(rows().toSorted(), ['b/1', 'b/2']);
	assert.match(screen.text(), /> ?2 b ok/);
	await screen.press('j');
	const under =
		/\b(b) +([12])/
			.exec(screen.cursorLine() ?? '')
			?.slice(1, 3)
			.join('/') ?? assert.fail();
	await screen.press('0');
	assert.equal(rows().length, 6);
	assert.match(screen.cursorLine() ?? '', new RegExp(`b +${under.slice(2)} +name`));
	// The next c is for what is under the cursor, not for what stands at its old place.
	await screen.press('c');
	assert.match(screen.text(), new RegExp(`cancel this job\\?[\\s\\S]*${under}`));
	await screen.press('n');
	await screen.press('9');
	assert.match(screen.text(), /there is no profile 9/);
	assert.equal(rows().length, 6);
	assert.deepEqual(
		screen.sent.filter(({type}) => type === 'cancel'),
		[],
	);
});

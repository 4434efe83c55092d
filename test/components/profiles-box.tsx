/*
The profiles on the screen, and what can be tried with them.
*/

import assert from 'node:assert/strict';
import {chmodSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {connectAll} from '../../source/config/connect.ts';
import type {Patch} from '../../source/engine/protocol.ts';
import {targetOf} from '../../source/job/target.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {renderText} from '../helpers/render-text.tsx';
import {health, hello, job, jobs, profile, start} from '../helpers/screen-facts.ts';

/** A Weaver behind a door that lets in who has the token of the moment. */
const openDoor = async (context: TestContext, url: string) => {
	const door = {token: 'first-token-of-all', seen: new Set<string>()};
	const server = createServer(async (request, response) => {
		const given = request.headers.authorization ?? '';
		door.seen.add(given);
		if (given !== `Bearer ${door.token}`) {
			response.writeHead(401, {'content-type': 'application/json'});
			return void response.end('{"description": "token expired"}');
		}
		const answer = await fetch(new URL(request.url ?? '', url), {method: request.method ?? 'GET'});
		response.writeHead(answer.status, {'content-type': answer.headers.get('content-type') ?? ''});
		response.end(await answer.text());
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	context.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return {door, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`};
};

const openGuarded = async (context: TestContext) => {
	const far = await openWeaverServer(context);
	const {door, url} = await openDoor(context, far.server.url);
	const folder = temporaryDirectory(context);
	const file = join(folder, 'token');
	const keep = (token: string) => {
		writeFileSync(file, `${token}\n`);
		chmodSync(file, 0o600);
	};
	keep(door.token);
	const entry = {backend: 'weaver', url, token_file: file} as const;
	const [connection] = await connectAll([{name: 'w', entry, folder, protect: false, readOnly: false}], {});
	assert.ok(connection);
	return {far, door, keep, file, url, ...openEngine(context, far, folder, {connection})};
};

const stepsOf = (patches: readonly Patch[]) =>
	patches.findLast(patch => patch.type === 'profile-steps')?.steps.map(({text, how}) => `${how}: ${text}`) ??
	[];

test('a test requests one page, and shows each step without the token', async context => {
	const {engine, until, known, patches, url, file} = await openGuarded(context);
	engine.start();
	await until('it is well', ({health}) => health.get('w')?.state === 'ok');
	engine.handle({type: 'test', profile: 'w'});
	await until('it is done', ({tried}) => tried?.done === true);
	const steps = stepsOf(patches);
	assert.equal(steps[0], `well: ask ${url} for one page, with the credential from ${file}`);
	assert.match(steps[1] ?? '', /^well: GET http:.*\/jobs\?/);
	assert.equal(steps[2], 'well: answered 200');
	assert.equal(steps[3], 'well: 0 jobs on the page: it works');
	assert.doesNotMatch(JSON.stringify(patches), /first-token-of-all/);
	assert.equal(known().profiles[0]?.address, url);
	assert.equal(known().profiles[0]?.credential, file);
});

test('a test that fails says why and what to do', async context => {
	const {engine, until, door, patches} = await openGuarded(context);
	door.token = 'another-token-now';
	engine.handle({type: 'test', profile: 'w'});
	await until('it is done', ({tried}) => tried?.done === true);
	const steps = stepsOf(patches);
	assert.match(steps.at(-2) ?? '', /^wrong: unauthorized: .*token expired/);
	assert.match(steps.at(-1) ?? '', /^next: renew the credential/);
});

test('logging in reads the credential again and continues whatever waited for it', async context => {
	const {engine, until, listed, settled, door, keep, far, patches} = await openGuarded(context);
	const id = far.server.add('running', {name: 'nap', process: 'sleeper'});
	engine.start();
	const found = await listed(id);
	door.token = 'second-token-of-all';
	await engine.cancel([targetOf(found)]);
	await until('it is parked', ({cancellations}) => cancellations.get(`w/${id}`)?.step === 'parked');
	engine.handle({type: 'log-in', profile: 'w'});
	await until(
		'it asks again, and is refused',
		({tried, health}) => tried?.done === true && health.get('w')?.asking === false,
	);
	keep(door.token);
	engine.handle({type: 'log-in', profile: 'w'});
	assert.equal((await settled(id))?.kind, 'cancelled');
	assert.match(stepsOf(patches).at(-1) ?? '', /^well: found one/);
	assert.doesNotMatch(JSON.stringify(patches), /second-token/);
});

test('logging in without a token says so', async context => {
	const {engine, until, keep, patches} = await openGuarded(context);
	keep('');
	engine.handle({type: 'log-in', profile: 'w'});
	await until('it is done', ({tried}) => tried?.done === true);
	assert.match(stepsOf(patches).at(-1) ?? '', /^wrong: .*returned no token/);
});

test('a profile that is off is not polled and has no rows; its cancellations are followed', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {name: 'nap', process: 'sleeper'});
	const other = far.server.add('running', {name: 'other', process: 'sleeper'});
	const {engine, until, listed, settled, known, refTo, patches} = openEngine(
		context,
		far,
		temporaryDirectory(context),
	);
	engine.start();
	const found = await listed(id);
	await listed(other);
	await engine.cancel([targetOf(found)]);
	engine.handle({type: 'enable', profile: 'w', enabled: false});
	assert.equal(known().jobs.byRef.size, 0);
	assert.equal(known().health.get('w')?.state, 'off');
	assert.equal((await settled(id))?.kind, 'cancelled');
	assert.equal(known().jobs.byRef.size, 0);
	const before = patches.length;
	engine.handle({type: 'refresh'});
	assert.equal(patches.length, before, 'nothing is asked');
	engine.handle({type: 'enable', profile: 'w', enabled: true});
	await until('it is asked again', ({health}) => health.get('w')?.state === 'ok');
	assert.ok(known().jobs.byRef.has(refTo(other)));
	assert.doesNotMatch(JSON.stringify(known().notices), /answering again/);
});

const prod = profile('prod', {
	title: 'Weaver',
	address: 'https://example.org/weaver',
	credential: '$WEAVER_TOKEN',
});
const facts: readonly Patch[] = [
	hello([profile('hpc2', {address: 'the programs on PATH'}), prod]),
	{type: 'health', health: health('hpc2')},
	{
		type: 'health',
		health: health('prod', {
			state: 'unauthorized',
			failures: 3,
			lastGoodAt: start - 41_000,
			failure: {kind: 'unauthorized', detail: '401 token expired'},
		}),
	},
	jobs(job('hpc2/1'), job('prod/2')),
];

test('the profiles at 80x24', async context => {
	const screen = await renderText(context);
	await screen.receive(...facts);
	await screen.press('P');
	await screen.receive({
		type: 'profile-steps',
		profile: 'prod',
		done: true,
		steps: [
			{at: start, text: 'GET https://example.org/weaver/jobs', how: 'well'},
			{at: start, text: 'answered 401', how: 'wrong'},
		],
	});
	assert.deepEqual(screen.lines().slice(5, 16), [
		'┌─ profiles ───────────────────────────────────────────────────────────────────┐',
		'│   hpc2  Slurm   ok 0s  every 5s                                              │',
		'│ > prod  Weaver  AUTH STALE 41s  every 5s                                     │',
		'│                                                                              │',
		'│ https://example.org/weaver                                                   │',
		'│ credential from $WEAVER_TOKEN                                                │',
		'│ prod: renew the credential, then P logs in again (401 token expired; 3 times │',
		'│ in a row; last good answer 11:59:19)                                         │',
		'│ 12:00:00  GET https://example.org/weaver/jobs                                │',
		'│ 12:00:00  answered 401                                                       │',
		'└──────────────────────────────────────────────────────────────────────────────┘',
	]);
	assert.match(screen.lines().at(-2) ?? '', /Enter only this {2}t test {2}i log in {2}Space on or off/);
	await screen.press('t', 'i', ' ');
	assert.deepEqual(screen.sent.slice(-3), [
		{type: 'test', profile: 'prod'},
		{type: 'log-in', profile: 'prod'},
		{type: 'enable', profile: 'prod', enabled: false},
	]);
	await screen.press('k', 'i');
	assert.match(screen.lines().at(-1) ?? '', /i: hpc2 has no credential to read again/);
	await screen.press('\r');
	assert.equal(screen.store.getState().screen.only, 'hpc2');
	assert.equal(screen.store.getState().screen.overlay, undefined);
});

test('the profiles at 120x36 and at 40x10', async context => {
	const wide = await renderScreen(context, {columns: 120, rows: 36});
	await wide.receive(...facts);
	await wide.press('P');
	assert.match(wide.text(), /│ > prod {2}Weaver {2}AUTH STALE 41s {2}every 5s/);
	const small = await renderScreen(context, {columns: 40, rows: 10});
	await small.receive(...facts);
	await small.press('P');
	assert.match(small.text(), /│ > prod {2}Weaver {2}AUTH STALE 41s/);
	assert.match(small.text(), /│ https:\/\/example\.org\/weaver/);
	// How it is used leaves first, and what left is counted.
	assert.match(small.text(), /│ \d more lines on a taller screen/);
	assert.doesNotMatch(small.text(), /credential from/);
	assert.ok(small.text().includes(`└${'─'.repeat(38)}┘`));
});

test('a profile that is off says so, and is turned on there', async context => {
	const screen = await renderText(context);
	await screen.receive(
		...facts,
		{type: 'health', health: health('prod', {state: 'off'})},
		{
			type: 'jobs',
			upserts: [],
			removes: ['prod/2'],
		},
	);
	assert.match(screen.lines()[1] ?? '', /2 prod off/);
	await screen.press('P', 'j', 't');
	assert.match(screen.lines().at(-1) ?? '', /prod is off; Space turns it on/);
	await screen.press(' ');
	assert.deepEqual(screen.sent.at(-1), {type: 'enable', profile: 'prod', enabled: true});
	await screen.press('\u001b', '2');
	assert.match(screen.text(), /prod turned off; P turns them on/);
});

test('the profiles show how often each is really polled, why, and when next', async context => {
	const screen = await renderText(context);
	await screen.receive(
		hello([profile('a'), profile('b')]),
		{
			type: 'health',
			health: health('a', {everyMs: 20_000, slowedBy: 'quiet', nextAt: start + 17_000}),
		},
		{type: 'health', health: health('b', {nextAt: start + 4000})},
		jobs(job('a/1')),
	);
	await screen.press('P');
	assert.match(screen.text(), /> a +Slurm +ok 0s +every 20s/);
	assert.match(screen.text(), /every 20s instead of 5s: nothing has changed for a while; next poll in 17s/);
	await screen.press('j');
	assert.match(screen.text(), /next poll in 4s/);
	assert.doesNotMatch(screen.text(), /instead of/);
	// Rows that are asked for every 20 s are not stale after 16.
	await screen.advance(16_000);
	assert.match(screen.text(), /a +Slurm +ok 16s/);
	assert.match(screen.text(), /b +Slurm +STALE 16s/);
});

test('a profile that fails is not said to be polled less often because nothing changes', async context => {
	const screen = await renderText(context);
	const failure = {kind: 'unreachable', detail: 'connection refused'} as const;
	const slower = {everyMs: 20_000, slowedBy: 'quiet', nextAt: start + 34_000} as const;
	await screen.receive(hello([profile('a')]), {
		type: 'health',
		health: health('a', {state: 'unreachable', failure, failures: 5, ...slower}),
	});
	await screen.press('P');
	assert.match(screen.text(), /next poll in 34s/);
	assert.doesNotMatch(screen.text(), /nothing has changed/);
});

/*
What jobtop asked about a job, and what becomes of a backend that stumbles over an answer.
*/

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {test} from 'node:test';
import {watched} from '../../source/backends/exchange.ts';
import {openHttp} from '../../source/backends/http.ts';
import {runCommand} from '../../source/backends/programs/command.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import {createExchanges} from '../../source/engine/exchanges.ts';
import type {Patch} from '../../source/engine/protocol.ts';
import {targetOf} from '../../source/job/target.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {hello, job, jobs, profile, start} from '../helpers/screen-facts.ts';

const {signal} = new AbortController();

const listen = () => {
	const told: string[] = [];
	const listener = (asked: string) => {
		told.push(`> ${asked}`);
		return (answer: string, well: boolean) => void told.push(`${well ? '<' : '!'} ${answer}`);
	};
	return {told, listener};
};

test('a request and its answer are reported where it leaves, without the credential', async context => {
	const server = createServer((request, response) => {
		response.statusCode = request.url?.startsWith('/good') ? 200 : 401;
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({detail: `no such token: ${request.headers.authorization}`}));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	context.after(() => server.close());
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const http = openHttp(
		{url, headers: () => ({authorization: 'Bearer topsecrettoken'})},
		{title: 'the server', isOwn: () => true},
	);
	context.after(() => http.close());
	const {told, listener} = listen();
	await watched(listener, () => http.json({path: '/good/topsecrettoken', signal}));
	await assert.rejects(watched(listener, () => http.json({path: '/bad', signal})));
	await assert.rejects(http.json({path: '/bad', signal}), 'nobody listens, and nothing is told');
	assert.equal(told.length, 4);
	assert.equal(told[0], `> GET ${url}/good/[secret]`);
	assert.equal(told[1], '< 200');
	assert.equal(told[2], `> GET ${url}/bad`);
	assert.match(told[3] ?? '', /^! 401 /);
	assert.doesNotMatch(told.join('\n'), /topsecret/);
});

test('a program is reported with its exit code and its last complaint', async () => {
	const {told, listener} = listen();
	const env = {PATH: process.env.PATH ?? ''};
	await watched(listener, () =>
		runCommand({file: 'sh', args: ['-c', 'echo first >&2; echo last >&2; exit 3'], env, signal}),
	);
	assert.deepEqual(told, ['> sh -c echo first >&2; echo last >&2; exit 3', '! exit 3 last']);
});

test('fifty exchanges of a job are kept and two thousand of all, the job that was asked about last the longest', () => {
	const changed: string[] = [];
	let now = 0;
	const exchanges = createExchanges({clock: {now: () => now}, onChange: ref => changed.push(ref)});
	for (let each = 0; each < 60; each++) {
		const answered = exchanges.about(['a/1'], 'look')(`GET ${each}`);
		now += 5;
		answered('200', true);
	}
	assert.equal(exchanges.of('a/1').length, 50);
	assert.deepEqual(exchanges.of('a/1').at(-1), {
		at: 295,
		what: 'look',
		request: 'GET 59',
		answer: '200',
		well: true,
		ms: 5,
	});
	assert.equal(changed.length, 120);
	for (let each = 0; each < 2000; each++) exchanges.about([`a/n${each}`], 'cancel')('DELETE');
	assert.equal(exchanges.of('a/1').length, 0);
	assert.equal(exchanges.of('a/n0').length, 1);
	assert.equal(exchanges.of('a/n1999')[0]?.answer, undefined);
});

test('the engine reports the requests about a job only while they are shown', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {name: 'nap', process: 'sleeper'});
	const {engine, listed, settled, patches, refTo} = openEngine(context, far, temporaryDirectory(context));
	engine.start();
	const found = await listed(id);
	await engine.cancel([targetOf(found)]);
	await settled(id);
	const requests = () => patches.filter(patch => patch.type === 'requests');
	assert.deepEqual(requests(), []);
	engine.handle({type: 'requests', ref: refTo(id)});
	const told = requests().at(-1) as Extract<Patch, {type: 'requests'}>;
	assert.deepEqual(
		[...new Set(told.exchanges.map(({what, request}) => `${what} ${request.split(' ')[0]}`))],
		['look GET', 'cancel DELETE'],
	);
	for (const {answer, well, ms} of told.exchanges) {
		assert.match(answer ?? '', /^200/);
		assert.equal(well, true);
		assert.ok(ms !== undefined && ms >= 0);
	}
	engine.handle({type: 'requests'});
	const before = requests().length;
	engine.handle({type: 'inspect', ref: refTo(id)});
	assert.equal(requests().length, before);
});

test('what a backend stumbles over costs its profile one answer, and no other profile anything', async context => {
	const far = await openWeaverServer(context);
	const state = temporaryDirectory(context);
	let stumbles = true;
	const healthy = weaver.connect('w', {url: far.server.url});
	const {engine, until} = openEngine(context, far, state, {
		connection: {
			profile: 'sick',
			traits: weaver.traits,
			backend: {
				...healthy,
				listPage: request => {
					if (stumbles) return Promise.reject((undefined as unknown as {jobs: unknown}).jobs);
					return healthy.listPage(request);
				},
			},
		},
		others: [
			{profile: 'well', traits: weaver.traits, backend: weaver.connect('well', {url: far.server.url})},
		],
	});
	engine.start();
	await until('one is told to be broken', ({health}) => health.get('sick')?.state === 'broken');
	await until('the other is well', ({health}) => health.get('well')?.state === 'ok');
	await until('it says what it is', ({health}) =>
		/jobtop could not read an answer \(TypeError, an internal error/.test(
			health.get('sick')?.failure?.detail ?? '',
		),
	);
	const log = readFileSync(join(state, 'faults.log'), 'utf8');
	assert.match(log, /^\S+Z sick listPage: TypeError: Cannot read properties of undefined/);
	assert.match(log, /\n {4}at .*requests\.tsx/);
	stumbles = false;
	await until('it goes on', ({health}) => health.get('sick')?.state === 'ok');
});

const asked: Patch = {
	type: 'requests',
	ref: 'hpc2/7',
	exchanges: [
		{at: start - 5000, what: 'look', request: 'GET https://x.org/jobs/7', answer: '200', well: true, ms: 250},
		{
			at: start - 4000,
			what: 'cancel',
			request: 'DELETE https://x.org/jobs/7',
			answer: '403 not yours',
			well: false,
			ms: 1400,
		},
		{at: start, what: 'look', request: 'GET https://x.org/jobs/7'},
	],
};

for (const [columns, rows] of [
	[80, 24],
	[120, 36],
	[40, 10],
] as const) {
	test(`the requests of a job at ${columns}x${rows}`, async context => {
		const screen = await renderScreen(context, {columns, rows});
		await screen.receive(hello([profile('hpc2')]), jobs(job('hpc2/7')));
		await screen.press('j', '\r', '[');
		assert.deepEqual(screen.sent.at(-1), {type: 'requests', ref: 'hpc2/7'});
		await screen.receive(asked);
		const text = screen.text();
		assert.match(text, /\[Requests\]/);
		assert.match(text, /12:00:00 {2}look {2}not answered yet/);
		assert.match(text, /GET https:\/\/x\.org\/jobs\/7/);
		if (rows > 10) {
			assert.match(text, /11:59:56 {2}cancel {2}403 not yours, in 1\.4 s/);
			assert.match(text, /11:59:55 {2}look {2}200, in 250 ms/);
			assert.match(text, /Requests for lists are not shown/);
		}
		await screen.press(']');
		assert.deepEqual(screen.sent.at(-1), {type: 'requests'});
	});
}

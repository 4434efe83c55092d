/*
Nothing that an embedded system hands out acts or leads off this machine: no name but one under `.invalid`, no address but its own, no command that does anything.
*/
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {type TestContext, test} from 'node:test';
import {type UsualSystem, usualSystems} from '../../source/demo/imposed-faults.ts';
import {type Demo, startDemo} from '../../source/demo/index.ts';
import type {Clock} from '../../source/process/clock.ts';

/** What has a dot in it and is no host: files, a logger of Weaver, a unit. */
const noPlaces = [
	/\b(?:output\.tif|model\.safetensors|train\.log|tapisjob\.(?:out|err|sh|exitcode)|summary\.csv)/g,
	/\bmetadata\/[\da-f-]+\.json/g,
	/weaver\.datatype\.Job/g,
	/m2\.s-1/g,
	// The prefix of the labels that Kubernetes gives pods.
	/\bbatch\.kubernetes\.io\b/g,
	// Fields of Kubernetes that its requests and complaints name.
	/\b(?:status\.phase|involvedObject\.uid|metadata\.uid)\b/gi,
	// The group of its API in what it says of jobs.
	/\bjobs?\.batch\b/gi,
	// The schemas that every qstat of Grid Engine names in its XML.
	/http:\/\/arc\.liv\.ac\.uk\/repos\/darcs\/sge\/[\w./-]*/g,
	// A slot of HTCondor on a node.
	/\bslot1_\d*@n\d*/g,
	// An id of PBS.
	/\b\d+\.demo\b/g,
	// A version of LSF.
	/\bLSF Standard 10\.1\.0\.13\b/g,
	// Where Flux keeps what a job printed.
	/\bguest\.output\b/g,
	// The output of a job of Slurm.
	/\bslurm-\.out\b/g,
	// A parameter of Tapis.
	/\bstatus\.in\b/g,
	// The names of OGC's rules and errors look like addresses, and are written so by every server.
	/https?:\/\/www\.opengis\.net\/(?:def|spec)\/[\w./-]*/g,
];

/** What in a text could be taken for a place elsewhere; `own` is the authority of the server that said it. */
const placesIn = (text: string, own: string): readonly string[] => {
	const rest = noPlaces.reduce((left, no) => left.replaceAll(no, ' '), text);
	const found = [
		...rest.matchAll(/[a-z][a-z\d+.-]*:\/\/([^/\s"'<>?#`$]+)/gi),
		...rest.matchAll(/[\w.+-]+@([\w.-]+)/g),
		...rest.matchAll(/\b(\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?)\b/g),
		...rest.matchAll(/\b((?:[a-z\d][a-z\d-]*\.)+[a-z]{2,})\b(?!\()/gi),
	].map(([, place = '']) => place.toLowerCase());
	return found.filter(place => place !== own && !place.endsWith('.invalid'));
};

/** What can be read in an answer: of a packed file, as `strings` finds it. */
const legible = (told: string): string =>
	told.includes('\0') ? (told.match(/[ -~]{8,}/g) ?? []).join('\n') : told;

/** Every command in an answer, however deep it lies. */
const commandsIn = (value: unknown): readonly string[] => {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, child]) =>
		typeof child === 'string' && /command$/i.test(key) ? [child] : commandsIn(child),
	);
};

const parsed = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

/** A line for a shell that prints one text, and can do nothing else. */
const onlyPrints = /^echo '[^']*'$/;

const check = (text: string, own: string, said: string) => {
	assert.deepEqual(placesIn(text, own), [], `${said}: ${text}`);
	for (const command of commandsIn(parsed(text))) assert.match(command, onlyPrints, said);
};

/** What can be asked about the service itself, and about a job. */
const requests: Readonly<
	Record<UsualSystem, {readonly all: readonly string[]; readonly job: readonly string[]}>
> = {
	weaver: {
		all: [
			'GET /',
			'GET /conformance',
			'GET /versions',
			'GET /jobs?detail=true&limit=1000',
			'GET /jobs?detail=true&groups=process,provider,status',
			'GET /jobs?page=-1',
			'GET /nowhere',
			'DELETE /jobs',
		],
		job: [
			'GET /jobs/ID',
			...['inputs', 'logs', 'exceptions', 'results', 'outputs', 'result', 'statistics', 'nothing'].map(
				part => `GET /jobs/ID/${part}`,
			),
			'PUT /jobs/ID',
			'DELETE /jobs/ID',
		],
	},
	ionworks: {
		all: [
			'GET /healthz',
			'GET /users/me',
			'GET /discovery/capabilities',
			'GET /jobs?limit=100',
			'GET /jobs/?limit=100',
			'GET /jobs?limit=0',
			'GET /nowhere',
		],
		job: ['GET /jobs/ID', 'GET /jobs/ID/metadata', 'GET /jobs/ID/cancel', 'POST /jobs/ID/cancel'],
	},
	tapis: {
		all: [
			'GET /v3/sites',
			'GET /v3/tenants',
			'GET /v3/jobs/healthcheck',
			'GET /v3/jobs/list?listType=ALL_JOBS&computeTotal=true',
			'GET /v3/jobs/search?limit=-2',
			'GET /nowhere',
		],
		job: [
			...['', '/status', '/history', '/output/list/', '/output/list/?allowIfRunning=true'].map(
				part => `GET /v3/jobs/ID${part}`,
			),
			'GET /v3/jobs/ID/output/download/?allowIfRunning=true',
			...['out', 'err', 'sh'].map(
				end => `GET /v3/jobs/ID/output/download/tapisjob.${end}?allowIfRunning=true`,
			),
			'POST /v3/jobs/ID/hide',
			'GET /v3/jobs/ID/history',
			'POST /v3/jobs/ID/unhide',
			'POST /v3/jobs/ID/cancel',
		],
	},
	tensorpool: {
		all: [
			'GET /healthz',
			'POST /health',
			'GET /user/info',
			'GET /job/list',
			'GET /job/list?include_org=True',
			'GET /nowhere',
		],
		job: [
			'GET /job/info/ID',
			'GET /job/pull/ID',
			'GET /job/pull/ID?dry_run=True',
			'POST /job/cancel/ID',
			'DELETE /job/delete/ID',
		],
	},
	dex: {
		all: [
			'GET /v1/projects',
			...['jobs', 'parse/results', 'extract/results', 'research/results'].map(
				branch => `GET /v1/projects/PROJECT/${branch}?page_size=100`,
			),
			'GET /v1/projects/PROJECT/nothing',
			'GET /nowhere',
		],
		job: ['GET /v1/projects/PROJECT/jobs/ID', 'POST /v1/projects/PROJECT/jobs/ID/cancel'],
	},
	kubernetes: {
		all: [
			'GET /apis/batch/v1/jobs',
			...['imagery', 'models', 'nowhere'].flatMap(namespace => [
				`GET /apis/batch/v1/namespaces/${namespace}/jobs?limit=5`,
				`GET /apis/batch/v1/namespaces/${namespace}/jobs?continue=x`,
				`GET /api/v1/namespaces/${namespace}/pods?labelSelector=controller-uid%3Dx`,
				`GET /api/v1/namespaces/${namespace}/events`,
			]),
			'GET /nowhere',
		],
		job: [
			'GET /apis/batch/v1/namespaces/NAMESPACE/jobs/ID',
			'GET /api/v1/namespaces/NAMESPACE/pods?labelSelector=job-name%3DID',
			'GET /api/v1/namespaces/NAMESPACE/events?fieldSelector=involvedObject.name%3DID',
			'DELETE /apis/batch/v1/namespaces/NAMESPACE/jobs/ID',
		],
	},
};

const open = async (t: TestContext) => {
	let now = Date.UTC(2026, 5, 1);
	// Who waits on it waits for nothing: a slow job answers at once.
	const clock: Clock = {
		now: () => now,
		after(_, callback) {
			const soon = setImmediate(callback);
			return () => clearImmediate(soon);
		},
	};
	const demo = await startDemo({clock, seed: 'answers', jobs: 12, speed: 1000});
	t.after(demo.close);
	return {
		demo,
		pass(ms: number) {
			now += ms;
		},
	};
};

const headersOf = ({env}: Demo): Readonly<Record<string, string>> => ({
	authorization: `Bearer ${env.JOBTOP_DEMO_KEY}`,
	'x-api-key': env.JOBTOP_DEMO_KEY ?? '',
	'x-tapis-token': env.JOBTOP_DEMO_TAPIS_TOKEN ?? '',
	'x-selected-account-id': 'acc_demo',
	accept: '*/*',
});

const projects = ['proj_contracts', 'proj_invoices'];

for (const system of usualSystems) {
	test(`no answer of ${system} acts or leads off this machine`, async t => {
		const {demo, pass} = await open(t);
		const server = demo.servers[system];
		const own = new URL(server.url).host;
		const {authorization: _, ...keyless} = headersOf(demo);
		const headers = system === 'weaver' ? keyless : headersOf(demo);
		const codes = new Set<number>();
		const ask = async (request: string, chosen: Readonly<Record<string, string>> = headers) => {
			const [method = '', path = ''] = request.split(' ');
			const answer = await fetch(server.url + path, {method, headers: chosen, redirect: 'manual'});
			codes.add(answer.status);
			const told = Buffer.from(await answer.arrayBuffer()).toString('latin1');
			const {location = '', link = ''} = Object.fromEntries(answer.headers);
			check(`${location}\n${link}`, own, request);
			check(legible(told), own, request);
		};
		const everywhere = (request: string) =>
			request.includes('PROJECT') ? projects.map(project => request.replace('PROJECT', project)) : [request];

		const {all, job} = requests[system];
		const walk = async () => {
			for (const request of all.flatMap(everywhere)) {
				await ask(request);
				await ask(request, {});
			}
			for (const id of [...server.ids(), 'j-unknown']) {
				const [namespace = '', name = id] = id.split('/');
				for (const request of job.flatMap(everywhere)) {
					await ask(request.replace('NAMESPACE', namespace).replace('ID', name));
				}
			}
		};
		const phases = ['held', 'queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
		for (const phase of phases) server.add(phase, {name: 'one more', process: 'optimize'});
		await walk();
		pass(60_000);
		await walk();
		assert.ok(codes.has(200) && codes.has(404), String([...codes]));
	});
}

test('a log of TensorPool that is listened to holds no command and no place elsewhere', async t => {
	const {demo} = await open(t);
	const {tensorpool} = demo.servers;
	const id = tensorpool.add('succeeded', {name: 'done', process: 'gpt2-eval'});
	const line = new WebSocket(`${tensorpool.url.replace('http:', 'ws:')}/job/listen/${id}`);
	const frames: string[] = [];
	line.onmessage = ({data}) => frames.push(String(data));
	line.onopen = () => line.send(JSON.stringify({TENSORPOOL_KEY: demo.env.JOBTOP_DEMO_KEY}));
	await new Promise<void>(resolve => {
		line.onclose = () => resolve();
	});
	assert.ok(frames.length > 2);
	for (const frame of frames) {
		check(frame, new URL(tensorpool.url).host, 'listen');
		assert.deepEqual(commandsIn(parsed(frame)), []);
	}
});

test('no text in the embedded systems names a place elsewhere', () => {
	const folder = new URL('../../source/demo/', import.meta.url);
	const names = readdirSync(folder, {recursive: true, encoding: 'utf8'});
	for (const name of names.filter(name => name.endsWith('.ts'))) {
		const texts = readFileSync(new URL(name, folder), 'utf8').match(/`(?:\\.|[^`\\])*`|'[^'\n]*'/gs) ?? [];
		const told = texts.filter(text => !/^'(?:\.{1,2}\/|node:)/.test(text));
		for (const text of told) {
			// The servers themselves listen on loopback.
			const places = placesIn(
				text.replaceAll(/\$\{[^}]*\}/g, '').replaceAll(/127\.0\.0\.1(?::port|:)?/g, 'own'),
				'own',
			);
			assert.deepEqual(places, [], `${name}: ${text}`);
		}
	}
});

test('what the walk looks for would be found', () => {
	for (const text of [
		"rsync -avz -e 'ssh -i ~/.ssh/id_ed25519' tp@10.0.0.29:/outputs/ ./j/",
		'{"url":"https://storage.example.com/a"}',
		'tapis://corral/jobs/a',
		'see storage.example.org',
		'mail demo@example.net',
	]) {
		assert.ok(placesIn(text, '127.0.0.1:1').length > 0, text);
	}
	assert.deepEqual(
		placesIn('http://127.0.0.1:1/jobs and https://a.demo.invalid/output.tif', '127.0.0.1:1'),
		[],
	);
	assert.deepEqual(commandsIn({a: [{command: 'rm'}]}), ['rm']);
	for (const command of ["echo 'a' > b", "echo 'a'; rm b", "rsync 'a'"])
		assert.doesNotMatch(command, onlyPrints);
});

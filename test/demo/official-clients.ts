/*
The requests of the official clients to the embedded systems, beside jobtop's own: each is served. `test/live/official-clients.sh` runs the clients themselves.
*/
import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {connectAll} from '../../source/config/connect.ts';
import {demoSettings} from '../../source/config/demo-settings.ts';
import {type UsualSystem, usualSystems} from '../../source/demo/imposed-faults.ts';
import {startDemo} from '../../source/demo/index.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const {signal} = new AbortController();

type Told = {
	readonly job_id: string;
	readonly category: object;
	readonly jobs: readonly {readonly jobID: string}[];
};

const open = async (t: TestContext, jobs = 0) => {
	const time = createManualClock();
	const demo = await startDemo({clock: time.clock, seed: 'clients', jobs});
	t.after(demo.close);
	const headers = {
		authorization: `Bearer ${demo.env.JOBTOP_DEMO_KEY}`,
		'x-tapis-token': demo.env.JOBTOP_DEMO_TAPIS_TOKEN ?? '',
		accept: 'application/json',
	};
	const ask = async (system: UsualSystem, request: string, without: readonly string[] = []) => {
		const [method = '', path = ''] = request.split(' ');
		const sent = Object.entries(headers).filter(
			([name]) => !without.includes(name) && (system !== 'weaver' || name === 'accept'),
		);
		const answer = await fetch(demo.servers[system].url + path, {
			method,
			headers: Object.fromEntries(sent),
			redirect: 'manual',
		});
		return {status: answer.status, body: JSON.parse(await answer.text())};
	};
	return {...time, demo, ask, servers: demo.servers};
};

test('TensorPool answers the health check that its tool makes before every command', async t => {
	const {ask} = await open(t);
	const {status, body} = await ask('tensorpool', 'POST /health');
	assert.equal(status, 200);
	assert.equal(typeof body.message, 'string');
	const without = await ask('tensorpool', 'POST /health', ['authorization']);
	assert.deepEqual([without.status, without.body.message], [401, 'Invalid API key']);
	assert.equal((await ask('tensorpool', 'GET /user/info')).status, 200);
});

test('the message of a TensorPool list and record names the jobs: its tool prints nothing else', async t => {
	const {ask, servers} = await open(t);
	const id = servers.tensorpool.add('running', {name: 'fine-tune', process: 'gpt2-eval'});
	for (const request of ['GET /job/list', `GET /job/info/${id}`]) {
		const {body} = await ask('tensorpool', request);
		assert.match(String(body.message), new RegExp(`${id} +running +fine-tune`), request);
	}
});

test('a boolean is read in any case', async t => {
	const {ask, servers} = await open(t);
	const shared = {name: 'theirs', process: 'gpt2-eval', owner: 'emeka'};
	const theirs = servers.tensorpool.add('running', shared);
	for (const word of ['true', 'True', 'TRUE', '1']) {
		const {body} = await ask('tensorpool', `GET /job/list?include_org=${word}`);
		assert.deepEqual([body.jobs?.length, body.jobs?.[0]?.id], [1, theirs], word);
	}
	assert.equal((await ask('tensorpool', 'GET /job/list?include_org=False')).body.jobs?.length, 0);
	assert.equal((await ask('tensorpool', 'GET /job/list?include_org=maybe')).status, 422);
	const ours = servers.tensorpool.add('succeeded', {name: 'ours', process: 'gpt2-eval'});
	const pulled = await ask('tensorpool', `GET /job/pull/${ours}?dry_run=True`);
	assert.match(String(pulled.body.command), /--dry-run/);

	const running = servers.tapis.add('running', {name: 'mesh', process: 'openfoam'});
	const {body} = await ask('tapis', 'GET /v3/jobs/list?computeTotal=True');
	assert.equal(body.metadata?.totalCount, 1);
	const files = await ask('tapis', `GET /v3/jobs/${running}/output/list/?allowIfRunning=True`);
	assert.equal(files.status, 200);
});

test('Tapis names its sites and tenants to who has no token, with its own address', async t => {
	const {ask, servers} = await open(t);
	const {url} = servers.tapis;
	const sites = await ask('tapis', 'GET /v3/sites', ['x-tapis-token']);
	const tenants = await ask('tapis', 'GET /v3/tenants', ['x-tapis-token']);
	const [site, tenant] = [sites.body.result?.[0], tenants.body.result?.[0]];
	assert.deepEqual([site?.base_url, tenant?.base_url, tenant?.tenant_id], [url, url, 'demo']);
	assert.equal(site?.site_id, tenant?.site_id);
});

test('the history of a hidden job of Tapis is refused, and its record is not', async t => {
	const {ask, servers} = await open(t);
	const id = servers.tapis.add('succeeded', {name: 'mesh', process: 'openfoam'});
	assert.equal((await ask('tapis', `GET /v3/jobs/${id}/history`)).status, 200);
	await ask('tapis', `POST /v3/jobs/${id}/hide`);
	const {status, body} = await ask('tapis', `GET /v3/jobs/${id}/history`);
	assert.equal(status, 404);
	assert.match(String(body.message), /^JOBS_JOB_NOT_VISIBLE/);
	assert.equal((await ask('tapis', `GET /v3/jobs/${id}`)).status, 200);
});

test('Ionworks gives bare jobs to its client, which asks with a slash, and pages to who asks without', async t => {
	const {ask, servers} = await open(t);
	const id = servers.ionworks.add('running', {name: 'a', process: 'datafit'});
	const bare = await ask('ionworks', 'GET /jobs/');
	assert.equal(bare.status, 200);
	assert.deepEqual(
		bare.body.map((job: Told) => job.job_id),
		[id],
	);
	const page = await ask('ionworks', 'GET /jobs');
	assert.deepEqual([page.body.total, page.body.jobs?.[0]?.job_id], [1, id]);
});

test('Ionworks says who asks and what it can do', async t => {
	const {ask, servers} = await open(t);
	servers.ionworks.add('running', {name: 'a', process: 'datafit'});
	const me = await ask('ionworks', 'GET /users/me');
	const [job] = (await ask('ionworks', 'GET /jobs/')).body;
	assert.equal(me.body.authorized_organization?.id, job?.organization_id);
	assert.equal((await ask('ionworks', 'GET /users/me', ['authorization'])).status, 401);
	assert.equal((await ask('ionworks', 'GET /discovery/capabilities')).status, 200);
});

test('Weaver shows its version, and jobs in groups on request', async t => {
	const {ask, servers} = await open(t);
	const {add} = servers.weaver;
	const first = add('running', {name: 'a', process: 'tiles'});
	const second = add('succeeded', {name: 'b', process: 'tiles'});
	const third = add('running', {name: 'c', process: 'mosaic'});
	const {versions} = (await ask('weaver', 'GET /versions')).body;
	assert.deepEqual([versions?.[0]?.name, versions?.[0]?.type], ['weaver', 'api']);
	const {body} = await ask('weaver', 'GET /jobs?groups=process&limit=1');
	assert.deepEqual([body.total, body.count, body.jobs], [3, 3, undefined]);
	assert.deepEqual(body.groups, [
		{category: {process: 'mosaic'}, jobs: [third], count: 1},
		{category: {process: 'tiles'}, jobs: [second, first], count: 2},
	]);
	const both = (await ask('weaver', 'GET /jobs?groups=process,status&status=running&detail=true')).body;
	assert.deepEqual(
		both.groups?.map(({category, jobs}: Told) => [category, jobs?.[0]?.jobID]),
		[
			[{process: 'mosaic', status: 'running'}, third],
			[{process: 'tiles', status: 'running'}, first],
		],
	);
	assert.equal((await ask('weaver', 'GET /jobs?groups=owner')).status, 400);
});

test('the list and the record of a job give the same time of submission, which never changes', async t => {
	const {demo, advance} = await open(t, 12);
	const connections = await connectAll(demoSettings(demo.profiles), demo.env);
	t.after(() => Promise.all(connections.map(({backend}) => backend.close?.())));
	const told = async () => {
		const times = new Map<string, number | undefined>();
		for (const {profile, backend} of connections) {
			const {jobs} = await backend.listPage({everyone: true, ended: true, signal});
			for (const {id, createdAt} of jobs) {
				times.set(`${profile}/${id}`, createdAt);
				const {job} = (await backend.get?.(id, {signal})) ?? assert.fail(profile);
				assert.equal(job.createdAt, createdAt, `${profile}/${id}`);
			}
		}
		return times;
	};
	const before = await told();
	for (const system of usualSystems) {
		const stamped = [...before].filter(([ref]) => ref.startsWith(`${system}/`));
		assert.ok(stamped.length > 5, system);
		// TensorPool documents no times at all.
		for (const [ref, at] of stamped) assert.equal(at !== undefined, system !== 'tensorpool', ref);
	}
	await advance(90_000);
	const after = await told();
	for (const [ref, at] of before) if (after.has(ref)) assert.equal(after.get(ref), at, ref);
});

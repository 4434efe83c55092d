/*
The embedded PBS, as jobtop's backend sees it: how jobs end there, and a server that dies.
*/
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {promisify} from 'node:util';
import type {Backend} from '../../source/backends/backend.ts';
import {connectAll} from '../../source/config/connect.ts';
import {demoSettings} from '../../source/config/demo-settings.ts';
import {startDemo} from '../../source/demo/index.ts';
import type {Quirk} from '../../source/demo/scenario.ts';
import {failureOf} from '../helpers/failure-of.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {program} from '../helpers/run-cli.ts';

const {signal} = new AbortController();
const {file, parameters} = program([]);

const open = async (t: TestContext) => {
	const {clock, advance} = createManualClock();
	const demo = await startDemo({clock, jobs: 0, systems: ['pbs'], jobtop: [file, ...parameters]});
	t.after(demo.close);
	const [connection] = await connectAll(demoSettings(demo.profiles), demo.env);
	const {backend} = connection ?? assert.fail();
	t.after(() => backend.close?.());
	const {add, history, bin = assert.fail()} = demo.servers.pbs;
	return {
		advance,
		history,
		/** Runs one of the programs, and gives what it prints. */
		run: async (name: string, ...args: readonly string[]) => {
			const {stdout, stderr} = await promisify(execFile)(join(bin, name), args);
			return stdout + stderr;
		},
		add: (phase: 'queued' | 'running', quirk?: Quirk) =>
			add(phase, {name: 'mesh', process: 'mesh', owner: 'amara', ...(quirk && {quirk})}),
		backend: backend as Required<Backend>,
		job: async (id: string) => (await backend.get?.(id, {signal}))?.job ?? assert.fail(),
	};
};

test('a running job of PBS is terminating, exiting and then terminated by its user', async t => {
	const {add, backend, job, advance} = await open(t);
	const id = add('running');
	assert.equal((await backend.cancel(id, {signal})).kind, 'accepted');
	const seen = [];
	for (const ms of [0, 3500, 500]) {
		await advance(ms);
		const {status, phase, endedBy} = await job(id);
		seen.push([status, phase, endedBy?.kind]);
	}
	assert.deepEqual(seen, [
		['Terminating', 'stopping', undefined],
		['Exiting', 'stopping', undefined],
		['Terminated', 'cancelled', 'cancelled'],
	]);
	assert.equal((await backend.cancel(id, {signal})).kind, 'too-late');
});

test('a job of PBS that does not stop is dropped by force, and may still run', async t => {
	const {add, backend, job, advance} = await open(t);
	const id = add('running', 'never-stops');
	await backend.cancel(id, {signal});
	await advance(3_600_000);
	assert.equal((await job(id)).phase, 'stopping');
	await backend.forceCancel(id, {signal});
	const {phase, unproven} = await job(id);
	assert.deepEqual([phase, unproven], ['cancelled', 'may-run']);
});

test('the server of PBS dies of a job and an unknown one, comes back, and has forgotten who deleted what', async t => {
	const {add, backend, job, run, history, advance} = await open(t);
	const [dying, waiting] = [add('running'), add('queued')];
	await backend.cancel(dying, {signal});
	// The other way round it lives.
	await assert.rejects(run('qdel', '1', add('queued')), {code: 153});
	assert.equal(await run('qdel', waiting, '1'), '');
	assert.equal(history(waiting).length, 1);
	for (const ask of [() => job(dying), () => backend.cancel(dying, {signal})]) {
		assert.equal((await failureOf(ask())).kind, 'unreachable');
	}
	assert.equal(history(dying).length, 1);
	await advance(30_000);
	assert.equal((await job(waiting)).phase, 'cancelled');
	const {phase, endedBy} = await job(dying);
	assert.deepEqual([phase, endedBy], ['failed', {kind: 'signal', signal: 15}]);
});

test('times of the embedded PBS are those of the zone in which its programs run', async t => {
	const {add, job, run} = await open(t);
	const id = add('running');
	const {createdAt = assert.fail()} = await job(id);
	const seconds = Math.floor(createdAt / 1000) * 1000;
	const before = process.env.TZ;
	t.after(() => {
		if (before === undefined) delete process.env.TZ;
		else process.env.TZ = before;
	});
	for (const [zone, hours] of [
		['UTC', 0],
		['Asia/Tokyo', 9],
		['no zone', 0],
	] as const) {
		process.env.TZ = zone;
		const [, ctime = ''] = /ctime = (.*)/.exec(await run('qstat', '-f', id)) ?? [];
		assert.equal(Date.parse(`${ctime} UTC`), seconds + hours * 3_600_000, zone);
	}
});

test('every other job of the embedded PBS writes to its log from the beginning', async t => {
	const {add, backend, advance} = await open(t);
	const ids = [add('running'), add('running')];
	const words = await Promise.all(
		ids.map(id =>
			backend.logs(id, {signal}).then(
				({text}) => text,
				({failure}) => failure.detail,
			),
		),
	);
	assert.match(words[0] ?? '', /^mesh: reading 11 tiles\n/);
	assert.match(words[1] ?? '', /^no log yet: PBS copies it from n2 when the job ends/);
	await backend.cancel(ids[1] ?? '', {signal});
	await advance(4000);
	const {text, ended} = await backend.logs(ids[1] ?? '', {signal});
	assert.match(text, /^mesh: reading 11 tiles\n/);
	assert.equal(ended, true);
});

/*
`kill -9` in the middle of a batch, and another configuration before the next jobtop: the same profile leads to another server, where jobs with the same ids run.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {json, send} from '../../source/demo/faults.ts';
import {startWeaverServer} from '../../source/demo/weaver-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {systemClock} from '../../source/process/clock.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {program, startCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';

const jobs = 40;

/** Another server whose jobs have the same ids. */
const openTwin = async (context: TestContext) => {
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock: systemClock});
	const server = await startWeaverServer({world, clock: systemClock, seed: 'test'});
	context.after(() => server.close());
	for (let n = 0; n < jobs; n++) server.add('running', {name: `payroll-${n}`, process: 'sleeper'});
	return {server, changes: () => server.requests().filter(({method}) => method !== 'GET')};
};

/** A batch that is killed when its n-th request arrives, before or after it works. */
const killed = async (context: TestContext, nth: number, works: boolean) => {
	const far = await openFar(context);
	const ids = Array.from({length: jobs}, (_, n) => far.add('running', `mesh-${n}`));
	const {child, result} = startCli(['cancel', '--query', 'state:active', '-y'], {env: far.env});
	let deletes = 0;
	far.server.setFault(async (response, work) => {
		const isDelete = far.server.requests().at(-1)?.method === 'DELETE';
		if (isDelete && ++deletes === nth) {
			child.kill('SIGKILL');
			if (works) await work();
			return void response.socket?.destroy();
		}
		send(response, await work());
	});
	assert.equal((await result).code, null, 'it was killed');
	far.server.setFault(undefined);
	return {...far, ids};
};

for (const [title, nth, works] of [
	['when the first request arrives', 1, false],
	['in the middle, when a request has worked', 20, true],
	['when the last request arrives', jobs, false],
] as const) {
	test(`a batch that is killed ${title} is not continued on another server`, async context => {
		const far = await killed(context, nth, works);
		const twin = await openTwin(context);
		const journal = () => readFileSync(join(far.state, 'batches', '1.jsonl'), 'utf8');
		const before = journal();
		const elsewhere = {env: {WEAVER_URL: twin.server.url}};
		for (const more of [[], ['--take-over'], ['-y', '--take-over']]) {
			const {code, stderr} = await far.jobtop(['batches', 'resume', '1', ...more], elsewhere);
			assert.equal(code, 5, stderr);
			assert.match(stderr, /batch 1 belongs to another system: profile weaver: .*nothing was sent\n$/);
		}
		const retried = await far.jobtop(['batches', 'retry', '1', '-y'], elsewhere);
		assert.equal(retried.code, 5);
		const given = await far.jobtop(['batches', 'resume', '1', '--without', 'weaver']);
		assert.equal(given.code, 2);
		assert.match(given.stderr, /--without .* but weaver is configured here; nothing was sent/);
		assert.deepEqual(twin.changes(), []);
		assert.equal(journal(), before, 'it waits as it is');
		// Where it was asked, it goes on to its end.
		const {code, stdout, stderr} = await far.jobtop(['batches', 'resume', '1', '-o', 'json']);
		assert.ok(code === 0 || code === 6, `${code}: ${stderr}`);
		assert.equal(JSON.parse(stdout).results.length, jobs);
		for (const id of far.ids) assert.equal(far.server.job(id)?.phase, 'cancelled');
		assert.deepEqual(twin.changes(), []);
	});
}

test('the screen on another server sends nothing of it, and says so', async context => {
	const far = await killed(context, 5, false);
	const twin = await openTwin(context);
	const {file, parameters} = program([]);
	// No Slurm of this machine: its troubles would take the line of the notice.
	const env = {...far.env, WEAVER_URL: twin.server.url, HOME: far.state, PATH: '/nowhere'};
	const terminal = openTerminal(file, parameters, {columns: 140, env});
	context.after(() => terminal.close());
	await terminal.until(/belongs to another system/);
	assert.deepEqual(twin.changes(), []);
});

test('a batch that failed on one server is not retried on another', async context => {
	const far = await openFar(context);
	const id = far.add('running', 'mesh');
	far.server.setFault(async (response, work) => {
		const isDelete = far.server.requests().at(-1)?.method === 'DELETE';
		send(response, isDelete ? json(403, {title: 'Forbidden'}) : await work());
	});
	assert.equal((await far.jobtop(['cancel', `weaver/${id}`, '-y'])).code, 5);
	const twin = await openTwin(context);
	const {code, stdout} = await far.jobtop(['batches', 'retry', '1', '-y', '-o', 'json'], {
		env: {WEAVER_URL: twin.server.url},
	});
	assert.equal(code, 5);
	assert.equal(JSON.parse(stdout).results[0].outcome, 'replaced');
	assert.deepEqual(twin.changes(), []);
});

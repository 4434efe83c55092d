/*
The built program in a real pseudo-terminal, on an embedded Kubernetes: a job is suspended and started again by keys.
*/
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {startKubernetesServer} from '../../source/demo/kubernetes-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {systemClock} from '../../source/process/clock.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {program, skip} from '../helpers/program.ts';
import {openTerminal} from '../helpers/terminal.ts';

test('at 80x24 a job is suspended and started again by keys, and the outcomes are read off the screen', {
	skip,
}, async context => {
	const token = 'key-for-these-tests';
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock: systemClock});
	const server = await startKubernetesServer({
		world,
		clock: systemClock,
		seed: 'terminal',
		token,
		namespaces: ['lab'],
		graceMs: 500,
	});
	context.after(() => server.close());
	server.add('running', {name: 'train', process: 'sleeper'}, 'lab/train');
	const home = temporaryDirectory(context);
	const config = join(home, 'config.toml');
	writeFileSync(
		config,
		`[profiles.k]\nbackend = "kubernetes"\nurl = "${server.url}"\ntoken_env = "KEY"\nnamespaces = ["lab"]\n`,
	);
	const terminal = openTerminal(process.execPath, [program, '--interval', '1s'], {
		env: {
			PATH: '/usr/bin:/bin',
			HOME: home,
			JOBTOP_CONFIG: config,
			JOBTOP_STATE_DIR: join(home, 'state'),
			KEY: token,
		},
	});
	context.after(() => terminal.close());
	await terminal.until(/RUNNING +lab\/train/);
	terminal.press('x');
	await terminal.until(/B +unsuspend +it is not suspended/);
	terminal.press('Z');
	const box = (await terminal.until('suspend this job?')).join('\n');
	assert.match(box, /k\/lab\/train/);
	assert.match(box, /the\s[\s\S]*record stays/);
	assert.match(box, /y +suspend the job/);
	assert.doesNotMatch(box, /cancel/);
	terminal.press('y');
	await terminal.until('k/lab/train: suspended');
	assert.equal((await terminal.until(/HELD +lab\/train/)).join('\n').includes('cancelled'), false);
	terminal.press('x');
	await terminal.until(/Z +suspend +it is suspended already/);
	terminal.press('B');
	await terminal.until('unsuspend this job?');
	terminal.press('y');
	await terminal.until('k/lab/train: unsuspended');
	assert.deepEqual(
		server.history('lab/train').map(({effect}) => effect),
		['suspended', 'unsuspended'],
	);
	terminal.press('q');
	assert.equal((await terminal.exited).code, 0);
});

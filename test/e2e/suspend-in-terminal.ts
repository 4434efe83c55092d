/*
The built program in a real pseudo-terminal, on an embedded Kubernetes: a job is suspended and started again by keys.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {openFarKubernetes} from '../helpers/far-kubernetes.ts';
import {program, skip} from '../helpers/program.ts';
import {openTerminal} from '../helpers/terminal.ts';

test('at 80x24 a job is suspended and started again by keys, and the outcomes are read off the screen', {
	skip,
}, async context => {
	const {server, state, env} = await openFarKubernetes(context, {graceMs: 500});
	server.add('running', {name: 'train', process: 'sleeper'}, 'lab/train');
	const terminal = openTerminal(process.execPath, [program, '--interval', '1s'], {
		env: {...env, PATH: '/usr/bin:/bin', HOME: state},
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

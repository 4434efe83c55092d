/*
A terminal whose reader has stopped, as a dead line or a stopped multiplexer leaves it: the thread that draws stands still in the middle of a write, and polling and cancelling go on.
*/
import assert from 'node:assert/strict';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {startWeaverServer} from '../../source/demo/weaver-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {systemClock} from '../../source/process/clock.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {openTerminal} from '../helpers/terminal.ts';

const program = resolve('dist/jobtop.js');
const skip = !existsSync(program)
	? 'the program is not built: npm run build'
	: !existsSync('/proc/self/task')
		? 'only Linux tells what a thread does'
		: false;

/** Looks again and again until it holds. */
const until = async (what: string, holds: () => boolean): Promise<void> => {
	for (let looks = 0; looks < 3000; looks++) {
		if (holds()) return;
		await pause(10);
	}
	assert.fail(`it never came to this: ${what}`);
};

/** What the drawing thread does: the processor time that it has had, in ticks, and whether it waits; a thread that is only kept from the processor does not. */
const drawingThread = (pid: number) => {
	const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return {ticks: Number(fields[11]) + Number(fields[12]), waits: fields[0] !== 'R'};
};

test('a stalled terminal stops neither polling nor cancelling', {skip}, async context => {
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock: systemClock});
	const server = await startWeaverServer({world, clock: systemClock, seed: 'stall'});
	context.after(() => server.close());
	const ids = Array.from({length: 40}, (_, index) =>
		server.add('running', {name: `job ${index}`, process: 'sleeper'}),
	);
	const home = temporaryDirectory(context);
	writeFileSync(join(home, 'config.toml'), `[profiles.w]\nbackend = "weaver"\nurl = "${server.url}"\n`);
	const terminal = openTerminal(process.execPath, [program, '--interval', '1s'], {
		columns: 100,
		rows: 30,
		env: {
			PATH: '/usr/bin:/bin',
			HOME: home,
			JOBTOP_CONFIG: join(home, 'config.toml'),
			JOBTOP_STATE_DIR: join(home, 'state'),
		},
	});
	context.after(() => terminal.close());
	await terminal.until('40 jobs');
	const count = (method: string) => server.requests().filter(request => request.method === method).length;
	const deletes = () => count('DELETE');

	// Asked for while somebody reads; a batch of several stays for a moment in which it can be taken back.
	terminal.press('m');
	await terminal.until('mark:');
	terminal.press('job\r');
	await terminal.until('marks 40');
	terminal.press('c');
	await terminal.until(/type.* 40/i);
	terminal.press('40');
	await terminal.until('40_');
	terminal.press('y');
	await terminal.until(/cancelling|staged|recall/i);
	terminal.stopReading();

	// The screen changes with every key, until nobody takes what it writes and the thread stands in the middle of it.
	let before = -1;
	let still = 0;
	let key = 0;
	await until('the drawing thread stands still, whatever is pressed', () => {
		terminal.press(key++ % 2 ? 'k' : 'j');
		const {ticks, waits} = drawingThread(terminal.pid);
		still = waits && ticks === before ? still + 1 : 0;
		before = ticks;
		return still >= 150;
	});
	await until('every job is asked to end', () => deletes() >= ids.length);
	const lists = count('GET');
	await until('the list is asked for again', () => count('GET') > lists + 2);
	assert.ok(
		drawingThread(terminal.pid).ticks - before <= 2,
		'the drawing thread has stood still all the time',
	);

	terminal.startReading();
	await terminal.until(/40 of 40|40 (?:cancelled|removed|settled)|no jobs|nothing/i);
	terminal.press('q');
	assert.equal((await terminal.exited).code, 0);
});

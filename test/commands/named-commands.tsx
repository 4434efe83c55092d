/*
Commands by their names, and the help that is searched.
*/
import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {commands} from '../../source/commands/commands.ts';
import {createCommandHistory} from '../../source/engine/command-history.ts';
import type {Patch} from '../../source/engine/protocol.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {renderText} from '../helpers/render-text.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const facts: readonly Patch[] = [
	hello([
		profile('a', {can: {...profile('a').can, delete: true}, deleteConsequence: 'all is lost'}),
		profile('b'),
	]),
	{type: 'health', health: health('a')},
	{type: 'health', health: health('b')},
	jobs(
		job('a/1'),
		job('a/2', {createdAt: start - 90_000}),
		job('b/3', {phase: 'failed', createdAt: start - 99_000}),
	),
];

const opened = async (context: TestContext) => {
	const screen = await renderText(context);
	await screen.receive(...facts);
	return screen;
};

/** In an emulated terminal, for what is about sizes and pastes. */
const openedOnTerminal = async (context: TestContext, columns = 80, rows = 24) => {
	const screen = await renderScreen(context, {columns, rows});
	await screen.receive(...facts);
	return screen;
};

const word = (screen: {readonly lines: () => string[]}) => screen.lines().at(-1) ?? '';

test('no name has two commands', () => {
	const names = commands.flatMap(({id, byName}) => [id, ...(byName?.names ?? [])]);
	assert.deepEqual(names, [...new Set(names)]);
});

test('a command by name does what its key does, and asks the same question', async context => {
	const screen = await opened(context);
	await screen.press(':cancel', '\r');
	assert.match(screen.text(), /cancel this job\?/);
	assert.equal(screen.store.getState().screen.overlay?.kind, 'box');
	assert.equal(
		screen.sent.some(({type}) => type === 'cancel'),
		false,
	);
	await screen.press('\r');
	assert.match(word(screen), /not cancelled; nothing sent/);
});

test('keys that arrive together run no command line, and a paste is text', async context => {
	const screen = await openedOnTerminal(context);
	await screen.press(':q\r');
	assert.deepEqual(screen.quits, []);
	assert.match(word(screen), /it came with other keys/);
	await screen.press('\u001b', ':');
	await screen.paste('cancel\ny\n');
	assert.equal(screen.store.getState().screen.overlay?.kind, 'command');
	assert.match(screen.text(), /:cancel y_/);
	await screen.press('\r');
	assert.match(word(screen), /:cancel: it takes no argument, such as y/);
});

test('the command line is closed over an open question, and a name cannot answer one', async context => {
	const screen = await opened(context);
	await screen.press('c', ':');
	assert.equal(screen.store.getState().screen.overlay?.kind, 'box');
	await screen.press('n', ':send', '\r');
	assert.match(word(screen), /:send: not available here/);
	assert.equal(
		screen.sent.some(({type}) => type === 'cancel'),
		false,
	);
});

test('a command does not apply to a row that moved under the cursor while its name was typed', async context => {
	const screen = await opened(context);
	await screen.press(':cancel');
	await screen.receive({type: 'jobs', upserts: [], removes: ['a/1']});
	await screen.advance(5000);
	await screen.press('\r');
	assert.match(word(screen), /:cancel: the row under the cursor changed/);
});

test('unknown names, misspelt names and names of other scopes get an answer', async context => {
	const screen = await opened(context);
	await screen.press(':cancle', '\r');
	assert.match(word(screen), /:cancle: there is no such command; did you mean "cancel"\?/);
	for (const name of ['qqqqqqqqqqqqq', 'w', 'wq', 'x!']) {
		await screen.press(`:${name}`, '\r');
		assert.match(word(screen), /no such command; Tab shows all/, name);
	}
	await screen.press(':retry', '\r');
	assert.match(word(screen), /:retry: not available here, only in: cancellations/);
	await screen.press(':', '\r');
	assert.equal(screen.store.getState().screen.overlay, undefined);
});

test('arguments: a column, a profile, a filter; an unknown one is an error', async context => {
	const screen = await opened(context);
	await screen.press(':sort name', '\r');
	assert.equal(screen.store.getState().screen.sort.column, 'name');
	await screen.press(':sort nam', '\r');
	assert.match(word(screen), /:sort: there is no column nam; did you mean "name"\?/);
	await screen.press(':profile b', '\r');
	assert.equal(screen.store.getState().screen.only, 'b');
	await screen.press(':profile', '\r');
	assert.match(word(screen), /:profile: name a profile: a, b/);
	await screen.press(':all', '\r', ':filter state:running', '\r');
	assert.equal(screen.store.getState().screen.filter, 'state:running');
	await screen.press(':sort', '\r');
	assert.equal(screen.store.getState().screen.overlay?.kind, 'menu');
});

test('short names: :rm asks before it deletes, :q quits, also from the details of a job', async context => {
	const screen = await opened(context);
	await screen.press('G', ':rm', '\r');
	assert.match(word(screen), /:rm: Slurm has no way to delete a job/);
	await screen.press('k', ':rm', '\r');
	assert.match(word(screen), /:rm: still running: cancel it first/);
	await screen.press('\r', ':q', '\r');
	assert.deepEqual(screen.quits, ['asked']);
});

test('Tab cycles through the completions, and a single completion continues with its argument', async context => {
	const screen = await opened(context);
	await screen.press(':so', '\t');
	assert.match(screen.text(), /:sort_/);
	assert.match(screen.text(), /> sort /);
	await screen.press('\t', '\t', '\t');
	assert.match(screen.text(), /:sort_/, 'round and round');
	await screen.press('\u001b[Z', '\u001b[Z');
	assert.match(screen.text(), /:sort-right_/);
	await screen.press('\u0015', 'unfol', '\t');
	assert.match(screen.text(), /:unfollow _/);
	await screen.press('\u0015', 'profile ', '\t');
	assert.match(screen.text(), /:profile a_/);
	await screen.press('\t', '\r');
	assert.equal(screen.store.getState().screen.only, 'b');
});

test('Up and Down recall earlier lines, and return to the typed text', async context => {
	const screen = await opened(context);
	await screen.receive({type: 'history', lines: ['sort age', 'filter x']});
	await screen.press(':so', '\u001b[A');
	assert.match(screen.text(), /:filter x_/);
	await screen.press('\u001b[A', '\u001b[A');
	assert.match(screen.text(), /:sort age_/);
	await screen.press('\u001b[B', '\u001b[B');
	assert.match(screen.text(), /:so_/);
	await screen.press('\u0015', 'all', '\r');
	assert.deepEqual(screen.sent.at(-1), {type: 'remember-command', line: 'all'});
});

test('the last two hundred lines are kept after a restart', async context => {
	const state = temporaryDirectory(context);
	const far = await openWeaverServer(context);
	const {engine, known} = openEngine(context, far, state);
	for (let each = 0; each < 250; each++) engine.handle({type: 'remember-command', line: `sort ${each}`});
	engine.handle({type: 'remember-command', line: 'sort 100'});
	assert.equal(known().history.length, 200);
	assert.equal(known().history.at(-1), 'sort 100');
	await engine.stop();
	const next = openEngine(context, far, state);
	next.engine.start();
	assert.deepEqual(next.known().history, known().history);
	writeFileSync(join(state, 'commands'), '\u001b[31mred\nsort age\n');
	assert.deepEqual(createCommandHistory(state).read(), ['red', 'sort age']);
	assert.equal(readFileSync(join(state, 'commands'), 'utf8').split('\n').length, 3);
});

test('a name stops following the job under the cursor', async context => {
	const screen = await opened(context);
	await screen.press(':unfollow', '\r');
	assert.match(word(screen), /:unfollow: it is not being cancelled/);
	await screen.receive({type: 'cancellations', reports: [report('a/1', {acceptedAt: start})]});
	await screen.press(':unfollow', '\r');
	assert.deepEqual(screen.sent.at(-1), {type: 'unfollow', refs: ['a/1']});
});

test('a name changes the theme', async context => {
	const screen = await openedOnTerminal(context);
	const lines = screen.lines();
	const coloured = () => {
		const {active} = screen.terminal.buffer;
		return lines.flatMap((line, row) => {
			const cells = active.getLine(row);
			// A blank shows no colour.
			const isDrawn = (_: unknown, x: number) =>
				cells?.getCell(x)?.isFgDefault() === false && cells.getCell(x)?.getChars() !== ' ';
			return Array.from({length: 80}, (_, x) => x).some(isDrawn) ? [line] : [];
		});
	};
	assert.notDeepEqual(coloured(), []);
	await screen.press(':theme mono', '\r');
	assert.deepEqual(coloured(), []);
	assert.deepEqual(screen.lines().slice(2, -2), lines.slice(2, -2));
	await screen.press(':theme mon', '\r');
	assert.match(word(screen), /there is no theme mon; did you mean "mono"\?/);
});

for (const [columns, rows] of [
	[80, 24],
	[120, 36],
	[40, 10],
] as const) {
	test(`the line with its completions at ${columns}x${rows}`, async context => {
		const screen = await openedOnTerminal(context, columns, rows);
		await screen.press(':mark');
		const lines = screen.lines();
		assert.match(lines.join('\n'), /┌─ command ─+┐/);
		assert.match(lines.join('\n'), /│ :mark_ +│/);
		assert.match(lines.join('\n'), /│ {3}mark +Mark or unmark/);
		assert.match(lines.at(-2) ?? '', /Enter do it {2}Tab complete/);
		assert.ok(lines.every(line => line.length <= columns));
	});

	test(`the help at ${columns}x${rows} begins with the current scope, and can be searched`, async context => {
		const screen = await openedOnTerminal(context, columns, rows);
		await screen.press('\r', '?');
		assert.match(screen.text(), / Job details/);
		await screen.press('/Ctrl-Z');
		await screen.press('\u0015', 'suspend jobtop');
		assert.match(screen.text(), /Anywhere/);
		assert.match(screen.text(), /Ctrl-z {12}Suspend jobtop/);
		assert.match(screen.text(), /find: suspend jobtop_/);
		assert.doesNotMatch(screen.text(), /Job details/);
		await screen.press('\r');
		assert.match(screen.text(), /find: suspend jobtop /);
		await screen.press('\u001b');
		assert.match(screen.text(), /Job details/);
		await screen.press('\u001b');
		assert.equal(screen.store.getState().screen.overlay, undefined);
	});
}

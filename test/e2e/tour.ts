/*
The tour of the demo by the built program in a real pseudo-terminal.
*/
import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {program, quitThroughHelp, skip} from '../helpers/program.ts';
import {openTerminal, type TerminalOptions} from '../helpers/terminal.ts';

const startTour = (context: TestContext, options: TerminalOptions) => {
	const terminal = openTerminal(process.execPath, [program, 'demo', '--tour'], {
		longest: 120_000,
		...options,
	});
	context.after(() => terminal.close());
	return terminal;
};

for (const [columns, rows] of [
	[80, 24],
	[120, 36],
] as const) {
	test(`at ${columns}x${rows} the tour cancels what it has marked, shows its end and the failed jobs, and hands over`, {
		skip,
	}, async context => {
		const terminal = startTour(context, {columns, rows, env: {JOBTOP_TOUR_SPEED: '8'}});
		await terminal.until(' tour ');
		await terminal.until(/marked -> c cancels \d+ jobs/);
		const question = (await terminal.until(/cancel \d+ jobs in \d profiles\?/)).join('\n');
		const number = /cancel (\d+) jobs/.exec(question)?.[1];
		assert.match(question, / tour /, 'the question leaves room for the caption');
		await terminal.until(`type ${number}: ${number}_`);
		await terminal.until(new RegExp(`batch 2 \\(2 of 2\\) · ${number} jobs[^]*✓ cancelled`));
		await terminal.until('filter: state:failed');
		const end = (await terminal.until('the tour has ended; the keys are yours')).join('\n');
		assert.match(end, /\? help/);
		assert.doesNotMatch(end, / tour {2}/);
		await quitThroughHelp(terminal);
		assert.equal((await terminal.exited).code, 0);
	});
}

test('the first key of the person stops the tour, and the next one is theirs', {skip}, async context => {
	const terminal = startTour(context, {});
	await terminal.until(' tour ');
	terminal.press('q');
	await terminal.until('tour stopped; the keys are yours');
	assert.doesNotMatch(terminal.text(), / tour {2}/);
	await quitThroughHelp(terminal);
	assert.equal((await terminal.exited).code, 0);
});

test('a terminal without a screen gets no tour', {skip}, async context => {
	const terminal = startTour(context, {env: {TERM: 'dumb'}});
	assert.equal((await terminal.exited).code, 2);
	assert.match(terminal.text(), /^jobtop: --tour needs the screen of a terminal, and TERM is dumb\s*$/);
});

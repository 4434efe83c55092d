/*
Questions as whole frames, at the sizes of a split pane, of a login node and of large screens.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Patch} from '../../source/engine/protocol.ts';
import type {Ref} from '../../source/job/ref.ts';
import {reasonFor} from '../../source/table/marks.ts';
import {type RenderedScreen, renderScreen} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile, start} from '../helpers/screen-facts.ts';

const systems = [
	['weaver', "DELETE also removes the job's outputs and logs, and its process may still run."],
	['ionworks', 'Ionworks ends the job for good.'],
	['tapis', 'Tapis stops the job when its worker next looks, up to ten minutes later.'],
	['dex', 'Dex ends a waiting job at once, and a running one when its workflow gets to it.'],
] as const;

/** Ten jobs with long ids on four systems, and one that has ended. */
const facts: readonly Patch[] = [
	hello(
		systems.map(([name, consequence]) =>
			profile(name, {title: `${name[0]?.toUpperCase()}${name.slice(1)}`, consequence}),
		),
	),
	...systems.map(([name]): Patch => ({type: 'health', health: health(name)})),
	jobs(
		...Array.from({length: 11}, (_, index) =>
			job(`${systems[index % 4]?.[0]}/8be46c93-7dac-415d-9093-8fa6a476c9${index + 10}` as Ref, {
				name: `mosaic-${index}`,
				phase: index === 10 ? 'failed' : index % 3 ? 'running' : 'queued',
				createdAt: start - index * 1000,
			}),
		),
	),
];

const pageDown = '\u001b[6~';

/** The lines of the open box, without anything beside it. */
const boxOf = (screen: RenderedScreen): string[] => {
	const lines = screen.lines();
	const top = lines.findIndex(line => /[┌+][─-] .*[┐+]/.test(line));
	const bottom = lines.findIndex(line => /[└+][─-]{20,}[┘+]/.test(line));
	const left = lines[top]?.search(/[┌+][─-] /) ?? 0;
	const right = lines[bottom]?.search(/[┘+](?![─-])/) ?? 0;
	return lines.slice(top, bottom + 1).map(line => line.slice(left, right + 1));
};

const whole = [
	'┌─ cancel 10 jobs in 4 profiles? ──────────────────────────────────────────────┐',
	'│ 1 QUEUED   dex       8be46c9…76c913                                          │',
	'│ 1 RUNNING  dex       8be46c9…76c917                                          │',
	'│ 2 RUNNING  ionworks  8be46c9…76c911  8be46c9…76c915                          │',
	'│ 1 QUEUED   ionworks  8be46c9…76c919                                          │',
	'│ 1 RUNNING  tapis     8be46c9…76c912                                          │',
	'│ 1 QUEUED   tapis     8be46c9…76c916                                          │',
	'│ 2 RUNNING  weaver    8be46c9…76c914  8be46c9…76c918                          │',
	'│ 1 QUEUED   weaver    8be46c9…76c910                                          │',
	'│                                                                              │',
	'│ 1 left out: it has ended: failed                                             │',
	"│ ! Weaver: DELETE also removes the job's outputs and logs, and its process    │",
	'│ may still run.                                                               │',
	'│ ! Ionworks ends the job for good.                                            │',
	'│ ! Tapis stops the job when its worker next looks, up to ten minutes later.   │',
	'│ ! Dex ends a waiting job at once, and a running one when its workflow gets   │',
	'│ to it.                                                                       │',
	'│ the oldest state is 0s old; jobtop looks at each before it sends             │',
	'│                                                                              │',
	'│ type 10: _   y  cancel 10 jobs   n/Esc  keep them                            │',
	'└──────────────────────────────────────────────────────────────────────────────┘',
];

/** The same where the box is wider: no line wraps. */
const widened = (width: number): string[] =>
	whole
		.join('\n')
		.replace(/ +│\n│ (may still run|to it)\./g, ' $1.')
		.split('\n')
		.map((line, index, {length}) => {
			const fill = index === 0 || index === length - 1 ? '─' : ' ';
			const words = line.slice(1, -1).replace(index === 0 ? /─+$/ : / +$/, '');
			return `${line.at(0)}${words.padEnd(width - 2, fill)}${line.at(-1)}`;
		});

/** The lines of a box in ASCII. */
const inAscii = (lines: readonly string[]): string[] =>
	lines.map(line =>
		line
			.replace(/[┌┐└┘]/g, '+')
			.replaceAll('─', '-')
			.replaceAll('│', '|')
			.replaceAll('…', '~'),
	);

for (const [columns, rows, expected] of [
	[80, 24, whole],
	[120, 36, widened(120)],
	[200, 50, widened(110)],
] as const) {
	for (const ascii of [false, true]) {
		test(`the question about ten jobs at ${columns}x${rows}${ascii ? ' in ASCII' : ''}`, async context => {
			const screen = await renderScreen(context, {columns, rows, ascii, colour: !ascii});
			await screen.receive(...facts);
			await screen.press('a', 'c');
			assert.deepEqual(boxOf(screen), ascii ? inAscii(expected) : expected);
			// Where the table has little room beside the box, there is none of it.
			if (columns === 80) assert.deepEqual(screen.lines().slice(0, 21), boxOf(screen));
			await screen.press('1', '0', 'y');
			assert.deepEqual(
				screen.sent.map(({type}) => type),
				['cancel'],
			);
		});
	}
}

test('the question about ten jobs at 60x15', async context => {
	const screen = await renderScreen(context, {columns: 60, rows: 15});
	await screen.receive(...facts);
	await screen.press('a', 'c');
	assert.deepEqual(screen.lines(), [
		'┌─ cancel 10 jobs in 4 profiles? ──────────────────────────┐',
		'│ 4 QUEUED, 6 RUNNING on 4 profiles; e lists them          │',
		'│ 1 left out: it has ended: failed                         │',
		"│ ! Weaver: DELETE also removes the job's outputs and      │",
		'│ logs, and its process may still run.                     │',
		'│ ! Ionworks ends the job for good.                        │',
		'│ ! Tapis stops the job when its worker next looks, up to  │',
		'│ ten minutes later.                                       │',
		'│ ! Dex ends a waiting job at once, and a running one when │',
		'│ ─ ! 3 more lines: Down ───────────────────────────────── │',
		'│ type 10: _   y  cancel 10 jobs   n/Esc  keep them        │',
		'└──────────────────────────────────────────────────────────┘',
		'────────────────────────────────────────────────────────────',
		' n keep  e list  t dry run  Tab reason',
		'',
	]);
	await screen.press('1', '0', 'y');
	assert.equal(screen.lines().at(-1), ' y: Down first: a warning goes on below');
	await screen.press(pageDown);
	assert.deepEqual(screen.lines().slice(5, 11), [
		'│ ! Dex ends a waiting job at once, and a running one when │',
		'│ its workflow gets to it.                                 │',
		'│ the oldest state is 0s old; jobtop looks at each before  │',
		'│ it sends                                                 │',
		'│ ─ end of the text ───────────────────────────── Up: back │',
		'│ type 10: 10_   y  cancel 10 jobs   n/Esc  keep them      │',
	]);
	await screen.press('e');
	assert.deepEqual(boxOf(screen), [
		'┌─ all 10 jobs to cancel ──────────────────────────────────┐',
		'│ weaver/8be46c93-7dac-415d-9093-8fa6a476c910              │',
		'│   QUEUED     mosaic-0                                    │',
		'│ ionworks/8be46c93-7dac-415d-9093-8fa6a476c911            │',
		'│   RUNNING    mosaic-1                                    │',
		'│ tapis/8be46c93-7dac-415d-9093-8fa6a476c912               │',
		'│   RUNNING    mosaic-2                                    │',
		'│ dex/8be46c93-7dac-415d-9093-8fa6a476c913                 │',
		'│   QUEUED     mosaic-3                                    │',
		'│ weaver/8be46c93-7dac-415d-9093-8fa6a476c914              │',
		'│ lines 1-9 of 22   j/k  scroll   Esc/e  back              │',
		'└──────────────────────────────────────────────────────────┘',
	]);
	await screen.press('\u001b', 'y');
	assert.deepEqual(
		screen.sent.map(({type}) => type),
		['cancel'],
		'the list has not scrolled the question',
	);
});

test('the question about ten jobs at 40x10 can be read to its end', async context => {
	const screen = await renderScreen(context, {columns: 40, rows: 10});
	await screen.receive(...facts);
	await screen.press('a', 'c');
	// The first warning comes before the states of the jobs, which are as long as the room for all.
	assert.deepEqual(boxOf(screen).slice(0, 4), [
		'┌─ cancel 10 jobs in 4 profiles? ──────┐',
		'│ ! Weaver: DELETE also removes the    │',
		"│ job's outputs and logs, and its      │",
		'│ ─ ! 3 more warnings: Down ────────── │',
	]);
	const signs: (string | undefined)[] = [];
	const texts: string[] = [];
	for (let page = 0; page < 9; page++) {
		const box = boxOf(screen);
		signs.push(box.at(-4)?.slice(2, -2).trimEnd());
		texts.push(
			box
				.slice(1, -4)
				.map(line => line.slice(2, -2).trimEnd())
				.join(' '),
		);
		assert.deepEqual(box.slice(-3), [
			'│ type 10: _   y  cancel 10 jobs       │',
			'│ Esc  keep them                       │',
			'└──────────────────────────────────────┘',
		]);
		await screen.press(pageDown);
	}
	assert.deepEqual(signs, [
		'─ ! 3 more warnings: Down ──────────',
		'─ ! 2 more warnings: Down ─ Up: back',
		'─ ! 1 more warning: Down ── Up: back',
		'─ ! 7 more lines: Down ──── Up: back',
		'─ 5 more lines: Down ────── Up: back',
		'─ 3 more lines: Down ────── Up: back',
		'─ 1 more line: Down ─────── Up: back',
		'─ end of the text ───────── Up: back',
		'─ end of the text ───────── Up: back',
	]);
	assert.match(texts.join(' '), /gets to it\. 4 QUEUED, 6 RUNNING on 4 profiles; e lists them 1 left out: /);
});

test('the one job of several marked ones that can be cancelled is not asked about as if it were alone', async context => {
	const screen = await renderScreen(context);
	await screen.receive(...facts);
	await screen.press('j', 'j', ' ', '\u001b[F', ' ', '/', 'mosaic-10', '\r', 'c');
	const text = screen.text();
	assert.match(text, /cancel this job\?/);
	assert.match(text, /! not in view/);
	assert.match(text, /1 left out: it has ended: failed/);
});

test('reasons follow the number of jobs that they are for', () => {
	assert.equal(reasonFor('it has ended: failed', 1), 'it has ended: failed');
	assert.equal(reasonFor('it has ended: failed', 2), 'they have ended: failed');
	assert.equal(reasonFor('jobtop is read-only', 2), 'jobtop is read-only');
});

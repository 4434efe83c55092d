/*
Whole frames at any size, whatever jobs and profiles are called: each line as wide as the terminal, the frame as tall, and nothing written that is not ours.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {CancellationReport, Patch} from '../../source/engine/protocol.ts';
import {cleanText} from '../../source/job/clean-text.ts';
import {phases} from '../../source/job/phase.ts';
import type {Ref} from '../../source/job/ref.ts';
import type {Overlay} from '../../source/state/screen.ts';
import {
	closeOverlay,
	filterBy,
	mark,
	openOverlay,
	say,
	showBatch,
	showInFull,
	showPane,
} from '../../source/state/transitions.ts';
import {least} from '../../source/table/layout.ts';
import {type Theme, unicodeGlyphs} from '../../source/text/theme.ts';
import {openCancelBox} from '../../source/view-models/cancellation/cancel-targets.ts';
import {fc} from '../helpers/fast-check.ts';
import {type RenderedScreen, renderScreen} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

/** Blanks that are part of a line can be seen, and what Ink cuts off can be told from what we cut off. */
const visible: Theme = {
	glyphs: {...unicodeGlyphs, ellipsis: '~'},
	paint: line =>
		line
			.map(({text}) => text)
			.join('')
			.replaceAll(' ', '_'),
	named: () => visible,
};

const nasty = [
	'',
	'plain',
	'名前が長い仕事の名前',
	'e\u0301e\u0301\u0323 n\u0303',
	'😀😀 👩‍👩‍👧‍👦 ⚠️ 🇪🇺 👍🏽',
	'שלום עולם مرحبا',
	'\u202eevil\u202c \u2066x\u2069',
	'a\u200bb\u200dc\ufeff',
	'\u001b[2J\u001b[31mred\u001b]0;title\u0007\u009b1m',
	'\r\n\t\v\f\b\u0000\u007f',
	'ｆｕｌｌ ﾊﾝｶｸ',
	'กำ ที่ नमस्ते 한글 각',
	'\u0301\u0302 alone',
	'─│█…'.replace('…', ''),
	'\ud800 half',
	'x'.repeat(300),
	'字'.repeat(200),
];

const name = fc
	.oneof(
		fc.constantFrom(...nasty),
		fc.array(fc.constantFrom(...nasty), {minLength: 2, maxLength: 3}).map(parts => parts.join(' ')),
		fc.string({unit: 'binary', maxLength: 60}),
		fc.string({unit: 'grapheme', maxLength: 60}),
	)
	// As it comes from a backend. Ink's own sign for what it cut off must not come from a name.
	.map(text => cleanText(text, 200).replaceAll('…', ''));

const phase = fc.constantFrom(...(Object.keys(phases) as (keyof typeof phases)[]));
const size = fc.oneof(
	fc.record({
		columns: fc.integer({min: least.columns, max: 130}),
		rows: fc.integer({min: least.rows, max: 40}),
	}),
	fc.record({columns: fc.integer({min: 1, max: 60}), rows: fc.integer({min: 1, max: 16})}),
	fc.constantFrom(
		{columns: 40, rows: 10},
		{columns: 80, rows: 24},
		{columns: 300, rows: 100},
		{columns: 500, rows: 200},
		{columns: 1, rows: 1},
		{columns: 20, rows: 5},
		{columns: 500, rows: 10},
		{columns: 40, rows: 200},
	),
);

const facts = fc.record({
	profiles: fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/), {
		minLength: 1,
		maxLength: 14,
	}),
	names: fc.array(name, {maxLength: 30}),
	ids: fc.array(name, {minLength: 1, maxLength: 30}),
	phase,
	step: fc.constantFrom<CancellationReport['step']>('following', 'parked', 'staged'),
	cancelled: fc.integer({min: 0, max: 4}),
	state: fc.constantFrom('ok', 'unreachable', 'unauthorized', 'rate-limited'),
	overlay: fc.constantFrom('none', 'box', 'boxes', 'help', 'command', 'actions', 'dismiss', 'sort', 'filter'),
	pane: fc.constantFrom('table', 'cancellations'),
	detail: fc.constantFrom(undefined, 'summary', 'timeline', 'logs', 'results', 'raw', 'requests'),
	size,
});
type Facts = typeof facts extends fc.Arbitrary<infer Value> ? Value : never;

/** Puts all of that on the screen. */
const show = async (screen: RenderedScreen, {profiles, names, ids, ...how}: Facts): Promise<void> => {
	const {store} = screen;
	const failure = {kind: 'unreachable', detail: names[0] || 'nobody answers'} as const;
	const all = names.map((each, index) =>
		job(`${profiles[index % profiles.length] as string}/${index}${ids[index % ids.length]}` as Ref, {
			name: each,
			...(index % 3 === 0 && {phase: how.phase, status: each}),
			...(index % 4 === 0 && {mine: false, owner: each}),
			...(index % 5 === 0 && {queue: each, reason: each, labels: {project: each, account: each, node: each}}),
		}),
	);
	const reports = all
		.slice(0, how.cancelled)
		.map((each): CancellationReport => report(each.ref, {step: how.step, name: each.name, why: each.name}));
	const patches: Patch[] = [
		hello(profiles.map(each => profile(each, {title: 'Slurm'}))),
		{type: 'jobs', upserts: all, removes: [...store.getState().known.jobs.byRef.keys()]},
		...profiles.map(
			(each): Patch => ({
				type: 'health',
				health: health(each, how.state === 'ok' ? {} : {state: how.state as 'broken', failure, failures: 2}),
			}),
		),
		{
			type: 'notice',
			notice: {at: start, tone: 'error', text: names.at(-1) ?? 'x', profile: profiles[0] as string},
		},
		...(reports.length > 0 ? [{type: 'cancellations', reports} as Patch] : []),
	];
	store.receive(patches);
	const state = store.getState();
	const [first] = all;
	const some = how.overlay === 'boxes' ? all : all.slice(0, 1);
	const overlays: Record<string, Overlay | undefined> = {
		box: first && openCancelBox(state, some, start),
		boxes: first && openCancelBox(state, some, start),
		help: {kind: 'help', scroll: 2},
		command: {kind: 'command', text: names.at(-1) ?? 'c'},
		actions: first && {kind: 'actions', ref: first.ref, index: 0},
		dismiss: {kind: 'dismiss-box', jobs: all, staying: 2},
		sort: {kind: 'menu', menu: 'sort', index: 1},
		filter: {kind: 'filter', before: ''},
	};
	const overlay = overlays[how.overlay];
	store.change(
		overlay ? openOverlay(overlay) : closeOverlay,
		showPane(how.pane === 'cancellations' && reports.length > 0 ? 'cancellations' : 'table'),
		showInFull(how.detail && first ? {ref: first.ref, tab: how.detail, scroll: 0} : undefined),
		mark(new Set(all.slice(0, 2).map(({ref}) => ref))),
		filterBy(how.overlay === 'filter' ? (names[1] ?? '') : ''),
		names[2] === undefined ? ({word: _word, ...rest}) => rest : say(names[2]),
		showBatch(undefined),
	);
	await screen.resize(how.size.columns, how.size.rows);
};

/** Fails where the frame is not exactly as large as the terminal. */
const isWhole = (screen: RenderedScreen, {columns, rows}: {columns: number; rows: number}) => {
	const buffer = screen.terminal.buffer.active;
	assert.equal(buffer.baseY, 0, 'nothing was scrolled away');
	const texts: string[] = [];
	for (let row = 0; row < rows; row++) {
		const line = buffer.getLine(row);
		assert.ok(line);
		assert.ok(!line.isWrapped, `row ${row} is wider than the terminal`);
		texts.push(line.translateToString(false, 0, columns));
	}
	const text = texts.join('\n');
	if (columns < least.columns || rows < least.rows) {
		const said = texts.map(each => each.trimEnd()).filter(Boolean);
		assert.equal(said.length, 1, text);
		assert.ok(
			`jobtop needs ${least.columns}x${least.rows}`.startsWith((said[0] as string).replace('…', '')),
			text,
		);
		return;
	}
	assert.ok(!text.includes('…'), `Ink cut a line that was too wide:\n${text}`);
	for (const [row, each] of texts.entries()) {
		// A row of the table that has no job is blank from end to end.
		if (each.trim() === '') continue;
		const gap = each.indexOf(' ');
		// The blank half of a list beside a detail, or around a box, is blank too; a line that ends early is not.
		const line = buffer.getLine(row);
		const last = line?.getCell(columns - 1);
		assert.ok(
			last && (last.getWidth() === 0 || last.getChars().trim() !== '' || gap < 0 || blankEnd(screen, row)),
			`row ${row} ends early:\n${text}`,
		);
	}
	assert.match(texts[0] as string, /^_|[┌│]/, text);
};

/** Whether a row's end is a blank row of the pane with a box over its middle. */
const blankEnd = (screen: RenderedScreen, row: number): boolean => {
	const line = screen.terminal.buffer.active.getLine(row)?.translateToString(true) ?? '';
	return /^\s.*[│┐┘]$/.test(line) && screen.store.getState().screen.overlay !== undefined;
};

test('every frame is as wide and as tall as the terminal, whatever is in it', async context => {
	const screen = await renderScreen(context, {drawnWith: visible});
	await fc.assert(
		fc.asyncProperty(facts, async each => {
			await show(screen, each);
			isWhole(screen, each.size);
			// Also where only a cell is lost: a line of the size before would break.
			await screen.resize(each.size.columns + 1, each.size.rows);
			await screen.resize(each.size.columns, each.size.rows);
			isWhole(screen, each.size);
		}),
		{numRuns: 20},
	);
});

/** What we and Ink say to a terminal: styles of sixteen colours, cursor movements, erasing, scrolling, a few modes, and the question for its status. */
const ours =
	/\u001b\[(?:(?:(?:[01247]|30|35|43|9[14]|2[2347]|[34]9)(?:;(?:[01247]|30|35|43|9[14]|2[2347]|[34]9))*)?m|\d*[A-HJKSTX]|\d+;\d+H|(?:\d+;\d+)?r|\?(?:1049|25|2026|2004)[hl]|5n)|\u0008{1,3}(?=\u001b\[\d*[AB]|\u001b\[\?25h|\u001b\[\?2026l|\u001b\[5n|$)/g;

test('no byte that a job brings reaches the terminal as a command', async context => {
	for (const theme of ['default', 'high-contrast', 'mono'] as const) {
		const screen = await renderScreen(context, {theme});
		await fc.assert(
			fc.asyncProperty(facts, async each => {
				screen.written();
				await show(screen, each);
				const rest = screen.written().replace(ours, '');
				const wrong = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]/.exec(rest);
				assert.equal(wrong && JSON.stringify(rest.slice(wrong.index, wrong.index + 20)), null);
				assert.doesNotMatch(rest, /[\p{Cf}]/u);
			}),
			{numRuns: 8},
		);
	}
});

test('after a storm of sizes the screen is what a fresh one is', async context => {
	const [each] = fc.sample(facts, {numRuns: 1, seed: 7});
	assert.ok(each);
	const tossed = await renderScreen(context);
	await show(tossed, each);
	const small = fc.record({columns: fc.integer({min: 1, max: 90}), rows: fc.integer({min: 1, max: 24})});
	for (const {columns, rows} of fc.sample(small, {numRuns: 100, seed: 7})) await tossed.resize(columns, rows);
	await tossed.resize(97, 31);
	const fresh = await renderScreen(context, {columns: 97, rows: 31});
	await show(fresh, {...each, size: {columns: 97, rows: 31}});
	assert.deepEqual(tossed.lines(), fresh.lines());
});

test('fourteen profiles with long names and a job without a name leave room for what matters', async context => {
	const names = Array.from({length: 14}, (_, index) => `the-profile-of-the-cluster-number-${index}`);
	for (const [columns, rows] of [
		[40, 10],
		[80, 24],
		[300, 100],
	] as const) {
		const screen = await renderScreen(context, {columns, rows});
		await screen.receive(
			hello(names.map(each => profile(each))),
			...names.map(
				(each, index): Patch =>
					index === 13
						? {
								type: 'health',
								health: health(each, {state: 'broken', failure: {kind: 'broken', detail: '500'}}),
							}
						: {type: 'health', health: health(each)},
			),
			jobs(job(`${names[0]}/17` as Ref, {name: ''})),
		);
		assert.match(screen.lines()[1] ?? '', /BROKEN/, 'what is wrong is never what is cut off');
		assert.match(screen.text(), /RUNNING .*17/);
	}
});

/*
What the first line and the last two lines of the screen keep when there is little room.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Patch} from '../../../source/engine/protocol.ts';
import type {Phase} from '../../../source/job/phase.ts';
import {filterBy, freeze, mark, say, showBatch, showPane} from '../../../source/state/transitions.ts';
import {createJobStore} from '../../../source/store/store.ts';
import {newsLines} from '../../../source/table/news.ts';
import {asciiGlyphs, type Line, unicodeGlyphs} from '../../../source/text/theme.ts';
import {widthOf} from '../../../source/text/width.ts';
import {footerLines} from '../../../source/view-models/frame/footer.ts';
import {headerLine} from '../../../source/view-models/frame/header.ts';
import {menus} from '../../../source/view-models/overlays/menus.ts';
import {fc} from '../../helpers/fast-check.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';
import {health, hello, job, jobs, profile, report, start} from '../../helpers/screen-facts.ts';

const textOf = (line: Line | undefined): string => line?.map(({text}) => text).join('') ?? '';

const stateWith = (size: {columns: number; rows: number}, ...patches: readonly Patch[]) => {
	const store = createJobStore({clock: createManualClock().clock, send: () => undefined});
	store.resize(size);
	store.receive([hello([profile('prod')]), {type: 'health', health: health('prod')}, ...patches]);
	return store;
};

const canvas = (width: number) =>
	({width, height: 24, glyphs: unicodeGlyphs, now: start, zone: 'utc'}) as const;

const everyPhase: readonly Phase[] = [
	'queued',
	'held',
	'starting',
	'running',
	'stopping',
	'succeeded',
	'partial',
	'failed',
	'cancelled',
	'unknown',
];

test('the counts of the header add up to the jobs', () => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...everyPhase), {minLength: 1, maxLength: 40}), phases => {
			const all = phases.map((phase, index) => job(`prod/${index}`, {phase}));
			const text = textOf(
				headerLine(stateWith({columns: 200, rows: 24}, jobs(...all)).getState(), canvas(200)),
			);
			const numbers = [...text.matchAll(/(\d+) ([a-z]+)/g)];
			const number = (match: RegExpMatchArray) => Number(match[1]);
			const [total, ...parts] = numbers;
			assert.ok(total);
			assert.equal(number(total), phases.length);
			assert.equal(
				parts.reduce((sum, part) => sum + number(part), 0),
				phases.length,
				text,
			);
		}),
	);
});

test('each count of the header is what its entry in the menu shows, with dismissed jobs and jobs that are being cancelled', () => {
	const kinds = fc.record({
		phase: fc.constantFrom(...everyPhase),
		dismissed: fc.boolean(),
		cancelling: fc.boolean(),
	});
	fc.assert(
		fc.property(fc.array(kinds, {minLength: 1, maxLength: 30}), all => {
			const refs = all.map((_, index) => `prod/${index}` as const);
			const store = stateWith(
				{columns: 200, rows: 24},
				jobs(...all.map(({phase}, index) => job(`prod/${index}`, {phase}))),
				{type: 'dismissed', refs: refs.filter((_, index) => all[index]?.dismissed), hidden: true},
				{
					type: 'cancellations',
					reports: [...refs.filter((_, index) => all[index]?.cancelling), 'prod/unlisted' as const].map(ref =>
						report(ref, {acceptedAt: start}),
					),
				},
			);
			const text = textOf(headerLine(store.getState(), canvas(200)));
			const counts = [...text.matchAll(/(\d+) ([a-z]+)/g)].map(([, number, word = '']) => [
				word,
				Number(number),
			]);
			const shown = menus.scope.items(store.getState()).flatMap(({label, choice}) => {
				if (choice.kind !== 'query') return [];
				store.change(filterBy(choice.text));
				const {length} = store.getState().order.inView;
				const word = label === 'jobs that are being cancelled' ? 'cancelling' : label.replace(/ jobs$/, '');
				return length > 0 ? [[word, length]] : [];
			});
			const [, ...parts] = counts;
			assert.deepEqual(new Map(parts as [string, number][]), new Map(shown as [string, number][]), text);
			const sum = parts
				.filter(([word]) => word !== 'cancelling')
				.reduce((each, [, number]) => each + Number(number), 0);
			assert.equal(sum, counts[0]?.[1] ?? 0, text);
		}),
	);
});

/** The counts of the header, the first to give way first. */
const leaving = [
	'succeeded',
	'cancelled',
	'unknown',
	'stopping',
	'held',
	'queued',
	'starting',
	'jobs',
	'(1 cancelling)',
	'running',
	'partial',
	'failed',
];

test('what needs the user stays in the header at every width, and a sign says that counts gave way', () => {
	const store = stateWith(
		{columns: 40, rows: 10},
		jobs(
			...Array.from({length: 120}, (_, index) =>
				job(`prod/${index}`, {phase: everyPhase[index % everyPhase.length] as Phase}),
			),
		),
		{
			type: 'cancellations',
			reports: [report('prod/3', {acceptedAt: start - 390_000, outcome: {kind: 'overdue'}})],
		},
	);
	for (const glyphs of [unicodeGlyphs, asciiGlyphs]) {
		let before = 0;
		for (let width = 40; width <= 200; width++) {
			const text = textOf(headerLine(store.getState(), {...canvas(width), glyphs}));
			assert.equal(widthOf(text), width);
			assert.match(text, / 1 needs you: C .* 12 failed/);
			const gone = leaving.findIndex(word => `${text} `.includes(` ${word} `));
			for (const [index, word] of leaving.entries())
				assert.equal(`${text} `.includes(` ${word} `), index >= gone, `${word}: ${text}`);
			assert.equal(`${text} `.includes(` ${glyphs.ellipsis} `), gone > 0, text);
			assert.ok(leaving.length - gone >= before, text);
			before = leaving.length - gone;
		}
		assert.equal(before, leaving.length);
	}
});

test('a mode or the marks that give way in the header leave a sign', () => {
	const store = stateWith({columns: 40, rows: 10}, jobs(job('prod/1'), job('prod/2', {phase: 'failed'})), {
		type: 'cancellations',
		reports: Array.from({length: 12_345}, (_, index) =>
			report(`prod/${index}`, {acceptedAt: start, outcome: {kind: 'overdue'}}),
		),
	});
	store.change(freeze(start), mark(new Set(['prod/1', 'prod/2', 'prod/3', 'prod/4'])));
	assert.equal(textOf(headerLine(store.getState(), canvas(40))), '  12345 need you: C  …        FROZEN 0s ');
});

test('the alarm of the header says which batch its key leads to, and neither is ever cut', () => {
	const overdue = (batch: number) =>
		Array.from({length: 62}, (_, index) =>
			report(`prod/${index}`, {batch, acceptedAt: start, outcome: {kind: 'overdue'}}),
		);
	const store = stateWith(
		{columns: 40, rows: 10},
		jobs(job('prod/1', {phase: 'failed'})),
		{type: 'cancellations', reports: overdue(3)},
		{type: 'cancellations', reports: [report('prod/99', {batch: 4})]},
	);
	const headers = () =>
		[40, 60, 80, 120].map(width => textOf(headerLine(store.getState(), canvas(width))).trimEnd());
	store.change(showPane('cancellations'), showBatch(4));
	for (const text of headers()) assert.match(text, / 62 need you: \[ to batch 3 /);
	store.change(showBatch(3));
	for (const text of headers()) assert.match(text, / 62 need you: R to retry /);
	store.receive([{type: 'cancellations', reports: [report('prod/100', {batch: 2})]}]);
	store.change(showBatch(2));
	for (const text of headers()) assert.match(text, / 62 need you: \] to batch 3 /);
});

test('help and quit stay in the footer at every width, and an id gives way in its middle', () => {
	const id = '8be46c93-7dac-415d-9093-8fa6a476c952';
	const store = stateWith(
		{columns: 40, rows: 10},
		jobs(job(`prod/${id}`, {name: 'ndvi-mosaic-t33uvp-0030'})),
	);
	const hints = ['Enter inspect', 'c cancel', 'C cancellations', 'Space mark', 'd dismiss', '/ filter'];
	for (let width = 40; width <= 120; width++) {
		const [keys, next] = footerLines(store.getState(), hints, canvas(width)).map(textOf);
		assert.match(keys ?? '', /^ Enter inspect .*\? help {2}q quit $/);
		assert.match(next ?? '', /^ c cancels prod\/8be.*/);
		if (width < 75) assert.match(next ?? '', /^ c cancels prod\/8be[^ ]*…[^ ]*952 ndvi/);
	}
	store.change(say(`prod/${id}: it has ended: succeeded`));
	assert.match(
		textOf(footerLines(store.getState(), hints, canvas(50))[1]),
		/^ prod\/8.*….*952: it has ended: succeeded/,
	);
});

const unreachable: Patch = {
	type: 'health',
	health: health('prod', {
		state: 'unreachable',
		failures: 10,
		failure: {kind: 'unreachable', detail: 'no connection to weaver.example.org:443 (ECONNREFUSED)'},
	}),
};

test('a problem begins with what to do and wraps into the free lines', () => {
	const store = stateWith({columns: 80, rows: 24}, unreachable);
	const lines = newsLines(store.getState(), {width: 80, height: 3, now: start, zone: 'utc'}).map(
		({text}) => text,
	);
	assert.match(
		lines.join(' '),
		/^prod: check the network.*\(no connection .*; 10 times in a row; last good answer .*\)$/,
	);
	assert.ok(lines.length > 1);
	for (const line of lines) assert.ok(widthOf(line) <= 78, line);
	assert.equal(store.getState().screen.newsLines, lines.length);
});

test('journals that cannot be written are a problem with advice, until they can be', () => {
	const journals = `journals cannot be written: /home/${'a'.repeat(40)}: no space left; set JOBTOP_STATE_DIR to use another folder`;
	const dismissals = 'hidden rows cannot be saved: the same';
	const store = stateWith({columns: 80, rows: 24}, {type: 'file-troubles', troubles: {journals, dismissals}});
	const lines = () =>
		newsLines(store.getState(), {width: 80, height: 3, now: start, zone: 'utc'}).map(({text}) => text);
	assert.equal(lines().join(' '), journals);
	store.receive([{type: 'file-troubles', troubles: {dismissals}}]);
	assert.deepEqual(lines(), [dismissals]);
	store.receive([{type: 'file-troubles', troubles: {}}]);
	assert.deepEqual(lines(), []);
});

test('every problem has a line before the first one wraps', () => {
	const store = stateWith({columns: 60, rows: 24}, unreachable, {
		type: 'notice',
		notice: {at: start, tone: 'info', text: 'resumed batch 1'},
	});
	const lines = newsLines(store.getState(), {width: 60, height: 2, now: start, zone: 'utc'}).map(
		({text}) => text,
	);
	assert.equal(lines.length, 2);
	assert.match(lines[1] ?? '', /resumed batch 1/);
});

test('an event leaves once it is old, and the table takes its line', async () => {
	const {clock, advance} = createManualClock();
	const store = createJobStore({clock, send: () => undefined});
	store.receive([
		hello([profile('prod')]),
		{type: 'notice', notice: {at: clock.now(), tone: 'info', text: 'resumed batch 1'}},
	]);
	assert.equal(store.getState().screen.newsLines, 1);
	await advance(60_000);
	store.elapse();
	assert.equal(store.getState().screen.newsLines, 0);
});

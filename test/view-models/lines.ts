/*
What is shown, before it is drawn: lines exactly as wide as the screen, whatever is in them.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import stringWidth from 'string-width';
import type {CancelStep} from '../../source/cancellation/machine/state.ts';
import {type OutcomeKind, outcomes} from '../../source/cancellation/outcomes.ts';
import {cleanText} from '../../source/job/clean-text.ts';
import type {Job} from '../../source/job/job.ts';
import {type Phase, phases} from '../../source/job/phase.ts';
import {refOf} from '../../source/job/ref.ts';
import {filterBy, say, showInFull, showPane} from '../../source/state/transitions.ts';
import {createJobStore} from '../../source/store/store.ts';
import {cancellationWords} from '../../source/table/cancellation-words.ts';
import {columns} from '../../source/table/columns.ts';
import {fitColumns} from '../../source/table/fit-columns.ts';
import {profileState, troubleOf} from '../../source/table/health.ts';
import {layoutOf} from '../../source/table/layout.ts';
import {gutter} from '../../source/table/table-columns.ts';
import {windowTop} from '../../source/table/window.ts';
import {duration, latency, shortDuration} from '../../source/text/format.ts';
import {
	asciiGlyphs,
	createTheme,
	type Glyphs,
	type Line,
	themeFor,
	unicodeGlyphs,
} from '../../source/text/theme.ts';
import {cutEnd, cutMiddle, hardWrap, safeText, widthOf, wrap} from '../../source/text/width.ts';
import {openCancelBox} from '../../source/view-models/cancellation/cancel-targets.ts';
import {stripLines} from '../../source/view-models/cancellation/cancellation-strip.ts';
import {
	cancellationLine,
	chosenLines,
	paneHead,
} from '../../source/view-models/cancellation/cancellations-pane.ts';
import {paneFit} from '../../source/view-models/cancellation/pane-columns.ts';
import {paneLayout} from '../../source/view-models/cancellation/pane-layout.ts';
import {detailLines, detailTabs} from '../../source/view-models/detail/detail.ts';
import {chipsLine} from '../../source/view-models/frame/chips.ts';
import {eventLines} from '../../source/view-models/frame/events.ts';
import {footerLines} from '../../source/view-models/frame/footer.ts';
import {headerLine, tableRule} from '../../source/view-models/frame/header.ts';
import {questionOverlayLines} from '../../source/view-models/overlays/open-question.ts';
import {rowLine, titleLine} from '../../source/view-models/table/table.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const textOf = (line: Line): string => line.map(({text}) => text).join('');

/** As wide as it says, by the measure of the terminal and character by character. */
const assertWidth = (line: Line, width: number) => {
	const text = textOf(line);
	assert.equal(stringWidth(text), width, JSON.stringify(text));
	let parts = 0;
	for (const character of text) parts += stringWidth(character);
	assert.equal(parts, width, `terminals may disagree about ${JSON.stringify(text)}`);
};

/** Names as people give them, and as nobody should. */
const hostile = () =>
	fc
		.oneof(
			fc.string({unit: 'grapheme', maxLength: 60}),
			fc.string({unit: 'binary', maxLength: 60}),
			fc.constantFrom(
				'名前の長いジョブです',
				'e\u0301te\u0301',
				'👍🏽👨‍👩‍👧‍👦🇩🇪⚠️',
				'ᄒᆞᆫ글',
				'हिन्दी में नाम',
				'\u001b[31mred\u001b]0;title\u0007',
				'\u202Eright to left',
				'a\tb\nc',
				'ﾊﾟﾋﾟ',
				'x'.repeat(300),
				'\u0301\u0301',
				'',
			),
		)
		.map(text => cleanText(text));

const theJob = () =>
	fc.record({id: hostile(), name: hostile(), owner: hostile(), status: hostile()}).chain(texts =>
		fc
			.record({
				phase: fc.constantFrom(...(Object.keys(phases) as Phase[])),
				mine: fc.boolean(),
				createdAt: fc.option(fc.integer({min: 0, max: start + 1e9}), {nil: undefined}),
				percent: fc.option(fc.double({min: 0, max: 100, noNaN: true}), {nil: undefined}),
			})
			.map(({phase, mine, createdAt, percent}): Job => {
				const {createdAt: _none, ...rest} = job(refOf('p', texts.id || 'x'), {
					...texts,
					id: texts.id || 'x',
					phase,
					mine,
				});
				return {
					...rest,
					...(createdAt !== undefined && {createdAt}),
					...(percent !== undefined && {progress: {percent}}),
				};
			}),
	);

const theGlyphs = () => fc.constantFrom<Glyphs>(unicodeGlyphs, asciiGlyphs);
const theWidth = () => fc.integer({min: 40, max: 200});

test('the columns fill the width exactly, and a wider screen never loses one', () => {
	for (let width = 38; width <= 260; width++) {
		const fitted = fitColumns(columns, width);
		assert.equal(
			fitted.reduce((sum, column) => sum + column.width, fitted.length - 1),
			width,
		);
		const wider = new Set(fitColumns(columns, width + 1).map(({column}) => column.id));
		for (const {column, width: own} of fitted) {
			assert.ok(wider.has(column.id), `${column.id} is lost at ${width + 1}`);
			assert.ok(own >= column.width[0], `${column.id} is too narrow at ${width}`);
		}
	}
});

test('state, id and cancel never leave; columns that only some systems have leave first, then age, profile and name', () => {
	const left: string[] = [];
	let before = fitColumns(columns, 260).map(({column}) => column.id);
	for (let width = 260; width >= 38; width--) {
		const now = fitColumns(columns, width).map(({column}) => column.id);
		left.push(...before.filter(id => !now.includes(id)));
		before = now;
	}
	assert.deepEqual(left, [
		...['kind', 'started', 'project', 'account', 'limit', 'node', 'queue', 'reason'],
		...['owner', 'left', 'progress', 'elapsed', 'age', 'profile', 'name'],
	]);
	assert.deepEqual(before, ['state', 'id', 'cancel']);
});

test('a row is exactly as wide as the screen, whatever the job is called', () => {
	fc.assert(
		fc.property(
			theJob(),
			theWidth(),
			fc.boolean(),
			fc.boolean(),
			theGlyphs(),
			(each, width, sure, under, glyphs) => {
				const fitted = fitColumns(columns, width - gutter);
				const row = {job: each, report: report(each.ref), sure, now: start, zone: 'utc', glyphs} as const;
				assertWidth(rowLine(fitted, row, {underCursor: under, marked: !sure}), width);
				assertWidth(titleLine(fitted, {column: 'age', descending: true}, glyphs), width);
			},
		),
		{numRuns: 300},
	);
});

test('every other line of the screen is exactly as wide, too', () => {
	fc.assert(
		fc.property(
			theJob(),
			theWidth(),
			fc.integer({min: 10, max: 50}),
			theGlyphs(),
			hostile(),
			(each, columnCount, rows, glyphs, text) => {
				const {clock} = createManualClock();
				const store = createJobStore({clock, send() {}});
				const told = report(each.ref, {
					why: text,
					name: text,
					outcome: {kind: 'refused', detail: text},
					moments: [{at: start, step: 'seen', detail: text}],
				});
				const failure = {kind: 'broken' as const, detail: text};
				store.receive([
					hello([profile('p', {consequence: text}), profile('another-profile')]),
					{type: 'health', health: health('p', {state: 'broken', failure, unreadable: 3})},
					jobs(each),
					{type: 'cancellations', reports: [told]},
					{type: 'notice', notice: {at: start, tone: 'info', text}},
					{
						type: 'detail',
						ref: each.ref,
						at: start,
						detail: {job: each, fields: [[text, text]], timeline: [{what: text, detail: text}], raw: text},
					},
				]);
				store.resize({columns: columnCount, rows});
				store.change(filterBy(text), say(text), showInFull({ref: each.ref, tab: 'summary', scroll: 0}));
				const state = store.getState();
				const width = columnCount;
				const canvas = {width, height: rows, glyphs, now: start, zone: 'utc'} as const;
				const names = state.known.profiles.map(({name}) => name);
				const lines = [
					headerLine(state, canvas),
					chipsLine({names, health: state.known.health, only: 'p'}, canvas),
					tableRule(state, canvas),
					...stripLines(state, canvas),
					...eventLines(state, {...canvas, height: 3}),
					...footerLines(state, ['Enter inspect', 'c cancel'], canvas),
					...paneHead(state, canvas, 20),
					cancellationLine({report: told, lookedAt: undefined}, true, canvas, paneFit([told])),
					...chosenLines(told, {...canvas, height: 9}),
					...questionOverlayLines(state, openCancelBox(state, [each], start), {...canvas, height: 12}),
				];
				for (const tab of detailTabs) {
					store.change(showInFull({ref: each.ref, tab, scroll: 0}));
					const shown = detailLines(store.getState(), {...canvas, height: 15}).lines;
					assert.equal(shown.length, 15);
					lines.push(...shown);
				}
				for (const line of lines) assertWidth(line, width);
			},
		),
		{numRuns: 100},
	);
});

test('in ASCII only ASCII is written', () => {
	fc.assert(
		fc.property(theJob(), each => {
			const row = {
				job: each,
				report: undefined,
				sure: true,
				now: start,
				zone: 'utc' as const,
				glyphs: asciiGlyphs,
			};
			assert.match(
				textOf(rowLine(fitColumns(columns, 118), row, {underCursor: true, marked: true})),
				/^[ -~]*$/,
			);
		}),
	);
});

test('all glyphs are one cell wide', () => {
	for (const glyphs of [unicodeGlyphs, asciiGlyphs]) {
		const all = [
			...Object.values(glyphs.state),
			...glyphs.corners,
			glyphs.ellipsis,
			glyphs.horizontal,
			glyphs.dot,
		];
		for (const glyph of [...all, glyphs.vertical, glyphs.barFull, glyphs.barEmpty, glyphs.up, glyphs.down]) {
			assert.equal(stringWidth(glyph), 1, glyph);
		}
	}
});

test('characters that join their neighbours or are too wide for a terminal are not shown', () => {
	assert.equal(safeText('\u{1f3fb}'), '?');
	assert.equal(safeText('\u0301x'), 'x');
	assert.equal(safeText('\u{1d158}\u{1d165}\u{1d16e}').length, 1);
	// Fillers, which some terminals give a cell and others none.
	assert.equal(safeText('\uffa0\u0903x'), '?x');
	assert.equal(safeText('x\u115f\u1161'), 'x?');
	assert.equal(safeText('\u540d\u524d'), '\u540d\u524d');
	assert.equal(safeText('\u{1f44d}'), '\u{1f44d}');
});

test('cutting and wrapping never widen a text, and lose nothing that they should keep', () => {
	fc.assert(
		fc.property(hostile(), fc.integer({min: 1, max: 40}), (text, width) => {
			const sure = safeText(text);
			assert.ok(widthOf(cutEnd(sure, width, '…')) <= width);
			assert.ok(widthOf(cutMiddle(sure, width, '…')) <= width);
			if (width < 2) return;
			for (const line of [...wrap(sure, width), ...hardWrap(sure, width)]) assert.ok(widthOf(line) <= width);
			assert.equal(hardWrap(sure, width).join(''), sure);
			assert.equal(wrap(sure, width).join('').replaceAll(' ', ''), sure.replaceAll(' ', ''));
		}),
	);
});

test('ids are cut in the middle, names at the end', () => {
	assert.equal(cutMiddle('3f2a9a7c-11d4-4b3a9c81e', 9, '…'), '3f2a…c81e');
	assert.equal(cutEnd('ndvi-mosaic-2026', 9, '…'), 'ndvi-mos…');
});

test('a duration takes at most six cells, and has no seconds above ten minutes', () => {
	assert.deepEqual(
		[0, 59_999, 60_000, 599_000, 600_000, 3_600_000, 8_040_000, 90_000_000, 1e12].map(duration),
		['0s', '59s', '1m00s', '9m59s', '10m', '1h00m', '2h14m', '1d01h', '11574d'],
	);
	fc.assert(
		fc.property(fc.integer({min: -1000, max: 1e12}), ms => {
			assert.ok(duration(ms).length <= 6);
		}),
	);
	assert.equal(shortDuration(392_000), '6m');
	assert.equal(latency(580), '0.6s');
});

const steps: readonly CancelStep[] = [
	'asked',
	'staged',
	'checking',
	'sending',
	'throttled',
	'parked',
	'reconciling',
	'following',
];

test('a cancellation in progress is never called cancelled', () => {
	for (const step of steps) {
		for (const acceptedAt of [undefined, start]) {
			const words = cancellationWords(
				report('a/1', {step, ...(acceptedAt !== undefined && {acceptedAt})}),
				start,
			);
			assert.doesNotMatch(words.text, /cancelled|removed|done|over$/);
		}
	}
});

test('only outcomes with evidence say cancelled', () => {
	for (const kind of Object.keys(outcomes) as OutcomeKind[]) {
		const words = cancellationWords(report('a/1', {step: 'settled', outcome: {kind}}), start);
		if (words.text.includes('cancelled')) assert.ok(outcomes[kind].saysCancelled, kind);
		assert.equal(words.group === 'needs-you', outcomes[kind].needsYou, kind);
	}
});

test('the words of a cancellation show its state', () => {
	const said = (changes: Parameters<typeof report>[1]) =>
		cancellationWords(report('a/1', changes), start + 400_000).text;
	assert.equal(said({step: 'checking'}), 'checking');
	assert.equal(said({step: 'sending'}), 'sending');
	assert.equal(said({acceptedAt: start}), 'asked, stopping');
	assert.equal(said({acceptedAt: start, outcome: {kind: 'overdue'}}), 'overdue 6m');
	assert.equal(said({acceptedAt: start, cameBack: true}), 'came back');
	assert.equal(said({step: 'settled', outcome: {kind: 'finished-first'}}), 'finished first');
	assert.equal(said({step: 'settled', outcome: {kind: 'denied'}}), 'denied');
	assert.equal(said({step: 'settled', outcome: {kind: 'denied', notYours: true}}), 'denied, not yours');
	assert.equal(said({step: 'settled', outcome: {kind: 'not-sent'}}), 'not sent');
});

test('a profile has a word for its state, and a sentence for the reason', () => {
	const failing = health('p', {
		state: 'unauthorized',
		failures: 3,
		failure: {kind: 'unauthorized', detail: '401 token expired'},
	});
	assert.equal(profileState(undefined, start).word, 'loading');
	assert.equal(profileState(health('p'), start).word, 'ok');
	assert.equal(profileState(health('p'), start + 15_001).word, 'STALE');
	assert.equal(profileState(failing, start).word, 'AUTH');
	const trouble =
		troubleOf(
			{
				health: new Map([['p', failing]]),
				profiles: [profile('p', {credential: '$TOKEN'})],
				settings: {notify: 'off'},
			},
			'p',
			start,
			'utc',
		) ?? '';
	for (const part of ['401 token expired', '3 times', 'renew the credential', '12:00:00']) {
		assert.ok(trouble.includes(part), trouble);
	}
});

test('only chips of healthy profiles are cut off', () => {
	const names = Array.from({length: 12}, (_, index) => `profile-${index}`);
	const failure = {kind: 'broken' as const, detail: '500'};
	const told = new Map(names.map(name => [name, health(name)]));
	told.set('profile-11', health('profile-11', {state: 'broken', failure}));
	const line = textOf(
		chipsLine({names, health: told}, {width: 60, height: 1, glyphs: unicodeGlyphs, now: start, zone: 'utc'}),
	);
	assert.match(line, /BROKEN/);
});

test('the parts of the screen add up to its height', () => {
	const {clock} = createManualClock();
	const store = createJobStore({clock, send() {}});
	for (let rows = 10; rows <= 60; rows++) {
		for (const cancellations of [false, true]) {
			store.resize({columns: 80, rows});
			const {body, tableRows, strip, events} = layoutOf(store.getState().screen, cancellations);
			assert.equal(2 + body + strip + 1 + events + 2, rows);
			assert.equal(tableRows + 3, body);
			assert.ok(tableRows >= 1);
		}
	}
});

test('the parts of the cancellations pane add up to the body', () => {
	const {clock} = createManualClock();
	const store = createJobStore({clock, send() {}});
	const adds = () => {
		for (let rows = 10; rows <= 60; rows++) {
			store.resize({columns: 80, rows});
			const state = store.getState();
			const {head, profiles, listHead, rows: list, chosen, earlier} = paneLayout(state);
			const above = (lines: number, by: number) => (lines > 0 ? lines + by : 0);
			const sum = head + above(profiles, 2) + listHead + list + above(chosen, 1) + above(earlier, 1);
			assert.equal(sum, layoutOf(state.screen, state.cancellations.length > 0).body, `${rows} rows`);
			assert.ok(list >= 1);
		}
	};
	store.change(showPane('cancellations'));
	adds();
	const summary = {number: 1, askedAt: start, endedAt: start, by: 'a@b', jobs: 1, counts: {}};
	store.receive([
		{type: 'cancellations', reports: [report('a/1'), report('b/1'), report('c/1', {batch: 2})]},
		{type: 'earlier', batches: [summary, summary, summary]},
	]);
	adds();
});

test('the window contains the cursor and shows no empty lines below the last row', () => {
	fc.assert(
		fc.property(
			fc.nat(200),
			fc.nat(100),
			fc.nat(100),
			fc.integer({min: 1, max: 50}),
			(top, at, more, height) => {
				const length = at + more + 1;
				const next = windowTop(top, at, length, height);
				assert.ok(next <= at && at < next + height);
				assert.ok(next === 0 || next + height <= length);
			},
		),
	);
});

test('without colour nothing is coloured, and a locale without UTF-8 gets ASCII', () => {
	const line: Line = [
		{text: 'a', tone: 'running'},
		{text: 'b', tone: 'needs-you'},
		{text: 'c', tone: 'cancelling'},
	];
	assert.doesNotMatch(themeFor({NO_COLOR: '1', LANG: 'en_US.UTF-8'}).paint(line), /\[[\d;]*[349]\d/);
	assert.match(themeFor({LANG: 'en_US.UTF-8'}).paint(line), /\[94m/);
	assert.ok(themeFor({LANG: 'C'}).glyphs.ascii);
	assert.ok(themeFor({LC_ALL: 'C', LANG: 'en_US.UTF-8'}).glyphs.ascii);
	assert.ok(!themeFor({LC_CTYPE: 'C.UTF-8'}).glyphs.ascii);
	assert.ok(themeFor({LANG: 'C.UTF-8'}, {ascii: true}).glyphs.ascii);
	assert.equal(createTheme({colour: true, ascii: false}).paint([{text: ''}], true), '');
});

test('preformatted text is cut into pieces of the width, and nothing is lost', () => {
	fc.assert(
		fc.property(
			fc.string({unit: 'grapheme', maxLength: 60}),
			fc.integer({min: 10, max: 20}),
			(text, width) => {
				const sure = safeText(text);
				const pieces = hardWrap(sure, width);
				assert.equal(pieces.join(''), sure);
				for (const piece of pieces) assert.ok(widthOf(piece) <= width, piece);
			},
		),
	);
	assert.deepEqual(hardWrap('', 5), ['']);
	assert.deepEqual(hardWrap('abcdefg', 3), ['abc', 'def', 'g']);
	assert.deepEqual(hardWrap('漢字漢字', 5), ['漢字', '漢字']);
});

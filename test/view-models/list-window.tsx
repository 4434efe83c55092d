/*
Lists that are longer than the screen: the chosen entry is in view, and what is not in view is counted with the key that leads there.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {State} from '../../source/state/state.ts';
import {createJobStore} from '../../source/store/store.ts';
import {span} from '../../source/text/line.ts';
import {type Line, unicodeGlyphs} from '../../source/text/theme.ts';
import {actionMenuLines} from '../../source/view-models/overlays/action-menu.ts';
import {commandLineLines} from '../../source/view-models/overlays/command-line.ts';
import {copiesLines, copiesOf} from '../../source/view-models/overlays/copies.ts';
import {listLines} from '../../source/view-models/overlays/list-window.ts';
import {menuLines, menus} from '../../source/view-models/overlays/menus.ts';
import {profilesLines} from '../../source/view-models/overlays/profiles-box.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {renderText} from '../helpers/render-text.tsx';
import {hello, job, jobs, profile, start} from '../helpers/screen-facts.ts';

const wordsOf = (line: Line): string => line.map(({text}) => text).join('');
const keys = {down: 'menu-down', up: 'menu-up'} as const;
const source = {known: {settings: {}}};

/** The numbers of entries above and below, as a line says them. */
const counted = (lines: readonly string[]) => {
	const number = (words: RegExp) => Number(lines.map(line => words.exec(line)?.[1]).find(Boolean) ?? 0);
	return {above: number(/(\d+) above: \S/), below: number(/(\d+) more: \S/)};
};

test('every list fits, has its chosen entry in view and counts all others', () => {
	const size = fc.integer({min: 1, max: 120});
	fc.assert(
		fc.property(size, fc.nat(200), fc.integer({min: 2, max: 40}), (length, at, room) => {
			const index = at % length;
			const entries = Array.from({length}, (_, place): Line => [span(`entry ${place}`)]);
			const lines = listLines(entries, {index, room}, keys, source).map(wordsOf);
			assert.ok(lines.length <= room);
			assert.ok(lines.includes(`entry ${index}`));
			const {above, below} = counted(lines);
			const shown = lines.filter(line => line.startsWith('entry '));
			assert.equal(above + shown.length + below, length);
			if (length <= room) assert.equal(lines.length, length);
			assert.equal(shown[0], `entry ${above}`);
		}),
	);
});

const stateOf = (): State => {
	const {clock} = createManualClock();
	const store = createJobStore({clock, send: () => undefined});
	const profiles = Array.from({length: 30}, (_, index) => profile(`profile-${index}`));
	const saved = Array.from({length: 30}, (_, index) => ({name: `query ${index}`, text: `name:n${index}`}));
	store.receive([
		hello(profiles, {settings: {notify: 'off', queries: saved}}),
		jobs(job('profile-0/1', {queue: 'q', progress: {done: 1, total: 2}})),
	]);
	return store.getState();
};

const state = stateOf();
const many = Array.from({length: 30}, (_, index) => `item ${index}`);

type Menu = {
	readonly length: number;
	readonly lines: (index: number, canvas: Parameters<typeof menuLines>[2]) => readonly Line[];
};

const all: Readonly<Record<string, Menu>> = {
	...Object.fromEntries(
		(['sort', 'columns', 'scope'] as const).map((menu): [string, Menu] => [
			menu,
			{
				length: menus[menu].items(state).length,
				lines: (index, canvas) => menuLines(state, {menu, index}, canvas),
			},
		]),
	),
	actions: {
		length: many.length,
		lines(index, canvas) {
			const items = many.map(label => ({key: 'k', label}));
			return actionMenuLines(state, {ref: 'profile-0/1', index}, items, canvas);
		},
	},
	copies: {
		length: copiesOf(state, 'profile-0/1').length,
		lines: (index, canvas) => copiesLines(state, {ref: 'profile-0/1', index}, canvas),
	},
	profiles: {length: 30, lines: (index, canvas) => profilesLines(state, {index}, canvas)},
	command: {
		length: many.length,
		lines(index, canvas) {
			const completed = {stem: '', index};
			const completions = many.map(text => ({text, help: ''}));
			return commandLineLines(state, {kind: 'command', text: '', completed}, completions, canvas);
		},
	},
};

for (const [name, {length, lines}] of Object.entries(all)) {
	test(`the list of ${name} shows its chosen entry and counts the others at 40x10 and 80x24`, () => {
		for (const [width, height] of [
			[40, 7],
			[44, 17],
			[80, 17],
		] as const) {
			for (let index = 0; index < length; index++) {
				const canvas = {width, height, glyphs: unicodeGlyphs, now: start, zone: 'utc'} as const;
				const shown = lines(index, canvas).map(wordsOf);
				assert.ok(shown.length <= height, `${shown.length} lines`);
				const chosen = shown.filter(line => /^. > /.test(line));
				assert.equal(chosen.length, 1, shown.join('\n'));
				const entries = shown.filter(line => /^. [> ] \S/.test(line)).length;
				const {above, below} = counted(shown);
				if (above + entries + below !== length) assert.fail(`${index} of ${length}:\n${shown.join('\n')}`);
			}
		}
	});
}

test('the arrows lead through a long menu, and the line counts on', async context => {
	const screen = await renderText(context);
	screen.store.resize({columns: 40, rows: 10});
	await screen.receive(hello([profile('a')]), jobs(job('a/1')));
	await screen.press('w');
	assert.match(screen.text(), /\d+ more: Down/);
	assert.doesNotMatch(screen.text(), /above/);
	for (let step = 0; step < 40; step++) await screen.press('\u001b[B');
	assert.match(screen.text(), /\d+ above: Up/);
	assert.doesNotMatch(screen.text(), /more: Down/);
	assert.match(screen.text(), /> default columns/);
});

/*
Themes: what they are made of, and that nothing is told by a colour alone.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {outcomes} from '../../source/cancellation/outcomes.ts';
import {fileSchemaOf} from '../../source/config/schema.ts';
import type {ProfileHealth} from '../../source/engine/protocol.ts';
import {type Phase, phases} from '../../source/job/phase.ts';
import {cancellationWords} from '../../source/table/cancellation-words.ts';
import {columns} from '../../source/table/columns.ts';
import {profileState} from '../../source/table/health.ts';
import {
	asciiGlyphs,
	createTheme,
	palettes,
	type ThemeName,
	type Tone,
	unicodeGlyphs,
} from '../../source/text/theme.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const names = Object.keys(palettes) as ThemeName[];
const tones = Object.keys(palettes.default) as Tone[];
const cell = (id: string) => {
	const column = columns.find(each => each.id === id);
	assert.ok(column);
	return column.cell;
};

test('the configuration knows the themes, and lists them for an unknown one', async () => {
	for (const theme of names) assert.ok((await fileSchemaOf({theme})).safeParse({theme}).success);
	const wrong = (await fileSchemaOf({})).safeParse({theme: 'solarized'});
	assert.match(wrong.error?.issues[0]?.message ?? '', new RegExp(names.join(', ')));
});

test('a theme is made of sixteen colours, none of which needs one background, and has no red beside a green', () => {
	for (const name of names) {
		const used = new Set(tones.flatMap(tone => palettes[name][tone].split(';').filter(Boolean).map(Number)));
		for (const code of used) {
			const style = [1, 2, 4, 7].includes(code);
			const colour = (code >= 30 && code <= 37) || (code >= 40 && code <= 47) || (code >= 90 && code <= 97);
			assert.ok(style || colour, `${name}: ${code}`);
		}
		// Letters in yellow, white or cyan cannot be read on white, those in plain blue not on black.
		for (const code of [33, 36, 37, 93, 96, 97, 34]) assert.ok(!used.has(code), `${name}: ${code}`);
		assert.ok(![...used].some(code => code % 10 === 2 && code > 30), `${name} has a green`);
		for (const tone of tones) {
			const codes = palettes[name][tone].split(';');
			assert.ok(!codes.includes('30') || codes.some(code => /^4\d$/.test(code)), 'black is on a ground');
		}
	}
});

test('without colours, and in the themes that have none, no colour is written', () => {
	for (const name of names) {
		for (const tone of tones) {
			for (const inverse of [false, true]) {
				for (const colour of [false, true]) {
					if (colour && name === 'default') continue;
					const text = createTheme({colour, ascii: false, name}).paint([{text: 'x', tone}], inverse);
					assert.doesNotMatch(text, /[[;][349]\d/, `${name}: ${tone}`);
				}
			}
		}
	}
});

test('what needs the user stands out in every theme, also under the cursor, and high contrast has nothing dim', () => {
	for (const name of names) {
		const {paint} = createTheme({colour: true, ascii: false, name});
		for (const inverse of [false, true]) {
			const [usual, needs] = (['plain', 'needs-you'] as const).map(tone =>
				paint([{text: 'x', tone}], inverse),
			);
			assert.notEqual(usual, needs, `${name}: ${inverse}`);
		}
	}
	for (const tone of tones) assert.ok(!palettes['high-contrast'][tone].split(';').includes('2'), tone);
});

test('every phase and every state of a cancellation has its own word, whatever its colour', () => {
	for (const glyphs of [asciiGlyphs, unicodeGlyphs]) {
		assert.equal(new Set(Object.values(glyphs.state)).size, Object.keys(glyphs.state).length);
		const texts = (Object.keys(phases) as Phase[]).map(
			phase =>
				cell('state')({
					job: job('w/a', {phase, status: ''}),
					report: undefined,
					sure: true,
					now: start,
					zone: 'utc',
					glyphs,
				}).text,
		);
		assert.equal(new Set(texts).size, texts.length);
		for (const text of texts) assert.match(text, /^\S [A-Z]{4,}/, 'a glyph and a word');
	}
	const reports = [
		...(
			['asked', 'staged', 'checking', 'sending', 'throttled', 'parked', 'reconciling', 'following'] as const
		).map(step => report('w/a', {step})),
		report('w/a', {acceptedAt: start}),
		report('w/a', {cameBack: true}),
		...(Object.keys(outcomes) as (keyof typeof outcomes)[]).map(kind =>
			report('w/a', {step: 'settled', outcome: {kind}}),
		),
	];
	const words = reports.map(each => cancellationWords(each, start));
	assert.equal(
		new Set(words.map(({text}) => text)).size,
		words.length,
		words.map(({text}) => text).join(', '),
	);
	// A tone that calls the reader never stands at a glyph that another tone has too.
	const toneOf = new Map<string, Tone>();
	for (const {glyph, tone} of words.filter(({tone}) => tone === 'needs-you' || tone === 'cancelling')) {
		assert.equal(toneOf.get(glyph) ?? tone, tone);
		toneOf.set(glyph, tone);
	}
});

test('every state of a profile has its own word', () => {
	const states: ProfileHealth['state'][] = [
		'loading',
		'ok',
		'unreachable',
		'unauthorized',
		'forbidden',
		'rate-limited',
		'broken',
	];
	const words = states.map(state => profileState(health('w', {state}), start).word);
	words.push(profileState(health('w', {lastGoodAt: start - 60_000}), start).word);
	assert.equal(new Set(words).size, states.length + 1);
});

for (const theme of names) {
	for (const ascii of [false, true]) {
		test(`${theme}${ascii ? ' in ASCII' : ''} draws the same characters as the others`, async context => {
			const facts = [
				hello([profile('w')]),
				{type: 'health', health: health('w')},
				jobs(
					...(Object.keys(phases) as Phase[]).map(phase => job(`w/${phase}`, {phase})),
					job('w/parked', {phase: 'running'}),
				),
				{type: 'cancellations', reports: [report('w/parked', {step: 'parked'}), report('w/running')]},
			] as const;
			const usual = await renderScreen(context, {ascii, theme: 'mono'});
			await usual.receive(...facts);
			const screen = await renderScreen(context, {ascii, theme});
			await screen.receive(...facts);
			assert.equal(screen.text(), usual.text());
		});
	}
}

/*
Every command has another key than by default, and every screen is walked through: no sentence names a default key.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {commandsOf} from '../../source/commands/commands.ts';
import type {Patch} from '../../source/engine/protocol.ts';
import type {Ref} from '../../source/job/ref.ts';
import {bindingOf, type CommandId, commandIds} from '../../source/keys/bindings.ts';
import {keyLabel} from '../../source/keys/words.ts';
import {putCursor} from '../../source/state/transitions.ts';
import {foldRef} from '../../source/table/folding.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

/** Ethiopic letters: keys that no sentence holds by chance. */
const letters = Array.from({length: 300}, (_, index) => String.fromCodePoint(0x1200 + index)).filter(letter =>
	/\p{Lo}/u.test(letter),
);

const rebound = commandIds.filter(id => bindingOf(id).fixedKeys === undefined);
const keyOf = (id: CommandId): string => letters[rebound.indexOf(id)] ?? '';
const keys = Object.fromEntries(rebound.map(id => [id, [keyOf(id)]]));

/** Keys that stay, whatever the configuration says. */
const fixed = new Set(
	commandIds.filter(id => bindingOf(id).fixedKeys !== undefined).flatMap(id => bindingOf(id).keys),
);

/** Keys that are words of sentences too. */
const words = new Set(['a', 'End']);

/** A sign or a digit is a key only before one of these. */
const verbs = new Set([
	'begins',
	'brings',
	'filters',
	'lists',
	'opens',
	'polls',
	'recalls',
	'restores',
	'shows',
	'sorts',
	'tries',
]);

/** Lines in which a default key stands alone. */
const defaultKeysIn = (text: string): readonly string[] => {
	const labels = new Set(
		rebound
			.flatMap(id => bindingOf(id).keys)
			.filter(key => !fixed.has(key) && key !== 'ctrl+c')
			.map(keyLabel),
	);
	return text
		.split('\n')
		.filter(line =>
			Array.from(line.matchAll(/(?<![^\s(,;:])([^\s(,;:]+|[/:?])(?=[\s,;.)]|$)(?= ?([a-z]*))/g)).some(
				([, word = '', next = '']) =>
					!words.has(word) && labels.has(word) && (/[A-Za-z]/.test(word) || verbs.has(next)),
			),
		);
};

test('a default key in a sentence is found', () => {
	for (const text of ['it is off; e turns it on', 'Esc keeps it', 'j k scroll', 'nothing; / filters']) {
		assert.equal(defaultKeysIn(text).length, 1, text);
	}
	assert.deepEqual(defaultKeysIn('a job + 3 jobs, - of them'), []);
});

const can = {
	inspect: true,
	cancel: true,
	suspend: false,
	force: true,
	hide: true,
	delete: true,
	logs: true,
	results: true,
};
const failure = {kind: 'unauthorized', detail: 'token expired'} as const;
const failing = health('beta', {state: 'unauthorized', failures: 3, failure});
const settings = {notify: 'off', keys} as const;

const facts: readonly Patch[] = [
	hello([profile('alpha', {can}), profile('beta', {can}), profile('gamma', {can, protect: true})], {
		settings,
	}),
	{type: 'health', health: health('alpha')},
	{type: 'health', health: failing},
	{type: 'health', health: health('gamma')},
	jobs(
		...Array.from({length: 12}, (_, index) => job(`alpha/j${index}`, {createdAt: start - index * 1000})),
		job('alpha/over', {phase: 'failed', createdAt: start - 900_000}),
		job('gamma/guarded', {createdAt: start - 800_000}),
		...Array.from({length: 5}, (_, index) =>
			job(`alpha/set_${index}`, {parent: 'alpha/set', createdAt: start - 700_000 - index}),
		),
	),
];

test('no sentence of any screen names a default key', async context => {
	const screen = await renderScreen(context, {columns: 150, rows: 40});
	let seen = '';
	const look = (where: string) => {
		const text = screen.text();
		seen += text;
		assert.deepEqual(defaultKeysIn(text), [], where);
	};
	const press = async (...ids: readonly CommandId[]) => {
		for (const id of ids) {
			await screen.press(keyOf(id));
			look(id);
		}
	};
	const cursorOn = async (ref: Ref) => {
		const index = screen.store.getState().rows.findIndex(row => row.ref === ref);
		screen.store.change(putCursor({ref, index}));
		await screen.settle();
		look(ref);
	};
	const receive = async (...patches: readonly Patch[]) => {
		await screen.receive(...patches);
		look(patches.map(({type}) => type).join());
	};

	await receive({...hello([]), settings, lookedFor: ['a file']} as Patch);
	await receive(
		hello([profile('beta')], {settings}),
		{type: 'health', health: failing},
		jobs(job('beta/lost')),
	);
	await receive({type: 'jobs', upserts: [], removes: ['beta/lost']});
	await receive(...facts);

	// The table, what narrows it, and marks.
	await press('down', 'mark', 'mark-range', 'down', 'widen', 'only-marked', 'only-marked', 'clear-marks');
	await press('undo', 'clear-marks', 'filter');
	await screen.press('out');
	look('filter');
	await press('complete', 'leave-filter', 'filter', 'rub-out-all');
	await screen.press('nothing-is-called-so');
	await press('leave-filter', 'widen', 'mark-by-query', 'mark-matches');
	await screen.press('alpha');
	look('mark');
	await press(
		'mark-matches',
		'cancel',
		'keep-counted',
		'clear-marks',
		'columns-right',
		'wide',
		'freeze',
		'freeze',
	);
	await screen.resize(80, 24);
	await press('columns-right', 'columns-right', 'columns-left', 'wide');
	await screen.resize(150, 40);
	await screen.paste('something');
	look('paste');
	await cursorOn(foldRef('alpha/set'));

	// Menus and the lines that are typed.
	await press('sort', 'close-menu', 'columns', 'choose', 'close-menu', 'scope', 'close-menu', 'command');
	await screen.press('nothing-is-called-so');
	await press('run-command', 'command', 'leave-command', 'help', 'help-find');
	await screen.press('ro');
	await press('help-found', 'close-help', 'profiles', 'profiles-down', 'close-profiles');
	await receive({type: 'health', health: health('alpha', {state: 'off'})});
	await press('profiles', 'profiles-up', 'profiles-up', 'test-profile', 'close-profiles');
	await receive({type: 'health', health: health('alpha')});

	// Boxes: one job, several, a protected profile, a deletion.
	await cursorOn('alpha/j3');
	await screen.advance(5000);
	await press(
		'cancel',
		'list-targets',
		'leave-list',
		'dry-run',
		'leave-list',
		'reason',
		'leave-reason',
		'keep',
	);
	await press('mark-all', 'cancel', 'keep-protected', 'clear-marks');
	await screen.resize(60, 14);
	await press('mark-all', 'cancel', 'keep-protected', 'clear-marks');
	await screen.resize(150, 40);
	await cursorOn('gamma/guarded');
	await screen.advance(5000);
	await press('cancel', 'question-down', 'leave-list', 'keep-protected');
	await press('actions', 'close-actions', 'copy-more', 'close-copies', 'force');
	await cursorOn('alpha/over');
	await screen.advance(5000);
	await press('actions', 'delete', 'keep-undeleted', 'dismiss', 'undo');

	// One job in full, with a log that was refused.
	await cursorOn('alpha/j3');
	await press('inspect', 'next-tab', 'next-tab');
	await receive({
		type: 'log',
		ref: 'alpha/j3',
		at: start,
		news: {text: '', failure, parked: true},
	});
	await press('log-next', 'log-find');
	await screen.press('x');
	await press('find-leave', 'next-tab', 'next-tab', 'next-tab', 'close-detail');

	// The cancellations.
	await receive({
		type: 'cancellations',
		reports: [report('alpha/j3'), report('alpha/j4', {step: 'staged', batch: 2})],
	} as Patch);
	await press(
		'cancellations',
		'unfinished-only',
		'menu-down',
		'choose',
		'put-away',
		'earlier-batch',
		'close-cancellations',
	);

	// Each of these stood on the screen, with its own key.
	for (const id of [
		'undo',
		'widen',
		'complete',
		'wide',
		'columns-left',
		'close-menu',
		'turn-profile',
		'leave-list',
		'leave-reason',
		'keep-undeleted',
		'refresh',
		'unfinished-only',
		'profiles',
	] as const) {
		assert.ok(seen.includes(keyOf(id)), id);
	}
});

test('no sentence of the help names a default key', () => {
	for (const {id, help} of commandsOf({known: {settings: {keys}}})) {
		// These speak of the key Esc itself, which always leads back.
		if (id === 'close-help' || id === 'help-found') continue;
		assert.doesNotMatch(help, /[{}]/, id);
		assert.deepEqual(defaultKeysIn(help), [], id);
	}
});

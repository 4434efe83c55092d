/*
Other keys for commands, as the configuration wants them.
*/
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {commands, commandsOf} from '../../source/commands/commands.ts';
import {loadConfiguration} from '../../source/config/load.ts';
import type {Patch} from '../../source/engine/protocol.ts';
import {keyNamed} from '../../source/keys/names.ts';
import {readKeys} from '../../source/keys/rebinding.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {fc} from '../helpers/fast-check.ts';
import {renderText} from '../helpers/render-text.tsx';
import {runCli} from '../helpers/run-cli.ts';
import {health, hello, job, jobs, profile} from '../helpers/screen-facts.ts';

const wrong: readonly (readonly [wishes: Parameters<typeof readKeys>[0], words: RegExp])[] = [
	[{cancle: 'F9'}, /^there is no such command; did you mean "cancel"\?$/],
	[{qqqqqqqqqqqqqqqqqqqqqqqqqq: 'F9'}, /jobtop keys lists them/],
	[{cancel: 'Alt-x'}, /^"Alt-x" is not a key/],
	[{cancel: 'ctrl+m'}, /is not a key/],
	[{cancel: 'd'}, /^d is also the key of dismiss \(table\)/],
	[{redraw: 'F5', refresh: 'F5'}, /^F5 is also the key of (refresh|redraw)/],
	[{results: 'c'}, /^c is also the key of cancel \(actions\)/],
	[{cancel: 'Enter'}, /^Enter cannot run a command that ends or hides jobs$/],
	[{cancel: 'delete'}, /^delete cannot run a command that ends/],
	[{dismiss: 'Backspace'}, /^Backspace cannot run/],
	[{'dismiss-ended': 'ctrl+d'}, /^Ctrl-d cannot run/],
	[{retry: 'Ctrl-k'}, /^Ctrl-k cannot run/],
	[{delete: '7'}, /^7 cannot run/],
	[{send: 'Enter'}, /^Enter cannot run/],
	[{'send-typed': ['y', 'delete']}, /^delete cannot run/],
	[{keep: ['escape', 'delete']}, /cannot answer a question$/],
	[{keep: 'n'}, /^its keys must include Esc/],
	[{'close-menu': 'q'}, /^its keys must include Esc,/],
	[{interrupt: 'F10'}, /^its keys must include Ctrl-c,/],
	[{send: 'c'}, /^c would both ask \(cancel\) and send \(send\)$/],
	[{send: 'C'}, /^c would both ask/],
	[{cancel: 'Y', 'copy-more': 'F2'}, /^y would both ask/],
	[{redraw: 'L'}, /^L is typed as text there$/],
	[{'leave-filter': ['enter', 'escape', 'z']}, /^z is typed as text/],
	[{'dry-run': '5'}, /^5 is part of the number/],
	[{only: 'a'}, /^its keys cannot be changed: each digit selects a profile$/],
	[{'send-deletion': 'y'}, /^its keys cannot be changed/],
];

for (const [wishes, words] of wrong) {
	test(`${JSON.stringify(wishes)} is refused with its reason`, () => {
		const {keys, problems} = readKeys(wishes);
		assert.deepEqual(keys, {});
		assert.match(problems[0]?.words ?? '', words);
	});
}

test('keys are read as people write them, swapped ones too', () => {
	const {keys, problems} = readKeys({
		cancel: ['c', 'F9'],
		sort: 'D',
		'dismiss-ended': 's',
		help: ['?', 'f1'],
		redraw: 'Ctrl-y',
		keep: ['esc', 'k'],
	});
	assert.deepEqual(problems, []);
	assert.deepEqual(keys, {
		cancel: ['c', 'f9'],
		sort: ['D'],
		'dismiss-ended': ['s'],
		help: ['?', 'f1'],
		redraw: ['ctrl+y'],
		keep: ['escape', 'k'],
	});
});

test('whatever keys are configured, the accepted ones obey the rules', () => {
	const names = ['a', 'y', 'Y', 'c', 'C', '5', 'enter', 'delete', 'esc', 'f9', 'ctrl+d', 'ctrl+x', 'space'];
	const ids = commands.map(({id}) => id);
	fc.assert(
		fc.property(
			fc.dictionary(
				fc.constantFrom(...ids),
				fc.uniqueArray(fc.constantFrom(...names), {minLength: 1, maxLength: 3}),
				{
					maxKeys: 4,
				},
			),
			wishes => {
				const {keys} = readKeys(wishes);
				const all = commandsOf({known: {settings: {keys}}});
				const of = (risk: string) => all.filter(command => command.risk === risk);
				for (const {id, keys: own} of [...of('asks'), ...of('sends')]) {
					assert.ok(!own.some(key => /^(enter|delete|backspace|\d|ctrl\+[dk])$/.test(key)), id);
				}
				for (const {id, keys: own} of of('keeps')) assert.ok(own.includes('escape'), id);
				const asking = of('asks').flatMap(each => each.keys.map(key => key.toLowerCase()));
				assert.ok(!of('sends').some(each => each.keys.some(key => asking.includes(key.toLowerCase()))));
				const owners = new Set<string>();
				for (const {id, scopes, keys: own} of all) {
					for (const scope of scopes) {
						for (const key of own) {
							assert.ok(!owners.has(`${scope} ${key}`), `${id} ${scope} ${key}`);
							owners.add(`${scope} ${key}`);
						}
					}
				}
			},
		),
		{numRuns: 300},
	);
});

test('a key has one name, however it is written', () => {
	const written = {
		Esc: 'escape',
		'Ctrl-x': 'ctrl+x',
		'CTRL+X': 'ctrl+x',
		F12: 'f12',
		PgDn: 'pagedown',
		'Shift-Tab': 'shift+tab',
		G: 'G',
		' ': 'space',
		é: 'é',
	};
	for (const [text, key] of Object.entries(written)) assert.equal(keyNamed(text), key, text);
	for (const text of ['', 'f13', 'ctrl+i', 'alt+x', '\u0007', 'jj'])
		assert.equal(keyNamed(text), undefined, text);
});

test('a mistake in the file is reported with its line', async context => {
	const file = join(temporaryDirectory(context), 'config.toml');
	writeFileSync(file, '[keys]\nhelp = "F1"\ncancel = ["c", "Enter"]\n');
	await assert.rejects(
		() => loadConfiguration({env: {HOME: '/nowhere'}, flags: {config: file}}),
		(error: Error) => {
			assert.equal(
				error.message,
				`${file}:3: keys.cancel: Enter cannot run a command that ends or hides jobs`,
			);
			return true;
		},
	);
	writeFileSync(file, '[keys]\ncancel = 7\n');
	await assert.rejects(
		() => loadConfiguration({env: {HOME: '/nowhere'}, flags: {config: file}}),
		/keys\.cancel: must be a key such as "c", or a list/,
	);
	writeFileSync(file, '[keys]\ncancel = ["c", "F9"]\n[profiles.a]\nbackend = "slurm"\n');
	assert.deepEqual(
		(await loadConfiguration({env: {HOME: '/nowhere'}, flags: {config: file}})).settings.keys,
		{
			cancel: ['c', 'f9'],
		},
	);
});

const facts = (keys: Readonly<Record<string, readonly string[]>>): readonly Patch[] => [
	hello([profile('a')], {settings: {notify: 'off', keys}}),
	{type: 'health', health: health('a')},
	jobs(job('a/1')),
];

test('configured keys work, and the screen names them', async context => {
	const screen = await renderText(context);
	await screen.receive(...facts({cancel: ['f9'], send: ['z'], keep: ['escape', 'k'], help: ['f1']}));
	await screen.press('j');
	assert.match(screen.lines().at(-1) ?? '', /F9 cancels a\/1/);
	assert.match(screen.lines().at(-2) ?? '', /F9 cancel .*F1 help/);
	await screen.press('c', '?');
	assert.equal(screen.store.getState().screen.overlay, undefined);
	await screen.press('\u001bOP', '/F9', '\r');
	assert.match(screen.text(), /F9 +Cancel the marked jobs/);
	await screen.press('q', '\u001b[20~');
	assert.match(screen.text(), /z {2}cancel the job {3}Esc\/k {2}keep it/);
	await screen.press('y', 'n');
	assert.equal(screen.store.getState().screen.overlay?.kind, 'box');
	await screen.press('z');
	assert.equal(screen.sent.filter(({type}) => type === 'cancel').length, 1);
});

test('jobtop keys prints the table, with the configured keys', async context => {
	const folder = temporaryDirectory(context);
	const file = join(folder, 'config.toml');
	writeFileSync(file, '[keys]\ncancel = "F9"\n');
	const run = (...parameters: string[]) =>
		runCli(['--config', file, 'keys', ...parameters], {env: {HOME: folder}});
	const text = await run();
	assert.equal(text.code, 0);
	assert.match(text.stdout, /^ {2}F9 +cancel +Cancel the marked jobs/m);
	const json = JSON.parse((await run('-o', 'json')).stdout);
	assert.equal(json.version, 1);
	assert.deepEqual(json.commands.find(({id}: {id: string}) => id === 'cancel').keys, ['f9']);
	assert.equal(json.commands.find(({id}: {id: string}) => id === 'sort').argument, 'column');
	assert.match((await run('-o', 'md')).stdout, /^\| `F9` \| `cancel` \| table, detail, cancellations \|/m);
	writeFileSync(file, '[keys]\ncancle = "F9"\n');
	const bad = await run();
	assert.equal(bad.code, 2);
	assert.match(bad.stderr, /config\.toml:2: keys\.cancle: there is no such command; did you mean "cancel"\?/);
});

/*
The keys in the footer: each does something here, and what can do nothing gives its place to the next one.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Patch} from '../../source/engine/protocol.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const hpc = hello([profile('hpc')]);
const well: Patch = {type: 'health', health: health('hpc')};
const running = job('hpc/1');
const ended = job('hpc/2', {phase: 'failed'});
const cancelled: Patch = {
	type: 'cancellations',
	reports: [report('hpc/9', {step: 'settled', settledAt: start, outcome: {kind: 'cancelled'}})],
};
const overdue: Patch = {
	type: 'cancellations',
	reports: [report('hpc/1', {acceptedAt: start - 390_000, outcome: {kind: 'overdue'}})],
};

const scenes: readonly {
	readonly name: string;
	readonly patches: readonly Patch[];
	readonly keys: readonly string[];
	readonly hints: string;
}[] = [
	{
		name: 'a live job',
		patches: [hpc, well, jobs(running)],
		keys: [],
		hints: 'Enter inspect  c cancel  Space mark  / filter  s sort  f which jobs  x actions',
	},
	{
		name: 'an ended job',
		patches: [hpc, well, jobs(ended)],
		keys: [],
		hints: 'Enter inspect  Space mark  d dismiss  / filter  s sort  f which jobs  x actions',
	},
	{
		name: 'a read-only session',
		patches: [hello([profile('hpc')], {readOnly: true}), well, jobs(running)],
		keys: [],
		hints: 'Enter inspect  Space mark  / filter  s sort  f which jobs  x actions',
	},
	{name: 'no jobs', patches: [hpc, well], keys: [], hints: '/ filter  s sort  f which jobs'},
	{
		name: 'a batch without failures',
		patches: [hpc, well, jobs(running), cancelled],
		keys: ['C'],
		hints: 'Enter inspect  f outcomes  Ctrl-e export  Esc back  x actions',
	},
	{
		name: 'a batch with an overdue job',
		patches: [hpc, well, jobs(running), overdue],
		keys: ['C'],
		hints: 'Enter inspect  c cancel  R retry failed  f outcomes  Ctrl-e export  Esc back  x actions',
	},
	{
		name: 'the details of an ended job',
		patches: [hpc, well, jobs(ended)],
		keys: ['\r'],
		hints: '] next tab  PgDn scroll  d dismiss  Esc close  x actions',
	},
];

/** The bytes of a key in the footer. */
const bytesOf = (label: string): string =>
	({Enter: '\r', Space: ' ', Esc: '\u001b', Tab: '\t', 'Ctrl-e': '\u0005', PgDn: '\u001b[6~'})[label] ??
	label;

for (const {name, patches, keys, hints} of scenes)
	test(`the footer for ${name} names only keys that do something`, async context => {
		const open = async () => {
			const screen = await renderScreen(context, {columns: 200, rows: 30});
			await screen.receive(...patches);
			for (const key of keys) await screen.press(key);
			return screen;
		};
		const first = await open();
		const line = first.lines().at(-2) ?? '';
		const named = line.slice(0, line.indexOf(' : command')).trim();
		assert.equal(named, hints);
		assert.match(line, /\? help {2}(q quit|\S+ back)$/);
		for (const hint of named.split('  ')) {
			const [label = ''] = hint.split(' ');
			const screen = await open();
			await screen.press(bytesOf(label));
			const word = screen.lines().at(-1) ?? '';
			assert.ok(!word.includes('does nothing here') && !word.startsWith(` ${label}: `), `${hint}: ${word}`);
		}
	});

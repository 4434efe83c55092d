import assert from 'node:assert/strict';
import {test} from 'node:test';
import {allAbilities, markedTitle} from '../../source/backends/abilities.ts';
import {backends} from '../../source/backends/index.ts';
import type {Console} from '../../source/command-line/output/console.ts';
import {printBackends} from '../../source/command-line/profiles/backends.ts';
import {runCli} from '../helpers/run-cli.ts';

test('what every backend can do is known without asking anybody', async () => {
	// Files are read: the program's own parts are loaded.
	const asked = () => process.getActiveResourcesInfo().filter(resource => resource !== 'FSReqPromise');
	const before = asked();
	const all = await allAbilities();
	assert.deepEqual(asked(), before);
	assert.deepEqual(
		all.map(({backend}) => backend),
		Object.keys(backends),
	);
	for (const [kind, {traits}] of Object.entries(backends)) assert.equal(traits.kind, kind);
});

test('it is printed as a table, as JSON and as Markdown, without any configuration', async () => {
	const print = async (...parameters: string[]) => {
		const {code, stdout, stderr} = await runCli(['backends', ...parameters]);
		assert.deepEqual([code, stderr], [0, '']);
		return stdout;
	};
	const table = await print();
	assert.match(table, /^ +Weaver +OGC API +Ionworks /);
	assert.match(table, /\ncancel +guarded +guarded +safe /);
	for (const each of await allAbilities()) {
		assert.ok(table.includes(`${markedTitle(each)}, cancelling: ${each.consequence}`));
	}
	const document = JSON.parse(await print('-o', 'json'));
	assert.equal(document.version, 1);
	assert.deepEqual(document.backends, JSON.parse(JSON.stringify(await allAbilities())));
	const markdown = await print('-o', 'md');
	assert.match(markdown, /^\| {2}\| Weaver \|/);
	assert.match(markdown, /^\| Flux \(from documents\) \|/m);
	assert.match(table, /\nfrom documents: written from the documents or recordings of the system/);
});

test('in a terminal no line is longer than it, and every system keeps its column', async () => {
	for (const columns of [40, 80, 120]) {
		let printed = '';
		await printBackends({output: 'text'}, {
			columns,
			data: (text: string) => {
				printed += text;
			},
		} as Console);
		const lines = printed.split('\n');
		assert.equal(
			lines.find(line => line.length > columns),
			undefined,
		);
		const heads = lines.flatMap((line, index) =>
			lines[index + 1]?.startsWith('from documents ') ? [line] : [],
		);
		const titles = heads.flatMap(line => line.trim().split(/ {2,}/));
		assert.deepEqual(
			titles,
			(await allAbilities()).map(({title}) => title),
		);
	}
});

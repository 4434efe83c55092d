/*
The patches of libraries: what is installed has them, each says why it is there, and none is applied where it does not fit.
*/
import assert from 'node:assert/strict';
import {linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {applyPatches, missingChanges, requirePatches} from '../../scripts/patch-libraries.js';
import {temporaryDirectory} from '../helpers/engine.ts';

const root = new URL('../../', import.meta.url);
const patches = readdirSync(new URL('patches/', root)).map(name => ({
	name,
	text: readFileSync(new URL(`patches/${name}`, root), 'utf8'),
}));

test('the installed libraries are the patched ones', () => {
	assert.ok(patches.length > 0);
	assert.deepEqual(missingChanges(root), []);
});

test('each patch says why it is there', () => {
	for (const {name, text} of patches) assert.match(text, /^Why: .+\n\n[\s\S]+\n\ndiff --git /, name);
});

test('the characters of one cell are the same in our source and in the patches', () => {
	const source = readFileSync(new URL('source/text/narrow.ts', root), 'utf8');
	const expression = /^const narrow = (\/.+\/);$/m.exec(source)?.[1];
	assert.ok(expression);
	const holding = patches.filter(({text}) => text.includes(`= ${expression};`)).map(({name}) => name);
	assert.deepEqual(holding, ['string-width+8.3.0.patch']);
});

const before = {'one.js': 'let a = 1;\nlet b = 2;\n', 'two.js': 'let c = 3;\n'};
const patch = `Why: to try it.

diff --git a/node_modules/@x/y/one.js b/node_modules/@x/y/one.js
--- a/node_modules/@x/y/one.js
+++ b/node_modules/@x/y/one.js
@@ -0,0 +1 @@
+let first;
diff --git a/node_modules/@x/y/two.js b/node_modules/@x/y/two.js
--- a/node_modules/@x/y/two.js
+++ b/node_modules/@x/y/two.js
@@ -1 +1 @@
-let c = 3;
+let c = 4;
`;

type Installed = {readonly version?: string; readonly files?: Readonly<Record<string, string>>};

const install = (context: TestContext, {version = '1.0.0', files = before}: Installed = {}) => {
	const folder = temporaryDirectory(context);
	const library = join(folder, 'node_modules/@x/y');
	mkdirSync(library, {recursive: true});
	mkdirSync(join(folder, 'patches'));
	writeFileSync(join(folder, 'patches/@x+y+1.0.0.patch'), patch);
	writeFileSync(join(library, 'package.json'), JSON.stringify({version}));
	for (const [name, text] of Object.entries(files)) writeFileSync(join(library, name), text);
	return {
		at: pathToFileURL(`${folder}/`),
		library,
		texts: () => Object.keys(files).map(name => readFileSync(join(library, name), 'utf8')),
	};
};

test('a patch is applied once, however often it is tried', context => {
	const {at, texts} = install(context);
	assert.throws(() => requirePatches(at), /one\.js is not patched: run npm ci/);
	assert.equal(applyPatches(at), 2);
	const patched = ['let first;\nlet a = 1;\nlet b = 2;\n', 'let c = 4;\n'];
	assert.deepEqual(texts(), patched);
	assert.equal(applyPatches(at), 0);
	assert.deepEqual(texts(), patched);
	requirePatches(at);
});

test('a patch that does not fit fails, and changes no file', context => {
	const files = {...before, 'two.js': 'let c = 30;\n'};
	const {at, texts} = install(context, {files});
	assert.throws(() => applyPatches(at), /@x\+y\+1\.0\.0\.patch: node_modules\/@x\/y\/two\.js does not fit/);
	assert.deepEqual(texts(), Object.values(files));
});

test('a patch for another version fails, and changes no file', context => {
	const {at, texts} = install(context, {version: '1.0.1'});
	assert.throws(() => applyPatches(at), /is for 1\.0\.0, and 1\.0\.1 is installed/);
	assert.deepEqual(texts(), Object.values(before));
});

test('a file that is linked elsewhere stays there what it is', context => {
	const {at, library} = install(context);
	linkSync(join(library, 'two.js'), join(library, 'linked.js'));
	applyPatches(at);
	assert.equal(readFileSync(join(library, 'linked.js'), 'utf8'), 'let c = 3;\n');
});

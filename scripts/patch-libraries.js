/*
Applies patches/*.patch to the libraries in node_modules. npm runs it whenever it has changed node_modules; it changes nothing where the patches are applied already. A patch that does not fit ends it with an error, and then no file is changed. `--check` only looks.

A patch is named after the package and the version it was made for, `@scope+name+1.2.3.patch`. Why it is there stands above its first file.
*/
import {readdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import {applyPatch, parsePatch, reversePatch} from 'diff';

const fits = {fuzzFactor: 0};

/** What a patch makes of one file; undefined where that stands there already. Throws where it fits neither way. */
const patchedText = (text, change, where) => {
	if (applyPatch(text, reversePatch(change), fits) !== false) return undefined;
	const patched = applyPatch(text, change, fits);
	if (patched === false) throw new Error(`${where} does not fit: run npm ci, or adapt the patch`);
	return patched;
};

/** The files that a patch has yet to change: their paths below the root, and their new texts. */
const changesOf = (name, root) => {
	const [, library, version] = /^(.+)\+([^+]+)\.patch$/.exec(name) ?? [];
	if (library === undefined) throw new Error(`patches/${name}: no version in its name`);
	const folder = `node_modules/${library.replace('+', '/')}`;
	const installed = JSON.parse(readFileSync(new URL(`${folder}/package.json`, root), 'utf8')).version;
	if (installed !== version)
		throw new Error(`patches/${name} is for ${version}, and ${installed} is installed: adapt the patch`);
	const changes = parsePatch(readFileSync(new URL(`patches/${name}`, root), 'utf8'));
	if (changes.length === 0) throw new Error(`patches/${name} changes no file`);
	return changes.flatMap(change => {
		const path = change.newFileName?.replace(/^b\//, '') ?? '';
		const where = `patches/${name}: ${path}`;
		if (!path.startsWith(`${folder}/`) || path.includes('..'))
			throw new Error(`${where} is not in ${folder}`);
		const text = patchedText(readFileSync(new URL(path, root), 'utf8'), change, where);
		return text === undefined ? [] : [{path, text}];
	});
};

/** The changes that the patches of a folder still have to make in its node_modules. Throws where a patch does not fit. */
export const missingChanges = root =>
	readdirSync(new URL('patches/', root))
		.filter(name => name.endsWith('.patch'))
		.flatMap(name => changesOf(name, root));

/** Throws unless all patches of a folder are applied in its node_modules. */
export const requirePatches = root => {
	const [missing] = missingChanges(root);
	if (missing)
		throw new Error(`${missing.path} is not patched: run npm ci, or node scripts/patch-libraries.js`);
};

/** Applies the patches of a folder to its node_modules. Returns how many files it changed. */
export const applyPatches = root => {
	const changes = missingChanges(root);
	for (const {path, text} of changes) {
		const file = new URL(path, root);
		// Another name first: the file may share its content with a copy of node_modules elsewhere.
		const unfinished = new URL(`${path}.${process.pid}`, root);
		writeFileSync(unfinished, text);
		renameSync(unfinished, file);
	}
	return changes.length;
};

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	const root = new URL('../', import.meta.url);
	if (process.argv[2] === '--check') requirePatches(root);
	else applyPatches(root);
}

/*
Which test files are near a source file, by imports.
*/
import {globSync, readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';

const importsOf = (file: string): readonly string[] =>
	[...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s(?!type\s)[^'";]*?from\s+'(\.[^']+)'/gm)].map(
		match => normalize(join(dirname(file), match[1] as string)),
	);

type Files = {
	readonly tests: readonly string[];
	/** The files that import a file. */
	readonly importersOf: (file: string) => readonly string[];
};

/** The test files that import the file. Where none does, those that import an importer of it, and so on until there are some. */
export const nearestTests = (file: string, {tests, importersOf}: Files): readonly string[] => {
	const seen = new Set([file]);
	let files: readonly string[] = [file];
	while (files.length > 0) {
		const importers = [...new Set(files.flatMap(importersOf))].filter(each => !seen.has(each));
		const found = importers.filter(each => tests.includes(each));
		if (found.length > 0) return found;
		for (const each of importers) seen.add(each);
		files = importers;
	}
	return [];
};

/** Reads the imports of all files below `source` and `test` of the working directory. A type alone is no import: it does not run. */
export const readFiles = (): Files => {
	const tests = globSync('test/!(bench|fakes|fixtures|helpers|live)/**/*.{ts,tsx}').sort();
	const importers = new Map<string, string[]>();
	for (const file of [...tests, ...globSync('source/**/*.{ts,tsx}').sort()]) {
		for (const imported of importsOf(file)) {
			const known = importers.get(imported);
			if (known) known.push(file);
			else importers.set(imported, [file]);
		}
	}
	return {tests, importersOf: file => importers.get(file) ?? []};
};

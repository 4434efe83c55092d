/*
Files that the user keeps: where an exported batch goes, and what is said if it cannot be written.
*/
import assert from 'node:assert/strict';
import {existsSync, realpathSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {createKeeping} from '../../source/engine/keeping.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {batchOfOne, keepJournal} from '../helpers/kept-journal.ts';

test('where the state directory does not last, an exported batch stays in the working directory', context => {
	const stateDirectory = keepJournal(context, [batchOfOne]);
	const before = process.cwd();
	context.after(() => process.chdir(before));
	const folder = realpathSync(temporaryDirectory(context));
	process.chdir(folder);
	const said: string[] = [];
	const keeping = createKeeping({
		stateDirectory,
		exportPlace: 'working-directory',
		report: () => undefined,
		notify: (_tone, text) => void said.push(text),
	});
	keeping.exportBatch(1);
	const path = join(folder, 'jobtop-batch-1.json');
	assert.deepEqual(said.splice(0), [`batch 1 is in ${path}`]);
	rmSync(stateDirectory, {recursive: true});
	assert.ok(existsSync(path));
	keeping.exportBatch(1);
	assert.match(said[0] ?? '', /^batch 1 cannot be exported: .*start jobtop in a folder that you can write$/);
});

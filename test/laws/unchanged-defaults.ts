/*
What counts where the configuration says nothing.
*/
import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {loadConfiguration} from '../../source/config/load.ts';

test('an empty file leaves everything at its default, and says that it has no profile', context => {
	const folder = mkdtempSync(join(tmpdir(), 'jobtop-defaults-'));
	context.after(() => rmSync(folder, {recursive: true, force: true}));
	const path = join(folder, 'config.toml');
	const load = () =>
		loadConfiguration({
			env: {HOME: folder, PATH: '', XDG_CONFIG_HOME: folder},
			etc: folder,
			here: folder,
			flags: {config: path},
		});
	writeFileSync(path, '');
	const {settings, profiles, lookedFor} = load();
	assert.deepEqual(settings, {readOnly: false, theme: 'default', plain: false, notify: 'off', queries: []});
	assert.deepEqual(profiles, []);
	assert.equal(lookedFor[0], `${path} (it has no [profiles.NAME])`);
	writeFileSync(path, 'plain = true\n');
	assert.equal(load().settings.plain, true);
	assert.equal(
		loadConfiguration({env: {HOME: folder, PATH: ''}, etc: folder, here: folder}).lookedFor[0]?.includes(
			'it has no',
		),
		false,
		'a file that is missing has nothing in it',
	);
});

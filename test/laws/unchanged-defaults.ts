/*
What counts where the configuration says nothing.
*/
import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {loadConfiguration} from '../../source/config/load.ts';

test('an empty file leaves everything at its default, and says that it has no profile', async context => {
	const folder = mkdtempSync(join(tmpdir(), 'jobtop-defaults-'));
	context.after(() => rmSync(folder, {recursive: true, force: true}));
	mkdirSync(join(folder, 'jobtop'));
	const path = join(folder, 'jobtop', 'config.toml');
	const load = () =>
		loadConfiguration({
			env: {HOME: folder, PATH: '', XDG_CONFIG_HOME: folder},
			etc: folder,
			here: folder,
		});
	writeFileSync(path, '');
	const {settings, profiles, lookedFor} = await load();
	assert.deepEqual(settings, {
		readOnly: false,
		theme: 'default',
		mouse: false,
		timeZone: 'local',
		plain: false,
		notify: 'off',
		queries: [],
	});
	assert.deepEqual(profiles, []);
	assert.equal(lookedFor[0], `${path} (it has no [profiles.NAME])`);
	await assert.rejects(
		() =>
			loadConfiguration({
				env: {HOME: folder, PATH: ''},
				etc: folder,
				here: folder,
				flags: {config: path},
			}),
		/names no profile/,
		'a file that is named must have one',
	);
	const withNone = await loadConfiguration({
		env: {HOME: folder, PATH: ''},
		etc: folder,
		here: folder,
		flags: {config: '/dev/null'},
	});
	assert.deepEqual(withNone.profiles, [], 'the null device stands for no file');
	writeFileSync(path, 'plain = true\n');
	assert.equal((await load()).settings.plain, true);
	assert.equal(
		(
			await loadConfiguration({env: {HOME: folder, PATH: ''}, etc: folder, here: folder})
		).lookedFor[0]?.includes('it has no'),
		false,
		'a file that is missing has nothing in it',
	);
});

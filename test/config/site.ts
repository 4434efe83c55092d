/*
What a site says for all who use jobtop on its machines: read before the file of the user, and what it limits holds.
*/
import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {connectAll} from '../../source/config/connect.ts';
import {effectiveValues} from '../../source/config/effective.ts';
import type {ConfigurationFlags} from '../../source/config/files.ts';
import {loadConfiguration} from '../../source/config/load.ts';
import {siteFiles} from '../../source/config/site-files.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {runCli} from '../helpers/run-cli.ts';

const weaver = '[profiles.prod]\nbackend = "weaver"\nurl = "https://example.org/weaver"\n';

const write = (file: string, source: string): string => {
	mkdirSync(dirname(file), {recursive: true});
	writeFileSync(file, source);
	return file;
};

/** A machine with a file of its site and one of the user. */
const machine = (context: TestContext, site: string, user?: string) => {
	const folder = temporaryDirectory(context);
	const etc = join(folder, 'etc');
	const file = write(join(etc, 'jobtop', 'config.toml'), site);
	const home = join(folder, 'home');
	const own = join(home, '.config', 'jobtop', 'config.toml');
	if (user !== undefined) write(own, user);
	const load = async (flags: ConfigurationFlags = {}, env: Record<string, string> = {}) => {
		const input = {env: {HOME: home, ...env}, flags, etc};
		const configuration = await loadConfiguration(input);
		const shown = new Map((await effectiveValues(configuration, input)).map(value => [value.key, value]));
		const of = (key: string) => [shown.get(key)?.value, shown.get(key)?.from];
		return {...configuration, of};
	};
	return {folder, etc, file, home, own, load};
};

test('a site is read where the base directory specification says, and in /etc/jobtop whatever that says', () => {
	const usual = ['/etc/xdg/jobtop/config.toml', '/etc/jobtop/config.toml'];
	assert.deepEqual(siteFiles({}), usual);
	assert.deepEqual(siteFiles({XDG_CONFIG_DIRS: ''}), usual);
	assert.deepEqual(siteFiles({XDG_CONFIG_DIRS: 'relative:/a:/b:/etc'}), [
		'/a/jobtop/config.toml',
		'/b/jobtop/config.toml',
		'/etc/jobtop/config.toml',
	]);
});

test('the file of the user is over that of the site, key by key and profile by profile', async context => {
	const {file, own, load} = machine(
		context,
		`interval = "20s"\ntheme = "mono"\n[queries]\na = "state:failed"\nb = "state:held"\n${weaver}[profiles.old]\nbackend = "slurm"\n`,
		`theme = "high-contrast"\n[queries]\na = "state:running"\n[profiles.prod]\nbackend = "weaver"\nurl = "https://mine.invalid"\n`,
	);
	const {settings, profiles, of} = await load();
	assert.equal(settings.theme, 'high-contrast');
	assert.deepEqual(of('theme'), ['high-contrast', `${own}:1`]);
	assert.deepEqual(settings.queries, [
		{name: 'a', text: 'state:running'},
		{name: 'b', text: 'state:held'},
	]);
	assert.deepEqual(
		profiles.map(({name, intervalMs, folder}) => [name, intervalMs, folder]),
		[
			['prod', 20_000, dirname(own)],
			['old', 20_000, dirname(file)],
		],
	);
	assert.deepEqual(of('profiles.prod.url'), ['https://mine.invalid', `${own}:6`]);
	assert.deepEqual(of('profiles.old.interval'), ['20s', `${file}:1`]);
});

const limits =
	'[limits]\nmin_interval = "30s"\nmax_rate = 2\n[limits.weaver]\nmax_rate = 0.5\nprotect = true\n';

test('what a site limits holds over the file, the flags and the environment, and one line says so', async context => {
	const {file, load} = machine(
		context,
		`${limits}read_only = true\n`,
		`interval = "2s"\nread_only = false\n${weaver}protect = false\nrate = 10\n[profiles.hpc]\nbackend = "slurm"\n`,
	);
	const {profiles, settings, limited, of} = await load({intervalMs: 3000}, {JOBTOP_READ_ONLY: '0'});
	const [prod, hpc] = await connectAll(profiles, {});
	assert.deepEqual([prod?.traits.intervalMs, prod?.traits.rate, prod?.readOnly], [30_000, 0.5, true]);
	assert.equal(prod?.backend.cancel, undefined);
	assert.deepEqual([hpc?.traits.intervalMs, hpc?.traits.rate, hpc?.readOnly], [30_000, 2, undefined]);
	assert.deepEqual(
		profiles.map(({protect}) => protect),
		[true, false],
	);
	assert.equal(settings.readOnly, false, 'only profiles of one kind are');
	assert.ok(!limited?.includes('\n'));
	for (const words of [
		`prod, hpc: interval is 30s instead of 3s, limited by ${file}:2`,
		`prod: rate is 0.5 instead of 10, limited by ${file}:5`,
		`prod: read_only is true instead of false, limited by ${file}:7`,
		`prod: protect is true instead of false, limited by ${file}:6`,
	])
		assert.ok(limited?.includes(words), `${words}\n${limited}`);
	assert.deepEqual(of('profiles.prod.interval'), ['30s', `${file}:2 limits --interval`]);
	assert.deepEqual(of('profiles.hpc.rate'), [2, `${file}:3 limits default`]);
	assert.deepEqual(of('limits.min_interval'), ['30s', `${file}:2`]);
	assert.deepEqual(of('limits.weaver.max_rate'), [0.5, `${file}:5`]);
	assert.deepEqual(of('limits.slurm.max_rate'), [undefined, undefined], 'what holds for all is told once');
});

test('what is stricter than a limit, or wants nothing, is left as it is and nothing is said', async context => {
	const {load} = machine(context, limits, `interval = "1m"\n${weaver}rate = 0.1\n`);
	const {profiles, limited} = await load();
	assert.equal(limited, undefined);
	const [prod] = await connectAll(profiles, {});
	assert.deepEqual([prod?.traits.intervalMs, prod?.traits.rate], [60_000, 0.1]);
	const unasked = await machine(context, limits, weaver).load();
	assert.equal(unasked.limited, undefined);
	assert.equal(unasked.profiles[0]?.intervalMs, 30_000);
});

test('of several files the strictest limit counts, and nobody takes one back', async context => {
	const {folder, file, load} = machine(
		context,
		'[limits]\nmin_interval = "30s"\nread_only = true\n',
		`[limits]\nmin_interval = "2s"\n${weaver}`,
	);
	const xdg = join(folder, 'xdg');
	const other = write(join(xdg, 'jobtop', 'config.toml'), '[limits.weaver]\nmin_interval = "1m"\n');
	const {profiles, settings, of} = await load({}, {XDG_CONFIG_DIRS: xdg});
	assert.equal(profiles[0]?.intervalMs, 60_000);
	assert.deepEqual(of('profiles.prod.interval'), ['60s', `${other}:2 limits default`]);
	assert.equal(settings.readOnly, true);
	assert.deepEqual(of('read_only'), [true, `${file}:3 limits default`]);
	// The environment of a user leads nowhere past the file of the machine.
	assert.equal((await load({}, {XDG_CONFIG_DIRS: '/nowhere'})).profiles[0]?.intervalMs, 30_000);
});

test('a mistake in the file of the site names that file, and a file that cannot be read is one', async context => {
	const mistakes: readonly (readonly [source: string, words: RegExp])[] = [
		[
			'[limits]\nmin_intervall = "5s"\n',
			/:2: limits\.min_intervall: unknown key; did you mean "min_interval"\?/,
		],
		['[limits.slurmm]\nmax_rate = 1\n', /:1: limits\.slurmm: unknown key; did you mean "slurm"\?/],
		['[limits.slurm]\nmax_rat = 1\n', /:2: limits\.slurm\.max_rat: unknown key; did you mean "max_rate"\?/],
		['[limits]\nread_only = false\n', /:2: limits\.read_only: must be true; no other file can lift/],
		['[limits]\nmin_interval = 5\n', /:2: limits\.min_interval: must be a time of at least one second/],
		['limits = 1\n', /:1: limits: must be a table such as \[limits\]/],
		['[limits\n', /:1:\d+: not valid TOML/],
	];
	for (const [source, words] of mistakes) {
		const {file, load} = machine(context, source, weaver);
		await assert.rejects(load, (error: Error) => {
			assert.ok(error.message.startsWith(file), error.message);
			assert.match(error.message, words);
			return true;
		});
	}
	const {folder, etc, home} = machine(context, '', weaver);
	assert.ok(folder && etc);
	mkdirSync(join(etc, 'xdg', 'jobtop', 'config.toml'), {recursive: true});
	await assert.rejects(
		() => loadConfiguration({env: {HOME: home}, etc}),
		/etc\/xdg\/jobtop\/config\.toml: cannot be read/,
	);
});

test('the keys of the screen go no further than the limit, and say why', async context => {
	const far = await openWeaverServer(context);
	const state = temporaryDirectory(context);
	const {load} = machine(
		context,
		'[limits]\nmin_interval = "10s"\n',
		`[profiles.w]\nbackend = "weaver"\nurl = "${far.server.url}"\n`,
	);
	const [connection] = await connectAll((await load()).profiles, {});
	assert.ok(connection);
	const {engine, known, until, patches} = openEngine(context, far, state, {connection});
	engine.start();
	const every = () => known().health.get('w')?.intervalMs;
	await until('it has answered', ({health}) => health.get('w')?.state === 'ok');
	assert.equal(every(), 10_000);
	engine.handle({type: 'interval', to: 'longer'});
	assert.equal(every(), 15_000);
	engine.handle({type: 'interval', to: 1000});
	assert.equal(every(), 10_000);
	engine.handle({type: 'interval', to: 'shorter'});
	assert.equal(every(), 10_000);
	const notices = patches.flatMap(patch => (patch.type === 'notice' ? patch.notice.text : []));
	assert.equal(notices.length, 2);
	assert.match(notices[0] ?? '', /^w: at most one poll every 10 s, limited by .*config\.toml:2$/);
});

test('the command line says once what was limited, and every page of the configuration shows the source', async context => {
	const far = await openFar(context);
	const id = far.add('running', 'a');
	const xdg = temporaryDirectory(context);
	const file = write(
		join(xdg, 'jobtop', 'config.toml'),
		'[limits]\nmin_interval = "30s"\n[limits.weaver]\nread_only = true\n',
	);
	const env = {...far.env, XDG_CONFIG_DIRS: xdg};
	const run = (...words: string[]) => runCli(words, {env});
	const list = await run('--interval', '2s', 'list', '-o', 'ref');
	assert.deepEqual(
		[list.code, list.stdout, list.stderr],
		[0, `weaver/${id}\n`, `jobtop: weaver: interval is 30s instead of 2s, limited by ${file}:2\n`],
	);
	assert.equal((await run('list')).stderr, '');
	const cancel = await run('cancel', id, '-y');
	assert.equal(cancel.code, 5);
	assert.match(cancel.stdout, /read-only/);
	assert.deepEqual(far.deletes(), []);
	const show = await run('--interval', '2s', 'config', 'show');
	assert.ok(show.stdout.includes(`${file}:2 limits --interval`), show.stdout);
	assert.ok(show.stdout.includes(`profiles.weaver.read_only = true`), show.stdout);
	const {stdout} = await run('doctor', '-o', 'json');
	const findings: readonly {check: string; detail: string}[] = JSON.parse(stdout).findings;
	const told = findings.find(({check}) => check === 'limits')?.detail;
	assert.equal(told, `limits.min_interval = "30s" (${file}:2), limits.weaver.read_only = true (${file}:4)`);
	assert.equal(findings.find(({check}) => check === 'files')?.detail, file);
	const check = await run('config', 'check');
	assert.ok(check.stdout.includes(`and is not needed; ${file}: OK; profiles: weaver\n`), check.stdout);
	assert.match((await run('config', 'path')).stderr, /config\.toml: file of the site, read first\n/);
	write(file, '[limits]\nmin_interval = "30s"\nmax_rat = 1\n');
	const wrong = await run('config', 'check');
	assert.equal(wrong.code, 2);
	assert.ok(wrong.stderr.startsWith(`jobtop: ${file}:3:1: limits.max_rat: unknown key`), wrong.stderr);
	const any = await run('list');
	assert.equal(any.code, 2);
	assert.ok(any.stderr.startsWith(`jobtop: ${file}:3: limits.max_rat`), any.stderr);
});

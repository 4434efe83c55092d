import assert from 'node:assert/strict';
import {chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {backends} from '../../source/backends/index.ts';
import {createCredential} from '../../source/backends/profiles/credential.ts';
import {connectAll} from '../../source/config/connect.ts';
import {parseDuration} from '../../source/config/duration.ts';
import type {ConfigurationFlags} from '../../source/config/files.ts';
import {loadConfiguration} from '../../source/config/load.ts';
import {BackendError} from '../../source/job/failure.ts';
import {ConfigurationError} from '../../source/process/configuration-error.ts';
import {stateDirectory} from '../../source/process/state-directory.ts';
import {nearest} from '../../source/text/nearest.ts';
import {fc} from '../helpers/fast-check.ts';

const folderFor = (context: TestContext): string => {
	const folder = mkdtempSync(join(tmpdir(), 'jobtop-config-'));
	context.after(() => rmSync(folder, {recursive: true, force: true}));
	return folder;
};

const load = async (
	context: TestContext,
	source: string,
	{env = {}, flags = {}}: {env?: Record<string, string>; flags?: ConfigurationFlags} = {},
) => {
	const file = join(folderFor(context), 'config.toml');
	writeFileSync(file, source);
	return await loadConfiguration({env: {HOME: '/nowhere', ...env}, flags: {config: file, ...flags}});
};

const complaint = async (work: () => unknown): Promise<string> => {
	try {
		await work();
	} catch (error) {
		assert.ok(error instanceof ConfigurationError, String(error));
		assert.equal(error.exitCode, 2);
		assert.ok(!error.message.includes('\n'), 'one line');
		return error.message;
	}
	return assert.fail('nothing was complained about');
};

const weaver = (...lines: string[]): string =>
	['[profiles.prod]', 'backend = "weaver"', 'url = "https://example.org/weaver"', ...lines].join('\n');

// Each names the line (the first is 1), the key and what to do.
const mistakes: readonly (readonly [what: string, source: string, line: number, words: RegExp])[] = [
	[
		'a key that is misspelt',
		weaver('alow_http = true'),
		4,
		/profiles\.prod\.alow_http: unknown key; did you mean "allow_http"\?/,
	],
	[
		'a misspelt key outside the profiles',
		'intervall = "5s"\n',
		1,
		/intervall: unknown key; did you mean "interval"\?/,
	],
	[
		'a key of another backend',
		'[profiles.hpc]\nbackend = "slurm"\nurl = "https://x.org"',
		3,
		/profiles\.hpc\.url: unknown key; there are .*bin/,
	],
	[
		'a backend that does not exist',
		'[profiles.a]\nbackend = "weavr"',
		2,
		/profiles\.a\.backend: no such backend; did you mean "weaver"\?/,
	],
	[
		'a profile without a backend',
		'interval = "5s"\n[profiles.a]\nurl = "https://x.org"',
		2,
		/profiles\.a\.backend: is missing; it must be one of weaver, ogc, ionworks, tapis, tensorpool, dex, slurmrestd, slurm, htcondor, /,
	],
	[
		'a profile without an address',
		'[profiles.a]\nbackend = "weaver"',
		1,
		/profiles\.a\.url: is missing; it must be an address such as/,
	],
	[
		'an address that is none',
		'[profiles.a]\nbackend = "weaver"\nurl = "example.org"',
		3,
		/profiles\.a\.url: must be an address/,
	],
	[
		'a password in the address',
		'[profiles.a]\nbackend = "weaver"\nurl = "https://me:hunter22@x.org"',
		3,
		/must not contain a user or a password; use username/,
	],
	[
		'a host that ssh would take for an option',
		'[profiles.a]\nbackend = "slurm"\nssh = "-oProxyCommand=id"',
		3,
		/profiles\.a\.ssh: must be a host for ssh, such as "login\.example\.org"/,
	],
	[
		'a proxy that cannot be read',
		weaver('proxy = "http://me:hunter22@proxy:port"'),
		4,
		/profiles\.prod\.proxy: cannot be read: it is not an address such as http:\/\/host:port$/,
	],
	[
		'a proxy of an unknown kind',
		weaver('proxy = "socks4://me:hunter22@proxy"'),
		4,
		/profiles\.prod\.proxy: cannot be read: jobtop supports no socks4 proxies$/,
	],
	['a proxy that is empty', weaver('proxy = ""'), 4, /profiles\.prod\.proxy: cannot be read: it is empty$/],
	[
		'a proxy that is no text',
		weaver('proxy = true'),
		4,
		/profiles\.prod\.proxy: must be an address such as "http:\/\/proxy\.example\.org:3128", or "none"$/,
	],
	[
		'a key without its certificate',
		weaver('client_key = "me.key"'),
		4,
		/profiles\.prod\.client_key: needs its certificate: add client_cert$/,
	],
	[
		'a client certificate for plain http',
		'[profiles.a]\nbackend = "weaver"\nurl = "http://x.org"\nclient_cert = "me.pem"',
		4,
		/profiles\.a\.client_cert: has an effect only with an https address; remove it$/,
	],
	[
		'authorities for plain http',
		'[profiles.a]\nbackend = "weaver"\nurl = "http://x.org"\nca_file = "ca.pem"\nproxy = "http://proxy"',
		4,
		/profiles\.a\.ca_file: has an effect only with an https address; remove it$/,
	],
	[
		'a proxy to a socket',
		'[profiles.a]\nbackend = "slurmrestd"\nurl = "unix:/run/s.sock"\nproxy = "none"',
		4,
		/profiles\.a\.proxy: has no effect on a local socket; remove it$/,
	],
	[
		'a proxy to programs',
		'[profiles.a]\nbackend = "slurm"\nproxy = "http://proxy:3128"',
		3,
		/profiles\.a\.proxy: unknown key; there are .*bin/,
	],
	[
		'a folder of another machine that is not whole',
		'[profiles.a]\nbackend = "slurm"\nssh = "login"\nbin = "slurm/bin"',
		4,
		/profiles\.a\.bin: must begin with \/: with ssh it is a folder on the other machine/,
	],
	[
		'a cluster that is named twice',
		'[profiles.a]\nbackend = "slurm"\nclusters = ["east", "east"]',
		3,
		/profiles\.a\.clusters: names east twice/,
	],
	[
		'clusters in one text',
		'[profiles.a]\nbackend = "slurm"\nclusters = "east,west"',
		3,
		/profiles\.a\.clusters: must be a list of cluster names/,
	],
	[
		'a slurmrestd without a token',
		'[profiles.a]\nbackend = "slurmrestd"\nurl = "https://x.org:6820"',
		3,
		/profiles\.a\.url: needs a token: add one of token_env, token_command, token_file/,
	],
	[
		'a way to send a token that is not there',
		'[profiles.a]\nbackend = "slurmrestd"\nurl = "unix:/run/s.sock"\nauth = "bearer"',
		4,
		/profiles\.a\.auth: has an effect only with a token/,
	],
	[
		'an address that slurmrestd cannot have',
		'[profiles.a]\nbackend = "slurmrestd"\nurl = "unix:run/s.sock"\n',
		3,
		/profiles\.a\.url: must be an address such as "https:\/\/example\.org:6820" or "unix:\/run/,
	],
	[
		'a user that would be a header of its own',
		'[profiles.a]\nbackend = "slurmrestd"\nurl = "unix:/run/s.sock"\nuser = "a\\nb"',
		4,
		/profiles\.a\.user: must be a user name/,
	],
	[
		'a number in place of a time',
		weaver('interval = 5'),
		4,
		/profiles\.prod\.interval: must be a time .* "5s"/,
	],
	['a time that is too short', 'interval = "10ms"', 1, /interval: must be a time of at least one second/],
	[
		'text in place of a switch',
		weaver('protect = "yes"'),
		4,
		/profiles\.prod\.protect: must be true or false/,
	],
	[
		'too many requests at the same time',
		weaver('concurrency = 1000'),
		4,
		/concurrency: must be a whole number from 1 to 64/,
	],
	[
		'a rate that is none',
		weaver('rate = 0'),
		4,
		/rate: must be a number from 0.01 to 1000, such as 5 or 0.5 \(requests per second\)/,
	],
	[
		'two sources of one token',
		weaver('token_env = "A"', 'token_file = "b"'),
		5,
		/token_file: sets the same as token_env; keep one/,
	],
	['a login without a token', weaver('auth = "bearer"'), 4, /auth: needs a token: add token_env/],
	['a login without a name', weaver('auth = "basic"', 'token_env = "A"'), 4, /auth: needs a username/],
	[
		'a name that no login takes',
		weaver('username = "me"', 'token_env = "A"'),
		4,
		/username: has an effect only with auth = "basic"/,
	],
	[
		'a header without its name',
		weaver('auth = "header"', 'token_env = "A"'),
		4,
		/auth: needs the name of the header/,
	],
	[
		'a token that is not sent',
		weaver('auth = "none"', 'token_env = "A"'),
		5,
		/token_env: has no effect with auth = "none"/,
	],
	['a way to log in that does not exist', weaver('auth = "digest"'), 4, /auth: must be one of bearer, basic/],
	[
		'a command that is no list',
		weaver('token_command = "pass show x"'),
		4,
		/token_command: must be a list such as/,
	],
	[
		'a header that would break the request',
		weaver('headers = {"X-A" = "a\\nb"}'),
		4,
		/headers\.X-A: must be plain text/,
	],
	[
		'a name with a slash',
		'[profiles."a/b"]\nbackend = "slurm"',
		1,
		/the name of a profile must begin with a letter/,
	],
	[
		'a mistake in a file with the line ends of Windows',
		'interval = "5s"\r\n[profiles.a]\r\nbackend = "slurm"\r\nbin = 3\r\n',
		4,
		/profiles\.a\.bin: must be the folder/,
	],
	...([
		[
			'a profile called __proto__',
			'[profiles.__proto__]\nbackend = "slurm"',
			1,
			/profiles\.__proto__: this name cannot/,
		],
		[
			'a profile called constructor',
			'\n[profiles.constructor]\nbackend = "slurm"',
			2,
			/profiles\.constructor: this/,
		],
		[
			'a profile called toString',
			'[profiles.toString]\nbackend = "slurm"',
			1,
			/profiles\.toString: this name/,
		],
		[
			'a table called __proto__',
			'interval = "5s"\n[__proto__]\na = 1',
			2,
			/toml:2: __proto__: this name cannot/,
		],
		['a query called __proto__', '[queries]\n__proto__ = "a"', 2, /queries\.__proto__: this name cannot/],
		['a key called __proto__', '[keys]\n__proto__ = "x"', 2, /keys\.__proto__: this name cannot/],
		['a limit called __proto__', '[limits.__proto__]\nrate = 1', 1, /limits\.__proto__: this name cannot/],
		[
			'a header called __proto__',
			weaver('headers = {"__proto__" = "a"}'),
			4,
			/headers\.__proto__: this name/,
		],
	] as const),
	['a file that is no TOML', 'interval = "5s"\nprofiles = [', 2, /config\.toml:2:\d+: not valid TOML/],
];

for (const [what, source, line, words] of mistakes) {
	test(`${what} is one line that names the place and the remedy`, async context => {
		const message = await complaint(() => load(context, source));
		assert.match(message, words);
		assert.match(message, new RegExp(`config\\.toml:${line}:`));
		assert.ok(!message.includes('hunter22'), 'no secret');
	});
}

test('several mistakes are counted, and the first in the file is reported', async context => {
	const message = await complaint(() => load(context, weaver('protect = 1', 'nope = 2')));
	assert.match(message, /config\.toml:4: profiles\.prod\.protect: .* \(and 1 more: jobtop config check\)$/);
});

test('what is named never leads to what is found', async context => {
	const folder = folderFor(context);
	const empty = join(folder, 'empty.toml');
	const keys = join(folder, 'keys.toml');
	writeFileSync(empty, '');
	writeFileSync(keys, 'interval = "5s"\n');
	const found = {HOME: '/nowhere', WEAVER_URL: 'https://example.org'};
	assert.equal((await loadConfiguration({env: found})).profiles.length, 1);
	for (const file of [empty, keys]) {
		const words = /\.toml names no profile; add a table \[profiles\.NAME\], or leave out /;
		assert.match(await complaint(() => loadConfiguration({env: found, flags: {config: file}})), words);
		assert.match(await complaint(() => loadConfiguration({env: {...found, JOBTOP_CONFIG: file}})), words);
	}
	assert.match(
		await complaint(() => loadConfiguration({env: found, flags: {config: ''}})),
		/^--config is empty; write a path/,
	);
	assert.match(
		await complaint(() => loadConfiguration({env: {...found, JOBTOP_CONFIG: ' '}})),
		/^JOBTOP_CONFIG is empty; write a path/,
	);
	assert.match(
		await complaint(() => loadConfiguration({env: {...found, JOBTOP_PROFILE: ' ,'}})),
		/^JOBTOP_PROFILE is empty; write the name/,
	);
	assert.match(
		await complaint(() => stateDirectory({JOBTOP_STATE_DIR: ''})),
		/^JOBTOP_STATE_DIR is empty; write a path/,
	);
});

test('a file that was named and is not there is an error, the usual one is not', async context => {
	const folder = folderFor(context);
	assert.match(
		await complaint(() => loadConfiguration({env: {}, flags: {config: join(folder, 'no.toml')}})),
		/no\.toml: cannot be read: no such file or folder; check --config/,
	);
	const {profiles, lookedFor} = await loadConfiguration({env: {XDG_CONFIG_HOME: folder, PATH: folder}});
	assert.deepEqual(profiles, []);
	const discoveries = Object.values(backends).filter(backend => 'discovery' in backend);
	assert.equal(lookedFor.length, 1 + discoveries.length);
	assert.match(
		lookedFor.join('\n'),
		/jobtop\/config\.toml\nsqueue on PATH.*\ncondor_q on PATH.*\n(?:.*\n)*PBS_CONF_FILE or \/etc\/pbs\.conf.*\n(?:.*\n)*flux on PATH.*\n(?:.*\n)*WEAVER_URL/,
	);
});

test('Grid Engine is found by qconf beside qstat, or below SGE_ROOT, and not by a qstat alone', async context => {
	const folder = folderFor(context);
	const other = folderFor(context);
	const bin = join(folder, 'bin', 'lx-amd64');
	mkdirSync(bin, {recursive: true});
	const found = async (env: Record<string, string>) =>
		(await loadConfiguration({env: {XDG_CONFIG_HOME: folder, ...env}})).profiles.map(({name, entry}) => [
			name,
			entry,
		]);
	writeFileSync(join(bin, 'qstat'), '#!/bin/sh\n', {mode: 0o755});
	assert.deepEqual(await found({PATH: bin}), []);
	assert.deepEqual(await found({PATH: '/nowhere', SGE_ROOT: folder}), [
		['gridengine', {backend: 'gridengine', bin}],
	]);
	writeFileSync(join(bin, 'qconf'), '#!/bin/sh\n', {mode: 0o755});
	assert.deepEqual(await found({PATH: bin}), [['gridengine', {backend: 'gridengine'}]]);
	// The qstat that comes first is that of another system.
	writeFileSync(join(other, 'qstat'), '#!/bin/sh\n', {mode: 0o755});
	assert.deepEqual(await found({PATH: `${other}:${bin}`}), [['gridengine', {backend: 'gridengine', bin}]]);
	const none = await loadConfiguration({env: {XDG_CONFIG_HOME: folder, PATH: other, SGE_ROOT: other}});
	assert.match(none.lookedFor.join('\n'), /SGE_ROOT is set, but there is no bin\/\*\/qstat below it/);
	const complaintOf = async (...lines: readonly string[]) => {
		const file = join(folder, 'config.toml');
		writeFileSync(file, ['[profiles.a]', 'backend = "gridengine"', ...lines].join('\n'));
		return await complaint(() => loadConfiguration({env: {}, flags: {config: file}}));
	};
	assert.match(await complaintOf('root = "sge"'), /profiles\.a\.root: must be the folder of SGE_ROOT/);
	assert.match(await complaintOf('cell = "../x"'), /profiles\.a\.cell: must be a name/);
	assert.match(await complaintOf('ssh = "login1"', 'bin = "bin"'), /profiles\.a\.bin: must begin with \//);
});

test('condor_q on PATH is found, and its profile may name another schedd, but no option', async context => {
	const folder = folderFor(context);
	writeFileSync(join(folder, 'condor_q'), '#!/bin/sh\n', {mode: 0o755});
	const found = await loadConfiguration({env: {XDG_CONFIG_HOME: folder, PATH: folder}});
	assert.deepEqual(
		found.profiles.map(({name, entry}) => [name, entry.backend]),
		[['htcondor', 'htcondor']],
	);
	const complaintOf = async (...lines: readonly string[]) => {
		const file = join(folder, 'config.toml');
		writeFileSync(file, ['[profiles.a]', 'backend = "htcondor"', ...lines].join('\n'));
		return await complaint(() => loadConfiguration({env: {}, flags: {config: file}}));
	};
	assert.match(
		await complaintOf('pool = "cm.example.org"'),
		/profiles\.a\.pool: has no effect without schedd/,
	);
	assert.match(await complaintOf('schedd = "-all"'), /profiles\.a\.schedd: must be a name/);
	assert.match(await complaintOf('ssh = "-oProxyCommand=x"'), /profiles\.a\.ssh: must be a host/);
	assert.match(await complaintOf('ssh = "login1"', 'bin = "bin"'), /profiles\.a\.bin: must begin with \//);
});

test('bjobs on PATH is found with lsid beside it, and not where it is a wrapper of Slurm', async context => {
	const folder = folderFor(context);
	const place = (name: string, text: string) => writeFileSync(join(folder, name), text, {mode: 0o755});
	const foundIn = async (env: Record<string, string>) => {
		const {profiles, passedOver, partial} = await loadConfiguration({env: {XDG_CONFIG_HOME: folder, ...env}});
		return [
			...profiles.map(({entry, found}) => `${entry.backend}: ${found}`),
			...passedOver.map(({name, why}) => `no ${name}: ${why}`),
			...partial.map(({name, lacks}) => `${name}? ${lacks}`),
		];
	};
	const file = join(folder, 'bjobs');
	place('bjobs', '#!/bin/sh\n');
	assert.deepEqual(await foundIn({PATH: folder}), [`no lsf: ${file} is there, but no lsid beside it`]);
	place('lsid', '#!/bin/sh\n');
	assert.deepEqual(await foundIn({PATH: folder}), [`lsf: bjobs is ${file}`]);
	assert.deepEqual(await foundIn({PATH: folder, LSF_ENVDIR: '/etc/lsf'}), [
		`lsf: bjobs is ${file}, and LSF_ENVDIR is /etc/lsf`,
	]);
	place('bjobs', '#!/usr/bin/perl\nuse Slurm qw(:all);\n');
	assert.deepEqual(await foundIn({PATH: folder}), [`no lsf: ${file} is Slurm's wrapper, and asks Slurm`]);
	assert.deepEqual(await foundIn({PATH: '/nowhere', LSF_ENVDIR: '/etc/lsf'}), [
		'lsf? LSF_ENVDIR is set, but bjobs is not on PATH',
	]);
});

test('flux on PATH is found where an instance is, and not by its name alone', async context => {
	const folder = folderFor(context);
	writeFileSync(join(folder, 'flux'), '#!/bin/sh\n', {mode: 0o755});
	const foundIn = async (env: Record<string, string>) => {
		const {profiles, passedOver, partial} = await loadConfiguration({
			env: {XDG_CONFIG_HOME: folder, ...env},
			run: join(folder, 'run'),
		});
		return [
			profiles.map(({entry, found}) => `${entry.backend}: ${found}`),
			passedOver.map(({why}) => why),
			partial.map(({lacks}) => lacks),
		];
	};
	const file = join(folder, 'flux');
	const socket = join(folder, 'run', 'flux', 'local');
	assert.deepEqual(await foundIn({PATH: folder}), [
		[],
		[`flux is ${file}, but FLUX_URI is not set and there is no ${socket}`],
		[],
	]);
	assert.deepEqual(await foundIn({PATH: folder, FLUX_URI: 'local:///x'}), [
		[`flux: FLUX_URI is set, and flux is ${file}`],
		[],
		[],
	]);
	assert.deepEqual(await foundIn({PATH: '/nowhere', FLUX_URI: 'local:///x'}), [
		[],
		[],
		['FLUX_URI is set, but flux is not on PATH'],
	]);
	mkdirSync(join(folder, 'run', 'flux'), {recursive: true});
	writeFileSync(socket, '');
	assert.deepEqual(await foundIn({PATH: folder}), [
		[`flux: ${socket} is there, and flux is ${file}`],
		[],
		[],
	]);
	const complaintOf = async (...lines: readonly string[]) => {
		const config = join(folder, 'config.toml');
		writeFileSync(config, ['[profiles.a]', 'backend = "flux"', ...lines].join('\n'));
		return await complaint(() => loadConfiguration({env: {}, flags: {config}}));
	};
	assert.match(await complaintOf('uri = "-A"'), /profiles\.a\.uri: must be an address such as/);
	assert.match(await complaintOf('ssh = "login1"', 'bin = "bin"'), /profiles\.a\.bin: must begin with \//);
});

test('PBS is found by its own file, and a qstat of another system is not taken for it', async context => {
	const folder = folderFor(context);
	const bin = join(folder, 'pbs', 'bin');
	const file = join(folder, 'pbs.conf');
	mkdirSync(bin, {recursive: true});
	const put = (place: string, name: string, text = '#!/bin/sh\n') =>
		writeFileSync(join(place, name), text, {mode: 0o755});
	const load = (env: Record<string, string> = {}) =>
		loadConfiguration({env: {XDG_CONFIG_HOME: folder, PATH: folder, ...env}, here: folder, etc: folder});
	assert.deepEqual((await load()).profiles, []);
	const wrapper = `#! /usr/bin/perl -w\n${'#\n'.repeat(5)}#  qstat - queries slurm jobs in familiar pbs format.\n`;
	put(folder, 'qstat', wrapper);
	put(folder, 'squeue');
	const besideSlurm = await load();
	assert.deepEqual(
		besideSlurm.profiles.map(({name}) => name),
		['slurm'],
	);
	assert.deepEqual(besideSlurm.passedOver, [
		{name: 'pbs', why: `${join(folder, 'qstat')} is Slurm's wrapper, and asks Slurm`},
	]);
	put(folder, 'qstat');
	assert.match(
		(await load()).passedOver[0]?.why ?? '',
		/no pbs\.conf says that it belongs to PBS Professional$/,
	);
	put(folder, 'qconf');
	assert.deepEqual((await load()).passedOver, []);

	writeFileSync(file, '# PBS\nPBS_SERVER=pbs01.example.org\n');
	assert.deepEqual((await load()).partial, [{name: 'pbs', lacks: `${file} does not name PBS_EXEC`}]);
	writeFileSync(file, `PBS_SERVER=pbs01.example.org\nPBS_EXEC=${join(folder, 'pbs')}\n`);
	assert.deepEqual((await load()).partial, [
		{name: 'pbs', lacks: `there is no qstat, qdel or qselect in ${bin}`},
	]);
	for (const name of ['qstat', 'qdel', 'qselect']) put(bin, name);
	const {profiles, passedOver, partial} = await load();
	assert.deepEqual(
		profiles.map(({name, aliases, entry}) => [name, aliases, entry]),
		[
			['slurm', undefined, {backend: 'slurm'}],
			['pbs01', ['pbs'], {backend: 'pbs', bin}],
			['gridengine', undefined, {backend: 'gridengine'}],
		],
	);
	assert.deepEqual([passedOver, partial], [[], []]);
	assert.equal(profiles[1]?.found, `${file} names ${bin}`);
	const elsewhere = join(folder, 'elsewhere.conf');
	writeFileSync(elsewhere, `PBS_EXEC=${join(folder, 'pbs')}\n`);
	const [, other] = (await load({PBS_CONF_FILE: elsewhere, PBS_DEFAULT: 'east'})).profiles;
	assert.deepEqual([other?.name, other?.found], ['east', `${elsewhere} names ${bin}`]);
});

test('a profile of PBS may name another server, but no option', async context => {
	const file = join(folderFor(context), 'config.toml');
	const complaintOf = async (line: string) => {
		writeFileSync(file, ['[profiles.a]', 'backend = "pbs"', line].join('\n'));
		return await complaint(() => loadConfiguration({env: {}, flags: {config: file}}));
	};
	assert.match(await complaintOf('server = "-x"'), /profiles\.a\.server: must be the name of a host/);
	assert.match(await complaintOf('server = "a b"'), /profiles\.a\.server: must be the name of a host/);
	assert.match(await complaintOf('ssh = "login1"\nbin = "bin"'), /profiles\.a\.bin: must begin with \//);
});

test('without a file, what is around is found: squeue on PATH and WEAVER_URL', async context => {
	const folder = folderFor(context);
	writeFileSync(join(folder, 'squeue'), '#!/bin/sh\n', {mode: 0o755});
	const env = {
		XDG_CONFIG_HOME: folder,
		PATH: `/nowhere:${folder}`,
		WEAVER_URL: 'https://example.org/weaver',
		JOBTOP_WEAVER_TOKEN: 'secret-token',
	};
	const {profiles} = await loadConfiguration({env});
	assert.deepEqual(
		profiles.map(({name, entry}) => [name, entry.backend]),
		[
			['slurm', 'slurm'],
			['weaver', 'weaver'],
		],
	);
	assert.ok(!JSON.stringify(profiles).includes('secret-token'), 'a profile holds no secret');
	assert.match(
		await complaint(() => loadConfiguration({env: {...env, WEAVER_URL: 'ftp://example'}})),
		/in the environment, weaver: url: must be an address/,
	);
});

const found = (folder: string, env: Record<string, string> = {}) =>
	loadConfiguration({env: {XDG_CONFIG_HOME: folder, PATH: folder, ...env}, here: folder});

test('WEAVER_URL is understood as by the client of Weaver: without a scheme, and with /jobs', async context => {
	const folder = folderFor(context);
	const urlOf = async (said: string) => {
		const [profile] = (await found(folder, {WEAVER_URL: said})).profiles;
		return profile?.entry.backend === 'weaver' ? profile.entry.url : undefined;
	};
	for (const [said, url] of [
		['localhost:4001', 'http://localhost:4001'],
		['host.example.org/weaver', 'http://host.example.org/weaver'],
		['https://host.example.org/weaver/jobs', 'https://host.example.org/weaver'],
		['https://host.example.org/weaver/jobs/', 'https://host.example.org/weaver'],
		['127.0.0.1:4001/jobs', 'http://127.0.0.1:4001'],
		['https://host.example.org/jobserver', 'https://host.example.org/jobserver'],
	] as const) {
		assert.equal(await urlOf(said), url, said);
	}
});

test("the two variables of Scale's own tools are enough, for all projects of the account", async context => {
	const folder = folderFor(context);
	const env = {SGP_API_KEY: 'k', SGP_ACCOUNT_ID: 'acc'};
	const [all] = (await found(folder, env)).profiles;
	assert.deepEqual(all?.entry, {backend: 'dex', token_env: 'SGP_API_KEY', account: 'acc', projects: 'all'});
	const [one] = (await found(folder, {...env, SGP_PROJECT_ID: 'p'})).profiles;
	assert.deepEqual(one?.entry, {backend: 'dex', token_env: 'SGP_API_KEY', account: 'acc', project: 'p'});
});

test("the key of TensorPool's own tool is found in ./.env, after the environment", async context => {
	const folder = folderFor(context);
	const file = join(folder, '.env');
	writeFileSync(
		file,
		'OTHER=1\n\nTENSORPOOL_KEY_OLD=old\nTENSORPOOL_KEY="first-key"\nTENSORPOOL_KEY=second\n',
	);
	chmodSync(file, 0o644);
	const {profiles} = await found(folder, {TENSORPOOL_ENGINE: 'http://127.0.0.1:1'});
	assert.deepEqual(profiles[0]?.entry, {
		backend: 'tensorpool',
		token_dotenv: file,
		url: 'http://127.0.0.1:1',
	});
	assert.ok(!JSON.stringify(profiles).includes('first-key'), 'a profile holds no secret');
	const [connection] = await connectAll(profiles, {});
	assert.equal(connection?.reach?.credential, `TENSORPOOL_KEY in ${file}`);
	assert.deepEqual(await connection?.backend.system({signal: new AbortController().signal}), {
		kind: 'tensorpool',
		address: 'http://127.0.0.1:1',
		account: `key in ${file}`,
	});
	const credential = createCredential({from: 'dotenv', path: file, variable: 'TENSORPOOL_KEY'}, {env: {}});
	assert.equal(await credential.read(), 'first-key');
	const [first] = (await found(folder, {TENSORPOOL_KEY: 'k'})).profiles;
	assert.deepEqual(first?.entry, {backend: 'tensorpool', token_env: 'TENSORPOOL_KEY'});
});

test('a .env counts only where nobody else can have written it, and that is said', async context => {
	const folder = folderFor(context);
	const file = join(folder, '.env');
	const writeKey = () => writeFileSync(file, 'TENSORPOOL_KEY=the-key\n');
	const refused = async (words: RegExp) => {
		const {profiles, lookedFor, partial} = await found(folder);
		assert.deepEqual(profiles, []);
		assert.match(partial.find(({name}) => name === 'tensorpool')?.lacks ?? '', words);
		assert.match(lookedFor.find(line => line.startsWith('TENSORPOOL_KEY')) ?? '', words);
	};
	writeKey();
	for (const mode of [0o664, 0o646]) {
		chmodSync(file, mode);
		await refused(/\.env is writable by others: jobtop does not read it; run chmod go-w on it$/);
		const credential = createCredential({from: 'dotenv', path: file, variable: 'TENSORPOOL_KEY'}, {env: {}});
		await assert.rejects(credential.read(), /writable by others/);
	}
	chmodSync(file, 0o600);
	assert.equal((await found(folder)).profiles.length, 1);
	if (process.geteuid?.() === 0) {
		chownSync(file, 65534, 65534);
		await refused(/\.env belongs to another user: jobtop does not read it$/);
		chownSync(file, 0, 0);
	}
	writeFileSync(file, 'TENSORPOOL_KEY=\n');
	await refused(/\.env has an empty TENSORPOOL_KEY=$/);
	for (const prepare of [() => writeFileSync(file, 'OTHER=1\n'), () => rmSync(file), () => mkdirSync(file)]) {
		prepare();
		const {profiles, partial} = await found(folder);
		assert.deepEqual([profiles, partial], [[], []]);
	}
});

test('of a login of which only a part is there, what is missing is said', async context => {
	const folder = folderFor(context);
	for (const [env, words] of [
		[{SGP_API_KEY: 'k'}, 'SGP_API_KEY is set, SGP_ACCOUNT_ID is not'],
		[{TAPIS_TOKEN: 't'}, 'TAPIS_TOKEN is set, TAPIS_BASE_URL is not'],
		[{JOBTOP_WEAVER_TOKEN: 't'}, 'JOBTOP_WEAVER_TOKEN is set, WEAVER_URL is not'],
	] as const) {
		const {profiles, lookedFor, partial} = await found(folder, env);
		assert.deepEqual(profiles, []);
		assert.deepEqual(
			partial.map(({lacks}) => lacks),
			[words],
		);
		assert.ok(
			lookedFor.some(line => line.endsWith(`: ${words}`)),
			lookedFor.join('\n'),
		);
	}
});

test('the file at its usual place is read, and nothing is discovered beside it', async context => {
	const folder = folderFor(context);
	mkdirSync(join(folder, 'jobtop'));
	writeFileSync(join(folder, 'jobtop', 'config.toml'), weaver());
	const env = {XDG_CONFIG_HOME: folder, WEAVER_URL: 'https://other.org'};
	assert.deepEqual(
		(await loadConfiguration({env})).profiles.map(({name}) => name),
		['prod'],
	);
});

test('profiles are chosen by name, on the command line before the environment', async context => {
	const source = '[profiles.a]\nbackend = "slurm"\n[profiles.bb]\nbackend = "slurm"\n';
	const names = async (env: Record<string, string>, profiles?: readonly string[]) =>
		(await load(context, source, {env, flags: {...(profiles && {profiles})}})).profiles.map(({name}) => name);
	assert.deepEqual(await names({}), ['a', 'bb']);
	assert.deepEqual(await names({JOBTOP_PROFILE: 'bb'}), ['bb']);
	assert.deepEqual(await names({JOBTOP_PROFILE: 'bb'}, ['a']), ['a']);
	assert.match(await complaint(() => names({}, ['b'])), /there is no profile "b"; there are a, bb/);
});

test('what is read-only cannot change anything, wherever that was said', async context => {
	const methods = async (source: string, env: Record<string, string> = {}, readOnly = false) => {
		const {profiles} = await load(context, source, {env, flags: readOnly ? {readOnly} : {}});
		return Object.keys((await connectAll(profiles, env))[0]?.backend ?? {});
	};
	assert.ok((await methods(weaver())).includes('cancel'));
	for (const found of [
		await methods(weaver('read_only = true')),
		await methods(`read_only = true\n${weaver()}`),
		await methods(weaver(), {JOBTOP_READ_ONLY: '1'}),
		await methods(weaver(), {}, true),
	]) {
		assert.ok(found.includes('listPage') && found.includes('get'));
		for (const change of ['cancel', 'cancelMany', 'forceCancel', 'hide', 'unhide', 'delete']) {
			assert.ok(!found.includes(change), change);
		}
	}
});

test('the nearest word on the interval and the requests at the same time is heard', async context => {
	const traits = async (source: string, flags: ConfigurationFlags = {}) =>
		(await connectAll((await load(context, source, {flags})).profiles, {}))[0]?.traits;
	assert.equal((await traits(weaver()))?.intervalMs, 5000);
	assert.equal((await traits(`interval = "7s"\n${weaver()}`))?.intervalMs, 7000);
	assert.equal((await traits(`interval = "7s"\n${weaver('interval = "2m"')}`))?.intervalMs, 120_000);
	assert.equal((await traits(weaver('interval = "2m"'), {intervalMs: 1000}))?.intervalMs, 1000);
	assert.equal((await traits(weaver('concurrency = 7')))?.concurrency, 7);
	assert.equal((await traits(weaver()))?.rate, undefined);
	assert.equal((await traits(weaver('rate = 2.5')))?.rate, 2.5);
	const limits = {concurrency: 2, rate: 1};
	const {concurrency, rate} = (await traits(weaver('concurrency = 7', 'rate = 2.5'), {limits})) ?? {};
	assert.deepEqual({concurrency, rate}, limits);
});

test('a token file that others can read, or that is not there, is a mistake', async context => {
	const file = join(folderFor(context), 'token');
	const source = weaver(`token_file = ${JSON.stringify(file)}`);
	assert.match(
		await complaint(() => load(context, source)),
		/profiles\.prod\.token_file: \S+token cannot be read: no such file or folder; put the token there, with mode 0600/,
	);
	writeFileSync(file, 'secret-token\n', {mode: 0o600});
	assert.equal((await load(context, source)).profiles.length, 1);
	chmodSync(file, 0o640);
	const message = await complaint(() => load(context, source));
	assert.match(message, /others can read .*; run chmod 600 on it/);
	assert.ok(!message.includes('secret-token'));
});

/** A server that tells which credentials it was asked with, and takes only some. */
const startDoor = async (context: TestContext, takes: (headers: Record<string, unknown>) => boolean) => {
	const asked: Record<string, unknown>[] = [];
	const server = createServer((request, response) => {
		asked.push(request.headers);
		const ok = takes(request.headers);
		response
			.writeHead(ok ? 200 : 401, {'content-type': 'application/json'})
			.end(ok ? '{"jobs":[],"total":0,"page":0,"limit":200}' : '{"title":"no"}');
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	context.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return {asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`};
};

const listOnce = async (context: TestContext, source: string, env: Record<string, string> = {}) => {
	const {profiles} = await load(context, source, {env});
	const [connection] = await connectAll(profiles, {...process.env, ...env});
	assert.ok(connection);
	context.after(() => connection.backend.close?.());
	return connection.backend.listPage({everyone: false, ended: false, signal: new AbortController().signal});
};

const entryFor = (url: string, ...lines: string[]): string =>
	['[profiles.p]', 'backend = "weaver"', `url = "${url}"`, ...lines].join('\n');

const sent: readonly (readonly [lines: readonly string[], header: string, value: string])[] = [
	[['token_env = "T"'], 'authorization', 'Bearer secret-token'],
	[['token_env = "T"', 'auth = "header"', 'header = "X-Api-Key"'], 'x-api-key', 'secret-token'],
	[['token_env = "T"', 'auth = "cookie"'], 'cookie', 'secret-token'],
	[
		['token_env = "T"', 'auth = "basic"', 'username = "me"'],
		'authorization',
		`Basic ${btoa('me:secret-token')}`,
	],
	[['headers = {"X-Tenant" = "a"}'], 'x-tenant', 'a'],
	[['token_command = ["sh", "-c", "echo secret-token; echo more"]'], 'authorization', 'Bearer secret-token'],
];

for (const [lines, header, value] of sent) {
	test(`${lines.join(', ')} is sent as ${header}`, async context => {
		const {asked, url} = await startDoor(context, () => true);
		await listOnce(context, entryFor(url, ...lines), {T: 'secret-token'});
		assert.equal(asked[0]?.[header], value);
	});
}

test('any other server of OGC API - Processes is reached as a Weaver is', async context => {
	const {asked, url} = await startDoor(context, () => true);
	const source = ['[profiles.p]', 'backend = "ogc"', `url = "${url}/base/"`, 'token_env = "T"'].join('\n');
	await listOnce(context, source, {T: 'secret-token'});
	assert.equal(asked[0]?.authorization, 'Bearer secret-token');
	const mistaken = '[profiles.a]\nbackend = "ogc"\nurl = "https://x.org"\nauth = "bearer"';
	assert.match(await complaint(() => load(context, mistaken)), /profiles\.a\.auth: needs a token/);
	assert.match(
		await complaint(() => load(context, '[profiles.a]\nbackend = "ogc"')),
		/profiles\.a\.url: is missing/,
	);
});

const absent = {kind: 'unauthorized', sent: false} as const;
// A program that fails says nothing about the credential.
const failing = {kind: 'unreachable', local: 'credential-program'} as const;
const missing: readonly (readonly [line: string, words: RegExp, failure: typeof absent | typeof failing])[] =
	[
		['token_env = "NOT_SET"', /NOT_SET is not set/, absent],
		['token_command = ["sh", "-c", "echo secret-token; exit 3"]', /token_command sh failed \(3\)/, failing],
		[
			'token_command = ["no-such-program-here"]',
			/token_command no-such-program-here failed \(ENOENT\)/,
			failing,
		],
		['token_command = ["true"]', /token_command returned no token/, absent],
		// Nobody answers what it asks on its input.
		['token_command = ["cat"]', /token_command returned no token/, absent],
	];

for (const [line, words, failure] of missing) {
	test(`if ${line} gives nothing, nothing is sent and no secret is shown`, async context => {
		const {asked, url} = await startDoor(context, () => true);
		await assert.rejects(listOnce(context, entryFor(url, line)), (error: unknown) => {
			assert.ok(error instanceof BackendError);
			assert.deepEqual({...error.failure, detail: ''}, {...failure, detail: ''});
			assert.match(error.failure.detail, words);
			assert.ok(!String(error.stack).includes('secret-token'));
			return true;
		});
		assert.equal(asked.length, 0);
	});
}

test('a token that is refused is asked for again, once', async context => {
	const folder = folderFor(context);
	const file = join(folder, 'token');
	writeFileSync(file, 'old-token', {mode: 0o600});
	const {asked, url} = await startDoor(context, ({authorization}) => authorization === 'Bearer new-token');
	const source = entryFor(url, `token_file = ${JSON.stringify(file)}`);
	const {profiles} = await load(context, source);
	const [connection] = await connectAll(profiles, {});
	assert.ok(connection);
	context.after(() => connection.backend.close?.());
	const ask = () =>
		connection.backend.listPage({everyone: false, ended: false, signal: new AbortController().signal});

	await assert.rejects(ask(), BackendError);
	assert.equal(asked.length, 1, 'the same token is not tried twice');
	writeFileSync(file, 'new-token', {mode: 0o600});
	await ask();
	assert.deepEqual(
		asked.map(({authorization}) => authorization),
		['Bearer old-token', 'Bearer old-token', 'Bearer new-token'],
	);
});

test('journals are kept where the environment says', () => {
	assert.equal(stateDirectory({HOME: '/home/a'}), '/home/a/.local/state/jobtop');
	assert.equal(stateDirectory({HOME: '/home/a', XDG_STATE_HOME: '/s'}), '/s/jobtop');
	assert.equal(stateDirectory({HOME: '/home/a', XDG_STATE_HOME: 'relative'}), '/home/a/.local/state/jobtop');
	assert.equal(stateDirectory({HOME: '/home/a', JOBTOP_STATE_DIR: '/j'}), '/j');
});

test('a time is the sum of its parts, and nothing else is a time', () => {
	assert.equal(parseDuration('90s'), 90_000);
	assert.equal(parseDuration('1h30m'), 5_400_000);
	assert.equal(parseDuration('0.5s'), 500);
	for (const wrong of ['', '5', 's', '5 s', '-5s', '5x', 'm5', '1e3s']) {
		assert.equal(parseDuration(wrong), undefined, wrong);
	}
	fc.assert(
		fc.property(fc.nat(1000), fc.nat(1000), (hours, seconds) => {
			assert.equal(parseDuration(`${hours}h${seconds}s`), (hours * 3600 + seconds) * 1000);
		}),
	);
});

test('the nearest word is the word itself, and is always one of the words', () => {
	const words = fc.uniqueArray(fc.stringMatching(/^[a-z_]{1,12}$/), {minLength: 1, maxLength: 8});
	fc.assert(
		fc.property(words, fc.string({maxLength: 20}), (real, typed) => {
			for (const word of real) assert.equal(nearest(word, real), word);
			const near = nearest(typed, real);
			assert.ok(near === undefined || real.includes(near));
		}),
	);
	assert.equal(nearest('tokne_env', ['token_env', 'token_file']), 'token_env');
	assert.equal(nearest('something', ['url', 'bin']), undefined);
});

test('saved queries keep their order, and one that cannot be read is an error with its place', async context => {
	const {settings} = await load(
		context,
		`[queries]\nlong = "age>2h state:active"\n"my gpu" = "queue:gpu"\n${weaver()}`,
	);
	assert.deepEqual(settings.queries, [
		{name: 'long', text: 'age>2h state:active'},
		{name: 'my gpu', text: 'queue:gpu'},
	]);
	const wrong = (line: string) => complaint(() => load(context, `[queries]\nfine = "mesh"\n${line}\n`));
	assert.match(
		await wrong('long = "mesh age>soon"'),
		/config\.toml:3: queries\.long: at character 6: write a time/,
	);
	assert.match(
		await wrong('q = "nmae:x"'),
		/:3: queries\.q: at character 1: no such field; fields: state, profile/,
	);
	assert.match(await wrong('q = ""'), /:3: queries\.q: is empty/);
	assert.match(await wrong('q = 3'), /:3: queries\.q: must be text/);
	assert.match(
		await wrong('"a\\u001bb" = "x"'),
		/the name of a query must have 1 to 40 printable characters/,
	);
});

test('a user without a name has to be named', {skip: process.getuid?.() !== 0}, async context => {
	const source = ['[profiles.hpc]', 'backend = "slurmrestd"', 'url = "unix:/run/s.sock"'].join('\n');
	const {profiles} = await load(context, source);
	const named = (await load(context, `${source}\nuser = "alice"`)).profiles;
	process.seteuid?.(4_242_424);
	try {
		assert.match(await complaint(() => connectAll(profiles, {})), /profiles\.hpc\.user: is required/);
		assert.equal((await connectAll(named, {})).length, 1);
	} finally {
		process.seteuid?.(0);
	}
});

test('the address of each profile is shown without a secret', async context => {
	const source = [
		'[profiles.here]\nbackend = "slurm"',
		'[profiles.far]\nbackend = "slurm"\nssh = "login1"\nbin = "/opt/slurm/bin"',
		'[profiles.pool]\nbackend = "tensorpool"\ntoken_env = "T"',
		'[profiles.prod]\nbackend = "weaver"\nurl = "https://x.org/weaver/"\ntoken_command = ["pass", "x"]',
		'[profiles.rest]\nbackend = "slurmrestd"\nurl = "unix:/run/s.sock"\nuser = "alice"',
	].join('\n');
	const reaches = (await connectAll((await load(context, source)).profiles, {T: 'secret'})).map(
		({reach}) => reach,
	);
	assert.deepEqual(
		reaches.map(reach => [reach?.address, reach?.credential]),
		[
			['the programs on PATH', undefined],
			['the programs in /opt/slurm/bin of login1', undefined],
			['https://engine.tensorpool.dev', '$T'],
			['https://x.org/weaver', 'token_command pass'],
			['unix:/run/s.sock', undefined],
		],
	);
});

test('a proxy is read as in the variables, and "none" or false connects directly', async context => {
	const wayOf = async (written: string) =>
		(await connectAll((await load(context, weaver(`proxy = ${written}`))).profiles, {}))[0]?.reach?.way;
	assert.equal(await wayOf('"proxy:3128"'), 'proxy http://proxy:3128');
	assert.equal(await wayOf('"https://me:p%40ss@proxy"'), 'proxy https://proxy');
	assert.equal(await wayOf('"socks5h://proxy:1080"'), 'proxy socks5://proxy:1080');
	assert.equal(await wayOf('"none"'), 'proxy none');
	assert.equal(await wayOf('false'), 'proxy none');
});

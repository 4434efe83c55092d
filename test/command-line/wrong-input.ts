/*
What is wrong is said in one line that names the place and the remedy, with exit code 2, and nothing is sent.
*/
import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {openFar} from '../helpers/far-weaver.ts';
import {runCli} from '../helpers/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtop-wrong-'));
after(() => rmSync(folder, {recursive: true, force: true}));
const emptyFile = join(folder, 'empty.toml');
writeFileSync(emptyFile, '');

/** What stands in the file, the place in it, and what to do. */
const configurations: readonly (readonly [text: string, place: string, remedy: RegExp])[] = [
	['interval = 5s\n', ':1:', /not valid TOML/],
	['interval = "5"\n', ':1: interval: ', /a time of at least one second, such as "5s"/],
	['intervall = "5s"\n', ':1: intervall: ', /did you mean "interval"\?/],
	['[profiles.a]\nbackend = "weavr"\n', ':2: profiles.a.backend: ', /did you mean "weaver"\?/],
	[
		'[queries]\nmine = "state:quued"\n[profiles.a]\nbackend = "weaver"\nurl = "URL"\n',
		':2: queries.mine: ',
		/there is no state quued; did you mean "queued"\?/,
	],
	['[profiles.a]\nbackend = "weaver"\n', ':1: profiles.a.url: ', /is missing; it must be an address/],
	[
		'[profiles.a]\nbackend = "weaver"\nurl = "URL"\nprotct = true\n',
		':4: profiles.a.protct: ',
		/did you mean "protect"\?/,
	],
	[
		'[profiles.a]\nbackend = "weaver"\nurl = "https://me:sekret@example.org"\n',
		':3: profiles.a.url: ',
		/use username, and token_env/,
	],
	[
		'[profiles.a]\nbackend = "weaver"\nurl = "URL"\nauth = "basic"\n',
		':4: profiles.a.auth: ',
		/needs a token: add token_env/,
	],
	[
		'[profiles.a]\nbackend = "weaver"\nurl = "URL"\ntoken_file = "nowhere"\n',
		'profiles.a.token_file: ',
		/put the token there, with mode 0600/,
	],
	[
		'[profiles.a]\nbackend = "weaver"\nurl = "URL"\nconcurrency = 0\n',
		':4: profiles.a.concurrency: ',
		/a whole number from 1 to 64/,
	],
	['[profiles."a b"]\nbackend = "slurm"\n', ':1: profiles."a b": ', /must begin with a letter or digit/],
	[
		'[profiles.a]\nbackend = "dex"\naccount = "acc"\nproject = "p"\n',
		':1: profiles.a.token_env: ',
		/it is required, or token_command, or token_file/,
	],
];

const oneLine = (text: string) => assert.match(text, /^jobtop: [^\n]+\n$/);

for (const [text, place, remedy] of configurations) {
	test(`a configuration with ${JSON.stringify(text)} is refused, and nothing is sent`, async context => {
		const {server, state, env} = await openFar(context);
		const file = join(state, 'config.toml');
		writeFileSync(file, text.replace('URL', env.WEAVER_URL));
		const given = {JOBTOP_CONFIG: file, JOBTOP_STATE_DIR: state};
		for (const words of [['list'], ['cancel', 'a/x', '-y']]) {
			const {code, stdout, stderr} = await runCli(words, {env: given});
			assert.deepEqual([code, stdout], [2, ''], stderr);
			oneLine(stderr);
			assert.ok(stderr.includes(file) && stderr.includes(place), stderr);
			assert.match(stderr, remedy);
			assert.ok(!stderr.includes('sekret'), stderr);
		}
		assert.deepEqual(server.requests(), []);
	});
}

const lines: readonly (readonly [words: readonly string[], place: string, remedy: RegExp])[] = [
	[['cancl', 'weaver/x'], '"cancl"', /did you mean "cancel"\?/],
	[['cancel', 'weaver/x', '--yess'], "'--yess'", /did you mean --yes\?/],
	[['cancel', 'weaver/x', '-y', '--zzz'], "'--zzz'", /--help lists them/],
	[['cancel', '-y'], 'one way to name jobs', /REF\.\.\., --query QUERY or --from FILE/],
	[['cancel', 'weaver/', '-y'], '"weaver/"', /names no job; write PROFILE\/ID/],
	[['cancel', '/', '-y'], '"/"', /names no job; write PROFILE\/ID/],
	[['show', 'weaver/'], '"weaver/"', /names no job; write PROFILE\/ID/],
	[['cancel', '-y', '--query', 'agee>2h'], 'character 1, agee>2h', /did you mean "age"/],
	[['list', 'state:quued'], 'character 1, state:quued', /did you mean "queued"\?/],
	[['list', '--', 'mesh', '-state:runing'], 'character 6, -state:runing', /did you mean "running"\?/],
	[
		['list', 'mesh', '-state:running'],
		'-state:running looks like an option',
		/write -- before words of a query/,
	],
	[['list', 'state:queued,xyzzy'], 'there is no state xyzzy', /there are active, .*; state~xyzzy also finds/],
	[['list', 'profile:wevaer'], 'there is no profile wevaer', /did you mean "weaver"\?/],
	[['list', 'backend:wevaer'], 'there is no backend wevaer', /did you mean "weaver"\?/],
	[['cancel', '-y', '--query', '-state:quued'], 'character 1, -state:quued', /did you mean "queued"\?/],
	[['cancel', '-y', '--query', '-profile:wevaer'], 'there is no profile', /did you mean "weaver"\?/],
	[['cancel', '-y', '--query', 'outcome:cancled'], 'there is no outcome', /did you mean "cancelled"\?/],
	[
		['cancel', '-y', '--from', '/nowhere/refs'],
		'/nowhere/refs',
		/cannot be read: no such file or folder; write a file/,
	],
	[['cancel', 'weaver/x', '-y', '--timeout', 'soon'], '--timeout', /a time such as 90s/],
	[['cancel', 'weaver/x', '-y', '--wait', 'ended'], '--wait', /terminal, accepted, none/],
	[['cancel', 'weaver/x', '-y', '--rate', '0'], '--rate', /number from 0\.01/],
	[['--profile', 'weavr', 'cancel', 'x', '-y'], '"weavr"', /did you mean "weaver"\?/],
	[['wait'], "'ref'", /--help lists them/],
	[['wait', 'weaver/x', '--for', 'ended'], '--for', /terminal, queued, starting/],
	[['batches', 'resme', '1'], '"resme"', /did you mean "resume"\?/],
	[['batches', 'show', 'last'], "'last'", /whole number from 1/],
	[['config', 'chek'], '"chek"', /did you mean "check"\?/],
	[['profiles', 'test', 'weavr'], '"weavr"', /did you mean "weaver"\?/],
	[['completion', 'ksh'], "'ksh'", /bash, zsh, fish, tcsh/],
	[['list', '--log-file', '/dev/null/x'], '/dev/null/x', /choose a file in a folder that you own/],
	[['list', '--log-file', ''], '--log-file', /is empty; write a path, or leave it out/],
	[['--config', '', 'list'], '--config', /is empty; write a path, or leave it out/],
	[['--config', '.', 'list'], '', /cannot be read: it is a folder, not a file; check --config/],
	[['--config', emptyFile, 'list'], emptyFile, /names no profile; add a table/],
	[['--config', emptyFile, 'cancel', 'weaver/x', '-y'], emptyFile, /names no profile; add a table/],
	[['demo', '--tour'], '--tour', /needs the screen of a terminal, and there is none here/],
	[['demo', '--tour', '--plain'], '--tour', /leave --plain out/],
	[['--plain', 'demo', '--tour'], '--tour', /leave --plain out/],
	[['demo', '--tour', '--serve'], '--tour', /leave --serve out/],
	[['demo', '--tour', '--read-only'], '--tour', /cancels jobs of the demo; leave --read-only out/],
	[
		['demo', '--systems', 'kubernets', 'list'],
		'"kubernets"',
		/did you mean "kubernetes"\? There are weaver, /,
	],
	[['demo', '--systems', 'weaver,', 'list'], '""', /; there are weaver, ionworks, tapis, /],
	[['demo', '--systems', 'dex', '--fault', 'tapis=down', 'list'], 'tapis=down', /add it to --systems/],
	[
		['demo', '--systems', 'slurm', '--fault', 'broken', 'list'],
		'broken',
		/an answer of HTTP, and not of programs \(slurm\)/,
	],
	[['demo', '--save', 'x.toml'], '--save', /needs --serve/],
	[['demo', '--serve', '--save', ''], '--save', /is empty/],
	[['demo', '--serve', '--save', 'package.json'], 'package.json', /another file is there; choose another/],
	[['backends', 'weaver'], "'backends'", /--help lists them/],
];

test('an empty variable is refused in one line, and nothing is sent', async context => {
	const {server, jobtop} = await openFar(context);
	for (const name of ['JOBTOP_CONFIG', 'JOBTOP_STATE_DIR', 'JOBTOP_PROFILE']) {
		for (const words of [['list'], ['cancel', 'weaver/x', '-y'], ['doctor']]) {
			const {code, stdout, stderr} = await jobtop(words, {env: {[name]: ''}});
			if (words[0] === 'doctor') assert.match(`${stdout}${stderr}`, new RegExp(`${name} is empty`));
			else {
				assert.deepEqual([code, stdout], [2, ''], stderr);
				oneLine(stderr);
				assert.ok(stderr.includes(`${name} is empty; `), stderr);
			}
		}
	}
	assert.deepEqual(server.requests(), []);
});

test('an invalid command line is refused in one line, and nothing is sent', async context => {
	const {server, jobtop} = await openFar(context);
	for (const [words, place, remedy] of lines) {
		const {code, stdout, stderr} = await jobtop(words);
		assert.deepEqual([code, stdout], [2, ''], `${words.join(' ')}: ${stderr}`);
		oneLine(stderr);
		assert.ok(stderr.includes(place), stderr);
		assert.match(stderr, remedy, words.join(' '));
	}
	assert.deepEqual(server.requests(), []);
});

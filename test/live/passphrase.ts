/* The built program with a real password store: pass, gpg, gpg-agent, and a pinentry that draws on the terminal. */
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {promisify} from 'node:util';
import {leftSane, openProgram, openServer, pidOf} from '../helpers/program.ts';

// Where it is required the tests run, and fail without it.
const skip =
	process.env.LIVE_PASSPHRASE === 'required'
		? false
		: 'there may be no pass here: run test/live/passphrase.sh';

const run = promisify(execFile);

/** Letters that are keys of the screen, and dangerous ones. */
const passphrase = 'crazy-Dxcy';

/** A home with a key that has a passphrase, and a store with one entry. gpg-agent keeps nothing. */
const createStore = async (context: TestContext) => {
	// A socket's path has to be short.
	const home = mkdtempSync(join(tmpdir(), 'jt-'));
	const gnupg = join(home, '.gnupg');
	mkdirSync(gnupg, {mode: 0o700});
	writeFileSync(
		join(gnupg, 'gpg-agent.conf'),
		'pinentry-program /usr/bin/pinentry-curses\ndefault-cache-ttl 0\nmax-cache-ttl 0\n',
	);
	const env = {PATH: '/usr/bin:/bin', HOME: home, GNUPGHOME: gnupg};
	context.after(async () => {
		await run('gpgconf', ['--kill', 'gpg-agent'], {env});
		rmSync(home, {recursive: true, force: true});
	});
	await run(
		'gpg',
		[
			'--batch',
			'--pinentry-mode',
			'loopback',
			'--passphrase',
			passphrase,
			'--quick-gen-key',
			'jobtop@example.org',
			'default',
			'default',
			'never',
		],
		{env},
	);
	await run('pass', ['init', 'jobtop@example.org'], {env});
	const inserted = run('pass', ['insert', '--multiline', 'weaver'], {env});
	inserted.child.stdin?.end('sesame\n');
	await inserted;
	return {home, gnupg};
};

/** The programs called `name` that run with this home. */
const running = (name: string, home: string): readonly string[] =>
	readdirSync('/proc').filter(pid => {
		try {
			return (
				readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name.slice(0, 15) &&
				readFileSync(`/proc/${pid}/environ`, 'utf8').includes(home)
			);
		} catch {
			return false;
		}
	});

test('the passphrase of a password store is asked for when a person logs in, and reaches pinentry only', {
	skip,
}, async context => {
	const {home, gnupg} = await createStore(context);
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url, {
		home,
		more: 'token_command = ["pass", "show", "weaver"]',
		env: {GNUPGHOME: gnupg},
		// What every guide of gpg says.
		before: 'GPG_TTY=$(tty); export GPG_TTY',
	});
	await terminal.until(/token_command pass failed \(\d+\) without a terminal/);
	assert.doesNotMatch(terminal.output(), /[Pp]assphrase:/);
	assert.deepEqual(running('pinentry-curses', home), [], 'no pinentry waits where nobody sees it');
	terminal.press('P');
	await terminal.until('log in');
	terminal.press('i');
	await terminal.until(/Passphrase: /);
	terminal.press(`${passphrase}\r`);
	await terminal.until(/found one[\s\S]*Esc/);
	terminal.press('\u001b');
	await terminal.until(text => text.includes('alpha') && !text.includes('credential from'));
	assert.match(terminal.lines()[0] ?? '', /^ jobtop {2}1 job/);
	assert.doesNotMatch(terminal.output(), /cancel this job|dismissed/);
	// A person who thinks better of it gets the screen back, and no pinentry is left.
	terminal.press('P');
	await terminal.until('log in');
	terminal.press('i');
	await terminal.until(/Passphrase: /);
	terminal.press('\u0003');
	await terminal.until(/failed \(\w+\)[\s\S]*Esc/);
	assert.deepEqual(running('pinentry-curses', home), []);
	terminal.press('\u001b');
	await terminal.until(text => text.includes('alpha') && !text.includes('credential from'));
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
});

test('a hang-up while pinentry asks ends pinentry too', {skip}, async context => {
	const {home, gnupg} = await createStore(context);
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url, {
		home,
		more: 'token_command = ["pass", "show", "weaver"]',
		env: {GNUPGHOME: gnupg},
		before: 'GPG_TTY=$(tty); export GPG_TTY',
	});
	await terminal.until(/token_command pass failed/);
	terminal.press('P');
	await terminal.until('log in');
	terminal.press('i');
	await terminal.until(/Passphrase: /);
	process.kill(await pidOf(terminal), 'SIGHUP');
	await terminal.until(/left with 129/);
	assert.deepEqual(running('pinentry-curses', home), []);
	assert.deepEqual(running('gpg', home), []);
});

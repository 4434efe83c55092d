/*
The package as npm installs it and the executable, as `test/live/package.sh` makes them: what is in them, and that they run for an ordinary user without a home in folders that cannot be written to.
*/
import assert from 'node:assert/strict';
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {globSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {openTerminal} from '../helpers/terminal.ts';

const {LIVE_PACKAGE, LIVE_PACKAGE_FOLDER: folder = '', LIVE_PACKAGE_USER: user = ''} = process.env;
// Where one is required the tests run, and fail without it.
const skip =
	LIVE_PACKAGE === 'required' ? false : 'there is no package here: run test/live/package.sh as root';

const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string};
const platform = `${process.platform}-${process.arch}`;
const packed = `jobtop-${version}.tgz`;
const cwd = join(folder, 'empty');

/** The command that runs another as the ordinary user, with nothing in its environment but PATH. */
const asUser = (path: readonly string[], command: readonly string[]) => ({
	file: '/usr/bin/setpriv',
	parameters: [
		...['--reuid', user, '--regid', user, '--clear-groups'],
		...['/usr/bin/env', '-i', `PATH=${path.join(':')}`, 'LANG=C.UTF-8', 'TERM=xterm-256color'],
		...command,
	],
});

const run = (path: readonly string[], command: readonly string[]) => {
	const {file, parameters} = asUser(path, command);
	const {status, stdout, stderr} = spawnSync(file, parameters, {cwd, encoding: 'utf8'});
	return {code: status, stdout, stderr};
};

/** The embedded job systems as a process of their own; resolves with the file of the configuration that they print. */
const serve = async (context: TestContext, path: readonly string[]): Promise<string> => {
	const {file, parameters} = asUser(path, ['jobtop', 'demo', '--serve', '--jobs', '6']);
	const child = spawn(file, parameters, {cwd});
	const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
	context.after(async () => {
		child.kill('SIGTERM');
		await ended;
	});
	let [printed, said] = ['', ''];
	child.stdout.on('data', text => {
		printed += text;
	});
	await new Promise<void>((resolve, reject) => {
		child.stderr.on('data', text => {
			said += text;
			if (said.includes('Ctrl-C')) resolve();
		});
		child.once('close', () => reject(new Error(`it ended: ${said}`)));
	});
	const configuration = join(folder, `config-${path.length}-${Math.random()}.toml`);
	writeFileSync(configuration, printed);
	return configuration;
};

const bin = join(folder, 'installed/bin');
const ways = {
	'installed, on the oldest Node that it promises': [join(folder, 'oldest/bin'), bin],
	'installed, on Node 24': [join(folder, 'node24/bin'), bin],
	'the executable, without any Node': [join(folder, 'alone')],
};

for (const [way, path] of Object.entries(ways)) {
	describe(way, {skip}, () => {
		test('it tells its version', () => {
			assert.deepEqual(run(path, ['jobtop', '--version']), {code: 0, stdout: `${version}\n`, stderr: ''});
		});

		test('it lists the embedded jobs, also to a reader who leaves', () => {
			const {code, stdout, stderr} = run(path, ['jobtop', 'demo', 'list', '-o', 'json']);
			assert.equal(code, 0, stderr);
			const {jobs, profiles} = JSON.parse(stdout);
			assert.equal(profiles.length, 6);
			assert.ok(jobs.length > 50, stdout);
			const command = 'jobtop demo list -o ref --profile weaver | /usr/bin/head -n 1';
			const first = run(path, ['/bin/sh', '-c', command]);
			assert.match(first.stdout, /^weaver\/[0-9a-f-]{36}\n$/);
			assert.deepEqual({...first, stdout: ''}, {code: 0, stdout: '', stderr: ''});
		});

		test('it cancels a job of a server, follows it to its end, and keeps the journal', async context => {
			const config = await serve(context, path);
			const listed = run(path, ['jobtop', 'list', '-o', 'ref', '--profile', 'weaver', '--config', config]);
			assert.equal(listed.code, 0, listed.stderr);
			const ref = listed.stdout.split('\n')[0] as string;
			assert.match(ref, /^weaver\//);
			const {code, stdout, stderr} = run(path, [
				...['jobtop', 'cancel', ref, '-y', '-o', 'jsonl', '--config', config],
			]);
			assert.equal(code, 0, stderr);
			const last = stdout.trimEnd().split('\n').at(-1) as string;
			assert.match(stdout, /"outcome":"cancelled"/, last);
			// Without HOME it goes where the user database says.
			const state = join(folder, 'home/.local/state/jobtop');
			assert.ok(globSync(`${state}/**/*.jsonl`).some(file => readFileSync(file, 'utf8').includes(ref)));
		});

		test('its screen opens, a key works, and it leaves quietly', async context => {
			const {file, parameters} = asUser(path, ['jobtop', 'demo']);
			const terminal = openTerminal(file, parameters, {columns: 100, rows: 30, cwd});
			context.after(() => terminal.close());
			await terminal.until('RUNNING');
			terminal.press('?');
			await terminal.until('Show the details of this job');
			terminal.press('\u001b');
			await terminal.until('RUNNING');
			terminal.press('q');
			assert.deepEqual(await terminal.exited, {code: 0, signal: 0});
		});
	});
}

describe('the package and the executable', {skip}, () => {
	test('on a Node that is too old, one line says so', () => {
		const {code, stdout, stderr} = run([join(folder, 'tooold/bin'), bin], ['jobtop', 'list']);
		assert.deepEqual({code, stdout}, {code: 1, stdout: ''});
		assert.match(stderr, /^jobtop needs Node 22\.19 or newer, and this is Node 20\.\d+\.\d+: .*\n$/);
	});

	test('unpacked without npm, a link to it is enough', () => {
		const path = [join(folder, 'node24/bin'), join(folder, 'unpacked/bin')];
		const {code, stdout, stderr} = run(path, ['jobtop', 'demo', 'list', '-o', 'ref', '--profile', 'dex']);
		assert.deepEqual({code, stderr}, {code: 0, stderr: ''});
		assert.match(stdout, /^dex\//);
	});

	test('the executable takes the compiled code that is inside it, in both threads', async context => {
		const path = ways['the executable, without any Node'];
		const fits = (part: string) => new RegExp(`JOBTOP \\d+: the compiled code of ${part} fits`);
		const commands = run(path, ['/usr/bin/env', 'NODE_DEBUG=jobtop', 'jobtop', '--version']);
		assert.match(commands.stderr, fits('commands'));
		// What the engine thread prints is a notice on the screen; what the screen's prints goes to the file.
		const said = join(folder, 'home/debug');
		const {file, parameters} = asUser(path, [
			...['/usr/bin/env', 'NODE_DEBUG=jobtop', '/bin/sh', '-c'],
			`jobtop --config /dev/null 2>${said}`,
		]);
		const terminal = openTerminal(file, parameters, {columns: 100, rows: 30, cwd});
		context.after(() => terminal.close());
		await terminal.until(fits('engine'));
		terminal.press('q');
		await terminal.exited;
		const lines = readFileSync(said, 'utf8').trimEnd().split('\n');
		assert.deepEqual(
			lines.map(line => fits('commands').test(line) || fits('screen').test(line)),
			[true, true],
		);
	});

	test('NODE_OPTIONS, which are meant for another Node, do nothing to the executable', () => {
		const command = 'NODE_OPTIONS=--require=/nowhere.js jobtop --version';
		const answer = run(ways['the executable, without any Node'], ['/bin/sh', '-c', command]);
		assert.deepEqual(answer, {code: 0, stdout: `${version}\n`, stderr: ''});
	});

	test('nothing comes with the package, and nothing was written where it was started', () => {
		const packages = readdirSync(join(folder, 'installed/lib/node_modules')).filter(
			name => !name.startsWith('.'),
		);
		assert.deepEqual(packages, ['jobtop']);
		assert.deepEqual(readdirSync(cwd), []);
	});

	test('the package holds the program and what has to come with it, and no executable', () => {
		const files = readdirSync(join(folder, 'installed/lib/node_modules/jobtop'), {
			recursive: true,
			withFileTypes: true,
		})
			.filter(entry => entry.isFile())
			.map(({parentPath, name}) => join(parentPath, name).split('/node_modules/jobtop/')[1] as string)
			.filter(name => !/^dist\/[\w-]+\.js$/.test(name));
		const documents = ['LICENSE', 'README.md', 'dist/THIRD-PARTY-LICENSES', 'package.json', 'docs/jobtop.1'];
		const schemas = readdirSync('docs/schemas').map(name => `docs/schemas/${name}`);
		assert.deepEqual(files.sort(), [...documents, ...schemas].sort());
		const manual = readFileSync(join(folder, 'installed/share/man/man1/jobtop.1'), 'utf8');
		assert.equal(manual, readFileSync('docs/jobtop.1', 'utf8'));
	});

	test('a build in another place gives the same bytes', () => {
		for (const file of [packed, `jobtop-${platform}`, `jobtop-${platform}.LICENSES`]) {
			const [first, second] = ['first', 'second'].map(place => readFileSync(join(folder, place, file)));
			assert.ok((first as Buffer).equals(second as Buffer), file);
		}
	});

	test('no path of the machine that built it is inside', () => {
		const places = [process.cwd(), join(folder, 'elsewhere')].flatMap(place => [
			`${place}/source`,
			`${place}/node_modules`,
			`${place}/scripts`,
		]);
		const program = join(folder, 'installed/lib/node_modules/jobtop/dist');
		const built = [join(folder, 'alone/jobtop'), ...readdirSync(program).map(name => join(program, name))];
		for (const file of built) {
			const bytes = readFileSync(file);
			for (const place of [...places, folder]) assert.ok(!bytes.includes(place), `${file} tells ${place}`);
		}
	});

	test('the licence of every package of which something is inside comes along', () => {
		const dist = join(folder, 'installed/lib/node_modules/jobtop/dist');
		const licenses = readFileSync(join(dist, 'THIRD-PARTY-LICENSES'), 'utf8');
		const program = globSync(`${dist}/*.js`)
			.map(file => readFileSync(file, 'utf8'))
			.join('\n');
		// esbuild writes above every file of a package where it comes from.
		const names = [...program.matchAll(/^\s*\/\/ (?:.*\/)?node_modules\/((?:@[^/\s]+\/)?[^/\s]+)/gm)].map(
			([, name]) => name as string,
		);
		assert.ok(names.includes('ink') && names.includes('zod') && names.includes('undici'));
		for (const name of new Set(names)) assert.match(licenses, new RegExp(`^${name} \\d.* \\(`, 'm'));
		const beside = readFileSync(join(folder, 'first', `jobtop-${platform}.LICENSES`), 'utf8');
		assert.ok(beside.includes(licenses.trim()));
		assert.match(beside, /^Node\.js is licensed for use as follows/m);
	});

	test('a package without a licence text cannot be bundled', () => {
		const elsewhere = join(folder, 'elsewhere');
		rmSync(join(elsewhere, 'node_modules/zustand/LICENSE'));
		const build = () =>
			execFileSync(process.execPath, ['scripts/build.js'], {cwd: elsewhere, encoding: 'utf8', stdio: 'pipe'});
		assert.throws(build, /zustand is bundled without a licence text/);
	});
});

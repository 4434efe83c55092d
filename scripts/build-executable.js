/*
Makes one file that runs where there is no Node: dist/jobtop-linux-x64 (or -arm64), which is the Node of the development dependencies with the program inside, and the licences beside it. Another folder than dist can be named.
*/
import {execFileSync} from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join, resolve} from 'node:path';
import {bundleScripts} from './bundle.js';
import {thirdPartyLicenses} from './third-party-licenses.js';

const [, , folder = 'dist'] = process.argv;
const platform = `${process.platform}-${process.arch}`;
if (process.platform !== 'linux')
	throw new Error(`an executable can be made on Linux only, not on ${platform}`);

const require = createRequire(import.meta.url);
const node = require.resolve('node/bin/node');
const nodeLicense = createRequire(require.resolve('node/package.json')).resolve(`node-${platform}/LICENSE`);

mkdirSync(folder, {recursive: true});
const unfinished = mkdtempSync(join(folder, 'executable-'));
process.on('exit', () => rmSync(unfinished, {recursive: true, force: true}));

/** Runs a program; what it says is told only if it fails. */
const run = (program, parameters, cwd) =>
	execFileSync(program, parameters, {cwd, encoding: 'utf8', stdio: 'pipe'});

const metafile = await bundleScripts(unfinished);

const agreeing = 3;
const mostRuns = 30;

/** Writes the compiled code of a part. V8 notes a few bits of what its threads did meanwhile, so a run now and then gives other bytes: those that come three times are taken. */
const compile = name => {
	const times = new Map();
	for (let count = 0; count < mostRuns; count++) {
		// No environment: nothing but the source decides what is compiled.
		execFileSync(node, ['--random-seed=1', resolve('scripts/compile-part.ts'), name], {
			cwd: unfinished,
			env: {HOME: '/nowhere'},
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		const code = readFileSync(join(unfinished, `${name}.code`)).toString('base64');
		times.set(code, (times.get(code) ?? 0) + 1);
		if (times.get(code) === agreeing) return;
	}
	throw new Error(`${name}: each run gives other compiled code`);
};

/** What starts first is compiled by Node, the others here. */
const assets = ['screen', 'commands', 'engine'].flatMap(name => {
	compile(name);
	return [`${name}.js`, `${name}.code`];
});

writeFileSync(
	join(unfinished, 'sea.json'),
	JSON.stringify({
		// These names are embedded too: they must not tell where it was built.
		main: 'main.js',
		output: 'blob',
		disableExperimentalSEAWarning: true,
		useCodeCache: true,
		// NODE_OPTIONS is meant for another Node, and some options would make this one complain.
		execArgvExtension: 'none',
		// Nobody opens a debugger in a process that holds tokens.
		execArgv: ['--disable-sigusr1'],
		assets: Object.fromEntries(assets.map(name => [name, name])),
	}),
);
// A fixed seed: the same source gives the same bytes.
run(node, ['--random-seed=1', '--experimental-sea-config', 'sea.json'], unfinished);

const executable = join(unfinished, 'jobtop');
copyFileSync(node, executable);
chmodSync(executable, 0o755);
// A seventh smaller. Only before the program is put in, and only where there is such a tool.
try {
	run('strip', [executable]);
} catch (error) {
	if (error.code !== 'ENOENT') throw error;
	process.stderr.write('there is no `strip` here: the executable is larger than it has to be\n');
}
run(node, [
	join(dirname(require.resolve('postject')), 'cli.js'),
	executable,
	'NODE_SEA_BLOB',
	join(unfinished, 'blob'),
	'--sentinel-fuse',
	'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
]);

const licenses = [
	readFileSync('LICENSE', 'utf8'),
	thirdPartyLicenses(metafile),
	`${'='.repeat(80)}\nNode.js\n${'='.repeat(80)}\n\n${readFileSync(nodeLicense, 'utf8')}`,
];
writeFileSync(join(folder, `jobtop-${platform}.LICENSES`), licenses.join('\n'));
renameSync(executable, join(folder, `jobtop-${platform}`));

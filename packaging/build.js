/*
Makes everything that jobtop is installed from, of this checkout: the package, a tarball with the executable, a wheel, and the recipes of EasyBuild, Spack and conda, which name the files by their addresses and checksums.

	npm run build:packages -- FOLDER            the recipes take the files from FOLDER
	npm run build:packages -- FOLDER ADDRESS    they take them from where the release is published

Needs GNU tar, xz and Python 3. The same source gives the same bytes.
*/
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
	copyFileSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';

const [, , target, address] = process.argv;
if (target === undefined) {
	process.stderr.write('usage: npm run build:packages -- FOLDER [ADDRESS]\n');
	process.exit(2);
}
const folder = resolve(target);
mkdirSync(folder, {recursive: true});
const work = mkdtempSync(join(folder, 'unfinished-'));
process.on('exit', () => rmSync(work, {recursive: true, force: true}));

const {version, description, engines} = JSON.parse(readFileSync('package.json', 'utf8'));
const platform = `${process.platform}-${process.arch}`;
const names = {
	package: `jobtop-${version}.tgz`,
	tarball: `jobtop-${version}-${platform}.tar.xz`,
};

/** Runs a program and returns what it prints; what it says beside that is told only if it fails. */
const run = (program, ...parameters) =>
	execFileSync(program, parameters, {encoding: 'utf8', stdio: 'pipe', maxBuffer: 1e9});

const sha256 = name =>
	createHash('sha256')
		.update(readFileSync(join(folder, name)))
		.digest('hex');

/** Writes a template with its words filled in. */
const fill = (template, path, words) => {
	const text = readFileSync(join('packaging', template), 'utf8').replaceAll(/@([A-Z\d_]+)@/g, (_, name) => {
		if (words[name] === undefined) throw new Error(`packaging/${template}: nothing is known for @${name}@`);
		return words[name];
	});
	mkdirSync(dirname(path), {recursive: true});
	writeFileSync(path, text);
};

const copy = (from, to) => {
	mkdirSync(dirname(to), {recursive: true});
	cpSync(from, to, {recursive: true});
};

const words = {
	VERSION: version,
	SUMMARY: description,
	NODE: engines.node.replace('>=', ''),
	PLATFORM: platform,
	URL: address ?? pathToFileURL(folder).href,
};

// The package, as `npm pack` makes it; but a program that runs from dist keeps its files.
const unpacked = join(work, 'package');
for (const name of ['package.json', 'README.md', 'LICENSE', 'docs/jobtop.1', 'docs/schemas']) {
	copy(name, join(unpacked, name));
}
run(process.execPath, 'scripts/build.js', join(unpacked, 'dist'));
run('npm', 'pack', unpacked, '--ignore-scripts', '--pack-destination', folder);

// The executable, and what belongs beside it.
run(process.execPath, 'scripts/build-executable.js', work);
const root = join(work, `jobtop-${version}`);
const share = join(root, 'share');
const program = join(root, 'bin/jobtop');
copy(join(work, `jobtop-${platform}`), program);
copy(join(work, `jobtop-${platform}.LICENSES`), join(share, 'licenses/jobtop/LICENSES'));
copy('docs/jobtop.1', join(share, 'man/man1/jobtop.1'));
for (const [shell, path] of Object.entries({
	bash: 'bash-completion/completions/jobtop',
	fish: 'fish/vendor_completions.d/jobtop.fish',
	zsh: 'zsh/site-functions/_jobtop',
})) {
	mkdirSync(dirname(join(share, path)), {recursive: true});
	writeFileSync(join(share, path), run(program, 'completion', shell));
}
for (const document of ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'examples']) {
	copy(document, join(share, 'doc/jobtop', document));
}
for (const document of readdirSync('docs')
	.filter(name => name.endsWith('.md'))
	.concat('systems', 'schemas')) {
	copy(join('docs', document), join(share, 'doc/jobtop/docs', document));
}
for (const [template, name] of [
	['jobtop.lua', `${version}.lua`],
	['jobtop.tcl', version],
]) {
	fill(join('modulefiles', template), join(share, 'modulefiles/jobtop', name), words);
}
const tar = join(work, 'tar');
run(
	'tar',
	// The time is the one that npm gives to the files of a package.
	...['--sort=name', '--mtime=@499162500', '--owner=0', '--group=0', '--numeric-owner', '--format=ustar'],
	...['--mode=u=rwX,go=rX', '-cf', tar, '-C', work, `jobtop-${version}`],
);
// In one thread: several would give other bytes. XZ_OPT may ask for another level.
run('xz', '-T1', tar);
copyFileSync(`${tar}.xz`, join(folder, names.tarball));

// The wheel: the package and a launcher.
const wheel = join(work, 'wheel');
const about = join(wheel, `jobtop-${version}.dist-info`);
copy('packaging/pypi/jobtop', join(wheel, 'jobtop'));
for (const name of ['package.json', 'dist']) copy(join(unpacked, name), join(wheel, 'jobtop/package', name));
copy('docs/jobtop.1', join(wheel, `jobtop-${version}.data/data/share/man/man1/jobtop.1`));
fill('pypi/METADATA', join(about, 'METADATA'), words);
copy('LICENSE', join(about, 'LICENSE'));
run('python3', 'packaging/pypi/make-wheel.py', wheel, version, folder);

// The recipes, with the checksums of what was made.
const known = {...words, SHA256_PACKAGE: sha256(names.package), SHA256_TARBALL: sha256(names.tarball)};
fill('easybuild/jobtop.eb', join(folder, `jobtop-${version}.eb`), known);
fill('spack/repo.yaml', join(folder, 'spack_repo/jobtop/repo.yaml'), known);
fill('spack/package.py', join(folder, 'spack_repo/jobtop/packages/jobtop/package.py'), known);
fill('conda/recipe.yaml', join(folder, 'conda/recipe.yaml'), known);

const sums = readdirSync(folder, {withFileTypes: true}).filter(
	entry => entry.isFile() && entry.name !== 'SHA256SUMS',
);
writeFileSync(
	join(folder, 'SHA256SUMS'),
	sums
		.map(({name}) => `${sha256(name)}  ${name}\n`)
		.sort()
		.join(''),
);

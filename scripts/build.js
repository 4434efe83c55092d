/*
Makes what `bin` points at: dist/jobtop.js, which looks at the version of Node in plain old syntax, and the bundled program behind it. Bundled, because each file to open costs a look at the network home of a login node. Another folder than dist can be named.
*/
import {chmodSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {bundleProgram, major, minor} from './bundle.js';
import {thirdPartyLicenses} from './third-party-licenses.js';

const [, , folder = 'dist'] = process.argv;

// Built beside, and put in place when it is whole: a build that fails takes nothing away.
const unfinished = `${folder}.${process.pid}`;
mkdirSync(unfinished, {recursive: true});
process.on('exit', () => rmSync(unfinished, {recursive: true, force: true}));

const metafile = await bundleProgram(unfinished);

writeFileSync(`${unfinished}/THIRD-PARTY-LICENSES`, thirdPartyLicenses(metafile));
writeFileSync(
	`${unfinished}/jobtop.js`,
	`#!/usr/bin/env node
// Plain old syntax: this much has to load on any Node, so that an old one can be told.
var version = process.versions.node.split('.').map(Number);
if (version[0] < ${major} || (version[0] === ${major} && version[1] < ${minor})) {
	process.stderr.write('jobtop needs Node ${major}.${minor} or newer, and this is Node ' + process.versions.node + ': install a newer one, or put it first on PATH.\\n');
	process.exitCode = 1;
} else {
	// As early as can be: until then Node would open its debugger.
	process.on('SIGUSR1', function () {});
	process.getBuiltinModule('module').enableCompileCache();
	import('./main.js').catch(function (error) {
		process.stderr.write('jobtop: it could not be loaded (' + error.message + '); if files or memory are short, raise the limits that ulimit -a shows\\n');
		process.exitCode = 1;
	});
}
`,
);
chmodSync(`${unfinished}/jobtop.js`, 0o755);
rmSync(folder, {recursive: true, force: true});
renameSync(unfinished, folder);

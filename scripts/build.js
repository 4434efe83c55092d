/*
Makes what `bin` points at: dist/jobtop.js, which looks at the version of Node in plain old syntax, and the bundled program behind it. Bundled, because 839 files to open become five: that matters on the network homes of login nodes.
*/
import {chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {build} from 'esbuild';

const {version, engines} = JSON.parse(readFileSync('package.json', 'utf8'));
const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(engines.node);

/** A change to a file of a library, made while bundling; it fails loudly when the library has changed. */
const patched = (name, filter, patch) => ({
	name,
	setup({onLoad}) {
		onLoad({filter}, ({path}) => {
			const before = readFileSync(path, 'utf8');
			const contents = patch(before);
			if (contents === before)
				throw new Error(`${name}: ${path} is not what it was; look at the patch again`);
			return {contents, loader: 'js'};
		});
	},
});

const plugins = [
	{
		// Ink asks for it in development only.
		name: 'no react devtools',
		setup({onResolve, onLoad}) {
			onResolve({filter: /^react-devtools-core$/}, () => ({path: 'none', namespace: 'no-devtools'}));
			onLoad({filter: /.*/, namespace: 'no-devtools'}, () => ({
				contents: 'export default {initialize() {}, connectToDevTools() {}};',
			}));
		},
	},
	// Its loader decodes a data address with fetch, which pulls Node's whole HTTP client in before the first frame.
	patched('yoga without fetch', /yoga-wasm-base64-esm\.js$/, text => `var fetch = void 0;\n${text}`),
	// Parsing this expression takes longer than drawing the first frame, and plain text never needs it.
	patched('late emoji expression', /node_modules[\\/]string-width[\\/]index\.js$/, text =>
		text.replace(
			/= (\/\^\\p\{RGI_Emoji\}\$\/)v;/,
			() =>
				"= {test(text) { return (this.expression ??= new RegExp('^\\\\p{RGI_Emoji}$', 'v')).test(text); }};",
		),
	),
];

// Built beside, and put in place when it is whole: a build that fails takes nothing away.
const folder = `dist.${process.pid}`;
mkdirSync(folder);
process.on('exit', () => rmSync(folder, {recursive: true, force: true}));

await build({
	entryPoints: {main: 'source/cli.ts', engine: 'source/engine/thread.ts'},
	outdir: folder,
	bundle: true,
	splitting: true,
	platform: 'node',
	format: 'esm',
	target: `node${major}`,
	jsx: 'automatic',
	// Nothing starts faster minified, and a crash would print one endless line.
	minify: false,
	legalComments: 'linked',
	define: {
		'process.env.NODE_ENV': '"production"',
		'process.env.DEV': '"false"',
		'process.env.JOBTOP_VERSION': JSON.stringify(version),
	},
	banner: {
		js: "import {createRequire as createRequireOfBundle} from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
	},
	plugins,
	logLevel: 'warning',
});

writeFileSync(
	`${folder}/jobtop.js`,
	`#!/usr/bin/env node
// Plain old syntax: this much has to load on any Node, so that an old one can be told.
var version = process.versions.node.split('.').map(Number);
if (version[0] < ${major} || (version[0] === ${major} && version[1] < ${minor})) {
	process.stderr.write('jobtop needs Node ${major}.${minor} or newer, and this is Node ' + process.versions.node + ': install a newer one, or put it first on PATH.\\n');
	process.exitCode = 1;
} else {
	process.getBuiltinModule('module').enableCompileCache();
	import('./main.js');
}
`,
);
chmodSync(`${folder}/jobtop.js`, 0o755);
rmSync('dist', {recursive: true, force: true});
renameSync(folder, 'dist');

/*
How the program is bundled, and what is changed in its libraries on the way.
*/
import {readFileSync} from 'node:fs';
import {isBuiltin} from 'node:module';
import {resolve} from 'node:path';
import {build} from 'esbuild';

const {version, engines} = JSON.parse(readFileSync('package.json', 'utf8'));
/** The oldest Node that the program runs on. */
export const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(engines.node);

const ours = path => JSON.stringify(resolve('source', path));

const replaced = (text, what, by) => {
	const after = text.replace(what, typeof by === 'function' ? by : () => by);
	if (after === text) throw new Error(`${what} is not there any more; look at the patch again`);
	return after;
};

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

/** The first segmenter of a thread reads in much of what is known of all scripts, and plain text never needs one. */
const lateSegmenter = text =>
	replaced(
		text,
		/^(const \w+ = )(new Intl\.Segmenter\([^)]*\));$/m,
		(_, name, made) => `${name}{segment(text) { return (this.made ??= ${made}).segment(text); }};`,
	);

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
	{
		// A crash ends the program, which says so in a line; what draws it reads the files of the source.
		name: 'no overview of errors',
		setup({onLoad}) {
			onLoad({filter: /node_modules[\\/]ink[\\/]build[\\/]components[\\/]ErrorOverview\.js$/}, () => ({
				contents: 'export default () => null;',
			}));
		},
	},
	// Its loader decodes a data address with fetch, which pulls Node's whole HTTP client in before the first frame.
	patched('yoga without fetch', /yoga-wasm-base64-esm\.js$/, text => `var fetch = void 0;\n${text}`),
	patched('quick widths', /node_modules[\\/]string-width[\\/]index\.js$/, text => {
		// Parsing this expression takes longer than drawing the first frame, and plain text never needs it.
		const late = replaced(
			lateSegmenter(text),
			/= (\/\^\\p\{RGI_Emoji\}\$\/)v;/,
			"= {test(text) { return (this.expression ??= new RegExp('^\\\\p{RGI_Emoji}$', 'v')).test(text); }};",
		);
		// Ink measures every line of every frame, and what frames and states are drawn with is no ASCII.
		const quick = replaced(late, '/^[\\u0020-\\u007E]*$/.test(string)', 'isNarrow(string)');
		return `import {isNarrow} from ${ours('text/narrow.ts')};\n${quick}`;
	}),
	patched(
		'late segmenters',
		/node_modules[\\/](?:wrap-ansi[\\/]index|slice-ansi[\\/]tokenize-ansi|@alcalzone[\\/]ansi-tokenize[\\/]build[\\/]tokenize)\.js$/,
		lateSegmenter,
	),
	// What changed in a line is found cell by cell, and our lines are frames and dots beside plain letters.
	patched('quick line updates', /node_modules[\\/]ink[\\/]build[\\/]line-update\.js$/, text =>
		[
			`import {isNarrow} from ${ours('text/narrow.ts')};`,
			replaced(
				lateSegmenter(text),
				'if (printableAscii.test(previousText) && printableAscii.test(nextText))',
				'if (isNarrow(previousText) && isNarrow(nextText))',
			),
		].join('\n'),
	),
];

// Ink looks every text over for what could drive the terminal, on every frame; most are those of the frame before.
const lookedOver = patched(
	'texts looked over once',
	/node_modules[\\/]ink[\\/]build[\\/]sanitize-ansi\.js$/,
	text =>
		[
			`import {remembered} from ${ours('components/remembered.ts')};`,
			replaced(text, 'export default sanitizeAnsi;', 'export default remembered(sanitizeAnsi);'),
		].join('\n'),
);

const leanOutput = patched('lean output', /node_modules[\\/]ink[\\/]build[\\/]output\.js$/, text =>
	[
		`import {leanOutput} from ${ours('components/lean-output.ts')};`,
		replaced(text, 'export default class Output ', 'class Output '),
		'export default leanOutput(Output);',
	].join('\n'),
);

/** A script can import nothing: it asks the process for what Node has built in. */
const builtinsWithoutImports = {
	name: 'builtins without imports',
	setup({onResolve, onLoad}) {
		onResolve({filter: /.*/}, ({path}) =>
			isBuiltin(path) ? {path: path.replace(/^node:/, ''), namespace: 'builtin'} : undefined,
		);
		onLoad({filter: /.*/, namespace: 'builtin'}, ({path}) => ({
			contents: `module.exports = process.getBuiltinModule(${JSON.stringify(`node:${path}`)});`,
		}));
	},
};

/** Files of ES modules, which share what they have in common. */
const modules = {
	splitting: true,
	target: `node${major}`,
	banner: {
		js: "import {createRequire as createRequireOfBundle} from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
	},
};

/** One script for each entry point, as Node takes them into an executable: no imports, and what waits does so in a function. */
const scripts = {
	target: 'node24',
	define: {'import.meta.url': '"file:///jobtop"', 'import.meta.resolve': 'String'},
	// Strict as modules are.
	banner: {js: "(async () => {\n'use strict';"},
	footer: {js: '})();'},
	plugins: [builtinsWithoutImports],
};

/** What the program consists of: itself, and the engine that it runs in a thread of its own. */
export const program = {main: 'source/cli.ts', engine: 'source/engine/start-thread.ts'};

/** Its parts as files of their own: a start opens the few that it needs, and what several of them need stands in each. */
const parts = {...program, screen: 'source/tui.tsx', commands: 'source/command-line/program.ts'};

/** What is another part stays outside. */
const partsApart = {
	name: 'parts apart',
	setup({onResolve}) {
		onResolve({filter: /^\.{1,2}\//}, ({kind, path, resolveDir}) => {
			if (kind !== 'dynamic-import') return undefined;
			const name = Object.keys(parts).find(part => resolve(parts[part]) === resolve(resolveDir, path));
			return name && {path: `./${name}.js`, external: true};
		});
	},
};

/**
Bundles these entry points into a folder and resolves with esbuild's answer, which tells what went in. `asScripts` makes scripts instead of modules. `stockOutput` leaves the last step of a frame to Ink: that is what ours is measured against.
*/
export const bundle = (entryPoints, outdir, {asScripts = false, stockOutput = false, apart = false} = {}) => {
	const form = asScripts ? scripts : modules;
	return build({
		entryPoints,
		outdir,
		bundle: true,
		platform: 'node',
		format: 'esm',
		jsx: 'automatic',
		// Nothing starts faster minified, and a crash would print one endless line.
		minify: false,
		legalComments: 'inline',
		metafile: true,
		logLevel: 'warning',
		...form,
		define: {
			'process.env.NODE_ENV': '"production"',
			'process.env.DEV': '"false"',
			'process.env.JOBTOP_VERSION': JSON.stringify(version),
			...form.define,
		},
		plugins: [
			...(form.plugins ?? []),
			...(apart ? [partsApart] : []),
			...plugins,
			...(stockOutput ? [] : [lookedOver, leanOutput]),
		],
	});
};

/** Bundles the whole program into a folder, part by part. Resolves with what esbuild tells of all files. */
export const bundleProgram = async outdir => {
	const built = await Promise.all(
		Object.entries(parts).map(([name, path]) => bundle({[name]: path}, outdir, {apart: true})),
	);
	return {outputs: Object.assign({}, ...built.map(({metafile}) => metafile.outputs))};
};

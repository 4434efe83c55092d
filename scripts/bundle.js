/*
How the program is bundled, from libraries that patches/*.patch has changed.
*/
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {isBuiltin} from 'node:module';
import {extname, join, resolve} from 'node:path';
import {build} from 'esbuild';
import {requirePatches} from './patch-libraries.js';

requirePatches(new URL('../', import.meta.url));

const {version, engines} = JSON.parse(readFileSync('package.json', 'utf8'));
/** The oldest Node that the program runs on. */
export const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(engines.node);

/** The file of undici in which each of its exports is. */
const undiciFiles = {
	Pool: 'lib/dispatcher/pool.js',
	ProxyAgent: 'lib/dispatcher/proxy-agent.js',
	WebSocket: 'lib/web/websocket/websocket.js',
	ping: 'lib/web/websocket/websocket.js',
};
const undiciNames = /^import \{([^}]*)\} from 'undici';$/m;
const http2Import = "const connectH2 = require('./client-h2.js')";

/**
Takes from undici only the files that a module needs: its index loads fetch, caches and mocks too. HTTP/2 is loaded with its first connection, which only a proxy can want. An update of undici that moves any of this fails the build.
*/
const undiciInParts = {
	name: 'undici in parts',
	setup({onResolve, onLoad}) {
		onResolve({filter: /^undici$/}, async ({importer}) => {
			const [, imported] = undiciNames.exec(await readFile(importer, 'utf8')) ?? [];
			if (imported === undefined) throw new Error(`${importer}: undici is imported in one line, by names`);
			const names = imported.split(',').map(name => name.trim());
			return {path: names.filter(name => !name.startsWith('type ')).join(), namespace: 'undici-in-parts'};
		});
		onLoad({filter: /.*/, namespace: 'undici-in-parts'}, ({path}) => {
			const exported = path.split(',').map(name => {
				const file = undiciFiles[name];
				if (file === undefined) throw new Error(`undici in parts: no file is known for ${name}`);
				const what = file.endsWith('websocket.js') ? name : `default as ${name}`;
				return `export {${what}} from 'undici/${file}';`;
			});
			return {
				resolveDir: process.cwd(),
				// The index does the same. The client is named so that a build without its file fails.
				contents: `import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import api from 'undici/lib/api/index.js';
import 'undici/lib/dispatcher/client.js';
Object.assign(Dispatcher.prototype, api);
${exported.join('\n')}`,
			};
		});
		onLoad({filter: /undici[\\/]lib[\\/]dispatcher[\\/]client\.js$/}, async ({path}) => {
			const [before, after, ...more] = (await readFile(path, 'utf8')).split(http2Import);
			if (after === undefined || more.length > 0) throw new Error(`${path}: ${http2Import} is not there`);
			return {
				contents: `${before}const connectH2 = (...given) => require('./client-h2.js')(...given)${after}`,
			};
		});
	},
};

const plugins = [
	undiciInParts,
	{
		// Ink asks for it in development only.
		name: 'no react devtools',
		setup({onResolve, onLoad}) {
			onResolve({filter: /^\.\/devtools\.js$/}, () => ({path: 'none', namespace: 'no-devtools'}));
			onLoad({filter: /.*/, namespace: 'no-devtools'}, () => ({contents: ''}));
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
];

/** Leaves the last step of a frame to Ink. */
const stockInk = {
	name: 'stock ink',
	setup({onLoad}) {
		onLoad({filter: /[\\/]components[\\/]quick-ink\.ts$/}, () => ({
			contents: 'export const quickenInk = () => undefined;',
		}));
	},
};

/** Builtins that a CommonJS module calls, instead of reading its exports. */
const callable = ['assert', 'events', 'stream'];

/** A builtin that is loaded at the first use of one of its exports, which the importing file then keeps; those of `process` change. A table of all exports would be most of a small file. The exports are inherited: esbuild copies own ones for each importing file. */
const loadedAtUse = name => {
	const load = `process.getBuiltinModule(${JSON.stringify(`node:${name}`)})`;
	if (callable.includes(name)) return `module.exports = ${load};`;
	const keep = name === 'process' ? '' : 'Object.defineProperty(importing, name, {value});';
	return `let loaded;
const load = () => (loaded ??= ${load});
module.exports = Object.create(new Proxy({}, {
	get(_, name, importing) {
		if (name === '__esModule') return undefined;
		const value = name === 'default' ? load() : load()[name];
		${keep}
		return value;
	},
	has: (_, name) => name in load(),
}));`;
};

/** What Node has built in is loaded at its first use, and asked of the process: an import would load it with all that its lazy exports load, and a script can import nothing. */
const builtinsAtUse = {
	name: 'builtins at their first use',
	setup({onResolve, onLoad}) {
		onResolve({filter: /.*/}, ({kind, path}) =>
			isBuiltin(path) && kind !== 'dynamic-import'
				? {path: path.replace(/^node:/, ''), namespace: 'builtin'}
				: undefined,
		);
		onLoad({filter: /.*/, namespace: 'builtin'}, ({path}) => ({contents: loadedAtUse(path)}));
	},
};

/** Files of ES modules, which share what they have in common. */
const modules = {
	splitting: true,
	target: `node${major}`,
};

/** One script for each part, as an executable has them: without imports, and what waits does so in a function. Its value is a promise of what the part exports. */
const scripts = {
	target: 'node24',
	define: {'import.meta.url': '"file:///jobtop"', 'import.meta.resolve': 'String'},
	// Strict as modules are.
	banner: {js: "(async () => {\n'use strict';\nlet exported;"},
	footer: {js: 'return exported;\n})();'},
};

const fromSource = path => resolve('source', path);

/** The parts of the program: a start opens the few that it needs, and what several of them need stands in each. */
const parts = {
	main: 'source/cli.ts',
	screen: 'source/tui.tsx',
	commands: 'source/command-line/program.ts',
	engine: 'source/engine/start-thread.ts',
};

/** Of the executable. Its engine has no file whose compiled code could be kept. */
const partsInside = {...parts, engine: 'source/engine/thread.ts'};

/** In the executable a part gives what it exports to the script around it, and other parts come from the executable. */
const inside = {
	name: 'inside the executable',
	setup({onResolve, onLoad}) {
		onResolve({filter: /^\.\/source\//}, ({kind, path}) =>
			kind === 'entry-point' ? {path, namespace: 'part'} : undefined,
		);
		onLoad({filter: /.*/, namespace: 'part'}, ({path}) => ({
			contents: `import * as all from ${JSON.stringify(path)};\nexported = all;`,
			resolveDir: process.cwd(),
		}));
		onResolve({filter: /^\.\/(?:parts|start-engine)\.ts$/}, ({path, resolveDir}) =>
			resolveDir === fromSource('.') ? {path: fromSource(join('executable', path))} : undefined,
		);
	},
};

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

/** Sorted, because the order of the files decides that of the bundle. */
const namesIn = folder => readdirSync(fromSource(folder)).sort();

/** The TypeScript files of a folder. */
const filesIn = folder =>
	namesIn(folder)
		.filter(name => name.endsWith('.ts'))
		.map(name => join(folder, name));

/** The profile of each backend, with which all of its kind is loaded. */
const profiles = namesIn('backends')
	.filter(name => existsSync(fromSource(join('backends', name, 'facts.ts'))))
	.map(name => join('backends', name, 'profile.ts'));

/** What some profiles load at their first request, or later. */
const forRequests = [
	'backends/dispatcher.ts',
	'backends/kubernetes/yaml.ts',
	'backends/system-certificates.ts',
	'backends/tensorpool/listen.ts',
];

/** What backends have in common. */
const common = ['backends', 'backends/profiles', 'backends/programs']
	.flatMap(filesIn)
	.filter(path => !forRequests.includes(path));

/** What is loaded first: on the screen, for every command, for one on job systems, and in the engine. */
const first = {
	views: ['tui.tsx', 'store/store.ts', 'commands/commands.ts'],
	everyCommand: ['command-line/program.ts'],
	onSystems: [
		'command-line/program.ts',
		'command-line/session.ts',
		'command-line/listing/list.ts',
		...common,
	],
	// Not thread.ts, which waits for profiles.
	engine: ['engine/engine.ts', 'config/load.ts', 'config/connect.ts', ...common],
};

const behind = (before, paths) => paths.map(path => [fromSource(path), before.map(fromSource)]);

/** What these parts load at its first use, and what was loaded before it or comes with it anyway. */
const loadedLater = {
	screen: new Map(
		behind(first.views, [
			'components/screen.tsx',
			'components/tour.ts',
			'lines/start-lines.ts',
			'store/store.ts',
		]),
	),
	commands: new Map([
		...behind(first.everyCommand, [
			'command-line/completion/complete.ts',
			'command-line/completion/completion.ts',
			'command-line/keys.ts',
			// Others import it too.
			'process/state-directory.ts',
		]),
		...behind(first.onSystems, [
			...profiles,
			...forRequests,
			'command-line/batches/batches.ts',
			'command-line/cancelling/cancel.ts',
			'command-line/cancelling/delete.ts',
			'command-line/cancelling/dismiss.ts',
			'command-line/completion/values.ts',
			'command-line/demo.ts',
			'command-line/listing/list.ts',
			'command-line/listing/logs.ts',
			'command-line/listing/show.ts',
			'command-line/listing/wait.ts',
			'command-line/profiles/backends.ts',
			'command-line/profiles/config.ts',
			'command-line/profiles/doctor.ts',
			'command-line/profiles/profiles.ts',
			'command-line/session.ts',
			'config/load.ts',
			'demo/index.ts',
		]),
	]),
	engine: new Map(behind(first.engine, [...profiles, ...forRequests, 'demo/index.ts', 'engine/thread.ts'])),
};

/**
Gathers what the files of a part have in common in few files, because each file to open costs half a millisecond. esbuild makes a file for each set of entry points that need the same modules; so each imports what was loaded before it. The build fails if the table above is not complete.
*/
const fewFiles = later => ({
	name: 'few files',
	setup({onResolve, onLoad, onEnd}) {
		const found = new Set();
		onResolve({filter: /^\.{1,2}\/.*\.tsx?$/}, ({kind, path, resolveDir}) => {
			if (kind === 'dynamic-import') found.add(resolve(resolveDir, path));
			return undefined;
		});
		onLoad({filter: /[\\/]source[\\/].*\.tsx?$/}, async ({path}) => {
			const imports = later.get(path)?.map(each => `import ${JSON.stringify(each)};`);
			if (!imports) return undefined;
			return {
				loader: extname(path).slice(1),
				contents: [await readFile(path, 'utf8'), ...imports].join('\n'),
			};
		});
		onEnd(() => {
			const [unknown] = found.symmetricDifference(later);
			if (unknown !== undefined)
				throw new Error(`few files: ${unknown} is loaded later, or in the table only`);
		});
	},
});

/**
Bundles these entry points into a folder and resolves with esbuild's answer, which tells what went in. `part` is the part of the program that it is; `asScripts` makes the scripts of an executable instead of modules. `stockOutput` leaves the last step of a frame to Ink: that is what ours is measured against.
*/
export const bundle = (entryPoints, outdir, {asScripts = false, stockOutput = false, part} = {}) => {
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
		// What it loads later is small.
		...(part === 'main' && {splitting: false}),
		define: {
			'process.env.NODE_ENV': '"production"',
			'process.env.DEV': '"false"',
			'process.env.JOBTOP_VERSION': JSON.stringify(version),
			...form.define,
		},
		plugins: [
			builtinsAtUse,
			...(asScripts ? [inside] : []),
			...(part === undefined ? [] : [partsApart]),
			...(part in loadedLater ? [fewFiles(loadedLater[part])] : []),
			...plugins,
			...(stockOutput ? [stockInk] : []),
		],
	});
};

/** Bundles parts into a folder, each alone. Resolves with what esbuild tells of all files. */
const bundleEach = async (parts, outdir, optionsOf) => {
	const built = await Promise.all(
		Object.entries(parts).map(([name, path]) => bundle({[name]: path}, outdir, optionsOf(name))),
	);
	return {outputs: Object.assign({}, ...built.map(({metafile}) => metafile.outputs))};
};

/** Bundles the whole program into a folder. */
export const bundleProgram = outdir => bundleEach(parts, outdir, part => ({part}));

/** Bundles the scripts of an executable. Only ASCII is in them, which is read as it is. */
export const bundleScripts = async outdir => {
	const metafile = await bundleEach(partsInside, outdir, () => ({asScripts: true}));
	for (const name of Object.keys(partsInside)) {
		const file = join(outdir, `${name}.js`);
		const text = readFileSync(file, 'utf8');
		writeFileSync(
			file,
			text.replaceAll(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
		);
	}
	return metafile;
};

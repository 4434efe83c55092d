/*
Compiles a part of the executable: writes NAME.code beside NAME.js. The Node of the executable runs this, with the flags of V8 that the part is loaded with. V8 compiles a function at its first call: so the part is loaded here, and does what every start does.
*/
import {readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {setFlagsFromString} from 'node:v8';
import {Script} from 'node:vm';
import {keepMemorySmall} from '../source/process/lean-memory.ts';

/** What a part does once it is loaded. It is the same each time, on every machine. */
const rehearsals: Readonly<Record<string, (exported: never) => unknown>> = {
	screen: ({loadViews}: typeof import('../source/tui.tsx')) => loadViews(false),
	commands: ({runCommandLine}: typeof import('../source/command-line/program.ts')) =>
		runCommandLine(['keys'], async () => 0),
	// What it asks the systems of its configuration is not waited for.
	engine: () => undefined,
};

const name = process.argv[2] ?? '';
if (name !== 'commands') keepMemorySmall();
// V8 compiles what is called often once more, in another thread, and notes how far it is.
setFlagsFromString('--no-sparkplug');
// The engine reads its start here.
if (name === 'engine') {
	writeFileSync('config.toml', '[profiles.slurm]\nbackend = "slurm"\n');
	const start = {flags: {config: resolve('config.toml')}, stateDirectory: resolve('state')};
	Object.assign(process.getBuiltinModule('node:worker_threads'), {workerData: start});
}
const [text, filename] = [readFileSync(`${name}.js`, 'latin1'), `jobtop:${name}`];
const script = new Script(text, {filename});
await rehearsals[name]?.((await script.runInThisContext()) as never);
setFlagsFromString('--sparkplug');
const cachedData = script.createCachedData();
if (new Script(text, {filename, cachedData}).cachedDataRejected)
	throw new Error(`the compiled code of ${name} does not fit its text`);
writeFileSync(`${name}.code`, cachedData);
// What the part has begun, such as timers, ends here.
process.exit(0);

/*
Starts the engine thread, the store and the screen, or lines in its place, and puts the terminal back on every way out.
*/
import {getAsset, isSea} from 'node:sea';
import {Worker} from 'node:worker_threads';
import type {QuitHow} from './commands/command.ts';
import type {Attending, CancellationReport, Intention, Patch} from './engine/protocol.ts';
import type {EngineStart} from './engine/thread.ts';
import {cleanLines} from './job/clean-text.ts';
import {systemClock} from './process/clock.ts';
import {limitYoungGeneration} from './process/young-generation.ts';
import type {JobStore} from './store/store.ts';
import {themeFor} from './text/theme.ts';

/** What the screen is started with: what the engine is, and how it looks. */
export type ScreenStart = EngineStart & {
	readonly ascii?: boolean;
	/** Lines below each other instead of a screen. */
	readonly plain?: boolean;
};

/** How long the engine may take to put its journals down before the program ends without it, in milliseconds. */
const stopMs = 3000;

/** The least time between two updates with what the engine told, in milliseconds: each costs a frame, and a key must not wait for that. */
const intakeMs = 33;

const signals = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;

const engineAddress = (): URL =>
	import.meta.url.endsWith('.tsx')
		? new URL('./engine/thread.ts', import.meta.url)
		: new URL('./engine.js', import.meta.url);

// What a page leaves behind is collected soon, instead of filling the memory of a shared machine first.
const resourceLimits = {maxYoungGenerationSizeMb: 12};

/** The engine in its thread; inside an executable there is no file to start it from. */
const startEngine = (start: EngineStart): Worker =>
	isSea()
		? new Worker(getAsset('engine.js', 'utf8'), {eval: true, workerData: start, resourceLimits})
		: new Worker(engineAddress(), {workerData: start, resourceLimits});

/** Runs the screen, or the lines, until it is left. Resolves with the exit code, or with the wish to see the demo. */
export const runTui = async ({
	ascii = false,
	plain = false,
	...start
}: ScreenStart): Promise<number | 'demo'> => {
	const kept = start.demo === undefined ? '; the journal keeps what was asked' : '';
	// The two threads load at the same time: the engine what it asks with, this one what it draws with.
	const engine = startEngine(start);
	const look = {ascii, plain: plain || process.env.TERM === 'dumb'};
	const loaded = Promise.all([import('./store/store.ts'), loadViews(look.plain)]);
	const stopped = Promise.withResolvers<void>();
	const greeted = Promise.withResolvers<void>();
	const left = Promise.withResolvers<{readonly code: number | 'demo'; readonly line?: string}>();

	let store: JobStore | undefined;
	let told: Patch[] = [];
	let takenAt = 0;
	let takes = false;
	const receive = () => {
		takes = false;
		if (store === undefined || told.length === 0) return;
		takenAt = systemClock.now();
		const patches = told;
		told = [];
		store.receive(patches);
		limitYoungGeneration();
	};
	// However much is told meanwhile: one update, and keys come in between.
	const receiveSoon = () => {
		if (takes) return;
		takes = true;
		const ms = takenAt + intakeMs - systemClock.now();
		if (ms > 0) systemClock.after(Math.min(ms, intakeMs), receive);
		else setImmediate(receive);
	};
	engine.on('message', (patches: readonly Patch[]) => {
		told.push(...patches);
		if (store !== undefined) receiveSoon();
		for (const patch of patches) {
			if (patch.type === 'hello') greeted.resolve();
			if (patch.type === 'fatal') left.resolve({code: patch.exitCode, line: patch.message});
			if (patch.type === 'stopped') stopped.resolve();
		}
	});
	engine.on('error', error => {
		stopped.resolve();
		left.resolve({code: 1, line: `the engine crashed: ${oneLine(error)}${kept}`});
	});
	engine.on('exit', () => {
		stopped.resolve();
		left.resolve({code: 1, line: `the engine stopped by itself${kept}`});
	});
	// Not `once`: whoever else listens must see that the signal is taken care of, or it would end the program at once.
	for (const [signal, code] of Object.entries(signals)) process.on(signal, () => left.resolve({code}));
	const crash = (error: unknown) => left.resolve({code: 1, line: `jobtop crashed: ${oneLine(error)}`});
	process.on('uncaughtException', crash);
	process.on('unhandledRejection', crash);
	// A terminal that has gone away takes no more bytes; that is no crash.
	for (const stream of [process.stdout, process.stderr]) stream.on('error', () => left.resolve({code: 129}));

	// A configuration that cannot be read ends the program before the screen opens.
	const opened = await Promise.race([greeted.promise.then(() => true), left.promise.then(() => false)]);
	const leave = (how: QuitHow) => left.resolve({code: how === 'demo' ? 'demo' : 0});
	const [{createJobStore}, views] = await loaded;
	store = createJobStore({clock: systemClock, send: intention => engine.postMessage(intention)});
	// Who opens the screen finds there what it opens with.
	receive();
	const attend = (what: Attending) => engine.postMessage({type: 'attention', what} satisfies Intention);
	const view = opened ? await openView(views, {store, ...look, quit: leave, attend}) : undefined;
	const {code, line} = await left.promise;
	await view?.close();
	engine.postMessage({type: 'stop'});
	const takeBack = systemClock.after(stopMs, stopped.resolve);
	await stopped.promise;
	takeBack();
	await engine.terminate();
	if (line !== undefined) process.stderr.write(`jobtop: ${cleanLines(line)}\n`);
	receive();
	const open = [...store.getState().known.cancellations.values()].filter(({step}) => step !== 'settled');
	if (open.length > 0) process.stderr.write(`jobtop: ${unfinished(open, start.demo === undefined)}\n`);
	return code;
};

/** What shows the store until it is closed. */
type View = {readonly close: () => Promise<void>};

type Views = {
	/** Absent where lines were asked for from the beginning. */
	readonly screen?: typeof import('./components/screen.tsx');
	readonly lines: () => Promise<typeof import('./lines/start-lines.ts')>;
};

const loadViews = async (plain: boolean): Promise<Views> => ({
	...(!plain && {screen: await import('./components/screen.tsx')}),
	lines: () => import('./lines/start-lines.ts'),
});

/** What a view shows, how, and whom it tells. */
type ViewOptions = {
	readonly store: JobStore;
	readonly ascii: boolean;
	readonly plain: boolean;
	readonly quit: (how: QuitHow) => void;
	readonly attend: (what: Attending) => void;
};

const openView = async (views: Views, {store, ascii, plain, quit, attend}: ViewOptions): Promise<View> => {
	const {theme: name = 'default', plain: always = false} = store.getState().known.settings;
	const theme = themeFor(process.env, {ascii, name});
	const {stdin, stdout} = process;
	if (plain || always || !views.screen) {
		const {startLines} = await views.lines();
		const lines = startLines({
			store,
			clock: systemClock,
			ascii: theme.glyphs.ascii,
			write: text => void stdout.write(text),
			...(stdin.isTTY && {input: stdin}),
			quit,
			attend: () => attend('key'),
		});
		return {close: async () => lines.stop()};
	}
	const screen = views.screen.startScreen({store, clock: systemClock, theme, quit, attend});
	return {
		async close() {
			screen.unmount();
			await screen.waitUntilExit().catch(() => undefined);
		},
	};
};

/** Quitting is safe, and this says so; the journals of a demo end with its jobs. */
const unfinished = (open: readonly CancellationReport[], journalsLast: boolean): string => {
	const [first] = open;
	const one = open.length === 1;
	const who = one ? `the cancellation of ${first?.ref} has` : `${open.length} cancellations have`;
	const then = journalsLast
		? `the journal keeps ${one ? 'it' : 'them'}, and the next start goes on`
		: 'the built-in job systems end with it';
	return `${who} not ended; ${then}`;
};

const oneLine = (error: unknown): string =>
	(error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();

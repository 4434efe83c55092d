/*
Starts the engine thread, the store, and the screen or the lines, and restores the terminal on every exit.
*/
import type {QuitHow} from './commands/command.ts';
import type {Tour} from './components/tour.ts';
import type {Attending, CancellationReport, Intention, Patch} from './engine/protocol.ts';
import type {EngineStart} from './engine/thread.ts';
import {cleanLines} from './job/clean-text.ts';
import type {Opening} from './opening.ts';
import {systemClock} from './process/clock.ts';
import {garbageCollection} from './process/garbage.ts';
import {shortageLine} from './process/shortage.ts';
import {onWarning} from './process/warnings.ts';
import {zoneNames} from './process/zone-names.ts';
import {startEngine} from './start-engine.ts';
import type {JobStore} from './store/store.ts';
import {themeFor} from './text/theme.ts';
import {nameZone} from './text/times.ts';

/** The options of the screen: its engine, and its appearance. */
export type ScreenStart = EngineStart & {
	readonly ascii?: boolean;
	/** Print lines instead of a screen. */
	readonly plain?: boolean;
	/** Play the tour, so many times faster than people read. */
	readonly tour?: number;
};

/** How long the engine may take to write its journals before the program exits without it, in milliseconds. */
const stopMs = 3000;

/** Minimum milliseconds between two updates from the engine: each costs a frame, and no key may wait for that. */
const intakeMs = 33;

// Of this thread, whatever sessions follow each other.
const collectNowAndThen = garbageCollection();

const signals = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;

/** Runs the screen or the lines until the user quits. Resolves with the exit code, or with a request for the demo. `opening` is the frame that the terminal shows already. */
export const runTui = async (
	{ascii = false, plain = false, tour: tourSpeed, ...start}: ScreenStart,
	opening?: Opening,
): Promise<number | 'demo'> => {
	nameZone(() => zoneNames(process.env));
	const kept = start.demo === undefined ? '; the journal keeps what was asked' : '';
	// Both threads load at the same time: the engine its backends, this one its drawing code.
	const engine = startEngine(start);
	const look = {ascii, plain: plain || process.env.TERM === 'dumb'};
	const loaded = Promise.all([import('./store/store.ts'), loadViews(look.plain)]);
	const stopped = Promise.withResolvers<void>();
	const greeted = Promise.withResolvers<void>();
	const left = Promise.withResolvers<{readonly code: number | 'demo'; readonly line?: string}>();

	let store: JobStore | undefined;
	const arrived: Patch[] = [];
	let takenAt = 0;
	let takes = false;
	/** Keys that were typed before are pressed while only the hello is known: no job is there that they could change unseen. */
	let isOpening = opening !== undefined;
	const receive = () => {
		takes = false;
		const number = isOpening ? arrived.findIndex(({type}) => type === 'hello') + 1 : arrived.length;
		if (store === undefined || number === 0) return;
		takenAt = systemClock.now();
		store.receive(arrived.splice(0, number));
		collectNowAndThen();
	};
	// One update for all messages that arrive meanwhile, so that keys come in between.
	const receiveSoon = () => {
		if (takes) return;
		takes = true;
		const ms = takenAt + intakeMs - systemClock.now();
		if (ms > 0) systemClock.after(Math.min(ms, intakeMs), receive);
		else setImmediate(receive);
	};
	const notice = (text: string) => {
		arrived.push({type: 'notice', notice: {at: systemClock.now(), tone: 'warning', text}});
		if (store !== undefined) receiveSoon();
	};
	onWarning(notice);
	for (const stream of [engine.stdout, engine.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => {
			for (const line of cleanLines(text).split('\n')) if (line.trim() !== '') notice(line);
		});
	}
	engine.on('message', (patches: readonly Patch[]) => {
		arrived.push(...patches);
		if (store !== undefined) receiveSoon();
		for (const patch of patches) {
			if (patch.type === 'hello') greeted.resolve();
			if (patch.type === 'fatal') left.resolve({code: patch.exitCode, line: patch.message});
			if (patch.type === 'stopped') stopped.resolve();
		}
	});
	engine.on('error', error => {
		stopped.resolve();
		left.resolve({code: 1, line: shortageLine(error) ?? `the engine crashed: ${oneLine(error)}${kept}`});
	});
	engine.on('exit', () => {
		stopped.resolve();
		left.resolve({code: 1, line: `the engine stopped by itself${kept}`});
	});
	// Not `once`: other listeners must see that the signal has a handler, or it would end the program at once.
	for (const [signal, code] of Object.entries(signals)) process.on(signal, () => left.resolve({code}));
	opening?.leaveSignals();
	const crash = (error: unknown) =>
		left.resolve({code: 1, line: shortageLine(error) ?? `jobtop crashed: ${oneLine(error)}`});
	process.on('uncaughtException', crash);
	process.on('unhandledRejection', crash);
	// A terminal that has closed accepts no more bytes; that is not a crash.
	for (const stream of [process.stdout, process.stderr]) stream.on('error', () => left.resolve({code: 129}));

	const leave = (how: QuitHow) => left.resolve({code: how === 'demo' ? 'demo' : 0});
	const ended = left.promise.then(() => false);
	const greeting = Promise.race([greeted.promise.then(() => true), ended]);
	// Without a first frame, an unreadable configuration ends the program before the screen opens.
	if (!opening) await greeting;
	const [{createJobStore}, views] = await loaded;
	store = createJobStore({clock: systemClock, send: intention => engine.postMessage(intention)});
	// Apply what has arrived so far: the screen opens with it.
	receive();
	const attend = (what: Attending) => engine.postMessage({type: 'attention', what} satisfies Intention);
	const tour =
		tourSpeed === undefined ? {} : {tour: (await import('./components/tour.ts')).createTour(tourSpeed)};
	const options = {store, ...look, ...tour, quit: leave, attend};
	const isOpen = await Promise.race([ended, opening ? true : greeting]);
	let view = isOpen ? await openView(views, options, opening) : undefined;
	if (opening && view && (await greeting)) {
		receive();
		if (store.getState().known.settings.plain) {
			await view.close();
			view = await openView(views, options);
		} else await view.play?.();
		isOpening = false;
		receive();
	}
	isOpening = false;
	const {code, line} = await left.promise;
	opening?.close();
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

/** A view of the store, until it is closed. */
type View = {
	readonly close: () => Promise<void>;
	/** Presses the keys that were typed before it opened. */
	readonly play?: () => Promise<void>;
};

type Views = {
	/** Absent if lines were requested from the start. */
	readonly screen?: typeof import('./components/screen.tsx');
	readonly lines: () => Promise<typeof import('./lines/start-lines.ts')>;
};

export const loadViews = async (plain: boolean): Promise<Views> => ({
	...(!plain && {screen: await import('./components/screen.tsx')}),
	lines: () => import('./lines/start-lines.ts'),
});

/** The inputs and callbacks of a view. */
type ViewOptions = {
	readonly store: JobStore;
	readonly ascii: boolean;
	readonly plain: boolean;
	readonly quit: (how: QuitHow) => void;
	readonly attend: (what: Attending) => void;
	readonly tour?: Tour;
};

const openView = async (
	views: Views,
	{store, ascii, plain, quit, attend, tour}: ViewOptions,
	opening?: Opening,
): Promise<View> => {
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
	const screen = views.screen.startScreen({
		store,
		clock: systemClock,
		theme,
		quit,
		attend,
		...(opening && {before: opening}),
		...(tour && {tour}),
	});
	opening?.handOver();
	return {
		play: screen.play,
		async close() {
			await screen.drain();
			screen.unmount();
			await screen.waitUntilExit().catch(() => undefined);
		},
	};
};

/** The words after quitting: quitting is safe, except that the journals of a demo end with its jobs. */
const unfinished = (open: readonly CancellationReport[], journalsLast: boolean): string => {
	const [first] = open;
	const one = open.length === 1;
	const who = one ? `the cancellation of ${first?.ref} has` : `${open.length} cancellations have`;
	const then = journalsLast
		? `the journal keeps ${one ? 'it' : 'them'}, and the next start resumes ${one ? 'it' : 'them'}`
		: 'the built-in job systems stop with it';
	return `${who} not ended; ${then}`;
};

const oneLine = (error: unknown): string =>
	(error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();

import {setImmediate} from 'node:timers/promises';
import {render} from 'ink';
import type {QuitHow} from '../commands/command.ts';
import type {Attending} from '../engine/protocol.ts';
import {inputTimes} from '../keys/terminal-input.ts';
import {type Clock, systemClock} from '../process/clock.ts';
import type {JobStore} from '../store/store.ts';
import type {Frame} from '../text/frame-update.ts';
import {type Theme, themeFor} from '../text/theme.ts';
import {App} from './app.tsx';
import {followMouse} from './follow-mouse.ts';
import {createFrameLog} from './frame-log.ts';
import {createInputStage} from './input-stage.ts';
import {modesOff} from './keyboard-modes.ts';
import {endPinentries} from './lent-terminal.ts';
import {createLinePace} from './line-pace.ts';
import {notifyOfBatches} from './notify.ts';
import {openWantedPages} from './open-page.ts';
import {quickenInk} from './quick-ink.ts';
import {createReports} from './terminal-reports.ts';
import type {Tour} from './tour.ts';

export type ScreenOptions = {
	readonly store: JobStore;
	readonly clock: Clock;
	/** The user wants to quit. This closes nothing: that is up to the caller. */
	readonly quit: (how: QuitHow) => void;
	/** Called for keys, at most once a second, and for the focus of the terminal. */
	readonly attend?: (what: Attending) => void;
	/** Default: what fits the environment. */
	readonly theme?: Theme;
	/** The clock of what the terminal is asked; default: the time of the system. */
	readonly lineClock?: Clock;
	/** Types keys by itself until the person does. */
	readonly tour?: Tour;
	readonly stdin?: NodeJS.ReadStream;
	readonly stdout?: NodeJS.WriteStream;
	/** The frame that the alternate screen shows already, and what was typed since then. No key is read before it is played. */
	readonly before?: {readonly frame: Frame; readonly takeTyped: () => Uint8Array};
};

export type RunningScreen = {
	/** Reads what was typed before the screen, and from now on the keys. Resolves when it is played. */
	readonly play: () => Promise<void>;
	readonly waitUntilExit: () => Promise<void>;
	/** Takes no more keys. Resolves when no answer of the terminal is under way; then the screen can end. */
	readonly drain: () => Promise<void>;
	readonly unmount: () => void;
	/** Resolves when the whole frame has been written. */
	readonly flushed: () => Promise<void>;
};

/** How long a new size takes to be read after SIGCONT, in milliseconds. */
const resizeMs = 20;

/** Minimum milliseconds between two reported keys. */
const keysMs = 1000;

/** Reports keys from time to time: their number does not matter. */
const seldom = (clock: Clock, report: () => void) => {
	let toldAt = Number.NEGATIVE_INFINITY;
	return () => {
		const now = clock.now();
		if (Math.abs(now - toldAt) < keysMs) return;
		toldAt = now;
		report();
	};
};

const homeAndErase = '\u001b[H\u001b[J';
const enterAlternateScreen = '\u001b[?1049h';

/** Runs `work` with a terminal that does not enter the alternate screen: it would erase it, and forget where the shell was. */
const withoutEntering = <Result,>(stdout: NodeJS.WriteStream, work: () => Result): Result => {
	const write = stdout.write.bind(stdout) as (...given: unknown[]) => boolean;
	const own = Object.getOwnPropertyDescriptor(stdout, 'write');
	stdout.write = (text: unknown, ...others: unknown[]) =>
		text === enterAlternateScreen || write(text, ...others);
	try {
		return work();
	} finally {
		if (own) Object.defineProperty(stdout, 'write', own);
		else Reflect.deleteProperty(stdout, 'write');
	}
};

/** The size of the frames. Windows consoles clear the whole screen for a frame of their full height. */
const sizeOf = ({columns = 80, rows = 24}: NodeJS.WriteStream) => ({
	columns,
	rows: process.platform === 'win32' ? rows - 1 : rows,
});

/** Sets raw mode after the shell has turned it off: Node assumes that the mode is unchanged, and sets only differences. */
const setRawModeAgain = (stdin: NodeJS.ReadStream) => {
	stdin.setRawMode(false);
	stdin.setRawMode(true);
};

/** Resolves when the keys of this turn are pressed: Ink reads its stream in the next turn, and the keys of one turn are pressed together. */
const keysPressed = async () => {
	await setImmediate();
	await setImmediate();
};

const inkOptions = {
	alternateScreen: true,
	// Ink would draw nothing if CI is set; the caller has already decided to draw.
	interactive: true,
	patchConsole: false,
	exitOnCtrlC: false,
	// Keys are answered at once. Messages of the engine are already rate-limited.
	maxFps: 1000,
	// Ink would draw before React knows a new size: lines of the old size would wrap on a smaller screen, and stay. React's own update draws a new size anyway; Ink only has to draw when the size is the same and the screen content was lost.
	followResize: false,
};

/** Opens the screen on a terminal. The caller checks that both streams are terminals. */
export const startScreen = ({
	store,
	clock,
	quit,
	attend = () => undefined,
	theme = themeFor(process.env),
	stdin = process.stdin,
	stdout = process.stdout,
	lineClock = systemClock,
	before,
	tour,
}: ScreenOptions): RunningScreen => {
	const resize = () => store.resize(sizeOf(stdout));
	// A program in the background is stopped here, before it draws over what the shell shows; `fg` continues it.
	stdin.setRawMode(true);
	resize();
	quickenInk();
	const stopNotifying = notifyOfBatches(store, text => void stdout.write(text));
	const stopOpening = openWantedPages(store, process.env);
	const reports = createReports(stdout);
	const stopMouse = followMouse(store, reports);
	// Both wait for bytes of a terminal, which no other clock moves.
	const pace = createLinePace(lineClock);
	const input = createInputStage({
		stdin,
		clock: systemClock,
		times: inputTimes(process.env),
		focused: focused => attend(focused ? 'focus' : 'blur'),
		takesMouse: reports.hasMouse,
		answered: pace.answered,
		awaitsAnswer: pace.awaitsAnswer,
		isHeld: before !== undefined,
	});
	let isPlayed = before === undefined;
	const playTyped = () => {
		if (isPlayed) return;
		isPlayed = true;
		input.play(before?.takeTyped() ?? new Uint8Array());
	};
	/** Waits for what the terminal still has to answer: it would be typed into the program that has it next. */
	const drain = async () => {
		input.mute(true);
		playTyped();
		await pace.close();
	};
	const watching = {
		reports,
		async withoutAnswers(use: () => Promise<void>) {
			try {
				await drain();
				input.mute(false);
				await use();
			} finally {
				pace.open();
			}
		},
		keyPressed: seldom(clock, () => attend('key')),
		inputReleased: input.released,
		dropTypedAhead: input.dropTypedAhead,
	};
	stdout.write(modesOff(process.env));
	const frameLog = createFrameLog(stdout, pace, before?.frame);
	const options = {...inkOptions, stdin: input.stdin, stdout, frameLog};
	const mount = () =>
		render(<App store={store} clock={clock} theme={theme} quit={quit} watching={watching} />, options);
	const app = before ? withoutEntering(stdout, mount) : mount();
	// While a pager or the shell has the terminal, its content is not ours; the code that handed it over redraws everything afterwards.
	const isOurs = () => stdin.isRaw;
	// Terminals differ in what they do to a frame when their size changes, so we redraw it on an empty screen.
	const drawAnew = () => {
		if (!isOurs()) return resize();
		const {size} = store.getState().screen;
		app.clear();
		stdout.write(homeAndErase);
		resize();
		if (store.getState().screen.size === size) app.resized();
	};
	stdout.prependListener('resize', drawAnew);
	// Stopped by another program: the shell has drawn over the screen, and no new size was reported.
	const continued = () => {
		if (!isOurs()) return;
		setRawModeAgain(stdin);
		reports.start();
		process.kill(process.pid, 'SIGWINCH');
		clock.after(resizeMs, () => stdout.emit('resize'));
	};
	process.on('SIGCONT', continued);
	const endTour = tour?.({store, clock, typeUntil: input.typeUntil});
	return {
		async play() {
			playTyped();
			await keysPressed();
		},
		async drain() {
			// The wheel may go on turning: its reports would be typed into the shell.
			stopMouse();
			await drain();
		},
		unmount() {
			stopMouse();
			endTour?.();
			stopNotifying();
			stopOpening();
			stdout.off('resize', drawAnew);
			process.off('SIGCONT', continued);
			reports.leave();
			if (!isOurs()) endPinentries();
			app.unmount();
			input.close();
		},
		waitUntilExit: async () => {
			await app.waitUntilExit();
		},
		flushed: async () => {
			await app.waitUntilRenderFlush();
			await frameLog.settled();
		},
	};
};

import {render} from 'ink';
import type {QuitHow} from '../commands/command.ts';
import type {Attending} from '../engine/protocol.ts';
import {inputTimes} from '../keys/terminal-input.ts';
import {type Clock, systemClock} from '../process/clock.ts';
import type {JobStore} from '../store/store.ts';
import {type Theme, themeFor} from '../text/theme.ts';
import {App} from './app.tsx';
import {reportFocus} from './focus.ts';
import {createInputStage} from './input-stage.ts';
import {modesOff} from './keyboard-modes.ts';
import {notifyOfEnds} from './notify.ts';
import {openWantedPages} from './open-page.ts';
import {quickenInk} from './quick-ink.ts';

export type ScreenOptions = {
	readonly store: JobStore;
	readonly clock: Clock;
	/** The reader wants to leave. Nothing is closed by it: that is up to the caller. */
	readonly quit: (how: QuitHow) => void;
	/** Is told of keys, once a second at most, and of the focus of the terminal. */
	readonly attend?: (what: Attending) => void;
	/** What fits the environment, where it is absent. */
	readonly theme?: Theme;
	readonly stdin?: NodeJS.ReadStream;
	readonly stdout?: NodeJS.WriteStream;
};

export type RunningScreen = {
	readonly waitUntilExit: () => Promise<void>;
	readonly unmount: () => void;
	/** Resolves when everything that is to be seen has been written. */
	readonly flushed: () => Promise<void>;
};

/** How long a new size takes to be read after a continuation, in milliseconds. */
const resizeMs = 20;

/** Milliseconds between two keys that are told of. */
const keysMs = 1000;

/** Tells of keys now and then: how many there are matters to nobody. */
const seldom = (clock: Clock, tell: () => void) => {
	let toldAt = Number.NEGATIVE_INFINITY;
	return () => {
		const now = clock.now();
		if (Math.abs(now - toldAt) < keysMs) return;
		toldAt = now;
		tell();
	};
};

const homeAndErase = '\u001b[H\u001b[J';

/** Opens the screen on a terminal. That both streams are terminals is checked by the caller. */
export const startScreen = ({
	store,
	clock,
	quit,
	attend = () => undefined,
	theme = themeFor(process.env),
	stdin = process.stdin,
	stdout = process.stdout,
}: ScreenOptions): RunningScreen => {
	const resize = () => {
		const {columns = 80, rows = 24} = stdout;
		// Windows consoles clear the whole screen for a frame that is as tall as they are.
		store.resize({columns, rows: process.platform === 'win32' ? rows - 1 : rows});
	};
	resize();
	quickenInk();
	const stopNotifying = notifyOfEnds(store, text => void stdout.write(text));
	const stopOpening = openWantedPages(store, process.env);
	const focus = reportFocus(stdout);
	const input = createInputStage({
		stdin,
		// It waits for bytes of a terminal, which no other clock moves.
		clock: systemClock,
		times: inputTimes(process.env),
		focused: focused => attend(focused ? 'focus' : 'blur'),
	});
	const watching = {
		focus,
		keyPressed: seldom(clock, () => attend('key')),
		inputReleased: input.released,
	};
	stdout.write(modesOff(process.env));
	const app = render(<App store={store} clock={clock} theme={theme} quit={quit} watching={watching} />, {
		stdin: input.stdin,
		stdout,
		alternateScreen: true,
		incrementalRendering: true,
		// Ink would draw nothing where CI is set, and the caller knows better.
		interactive: true,
		patchConsole: false,
		exitOnCtrlC: false,
		// A key is answered at once. What the engine tells comes seldom enough as it is.
		maxFps: 1000,
		// Ink would draw before React has taken in a new size: lines of the old size would break on a smaller screen, and stay. What React makes of a new size is drawn anyhow; Ink has to draw where the size is the same and only the screen was lost.
		followResize: false,
	});
	// While it is given away, to a pager or the shell, what stands there is not ours; whoever has given it away draws all again.
	const isOurs = () => stdin.isRaw;
	// What a terminal makes of a frame when its size changes is up to it: it is drawn anew, from an empty screen.
	const drawAnew = () => {
		if (!isOurs()) return resize();
		const {size} = store.getState().screen;
		app.clear();
		stdout.write(homeAndErase);
		resize();
		if (store.getState().screen.size === size) app.resized();
	};
	stdout.prependListener('resize', drawAnew);
	// Stopped by somebody else: the shell has drawn over the screen, and nobody told of a new size.
	const continued = () => {
		if (!isOurs()) return;
		// The shell has set it to lines. Node believes that it is as it was, and sets only what is another.
		stdin.setRawMode(false);
		stdin.setRawMode(true);
		focus.start();
		process.kill(process.pid, 'SIGWINCH');
		clock.after(resizeMs, () => stdout.emit('resize'));
	};
	process.on('SIGCONT', continued);
	return {
		unmount() {
			stopNotifying();
			stopOpening();
			stdout.off('resize', drawAnew);
			process.off('SIGCONT', continued);
			focus.leave();
			app.unmount();
			input.close();
		},
		waitUntilExit: async () => {
			await app.waitUntilExit();
		},
		flushed: () => app.waitUntilRenderFlush(),
	};
};

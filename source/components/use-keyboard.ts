import type {EventEmitter} from 'node:events';
import type {ReadStream} from 'node:tty';
import {useApp, useInput, usePaste, useStdin, useStdout} from 'ink';
import {useEffect, useMemo} from 'react';
import type {Host, QuitHow} from '../commands/command.ts';
import {commandsOf} from '../commands/commands.ts';
import {paste, pressAll} from '../commands/keys/dispatch.ts';
import type {Keyboard, Press} from '../commands/keys/keyboard.ts';
import {mouseIn} from '../keys/mouse.ts';
import {functionKeyIn, keysIn} from '../keys/names.ts';
import {say} from '../state/transitions.ts';
import {useScreen} from './context.ts';
import {lendTerminal} from './lent-terminal.ts';
import {logInOnTerminal} from './log-in.ts';
import {outsideEnv} from './open-page.ts';
import {pageText} from './pager.ts';
import {stopAndContinue} from './stop-and-continue.ts';
import type {TerminalReports} from './terminal-reports.ts';

/** The listener for keys, and the switch for the reports of the terminal. */
export type Watching = {
	readonly reports: TerminalReports;
	/** Runs `use` while the terminal is asked nothing and no answer is under way. */
	readonly withoutAnswers: (use: () => Promise<void>) => Promise<void>;
	readonly keyPressed: () => void;
	/** Resolves once the screen does not read the terminal any more, after Ink has let it go. */
	readonly inputReleased: () => Promise<void>;
	/** What is typed for another program, and not read by it, is no key once the screen has the terminal again. */
	readonly dropTypedAhead: () => void;
};

/** The only place that reads keys and pastes. The state decides which scope has the keyboard, not the listeners. */
export const useKeyboard = (
	quit: (how: QuitHow) => void,
	{reports, withoutAnswers, keyPressed, inputReleased, dropTypedAhead}: Watching,
): void => {
	const {store, clock} = useScreen();
	const {suspendTerminal} = useApp();
	const {stdout} = useStdout();
	const stdin = useStdin().stdin as Partial<Pick<ReadStream, 'setRawMode'>>;
	const keyboard = useMemo((): Keyboard => {
		const lend = (use: () => Promise<void>) =>
			withoutAnswers(() =>
				reports.without(() =>
					suspendTerminal(async () => {
						await inputReleased();
						await use();
					}),
				),
			);
		/** For a program of somebody else. */
		const lendToProgram = (use: () => Promise<void>) =>
			lend(async () => {
				dropTypedAhead();
				await lendTerminal(use);
			});
		const host: Host = {
			quit,
			suspend: () => void lend(() => stopAndContinue(clock)).catch(() => undefined),
			// No other program has the terminal meanwhile: without raw mode, keys would be echoed onto the screen.
			redraw: () => void lend(async () => void stdin.setRawMode?.(true)).catch(() => undefined),
			logIn(profile) {
				const loggedIn = lendToProgram(() => logInOnTerminal(store, profile, text => stdout.write(text)));
				void loggedIn.catch(() => undefined);
			},
			page(text) {
				const read = lendToProgram(async () => {
					const why = await pageText(text, outsideEnv(store.getState(), process.env));
					if (why !== undefined) store.change(say(why));
				});
				void read.catch(() => undefined);
			},
			// The clipboard of the terminal, on the user's side of the connection.
			copy: text => stdout.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`),
		};
		return {commandsOf, store, host, clock};
	}, [
		store,
		clock,
		quit,
		suspendTerminal,
		stdout,
		stdin,
		reports,
		withoutAnswers,
		inputReleased,
		dropTypedAhead,
	]);
	// Ink reports arrows, Backspace and similar keys one by one, even if they came in one event with others. Keys that came together must not answer a question, so we must know what was read at once.
	const {press, pressWaiting} = useMemo(() => {
		let waiting: readonly Press[] = [];
		const pressWaiting = () => {
			const presses = waiting;
			waiting = [];
			if (presses.length > 0) pressAll(keyboard, presses);
		};
		const press = (presses: readonly Press[]) => {
			keyPressed();
			if (waiting.length === 0) queueMicrotask(pressWaiting);
			waiting = [...waiting, ...presses];
		};
		return {press, pressWaiting};
	}, [keyboard, keyPressed]);
	useInput((input, key) => press(keysIn(input, key)));
	// Ink reads function keys, and reports of the mouse as such, without reporting them: this is the only way to get them.
	const {internal_eventEmitter: raw} = useStdin() as unknown as {
		readonly internal_eventEmitter: EventEmitter;
	};
	useEffect(() => {
		const listen = (sequence: unknown) => {
			const key = functionKeyIn(String(sequence));
			if (key !== undefined) press([{key, times: 1}]);
			const mouse = mouseIn(String(sequence));
			if (mouse) press([{mouse}]);
		};
		raw.on('input', listen);
		return () => void raw.off('input', listen);
	}, [raw, press]);
	// After the hooks above: by then, raw mode is on.
	useEffect(() => reports.start(), [reports]);
	usePaste(text => {
		keyPressed();
		pressWaiting();
		paste(keyboard, text);
	});
};

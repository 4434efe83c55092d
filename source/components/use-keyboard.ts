import type {EventEmitter} from 'node:events';
import {useApp, useInput, usePaste, useStdin, useStdout} from 'ink';
import {useEffect, useMemo} from 'react';
import type {Host, QuitHow} from '../commands/command.ts';
import {type Keyboard, paste, pressAll} from '../commands/dispatch.ts';
import {functionKeyIn, type KeyPress, keysIn} from '../commands/keys.ts';
import {commandsOf} from '../commands/rebinding.ts';
import type {Attending} from '../engine/protocol.ts';
import {useScreen} from './context.ts';
import {type FocusReporting, focusIn} from './focus.ts';
import {pageText} from './pager.ts';
import {stopAndContinue} from './stop-and-continue.ts';

/** Who wants to know that somebody is here, and what has the terminal tell it. */
export type Watching = {
	readonly focus: FocusReporting;
	readonly attend: (what: Attending) => void;
};

/** The only place that reads keys and pastes. Whoever has the keyboard is found by the state, not by who listens. */
export const useKeyboard = (quit: (how: QuitHow) => void, {focus, attend}: Watching): void => {
	const {store, clock} = useScreen();
	const {suspendTerminal} = useApp();
	const {stdout} = useStdout();
	const keyboard = useMemo((): Keyboard => {
		/** Whoever has the terminal meanwhile asked for no reports. */
		const lend = (use: () => Promise<void>) => suspendTerminal(() => focus.without(use));
		const host: Host = {
			quit,
			suspend: () => void lend(() => stopAndContinue(clock)).catch(() => undefined),
			redraw: () => void lend(async () => {}).catch(() => undefined),
			page(text) {
				const read = lend(async () => {
					const why = await pageText(text, process.env);
					if (why !== undefined) store.change({word: why});
				});
				void read.catch(() => undefined);
			},
			// The clipboard of the terminal, on the reader's side of the line.
			copy: text => stdout.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`),
		};
		return {commandsOf, store, host, clock};
	}, [store, clock, quit, suspendTerminal, stdout, focus]);
	// Ink tells of arrows, Backspace and the like one by one, though they came in one go with what stands around them; what may not answer because it came together with other keys has to be known by what was read at once.
	const {press, pressWaiting} = useMemo(() => {
		let waiting: readonly KeyPress[] = [];
		const pressWaiting = () => {
			const presses = waiting;
			waiting = [];
			if (presses.length > 0) pressAll(keyboard, presses);
		};
		const press = (presses: readonly KeyPress[]) => {
			// What the terminal reports comes as an input without keys.
			if (presses.length > 0) attend('key');
			if (waiting.length === 0) queueMicrotask(pressWaiting);
			waiting = [...waiting, ...presses];
		};
		return {press, pressWaiting};
	}, [keyboard, attend]);
	useInput((input, key) => press(keysIn(input, key)));
	// Ink reads the function keys and tells nobody: only here can they be heard.
	const {internal_eventEmitter: raw} = useStdin() as unknown as {
		readonly internal_eventEmitter: EventEmitter;
	};
	useEffect(() => {
		const listen = (sequence: unknown) => {
			const key = functionKeyIn(String(sequence));
			const focus = focusIn(String(sequence));
			if (focus !== undefined) attend(focus);
			if (key !== undefined) press([{key, times: 1}]);
		};
		raw.on('input', listen);
		return () => void raw.off('input', listen);
	}, [raw, press, attend]);
	usePaste(text => {
		attend('key');
		pressWaiting();
		paste(keyboard, text);
	});
};

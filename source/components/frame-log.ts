/*
Writes Ink's frames to the terminal, in place of `ink/build/log-update.js`. It needs the alternate screen: a frame begins at its top left corner.
*/
import {type Frame, frameUpdate} from '../text/frame-update.ts';
import {findCursor} from '../text/terminal-cursor.ts';
import type {LinePace} from './line-pace.ts';

/** What Ink calls (`ink/build/log-update.d.ts`). */
export type FrameLog = {
	/** Draws a frame; returns whether it differs from the one before. */
	(text: string): boolean;
	/** Erases the screen: the next frame is drawn as a whole. */
	readonly clear: () => void;
	/** Shows the cursor, before another program or the shell has the terminal. */
	readonly done: () => void;
	/** Forgets what the terminal shows. */
	readonly reset: () => void;
	/** Ink has written a frame itself. */
	readonly sync: (text: string) => void;
	/** Ink's own cursor: no component uses it. */
	readonly setCursorPosition: () => void;
	readonly isCursorDirty: () => boolean;
	readonly willRender: (text: string) => boolean;
	readonly getCursorPosition: () => undefined;
	/** Resolves when the latest frame is written. */
	readonly settled: () => Promise<void>;
};

type Output = Pick<NodeJS.WriteStream, 'columns' | 'rows' | 'write'>;

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const homeAndErase = '\u001b[H\u001b[J';
// Synchronized output: the terminal draws nothing between the two.
const synchronized = (bytes: string) => `\u001b[?2026h${bytes}\u001b[?2026l`;

/** Bytes that arrive in one piece, so that nobody sees a half of them. */
const onePiece = 500;

/** A frame log for one terminal. `first`: what it shows already. */
export const createFrameLog = (output: Output, pace: LinePace, first?: Frame): FrameLog => {
	/** What the terminal shows; undefined if that is not known. */
	let shown = first;
	let shownText: string | undefined;
	let cursorShown: boolean | undefined;

	/** The latest frame, while those before are still on their way. */
	let waiting: string | undefined;
	let isWriting = false;
	const settling: (() => void)[] = [];

	const settle = () => {
		if (isWriting || waiting !== undefined) return;
		for (const resolve of settling.splice(0)) resolve();
	};
	const forget = () => {
		shown = undefined;
		shownText = undefined;
		waiting = undefined;
		settle();
	};
	const willRender = (text: string) => text !== shownText;

	const draw = (text: string) => {
		const {columns = 80, rows = 24} = output;
		const lines = text.replace(/\n$/, '').split('\n');
		const cursor = findCursor(lines);
		const next: Frame = {columns, rows, lines, cursor};
		// Hidden, it still stands on the current row: that is what screen readers and braille displays follow.
		const wantsCursor = cursor?.isShown === true;
		const visibility = wantsCursor === cursorShown ? '' : wantsCursor ? showCursor : hideCursor;
		const update = frameUpdate(shown, next);
		const bytes = wantsCursor ? update + visibility : visibility + update;
		shown = next;
		shownText = text;
		cursorShown = wantsCursor;
		if (bytes === '') return;
		isWriting = true;
		const whole = bytes.length > onePiece ? synchronized(bytes) : bytes;
		output.write(whole + pace.questionAfter(whole.length), written);
	};
	// A slow terminal gets the latest frame only, not all that it has missed.
	const drawWaiting = () => {
		if (isWriting) return;
		const text = waiting;
		waiting = undefined;
		if (text !== undefined && willRender(text)) draw(text);
		settle();
	};
	const written = () => {
		isWriting = false;
		if (waiting !== undefined) pace.whenFree(drawWaiting);
		settle();
	};

	const render = (text: string) => {
		if (isWriting || waiting !== undefined) {
			waiting = text;
			return true;
		}
		if (willRender(text) && pace.isBehind()) {
			waiting = text;
			pace.whenFree(drawWaiting);
			return true;
		}
		if (!willRender(text)) return false;
		draw(text);
		return true;
	};
	return Object.assign(render, {
		clear() {
			if (shown) output.write(homeAndErase);
			forget();
		},
		done() {
			forget();
			cursorShown = undefined;
			output.write(showCursor);
		},
		reset: forget,
		sync: forget,
		setCursorPosition: () => undefined,
		isCursorDirty: () => false,
		willRender,
		getCursorPosition: () => undefined,
		settled: () =>
			isWriting || waiting !== undefined
				? new Promise<void>(resolve => void settling.push(resolve))
				: Promise.resolve(),
	});
};

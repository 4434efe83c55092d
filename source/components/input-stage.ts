import {closeSync, constants, openSync, readSync} from 'node:fs';
import {PassThrough} from 'node:stream';
import {setImmediate} from 'node:timers/promises';
import type {ReadStream} from 'node:tty';
import {mouseKey} from '../keys/mouse.ts';
import {createTerminalInput, type InputTimes, type InputToken} from '../keys/terminal-input.ts';
import type {Clock} from '../process/clock.ts';

export type InputStage = {
	/** What Ink reads in place of the terminal: whole keys and pastes only. */
	readonly stdin: NodeJS.ReadStream;
	/** Resolves once nothing reads the terminal any more; Ink has let it go before. */
	readonly released: () => Promise<void>;
	/** Drops what was typed for another program and is still unread when the screen takes the terminal back: it is no key of the screen. */
	readonly dropTypedAhead: () => void;
	/** Reads what was typed before as if it came now, all of it together, and from now on the terminal. */
	readonly play: (typed: Uint8Array) => void;
	/** Drops all keys, or no longer. */
	readonly mute: (isMuted: boolean) => void;
	/** Lets a program type until the person does, which calls `interrupted`. The key or the paste of the person does nothing else, except for Ctrl-C. */
	readonly typeUntil: (interrupted: () => void) => Typist;
	readonly close: () => void;
};

/** A program that types in place of the person. */
export type Typist = {
	/** Types one key, as the terminal would send it; nothing once the person has typed. */
	readonly type: (key: string) => void;
	/** Leaves the keys to the person. */
	readonly end: () => void;
};

const interrupt = '\u0003';

export type InputStageOptions = {
	readonly stdin: NodeJS.ReadStream;
	readonly clock: Clock;
	readonly times: InputTimes;
	readonly focused: (focused: boolean) => void;
	/** Whether reports of the mouse count; else they are dropped. */
	readonly takesMouse: () => boolean;
	/** The terminal has answered a question for its status. */
	readonly answered: () => void;
	/** Whether such an answer is under way. */
	readonly awaitsAnswer: () => boolean;
	/** Somebody else keeps what is typed, until it is played. */
	readonly isHeld?: boolean;
};

/** Reads away what waits in the terminal, which is in raw mode: a line without its end could not be read before. */
const dropUnread = () => {
	try {
		const terminal = openSync('/dev/tty', constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
		try {
			const bytes = Buffer.alloc(4096);
			while (readSync(terminal, bytes) > 0);
		} finally {
			closeSync(terminal);
		}
	} catch {
		// Nothing waits, or there is no terminal.
	}
};

/**
Stands between the terminal and Ink, which flushes an unfinished sequence after 20 ms, and knows no control strings. Ink reads a stream of its own; the terminal itself is read here only, while Ink has it in raw mode.
*/
export const createInputStage = ({
	stdin,
	clock,
	times,
	focused,
	takesMouse,
	answered,
	awaitsAnswer,
	isHeld = false,
}: InputStageOptions): InputStage => {
	const input = createTerminalInput(times, awaitsAnswer);
	const keys = new PassThrough();
	let stopWaiting = () => {};
	let isMuted = false;
	let interruptTypist: (() => void) | undefined;

	const write = (token: Extract<InputToken, {type: 'keys' | 'paste'}>) => {
		if (isMuted) return;
		if (interruptTypist) {
			interruptTypist();
			interruptTypist = undefined;
			if (!token.text.startsWith(interrupt)) return;
		}
		keys.write(token.type === 'paste' ? `\u001b[200~${token.text}\u001b[201~` : token.text);
	};
	const pass = (tokens: ReturnType<typeof input.take>) => {
		for (const token of tokens) {
			if (token.type === 'focus') focused(token.focused);
			else if (token.type === 'status') answered();
			else if (token.type === 'mouse') {
				// In the order of the keys: a click must not overtake a key that came before it.
				if (takesMouse()) write({type: 'keys', text: mouseKey(token.report)});
			} else write(token);
		}
		stopWaiting();
		const due = input.due();
		stopWaiting =
			due === undefined
				? () => {}
				: clock.after(Math.max(0, due - clock.now()), () => pass(input.expire(clock.now())));
	};
	let held = isHeld;
	const take = (bytes: Uint8Array) => {
		if (!held) pass(input.take(bytes, clock.now()));
	};

	const stopReading = () => {
		stdin.off('data', take);
		stopWaiting();
		input.reset();
	};
	let drops = false;
	const setRawMode = (raw: boolean) => {
		stdin.setRawMode(raw);
		stopReading();
		if (raw && drops) {
			drops = false;
			dropUnread();
		}
		if (raw) stdin.on('data', take).resume();
		else stdin.pause();
		return stage;
	};
	const stage = Object.assign(keys, {
		isTTY: true as const,
		setRawMode,
		ref: () => stdin.ref(),
		unref: () => stdin.unref(),
	}) as unknown as ReadStream;
	return {
		stdin: stage,
		async released() {
			// Node stops reading two turns after the pause: until then it would take a line that was typed for another program.
			await setImmediate();
			await setImmediate();
		},
		dropTypedAhead() {
			drops = true;
		},
		play(typed) {
			held = false;
			take(typed);
		},
		mute(muted) {
			isMuted = muted;
		},
		typeUntil(interrupted) {
			interruptTypist = interrupted;
			const types = () => !isMuted && interruptTypist === interrupted;
			return {
				type(key) {
					if (types()) keys.write(key);
				},
				end() {
					if (interruptTypist === interrupted) interruptTypist = undefined;
				},
			};
		},
		close: stopReading,
	};
};

/*
What a terminal sends, sorted before anybody reads it as keys. A terminal sends more than keys: answers to questions of earlier programs, mouse reports, reports of released keys. And a slow line cuts what belongs together. What is not a whole key is dropped, never read as letters.

Sources: ECMA-48 (control strings), XTerm Control Sequences (focus, mouse, modifyOtherKeys, bracketed paste), the kitty keyboard protocol.
*/
import {escapeKey, readControl} from './control-sequences.ts';
import type {MouseReport} from './mouse.ts';

/** What the input holds, in its order. The text of `keys` is characters and complete sequences, each in the oldest form that terminals have for its key. */
export type InputToken =
	| {readonly type: 'keys'; readonly text: string}
	| {readonly type: 'paste'; readonly text: string}
	| {readonly type: 'focus'; readonly focused: boolean}
	| {readonly type: 'mouse'; readonly report: MouseReport}
	/** The answer to a question for the status of the terminal. */
	| {readonly type: 'status'};

export type InputTimes = {
	/** How long a lone Escape may be the beginning of a sequence, in milliseconds. */
	readonly escapeMs: number;
	/** The same while an answer of the terminal is under way, which begins with one too. */
	readonly answerMs: number;
	/** How long a control string may pause before a single byte counts as a key again, in milliseconds. */
	readonly stringMs: number;
};

/** The times for this environment: a network cuts later than a terminal on the same machine. */
export const inputTimes = (env: Readonly<Record<string, string | undefined>>): InputTimes => ({
	escapeMs: env.SSH_CONNECTION || env.SSH_TTY ? 100 : 40,
	answerMs: 1000,
	stringMs: 1000,
});

export type TerminalInput = {
	/** Takes bytes that were read together, at a time in milliseconds. */
	readonly take: (bytes: Uint8Array, now: number) => readonly InputToken[];
	/** Gives what is a key because nothing followed it until now. */
	readonly expire: (now: number) => readonly InputToken[];
	/** When `expire` has something to give; undefined while only bytes can end the waiting. */
	readonly due: () => number | undefined;
	/** Forgets what has begun: another program had the terminal. */
	readonly reset: () => void;
};

const escapeByte = 0x1b;
const interruptByte = 0x03;
const pasteEnd = '\u001b[201~';
/** The longest paste that is kept, in bytes; no field takes more. */
const maxPaste = 1 << 20;
/** The longest control sequence of a key, in bytes. */
const maxControl = 64;

/** The characters after Escape that begin a control string (DCS, OSC, APC, PM, SOS), and what the string itself begins with. A person who types the character with Alt goes on otherwise. */
const strings: Readonly<Record<string, RegExp>> = {
	P: /[\d;>|+$!?]/,
	']': /[\dlL]/,
	_: /[A-Z]/,
	'^': /[\x20-\x7e]/,
	X: /[\x20-\x7e]/,
};

/** What the bytes so far have begun. */
type Place =
	| {readonly name: 'ground'}
	/** After an Escape that waits for its rest. */
	| {readonly name: 'escape'; readonly since: number}
	/** After an Escape that counted as a key: a slow line may still bring its rest. */
	| {readonly name: 'after-escape'; readonly inString: boolean}
	/** After an Escape, counted or not, and a character that may begin a control string. */
	| {
			readonly name: 'perhaps-string';
			readonly begin: string;
			readonly counted: boolean;
			readonly since: number;
	  }
	/** In a control sequence; `lost` where its Escape counted as a key. */
	| {readonly name: 'control'; readonly kind: '[' | 'O'; readonly body: string; readonly lost: boolean}
	/** In a mouse report of the oldest kind. */
	| {readonly name: 'old-mouse'; readonly bytesLeft: number}
	| {readonly name: 'string'; readonly escaped: boolean; readonly since: number}
	| {readonly name: 'paste'; readonly since: number}
	/** In a character that was typed with Alt. */
	| {readonly name: 'foreign-character'; readonly bytesLeft: number};

type In<Name extends Place['name']> = Extract<Place, {name: Name}>;

const ground: Place = {name: 'ground'};

/** A byte, how many came with it, and when. */
type Read = {readonly byte: number; readonly chunk: number; readonly now: number};

/** Collects tokens. */
const createOutput = () => {
	const decoder = new TextDecoder();
	let tokens: InputToken[] = [];
	let typed: number[] = [];
	let pasted = '';
	const keys = (text: string) => {
		if (text === '') return;
		const last = tokens.at(-1);
		if (last?.type === 'keys') tokens[tokens.length - 1] = {type: 'keys', text: last.text + text};
		else tokens.push({type: 'keys', text});
	};
	/** Bytes that are no text, and control characters of eight bits, are no keys. */
	const endText = (stream: boolean) => {
		keys(decoder.decode(Uint8Array.from(typed), {stream}).replace(/[\ufffd\u0080-\u009f]/g, ''));
		typed = [];
	};
	return {
		type: (byte: number) => void typed.push(byte),
		/** Adds keys; an unfinished character before them is dropped. */
		keys(text: string) {
			endText(false);
			keys(text);
		},
		focus(focused: boolean) {
			endText(false);
			tokens.push({type: 'focus', focused});
		},
		mouse(report: MouseReport) {
			endText(false);
			tokens.push({type: 'mouse', report});
		},
		status() {
			endText(false);
			tokens.push({type: 'status'});
		},
		beginPaste() {
			endText(false);
			pasted = '';
		},
		/** Adds a byte to the paste. Gives whether the paste ends with it. */
		paste(byte: number): boolean {
			if (pasted.length >= maxPaste) pasted = pasted.slice(0, maxPaste / 2) + pasted.slice(-pasteEnd.length);
			pasted += String.fromCharCode(byte);
			if (!pasted.endsWith(pasteEnd)) return false;
			const bytes = Buffer.from(pasted.slice(0, -pasteEnd.length), 'latin1');
			tokens.push({type: 'paste', text: new TextDecoder().decode(bytes)});
			return true;
		},
		take(): readonly InputToken[] {
			endText(true);
			const taken = tokens;
			tokens = [];
			return taken;
		},
	};
};

type Output = ReturnType<typeof createOutput>;

/** How many bytes of a UTF-8 character follow its first. */
const following = (byte: number): number => (byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc0 ? 1 : 0);

const inGround = ({byte, now}: Read, output: Output): Place => {
	if (byte === escapeByte) return {name: 'escape', since: now};
	output.type(byte);
	return ground;
};

/** What a character after Escape begins, if anything. */
const begun = (byte: number, counted: boolean, now: number): Place | undefined => {
	const character = String.fromCharCode(byte);
	if (character === '[' || character === 'O')
		return {name: 'control', kind: character, body: '', lost: counted};
	return character in strings ? {name: 'perhaps-string', begin: character, counted, since: now} : undefined;
};

const inEscape = (read: Read, output: Output): Place => {
	const {byte, now} = read;
	const place = begun(byte, false, now);
	if (place) return place;
	if (byte === escapeByte || byte === interruptByte) {
		output.keys(escapeKey);
		return inGround(read, output);
	}
	// A key with Alt is no key of ours: neither Escape nor the key without it.
	const bytesLeft = following(byte);
	return bytesLeft > 0 ? {name: 'foreign-character', bytesLeft} : ground;
};

const inPerhapsString = ({begin, counted}: In<'perhaps-string'>, read: Read, output: Output): Place => {
	if (strings[begin]?.test(String.fromCharCode(read.byte))) {
		return {name: 'string', escaped: false, since: read.now};
	}
	if (counted) output.type(begin.charCodeAt(0));
	return inGround(read, output);
};

const afterControl = ({kind, body, lost}: In<'control'>, now: number, output: Output): Place => {
	const control = readControl(kind, body);
	switch (control?.type) {
		case 'old-mouse':
			return {name: 'old-mouse', bytesLeft: 3};
		case 'mouse':
			if (!lost) output.mouse(control.report);
			return ground;
		case 'paste':
			output.beginPaste();
			return {name: 'paste', since: now};
		case 'focus':
			output.focus(control.focused);
			return ground;
		case 'status':
			output.status();
			return ground;
		case 'keys':
			if (!lost) output.keys(control.text);
			return ground;
		case undefined:
			return ground;
	}
};

const inControl = (place: In<'control'>, read: Read, output: Output): Place => {
	const {byte, now} = read;
	// A control character ends a sequence that is not complete.
	if (byte < 0x20 || byte >= 0x7f) return inGround(read, output);
	const {kind, body} = place;
	const next = {...place, body: body.length < maxControl ? body + String.fromCharCode(byte) : body};
	// The Linux console sends `ESC [ [ A`; rxvt ends `ESC [ 2 $` with a character that ends nothing elsewhere.
	if (kind === '[' && next.body === '[') return next;
	const isComplete = byte >= 0x40 || (kind === '[' && /^\d\$$/.test(next.body));
	return isComplete ? afterControl(next, now, output) : next;
};

/** Whether a byte that came by itself after a long pause is a key, though a string or a paste has not ended. */
const isKeyAfterPause = (since: number, {chunk, now}: Read, {stringMs}: InputTimes): boolean =>
	chunk === 1 && now - since >= stringMs;

/** The bytes that end a control string: BEL, CAN, SUB. */
const stringEnds = new Set([0x07, 0x18, 0x1a]);

const inString = ({escaped, since}: In<'string'>, read: Read, output: Output, times: InputTimes): Place => {
	const {byte, now} = read;
	if (escaped) return byte === 0x5c ? ground : inEscape(read, output);
	if (byte === escapeByte) return {name: 'string', escaped: true, since: now};
	if (stringEnds.has(byte)) return ground;
	if (byte === interruptByte || isKeyAfterPause(since, read, times)) return inGround(read, output);
	return {name: 'string', escaped: false, since: now};
};

const inPaste = ({since}: In<'paste'>, read: Read, output: Output, times: InputTimes): Place => {
	if (read.byte === interruptByte && isKeyAfterPause(since, read, times)) return inGround(read, output);
	return output.paste(read.byte) ? ground : {name: 'paste', since: read.now};
};

/** The place after one byte more. */
const step = (place: Place, read: Read, output: Output, times: InputTimes): Place => {
	const {byte, now} = read;
	switch (place.name) {
		case 'ground':
			return inGround(read, output);
		case 'escape':
			return inEscape(read, output);
		case 'after-escape':
			if (place.inString && byte === 0x5c) return ground;
			return begun(byte, true, now) ?? inGround(read, output);
		case 'perhaps-string':
			return inPerhapsString(place, read, output);
		case 'control':
			return inControl(place, read, output);
		case 'old-mouse':
			return place.bytesLeft > 1 ? {...place, bytesLeft: place.bytesLeft - 1} : ground;
		case 'string':
			return inString(place, read, output, times);
		case 'paste':
			return inPaste(place, read, output, times);
		case 'foreign-character':
			if (byte < 0x80 || byte > 0xbf) return inGround(read, output);
			return place.bytesLeft > 1 ? {...place, bytesLeft: place.bytesLeft - 1} : ground;
	}
};

/** Since when a place waits for bytes that a key would not have; undefined where it does not. */
const waitsSince = (place: Place): number | undefined => {
	switch (place.name) {
		case 'escape':
			return place.since;
		case 'perhaps-string':
			return place.counted ? place.since : undefined;
		case 'string':
			return place.escaped ? place.since : undefined;
		default:
			return undefined;
	}
};

/** The place after such bytes did not come. */
const afterWait = (place: Place, output: Output): Place => {
	if (place.name === 'perhaps-string') {
		output.type(place.begin.charCodeAt(0));
		return ground;
	}
	output.keys(escapeKey);
	return {name: 'after-escape', inString: place.name === 'string'};
};

/** Sorts what a terminal sends. One for each terminal. */
export const createTerminalInput = (times: InputTimes, awaitsAnswer = () => false): TerminalInput => {
	let output = createOutput();
	let place: Place = ground;
	const due = () => {
		const since = waitsSince(place);
		const ms = awaitsAnswer() ? times.answerMs : times.escapeMs;
		return since === undefined ? undefined : since + ms;
	};
	return {
		take(bytes, now) {
			for (const byte of bytes) place = step(place, {byte, chunk: bytes.length, now}, output, times);
			return output.take();
		},
		expire(now) {
			const at = due();
			if (at === undefined || now < at) return [];
			place = afterWait(place, output);
			return output.take();
		},
		due,
		reset() {
			output = createOutput();
			place = ground;
		},
	};
};

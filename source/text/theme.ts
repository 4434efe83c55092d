/*
The colours of the tones, and the characters that jobtop draws with.

Only the sixteen terminal colours, so that the user's scheme applies, and of these only colours that are readable on light and dark backgrounds; never red beside green. Colour alone carries no meaning: every tone comes with a glyph or a word.
*/

import {type CursorKind, cursorParameters} from './terminal-cursor.ts';

/** The meaning of a piece of text. */
export type Tone =
	| 'plain'
	| 'strong'
	| 'dim'
	| 'running'
	| 'waiting'
	| 'cancelling'
	| 'failed'
	| 'needs-you'
	| 'guarded'
	| 'frame'
	| 'found';

/** A piece of a line. `cursor`: the cursor of the terminal belongs on its first cell. `entry`: the line shows the entry of a menu with this index. */
export type Span = {
	readonly text: string;
	readonly tone?: Tone;
	readonly cursor?: CursorKind;
	readonly entry?: number;
};
export type Line = readonly Span[];

/** All glyphs are one cell wide in both sets, so that only the characters of a screen differ, never its widths. */
export type Glyphs = {
	readonly ascii: boolean;
	readonly ellipsis: string;
	readonly horizontal: string;
	readonly vertical: string;
	readonly corners: readonly [topLeft: string, topRight: string, bottomLeft: string, bottomRight: string];
	readonly dot: string;
	readonly barFull: string;
	readonly barEmpty: string;
	readonly up: string;
	readonly down: string;
	readonly state: Readonly<Record<StateGlyph, string>>;
};

export type StateGlyph =
	| 'running'
	| 'waiting'
	| 'done'
	| 'failed'
	| 'cancelling'
	| 'needs-you'
	| 'unsure'
	| 'first';

export const asciiGlyphs: Glyphs = {
	ascii: true,
	ellipsis: '~',
	horizontal: '-',
	vertical: '|',
	corners: ['+', '+', '+', '+'],
	dot: '.',
	barFull: '#',
	barEmpty: '.',
	up: '^',
	down: 'v',
	state: {
		// Filled, beside the hollow `o`; `>` is the cursor.
		running: '@',
		waiting: 'o',
		done: '+',
		failed: 'x',
		cancelling: '~',
		'needs-you': '!',
		unsure: '?',
		first: '=',
	},
};

export const unicodeGlyphs: Glyphs = {
	ascii: false,
	ellipsis: '…',
	horizontal: '─',
	vertical: '│',
	corners: ['┌', '┐', '└', '┘'],
	dot: '·',
	barFull: '█',
	barEmpty: '░',
	up: '↑',
	down: '↓',
	state: {
		running: '▶',
		waiting: '○',
		done: '✓',
		failed: '✗',
		cancelling: '◐',
		'needs-you': '!',
		unsure: '?',
		first: '=',
	},
};

type Palette = Readonly<Record<Tone, string>>;

/** For NO_COLOR: bold, dim and inverse are not colours. */
const mono: Palette = {
	plain: '',
	strong: '1',
	dim: '2',
	running: '',
	waiting: '',
	cancelling: '',
	failed: '1',
	'needs-you': '1',
	guarded: '1',
	frame: '2',
	found: '7',
};

/** SGR parameters by theme name; an empty string for none. */
export const palettes = {
	default: {
		...mono,
		running: '94',
		cancelling: '35',
		failed: '91',
		// Yellow text is unreadable on white, so yellow is the background, with black text.
		'needs-you': '30;43',
		// The frame of a protected confirmation; no green beside it.
		guarded: '1;91',
	},
	// Nothing is dim, and tones differ without colours.
	'high-contrast': {
		...mono,
		dim: '',
		frame: '',
		running: '1',
		cancelling: '4',
		failed: '1;4',
		'needs-you': '1;7',
		guarded: '1;7',
		found: '4;7',
	},
	mono,
} as const satisfies Readonly<Record<string, Palette>>;

export type ThemeName = keyof typeof palettes;

export type Theme = {
	readonly glyphs: Glyphs;
	/** The line as one string with its colours. `inverse`: for the row under the cursor. */
	readonly paint: (line: Line, inverse?: boolean) => string;
	/** The same theme with another palette. */
	readonly named: (name: ThemeName) => Theme;
};

export type ThemeOptions = {
	readonly colour: boolean;
	readonly ascii: boolean;
	readonly name?: ThemeName;
};

export const createTheme = ({colour, ascii, name = 'default'}: ThemeOptions): Theme => {
	const codes: Palette = colour || name === 'high-contrast' ? palettes[name] : mono;
	const style = ({text, tone = 'plain', cursor}: Span, inverse: boolean): string => {
		// The cursor bar has one colour from end to end: dim on inverse is unreadable in some terminals.
		const look = inverse
			? tone === 'dim' || tone === 'frame'
				? '7'
				: joined('7', onBar(codes[tone]))
			: codes[tone];
		const parameters = cursor ? joined(cursorParameters[cursor], look) : look;
		return parameters && text ? `\u001b[${parameters}m${text}\u001b[0m` : text;
	};
	return {
		glyphs: ascii ? asciiGlyphs : unicodeGlyphs,
		paint: (line, inverse = false) => line.map(piece => style(piece, inverse)).join(''),
		named: other => createTheme({colour, ascii, name: other}),
	};
};

/** Underlines inverse text on the cursor bar, so that it stays visible. */
const onBar = (parameters: string): string => parameters.replace(/\b7\b/, '4');

const joined = (first: string, second: string): string => (second ? `${first};${second}` : first);

type Environment = Readonly<Record<string, string | undefined>>;

/** The theme for this terminal. Honours `NO_COLOR` and the character set of the locale, which Ink does not. */
export const themeFor = (
	environment: Environment,
	{ascii = false, colour, name = 'default'}: Partial<ThemeOptions> = {},
): Theme =>
	createTheme({
		name,
		colour: colour ?? (!environment.NO_COLOR && environment.TERM !== 'dumb'),
		ascii: ascii || environment.TERM === 'dumb' || !isUtf8(environment),
	});

const isUtf8 = ({LC_ALL, LC_CTYPE, LANG}: Environment): boolean =>
	/utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');

/*
Tones to colours, and the characters that jobtop draws with.

Sixteen colours only, so that the user's scheme decides, and of these only such that can be read on a light and on a dark background; never a red beside a green. No meaning is carried by colour alone: every tone stands beside a glyph or a word.
*/

/** What a piece of text means to the reader. */
export type Tone =
	| 'plain'
	| 'strong'
	| 'dim'
	| 'running'
	| 'waiting'
	| 'cancelling'
	| 'needs-you'
	| 'guarded'
	| 'frame'
	| 'found';

/** A piece of a line. */
export type Span = {readonly text: string; readonly tone?: Tone};
export type Line = readonly Span[];

/** Every one is one cell wide, in both sets: a screen differs in its characters, never in its widths. */
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
		running: '>',
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

/** Bold, dim and inverse are no colours: what NO_COLOR leaves. */
const mono: Palette = {
	plain: '',
	strong: '1',
	dim: '2',
	running: '',
	waiting: '',
	cancelling: '',
	'needs-you': '1',
	guarded: '1',
	frame: '2',
	found: '7',
};

/** By name. SGR parameters; an empty text needs none. */
export const palettes = {
	default: {
		...mono,
		running: '94',
		cancelling: '35',
		// Yellow letters cannot be read on white: it is the ground, with black on it.
		'needs-you': '30;43',
		// The frame around what is protected; no green stands beside it.
		guarded: '1;91',
	},
	// Nothing is dim, and what differs does so without a colour.
	'high-contrast': {
		...mono,
		dim: '',
		frame: '',
		running: '1',
		cancelling: '4',
		'needs-you': '1;7',
		guarded: '1;7',
		found: '4;7',
	},
	mono,
} as const satisfies Readonly<Record<string, Palette>>;

export type ThemeName = keyof typeof palettes;

export type Theme = {
	readonly glyphs: Glyphs;
	/** The line as one string with its colours; inverse for the row under the cursor. */
	readonly paint: (line: Line, inverse?: boolean) => string;
	/** The same with the colours of another name. */
	readonly named: (name: ThemeName) => Theme;
};

export type ThemeOptions = {
	readonly colour: boolean;
	readonly ascii: boolean;
	readonly name?: ThemeName;
};

export const createTheme = ({colour, ascii, name = 'default'}: ThemeOptions): Theme => {
	const codes: Palette = colour || name === 'high-contrast' ? palettes[name] : mono;
	const style = (text: string, tone: Tone, inverse: boolean): string => {
		// The bar of the cursor is one colour from end to end: dim on inverse cannot be read everywhere.
		const parameters = inverse
			? tone === 'dim' || tone === 'frame'
				? '7'
				: joined('7', onBar(codes[tone]))
			: codes[tone];
		return parameters && text ? `\u001b[${parameters}m${text}\u001b[0m` : text;
	};
	return {
		glyphs: ascii ? asciiGlyphs : unicodeGlyphs,
		paint: (line, inverse = false) =>
			line.map(({text, tone = 'plain'}) => style(text, tone, inverse)).join(''),
		named: other => createTheme({colour, ascii, name: other}),
	};
};

/** What is inverse by itself stays apart from the bar of the cursor by a line below it. */
const onBar = (parameters: string): string => parameters.replace(/\b7\b/, '4');

const joined = (first: string, second: string): string => (second ? `${first};${second}` : first);

type Environment = Readonly<Record<string, string | undefined>>;

/** The theme for this terminal: `NO_COLOR` and the character set of the locale are honoured here, Ink honours neither. */
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

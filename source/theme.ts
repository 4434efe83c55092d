/*
Tones to colours, and the characters that jobtop draws with.

Sixteen colours only, so that the user's scheme decides; blue, yellow, bold and dim, never a red beside a green. No meaning is carried by colour alone: every tone stands beside a glyph or a word.
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

// SGR parameters; an empty text needs none.
const colours: Readonly<Record<Tone, string>> = {
	plain: '',
	strong: '1',
	dim: '2',
	running: '94',
	waiting: '',
	cancelling: '33',
	'needs-you': '1;93',
	// The frame around what is protected; no green stands beside it.
	guarded: '1;91',
	frame: '2',
	found: '7',
};

const withoutColour: Readonly<Record<Tone, string>> = {
	...colours,
	running: '',
	cancelling: '',
	'needs-you': '1',
	guarded: '1',
};

export type Theme = {
	readonly glyphs: Glyphs;
	/** The line as one string with its colours; inverse for the row under the cursor. */
	readonly paint: (line: Line, inverse?: boolean) => string;
};

export type ThemeOptions = {
	/** Bold, dim and inverse stay without colour: they are no colours. */
	readonly colour: boolean;
	readonly ascii: boolean;
};

export const createTheme = ({colour, ascii}: ThemeOptions): Theme => {
	const codes = colour ? colours : withoutColour;
	const style = (text: string, tone: Tone, inverse: boolean): string => {
		// The bar of the cursor is one colour from end to end: dim on inverse cannot be read everywhere.
		const parameters = inverse
			? tone === 'dim' || tone === 'frame'
				? '7'
				: joined('7', codes[tone])
			: codes[tone];
		return parameters && text ? `\u001b[${parameters}m${text}\u001b[0m` : text;
	};
	return {
		glyphs: ascii ? asciiGlyphs : unicodeGlyphs,
		paint: (line, inverse = false) =>
			line.map(({text, tone = 'plain'}) => style(text, tone, inverse)).join(''),
	};
};

const joined = (first: string, second: string): string => (second ? `${first};${second}` : first);

type Environment = Readonly<Record<string, string | undefined>>;

/** The theme for this terminal: `NO_COLOR` and the character set of the locale are honoured here, Ink honours neither. */
export const themeFor = (
	environment: Environment,
	{ascii = false, colour}: Partial<ThemeOptions> = {},
): Theme =>
	createTheme({
		colour: colour ?? (!environment.NO_COLOR && environment.TERM !== 'dumb'),
		ascii: ascii || environment.TERM === 'dumb' || !isUtf8(environment),
	});

const isUtf8 = ({LC_ALL, LC_CTYPE, LANG}: Environment): boolean =>
	/utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');

/*
Draws the pictures of the README: the real program on the embedded job systems, in a real pseudo-terminal, cell by cell, for dark and for light pages.
*/
import {mkdirSync, writeFileSync} from 'node:fs';
import {hostname, userInfo} from 'node:os';
import {captionOf, readingMs} from '../source/components/tour.ts';
import {tourSteps} from '../source/components/tour-steps.ts';
import {openTerminal} from '../test/helpers/terminal.ts';

const columns = 110;
const rows = 32;
const cell = {width: 8.4, height: 18};

type Terminal = ReturnType<typeof openTerminal>;
type Buffer = ReturnType<Terminal['buffer']>;

type Look = {
	readonly foreground: string;
	readonly background: string;
	/** The sixteen colours of a terminal, as most people see them. */
	readonly palette: readonly string[];
};

const looks: Readonly<Record<'dark' | 'light', Look>> = {
	dark: {
		foreground: '#d8dee9',
		background: '#16181d',
		palette:
			'#1d1f21 #cc6666 #8abeb7 #de935f #6f9fd8 #b294bb #5fb3b3 #c5c8c6 #707880 #e07a7a #a3d0c9 #f0c674 #81a2be #c9a9d2 #8fd0d0 #ffffff'.split(
				' ',
			),
	},
	light: {
		foreground: '#24292f',
		background: '#ffffff',
		palette:
			'#24292f #b3261e #1a6e63 #8a5a00 #1f5fae #7a3e9d #0f6b73 #57606a #57606a #b3261e #1a6e63 #7d5200 #1f5fae #7a3e9d #0f6b73 #24292f'.split(
				' ',
			),
	},
};

// Who draws the pictures is nobody's business; the name keeps its length, for the cells behind it.
const drawnBy = `${userInfo().username}@${hostname()}`;
const somebody = 'ada@hpc2.example.org'.slice(0, drawnBy.length).padEnd(drawnBy.length);
/** The batch that the demo begins with names the machine, too. */
const somewhere = 'hpc2.example.org'.slice(0, hostname().length).padEnd(hostname().length, '1');

const escapeText = (text: string): string =>
	text
		.replaceAll(drawnBy, somebody)
		.replaceAll(`@${hostname()}`, `@${somewhere}`)
		.replace(/[&<>]/g, character => ({'&': '&amp;', '<': '&lt;', '>': '&gt;'})[character] as string);

type Piece = {
	readonly x: number;
	readonly ink: string;
	readonly paper: string;
	readonly style: string;
	text: string;
	cells: number;
};

/** The pieces of a line that look the same, without the emptiness between them. */
const piecesOf = (buffer: Buffer, y: number, look: Look): readonly Piece[] => {
	const line = buffer.getLine(buffer.baseY + y);
	const pieces: Piece[] = [];
	let open: Piece | undefined;
	for (let x = 0; line && x < columns; x++) {
		const at = line.getCell(x);
		if (!at || at.getWidth() === 0) continue;
		const colour = (value: number, isDefault: boolean, isRgb: boolean, usual: string) =>
			isDefault ? usual : isRgb ? `#${value.toString(16).padStart(6, '0')}` : (look.palette[value] ?? usual);
		let ink = colour(at.getFgColor(), at.isFgDefault(), at.isFgRGB(), look.foreground);
		let paper = colour(at.getBgColor(), at.isBgDefault(), at.isBgRGB(), look.background);
		if (at.isInverse()) [ink, paper] = [paper, ink];
		const style = `${at.isBold() ? ' font-weight="bold"' : ''}${at.isDim() ? ' opacity="0.65"' : ''}`;
		const text = at.getChars() || ' ';
		const blank = text.trim() === '' && paper === look.background;
		if (blank) open = undefined;
		else if (open && open.ink === ink && open.paper === paper && open.style === style) {
			open.text += text;
			open.cells += at.getWidth();
		} else {
			open = {x, ink, paper, style, text, cells: at.getWidth()};
			pieces.push(open);
		}
	}
	return pieces;
};

/** What is on the terminal, without a frame. */
const drawScreen = (buffer: Buffer, look: Look): string => {
	const lines: string[] = [];
	for (let y = 0; y < rows; y++) {
		for (const {x, ink, paper, style, text, cells} of piecesOf(buffer, y, look)) {
			const [left, top, wide] = [x * cell.width, y * cell.height, cells * cell.width];
			if (paper !== look.background) {
				lines.push(
					`<rect x="${left.toFixed(1)}" y="${top}" width="${(wide + 0.3).toFixed(1)}" height="${cell.height}" fill="${paper}"/>`,
				);
			}
			if (text.trim() !== '') {
				lines.push(
					`<text x="${left.toFixed(1)}" y="${top + 13}" textLength="${wide.toFixed(1)}" fill="${ink}"${style}>${escapeText(text)}</text>`,
				);
			}
		}
	}
	return lines.join('\n');
};

const picture = (content: string, title: string, look: Look): string => {
	const [width, height] = [columns * cell.width, rows * cell.height];
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -12 ${width + 24} ${height + 24}" font-family="Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">
<title>${title}</title>
<rect x="-12" y="-12" width="${width + 24}" height="${height + 24}" rx="8" fill="${look.background}"/>
${content}
</svg>
`;
};

const write = (name: string, title: string, buffer: Buffer) => {
	for (const [look, colours] of Object.entries(looks)) {
		writeFileSync(`docs/pictures/${name}-${look}.svg`, picture(drawScreen(buffer, colours), title, colours));
	}
};

/** A screen of the tour in each look, and how long it is read, in milliseconds. */
type Scene = {readonly screens: Readonly<Record<string, string>>; readonly ms: number};

/** The scenes in turn, again and again. A viewer that moves nothing shows the first. */
const moving = (scenes: readonly Scene[], look: string): string => {
	const total = scenes.reduce((sum, {ms}) => sum + ms, 0);
	let from = 0;
	return scenes
		.map(({screens, ms}, index) => {
			const isFirst = index === 0;
			const times = [...(isFirst ? [] : [0]), from / total, (from + ms) / total];
			const values = isFirst ? 'inline;none' : 'none;inline;none';
			from += ms;
			const animation = `<animate attributeName="display" values="${values}" keyTimes="${times.map(part => part.toFixed(4)).join(';')}" dur="${(total / 1000).toFixed(1)}s" calcMode="discrete" repeatCount="indefinite"/>`;
			return `<g display="${isFirst ? 'inline' : 'none'}">${animation}\n${screens[look]}\n</g>`;
		})
		.join('\n');
};

/** The last screen of each step of the tour. */
const playTour = async (): Promise<readonly Scene[]> => {
	const tour = openTerminal(process.execPath, ['dist/jobtop.js', 'demo', '--tour', '--seed', '7'], {
		columns,
		rows,
		longest: 240_000,
	});
	const captions = tourSteps.map(step => captionOf(step, {known: {settings: {}}}));
	const scenes = new Map<string, Scene>();
	await tour.until(screen => {
		// The beginning of a caption is on one line, and no other begins like it.
		const caption = captions.find(text => screen.includes(` tour  ${text.slice(0, 30)}`));
		if (caption !== undefined) {
			const screens = Object.entries(looks).map(([look, colours]) => [
				look,
				drawScreen(tour.buffer(), colours),
			]);
			scenes.set(caption, {screens: Object.fromEntries(screens), ms: readingMs(caption)});
		}
		return screen.includes('the tour has ended');
	});
	await tour.close();
	return [...scenes.values()];
};

mkdirSync('docs/pictures', {recursive: true});
const terminal = openTerminal(process.execPath, ['dist/jobtop.js', 'demo', '--seed', '7'], {columns, rows});
// The batch of the opening has shown what became of it.
await terminal.until(/weaver ok[\s\S]*dex ok[\s\S]*1 overdue/);
// What is marked on several systems is cancelled, and followed.
terminal.press('/');
for (const key of 'state:running') terminal.press(key);
terminal.press('\r');
await terminal.until('filter: state:running');
for (let n = 0; n < 11; n++) terminal.press(' ');
await terminal.until(/marks 1\d/);
terminal.press('c');
// A row may stand for several jobs.
const question = await terminal.until(/cancel \d+ jobs/);
const asked = /cancel (\d+) jobs/.exec(question.join('\n'))?.[1] ?? '';
write('question', 'jobtop: the question before a dozen jobs are cancelled', terminal.buffer());
for (const key of asked) terminal.press(key);
await terminal.until(`type ${asked}: ${asked}_`);
terminal.press('y');
await terminal.until(screen => !screen.includes('type ') && /(?:[5-9]|\d\d) cancelled/.test(screen));
write('table', 'jobtop: a live table of jobs, and cancellations being followed', terminal.buffer());
terminal.press('C');
await terminal.until(/[1-9]\d* of \d+ finished[\s\S]*by profile[\s\S]*f outcomes/);
write('cancellations', 'jobtop: a batch of cancellations, by profile and by job', terminal.buffer());
await terminal.close();
const scenes = await playTour();
for (const [look, colours] of Object.entries(looks)) {
	const title = 'jobtop: the tour of the demo, step by step';
	writeFileSync(`docs/pictures/tour-${look}.svg`, picture(moving(scenes, look), title, colours));
}

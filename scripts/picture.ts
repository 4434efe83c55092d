/*
Draws docs/screen.svg: the real program on the embedded job systems, in a real pseudo-terminal, cell by cell.
*/
import {writeFileSync} from 'node:fs';
import {openTerminal} from '../test/helpers/terminal.ts';

const columns = 100;
const rows = 30;
const cell = {width: 8.4, height: 18};

// The sixteen colours of a terminal, as most people see them.
const palette = [
	'#1d1f21',
	'#cc6666',
	'#8abeb7',
	'#de935f',
	'#6f9fd8',
	'#b294bb',
	'#5fb3b3',
	'#c5c8c6',
	'#707880',
	'#e07a7a',
	'#a3d0c9',
	'#f0c674',
	'#81a2be',
	'#c9a9d2',
	'#8fd0d0',
	'#ffffff',
];
const foreground = '#d8dee9';
const background = '#16181d';

const escapeText = (text: string): string =>
	text.replace(/[&<>]/g, character => ({'&': '&amp;', '<': '&lt;', '>': '&gt;'})[character] as string);

const terminal = openTerminal(process.execPath, ['dist/jobtop.js', 'demo', '--seed', '7'], {columns, rows});
await terminal.until('RUNNING');
// Down a few rows, cancel one, and look while it is being followed.
terminal.press('jjj');
terminal.press('c');
await terminal.until('cancel this job?');
terminal.press('y');
await terminal.until('1 cancelled');
const buffer = terminal.buffer();

const lines: string[] = [];
for (let y = 0; y < rows; y++) {
	const line = buffer.getLine(buffer.baseY + y);
	for (let x = 0; line && x < columns; x++) {
		const at = line.getCell(x);
		if (!at || at.getWidth() === 0) continue;
		const colour = (value: number, isDefault: boolean, isRgb: boolean, usual: string) =>
			isDefault ? usual : isRgb ? `#${value.toString(16).padStart(6, '0')}` : (palette[value] ?? usual);
		let ink = colour(at.getFgColor(), at.isFgDefault(), at.isFgRGB(), foreground);
		let paper = colour(at.getBgColor(), at.isBgDefault(), at.isBgRGB(), background);
		if (at.isInverse()) [ink, paper] = [paper, ink];
		const [left, top] = [x * cell.width, y * cell.height];
		if (paper !== background) {
			lines.push(
				`<rect x="${left.toFixed(1)}" y="${top}" width="${(cell.width * at.getWidth() + 0.3).toFixed(1)}" height="${cell.height}" fill="${paper}"/>`,
			);
		}
		const characters = at.getChars();
		if (characters.trim() === '') continue;
		const style = `${at.isBold() ? ' font-weight="bold"' : ''}${at.isDim() ? ' opacity="0.6"' : ''}`;
		lines.push(
			`<text x="${left.toFixed(1)}" y="${top + 13}" fill="${ink}"${style}>${escapeText(characters)}</text>`,
		);
	}
}
await terminal.close();

const [width, height] = [columns * cell.width, rows * cell.height];
writeFileSync(
	'docs/screen.svg',
	`<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -12 ${width + 24} ${height + 24}" font-family="Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<title>jobtop: a live table of jobs, and a cancellation being followed</title>
<rect x="-12" y="-12" width="${width + 24}" height="${height + 24}" rx="8" fill="${background}"/>
${lines.join('\n')}
</svg>
`,
);

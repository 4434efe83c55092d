/*
Every sentence that the screen and the command line can show, in the order of the source, so that a reader can review them all.
*/
import {readdirSync, readFileSync} from 'node:fs';
import {join, sep} from 'node:path';
import {parseSync} from 'oxc-parser';

/** Where sentences for people are written. */
const spokenRooms = [
	'command-line',
	'commands',
	'keys',
	'view-models',
	'table',
	'lines',
	'components',
	'config',
	'cancellation',
	'engine',
	'backends',
	'job',
	'process',
] as const;

type Node = {readonly type: string} & Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
	typeof value === 'object' && value !== null && typeof (value as {type?: unknown}).type === 'string';

/** Nodes in which no text is meant for people. */
const silent: ReadonlySet<string> = new Set([
	'ImportDeclaration',
	'ExportAllDeclaration',
	'ImportExpression',
	'TSLiteralType',
	'TSTypeAnnotation',
	'TSTypeAliasDeclaration',
]);

/** Properties whose value is a word or two for people. */
const labels: ReadonlySet<string> = new Set(['label', 'title', 'help', 'word', 'text']);

const textOf = (node: Node): string | undefined => {
	if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
	if (node.type !== 'TemplateLiteral') return undefined;
	const quasis = node.quasis as readonly {readonly value: {readonly cooked: string | null}}[];
	return quasis.map(({value}) => value.cooked ?? '').join('…');
};

/** Two words at least: names, keys and codes are not sentences. */
const isSentence = (text: string): boolean =>
	/\p{L}{2,}[,;:.!?)'"…]* […("'\p{L}]/u.test(text) && !/^[\w-]+: [\w/+-]+$/.test(text);

const nameOfKey = (node: Node): string | undefined => {
	if (node.type !== 'Property' || !isNode(node.key)) return undefined;
	const {name, value} = node.key as {readonly name?: unknown; readonly value?: unknown};
	const key = name ?? value;
	return typeof key === 'string' ? key : undefined;
};

const collect = (value: unknown, found: Set<string>, isLabel = false): void => {
	if (Array.isArray(value)) {
		for (const each of value) collect(each, found, isLabel);
		return;
	}
	if (!isNode(value) || silent.has(value.type)) return;
	const text = textOf(value)?.trim();
	if (text !== undefined && (isSentence(text) || (isLabel && /\p{L}{2,}/u.test(text))))
		found.add(text.replace(/\s+/g, ' '));
	const key = nameOfKey(value);
	for (const [name, child] of Object.entries(value)) {
		if (value.type === 'Property' && name === 'key') continue;
		collect(child, found, name === 'value' && key !== undefined && labels.has(key));
	}
};

/** The sentences of one file, each once. */
export const messagesIn = (file: string, source: string): readonly string[] => {
	const found = new Set<string>();
	collect(parseSync(file, source).program, found);
	return [...found];
};

const filesOf = (room: string): readonly string[] =>
	readdirSync(join('source', room), {recursive: true, encoding: 'utf8'})
		.filter(name => /\.tsx?$/.test(name))
		.map(name => `${room}/${name.split(sep).join('/')}`)
		.sort();

/** The page with all of them. */
export const messagesPage = (): string => {
	const parts = spokenRooms.flatMap(room => {
		const files = filesOf(room).flatMap(file => {
			const messages = messagesIn(file, readFileSync(join('source', file), 'utf8'));
			return messages.length === 0
				? []
				: [`### ${file}`, messages.map(message => `- ${escaped(message)}`).join('\n')];
		});
		return files.length === 0 ? [] : [`## ${room}`, ...files];
	});
	return `${[
		'# Messages',
		'Every sentence of the screen and the command line, by file. `…` stands for a value. `npm run docs` writes this page.',
		...parts,
	].join('\n\n')}\n`;
};

const escaped = (message: string): string => message.replace(/([*_<>|`\\])/g, '\\$1');

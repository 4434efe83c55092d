import {withBlock} from './generated-block.ts';
import {rooms} from './rooms.ts';

/** Rooms that the room imports values from, without those that it reaches through another one anyway. */
const arrowsFrom = (room: string): readonly string[] => {
	const direct = valuesOf(room);
	return direct.filter(target => !direct.some(other => other !== target && reaches(other, target)));
};

const valuesOf = (room: string): readonly string[] => [
	...new Set(
		(rooms[room]?.imports ?? [])
			.filter(name => !name.startsWith('type '))
			.map(name => name.split('/')[0] as string),
	),
];

const reaches = (from: string, to: string): boolean =>
	valuesOf(from).some(next => next === to || (next !== from && reaches(next, to)));

const folders = Object.keys(rooms).filter(room => !room.includes('/'));

const drawing = (): string =>
	[
		'```mermaid',
		'flowchart BT',
		...folders.flatMap(room => arrowsFrom(room).map(target => `  ${room} --> ${target}`)),
		'```',
	].join('\n');

const code = (name: string): string => `\`${name}\``;

const importsOf = (imports: readonly string[]): string => {
	const of = (types: boolean) =>
		imports
			.filter(name => name.startsWith('type ') === types)
			.map(name => code(name.replace('type ', '')))
			.join(' ');
	const types = of(true);
	return `${of(false)}${types ? `; types of ${types}` : ''}` || '-';
};

const table = (): string =>
	[
		'| room | holds | not | may import |',
		'| --- | --- | --- | --- |',
		...Object.entries(rooms).map(
			([room, {holds, not = '', imports}]) => `| ${code(room)} | ${holds} | ${not} | ${importsOf(imports)} |`,
		),
	].join('\n');

/** The text with the rooms of the house as a drawing and a table. */
export const withRooms = (text: string): string => withBlock(text, 'rooms', `${drawing()}\n\n${table()}`);

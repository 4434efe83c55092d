import {headDescriptions, limitDescriptions} from '../source/config/descriptions.ts';
import {configurationSchema} from '../source/config/json-schema.ts';
import {withBlock} from './generated-block.ts';

type Property = {
	readonly type?: string;
	readonly enum?: readonly string[];
	readonly const?: string | boolean;
	readonly anyOf?: readonly Property[];
	readonly description?: string;
};
type Properties = Readonly<Record<string, Property>>;
type Kind = {readonly properties: Properties; readonly required?: readonly string[]};
type Schema = {
	readonly properties: Readonly<Record<string, unknown>> & {
		readonly limits: {readonly properties: Properties};
		readonly profiles: {
			readonly additionalProperties: {
				readonly oneOf: readonly Kind[];
			};
		};
	};
};

const typeInWords = ({type, enum: words, const: only, anyOf}: Property): string => {
	if (only !== undefined) return typeof only === 'string' ? `"${only}"` : String(only);
	if (words) return words.map(word => `"${word}"`).join(', ');
	if (anyOf) return anyOf.map(typeInWords).join(' or ');
	return (
		{
			string: 'text',
			boolean: 'true or false',
			array: 'a list',
			object: 'a table',
			integer: 'a number',
			number: 'a number',
		}[type ?? ''] ?? 'text'
	);
};

const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
	[titles, titles.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');

const headTable = ({properties}: Schema): string =>
	table(
		['key', 'value', 'meaning'],
		Object.entries(properties).map(([key, property]) => [
			`\`${key}\``,
			typeInWords(property as Property),
			headDescriptions[key] ?? '',
		]),
	);

/** What a key means: for all backends that have it, then for each that says otherwise. */
const meaningOf = (key: string, kinds: readonly Kind[]): string => {
	const byMeaning = Map.groupBy(kinds, ({properties}) => properties[key]?.description ?? '');
	return [...byMeaning]
		.map(([meaning, having], index) =>
			index === 0 ? meaning : `${having.map(nameOf).join(', ')}: ${meaning}`,
		)
		.join(' ');
};

const nameOf = ({properties}: Kind): string => String(properties.backend?.const);

/** Every key of any backend, with the backends that have it. */
const profileTable = ({properties}: Schema): string => {
	const kinds = properties.profiles.additionalProperties.oneOf;
	const keys = new Set(kinds.flatMap(kind => Object.keys(kind.properties)));
	return table(
		['key', 'for', 'value', 'meaning'],
		[...keys].map(key => {
			const having = kinds.filter(kind => key in kind.properties);
			const names = having.map(nameOf);
			const values =
				key === 'backend'
					? names.map(name => `"${name}"`)
					: [...new Set(having.map(kind => typeInWords(kind.properties[key] as Property)))];
			const whose = having.length === kinds.length ? 'all' : names.join(', ');
			return [`\`${key}\``, whose, values.join(', or '), meaningOf(key, having)];
		}),
	);
};

const limitTable = ({properties}: Schema): string =>
	table(
		['key', 'value', 'meaning'],
		Object.entries(properties.limits.properties)
			.filter(([key]) => key in limitDescriptions)
			.map(([key, property]) => [`\`${key}\``, typeInWords(property), limitDescriptions[key] ?? '']),
	);

/** The text with its tables as the schema of the configuration has them. */
export const withConfigurationTables = async (text: string): Promise<string> => {
	const schema = (await configurationSchema()) as Schema;
	const tables = {
		'head keys': headTable(schema),
		'limit keys': limitTable(schema),
		'profile keys': profileTable(schema),
	};
	return Object.entries(tables).reduce((done, [name, rows]) => withBlock(done, name, rows), text);
};

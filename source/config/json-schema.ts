import * as z from 'zod';
import {backendKinds} from '../backends/index.ts';
import {bindingOf, commandIds} from '../keys/bindings.ts';
import {headDescriptions, limitDescriptions, profileDescriptions} from './descriptions.ts';
import {fileSchemaFor} from './schema.ts';

type Node = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Node>>;

const ids = commandIds.filter(id => bindingOf(id).fixedKeys === undefined);

const described = (properties: Properties, words: Readonly<Record<string, string>>): Properties =>
	Object.fromEntries(
		Object.entries(properties).map(([key, node]) => [key, {...node, description: words[key]}]),
	);

/** Adds the descriptions of the keys of every kind of profile. */
const withProfileWords = async (profiles: Node): Promise<Node> => {
	const entry = profiles.additionalProperties as {readonly oneOf: readonly Node[]};
	const descriptions = await Promise.all(backendKinds.map(profileDescriptions));
	const oneOf = entry.oneOf.map((kind, index) => ({
		...kind,
		properties: described(kind.properties as Properties, descriptions[index] ?? {}),
	}));
	return {...profiles, additionalProperties: {...entry, oneOf}};
};

/** Adds the descriptions of the limits. */
const withLimitWords = (limits: Node): Node => ({
	...limits,
	properties: Object.fromEntries(
		Object.entries(limits.properties as Properties).map(([key, node]) => [
			key,
			node.properties
				? {...node, properties: described(node.properties as Properties, limitDescriptions)}
				: {...node, description: limitDescriptions[key]},
		]),
	),
});

/** The JSON Schema of the configuration file, for editors. Generated from the schema that reads the file. */
export const configurationSchema = async (): Promise<unknown> => {
	const schema = z.toJSONSchema(await fileSchemaFor(backendKinds), {io: 'input', unrepresentable: 'any'});
	const {keys = {}, limits = {}, profiles = {}, ...others} = schema.properties as Properties;
	// The ids of commands whose keys can be changed.
	const properties = {
		...others,
		keys: {...keys, propertyNames: {enum: ids}},
		limits: withLimitWords(limits),
		profiles: await withProfileWords(profiles),
	};
	return {
		...schema,
		properties: described(properties, headDescriptions),
		$id: 'urn:jobtop:configuration:1',
		title: 'The configuration file of jobtop',
	};
};

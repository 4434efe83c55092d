import * as z from 'zod';
import {backendKinds} from '../backends/index.ts';
import {bindingOf, commandIds} from '../keys/bindings.ts';
import {headDescriptions, limitDescriptions, profileDescriptions} from './descriptions.ts';
import {fileSchema} from './schema.ts';

type Node = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Node>>;

const ids = commandIds.filter(id => bindingOf(id).fixedKeys === undefined);

const described = (properties: Properties, words: Readonly<Record<string, string>>): Properties =>
	Object.fromEntries(
		Object.entries(properties).map(([key, node]) => [key, {...node, description: words[key]}]),
	);

/** The keys of every kind of profile, with their meanings. */
const withProfileWords = (profiles: Node): Node => {
	const entry = profiles.additionalProperties as {readonly oneOf: readonly Node[]};
	const descriptions = backendKinds.map(profileDescriptions);
	const oneOf = entry.oneOf.map((kind, index) => ({
		...kind,
		properties: described(kind.properties as Properties, descriptions[index] ?? {}),
	}));
	return {...profiles, additionalProperties: {...entry, oneOf}};
};

/** The limits for all and those for a kind, with their meanings. */
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

/** The JSON Schema of the configuration file, for editors: made from what reads it. */
export const configurationSchema = (): unknown => {
	const schema = z.toJSONSchema(fileSchema, {io: 'input', unrepresentable: 'any'});
	const {keys = {}, limits = {}, profiles = {}, ...others} = schema.properties as Properties;
	// The commands that can have other keys, by their ids.
	const properties = {
		...others,
		keys: {...keys, propertyNames: {enum: ids}},
		limits: withLimitWords(limits),
		profiles: withProfileWords(profiles),
	};
	return {
		...schema,
		properties: described(properties, headDescriptions),
		$id: 'urn:jobtop:configuration:1',
		title: 'The configuration file of jobtop',
	};
};

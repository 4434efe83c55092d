import {z} from 'zod';
import {commands} from '../commands/commands.ts';
import {fileSchema} from './schema.ts';

/** The commands that can have other keys, by their ids. */
const withCommands = <Schema extends {readonly properties?: Record<string, unknown>}>(
	schema: Schema,
): Schema => {
	const keys = schema.properties?.keys as object;
	return {...schema, properties: {...schema.properties, keys: {...keys, propertyNames: {enum: ids}}}};
};

const ids = commands.filter(({fixedKeys}) => fixedKeys === undefined).map(({id}) => id);

/** The JSON Schema of the configuration file, for editors: made from what reads it. */
export const configurationSchema = (): unknown => ({
	...withCommands(z.toJSONSchema(fileSchema, {io: 'input', unrepresentable: 'any'})),
	$id: 'urn:jobtop:configuration:1',
	title: 'The configuration file of jobtop',
});

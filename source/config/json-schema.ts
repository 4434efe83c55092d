import {z} from 'zod';
import {fileSchema} from './schema.ts';

/** The JSON Schema of the configuration file, for editors: made from what reads it. */
export const configurationSchema = (): unknown => ({
	...z.toJSONSchema(fileSchema, {io: 'input', unrepresentable: 'any'}),
	$id: 'urn:jobtop:configuration:1',
	title: 'The configuration file of jobtop',
});

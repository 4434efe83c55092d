import * as z from 'zod';
import {type BackendKind, backendKinds, backends} from '../backends/index.ts';
import {readKeys} from '../keys/rebinding.ts';
import {problemWords, readQuery} from '../table/query.ts';
import {outcomeWords, problemOfValues, stateWords} from '../table/query-values.ts';
import {timeZones} from '../text/times.ts';
import {interval, limitKeys} from './common-keys.ts';
import {type ProfileSchema, profileSchema} from './profile-entries.ts';

const backendWords = `must be one of ${backendKinds.join(', ')}`;
const nameWords =
	'must begin with a letter or digit and contain only letters, digits, dots, dashes and underscores';

const themes = ['default', 'high-contrast', 'mono'] as const;
const notifications = ['off', 'bell', 'desktop'] as const;

/** The words that a query can compare with. Its profiles may be in another file. */
const queryWords = {
	state: [...stateWords, ...backendKinds.flatMap(kind => Object.keys(backends[kind].traits.statuses))],
	outcome: outcomeWords,
	backend: backendKinds,
};

/** A filter, in the syntax of the table. */
const query = () =>
	z.string({error: 'must be text such as "state:running age>2h"'}).check(context => {
		const {problem: unreadable, matches, values} = readQuery(context.value);
		const problem = unreadable ?? problemOfValues(values, queryWords);
		if (matches && !problem) return;
		const message = problem ? problemWords(problem) : 'is empty; write it as "state:running age>2h"';
		context.issues.push({code: 'custom', message, input: context.value});
	});

const keyWords = 'must be a key such as "c", or a list of keys such as ["c", "F9"]';

/** Keys by command id. */
const keys = () =>
	z
		.record(
			z.string(),
			z.union([z.string(), z.array(z.string(), {error: keyWords}).min(1, {error: keyWords})], {
				error: keyWords,
			}),
			{error: 'must be a table such as [keys]'},
		)
		.transform((wishes, context) => {
			const {keys, problems} = readKeys(wishes);
			for (const {id, words} of problems) {
				context.issues.push({code: 'custom', message: words, path: [id], input: wishes});
			}
			return keys;
		});

/** Limits for every profile, and for each kind. */
const limits = () => {
	const ofKind = z.strictObject(limitKeys(), {error: 'must be a table such as [limits.slurm]'}).optional();
	const ofKinds = Object.fromEntries(backendKinds.map(kind => [kind, ofKind])) as {
		readonly [Kind in BackendKind]: typeof ofKind;
	};
	return z.strictObject({...limitKeys(), ...ofKinds}, {error: 'must be a table such as [limits]'});
};

/** The schema of a configuration file with profiles of these schemas. */
const fileSchemaWith = (profileSchemas: readonly ProfileSchema[]) =>
	z.strictObject({
		/** The default interval between polls. */
		interval: interval().optional(),
		read_only: z.boolean({error: 'must be true or false'}).optional(),
		/** How the screen looks. */
		theme: z.enum(themes, {error: `must be one of ${themes.join(', ')}`}).optional(),
		/** Print lines instead of a screen, for screen readers. */
		plain: z.boolean({error: 'must be true or false'}).optional(),
		/** Use the mouse; default: the terminal has it, to select text. */
		mouse: z.boolean({error: 'must be true or false'}).optional(),
		/** The zone in which times are shown; default: that of the terminal. */
		time_zone: z.enum(timeZones, {error: `must be one of ${timeZones.join(', ')}`}).optional(),
		/** How to notify the user of a batch that ends or needs the user while the terminal has no focus; default: not at all. */
		notify: z.enum(notifications, {error: `must be one of ${notifications.join(', ')}`}).optional(),
		/** Saved filters by name, for the `f` menu. */
		queries: z
			.record(
				z.string().regex(/^[^\p{C}\p{Z}](?:[^\p{C}]{0,38}[^\p{C}\p{Z}])?$/u, {
					error: 'the name of a query must have 1 to 40 printable characters',
				}),
				query(),
				{error: 'must be a table such as [queries]'},
			)
			.optional(),
		/** Keys for commands; `jobtop keys` lists the ids. */
		keys: keys().optional(),
		/** Limits that nothing can override. */
		limits: limits().optional(),
		profiles: z
			.record(
				z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {error: `the name of a profile ${nameWords}`}),
				// A file without profiles needs the schema of none.
				z.discriminatedUnion('backend', profileSchemas as [ProfileSchema, ...ProfileSchema[]], {
					error: issue => (issue.code === 'invalid_union' ? backendWords : 'must be a table with a backend'),
				}),
				{error: 'must be tables such as [profiles.prod]'},
			)
			.optional(),
	});

export type FileSchema = ReturnType<typeof fileSchemaWith>;

export type ConfigurationFile = z.output<FileSchema>;

/** The schema of a configuration file with profiles of these kinds, which are loaded for it. */
export const fileSchemaFor = async (kinds: readonly BackendKind[]): Promise<FileSchema> =>
	fileSchemaWith(await Promise.all(kinds.map(kind => profileSchema(kind))));

/** The schema for a file, from what stands in it: no other kinds than its own are loaded. */
export const fileSchemaOf = (content: unknown): Promise<FileSchema> => {
	const {profiles} = content as {readonly profiles?: unknown};
	const entries: readonly unknown[] = Object.values(profiles ?? {});
	const named = new Set(entries.map(entry => (entry as {readonly backend?: unknown} | null)?.backend));
	return fileSchemaFor(backendKinds.filter(kind => named.has(kind)));
};

/** The known keys at a place of a file with this schema. */
export const keysAt = (
	{shape}: FileSchema,
	path: readonly PropertyKey[],
	backend: unknown,
): readonly string[] => {
	if (path.length === 0) return Object.keys(shape);
	if (path[0] === 'limits') {
		const known = Object.keys(shape.limits.unwrap().shape);
		return path.length === 1 ? known : known.filter(key => !(key in backends));
	}
	if (path.length !== 2) return [];
	const {options} = shape.profiles.unwrap().valueType;
	return Object.keys(options.find(each => each.shape.backend.value === backend)?.shape ?? {});
};

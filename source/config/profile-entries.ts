/*
The schema of `[profiles.NAME]`: the keys of each backend and the common ones, derived from the registry of backends.
*/
import * as z from 'zod';
import {type BackendKind, backends} from '../backends/index.ts';
import type {
	Discovery,
	ProfileDefinition,
	ProfileKeys,
	ProfileMethods,
} from '../backends/profiles/profile.ts';
import {commonKeys} from './common-keys.ts';

type ShapeOf<Kind extends BackendKind> = {readonly backend: z.ZodLiteral<Kind>} & KeysOf<Kind> &
	ReturnType<typeof commonKeys>;
type KeysOf<Kind extends BackendKind> = Awaited<
	ReturnType<(typeof backends)[Kind]['load']>
>['profile']['keys'];

type SchemaOf<Kind extends BackendKind> =
	ShapeOf<Kind> extends infer Shape extends z.core.$ZodShape ? z.ZodObject<Shape, z.core.$strict> : never;

type Schemas = {readonly [Kind in BackendKind]: SchemaOf<Kind>};

/** The schema of `[profiles.NAME]`, of one kind or another. */
export type ProfileSchema = Schemas[BackendKind];

type Entries = {readonly [Kind in BackendKind]: z.output<Schemas[Kind]>};

/** The content of `[profiles.NAME]`, after validation. */
export type ProfileEntry = Entries[BackendKind];

type Checks = Pick<ProfileDefinition<ProfileKeys, never>, 'keys' | 'check'>;

/** The schema of a profile of this kind, which is loaded for it. */
export const profileSchema = async <Kind extends BackendKind>(kind: Kind): Promise<Schemas[Kind]> => {
	// The types of keys and check match where they are defined, but not for an arbitrary kind.
	const {keys, check}: Checks = (await backends[kind].load()).profile;
	const schema = z.strictObject({backend: z.literal(kind), ...keys, ...commonKeys()});
	const checked = check ? schema.superRefine((entry, context) => check(entry as never, context)) : schema;
	return checked as z.ZodType as Schemas[Kind];
};

/** The registry with the types for these entries: a mismatch does not compile. */
const registry: {
	readonly [Kind in BackendKind]: {
		readonly discovery?: Discovery<z.input<z.ZodObject<KeysOf<Kind>>>>;
		readonly load: () => Promise<{readonly profile: ProfileMethods<Entries[Kind]>}>;
	};
} = backends;

/** What the configuration does with the profiles of this kind, which is loaded for it. */
export const methodsOf = async <Kind extends BackendKind>(
	kind: Kind,
): Promise<ProfileMethods<Entries[Kind]>> => (await registry[kind].load()).profile;

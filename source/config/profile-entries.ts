/*
The schema of `[profiles.NAME]`: the keys of each backend and the common ones, derived from the registry of backends.
*/
import * as z from 'zod';
import type {Backend, BackendTraits, Reach} from '../backends/backend.ts';
import type {HttpRoute} from '../backends/http-route.ts';
import {type BackendKind, backendKinds, backends} from '../backends/index.ts';
import type {CredentialSource} from '../backends/profiles/credential.ts';
import type {
	ProfileDefinition,
	ProfileKeys,
	ProfileMethods,
	Surroundings,
} from '../backends/profiles/profile.ts';
import {rememberedLast} from '../text/remembered.ts';
import {commonKeys} from './common-keys.ts';

type ShapeOf<Kind extends BackendKind> = {readonly backend: z.ZodLiteral<Kind>} & KeysOf<Kind> &
	typeof commonKeys;
type KeysOf<Kind extends BackendKind> = (typeof backends)[Kind]['profile']['keys'];

type SchemaOf<Kind extends BackendKind> =
	ShapeOf<Kind> extends infer Shape extends z.core.$ZodShape ? z.ZodObject<Shape, z.core.$strict> : never;

type Schemas = {readonly [Kind in BackendKind]: SchemaOf<Kind>};

type Entries = {readonly [Kind in BackendKind]: z.output<SchemaOf<Kind>>};

/** The content of `[profiles.NAME]`, after validation. */
export type ProfileEntry = Entries[BackendKind];

// The types of keys and check match where they are defined, but not for an arbitrary kind.
const schemaOf = (kind: BackendKind) => {
	const {keys, check}: Pick<ProfileDefinition<ProfileKeys, never>, 'keys' | 'check'> = backends[kind].profile;
	const schema = z.strictObject({backend: z.literal(kind), ...keys, ...commonKeys});
	return check ? schema.superRefine((entry, context) => check(entry as never, context)) : schema;
};

/** The schema of a profile, by its backend. Each is made when it is first asked for: a start needs those of its profiles. */
export const profileSchemas = Object.defineProperties(
	{},
	Object.fromEntries(
		backendKinds.map(kind => {
			const schema = rememberedLast(() => schemaOf(kind));
			return [kind, {enumerable: true, get: schema}];
		}),
	),
) as Schemas;

/** The registry with the types for these entries: a mismatch does not compile. */
const registry: {
	readonly [Kind in BackendKind]: {
		readonly traits: BackendTraits;
		readonly profile: ProfileMethods<Entries[Kind]>;
	};
} = backends;

const methodsOf = <Kind extends BackendKind>(kind: Kind): ProfileMethods<Entries[Kind]> =>
	registry[kind].profile;

/** The address of a profile; undefined if it runs programs instead. */
export const addressOf = (entry: ProfileEntry): string | undefined => methodsOf(entry.backend).address(entry);

/** The source of a profile's credential; undefined if it has none. */
export const credentialSourceOf = (
	entry: ProfileEntry,
	surroundings: Surroundings,
): CredentialSource | undefined => methodsOf(entry.backend).credentialSource(entry, surroundings);

/** The way to the server of a profile, where the profile says something of it. */
export const routeOf = (entry: ProfileEntry, surroundings: Surroundings): HttpRoute | undefined =>
	methodsOf(entry.backend).route?.(entry, surroundings);

/** How a profile is reached, for users, without secrets. */
export const reachOf = (entry: ProfileEntry, surroundings: Surroundings): Reach =>
	methodsOf(entry.backend).reach(entry, surroundings);

/** Opens a profile. Sends nothing. Throws a `ConfigurationError` if the entry is incomplete. */
export const openProfile = (name: string, entry: ProfileEntry, surroundings: Surroundings): Backend =>
	methodsOf(entry.backend).open(name, entry, surroundings);

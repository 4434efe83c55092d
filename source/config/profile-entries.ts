/*
What may stand in `[profiles.NAME]`: the keys of each backend and those that all have, derived from the registry of backends.
*/
import * as z from 'zod';
import type {Backend, BackendTraits, Reach} from '../backends/backend.ts';
import {type BackendKind, backendKinds, backends} from '../backends/index.ts';
import type {CredentialSource} from '../backends/profiles/credential.ts';
import type {
	ProfileDefinition,
	ProfileKeys,
	ProfileMethods,
	Surroundings,
} from '../backends/profiles/profile.ts';
import {commonKeys} from './common-keys.ts';

type ShapeOf<Kind extends BackendKind> = {readonly backend: z.ZodLiteral<Kind>} & KeysOf<Kind> &
	typeof commonKeys;
type KeysOf<Kind extends BackendKind> = (typeof backends)[Kind]['profile']['keys'];

type SchemaOf<Kind extends BackendKind> =
	ShapeOf<Kind> extends infer Shape extends z.core.$ZodShape ? z.ZodObject<Shape, z.core.$strict> : never;

type Schemas = {readonly [Kind in BackendKind]: SchemaOf<Kind>};

type Entries = {readonly [Kind in BackendKind]: z.output<SchemaOf<Kind>>};

/** What stands in `[profiles.NAME]`, after the checks. */
export type ProfileEntry = Entries[BackendKind];

// That keys and check belong together is known where they are defined, and no longer where a kind may be any.
const schemaOf = (kind: BackendKind) => {
	const {keys, check}: Pick<ProfileDefinition<ProfileKeys, never>, 'keys' | 'check'> = backends[kind].profile;
	const schema = z.strictObject({backend: z.literal(kind), ...keys, ...commonKeys});
	return check ? schema.superRefine((entry, context) => check(entry as never, context)) : schema;
};

/** The schema of a profile, by its backend. */
export const profileSchemas = Object.fromEntries(
	backendKinds.map(kind => [kind, schemaOf(kind)]),
) as unknown as Schemas;

/** The registry as it has to be for these entries: what does not fit does not compile. */
const registry: {
	readonly [Kind in BackendKind]: {
		readonly traits: BackendTraits;
		readonly profile: ProfileMethods<Entries[Kind]>;
	};
} = backends;

const methodsOf = <Kind extends BackendKind>(kind: Kind): ProfileMethods<Entries[Kind]> =>
	registry[kind].profile;

/** The address at which a profile is reached; undefined where programs are run instead. */
export const addressOf = (entry: ProfileEntry): string | undefined => methodsOf(entry.backend).address(entry);

/** Where the credential of a profile comes from; undefined where it has none. */
export const credentialSourceOf = (
	entry: ProfileEntry,
	surroundings: Surroundings,
): CredentialSource | undefined => methodsOf(entry.backend).credentialSource(entry, surroundings);

/** How a profile is reached, for people: nothing of it is a secret. */
export const reachOf = (entry: ProfileEntry, surroundings: Surroundings): Reach =>
	methodsOf(entry.backend).reach(entry, surroundings);

/** Opens a profile. Sends nothing. Throws `ConfigurationError` where the entry needs more than it says. */
export const openProfile = (name: string, entry: ProfileEntry, surroundings: Surroundings): Backend =>
	methodsOf(entry.backend).open(name, entry, surroundings);

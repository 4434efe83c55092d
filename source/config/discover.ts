/*
Finds profiles without a configuration file, with the discovery of each backend.
*/
import {type BackendKind, backendKinds, backends} from '../backends/index.ts';
import type {BackendFacts, DiscoverySurroundings} from '../backends/profiles/profile.ts';
import {ConfigurationError} from '../process/configuration-error.ts';
import {type ProfileEntry, profileSchema} from './profile-entries.ts';

export type FoundProfile = {
	readonly name: string;
	/** Other names of the same profile. */
	readonly aliases?: readonly string[];
	readonly entry: ProfileEntry;
	/** Why it was found, in words; absent for a configured profile. */
	readonly found?: string;
};

/** Discoveries of this machine come first. */
const discoveries = backendKinds
	.flatMap(kind => {
		const {discovery}: BackendFacts = backends[kind];
		return discovery === undefined ? [] : [{kind, discovery}];
	})
	.sort((a, b) => Number(b.discovery.ofThisMachine ?? false) - Number(a.discovery.ofThisMachine ?? false));

/** All profiles that are found. Only their kinds are loaded. Rejects with a `ConfigurationError` for an unusable one. */
export const discover = async (surroundings: DiscoverySurroundings): Promise<readonly FoundProfile[]> => {
	const found = discoveries.map(async ({kind, discovery}): Promise<readonly FoundProfile[]> => {
		const written = discovery.find(surroundings);
		if (!written) return [];
		const schema = await profileSchema(kind);
		const read = schema.safeParse({backend: kind, ...written});
		if (read.success) {
			const names = namesOf(kind, discovery.localName?.(surroundings));
			return [{...names, entry: read.data, found: discovery.evidence(surroundings)}];
		}
		const [issue] = read.error.issues;
		throw new ConfigurationError(`in the environment, ${kind}: ${issue?.path.join('.')}: ${issue?.message}`);
	});
	return (await Promise.all(found)).flat();
};

/** The name of a found profile: its local one, unless another discovery uses that name. */
const namesOf = (kind: BackendKind, local: string | undefined): Pick<FoundProfile, 'name' | 'aliases'> => {
	const name = local === undefined ? undefined : profileNameOf(local);
	if (name === undefined || name === kind) return {name: kind};
	const taken = discoveries.some(other => other.kind === name);
	return {name: taken ? `${kind}-${name}` : name, aliases: [kind]};
};

/** Makes a valid profile name; undefined if nothing is left. */
const profileNameOf = (local: string): string | undefined => {
	const name = local.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
	return name === '' ? undefined : name.slice(0, 60);
};

/** An incomplete or unusable login, and what it lacks. */
export type PartialLogin = {readonly name: string; readonly lacks: string};

export const partialLogins = (surroundings: DiscoverySurroundings): readonly PartialLogin[] =>
	discoveries.flatMap(({kind, discovery}) => {
		const lacks = discovery.missing?.(surroundings);
		return lacks === undefined ? [] : [{name: kind, lacks}];
	});

/** What looks like a job system but belongs to another one, and why it is not used. */
export type PassedOver = {readonly name: string; readonly why: string};

export const passedOver = (surroundings: DiscoverySurroundings): readonly PassedOver[] =>
	discoveries.flatMap(({kind, discovery}) => {
		const why = discovery.passedOver?.(surroundings);
		return why === undefined ? [] : [{name: kind, why}];
	});

/** Where each discovery looks, one line each, with what an incomplete login lacks or why nothing there counts. */
export const lookedForLines = (surroundings: DiscoverySurroundings): readonly string[] =>
	discoveries.map(({discovery: {lookedFor, missing, passedOver}}) => {
		const why = missing?.(surroundings) ?? passedOver?.(surroundings);
		return why === undefined ? lookedFor : `${lookedFor}: ${why}`;
	});

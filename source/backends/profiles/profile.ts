/*
The profile of a backend: how one is found where nothing is configured, which keys its table in the configuration may have, and how an entry becomes a backend.
*/
import type * as z from 'zod';
import type {Environment} from '../../process/state-directory.ts';
import type {TokenVariable} from '../../process/without-tokens.ts';
import type {Backend, BackendTraits, Reach} from '../backend.ts';
import type {HttpRoute} from '../http-route.ts';
import type {CredentialSource} from './credential.ts';

/** What surrounds an entry: the environment, and the folder from which its relative paths count. */
export type Surroundings = {
	readonly env: Environment;
	readonly folder: string;
	/** The part of `env` that programs get which jobtop starts; all of it if absent. */
	readonly programEnv?: Environment;
	/** Programs that print a credential get no terminal: a screen has it. */
	readonly programTerminal?: 'none';
};

/** What surrounds jobtop where a discovery looks: the environment and the current folder, undefined where that was deleted. */
export type DiscoverySurroundings = {
	readonly env: Environment;
	readonly here: string | undefined;
	/** Where this machine keeps its configuration; `/etc` if absent. */
	readonly etc?: string | undefined;
	/** Where this machine keeps its sockets; `/run` if absent. */
	readonly run?: string | undefined;
};

/** The keys of a backend's own, with their checks. The keys of every profile are added to them. */
export type ProfileKeys = Readonly<Record<string, z.ZodType>>;

/** An entry of the configuration after the checks, as far as a backend knows it. */
export type EntryOf<Keys extends ProfileKeys> = z.output<z.ZodObject<Keys>> & {
	/** Requests at the same time. */
	readonly concurrency?: number | undefined;
};

/** Finds a profile in the environment of a user who has configured no profile. */
export type Discovery<Written> = {
	/** Where it looks, in words. */
	readonly lookedFor: string;
	/** The variables from which it takes a token: no program that jobtop starts gets them. */
	readonly tokenVariables: readonly TokenVariable[];
	readonly find: (surroundings: DiscoverySurroundings) => Written | undefined;
	/** Why `find` finds it there, in words: `squeue is /usr/bin/squeue`. */
	readonly evidence: (surroundings: DiscoverySurroundings) => string;
	/** What looks like this system there but belongs to another one, in words; undefined where nothing does. */
	readonly passedOver?: (surroundings: DiscoverySurroundings) => string | undefined;
	/** Where a key comes from that is not in the environment, in words. */
	readonly foundIn?: {readonly [Key in keyof Written]?: string};
	/** What is missing where only a part is there, or what is there cannot be used. */
	readonly missing?: (surroundings: DiscoverySurroundings) => string | undefined;
	/** The name of the system on this machine, which distinguishes it from others of its kind; undefined where that is unknown. The profile keeps the name of its backend as a second one. */
	readonly localName?: (surroundings: DiscoverySurroundings) => string | undefined;
	/** This machine belongs to the system: its profile comes before those that the environment names. */
	readonly ofThisMachine?: true;
};

/** What the configuration does with an entry. */
export type ProfileMethods<Entry> = {
	/** The address at which it is reached; undefined where programs are run instead. */
	readonly address: (entry: Entry) => string | undefined;
	/** Where its credential comes from; undefined where it has none. */
	readonly credentialSource: (entry: Entry, surroundings: Surroundings) => CredentialSource | undefined;
	/** The way to its server, where the entry says something of it; absent where programs are run instead. */
	readonly route?: (entry: Entry, surroundings: Surroundings) => HttpRoute | undefined;
	/** How it is reached, for people. */
	readonly reach: (entry: Entry, surroundings: Surroundings) => Reach;
	/** Opens the profile. Sends nothing. Throws `ConfigurationError` where the entry needs more than it says. */
	readonly open: (profile: string, entry: Entry, surroundings: Surroundings) => Backend;
};

/** The program that shows whether those of a system run. */
export type SystemProgram = {
	readonly name: string;
	/** The file of that name which belongs to the system; default: the first one on PATH. Undefined without one. */
	readonly find?: (surroundings: DiscoverySurroundings) => string | undefined;
	/** It makes the program print its version, and ask nobody. */
	readonly versionOption: string;
	/** The version in the first line that it prints; default: that line. */
	readonly readVersion?: (line: string) => string | undefined;
};

/** All that a backend says of its profiles. Keys that every profile has, such as `interval`, are not among its own. */
export type ProfileDefinition<Keys extends ProfileKeys, Entry = EntryOf<Keys>> = ProfileMethods<Entry> & {
	readonly keys: Keys;
	/** What each key means, in one sentence. */
	readonly descriptions: {readonly [Key in keyof Keys]: string};
	/** Adds an issue for keys that contradict each other or have no effect. */
	readonly check?: (entry: Entry, context: z.core.$RefinementCtx) => void;
	/** An entry as it could stand in a file. It opens without reading anything. */
	readonly example: Entry;
	/** Absent where a server is asked. */
	readonly program?: SystemProgram;
};

/** What is known of a backend before one of its profiles is loaded. */
export type BackendFacts = {
	readonly traits: BackendTraits;
	readonly discovery?: Discovery<object>;
};

/** A backend as it is registered. All that its profiles need is loaded for the first of them. */
export type RegisteredBackend = BackendFacts & {
	readonly load: () => Promise<{readonly profile: Omit<ProfileDefinition<ProfileKeys, never>, 'example'>}>;
};

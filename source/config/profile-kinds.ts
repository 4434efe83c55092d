/*
What a profile of each backend may say in the configuration, and how that becomes the backend's options. One entry per backend.
*/
import {userInfo} from 'node:os';
import * as z from 'zod';
import type {Backend, BackendDefinition} from '../backends/backend.ts';
import {type DexOptions, dex, dexUrl} from '../backends/dex/index.ts';
import type {HttpOptions} from '../backends/http.ts';
import {ionworks, ionworksUrl} from '../backends/ionworks/index.ts';
import {ogc} from '../backends/ogc/index.ts';
import {
	type Credential,
	type CredentialSource,
	createCredential,
	renewing,
} from '../backends/profiles/credential.ts';
import {slurm} from '../backends/slurm/index.ts';
import {slurmrestd} from '../backends/slurmrestd/index.ts';
import {tapis} from '../backends/tapis/index.ts';
import {tensorpool, tensorpoolUrl} from '../backends/tensorpool/index.ts';
import {weaver} from '../backends/weaver/index.ts';
import {ConfigurationError} from '../configuration-error.ts';
import {connectionSocket, type Environment, pathFrom} from '../state-directory.ts';
import {parseDuration} from './duration.ts';

/** What is around an entry: the environment, and the folder from which its paths are meant. */
export type Surroundings = {
	readonly env: Environment;
	readonly folder: string;
	/** What a program that jobtop starts gets of `env`; all of it, if not said. */
	readonly programEnv?: Environment;
};

const text = (must: string) => z.string({error: must}).min(1, {error: must});
const flag = () => z.boolean({error: 'must be true or false'});

const intervalWords = 'must be a time of at least a second such as "5s" or "2m"';
/** A time between two polls, in milliseconds. */
export const interval = z.string({error: intervalWords}).transform((written, context) => {
	const ms = parseDuration(written);
	if (ms !== undefined && ms >= 1000 && ms <= 86_400_000) return ms;
	context.issues.push({code: 'custom', message: intervalWords, input: written});
	return z.NEVER;
});

const concurrencyWords = 'must be a whole number from 1 to 64: the requests at the same time';
const rateWords = 'must be a number from 0.01 to 1000 such as 5 or 0.5: the requests a second';

const pageWords = 'must be an address with {id} in it such as "https://app.example.org/jobs/{id}"';

/** What may stand in `[limits]`, and there in a table for a kind. */
const always = () =>
	z.literal(true, {error: 'must be true; a limit is given, and never taken back by another'}).optional();
export const limitKeys = {
	min_interval: interval.optional(),
	max_rate: z
		.number({error: rateWords})
		.min(0.01, {error: rateWords})
		.max(1000, {error: rateWords})
		.optional(),
	read_only: always(),
	protect: always(),
};

/** What every profile may say. */
const common = {
	/** Cancelling asks for the profile's name. */
	protect: flag().optional(),
	read_only: flag().optional(),
	interval: interval.optional(),
	concurrency: z
		.int({error: concurrencyWords})
		.min(1, {error: concurrencyWords})
		.max(64, {error: concurrencyWords})
		.optional(),
	/** The address of a page about a job, with `{id}` where its id stands. */
	page: z
		.string({error: pageWords})
		.regex(/^https?:\/\/[^\s{}]+\{id\}[^\s{}]*$/, {error: pageWords})
		.optional(),
	rate: z.number({error: rateWords}).min(0.01, {error: rateWords}).max(1000, {error: rateWords}).optional(),
};

const addressWords = 'must be an address such as "https://example.org/weaver"';
const checkAddress = (written: string, context: z.core.$RefinementCtx, words = addressWords): void => {
	const url = URL.canParse(written) ? new URL(written) : undefined;
	if (!url || !/^https?:$/.test(url.protocol)) context.addIssue(words);
	else if (url.username !== '' || url.password !== '') {
		context.addIssue('must hold no user and no password; use username, and token_env for the password');
	} else if (url.search !== '' || url.hash !== '')
		context.addIssue('must end with a path: nothing after ? or #');
};
const address = z.string({error: addressWords}).superRefine((written, context) => {
	checkAddress(written, context);
});

const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const headerNameWords = 'must be the name of a header such as "X-Api-Key"';
const auths = ['bearer', 'basic', 'header', 'cookie', 'none'] as const;

/** How a server with some login in front of it is reached. */
const server = {
	url: address,
	token_env: text('must be the name of an environment variable such as "WEAVER_TOKEN"').optional(),
	token_command: z
		.array(z.string({error: 'must be text'}), {error: 'must be a list such as ["pass", "show", "weaver"]'})
		.min(1, {error: 'must name a program'})
		.optional(),
	token_file: text('must be the path of a file').optional(),
	auth: z.enum(auths, {error: `must be one of ${auths.join(', ')}`}).optional(),
	/** With `auth = "header"`: the header that takes the token. */
	header: z.string({error: headerNameWords}).regex(headerName, {error: headerNameWords}).optional(),
	username: text('must be the name to log in with').optional(),
	headers: z
		.record(
			z.string().regex(headerName, {error: headerNameWords}),
			z.string({error: 'must be text'}).regex(/^[ -~]*$/, {error: 'must be plain text in one line'}),
			{error: 'must be a table such as {"X-Tenant" = "a"}'},
		)
		.optional(),
	allow_http: flag().optional(),
};

type ServerEntry = z.output<z.ZodObject<typeof server>>;

const tokenKeys = ['token_env', 'token_command', 'token_file'] as const;

/** Keys that contradict each other, or that would do nothing. */
const checkServer = (entry: ServerEntry, context: z.core.$RefinementCtx): void => {
	const complain = (key: keyof ServerEntry, message: string) =>
		context.issues.push({code: 'custom', message, path: [key], input: entry});
	const given = tokenKeys.filter(key => entry[key] !== undefined);
	const auth = entry.auth ?? (given.length > 0 ? 'bearer' : 'none');
	const [first, second] = given;
	if (second !== undefined) complain(second, `says the same as ${first}; keep one of them`);
	else if (auth === 'none' && first !== undefined)
		complain(first, 'has no use with auth = "none"; remove one');
	else if (auth !== 'none' && first === undefined) {
		complain('auth', `needs a token: add ${tokenKeys.join(', ')}, or say auth = "none"`);
	} else if (auth === 'basic' && entry.username === undefined) {
		complain('auth', 'needs a username; the token is the password');
	} else if (auth !== 'basic' && entry.username !== undefined) {
		complain('username', 'has a use only with auth = "basic"; say that or remove it');
	} else if (auth === 'header' && entry.header === undefined) {
		complain('auth', 'needs the name of the header: header = "X-Api-Key"');
	} else if (auth !== 'header' && entry.header !== undefined) {
		complain('header', 'has a use only with auth = "header"; say that or remove it');
	}
};

/** The name under which TensorPool's own tool keeps its key, in the environment and in a `.env` file. */
export const tensorpoolKey = 'TENSORPOOL_KEY';

/** Where the token of an entry comes from; undefined where it has none. */
export const tokenSource = (
	entry: Partial<Pick<ServerEntry, (typeof tokenKeys)[number]>> & {
		readonly token_dotenv?: string | undefined;
	},
	{env, folder}: Surroundings,
): CredentialSource | undefined => {
	const {token_env: variable, token_command: command, token_file: file, token_dotenv: dotenv} = entry;
	if (dotenv !== undefined) {
		return {from: 'dotenv', path: pathFrom(folder, dotenv, env), variable: tensorpoolKey};
	}
	if (variable !== undefined) return {from: 'environment', variable};
	if (command !== undefined) return {from: 'command', command};
	return file === undefined ? undefined : {from: 'file', path: pathFrom(folder, file, env)};
};

const authHeaders = {
	bearer: token => ({authorization: `Bearer ${token}`}),
	basic: (token, {username}) => ({
		authorization: `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`,
	}),
	header: (token, {header = ''}) => ({[header.toLowerCase()]: token}),
	cookie: token => ({cookie: token}),
	none: () => ({}),
} as const satisfies Record<
	(typeof auths)[number],
	(token: string, entry: ServerEntry) => Readonly<Record<string, string>>
>;

const httpOptions = (
	entry: ServerEntry & {readonly concurrency?: number | undefined},
	credential: Credential | undefined,
): HttpOptions => ({
	url: entry.url,
	headers: async () => ({
		...entry.headers,
		...(credential && authHeaders[entry.auth ?? 'bearer'](await credential.read(), entry)),
	}),
	...(entry.username !== undefined && {account: entry.username}),
	...(entry.allow_http !== undefined && {allowHttp: entry.allow_http}),
	...(entry.concurrency !== undefined && {connections: entry.concurrency}),
});

type AnyServerEntry = ServerEntry & {readonly concurrency?: number | undefined};

/** A backend behind HTTP: its schema, and how its entry becomes a backend whose credential is renewed. */
const serverKind = <Schema extends z.ZodType<AnyServerEntry>>(
	{traits, connect}: BackendDefinition<HttpOptions>,
	schema: Schema,
) => ({
	traits,
	schema,
	open(profile: string, entry: AnyServerEntry, surroundings: Surroundings): Backend {
		const source = tokenSource(entry, surroundings);
		const credential = source && createCredential(source, surroundings.env, surroundings.programEnv);
		const backend = connect(profile, httpOptions(entry, credential));
		return credential ? renewing(backend, credential) : backend;
	},
});

const sshWords = 'must be a host such as "login.example.org" or "me@login", as ssh takes it';
const clustersWords = 'must be a list of names of clusters such as ["east", "west"]';

const slurmSchema = z
	.strictObject({
		backend: z.literal('slurm'),
		/** The folder of squeue, scancel, scontrol and sacct. */
		bin: text('must be the folder of squeue, scancel and sacct').optional(),
		/** The machine on which they run; this one if not said. */
		ssh: z
			.string({error: sshWords})
			.regex(/^(?:ssh:\/\/)?[A-Za-z0-9_][A-Za-z0-9._@:%[\]-]*$/, {error: sshWords})
			.optional(),
		/** The clusters that are asked, by name. */
		clusters: z
			.array(z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, {error: clustersWords}), {
				error: clustersWords,
			})
			.min(1, {error: clustersWords})
			.optional(),
		...common,
	})
	.superRefine(({bin, ssh, clusters = []}, context) => {
		const complain = (key: string, message: string) =>
			context.issues.push({code: 'custom', message, path: [key], input: key});
		if (ssh !== undefined && bin !== undefined && !bin.startsWith('/')) {
			complain('bin', 'must begin with /: with ssh it is a folder of the other machine');
		}
		const twice = clusters.find((name, index) => clusters.indexOf(name) !== index);
		if (twice !== undefined) complain('clusters', `names ${twice} twice; remove one`);
	});

const restWords = 'must be an address such as "https://example.org:6820" or "unix:/run/slurmrestd.sock"';
const restAuths = ['header', 'bearer'] as const;
const userWords = 'must be the name of a user of the cluster';

const slurmrestdSchema = z
	.strictObject({
		backend: z.literal('slurmrestd'),
		/** That of the server, or of its socket on this machine. */
		url: z.string({error: restWords}).superRefine((written, context) => {
			if (!/^unix:\/./.test(written)) checkAddress(written, context, restWords);
		}),
		/** Whose jobs are mine, and to whom the token belongs; the user who runs jobtop if not said. */
		user: z
			.string({error: userWords})
			.regex(/^[A-Za-z0-9._@-]+$/, {error: userWords})
			.optional(),
		token_env: server.token_env,
		token_command: server.token_command,
		token_file: server.token_file,
		/** The token goes out as X-SLURM-USER-TOKEN, or as a bearer. */
		auth: z.enum(restAuths, {error: `must be one of ${restAuths.join(', ')}`}).optional(),
		headers: server.headers,
		allow_http: server.allow_http,
		...common,
	})
	.superRefine((entry, context) => {
		const [first, second] = tokenKeys.filter(key => entry[key] !== undefined);
		const complain = (key: string, message: string) =>
			context.issues.push({code: 'custom', message, path: [key], input: entry});
		if (second !== undefined) complain(second, `says the same as ${first}; keep one of them`);
		// At its socket slurmrestd may know who asks.
		else if (first === undefined && !entry.url.startsWith('unix:')) {
			complain('url', `needs a token: add one of ${tokenKeys.join(', ')}`);
		} else if (first === undefined && entry.auth !== undefined) {
			complain('auth', `has a use only with a token: add one of ${tokenKeys.join(', ')}, or remove it`);
		}
	});

/** The name of the user who runs jobtop. In a container that user may have none. */
const ownName = (profile: string): string => {
	try {
		return userInfo().username;
	} catch (error) {
		const words = 'is needed, since the user who runs jobtop has no name on this machine';
		throw new ConfigurationError(`profiles.${profile}.user: ${words}`, {cause: error});
	}
};

/** How a service with keys of its own is reached. */
const hosted = {
	url: address.optional(),
	token_env: server.token_env,
	token_command: server.token_command,
	token_file: server.token_file,
	headers: server.headers,
	allow_http: server.allow_http,
};
type HostedEntry = z.output<z.ZodObject<typeof hosted>> & {readonly concurrency?: number | undefined};

const checkHosted = <Entry extends HostedEntry>(
	entry: Entry,
	context: z.core.$RefinementCtx,
	keys: readonly (keyof Entry & string)[] = tokenKeys,
): void => {
	const given = keys.filter(key => entry[key] !== undefined);
	const [first, second] = given;
	const complain = (key: string, message: string) =>
		context.issues.push({code: 'custom', message, path: [key], input: entry});
	if (first === undefined) complain('token_env', `is needed, or ${keys.slice(1).join(', or ')}`);
	else if (second !== undefined) complain(second, `says the same as ${first}; keep one of them`);
};

/** A service behind HTTP that always wants a key: its schema, and how its entry becomes a backend. */
const hostedKind = <Entry extends HostedEntry, Options extends HttpOptions, Schema extends z.ZodType<Entry>>(
	{traits, connect}: BackendDefinition<Options>,
	schema: Schema,
	how: {
		readonly url: string;
		readonly headers: (token: string, entry: Entry) => Readonly<Record<string, string>>;
		readonly options: (entry: Entry, http: HttpOptions) => Options;
	},
) => ({
	traits,
	schema,
	open(profile: string, entry: Entry, surroundings: Surroundings): Backend {
		const credential = createCredential(
			tokenSource(entry, surroundings) as CredentialSource,
			surroundings.env,
			surroundings.programEnv,
		);
		const http: HttpOptions = {
			url: entry.url ?? how.url,
			headers: async () => ({...entry.headers, ...how.headers(await credential.read(), entry)}),
			...(entry.allow_http !== undefined && {allowHttp: entry.allow_http}),
			...(entry.concurrency !== undefined && {connections: entry.concurrency}),
		};
		return renewing(connect(profile, how.options(entry, http)), credential);
	},
});

const ionworksSchema = z
	.strictObject({
		backend: z.literal('ionworks'),
		/** A key goes out as X-API-Key, a token as a bearer. */
		auth: z
			.enum(['header', 'bearer'], {error: 'must be "header" for a key or "bearer" for a token'})
			.optional(),
		organization: text('must be the id of an organization').optional(),
		...hosted,
		...common,
	})
	.superRefine((entry, context) => {
		checkHosted(entry, context);
	});

const tapisSchema = z
	.strictObject({backend: z.literal('tapis'), ...hosted, ...common, url: address})
	.superRefine((entry, context) => {
		checkHosted(entry, context);
	});

const tensorpoolSchema = z
	.strictObject({
		backend: z.literal('tensorpool'),
		/** Where its own tool keeps the key. */
		token_dotenv: text('must be the path of a .env file').optional(),
		...hosted,
		...common,
	})
	.superRefine((entry, context) => {
		checkHosted(entry, context, [...tokenKeys, 'token_dotenv']);
	});

const projectsWords = 'must be a list such as ["proj_01", "proj_02"], or "all"';
const dexSchema = z
	.strictObject({
		backend: z.literal('dex'),
		account: text('must be the id of the account'),
		project: text('must be the id of a project').optional(),
		projects: z
			.union([z.literal('all'), z.array(z.string().min(1)).min(1)], {error: projectsWords})
			.optional(),
		...hosted,
		...common,
	})
	.superRefine((entry, context) => {
		checkHosted(entry, context);
		if ((entry.project === undefined) === (entry.projects === undefined)) {
			const message = 'is needed, or projects = ["a", "b"], or projects = "all"; one of them';
			context.issues.push({code: 'custom', message, path: ['project'], input: entry});
		}
	});

export const profileKinds = {
	weaver: serverKind(
		weaver,
		z.strictObject({backend: z.literal('weaver'), ...server, ...common}).superRefine(checkServer),
	),
	ogc: serverKind(
		ogc,
		z.strictObject({backend: z.literal('ogc'), ...server, ...common}).superRefine(checkServer),
	),
	ionworks: hostedKind(ionworks, ionworksSchema, {
		url: ionworksUrl,
		headers: (token, {auth, organization}: z.output<typeof ionworksSchema>) => ({
			...(auth === 'bearer' ? {authorization: `Bearer ${token}`} : {'x-api-key': token}),
			...(organization !== undefined && {'x-organization-id': organization}),
		}),
		options: ({organization}, http) => ({
			...http,
			...(organization !== undefined && {account: organization}),
		}),
	}),
	tapis: hostedKind(tapis, tapisSchema, {
		url: '',
		headers: (token, _: z.output<typeof tapisSchema>) => ({'x-tapis-token': token}),
		options: (_, http) => http,
	}),
	tensorpool: hostedKind(tensorpool, tensorpoolSchema, {
		url: tensorpoolUrl,
		headers: (token, _: z.output<typeof tensorpoolSchema>) => ({authorization: `Bearer ${token}`}),
		// Another folder is likely another login, and nothing else tells whose key it is.
		options: ({token_dotenv: dotenv}, http) => ({
			...http,
			...(dotenv !== undefined && {account: `key in ${dotenv}`}),
		}),
	}),
	dex: hostedKind(dex, dexSchema, {
		url: dexUrl,
		headers: (token, {account}: z.output<typeof dexSchema>) => ({
			'x-api-key': token,
			'x-selected-account-id': account,
		}),
		options: ({account, project, projects}, http): DexOptions => ({
			...http,
			account,
			...(project !== undefined ? {project} : {projects: projects ?? 'all'}),
		}),
	}),
	slurmrestd: {
		traits: slurmrestd.traits,
		schema: slurmrestdSchema,
		open(profile: string, entry: z.output<typeof slurmrestdSchema>, surroundings: Surroundings): Backend {
			const source = tokenSource(entry, surroundings);
			const credential = source && createCredential(source, surroundings.env, surroundings.programEnv);
			const user = entry.user ?? ownName(profile);
			const socketPath = /^unix:(.*)$/.exec(entry.url)?.[1];
			const tokenHeaders = (token: string): Readonly<Record<string, string>> =>
				entry.auth === 'bearer' ? {authorization: `Bearer ${token}`} : {'x-slurm-user-token': token};
			const backend = slurmrestd.connect(profile, {
				user,
				sendUser: credential !== undefined,
				url: socketPath === undefined ? entry.url : 'http://localhost',
				...(socketPath !== undefined && {socketPath}),
				headers: async () => ({
					...entry.headers,
					...(credential && tokenHeaders(await credential.read())),
				}),
				...(entry.allow_http !== undefined && {allowHttp: entry.allow_http}),
				...(entry.concurrency !== undefined && {connections: entry.concurrency}),
			});
			return credential ? renewing(backend, credential) : backend;
		},
	},
	slurm: {
		traits: slurm.traits,
		schema: slurmSchema,
		open: (
			profile: string,
			{bin, ssh, clusters}: z.output<typeof slurmSchema>,
			{env, folder, programEnv = env}: Surroundings,
		): Backend =>
			slurm.connect(profile, {
				programEnv,
				...(bin !== undefined && {bin: ssh === undefined ? pathFrom(folder, bin, env) : bin}),
				...(ssh !== undefined && {ssh: {destination: ssh, controlPath: connectionSocket(env, ssh)}}),
				...(clusters !== undefined && {clusters}),
			}),
	},
};

export type KindName = keyof typeof profileKinds;
/** What stands in `[profiles.NAME]`, read. */
export type ProfileEntry = {[Name in KindName]: z.output<(typeof profileKinds)[Name]['schema']>}[KindName];

/*
The kubeconfig: which server a context means, and how one logs in there. Of several files the first that says something counts, as for kubectl: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
*/
import {readFile} from 'node:fs/promises';
import {dirname} from 'node:path';
import * as z from 'zod';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import {causeWords} from '../../process/error-words.ts';
import {parseJson} from '../parse-json.ts';

const text = z.string().nullish();
const flag = z.boolean().nullish();

const clusterSchema = z.object({
	server: z.string(),
	'certificate-authority': text,
	'certificate-authority-data': text,
	'insecure-skip-tls-verify': flag,
	'tls-server-name': text,
	'proxy-url': text,
	extensions: z.array(z.object({name: text, extension: z.unknown()})).nullish(),
});

const execSchema = z.object({
	apiVersion: z.string(),
	command: z.string().min(1),
	args: z.array(z.string()).nullish(),
	env: z.array(z.object({name: z.string(), value: z.string()})).nullish(),
	installHint: text,
	interactiveMode: z.enum(['Never', 'IfAvailable', 'Always']).nullish(),
	provideClusterInfo: flag,
});

const userSchema = z.object({
	'client-certificate': text,
	'client-certificate-data': text,
	'client-key': text,
	'client-key-data': text,
	token: text,
	tokenFile: text,
	username: text,
	password: text,
	as: text,
	'as-uid': text,
	'as-groups': z.array(z.string()).nullish(),
	exec: execSchema.nullish(),
	'auth-provider': z.object({name: text}).nullish(),
});

const named = z.array(z.looseObject({name: z.string()})).nullish();

const fileSchema = z.object({
	'current-context': text,
	contexts: named,
	clusters: named,
	users: named,
});

const contextSchema = z.object({cluster: z.string(), user: text, namespace: text});

type KubeCluster = z.infer<typeof clusterSchema>;
type KubeUser = z.infer<typeof userSchema>;
export type ExecPlugin = z.infer<typeof execSchema>;

/** A context with all that it names. Paths are as they are written, from the folder of their file. */
export type KubeContext = {
	readonly name: string;
	readonly namespace?: string;
	readonly cluster: KubeCluster;
	readonly clusterFolder: string;
	readonly user: KubeUser;
	readonly userFolder: string;
};

type KubeFile = {readonly path: string; readonly content: z.infer<typeof fileSchema>};

/** The context of this name, or the current one. Rejects with `unreachable` where the files do not say how to reach a server. */
export const readContext = async (paths: readonly string[], wanted?: string): Promise<KubeContext> => {
	const files = (await Promise.all(paths.map(readKubeFile))).filter(file => file !== undefined);
	if (paths.length === 0) throw unusable('KUBECONFIG is not set, and there is no home with a .kube/config');
	const place = paths.join(', ');
	if (files.length === 0) throw unusable(`there is no file ${place}`);
	const name = wanted ?? files.map(({content}) => content['current-context']).find(Boolean);
	if (!name)
		throw unusable(`${place} names no current context; set context, or run kubectl config use-context`);
	const found = find(files, 'contexts', name);
	if (!found) throw unusable(`${place} has no context ${quoted(name)}`);
	const context = readPart(contextSchema, found, 'context');
	const cluster = find(files, 'clusters', context.cluster);
	if (!cluster)
		throw unusable(`${place} has no cluster ${quoted(context.cluster)}, which context ${quoted(name)} names`);
	const user = context.user ? find(files, 'users', context.user) : undefined;
	if (context.user && !user) {
		throw unusable(`${place} has no user ${quoted(context.user)}, which context ${quoted(name)} names`);
	}
	return {
		name,
		...(context.namespace && {namespace: context.namespace}),
		cluster: readPart(clusterSchema, cluster, 'cluster'),
		clusterFolder: dirname(cluster.path),
		user: user ? readPart(userSchema, user, 'user') : {},
		userFolder: dirname((user ?? cluster).path),
	};
};

type Found = {
	readonly path: string;
	readonly name: string;
	readonly entry: Readonly<Record<string, unknown>>;
};

/** The first entry of this name. */
const find = (
	files: readonly KubeFile[],
	key: 'clusters' | 'contexts' | 'users',
	name: string,
): Found | undefined => {
	for (const {path, content} of files) {
		const entry = content[key]?.find(each => each.name === name);
		if (entry) return {path, name, entry};
	}
	return undefined;
};

const readPart = <Part>(schema: z.ZodType<Part>, {path, name, entry}: Found, key: string): Part => {
	const read = schema.safeParse(entry[key] ?? {});
	if (read.success) return read.data;
	const [issue] = read.error.issues;
	// Nothing of a value: it may be a secret.
	throw unusable(`${path}: ${key} ${quoted(name)} cannot be read at ${issue?.path.join('.') || key}`);
};

/** A file; undefined where there is none, which counts as an empty one. */
const readKubeFile = async (path: string): Promise<KubeFile | undefined> => {
	let source: string;
	try {
		source = await readFile(path, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw unusable(`${path} cannot be read: ${causeWords(error)}`);
	}
	const content = fileSchema.safeParse(parseJson(source) ?? (await parseYaml(path, source)) ?? {});
	if (content.success) return {path, content: content.data};
	const place = content.error.issues[0]?.path.join('.');
	throw unusable(`${path} is no kubeconfig${place ? `: wrong at ${place}` : ''}`);
};

/** The parser is loaded for a file that is no JSON. Its own words would quote the file, which holds secrets. */
const parseYaml = async (path: string, source: string): Promise<unknown> => {
	const {parse} = await import('./yaml.ts');
	try {
		return parse(source);
	} catch (error) {
		const {linePos} = error as {readonly linePos?: readonly {readonly line: number}[]};
		const place = linePos?.[0] ? `${path}:${linePos[0].line}` : path;
		throw unusable(`${place} is not valid YAML`);
	}
};

export const unusable = (detail: string): BackendError =>
	new BackendError({kind: 'unreachable', detail, local: 'kubeconfig'});

export const quoted = (name: string): string => JSON.stringify(cleanText(name, 100));

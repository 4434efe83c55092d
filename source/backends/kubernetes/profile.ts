import * as z from 'zod';
import {pathFrom} from '../../process/state-directory.ts';
import type {BackendDefinition, Reach} from '../backend.ts';
import type {HttpOptions} from '../http.ts';
import {renewing} from '../profiles/credential.ts';
import {httpProfile} from '../profiles/http-profile.ts';
import {
	address,
	addressDescription,
	flag,
	requestDescriptions,
	requestKeys,
	text,
	tokenDescriptions,
	tokenKeyNames,
	tokenKeys,
} from '../profiles/keys.ts';
import type {EntryOf, ProfileDefinition, Surroundings} from '../profiles/profile.ts';
import {kubeconfigAccess, type LoginAccess, podAccess} from './access.ts';
import {accountToken, kubeconfigPaths, mayRunPlugin} from './find-kubeconfig.ts';
import {namespaceForm} from './ids.ts';
import {kubernetes} from './index.ts';

const namespaceWords = 'must be a list of namespaces such as ["lab", "prod"], or ["*"] for all';

const keys = {
	/** The file, in place of `KUBECONFIG` and the one in the home. */
	kubeconfig: text('must be the path of a file').optional(),
	context: text('must be the name of a context').optional(),
	in_cluster: flag().optional(),
	namespaces: z
		.array(z.string({error: namespaceWords}).regex(namespaceForm, {error: namespaceWords}), {
			error: namespaceWords,
		})
		.min(1, {error: namespaceWords})
		.optional(),
	url: address().optional(),
	...tokenKeys(),
	...requestKeys(),
};

type Entry = EntryOf<typeof keys>;

/** The options of the backend where the profile names the server itself. */
type DirectOptions = HttpOptions & {readonly namespaces?: readonly string[]};

/** Where the profile names the server itself. */
const direct: BackendDefinition<DirectOptions> = {
	...kubernetes,
	connect(profile, {namespaces, ...http}) {
		const known = {http};
		return kubernetes.connect(profile, {
			access: {known, reach: async () => known},
			...(namespaces && {namespaces}),
			...(http.connections !== undefined && {connections: http.connections}),
		});
	},
};

const directly = httpProfile(direct, {
	keys,
	descriptions: {
		kubeconfig: 'The kubeconfig (default: the files of KUBECONFIG, or ~/.kube/config).',
		context: 'The context of the kubeconfig (default: the current one).',
		in_cluster: 'Use the service account of the pod in which jobtop runs.',
		namespaces: 'The namespaces with the jobs (default: that of the context); ["*"] for all.',
		url: `${addressDescription} In place of a kubeconfig.`,
		...tokenDescriptions,
		...requestDescriptions,
	},
	example: {url: 'https://example.org:6443', token_env: 'TOKEN'},
	url: ({url}) => url ?? '',
	credentialHeaders: token => ({Authorization: `Bearer ${token}`}),
	options: ({namespaces}, http) => ({...http, ...(namespaces && {namespaces})}),
});

/** Keys that say of a server what a kubeconfig, or the pod, says itself. */
const keysOfUrl = [
	...tokenKeyNames,
	'headers',
	'allow_http',
	'ca_file',
	'client_cert',
	'client_key',
] as const;

const check: NonNullable<ProfileDefinition<typeof keys, Entry>['check']> = (entry, context) => {
	const complain = (key: keyof Entry, message: string) =>
		context.issues.push({code: 'custom', message, path: [key], input: entry});
	if (entry.url !== undefined) {
		const other = (['kubeconfig', 'context', 'in_cluster'] as const).find(key => entry[key] !== undefined);
		if (other !== undefined) complain(other, 'has no effect with url; keep one of them');
		const [, second] = tokenKeyNames.filter(key => entry[key] !== undefined);
		if (second !== undefined) complain(second, 'is a second source of the token; keep one of them');
		directly.check?.(entry, context);
		return;
	}
	const useless = keysOfUrl.find(key => entry[key] !== undefined);
	if (useless !== undefined) complain(useless, 'has an effect only with url; the kubeconfig sets it');
	if (!entry.in_cluster) return;
	const other = (['kubeconfig', 'context', 'proxy'] as const).find(key => entry[key] !== undefined);
	if (other !== undefined) complain(other, 'has no effect with in_cluster; keep one of them');
};

const pathsOf = ({kubeconfig}: Entry, {env, folder}: Surroundings): readonly string[] =>
	kubeconfig === undefined ? kubeconfigPaths(env) : [pathFrom(folder, kubeconfig, env)];

const accessOf = (entry: Entry, surroundings: Surroundings): LoginAccess => {
	const {env, programEnv = env, programTerminal} = surroundings;
	if (entry.in_cluster) return podAccess(env);
	return kubeconfigAccess({
		paths: pathsOf(entry, surroundings),
		...(entry.context !== undefined && {context: entry.context}),
		...(entry.proxy !== undefined && {proxy: entry.proxy === false ? 'none' : entry.proxy.trim()}),
		env: programEnv,
		...(programTerminal && {programTerminal}),
	});
};

const reachOf = (entry: Entry, surroundings: Surroundings): Reach => {
	if (entry.in_cluster) {
		return {address: 'the cluster of this pod', credential: accountToken, curl: []};
	}
	const paths = pathsOf(entry, surroundings);
	const context = entry.context === undefined ? 'the current context' : `context ${entry.context}`;
	return {
		address: `${context} of ${paths.join(', ')}`,
		credential: 'the kubeconfig',
		...(mayRunPlugin(paths) && {credentialProgram: true as const}),
		curl: [],
	};
};

export const profile: ProfileDefinition<typeof keys, Entry> = {
	...directly,
	check,
	address: ({url}) => url,
	credentialSource: (entry, surroundings) =>
		entry.url === undefined ? undefined : directly.credentialSource(entry, surroundings),
	route: (entry, surroundings) =>
		entry.url === undefined ? undefined : directly.route?.(entry, surroundings),
	reach: (entry, surroundings) =>
		entry.url === undefined ? reachOf(entry, surroundings) : directly.reach(entry, surroundings),
	open(name, entry, surroundings) {
		if (entry.url !== undefined) return directly.open(name, entry, surroundings);
		const {access, credential} = accessOf(entry, surroundings);
		const backend = kubernetes.connect(name, {
			access,
			...(entry.namespaces && {namespaces: entry.namespaces}),
			...(entry.concurrency !== undefined && {connections: entry.concurrency}),
		});
		return renewing(backend, credential);
	},
};

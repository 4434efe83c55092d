/*
Which kubeconfig counts, what it says at a glance, and where a pod has its account. Whoever uses another job system does not wait for a parser.
*/
import {existsSync, readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';
import type {Environment} from '../../process/state-directory.ts';

/** Where Kubernetes puts the account of a pod: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
export const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export const accountToken = join(accountFolder, 'token');

/** The files of `KUBECONFIG`, else that in the home. */
export const kubeconfigPaths = (env: Environment): readonly string[] => {
	const named = (env.KUBECONFIG ?? '').split(delimiter).filter(Boolean);
	const home = homeOf(env);
	return named.length > 0 || home === undefined ? named : [join(home, '.kube', 'config')];
};

/** The home of the user; undefined where there is none. */
const homeOf = (env: Environment): string | undefined => {
	try {
		return env.HOME || homedir();
	} catch {
		return undefined;
	}
};

/** The file that names the current context, and its name. */
export const currentContext = (
	paths: readonly string[],
): {readonly name: string; readonly path: string} | undefined => {
	for (const path of paths) {
		const name = contextIn(readText(path));
		if (name !== undefined) return {name, path};
	}
	return undefined;
};

/** Whether one of them may name a program that prints a credential. */
export const mayRunPlugin = (paths: readonly string[]): boolean =>
	paths.some(path => /(?:^|[{,])\s*["']?exec["']?\s*:/m.test(readText(path)));

/** The paths that exist. */
export const existing = (paths: readonly string[]): readonly string[] =>
	paths.filter(path => existsSync(path));

const readText = (path: string): string => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
};

/** The current context as a line of YAML or a field of JSON has it. What opens the profile parses the file, and refuses a name that no context has. */
const contextIn = (text: string): string | undefined => {
	const written =
		/(?:^|[{,])\s*["']?current-context["']?\s*:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#,}"'][^\n#,}]*))/m.exec(
			text,
		);
	const name = (written?.[1] ?? written?.[2] ?? written?.[3])?.trim();
	return name === undefined || name === '' || name === 'null' || name === '~' ? undefined : name;
};

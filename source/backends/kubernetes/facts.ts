/*
What is known of Kubernetes before a profile of it is loaded: its traits, and how it is found.
*/

import {existsSync} from 'node:fs';
import type {StatusTable} from '../../job/phase.ts';
import type {Environment} from '../../process/state-directory.ts';
import type {BackendTraits} from '../backend.ts';
import type {BackendFacts} from '../profiles/profile.ts';
import {accountToken, currentContext, existing, kubeconfigPaths} from './find-kubeconfig.ts';

/** The words of `kubectl get jobs`, and those of Pods for what it calls Running all the same. Nothing in a record says cancelled: it is removed. */
export const statuses: StatusTable = {
	pending: 'queued',
	running: 'running',
	suspended: 'held',
	successcriteriamet: 'stopping',
	failuretarget: 'stopping',
	terminating: 'stopping',
	complete: 'succeeded',
	failed: 'failed',
	canceled: 'cancelled',
};

export const traits: BackendTraits = {
	kind: 'kubernetes',
	title: 'Kubernetes',
	statuses,
	resend: 'conditional',
	// The record goes when the last of its pods has gone.
	gone: 'removed',
	consequence:
		"Kubernetes deletes the job's record and its pods, and their logs with them; running pods get SIGTERM, and SIGKILL after their grace period",
	suspendConsequences: {
		suspend:
			"Kubernetes stops the job's pods and deletes them with their logs; the record stays, and the job can be started again with new pods",
		unsuspend: 'Kubernetes starts new pods for the job, and their work begins again',
	},
	deleteConsequence: "the server permanently removes the job's record, its pods and their logs",
	shows: {others: 'shown', progress: true, history: 'events'},
	patience: {firstPollMs: 2000, slowestPollMs: 15_000, overdueAfterMs: 120_000, confirmGoneAfterMs: 2000},
	concurrency: 4,
	intervalMs: 5000,
};

/** The kubeconfig with a current context, or the account of the pod. */
const found = (env: Environment) => {
	const current = currentContext(kubeconfigPaths(env));
	if (current) return {...current, entry: {context: current.name}};
	const isPod = Boolean(env.KUBERNETES_SERVICE_HOST) && existsSync(accountToken);
	return isPod ? {name: undefined, path: accountToken, entry: {in_cluster: true}} : undefined;
};

/** What is worth reading of the name of a context: EKS and GKE put account, region and zone before the name of the cluster. */
const shortName = (context: string): string =>
	/^arn:[^/]*\/(.+)$/.exec(context)?.[1] ?? /^gke_[^_]+_[^_]+_(.+)$/.exec(context)?.[1] ?? context;

export const kubernetes = {
	traits,
	discovery: {
		lookedFor: 'KUBECONFIG, or ~/.kube/config with a current context (Kubernetes)',
		tokenVariables: [],
		find: ({env}) => found(env)?.entry,
		evidence({env}) {
			const {name, path} = found(env) ?? {};
			return name === undefined
				? `this is a pod of Kubernetes: ${path}`
				: `${name} is the current context of ${path}`;
		},
		foundIn: {context: 'the kubeconfig'},
		missing({env}) {
			const files = existing(kubeconfigPaths(env));
			if (found(env) || files.length === 0) return undefined;
			return `${files.join(', ')} has no current context; run kubectl config use-context`;
		},
		localName({env}) {
			const {name} = found(env) ?? {};
			return name === undefined ? undefined : shortName(name);
		},
	},
} satisfies BackendFacts;

import type {Backend, BackendDefinition} from '../backend.ts';
import {httpSystem} from '../http-system.ts';
import {cancelJob, deleteJob, describeCancel} from './cancel.ts';
import type {Cluster} from './cluster.ts';
import {getJob} from './details.ts';
import {traits} from './facts.ts';
import {jobPath} from './ids.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {lookAtJob, lookAtMany} from './look.ts';
import {type Access, openSession} from './session.ts';
import {changeSuspension, describeSuspend} from './suspend.ts';
import {createListReading} from './wire.ts';

export type KubernetesOptions = {
	readonly access: Access;
	/** Where jobs are looked for; `*` for everywhere, the namespace of the context if absent. */
	readonly namespaces?: readonly string[];
	/** Jobs a page; 500 if not said. */
	readonly pageSize?: number;
	/** Connections at the same time. */
	readonly connections?: number;
	/** Epoch milliseconds; those of the machine if not said. */
	readonly now?: () => number;
};

const connect = (profile: string, options: KubernetesOptions): Backend => {
	const session = openSession(options.access, options.connections ?? traits.concurrency);
	const cluster: Cluster = {
		profile,
		session,
		...(options.namespaces && {namespaces: options.namespaces}),
		pageSize: options.pageSize ?? 500,
		records: createListReading(profile),
		pages: new Map(),
		waits: new Map(),
		now: options.now ?? Date.now,
	};
	return {
		async system() {
			const reached = await options.access.reach().catch(() => undefined);
			if (reached === undefined) return {kind: traits.kind};
			const {http, cluster} = reached;
			return {...httpSystem(traits.kind, http), ...(cluster !== undefined && {cluster})};
		},
		listPage: request => listPage(cluster, request),
		get: (id, {signal}) => getJob(cluster, id, signal),
		look: (id, {signal}) => lookAtJob(cluster, id, signal),
		getMany: (ids, {signal}) => lookAtMany(cluster, ids, signal),
		describeLook: id => session.describe({path: jobPath(id)}),
		cancel: (id, request) => cancelJob(cluster, id, request),
		describeCancel: ids => describeCancel(cluster, ids),
		suspend: (id, request) => changeSuspension(cluster, 'suspend', id, request),
		unsuspend: (id, request) => changeSuspension(cluster, 'unsuspend', id, request),
		describeSuspend: (ids, operation) => describeSuspend(cluster, ids, operation),
		delete: (id, request) => deleteJob(cluster, id, request),
		logs: (id, request) => readLog(cluster, id, request),
		close: session.close,
	};
};

/** Jobs of Kubernetes (batch/v1). https://kubernetes.io/docs/concepts/workloads/controllers/job/ */
export const kubernetes: BackendDefinition<KubernetesOptions> = {traits, connect};

import type {Backend, BackendDefinition} from '../backend.ts';
import {cancelMany, cancelOne, describeCancel, forceCancel} from './cancel.ts';
import {type ClusterOptions, openCluster} from './cluster.ts';
import {traits} from './facts.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {describeLook, getJob, getJobs, lookJob} from './look.ts';
import {askCluster, lsfSystem} from './system.ts';

const connect = (profile: string, options: ClusterOptions): Backend => {
	const cluster = openCluster(profile, options);
	let name: string | undefined;
	return {
		async system({signal}) {
			// Asked for once: a cluster does not change its name while jobtop runs.
			name ??= await askCluster(cluster.programs, signal);
			return lsfSystem(name, options.ssh?.destination);
		},
		listPage: request => listPage(cluster, request),
		get: (id, {signal}) => getJob(cluster, id, signal),
		look: (id, {signal}) => lookJob(cluster, id, signal),
		getMany: (ids, {signal}) => getJobs(cluster, ids, signal),
		describeLook: id => describeLook(cluster, id),
		cancel: (id, request) => cancelOne(cluster, id, request),
		cancelMany: (ids, request) => cancelMany(cluster, ids, request),
		describeCancel: ids => describeCancel(cluster, ids),
		forceCancel: (id, request) => forceCancel(cluster, id, request),
		logs: (id, request) => readLog(cluster, id, request),
	};
};

export const lsf: BackendDefinition<ClusterOptions> = {traits, connect};

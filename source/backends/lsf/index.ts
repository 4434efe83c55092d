import type {Backend, BackendDefinition, BackendTraits} from '../backend.ts';
import {cancelMany, cancelOne, describeCancel, forceCancel} from './cancel.ts';
import {type ClusterOptions, openCluster} from './cluster.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {describeLook, getJob, getJobs, lookJob} from './look.ts';
import {askCluster, lsfSystem} from './system.ts';
import {statuses} from './wire.ts';

const traits: BackendTraits = {
	kind: 'lsf',
	title: 'LSF',
	fromDocuments: true,
	statuses,
	resend: 'safe',
	// Where a queue has a JOB_CONTROLS of its own, LSF knows no reason for the end: SIGINT, SIGTERM and SIGKILL are what bkill sends.
	deletionSignals: [2, 15, 9],
	// bjobs forgets an ended job after an hour in most clusters, and bhist some time later.
	gone: 'unknown',
	consequence:
		'LSF takes a waiting job from its queue, and sends a running one SIGINT, SIGTERM and SIGKILL, some seconds apart; an array ends with all its elements',
	forceConsequence:
		'LSF removes the job without waiting for its host: if that is out of reach, the processes may go on there',
	shows: {others: 'asked', children: true, history: 'events'},
	patience: {firstPollMs: 1000, slowestPollMs: 15_000, overdueAfterMs: 300_000, confirmGoneAfterMs: 10_000},
	concurrency: 2,
	intervalMs: 10_000,
};

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

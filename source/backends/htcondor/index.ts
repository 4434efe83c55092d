import type {Backend, BackendDefinition, BackendTraits} from '../backend.ts';
import {cancelMany, cancelOne, describeCancel, forceCancel} from './cancel.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {describeLook, getJob, getJobs} from './look.ts';
import {openSchedd, type ScheddOptions} from './schedd.ts';
import {askName, condorSystem} from './system.ts';
import {statuses} from './wire.ts';

const traits: BackendTraits = {
	kind: 'htcondor',
	title: 'HTCondor',
	statuses,
	resend: 'safe',
	// The history holds a job from the moment at which it leaves the queue.
	gone: 'unknown',
	consequence:
		'HTCondor removes the job from its queue: a running one gets SIGTERM first, and SIGKILL after its vacate time; with a DAG its nodes end',
	forceConsequence:
		'HTCondor drops the job from its queue without waiting for its machine: the processes may go on there for a while',
	shows: {others: 'asked', children: true, history: 'times'},
	patience: {firstPollMs: 1000, slowestPollMs: 15_000, overdueAfterMs: 900_000, confirmGoneAfterMs: 5000},
	concurrency: 2,
	intervalMs: 10_000,
};

const connect = (profile: string, options: ScheddOptions): Backend => {
	const schedd = openSchedd(profile, options);
	let name: string | undefined;
	return {
		async system({signal}) {
			// Asked for once: a schedd does not change its name while jobtop runs.
			name ??= await askName(schedd.programs, signal);
			return condorSystem(name, options.ssh?.destination);
		},
		listPage: request => listPage(schedd, request),
		get: (id, {signal}) => getJob(schedd, id, signal),
		getMany: (ids, {signal}) => getJobs(schedd, ids, signal),
		describeLook: id => describeLook(schedd, id),
		cancel: (id, request) => cancelOne(schedd, id, request),
		cancelMany: (ids, request) => cancelMany(schedd, ids, request),
		describeCancel: ids => describeCancel(schedd, ids),
		forceCancel: (id, request) => forceCancel(schedd, id, request),
		logs: (id, request) => readLog(schedd, id, request),
	};
};

export const htcondor: BackendDefinition<ScheddOptions> = {traits, connect};

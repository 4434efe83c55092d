import type {Backend, BackendDefinition, BackendTraits} from '../backend.ts';
import {cancelOne, describeCancel, forceCancel} from './cancel.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {describeLook, getJob, getJobs, lookAtOne} from './look.ts';
import {askServer} from './queries.ts';
import {openServer, type ServerOptions} from './server.ts';
import {pbsSystem} from './system.ts';
import {statuses} from './wire.ts';

const traits: BackendTraits = {
	kind: 'pbs',
	title: 'PBS',
	statuses,
	resend: 'safe',
	// A server that keeps no history forgets a job with its end.
	gone: 'unknown',
	// After a restart of the server between a request and the end.
	deletionSignals: [15],
	consequence:
		'PBS deletes the job: a running one gets SIGTERM first, and SIGKILL after the kill_delay of its queue; an array ends as a whole',
	forceConsequence:
		'PBS removes the job from its server without waiting for its node: if that is out of reach, the processes may go on there',
	shows: {others: 'asked', children: true, history: 'times'},
	patience: {firstPollMs: 1000, slowestPollMs: 15_000, overdueAfterMs: 300_000, confirmGoneAfterMs: 5000},
	// Requests to cancel are single ones: the server got no more than this many at a time.
	concurrency: 4,
	intervalMs: 15_000,
};

const connect = (profile: string, options: ServerOptions): Backend => {
	const server = openServer(profile, options);
	let name: string | undefined;
	return {
		async system({signal}) {
			// Asked for once: a server does not change its name while jobtop runs.
			name ??= (await askServer(server.programs, signal))?.name;
			return pbsSystem(name, options.ssh?.destination);
		},
		listPage: request => listPage(server, request),
		get: (id, {signal}) => getJob(server, id, signal),
		async look(id, {signal}) {
			return (await lookAtOne(server, id, signal)).job;
		},
		getMany: (ids, {signal}) => getJobs(server, ids, signal),
		describeLook: id => describeLook(server, id),
		cancel: (id, request) => cancelOne(server, id, request),
		describeCancel: ids => describeCancel(server, ids),
		forceCancel: (id, request) => forceCancel(server, id, request),
		logs: (id, request) => readLog(server, id, request),
	};
};

export const pbs: BackendDefinition<ServerOptions> = {traits, connect};

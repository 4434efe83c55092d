import type {Backend, BackendDefinition} from '../backend.ts';
import {cancelOne, describeCancel, forceCancel} from './cancel.ts';
import {traits} from './facts.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {describeLook, getJob, getJobs, lookAtOne} from './look.ts';
import {askServer} from './queries.ts';
import {openServer, type ServerOptions} from './server.ts';
import {pbsSystem} from './system.ts';

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

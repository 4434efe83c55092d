import type {Backend, BackendDefinition} from '../backend.ts';
import {cancelMany, cancelOne, describeCancel, forceCancel} from './cancel.ts';
import {traits} from './facts.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {describeLook, getJob, getJobs} from './look.ts';
import {openSchedd, type ScheddOptions} from './schedd.ts';
import {askName, condorSystem} from './system.ts';

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

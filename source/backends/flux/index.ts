import type {Backend, BackendDefinition} from '../backend.ts';
import {cancelMany, cancelOne, describeCancel} from './cancel.ts';
import {traits} from './facts.ts';
import {type InstanceOptions, openInstance} from './instance.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {describeLook, getJob, getJobs, lookJob} from './look.ts';
import {askInstance, fluxSystem} from './system.ts';

const connect = (profile: string, options: InstanceOptions): Backend => {
	const instance = openInstance(profile, options);
	let known: Awaited<ReturnType<typeof askInstance>> = {};
	return {
		async system({signal}) {
			// Asked for once: what answers at the same address while jobtop runs is the same instance.
			if (known.socket === undefined) known = await askInstance(instance.programs, signal);
			return fluxSystem(known, options.ssh?.destination);
		},
		listPage: request => listPage(instance, request),
		get: (id, {signal}) => getJob(instance, id, signal),
		look: (id, {signal}) => lookJob(instance, id, signal),
		getMany: (ids, {signal}) => getJobs(instance, ids, signal),
		describeLook: id => describeLook(instance, id),
		cancel: (id, request) => cancelOne(instance, id, request),
		cancelMany: (ids, request) => cancelMany(instance, ids, request),
		describeCancel: ids => describeCancel(instance, ids),
		logs: (id, request) => readLog(instance, id, request),
	};
};

export const flux: BackendDefinition<InstanceOptions> = {traits, connect};

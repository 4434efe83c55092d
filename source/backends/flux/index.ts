import type {Backend, BackendDefinition, BackendTraits} from '../backend.ts';
import {cancelMany, cancelOne, describeCancel} from './cancel.ts';
import {type InstanceOptions, openInstance} from './instance.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {describeLook, getJob, getJobs, lookJob} from './look.ts';
import {askInstance, fluxSystem} from './system.ts';
import {statuses} from './wire.ts';

const traits: BackendTraits = {
	kind: 'flux',
	title: 'Flux',
	fromDocuments: true,
	statuses,
	resend: 'safe',
	// An instance may purge its ended jobs.
	gone: 'unknown',
	consequence:
		'Flux takes a waiting job from its queue, and sends a running one SIGTERM, and SIGKILL after its kill timeout; with an instance, the jobs inside it end',
	shows: {others: 'asked', history: 'events'},
	patience: {firstPollMs: 1000, slowestPollMs: 15_000, overdueAfterMs: 180_000, confirmGoneAfterMs: 5000},
	concurrency: 2,
	intervalMs: 10_000,
};

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

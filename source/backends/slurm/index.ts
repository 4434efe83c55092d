import {BackendError} from '../../job/failure.ts';
import type {Backend, BackendDefinition} from '../backend.ts';
import {cancelMany, cancelOne, describeCancel} from './cancel.ts';
import {ofClusters} from './clusters.ts';
import {type ControllerOptions, openController} from './controller.ts';
import {traits} from './facts.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {describeLook, getJob, getJobs} from './look.ts';
import type {SlurmPrograms} from './programs.ts';
import {readClusterName, slurmSystem} from './system.ts';

export type SlurmOptions = ControllerOptions & {
	/** The clusters that are asked; only that to which the machine belongs, if not said. */
	readonly clusters?: readonly string[];
};

const connect = (profile: string, options: SlurmOptions): Backend =>
	options.clusters === undefined
		? connectOne(profile, options)
		: ofClusters(profile, options.clusters, cluster => connectOne(profile, options, cluster));

const connectOne = (profile: string, options: ControllerOptions, cluster?: string): Backend => {
	const controller = openController(profile, options, cluster);
	const {programs} = controller;
	let clusterName = cluster;
	return {
		async system({signal}) {
			// Asked for once: a cluster does not change its name while jobtop runs.
			clusterName ??= await askClusterName(programs, signal);
			return slurmSystem(clusterName, options.ssh?.destination);
		},
		listPage: request => listPage(controller, request),
		get: (id, {signal}) => getJob(controller, id, signal),
		getMany: (ids, {signal}) => getJobs(controller, ids, signal),
		describeLook: id => describeLook(controller, id),
		cancel: (id, request) => cancelOne(programs, id, request),
		cancelMany: (ids, request) => cancelMany(programs, ids, request),
		describeCancel: ids => describeCancel(programs, ids),
		logs: (id, request) => readLog(controller, id, request),
	};
};

/** The name of the cluster; undefined where its controller does not give it now. */
const askClusterName = async ({run}: SlurmPrograms, signal: AbortSignal): Promise<string | undefined> => {
	try {
		return readClusterName((await run('scontrol', ['show', 'config'], signal)).stdout);
	} catch (error) {
		if (error instanceof BackendError) return undefined;
		throw error;
	}
};

export const slurm: BackendDefinition<SlurmOptions> = {traits, connect};

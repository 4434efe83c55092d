import type {Backend, BackendDefinition} from '../backend.ts';
import {cancelMany, cancelOne, describeCancel} from './cancel.ts';
import {type CellOptions, openCell} from './cell.ts';
import {traits} from './facts.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {describeLook, getJob, getJobs, lookAtOne} from './look.ts';
import {askQmaster, gridEngineSystem} from './system.ts';

const connect = (profile: string, options: CellOptions): Backend => {
	const cell = openCell(profile, options);
	let qmaster: string | undefined;
	return {
		async system({signal}) {
			// Asked for once: what takes its place is the same system to its users.
			qmaster ??= await askQmaster(cell.programs, signal);
			const {ssh, cell: name = options.programEnv?.SGE_CELL} = options;
			return gridEngineSystem(qmaster, {
				...(name !== undefined && {cell: name}),
				...(ssh !== undefined && {host: ssh.destination}),
			});
		},
		listPage: request => listPage(cell, request),
		get: (id, {signal}) => getJob(cell, id, signal),
		async look(id, {signal}) {
			return (await lookAtOne(cell, id, signal)).found.job;
		},
		getMany: (ids, {signal}) => getJobs(cell, ids, signal),
		describeLook: id => describeLook(cell, id),
		cancel: (id, request) => cancelOne(cell, id, request),
		cancelMany: (ids, request) => cancelMany(cell, ids, request),
		describeCancel: ids => describeCancel(cell, ids),
		logs: (id, request) => readLog(cell, id, request),
	};
};

export const gridengine: BackendDefinition<CellOptions> = {traits, connect};

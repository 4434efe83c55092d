import type {Backend, BackendDefinition, BackendTraits} from '../backend.ts';
import {cancelMany, cancelOne, describeCancel} from './cancel.ts';
import {type CellOptions, openCell} from './cell.ts';
import {deletionSignals} from './ended-by.ts';
import {listPage} from './list.ts';
import {readLog} from './logs.ts';
import {describeLook, getJob, getJobs, lookAtOne} from './look.ts';
import {askQmaster, gridEngineSystem} from './system.ts';
import {statuses} from './wire.ts';

const traits: BackendTraits = {
	kind: 'gridengine',
	title: 'Grid Engine',
	statuses,
	resend: 'safe',
	// The accounts hold a job some time after it has left the queue, if it ran.
	gone: 'unknown',
	deletionSignals,
	consequence:
		'Grid Engine removes a waiting job without a trace; a running one gets SIGKILL, after a notice if it was submitted with -notify',
	shows: {others: 'asked', history: 'times'},
	patience: {
		firstPollMs: 1000,
		slowestPollMs: 15_000,
		overdueAfterMs: 300_000,
		confirmGoneAfterMs: 2000,
		outcomeAfterMs: 60_000,
	},
	concurrency: 2,
	intervalMs: 10_000,
};

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

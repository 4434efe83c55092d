import {tensorpool} from '../../source/backends/tensorpool/index.ts';
import {startTensorpoolServer} from '../../source/demo/tensorpool-server.ts';
import {createWorld, type WorldPhase} from '../../source/demo/world.ts';
import type {Phase} from '../../source/job/phase.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {faultFor} from './faults.ts';
import {type Remote, secret} from './remote.ts';

/** A TensorPool of its own: the embedded server, in a world without any jobs. */
export const openTensorpool = async (): Promise<Remote> => {
	const {clock} = createManualClock();
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock});
	const server = await startTensorpoolServer({world, clock, seed: 'fake', key: secret});
	const backend = tensorpool.connect('far', {
		url: server.url,
		headers: () => ({authorization: `Bearer ${secret}`}),
		limits: {headersMs: 1500},
	});
	const put = (id: string, phase: WorldPhase, name = 'sleeper') =>
		server.add(phase, {name, process: 'sleeper'}, id);
	const idFor = (n: number) => `j-far${n}`;

	return {
		connection: {profile: 'far', traits: tensorpool.traits, backend},
		async add(id, phase, {name} = {}) {
			const known = worldPhases[phase];
			if (known === undefined) return false;
			put(id, known, name);
			if (phase === 'stopping') server.distort(id, record => ({...record, status: 'CANCELING'}));
			return true;
		},
		async addStrange(id) {
			put(id, 'running');
			server.distort(id, record => ({...record, status: 'rebalancing'}));
			return true;
		},
		async addUnreadable() {
			const id = put(idFor(1_000_000), 'running');
			server.distort(id, record => ({...record, id: 17}));
			return true;
		},
		async failNext(kind) {
			if (kind === 'unreachable') await server.leave();
			else server.failNext(faultFor[kind]);
			return true;
		},
		async requests() {
			await server.comeBack();
			return server.count();
		},
		idFor,
		async close() {
			await backend.close?.();
			await server.close();
		},
	};
};

const worldPhases: Partial<Record<Phase, WorldPhase>> = {
	queued: 'queued',
	running: 'running',
	stopping: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
};

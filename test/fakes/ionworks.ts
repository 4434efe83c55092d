import {ionworks} from '../../source/backends/ionworks/index.ts';
import {startIonworksServer} from '../../source/demo/ionworks-server.ts';
import {createRandom, createUuid, seedOf} from '../../source/demo/random.ts';
import {createWorld, type WorldPhase} from '../../source/demo/world.ts';
import type {Phase} from '../../source/job/phase.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {faultFor} from './faults.ts';
import {type Remote, secret} from './remote.ts';

/** An Ionworks of its own: the embedded server, in a world without any jobs. */
export const openIonworks = async (): Promise<Remote> => {
	const {clock, advance} = createManualClock();
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock});
	const server = await startIonworksServer({world, clock, seed: 'fake', key: secret});
	const backend = ionworks.connect('far', {
		url: server.url,
		headers: () => ({'X-API-Key': secret}),
		pageSize: 3,
		limits: {headersMs: 1500},
	});
	// These jobs have no names: what they run is what they are called.
	const put = async (id: string, phase: WorldPhase, name = 'datafit') => {
		server.add(phase, {name, process: name}, id);
		// What happened to it happened long ago.
		await advance(600_000);
	};
	const idFor = (n: number) => createUuid(createRandom(seedOf('fake job', n)));

	return {
		connection: {profile: 'far', traits: ionworks.traits, backend},
		async add(id, phase, {name} = {}) {
			const known = worldPhases[phase];
			if (known !== undefined) await put(id, known, name);
			return known !== undefined;
		},
		async addStrange(id) {
			await put(id, 'running');
			server.distort(id, record => ({...record, status: 'rebalancing', is_terminal: false}));
			return true;
		},
		async addUnreadable() {
			const id = idFor(1_000_000);
			await put(id, 'running');
			server.distort(id, record => ({...record, job_id: 17, status: ['processing']}));
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
	succeeded: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
};

import {tapis} from '../../source/backends/tapis/index.ts';
import {createRandom, createUuid, seedOf} from '../../source/demo/random.ts';
import {startTapisServer} from '../../source/demo/tapis-server.ts';
import {createWorld, type WorldPhase} from '../../source/demo/world.ts';
import type {Phase} from '../../source/job/phase.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {faultFor} from './faults.ts';
import {type Remote, secret} from './remote.ts';

/** A Tapis of its own: the embedded server, in a world without any jobs. */
export const openTapis = async (): Promise<Remote> => {
	const {clock} = createManualClock();
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock});
	// The clock stands still: a worker that notices later never does.
	const server = await startTapisServer({world, clock, seed: 'fake', token: secret, noticeMs: 0});
	const backend = tapis.connect('far', {
		url: server.url,
		headers: () => ({'X-Tapis-Token': secret}),
		pageSize: 3,
		limits: {headersMs: 1500},
	});
	const put = (id: string, phase: WorldPhase, name = 'sleeper') =>
		server.add(phase, {name, process: 'sleeper'}, id);
	const idFor = (n: number) => `${createUuid(createRandom(seedOf('fake job', n)))}-007`;

	return {
		connection: {profile: 'far', traits: tapis.traits, backend},
		async add(id, phase, {name} = {}) {
			const known = worldPhases[phase];
			if (known === undefined) return false;
			put(id, known, name);
			if (phase === 'starting') server.distort(id, record => ({...record, status: 'STAGING_JOB'}));
			return true;
		},
		async addStrange(id) {
			put(id, 'running');
			server.distort(id, record => ({...record, status: 'REBALANCING'}));
			return true;
		},
		async addUnreadable() {
			const id = put(idFor(1_000_000), 'running');
			server.distort(id, record => ({...record, uuid: 17}));
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
	held: 'held',
	queued: 'queued',
	starting: 'queued',
	running: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
};

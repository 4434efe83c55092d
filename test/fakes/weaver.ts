import {weaver} from '../../source/backends/weaver/index.ts';
import {createRandom, createUuid, seedOf} from '../../source/demo/random.ts';
import {createScenario} from '../../source/demo/scenario.ts';
import {startWeaverServer} from '../../source/demo/weaver-server.ts';
import {createWorld, type WorldPhase} from '../../source/demo/world.ts';
import type {Phase} from '../../source/job/phase.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {faultFor} from './faults.ts';
import {type Remote, secret} from './remote.ts';

/** A Weaver of its own: the embedded server, in a world without any jobs. */
export const openWeaver = async (): Promise<Remote> => {
	const {clock} = createManualClock();
	const world = createWorld({scenario: createScenario({seed: 'fake', jobs: 0}), clock});
	const server = await startWeaverServer({world, clock, seed: 'fake', token: secret});
	const backend = weaver.connect('far', {
		url: server.url,
		headers: () => ({authorization: `Bearer ${secret}`}),
		pageSize: 3,
		limits: {headersMs: 1500},
	});
	const put = (id: string, phase: WorldPhase, name?: string) =>
		server.add(phase, {name: name ?? '', process: 'sleeper'}, id);
	const idFor = (n: number) => createUuid(createRandom(seedOf('fake job', n)));

	return {
		connection: {profile: 'far', traits: weaver.traits, backend},
		async add(id, phase, {name} = {}) {
			const known = worldPhases[phase];
			if (known !== undefined) put(id, known, name);
			return known !== undefined;
		},
		async addStrange(id) {
			put(id, 'running');
			server.distort(id, record => ({...record, status: 'rebalancing'}));
			return true;
		},
		async addUnreadable() {
			const id = put(idFor(1_000_000), 'running');
			server.distort(id, record => ({...record, id: 17, jobID: null, status: ['running']}));
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
	running: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
};

import {dex} from '../../source/backends/dex/index.ts';
import {startDexServer} from '../../source/demo/dex-server.ts';
import {createWorld, type WorldPhase} from '../../source/demo/world.ts';
import type {Phase} from '../../source/job/phase.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {faultFor} from './faults.ts';
import {type Remote, secret} from './remote.ts';

/** A Dex of its own: the embedded server with one project, in a world without any jobs. */
export const openDex = async (): Promise<Remote> => {
	const {clock, advance} = createManualClock();
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock});
	const project = 'proj_far';
	const server = await startDexServer({
		world,
		clock,
		seed: 'fake',
		key: secret,
		account: 'acc_far',
		projects: [project],
		// The clock stands still: a workflow that takes notice later never does.
		noticeMs: 0,
	});
	const backend = dex.connect('far', {
		url: server.url,
		project,
		headers: () => ({'x-api-key': secret, 'x-selected-account-id': 'acc_far'}),
		pageSize: 3,
		limits: {headersMs: 1500},
	});
	// These jobs have no names: what they do is what they are called.
	const put = async (id: string, phase: WorldPhase, name = 'parse') => {
		server.add(phase, {name, process: name}, id);
		// What happened to it happened long ago.
		await advance(600_000);
	};
	const idFor = (n: number) => `job_far_${n}`;

	return {
		connection: {profile: 'far', traits: dex.traits, backend},
		async add(id, phase, {name} = {}) {
			const known = worldPhases[phase];
			if (known === undefined) return false;
			await put(id, known, name);
			if (phase === 'partial') {
				server.distort(id, record => ({...record, status: 'partially_succeeded'}));
			}
			return true;
		},
		async addStrange(id) {
			await put(id, 'running');
			server.distort(id, record => ({...record, status: 'rebalancing'}));
			return true;
		},
		async addUnreadable() {
			const id = idFor(1_000_000);
			await put(id, 'running');
			server.distort(id, record => ({...record, id: 17, status: ['running']}));
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
	partial: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
};

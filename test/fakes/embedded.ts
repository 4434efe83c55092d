import type {Connection} from '../../source/backends/backend.ts';
import type {WorldPhase} from '../../source/demo/lives.ts';
import type {JobControls} from '../../source/demo/named-jobs.ts';
import type {DemoServer} from '../../source/demo/server.ts';
import type {World} from '../../source/demo/world.ts';
import type {Phase} from '../../source/job/phase.ts';
import {createEmptyWorld} from '../helpers/empty-world.ts';
import type {createManualClock} from '../helpers/manual-clock.ts';
import {faultFor} from './faults.ts';
import type {Remote} from './remote.ts';

type Time = ReturnType<typeof createManualClock>;

/** What an embedded server has of its own as a far side. */
export type Embedded = Pick<Connection, 'traits' | 'backend'> & {
	readonly server: DemoServer & JobControls;
	readonly idFor: Remote['idFor'];
	/** What its jobs run; where they have no names, that is what they are called. */
	readonly process: string;
	readonly unnamed?: true;
	/** A name is a part of the id, in the form of an id. */
	readonly namedById?: true;
	/** Its records hold no word that says where a job is. */
	readonly wordless?: true;
	/** What a job has to be in its world to be in such a phase; the phases that the system does not have are left out. */
	readonly phases: Partial<Record<Phase, WorldPhase>>;
	/** The system's word for a phase that no job of a world is in. */
	readonly words?: Partial<Record<Phase, string>>;
	/** Makes a record one that cannot be read. */
	readonly spoil: (record: Record<string, unknown>) => unknown;
};

/** An embedded server in a world without any jobs, as the contract tests see it. */
export const openEmbedded = async (
	start: (far: {readonly world: World; readonly time: Time}) => Promise<Embedded>,
): Promise<Remote> => {
	const {time, world} = createEmptyWorld();
	const {traits, backend, server, idFor, process, phases, words, spoil, ...has} = await start({world, time});

	const put = async (id: string, phase: WorldPhase, name?: string) => {
		const plan = has.unnamed
			? {name: name ?? process, process: name ?? process}
			: {name: name ?? '', process};
		server.add(phase, plan, id);
		// What happened to it happened long ago.
		await time.advance(600_000);
	};

	return {
		connection: {profile: 'far', traits, backend},
		async add(id, phase, {name} = {}) {
			const known = phases[phase];
			if (known === undefined || (has.namedById && name !== undefined)) return false;
			await put(id, known, name);
			const status = words?.[phase];
			if (status !== undefined) server.distort(id, record => ({...record, status}));
			return true;
		},
		async addStrange(id) {
			if (has.wordless) return false;
			await put(id, 'running');
			server.distort(id, record => ({
				...record,
				status: 'rebalancing',
				...('is_terminal' in record && {is_terminal: false}),
			}));
			return true;
		},
		async addUnreadable() {
			const id = idFor(1_000_000);
			await put(id, 'running');
			server.distort(id, spoil);
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

/** The phases that a job of every embedded system can stay in. */
export const commonPhases = {
	queued: 'queued',
	running: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
} as const satisfies Partial<Record<Phase, WorldPhase>>;
